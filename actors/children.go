package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"parley/engine/entity"
	"parley/engine/id"
)

// child is one live entity.
type child struct {
	pid     *actor.PID
	used    time.Time
	closing bool    // asked to end when idle
	held    []*call // meanwhile
}

// forward hands a call to its entity, which is spawned on first use.
func (s *shardActor) forward(c *call) {
	if s.stopping {
		c.fail(ErrNotHere)
		return
	}
	k := s.children[c.target]
	if k == nil {
		if s.lease.node.types[c.target.Kind] == nil {
			c.finish(Answer{Refusal: entity.ErrUnknownEntity})
			return
		}
		k = s.spawn(c.target)
	}
	k.used = s.lease.node.now()
	if k.closing {
		k.held = append(k.held, c)
		return
	}
	s.ctx.Send(k.pid, c)
}

func (s *shardActor) spawn(r id.Ref) *child {
	n := s.lease.node
	box := newMailbox(n.options.EntityCap)
	l := s.lease
	props := actor.PropsFromProducer(func() actor.Actor { return newEntityActor(l, r, box) },
		actor.WithDispatcher(n.dispatcher),
		actor.WithMailbox(func() actor.Mailbox { return box }))
	k := &child{pid: s.ctx.Spawn(props)}
	s.children[r], s.byPID[k.pid.Id] = k, r
	n.count(r.Kind, 1)
	s.sweepLater()
	return k
}

// sweepIdle asks entities without traffic to end. They end only with nothing in flight.
func (s *shardActor) sweepIdle() {
	s.sweeping = false
	defer s.sweepLater()
	limit := s.lease.node.now().Add(-s.lease.node.options.Idle)
	for _, k := range s.children {
		if !k.closing && k.used.Before(limit) {
			k.closing = true
			s.ctx.Send(k.pid, passivate{})
		}
	}
}

// sweepLater plans a look; a shard without entities does nothing.
func (s *shardActor) sweepLater() {
	if !s.sweeping && len(s.children) > 0 {
		s.sweeping = true
		s.after(min(sweepIn, s.lease.node.options.Idle), (*shardActor).sweepIdle)
	}
}

// awake is an entity that could not end.
func (s *shardActor) awake(r id.Ref) {
	k := s.children[r]
	if k == nil {
		return
	}
	k.closing = false
	for _, c := range k.held {
		s.ctx.Send(k.pid, c)
	}
	k.held = nil
}

// ended is a child that has stopped: what came for it meanwhile wakes it anew.
func (s *shardActor) ended(who *actor.PID) {
	r, ok := s.byPID[who.Id]
	if !ok {
		return
	}
	k := s.children[r]
	delete(s.byPID, who.Id)
	if k == nil {
		return // this actor has ended meanwhile
	}
	delete(s.children, r)
	s.lease.node.count(r.Kind, -1)
	for _, c := range k.held {
		s.forward(c)
	}
}
