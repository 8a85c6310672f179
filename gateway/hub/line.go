package hub

import (
	"maps"
	"slices"
	"sync"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/que"
)

// lines are the queues that customers here wait in, or that somebody watches.
type lines struct {
	hub *Hub
	mu  struct {
		sync.Mutex
		of map[id.ID]*line
	}
}

// line is one queue on this node.
type line struct {
	feed *feed
	mu   struct {
		sync.Mutex
		waiting map[*topic]bool
		digest  *que.Digest // the newest, nil before the first
		watched func()      // told after each digest; nil = nobody watches
	}
}

// move takes a topic from one queue to another; the zero queue is none. It returns the newest digest of the other queue,
// which the topic came too late for; nil when none has come yet.
func (ls *lines) move(t *topic, from, to id.ID) (known *que.Digest) {
	if !to.IsZero() {
		ls.get(to, func(l *line) {
			l.mu.waiting[t] = true
			known = l.mu.digest
		})
	}
	if !from.IsZero() {
		ls.leave(from, func(l *line) { delete(l.mu.waiting, t) })
	}
	return known
}

// get finds or begins a line and changes it under its lock.
func (ls *lines) get(q id.ID, change func(*line)) *line {
	ls.mu.Lock()
	l := ls.mu.of[q]
	fresh := l == nil
	if fresh {
		l = &line{}
		l.mu.waiting = map[*topic]bool{}
		l.feed = &feed{hub: ls.hub, ref: id.Ref{Kind: id.Queue, ID: q}, to: l}
		ls.mu.of[q] = l
	}
	l.mu.Lock()
	change(l)
	l.mu.Unlock()
	ls.mu.Unlock()
	if fresh {
		go l.feed.open() // never from within a topic's lock
	}
	return l
}

// leave changes a line and ends it when nobody needs it.
func (ls *lines) leave(q id.ID, change func(*line)) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l := ls.mu.of[q]
	if l == nil {
		return
	}
	l.mu.Lock()
	change(l)
	unused := len(l.mu.waiting) == 0 && l.mu.watched == nil
	l.mu.Unlock()
	if unused {
		delete(ls.mu.of, q)
		go l.feed.close()
	}
}

func (l *line) opened(m event.Message)   { l.view(m) }
func (l *line) events([]event.Event)     {}
func (l *line) skipped(event.Event)      {}
func (l *line) volatile(actors.Volatile) {}
func (l *line) lost(error)               {}

func (l *line) view(m event.Message) {
	d, ok := m.(*que.Digest)
	if !ok {
		return
	}
	l.mu.Lock()
	l.mu.digest = d
	topics := slices.Collect(maps.Keys(l.mu.waiting))
	watched := l.mu.watched
	l.mu.Unlock()
	now := l.feed.hub.Now()
	for _, t := range topics {
		t.digest(d, now)
	}
	if watched != nil {
		watched()
	}
}
