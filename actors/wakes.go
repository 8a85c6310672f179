package actors

import (
	"time"

	"parley/cluster/journal"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

const (
	wakesAtOnce = 200
	wakeRetry   = 250 * time.Millisecond // for entities that did not go on: busy, or in quarantine
	wakeWait    = 5 * time.Second
)

// wakes sends entities their wake-up when the earliest deadline of their state is due: one sweep per shard over the rows
// of the log, no timer per entity. Never early; late by the timer's lateness and a retry at most.
type wakes struct {
	s       *shardActor
	next    time.Time // the earliest row known, zero = none
	busy    map[id.Ref]bool
	reading bool
	failed  bool // somebody of this round did not go on
}

func (w *wakes) init(s *shardActor) { w.s, w.busy = s, map[id.Ref]bool{} }

func (w *wakes) open(first time.Time) {
	w.next = time.Time{}
	w.want(first)
}

// follow learns of earlier deadlines from the apply stream.
func (w *wakes) follow(b *journal.Batch) {
	if b.Wake.Set {
		w.want(b.Wake.Due)
	}
}

// want plans a sweep.
func (w *wakes) want(due time.Time) {
	if due.IsZero() || !w.next.IsZero() && !due.Before(w.next) {
		return
	}
	w.next = due
	w.s.at(due, func(s *shardActor) { s.wakes.sweep() })
}

// sweep reads what is due and wakes it.
func (w *wakes) sweep() {
	n := w.s.lease.node
	now := n.now()
	if w.reading || len(w.busy) > 0 || w.next.IsZero() || w.next.After(now) {
		return
	}
	w.reading, w.next = true, time.Time{}
	l := w.s.lease
	n.loaders.do(func() {
		due, err := n.journal.DueWakes(l.shard, now, journal.DueWake{}, wakesAtOnce)
		l.tell(func(s *shardActor) { s.wakes.due(due, err) })
	})
}

func (w *wakes) due(list []journal.DueWake, err error) {
	w.reading, w.failed = false, err != nil
	for _, d := range list {
		w.busy[d.Entity] = true
	}
	for _, d := range list {
		w.wake(d)
	}
	if len(list) == 0 {
		w.settle()
	}
}

func (w *wakes) wake(d journal.DueWake) {
	l := w.s.lease
	now := l.node.now()
	l.node.metrics.wakeLate.Observe(now.Sub(d.Due).Seconds())
	w.s.take(&call{class: classInner, target: d.Entity, due: now.Add(wakeWait), in: entity.Input{By: event.System, Wake: true},
		done: func(a Answer) {
			l.tell(func(s *shardActor) { s.wakes.woken(d.Entity, a) })
		}})
}

func (w *wakes) woken(r id.Ref, a Answer) {
	if a.Err != nil {
		w.failed = true
	}
	delete(w.busy, r)
	if len(w.busy) == 0 {
		w.settle()
	}
}

// settle looks for the next row once the round has ended. A row that is still due is tried again a little later: its
// entity was busy, or its machine did not move the deadline.
func (w *wakes) settle() {
	l := w.s.lease
	w.reading = true
	l.node.loaders.do(func() {
		next, ok := l.node.journal.NextWake(l.shard)
		l.tell(func(s *shardActor) {
			s.wakes.reading = false
			if ok {
				if soon := l.node.now().Add(wakeRetry); s.wakes.failed && next.Before(soon) {
					next = soon
				}
				s.wakes.again(next)
			} else {
				s.wakes.again(time.Time{})
			}
		})
	})
}

// again plans the next sweep, which the apply stream may have learnt of already.
func (w *wakes) again(next time.Time) {
	if known := w.next; !known.IsZero() {
		w.next = time.Time{}
		w.want(known)
	}
	w.want(next)
}
