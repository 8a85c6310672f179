package actors

import (
	"container/heap"
	"time"
)

// deadlineStep is how coarsely deadlines of calls are kept: they are many, and nearly none is reached.
const deadlineStep = 50 * time.Millisecond

// agenda is what one shard has to do later: one heap and one timer for all of its entities.
type agenda struct {
	heap  entries
	timer *time.Timer
	due   time.Time // what the timer is set to, zero = nothing
	n     uint64
}

// entry is a deadline of a call, or something to do.
type entry struct {
	at   time.Time
	n    uint64 // order of entries at the same time
	call *call
	do   func(*shardActor)
}

type entries []entry

func (h entries) Len() int { return len(h) }
func (h entries) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].n < h[j].n
	}
	return h[i].at.Before(h[j].at)
}
func (h entries) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push is container/heap's.
func (h *entries) Push(x any) { *h = append(*h, x.(entry)) }

// Pop is container/heap's.
func (h *entries) Pop() any {
	old := *h
	x := old[len(old)-1]
	old[len(old)-1] = entry{}
	*h = old[:len(old)-1]
	return x
}

// at does f at that time or at most a timer's lateness after it, never before.
func (s *shardActor) at(t time.Time, f func(*shardActor)) { s.plan(entry{at: t, do: f}) }

// after does f when d has passed.
func (s *shardActor) after(d time.Duration, f func(*shardActor)) {
	s.at(s.lease.node.now().Add(d), f)
}

// deadline answers the call with ErrUnknown when its caller has waited long enough.
func (s *shardActor) deadline(c *call) {
	if !c.due.IsZero() {
		s.plan(entry{at: c.due.Truncate(deadlineStep).Add(deadlineStep), call: c})
	}
}

func (s *shardActor) plan(e entry) {
	s.agenda.n++
	e.n = s.agenda.n
	heap.Push(&s.agenda.heap, e)
	s.arm()
}

// arm sets the timer to the first entry.
func (s *shardActor) arm() {
	a := &s.agenda
	if len(a.heap) == 0 {
		return
	}
	first := a.heap[0].at
	if !a.due.IsZero() && !first.Before(a.due) {
		return
	}
	a.due = first
	wait := max(0, first.Sub(s.lease.node.now()))
	if a.timer == nil {
		l := s.lease
		a.timer = time.AfterFunc(wait, func() { l.tell((*shardActor).ring) })
		return
	}
	a.timer.Reset(wait)
}

// ring does what is due.
func (s *shardActor) ring() {
	s.agenda.due = time.Time{}
	now := s.lease.node.now()
	for len(s.agenda.heap) > 0 && !s.agenda.heap[0].at.After(now) {
		e := heap.Pop(&s.agenda.heap).(entry)
		if e.call != nil {
			e.call.fail(ErrUnknown)
		} else {
			e.do(s)
		}
	}
	s.arm()
}

// end stops the timer; calls still waited for have an unknown outcome.
func (a *agenda) end() {
	if a.timer != nil {
		a.timer.Stop()
	}
	for _, e := range a.heap {
		if e.call != nil {
			e.call.fail(ErrUnknown)
		}
	}
	a.heap = nil
}
