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
	cursor  journal.DueWake // where the next sweep goes on, zero = at the oldest
	asked   bool            // a look for those that did not go on is planned
}

func (w *wakes) init(s *shardActor) { w.s, w.busy = s, map[id.Ref]bool{} }

func (w *wakes) open(first time.Time) { w.want(first) }

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

// never is behind every deadline.
const never = 100 * 365 * 24 * time.Hour

// sweep reads what is due, and when the next after it is.
func (w *wakes) sweep() {
	n := w.s.lease.node
	now := n.now()
	if w.reading || w.next.IsZero() || w.next.After(now) {
		return
	}
	w.reading, w.next = true, time.Time{}
	l, cursor := w.s.lease, w.cursor
	n.loaders.do(func() {
		due, err := n.journal.DueWakes(l.shard, now, cursor, wakesAtOnce)
		var later []journal.DueWake
		if err == nil {
			later, err = n.journal.DueWakes(l.shard, now.Add(never), journal.DueWake{Due: now, Entity: lastRef}, 1)
		}
		l.tell(func(s *shardActor) { s.wakes.due(due, later, err) })
	})
}

// lastRef is behind every entity.
var lastRef = id.Ref{Kind: 255}

func (w *wakes) due(list, later []journal.DueWake, err error) {
	w.reading, w.cursor = false, journal.DueWake{}
	now := w.s.lease.node.now()
	for _, d := range list {
		if !w.busy[d.Entity] {
			w.busy[d.Entity] = true
			w.wake(d)
		}
	}
	known := w.next
	w.next = time.Time{}
	w.want(known)
	switch {
	case err != nil:
		w.want(now.Add(wakeRetry))
	case len(list) == wakesAtOnce:
		w.cursor = list[len(list)-1]
		w.want(now)
	case len(later) > 0:
		w.want(later[0].Due)
	}
}

func (w *wakes) wake(d journal.DueWake) {
	l := w.s.lease
	now := l.node.now()
	l.node.metrics.wakeLate.Observe(now.Sub(d.Due).Seconds())
	w.s.take(&call{class: classInner, target: d.Entity, due: now.Add(wakeWait), in: entity.Input{By: event.System, Wake: true},
		done: func(Answer) {
			l.tell(func(s *shardActor) { s.wakes.woken(d.Entity) })
		}})
}

// woken looks a little later whether a row is still due: its entity was busy, or its machine did not move the deadline.
func (w *wakes) woken(r id.Ref) {
	delete(w.busy, r)
	if w.asked {
		return
	}
	w.asked = true
	w.s.after(wakeRetry, func(s *shardActor) {
		s.wakes.asked = false
		l := s.lease
		l.node.loaders.do(func() {
			if next, ok := l.node.journal.NextWake(l.shard); ok {
				l.tell(func(s *shardActor) { s.wakes.want(next) })
			}
		})
	})
}
