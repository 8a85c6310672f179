package contact

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/ctc"
)

// Bounds of a card.
const (
	maxLines = 200 // conversations it lists; older ones are found by their own list, not on the card
	maxSame  = 20
)

// rowLine begins the key of a line: one row per conversation.
const rowLine = 'c'

// State is a customer's card. It implements entity.Machine; make it with New.
type State struct {
	name    string
	email   string // normalised
	since   int64  // unix ms
	same    []id.ID
	lines   []*ctc.Line // by time begun, then id; a line is replaced, never changed
	unknown []byte      // fields of a newer version's head row

	dirty map[id.ID]bool
}

// New returns a contact nobody has heard of.
func New() *State { return &State{} }

// Type describes contacts for their host. A contact is derived from a visitor's secret, so its first start creates it.
// The head row goes with each batch: a card changes rarely, and its bound on lines needs the rows as they are.
func Type() entity.Type {
	return entity.Type{
		Kind:      id.Contact,
		New:       func() entity.Machine { return New() },
		Command:   func() event.Message { return &ctc.Command{} },
		Event:     func() event.Message { return &ctc.Event{} },
		Reply:     func() event.Message { return &ctc.Reply{} },
		HeadEvery: 1,
		Creates: func(cmd event.Message) bool {
			c, ok := cmd.(*ctc.Command)
			return ok && c.GetStart() != nil
		},
	}
}

// Evolve applies one event.
func (s *State) Evolve(e *event.Event) {
	if s.since == 0 {
		s.since = e.At.UnixMilli()
	}
	body, ok := e.Body.(*ctc.Event)
	if !ok {
		return // erased
	}
	switch b := body.GetBody().(type) {
	case *ctc.Event_Starting:
		s.rename(b.Starting.Name, b.Starting.Email)
		s.put(&ctc.Line{Conversation: b.Starting.Conversation, Inbox: b.Starting.Inbox, At: e.At.UnixMilli(), Key: b.Starting.Key})
		s.forgetOldest()
	case *ctc.Event_StartRefused:
		s.drop(id.FromBytes(b.StartRefused.Conversation))
	case *ctc.Event_ConversationEnded:
		if old := s.line(id.FromBytes(b.ConversationEnded.Conversation)); old != nil {
			s.put(&ctc.Line{Conversation: old.Conversation, Inbox: old.Inbox, At: old.At, Key: old.Key, Ended: true})
		}
	case *ctc.Event_Updated:
		s.rename(b.Updated.Name, b.Updated.Email)
	case *ctc.Event_MaybeSame:
		for _, c := range b.MaybeSame.Contacts {
			s.same = append(s.same, id.FromBytes(c))
		}
	}
}

func (s *State) rename(name, email string) {
	if name != "" {
		s.name = name
	}
	if email != "" {
		s.email = email
	}
}

func (s *State) line(conversation id.ID) *ctc.Line {
	for _, l := range s.lines {
		if id.FromBytes(l.Conversation) == conversation {
			return l
		}
	}
	return nil
}

func (s *State) put(l *ctc.Line) {
	at, found := slices.BinarySearchFunc(s.lines, l, func(a, b *ctc.Line) int {
		return cmp.Or(cmp.Compare(a.At, b.At), bytes.Compare(a.Conversation, b.Conversation))
	})
	if found {
		s.lines[at] = l
	} else {
		s.lines = slices.Insert(s.lines, at, l)
	}
	s.touch(id.FromBytes(l.Conversation))
}

func (s *State) drop(conversation id.ID) {
	s.lines = slices.DeleteFunc(s.lines, func(l *ctc.Line) bool { return id.FromBytes(l.Conversation) == conversation })
	s.touch(conversation)
}

// forgetOldest keeps the card bounded; what is still open stays.
func (s *State) forgetOldest() {
	if len(s.lines) <= maxLines {
		return
	}
	for _, l := range s.lines {
		if l.Ended {
			s.drop(id.FromBytes(l.Conversation))
			return
		}
	}
	s.drop(id.FromBytes(s.lines[0].Conversation))
}

func (s *State) touch(conversation id.ID) {
	if s.dirty == nil {
		s.dirty = map[id.ID]bool{}
	}
	s.dirty[conversation] = true
}

// Wake is zero: a card waits for nothing.
func (s *State) Wake() time.Time { return time.Time{} }

// Dirty returns the lines that changed since it was last asked.
func (s *State) Dirty() []entity.Row {
	var rows []entity.Row
	for c := range s.dirty {
		row := entity.Row{Rest: append([]byte{rowLine}, c[:]...)}
		if l := s.line(c); l != nil {
			row.Value = encode(l)
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b entity.Row) int { return bytes.Compare(a.Rest, b.Rest) })
	s.dirty = nil
	return rows
}

// LoadRow takes back what Dirty returned.
func (s *State) LoadRow(rest, value []byte, _ bool) error {
	var l ctc.Line
	if len(rest) != 1+len(id.ID{}) || rest[0] != rowLine {
		return fmt.Errorf("contact: unknown row %q", rest)
	}
	if err := l.UnmarshalVT(value); err != nil {
		return fmt.Errorf("contact: line: %w", err)
	}
	s.put(&l)
	delete(s.dirty, id.FromBytes(l.Conversation))
	return nil
}

// Head encodes all but the lines.
func (s *State) Head() []byte {
	m := &ctc.State{Name: s.name, Email: s.email, Since: s.since}
	for _, c := range s.same {
		m.MaybeSame = append(m.MaybeSame, c.Bytes())
	}
	m.ProtoReflect().SetUnknown(s.unknown)
	return encode(m)
}

// LoadHead takes back what Head returned.
func (s *State) LoadHead(head []byte) error {
	var m ctc.State
	if err := m.UnmarshalVT(head); err != nil {
		return fmt.Errorf("contact: head row: %w", err)
	}
	s.name, s.email, s.since, s.same = m.Name, m.Email, m.Since, nil
	for _, c := range m.MaybeSame {
		s.same = append(s.same, id.FromBytes(c))
	}
	s.unknown = m.ProtoReflect().GetUnknown()
	return nil
}

// encode cannot fail: text in what it is given was checked.
func encode(m event.Message) []byte {
	b, err := m.MarshalVT()
	if err != nil {
		panic("contact: encoding a row: " + err.Error())
	}
	return b
}

// View is the card as it is now, without its id, which the host knows. An e-mail somebody typed is never proven.
func (s *State) View() *ctc.View {
	v := &ctc.View{Name: s.name, Email: s.email, Conversations: slices.Clone(s.lines), Since: s.since}
	for _, c := range s.same {
		v.MaybeSame = append(v.MaybeSame, c.Bytes())
	}
	return v
}
