// Package agent is an agent as a state machine: presence, and the only authority on the agent's room.
package agent

import (
	"bytes"
	"fmt"
	"time"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
)

// Bounds of what an agent remembers. Each map below has one.
const (
	maxReservations = 200 // a person holds a handful; keeps going offline within one batch
	maxSessions     = 64
	maxTokens       = 20
	maxLinks        = 20
	maxRemembered   = 256 // releases that came before their reservation
	maxDone         = 50
)

// Machine is one agent. Everything but the head lives in rows, named by the first byte of their key.
type Machine struct {
	head         *agt.Head
	reservations map[id.ID]*agt.Reservation
	sessions     map[id.ID]*agt.Session
	remembered   map[id.ID]*agt.ReleasedUnknown
	tokens       map[string]*agt.Token
	links        map[string]*agt.Link
	done         map[byte]*agt.Done // ring of maxDone by head.Done
	password     *agt.PasswordSet
	dirty        map[string]struct{} // keys of rows changed since Dirty
}

// Row keys: kind byte, then what names the row.
const (
	rowReservation = 'r'
	rowSession     = 's'
	rowRemembered  = 'u'
	rowToken       = 't'
	rowLink        = 'l'
	rowDone        = 'd'
	rowPassword    = 'p'
)

// New makes an agent nobody has told anything: offline.
func New() *Machine {
	return &Machine{
		head:         &agt.Head{},
		reservations: map[id.ID]*agt.Reservation{},
		sessions:     map[id.ID]*agt.Session{},
		remembered:   map[id.ID]*agt.ReleasedUnknown{},
		tokens:       map[string]*agt.Token{},
		links:        map[string]*agt.Link{},
		done:         map[byte]*agt.Done{},
		dirty:        map[string]struct{}{},
	}
}

// Type describes agents to their host. An agent begins with org: every command may be its first, and is refused when
// the configuration does not know the agent.
func Type() entity.Type {
	return entity.Type{
		Kind:      id.Agent,
		New:       func() entity.Machine { return New() },
		Command:   func() event.Message { return &agt.Command{} },
		Event:     func() event.Message { return &agt.Event{} },
		Reply:     func() event.Message { return &agt.Reply{} },
		HeadEvery: 1,
		Creates:   func(event.Message) bool { return true },
	}
}

// Wake is the end of the grace, or the first moment to ask a conversation about a reservation nobody confirmed.
func (m *Machine) Wake() time.Time {
	var first int64
	if m.head.GraceUntil > 0 {
		first = m.head.GraceUntil
	}
	for _, r := range m.reservations {
		if !r.Confirmed && (first == 0 || r.Until < first) {
			first = r.Until
		}
	}
	if first == 0 {
		return time.Time{}
	}
	return time.UnixMilli(first).UTC()
}

// touch marks the row of a key as changed.
func (m *Machine) touch(kind byte, key []byte) {
	m.dirty[string(kind)+string(key)] = struct{}{}
}

// Dirty returns the rows that changed, in key order.
func (m *Machine) Dirty() []entity.Row {
	keys := sortedKeys(m.dirty)
	rows := make([]entity.Row, 0, len(keys))
	for _, k := range keys {
		rows = append(rows, entity.Row{Rest: []byte(k), Value: m.row(k), Session: k[0] == rowSession})
	}
	clear(m.dirty)
	return rows
}

// row encodes the row of a key; nil when there is none any more.
func (m *Machine) row(key string) []byte {
	rest := key[1:]
	switch key[0] {
	case rowReservation:
		return encode(m.reservations[id.FromBytes([]byte(rest))])
	case rowSession:
		return encode(m.sessions[id.FromBytes([]byte(rest))])
	case rowRemembered:
		return encode(m.remembered[id.FromBytes([]byte(rest))])
	case rowToken:
		return encode(m.tokens[rest])
	case rowLink:
		return encode(m.links[rest])
	case rowDone:
		return encode(m.done[rest[0]])
	default:
		return encode(m.password)
	}
}

// encode writes a row; a row that is there is never nil, which would delete it.
func encode[T any, M interface {
	*T
	event.Message
}](row M) []byte {
	if row == nil {
		return nil
	}
	data, err := row.MarshalVT()
	if err != nil {
		panic(fmt.Sprintf("agent: row does not encode: %v", err)) // vtprotobuf fails on nothing we put in
	}
	if data == nil {
		data = []byte{}
	}
	return data
}

// Head encodes what is in no row.
func (m *Machine) Head() []byte { return encode(m.head) }

// LoadHead reads what Head wrote.
func (m *Machine) LoadHead(head []byte) error { return m.head.UnmarshalVT(head) }

// LoadRow reads a row Dirty returned.
func (m *Machine) LoadRow(rest, value []byte, _ bool) error {
	if len(rest) == 0 {
		return fmt.Errorf("agent: row without a key")
	}
	kind, key := rest[0], bytes.Clone(rest[1:])
	switch kind {
	case rowReservation:
		return load(m.reservations, id.FromBytes(key), value)
	case rowSession:
		return load(m.sessions, id.FromBytes(key), value)
	case rowRemembered:
		return load(m.remembered, id.FromBytes(key), value)
	case rowToken:
		return load(m.tokens, string(key), value)
	case rowLink:
		return load(m.links, string(key), value)
	case rowDone:
		if len(key) != 1 {
			return fmt.Errorf("agent: slot of %d bytes", len(key))
		}
		return load(m.done, key[0], value)
	case rowPassword:
		m.password = &agt.PasswordSet{}
		return m.password.UnmarshalVT(value)
	default:
		return fmt.Errorf("agent: unknown row %q", kind)
	}
}

func load[K comparable, T any, M interface {
	*T
	event.Message
}](into map[K]M, key K, value []byte) error {
	row := M(new(T))
	if err := row.UnmarshalVT(value); err != nil {
		return fmt.Errorf("agent: row: %w", err)
	}
	into[key] = row
	return nil
}
