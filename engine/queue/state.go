// Package queue is a queue as a state machine: the authority on who waits, and in which order.
package queue

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/que"
	"parley/engine/order"
	"parley/engine/routing"
)

const (
	remembered = 1024 // departures kept, so that a late copy of Enqueue brings nobody back
	ring       = 20   // assignment times kept for the rate of service
	exclusions = 64   // agents passed over for one conversation, at most
)

// Machine is one queue. Each waiting conversation and each remembered departure is a row.
type Machine struct {
	head    *que.Head
	waiting map[id.ID]*entry
	line    *order.List[*entry]
	left    map[id.ID]uint64     // highest attempt known to have left
	slots   map[uint16]*que.Left // the last departures, by slot of the ring
	dirty   map[string]struct{}
}

type entry struct {
	row  *que.Entry
	rank routing.Rank
}

// Row keys: kind byte, then what names the row.
const (
	rowWaiting = 'w' // conversation
	rowLeft    = 'x' // slot, two bytes
)

// New makes an empty queue.
func New() *Machine {
	return &Machine{
		head:    &que.Head{},
		waiting: map[id.ID]*entry{},
		line:    order.New(func(a, b *entry) int { return a.rank.Compare(b.rank) }),
		left:    map[id.ID]uint64{},
		slots:   map[uint16]*que.Left{},
		dirty:   map[string]struct{}{},
	}
}

// Type describes queues to their host. A queue begins with org; every command may be its first.
func Type() entity.Type {
	return entity.Type{
		Kind:      id.Queue,
		New:       func() entity.Machine { return New() },
		Command:   func() event.Message { return &que.Command{} },
		Event:     func() event.Message { return &que.Event{} },
		Reply:     func() event.Message { return &que.Reply{} },
		HeadEvery: 1,
		Creates:   func(event.Message) bool { return true },
	}
}

// Wake is never: the longest wait is the conversation's own deadline, an exclusion's end the distributor's.
func (m *Machine) Wake() time.Time { return time.Time{} }

// Dirty returns the rows that changed, in key order.
func (m *Machine) Dirty() []entity.Row {
	rows := make([]entity.Row, 0, len(m.dirty))
	for _, k := range slices.Sorted(maps.Keys(m.dirty)) {
		rows = append(rows, entity.Row{Rest: []byte(k), Value: m.row(k)})
	}
	clear(m.dirty)
	return rows
}

func (m *Machine) row(key string) []byte {
	if key[0] == rowWaiting {
		e := m.waiting[id.FromBytes([]byte(key[1:]))]
		if e == nil {
			return nil
		}
		return encode(e.row)
	}
	return encode(m.slots[binary.BigEndian.Uint16([]byte(key[1:]))])
}

func encode(row event.Message) []byte {
	data, err := row.MarshalVT()
	if err != nil {
		panic(fmt.Sprintf("queue: row does not encode: %v", err)) // vtprotobuf fails on nothing we put in
	}
	return data
}

// Head encodes what is in no row.
func (m *Machine) Head() []byte { return encode(m.head) }

// LoadHead reads what Head wrote.
func (m *Machine) LoadHead(head []byte) error { return m.head.UnmarshalVT(head) }

// LoadRow reads a row Dirty returned.
func (m *Machine) LoadRow(rest, value []byte, _ bool) error {
	switch {
	case len(rest) == 17 && rest[0] == rowWaiting:
		row := &que.Entry{}
		if err := row.UnmarshalVT(value); err != nil {
			return fmt.Errorf("queue: row: %w", err)
		}
		m.put(row)
	case len(rest) == 3 && rest[0] == rowLeft:
		row := &que.Left{}
		if err := row.UnmarshalVT(value); err != nil {
			return fmt.Errorf("queue: row: %w", err)
		}
		m.slots[binary.BigEndian.Uint16(rest[1:])] = row
		c := id.FromBytes(row.Conversation)
		m.left[c] = max(m.left[c], row.N)
	default:
		return fmt.Errorf("queue: unknown row %x", bytes.Clone(rest))
	}
	return nil
}

// put places a row in line, instead of an earlier one of the conversation.
func (m *Machine) put(row *que.Entry) {
	c := id.FromBytes(row.Conversation)
	if old := m.waiting[c]; old != nil {
		m.line.Delete(old)
	}
	e := &entry{row: row, rank: routing.RankOf(c, row.Rank)}
	m.waiting[c] = e
	m.line.Insert(e)
}
