package hub

import (
	"slices"
	"sync"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/frame"
	"parley/gateway/protocol"
	"parley/gateway/wire"
)

// Offer is an offer that is out; the zero value is none.
type Offer struct {
	R, Agent id.ID
	Until    int64
}

// topic is one conversation on this node: its one subscription and everybody here who follows it.
type topic struct {
	feed *feed
	mu   struct {
		sync.Mutex
		open    bool
		seq     uint64 // last event told
		pub     uint64
		names   wire.Scope
		inbox   id.ID
		offer   Offer
		place   place
		pairs   pairs
		marks   map[string]protocol.MarksPush // of agents, as customers were told last
		follows []*Follow
		online  bool
	}
}

// end is the number of the last event told to an audience. Called with the lock held.
func (t *topic) end(agent bool) uint64 {
	if agent {
		return t.mu.seq
	}
	return t.mu.pub
}

// scope is what translations need, with the names as they are now.
func (t *topic) scope() *wire.Scope {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.mu.names
	s.Conv, s.Config = t.feed.ref.ID, t.feed.hub.Backend.Config()
	return &s
}

func (t *topic) peek() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.feed.hub.Backend.Config().Inbox(t.mu.inbox).GetPeek()
}

func (t *topic) offer() Offer {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.mu.offer
}

// add takes a follow in. A follow that has everything is live at once.
func (t *topic) add(f *Follow) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.follows = append(t.mu.follows, f)
	if t.mu.open {
		t.settle(f)
		t.showPlace(f)
		t.watch()
	}
}

// settle makes a follow live, or says that it is behind. Called with the lock held.
func (t *topic) settle(f *Follow) {
	f.sub.Lock()
	f.Live = !f.fill && f.Last >= t.end(f.agent)
	live := f.Live
	f.sub.Unlock()
	if !live {
		f.sub.Behind(f)
	}
}

func (t *topic) drop(f *Follow) {
	t.mu.Lock()
	if i := slices.Index(t.mu.follows, f); i >= 0 {
		t.mu.follows = slices.Delete(t.mu.follows, i, i+1)
	}
	empty := len(t.mu.follows) == 0
	t.mu.Unlock()
	if empty {
		t.feed.hub.leave(t)
	}
}

// opened takes the conversation as it is. It comes again after a change of leader, perhaps with a hole before it: then
// who lacks something is behind and reads it from the log.
func (t *topic) opened(m event.Message) {
	v, ok := m.(*conv.View)
	if !ok {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.open = true
	if v.Pub > t.mu.pub { // what lies between was never told
		t.mu.pairs = nil
	}
	t.mu.seq, t.mu.pub = max(t.mu.seq, v.Seq), max(t.mu.pub, v.Pub)
	t.mu.names = wire.Scope{Contact: id.FromBytes(v.Contact), Customer: v.Name}
	t.mu.inbox = id.FromBytes(v.Inbox)
	t.mu.online = v.CustomerConnected
	t.mu.offer = Offer{}
	if v.Route == conv.Route_OFFERED {
		t.mu.offer = Offer{R: id.FromBytes(v.R), Agent: id.FromBytes(v.OfferedTo), Until: v.OfferUntil}
	}
	t.mu.place.at(v)
	t.watch()
	for _, f := range t.mu.follows {
		t.settle(f)
		if f.agent {
			f.sub.Changed(f)
		}
	}
}

// events is the fan-out: each event is encoded once per audience that is here, and the same bytes go to every session.
func (t *topic) events(events []event.Event) {
	scope := t.scope()
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range events {
		e := &events[i]
		if e.Seq <= t.mu.seq {
			continue
		}
		t.mu.seq = e.Seq
		if e.Pub > 0 {
			t.mu.pub = e.Pub
			t.mu.pairs.add(e.Seq, e.Pub)
		}
		t.fan(scope, e)
		t.note(e)
	}
}

// fan sends an event to all who follow. Called with the lock held.
func (t *topic) fan(scope *wire.Scope, e *event.Event) {
	var byAudience [2][]byte
	for _, f := range t.mu.follows {
		if !f.agent && e.Pub == 0 {
			t.leak(scope, e, f)
			continue
		}
		a := 0
		if f.agent {
			a = 1
		}
		if byAudience[a] == nil {
			_, byAudience[a] = t.encode(scope, e, f.agent)
		}
		f.sub.Event(f, number(e, f.agent), byAudience[a])
	}
}

// leak is the planted fault of a test: a note in the customer's stream.
func (t *topic) leak(scope *wire.Scope, e *event.Event, f *Follow) {
	if !t.feed.hub.Faults.NotesToCustomers {
		return
	}
	if b, err := frame.JSON(wire.Event(scope, e)); err == nil {
		f.sub.Push(b)
	}
}

func number(e *event.Event, agent bool) uint64 {
	if agent {
		return e.Seq
	}
	return e.Pub
}

// encode writes an event for an audience; nil when it is none of theirs.
func (t *topic) encode(scope *wire.Scope, e *event.Event, agent bool) (uint64, []byte) {
	var v any
	if agent {
		v = wire.Event(scope, e)
	} else if p, ok := wire.Public(scope, e); ok {
		v = p
	} else {
		return 0, nil
	}
	t.feed.hub.metrics.encoded.Inc()
	b, err := frame.JSON(v)
	if err != nil {
		t.feed.hub.Logger.Error("event not encoded", "conv", scope.Conv, "seq", e.Seq, "err", err)
		return 0, nil
	}
	return number(e, agent), b
}

// skipped is told instead of events when too many waited: everybody reads them from the log. last has the highest seq and
// public number among them.
func (t *topic) skipped(last event.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.seq, t.mu.pub = max(t.mu.seq, last.Seq), max(t.mu.pub, last.Pub)
	t.mu.pairs = nil
	for _, f := range t.mu.follows {
		t.settle(f)
	}
}

// view is for kinds that are told as views; a conversation is told as events.
func (t *topic) view(event.Message) {}

// lost tells all who follow. Who comes later begins anew: this topic will not hear of anything any more.
func (t *topic) lost(error) {
	h := t.feed.hub
	h.mu.Lock()
	t.mu.Lock()
	follows := slices.Clone(t.mu.follows)
	if h.mu.topics[t.feed.ref.ID] == t {
		delete(h.mu.topics, t.feed.ref.ID)
		h.metrics.topics.Dec()
		t.mu.place.leave()
		t.watch()
	}
	t.mu.Unlock()
	h.mu.Unlock()
	for _, f := range follows {
		f.sub.Gone(f)
	}
}

func (t *topic) volatile(v actors.Volatile) {
	scope := t.scope()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tell(scope, v)
}
