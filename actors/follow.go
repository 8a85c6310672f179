package actors

import (
	"context"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

// View reads an entity's committed View (conv.View, agt.View, que.Digest, ctc.View). It blocks: never from Done or a Sink.
// Errors: *entity.Refusal not_found, the sentinels, the context's.
func (n *Node) View(ctx context.Context, ref id.Ref) (event.Message, error) {
	type shown struct {
		view event.Message
		err  error
	}
	got := make(chan shown, 1)
	n.route(n.view(ref, &call{due: n.now().Add(defaultWait)}, func(v event.Message, _ uint64, a Answer) {
		err := a.Err
		if a.Refusal != nil {
			err = a.Refusal
		}
		got <- shown{v, err}
	}))
	select {
	case s := <-got:
		return s.view, s.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Subscribe follows an entity until cancel is called. The sink hears Opened or Lost first, from another goroutine.
func (n *Node) Subscribe(target id.Ref, sink Sink) (cancel func()) {
	sub := &subscription{sink: sink}
	l := n.leaseOf(target)
	if l == nil {
		n.dispatcher.Schedule(func() { sub.lost(n.nowhere(target)) })
		return func() { sub.gone.Store(true) }
	}
	n.system.Root.Send(l.pid.Load(), &subscribe{target, sub})
	return func() {
		sub.gone.Store(true)
		l.tell(func(s *shardActor) { s.publisher.cancel(target, sub) })
	}
}

// nowhere says why an entity has no shard here: nobody knows it, or another node leads it.
func (n *Node) nowhere(r id.Ref) error {
	if _, ok := n.Config().Shard(r); !ok && n.configLoaded() {
		return entity.ErrUnknownEntity
	}
	return ErrNotHere
}

// subscribe is a message of its own so that a shard that has stopped answers it.
type subscribe struct {
	target id.Ref
	sub    *subscription
}

// IgnoreDeadLetterLogging keeps protoactor from printing it.
func (*subscribe) IgnoreDeadLetterLogging() {}

func (s *subscribe) orphaned() { s.sub.lost(ErrNotHere) }

// Volatile tells all who follow the conversation; never logged, never delays anything.
func (n *Node) Volatile(conv id.ID, v Volatile) {
	r := id.Ref{Kind: id.Conversation, ID: conv}
	if l := n.leaseOf(r); l != nil {
		l.tell(func(s *shardActor) { s.publisher.volatile(r, v) })
	}
}

// Beat lists all live sessions of a gateway; it comes every 5 s.
func (n *Node) Beat(live []SessionPair) {
	of := map[*lease][]session{}
	for _, p := range live {
		if l := n.leaseOf(p.Entity); l != nil {
			of[l] = append(of[l], session{entity: p.Entity, id: p.Session})
		}
	}
	for l, list := range of {
		l.tell(func(s *shardActor) { s.presence.beat(list) })
	}
}
