package queue

import (
	"iter"
	"time"

	"parley/engine/id"
	"parley/engine/msg/que"
	"parley/engine/routing"
)

const (
	firstShown = 20  // entries a digest lists whole
	marksShown = 200 // ranks behind them, at most
)

// Position is the conversation's place in line, 1 = next, 0 = it does not wait.
func (m *Machine) Position(conversation id.ID) int {
	e := m.waiting[conversation]
	if e == nil {
		return 0
	}
	return m.line.Rank(e) + 1
}

// Len returns how many conversations wait, those with an offer out included.
func (m *Machine) Len() int { return m.line.Len() }

// Waiting returns a waiting conversation as the distributor needs it.
func (m *Machine) Waiting(self, conversation id.ID) (routing.Waiting, bool) {
	e := m.waiting[conversation]
	if e == nil {
		return routing.Waiting{}, false
	}
	return e.waiting(self), true
}

// All walks the waiting conversations in order, for a distributor that begins. The queue must not change meanwhile.
func (m *Machine) All(self id.ID) iter.Seq[routing.Waiting] {
	return func(yield func(routing.Waiting) bool) {
		for e := range m.line.All() {
			if !yield(e.waiting(self)) {
				return
			}
		}
	}
}

func (e *entry) waiting(self id.ID) routing.Waiting {
	w := routing.Waiting{
		Conversation: id.FromBytes(e.row.Conversation), Queue: self, N: e.row.N, Rank: e.rank, Offered: len(e.row.R) > 0, Prefer: id.FromBytes(e.row.Prefer),
	}
	for _, x := range e.row.Exclude {
		w.Exclude = append(w.Exclude, routing.Exclusion{Agent: id.FromBytes(x.Agent), Until: time.UnixMilli(x.Until).UTC()})
	}
	return w
}

// Digest is the queue for those who look on. It shares rank messages with the state, which are never changed.
func (m *Machine) Digest(self id.ID) *que.Digest {
	d := &que.Digest{
		Queue: self.Bytes(), Waiting: int32(m.line.Len()), PerAssignmentMs: m.perAssignment(),
		Assigned: m.head.Assigned, Ended: m.head.Ended,
	}
	step, i := max(1, m.line.Len()/marksShown), 0
	for e := range m.line.All() {
		i++
		if since := e.rank.Since; d.OldestSince == 0 || since < d.OldestSince {
			d.OldestSince = since
		}
		switch {
		case i <= firstShown:
			d.First = append(d.First, &que.Entry{Conversation: e.row.Conversation, N: e.row.N, Rank: e.row.Rank, R: e.row.R, Agent: e.row.Agent})
		case i%step == 0:
			d.Marks = append(d.Marks, &que.Mark{Position: int32(i), Rank: e.row.Rank})
		}
	}
	return d
}

// perAssignment is the mean time between the last assignments, milliseconds; 0 while fewer than two are known.
func (m *Machine) perAssignment() int64 {
	at := m.head.AssignedAt
	if len(at) < 2 {
		return 0
	}
	return (at[len(at)-1] - at[0]) / int64(len(at)-1)
}
