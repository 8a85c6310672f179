package queue

import (
	"encoding/binary"

	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/que"
)

// Evolve applies one event.
func (m *Machine) Evolve(e *event.Event) {
	m.head.Version = e.Seq
	body, ok := e.Body.(*que.Event)
	if !ok {
		return
	}
	switch ev := body.Body.(type) {
	case *que.Event_Waiting:
		w := ev.Waiting
		m.put(&que.Entry{Conversation: w.Conversation, N: w.N, Rank: w.Rank, Exclude: w.Exclude, Prefer: w.Prefer})
		m.touch(id.FromBytes(w.Conversation))
	case *que.Event_OfferOut:
		c := id.FromBytes(ev.OfferOut.Conversation)
		if w := m.waiting[c]; w != nil {
			w.row.R, w.row.Agent = ev.OfferOut.R, ev.OfferOut.Agent
			m.touch(c)
		}
	case *que.Event_Left:
		m.leave(ev.Left, e.At.UnixMilli())
	}
}

// leave takes a conversation out of line and remembers that it left. Only one that did wait is counted.
func (m *Machine) leave(ev *que.Left, at int64) {
	c := id.FromBytes(ev.Conversation)
	if w := m.waiting[c]; w != nil {
		m.line.Delete(w)
		delete(m.waiting, c)
		m.touch(c)
		m.count(ev.Why, at)
	}
	m.left[c] = max(m.left[c], ev.N)
	slot := uint16(m.head.Left % remembered)
	if old := m.slots[slot]; old != nil {
		if o := id.FromBytes(old.Conversation); m.left[o] == old.N {
			delete(m.left, o)
		}
	}
	m.slots[slot] = ev
	m.head.Left++
	m.dirty[string(binary.BigEndian.AppendUint16([]byte{rowLeft}, slot))] = struct{}{}
}

func (m *Machine) count(why que.LeftWhy, at int64) {
	switch why {
	case que.LeftWhy_ASSIGNED, que.LeftWhy_MOVED:
		m.head.Assigned++
		m.head.AssignedAt = append(m.head.AssignedAt, at)
		if len(m.head.AssignedAt) > ring {
			m.head.AssignedAt = append([]int64(nil), m.head.AssignedAt[1:]...)
		}
	case que.LeftWhy_ENDED:
		m.head.Ended++
	}
}

func (m *Machine) touch(c id.ID) { m.dirty[string(rowWaiting)+string(c[:])] = struct{}{} }
