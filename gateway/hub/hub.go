// Package hub is this node's ear on the entities: one subscription per conversation, agent and queue that a session
// here looks at, and the fan-out to all of them.
package hub

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/engine/event"
	"parley/engine/id"
	"parley/gateway/backend"
)

// Options is what a hub is made of. Backend and Now have no default.
type Options struct {
	Backend    backend.Backend
	Now        func() time.Time
	Logger     *slog.Logger          // nil: discarded
	Registerer prometheus.Registerer // nil: metrics are kept and not published
	Workers    int                   // goroutines that encode and fan out; 0 = twice the processors
	Faults     Faults
}

// Faults plants the faults that tests must catch.
type Faults struct {
	NotesToCustomers bool // what customers must not see is sent to them
}

// Hub is safe for use from any goroutine.
type Hub struct {
	Options
	ctx     context.Context
	stop    context.CancelFunc
	work    *workers
	lines   lines
	metrics metrics
	mu      struct {
		sync.Mutex
		topics map[id.ID]*topic
		people map[id.ID]*person
	}
	board *Board
}

// New starts a hub; Close ends it.
func New(o Options) *Hub {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Workers == 0 {
		o.Workers = 2 * runtime.GOMAXPROCS(0)
	}
	h := &Hub{Options: o, work: newWorkers(o.Workers), metrics: newMetrics(o.Registerer)}
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.mu.topics, h.mu.people = map[id.ID]*topic{}, map[id.ID]*person{}
	h.lines.hub, h.lines.mu.of = h, map[id.ID]*line{}
	h.board = newBoard(h)
	return h
}

// Close ends all subscriptions and waits for the workers.
func (h *Hub) Close() {
	h.stop()
	h.board.close()
	h.mu.Lock()
	var feeds []*feed
	for _, t := range h.mu.topics {
		feeds = append(feeds, t.feed)
	}
	for _, p := range h.mu.people {
		feeds = append(feeds, p.feed)
	}
	h.mu.Unlock()
	h.lines.mu.Lock()
	for _, l := range h.lines.mu.of {
		feeds = append(feeds, l.feed)
	}
	h.lines.mu.Unlock()
	for _, f := range feeds {
		f.close()
	}
	h.work.close()
}

// Follow follows a conversation from a cursor: everything behind last, once and in order. agent says which audience.
func (h *Hub) Follow(conversation id.ID, agent bool, last uint64, sub Subscriber) *Follow {
	f := &Follow{Conv: conversation, Cursor: Cursor{Last: last}, sub: sub, agent: agent}
	h.mu.Lock()
	t := h.mu.topics[conversation]
	fresh := t == nil
	if fresh {
		t = &topic{}
		t.feed = &feed{hub: h, ref: id.Ref{Kind: id.Conversation, ID: conversation}, to: t}
		h.mu.topics[conversation] = t
		h.metrics.topics.Inc()
	}
	f.topic = t
	t.add(f)
	h.mu.Unlock()
	if fresh {
		t.feed.open()
	}
	return f
}

// leave ends a topic that nobody follows any more.
func (h *Hub) leave(t *topic) {
	h.mu.Lock()
	t.mu.Lock()
	unused := len(t.mu.follows) == 0 && h.mu.topics[t.feed.ref.ID] == t
	if unused {
		delete(h.mu.topics, t.feed.ref.ID)
		h.metrics.topics.Dec()
		t.mu.place.leave()
		t.watch()
	}
	t.mu.Unlock()
	h.mu.Unlock()
	if unused {
		t.feed.close()
	}
}

// is reports whether the follow's session is the actor itself.
func (f *Follow) is(w event.Who) bool { return f.sub.Is(w) }
