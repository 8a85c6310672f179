// Package event holds the envelope of every event in the log and its coding.
package event

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"parley/engine/id"
)

// Message is what vtprotobuf generates: bodies of events, commands, replies and rows.
type Message interface {
	MarshalVT() ([]byte, error)
	UnmarshalVT([]byte) error
	SizeVT() int
}

// Event is one event in memory. Body is the entity's Event message (its oneof); nil when erased.
type Event struct {
	Seq     uint64
	Pub     uint64 // public number, 0 = not public
	At      time.Time
	Kind    uint32
	Version uint32
	By      Who
	Key     id.ID
	Cause   Source
	Body    Message
	Erased  string
}

// Who is who did something. The zero value is nobody.
type Who struct {
	Kind Actor_Kind
	ID   id.ID
}

// Source names an effect: its source entity and running number. Zero = none.
type Source struct {
	Ref id.Ref
	Seq uint64
}

// System is the actor behind timers and limits.
var System = Who{Kind: Actor_SYSTEM}

// Customer is a contact as an actor.
func Customer(contact id.ID) Who { return Who{Kind: Actor_CUSTOMER, ID: contact} }

// Agent is an agent as an actor.
func Agent(agent id.ID) Who { return Who{Kind: Actor_AGENT, ID: agent} }

// Entity is an entity whose effect acts.
func Entity(r id.Ref) Who { return Who{Kind: Actor_ENTITY, ID: r.ID} }

// IsCustomer reports whether the contact acts.
func (w Who) IsCustomer() bool { return w.Kind == Actor_CUSTOMER }

// IsAgent reports whether an agent acts.
func (w Who) IsAgent() bool { return w.Kind == Actor_AGENT }

// ErrBroken is returned for bytes that are no event.
var ErrBroken = errors.New("event: broken encoding")

// KindOf reads the field number of a oneof message from its encoding: the number of the event or command. 0 = none.
func KindOf(body []byte) uint32 {
	n, _, l := protowire.ConsumeTag(body)
	if l < 0 {
		return 0
	}
	return uint32(n)
}

// Encode writes an event as the log keeps it, and sets its Kind.
func Encode(e *Event) ([]byte, error) {
	env := Envelope{Seq: e.Seq, Pub: e.Pub, At: e.At.UnixMilli(), Kind: e.Kind, Version: e.Version, Key: e.Key.Bytes(), Erased: e.Erased}
	if e.By != (Who{}) {
		env.Actor = &Actor{Kind: e.By.Kind, Id: e.By.ID.Bytes()}
	}
	if e.Cause.Seq != 0 {
		env.Cause = &Cause{Kind: uint32(e.Cause.Ref.Kind), Id: e.Cause.Ref.ID.Bytes(), Seq: e.Cause.Seq}
	}
	if e.Body != nil {
		body, err := e.Body.MarshalVT()
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", e.Seq, err)
		}
		env.Body, env.Kind = body, KindOf(body)
		e.Kind = env.Kind
	}
	return env.MarshalVT()
}

// Decode reads what Encode wrote; body makes an empty message of the entity's Event type.
// Errors: ErrBroken.
func Decode(data []byte, body func() Message) (Event, error) {
	var env Envelope
	if err := env.UnmarshalVT(data); err != nil {
		return Event{}, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	e := Event{Seq: env.Seq, Pub: env.Pub, At: time.UnixMilli(env.At).UTC(), Kind: env.Kind, Version: env.Version, Key: id.FromBytes(env.Key), Erased: env.Erased}
	if a := env.Actor; a != nil {
		e.By = Who{Kind: a.Kind, ID: id.FromBytes(a.Id)}
	}
	if c := env.Cause; c != nil {
		e.Cause = Source{Ref: id.Ref{Kind: id.Kind(c.Kind), ID: id.FromBytes(c.Id)}, Seq: c.Seq}
	}
	if env.Erased != "" {
		return e, nil
	}
	m := body()
	if err := m.UnmarshalVT(env.Body); err != nil {
		return Event{}, fmt.Errorf("event %d of kind %d: %w: %w", env.Seq, env.Kind, ErrBroken, err)
	}
	e.Body = m
	return e, nil
}
