package actors

import (
	"sync/atomic"
	"time"

	"parley/cluster/journal"
	"parley/engine/event"
	"parley/engine/id"
)

const (
	agentViewEvery   = 250 * time.Millisecond // at most 4 views a second
	queueDigestEvery = 2 * time.Second
	viewWait         = 5 * time.Second
	viewRetry        = 100 * time.Millisecond
	catchUpMost      = 4096 // events kept for a subscriber whose view is not there yet
)

// publisher tells subscribers what happens to entities of the shard, in the order of the log. Subscriptions are the
// shard's: they survive restart, quarantine and passivation of an entity.
type publisher struct {
	s      *shardActor
	topics map[id.Ref]*topic
}

// topic is an entity somebody follows.
type topic struct {
	ref   id.Ref
	subs  map[*subscription]bool
	shown time.Time // when the last view was sent
	owed  bool      // a view is planned
}

// subscription is one follower. It gets the committed view, then every event behind it once: events applied while the
// view is on its way are kept, and those the view holds already are dropped.
type subscription struct {
	sink    Sink
	opening bool
	seq     uint64 // last event told, or held by the view
	kept    []event.Event
	gone    atomic.Bool
}

func (p *publisher) init(s *shardActor) { p.s, p.topics = s, map[id.Ref]*topic{} }

func (p *publisher) subscribe(r id.Ref, sub *subscription) {
	t := p.topics[r]
	if t == nil {
		t = &topic{ref: r, subs: map[*subscription]bool{}}
		p.topics[r] = t
	}
	t.subs[sub] = true
	p.s.lease.node.metrics.subscriptions.Inc()
	p.open(t, sub)
}

// open asks for the view a subscription begins with.
func (p *publisher) open(t *topic, sub *subscription) {
	sub.opening, sub.kept = true, nil
	n, l := p.s.lease.node, p.s.lease
	c := n.view(t.ref, &call{due: n.now().Add(viewWait)}, func(view event.Message, seq uint64, a Answer) {
		l.tell(func(s *shardActor) { s.publisher.opened(t, sub, view, seq, a) })
	})
	c.class = classInner
	p.s.take(c)
}

func (p *publisher) opened(t *topic, sub *subscription, view event.Message, seq uint64, a Answer) {
	switch {
	case !t.subs[sub]:
		return
	case a.Refusal != nil:
		p.drop(t, sub)
		sub.lost(a.Refusal)
		return
	case a.Err != nil && a.Err != ErrQuarantined && a.Err != ErrInternal:
		p.s.after(viewRetry, func(s *shardActor) {
			if t.subs[sub] {
				s.publisher.open(t, sub)
			}
		})
		return
	case a.Err != nil:
		p.drop(t, sub)
		sub.lost(a.Err)
		return
	case len(sub.kept) >= catchUpMost:
		p.open(t, sub)
		return
	}
	sub.opening, sub.seq = false, seq
	if sub.gone.Load() {
		return
	}
	sub.sink.Opened(view)
	kept := sub.kept
	sub.kept = nil
	sub.events(kept)
}

// events tells what is behind what was told already.
func (sub *subscription) events(list []event.Event) {
	for len(list) > 0 && list[0].Seq <= sub.seq {
		list = list[1:]
	}
	if len(list) == 0 || sub.gone.Load() {
		return
	}
	sub.seq = list[len(list)-1].Seq
	sub.sink.Events(list)
}

func (sub *subscription) lost(err error) {
	if !sub.gone.Swap(true) {
		sub.sink.Lost(err)
	}
}

// follow takes a batch of the apply stream.
func (p *publisher) follow(b *journal.Batch) {
	if len(b.Events) == 0 {
		return
	}
	if b.Entity.Kind == id.Org {
		p.s.lease.node.refreshConfig(nil)
	}
	p.s.distribute(b)
	t := p.topics[b.Entity]
	if t == nil {
		return
	}
	list, err := p.decode(b)
	if err != nil {
		p.s.log().Error("events could not be told", "entity", b.Entity, "err", err)
		for sub := range t.subs {
			p.drop(t, sub)
			sub.lost(ErrInternal)
		}
		return
	}
	for sub := range t.subs {
		if sub.opening {
			if len(sub.kept) < catchUpMost {
				sub.kept = append(sub.kept, list...)
			}
			continue
		}
		sub.events(list)
	}
	p.owe(t)
}

func (p *publisher) decode(b *journal.Batch) ([]event.Event, error) {
	body := p.s.lease.node.types[b.Entity.Kind].Event
	list := make([]event.Event, 0, len(b.Events))
	for _, raw := range b.Events {
		e, err := event.Decode(raw.Data, body)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// owe plans the view that follows events of agents and queues, coalesced.
func (p *publisher) owe(t *topic) {
	every := agentViewEvery
	switch t.ref.Kind {
	case id.Agent:
	case id.Queue:
		every = queueDigestEvery
	default:
		return
	}
	if t.owed {
		return
	}
	t.owed = true
	at := t.shown.Add(every)
	if now := p.s.lease.node.now(); at.Before(now) {
		at = now
	}
	p.s.at(at, func(s *shardActor) { s.publisher.show(t) })
}

func (p *publisher) show(t *topic) {
	if p.topics[t.ref] != t {
		return
	}
	n, l := p.s.lease.node, p.s.lease
	t.shown, t.owed = n.now(), false
	c := n.view(t.ref, &call{due: n.now().Add(viewWait)}, func(view event.Message, _ uint64, a Answer) {
		l.tell(func(s *shardActor) {
			if a.Err != nil || a.Refusal != nil {
				s.publisher.owe(t)
				return
			}
			for sub := range t.subs {
				if !sub.opening && !sub.gone.Load() {
					sub.sink.View(view)
				}
			}
		})
	})
	c.class = classInner
	p.s.take(c)
}

// volatile pushes what is never logged.
func (p *publisher) volatile(r id.Ref, v Volatile) {
	t := p.topics[r]
	if t == nil {
		return
	}
	for sub := range t.subs {
		if !sub.opening && !sub.gone.Load() {
			sub.sink.Volatile(v)
		}
	}
}

func (p *publisher) cancel(r id.Ref, sub *subscription) {
	if t := p.topics[r]; t != nil && t.subs[sub] {
		p.drop(t, sub)
	}
}

func (p *publisher) drop(t *topic, sub *subscription) {
	delete(t.subs, sub)
	p.s.lease.node.metrics.subscriptions.Dec()
	if len(t.subs) == 0 && p.topics[t.ref] == t {
		delete(p.topics, t.ref)
	}
}

// close tells every subscriber that the shard is no longer led here.
func (p *publisher) close() {
	for _, t := range p.topics {
		for sub := range t.subs {
			p.drop(t, sub)
			sub.lost(ErrNotHere)
		}
	}
}
