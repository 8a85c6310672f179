// Package identity decides which contacts gave one key, such as a normalised e-mail address. Its id is derived from the
// key, so there is one for each key and no node ever looks another up.
package identity

import (
	"fmt"
	"slices"
	"time"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/ctc"
	"parley/engine/msg/idn"
)

// maxContacts bounds what one key remembers: a stranger may type anybody's address as often as they like.
const maxContacts = 20

// State is the contacts that gave one key. It implements entity.Machine; make it with New.
type State struct {
	contacts []id.ID // oldest first
	unknown  []byte  // fields of a newer version's head row
}

// New returns a key nobody gave yet.
func New() *State { return &State{} }

// Type describes identities for their host.
func Type() entity.Type {
	return entity.Type{
		Kind:      id.Identity,
		New:       func() entity.Machine { return New() },
		Command:   func() event.Message { return &idn.Command{} },
		Event:     func() event.Message { return &idn.Event{} },
		Reply:     func() event.Message { return &idn.Reply{} },
		HeadEvery: 1,
		Creates: func(cmd event.Message) bool {
			c, ok := cmd.(*idn.Command)
			return ok && c.GetLink() != nil
		},
	}
}

// Decide links a contact and tells it, and the others, of each other. Linking again changes nothing and answers the same.
// A full key answers too, but remembers nobody more.
//
// Errors: entity.ErrForbidden, entity.ErrInvalid, entity.ErrUnknownCommand.
func (s *State) Decide(in entity.Input, env *entity.Env) (entity.Outcome, error) {
	if in.Wake || in.Answered != nil {
		return entity.Outcome{}, nil
	}
	cmd, ok := in.Body.(*idn.Command)
	if !ok || cmd.GetLink() == nil {
		return entity.Outcome{}, entity.ErrUnknownCommand
	}
	contact := id.FromBytes(cmd.GetLink().Contact)
	switch {
	case in.By.Kind != event.Actor_ENTITY:
		return entity.Outcome{}, entity.ErrForbidden
	case contact.IsZero():
		return entity.Outcome{}, entity.ErrInvalid
	}
	out := entity.Outcome{Reply: &idn.Reply{Contacts: s.others(contact)}}
	if slices.Contains(s.contacts, contact) || len(s.contacts) >= maxContacts {
		return out, nil
	}
	out.Events = []entity.New{{Body: &idn.Event{Body: &idn.Event_Linked{Linked: &idn.Linked{Contact: contact.Bytes()}}}}}
	for _, other := range s.contacts {
		out.Effects = append(out.Effects, entity.Send{
			Target: id.Ref{Kind: id.Contact, ID: other}, Subject: env.Self.ID,
			Body: &ctc.Command{Body: &ctc.Command_SameAs{SameAs: &ctc.SameAs{Contacts: [][]byte{contact.Bytes()}}}},
		})
	}
	return out, nil
}

func (s *State) others(contact id.ID) [][]byte {
	var out [][]byte
	for _, c := range s.contacts {
		if c != contact {
			out = append(out, c.Bytes())
		}
	}
	return out
}

// Evolve applies one event.
func (s *State) Evolve(e *event.Event) {
	body, ok := e.Body.(*idn.Event)
	if !ok {
		return // erased
	}
	if c := id.FromBytes(body.GetLinked().GetContact()); !c.IsZero() && !slices.Contains(s.contacts, c) {
		s.contacts = append(s.contacts, c)
	}
}

// Wake is zero: an identity waits for nothing.
func (s *State) Wake() time.Time { return time.Time{} }

// Dirty is empty: all is in the head row.
func (s *State) Dirty() []entity.Row { return nil }

// Head encodes the state.
func (s *State) Head() []byte {
	m := &idn.State{Contacts: s.others(id.ID{})}
	m.ProtoReflect().SetUnknown(s.unknown)
	b, err := m.MarshalVT()
	if err != nil {
		panic("identity: encoding the head row: " + err.Error())
	}
	return b
}

// LoadHead takes back what Head returned.
func (s *State) LoadHead(head []byte) error {
	var m idn.State
	if err := m.UnmarshalVT(head); err != nil {
		return fmt.Errorf("identity: head row: %w", err)
	}
	s.contacts = nil
	for _, c := range m.Contacts {
		s.contacts = append(s.contacts, id.FromBytes(c))
	}
	s.unknown = m.ProtoReflect().GetUnknown()
	return nil
}

// LoadRow refuses: an identity has no rows but its head.
func (s *State) LoadRow(rest, _ []byte, _ bool) error {
	return fmt.Errorf("identity: unknown row %q", rest)
}

// View is the contacts that gave the key.
func (s *State) View() *idn.View { return &idn.View{Contacts: s.others(id.ID{})} }
