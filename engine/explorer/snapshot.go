package explorer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/que"
)

// snapshot is one state of one entity as its rows, without what no decision looks at. Each is kept once.
type snapshot struct {
	number  uint32
	who     int
	machine entity.Machine // only read
	head    []byte
	rows    map[string]row

	conv  *conv.State     // of a conversation
	agent *agt.View       // of an agent
	queue map[id.ID]place // of a queue, by conversation
}

// place is a waiting conversation.
type place struct {
	n       uint64
	offered bool
}

type row struct {
	value   string
	session bool
}

// load makes a machine that may be changed: every step is also a restart.
func (s *snapshot) load() entity.Machine {
	m := types[s.who].New()
	if err := m.LoadHead(s.head); err != nil {
		panic(err)
	}
	for _, k := range slices.Sorted(maps.Keys(s.rows)) {
		if err := m.LoadRow([]byte(k), []byte(s.rows[k].value), s.rows[k].session); err != nil {
			panic(err)
		}
	}
	return m
}

// evolve returns the state after events.
func (x *Explorer) evolve(from *snapshot, who int, events []entity.New, now int64) uint32 {
	m := types[who].New()
	rows := map[string]row{}
	if from != nil {
		m, rows = from.load(), maps.Clone(from.rows)
	}
	for i, n := range events {
		e := event.Event{Seq: uint64(i) + 2, At: timeAt(now), By: n.By, Body: n.Body, Version: 1}
		if n.Pub {
			e.Pub = e.Seq
		}
		data, err := event.Encode(&e)
		if err != nil {
			panic(err)
		}
		if e, err = event.Decode(data, types[who].Event); err != nil {
			panic(err)
		}
		m.Evolve(&e)
	}
	for _, r := range m.Dirty() {
		if r.Value == nil {
			delete(rows, string(r.Rest))
			continue
		}
		rows[string(r.Rest)] = row{value: string(r.Value), session: r.Session}
	}
	return x.intern(&snapshot{who: who, head: m.Head(), rows: rows})
}

// intern normalises a state and gives it its number.
func (x *Explorer) intern(s *snapshot) uint32 {
	s.normalise()
	var key strings.Builder
	fmt.Fprintf(&key, "%d %x", s.who, s.head)
	for _, k := range slices.Sorted(maps.Keys(s.rows)) {
		fmt.Fprintf(&key, " %x=%x", k, s.rows[k].value)
	}
	if n, ok := x.snapshotNumbers[key.String()]; ok {
		return n
	}
	s.machine = s.load()
	s.describe(x)
	n := uint32(len(x.snapshots))
	s.number = n
	x.snapshots = append(x.snapshots, s)
	x.snapshotNumbers[key.String()] = n
	return n
}

// normalise takes out counters, positions in logs and times no decision looks at. Two states that differ by them only
// would be walked twice for nothing.
func (s *snapshot) normalise() {
	switch s.who {
	case conv0, conv1:
		m := decoded(string(s.head), &conv.State{})
		m.Seq = min(m.Seq, 2) // begun or not
		m.Pub, m.Number, m.Messages = m.Seq, 1, 1
		m.StartedAt, m.AssignedAt, m.EndedAt, m.LastAt, m.UnansweredSince = 0, 0, 0, 0, 0
		m.Reason, m.Last = 0, nil
		s.head = encoded(m)
	case agent0, agent1:
		m := decoded(string(s.head), &agt.Head{})
		m.Version, m.Since, m.IdleSince, m.Done = 1, 0, 0, 0
		s.head = encoded(m)
		for k, v := range s.rows {
			switch k[0] {
			case 'd':
				delete(s.rows, k)
			case 'r':
				r := decoded(v.value, &agt.Reservation{})
				r.Since = 0
				s.rows[k] = row{value: string(encoded(r))}
			}
		}
	default:
		s.normaliseQueue()
	}
}

// normaliseQueue keeps of the departures the highest attempt of each conversation.
func (s *snapshot) normaliseQueue() {
	m := decoded(string(s.head), &que.Head{})
	left := map[id.ID]uint64{}
	for k, v := range s.rows {
		if k[0] == 'x' {
			l := decoded(v.value, &que.Left{})
			c := id.FromBytes(l.Conversation)
			left[c] = max(left[c], l.N)
			delete(s.rows, k)
		}
	}
	slot := 0
	for c := range 2 {
		if n := left[refs[c].ID]; n > 0 {
			s.rows["x\x00"+string(rune(slot))] = row{value: string(encoded(&que.Left{Conversation: refs[c].ID.Bytes(), N: n}))}
			slot++
		}
	}
	m.Version, m.Left, m.Assigned, m.Ended, m.AssignedAt = 1, uint64(slot), 0, 0, nil
	s.head = encoded(m)
}

// describe keeps what checks look at.
func (s *snapshot) describe(x *Explorer) {
	switch s.who {
	case conv0, conv1:
		s.conv = decoded(string(s.head), &conv.State{})
	case agent0, agent1:
		s.agent = s.machine.(viewer).View(refs[s.who].ID, x.config)
	default:
		s.queue = map[id.ID]place{}
		for k, v := range s.rows {
			if k[0] == 'w' {
				e := decoded(v.value, &que.Entry{})
				s.queue[id.FromBytes(e.Conversation)] = place{n: e.N, offered: len(e.R) > 0}
			}
		}
	}
}

func decoded[M event.Message](data string, m M) M {
	if err := m.UnmarshalVT([]byte(data)); err != nil {
		panic(err)
	}
	return m
}

func encoded(m event.Message) []byte {
	data, err := m.MarshalVT()
	if err != nil {
		panic(err)
	}
	return data
}
