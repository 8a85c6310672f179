package actors

import (
	"time"

	"parley/cluster/journal"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

const (
	retryFirst  = 50 * time.Millisecond // back-off of an effect nobody answers, doubling
	retryLast   = 5 * time.Second
	parkAfter   = time.Minute            // of internal, quarantined or newer format
	gatherFor   = 100 * time.Millisecond // marks of verdicts that led to nothing
	gatherMost  = 1000                   // marks in one batch
	effectsWait = 5 * time.Second        // for an answer, then the effect is sent again
)

// outbox sends the effects of a shard's entities after they are committed, again and again until each has its verdict,
// and has the verdict decided at the source. To one target about one subject one effect of an entity is in flight at a
// time: that is the order.
type outbox struct {
	s         *shardActor
	effects   map[journal.EffectRef]*effect
	lanes     map[lane][]*effect // first = in flight
	gathered  map[journal.EffectRef]bool
	gathering bool // a flush is planned or under way
}

type lane struct {
	source, target id.Ref
	subject        id.ID
}

// effect is one message of the outbox.
type effect struct {
	ref      journal.EffectRef
	send     entity.Send
	err      error // it cannot be read: parked at once
	lane     lane
	tries    int
	failing  time.Time // since when the target answers internal or quarantined, zero = it does not
	parked   bool
	answered bool
}

func (o *outbox) init(s *shardActor) {
	o.s, o.effects, o.lanes, o.gathered = s, map[journal.EffectRef]*effect{}, map[lane][]*effect{}, map[journal.EffectRef]bool{}
}

// open sends again what was not finished when the shard was closed.
func (o *outbox) open(pending []journal.StoredEffect) {
	for _, p := range pending {
		o.add(p.EffectRef, p.Data)
	}
}

// follow takes new effects and marks from the apply stream.
func (o *outbox) follow(b *journal.Batch) {
	for _, f := range b.Finished {
		o.remove(f)
	}
	for _, x := range b.Effects {
		o.add(journal.EffectRef{Entity: b.Entity, Seq: x.Seq}, x.Data)
	}
}

func (o *outbox) add(ref journal.EffectRef, data []byte) {
	if o.effects[ref] != nil {
		return
	}
	x := &effect{ref: ref}
	x.send, x.err = o.s.lease.node.decodeEffect(data)
	x.lane = lane{source: ref.Entity, target: x.send.Target, subject: x.send.Subject}
	o.effects[ref] = x
	o.s.lease.node.metrics.effects.Inc()
	o.lanes[x.lane] = append(o.lanes[x.lane], x)
	if len(o.lanes[x.lane]) == 1 {
		o.send(x)
	}
}

// decodeEffect reads an effect as the log holds it.
func (n *Node) decodeEffect(data []byte) (entity.Send, error) {
	var x entity.Effect
	if err := x.UnmarshalVT(data); err != nil {
		return entity.Send{}, err
	}
	s := entity.Send{Target: id.Ref{Kind: id.Kind(x.Kind), ID: id.FromBytes(x.Id)}, Subject: id.FromBytes(x.Subject)}
	t := n.types[s.Target.Kind]
	if t == nil {
		return s, event.ErrBroken
	}
	s.Body = t.Command()
	return s, s.Body.UnmarshalVT(x.Body)
}

// live reports whether the effect still stands in the outbox of this incarnation.
func (o *outbox) live(x *effect) bool { return o.effects[x.ref] == x }

func (o *outbox) send(x *effect) {
	if !o.live(x) || x.answered {
		return
	}
	if x.err != nil {
		o.park(x)
		return
	}
	l := o.s.lease
	l.node.route(&call{class: classInner, target: x.send.Target, due: l.node.now().Add(effectsWait),
		in: entity.Input{By: event.Entity(x.ref.Entity), Cause: event.Source{Ref: x.ref.Entity, Seq: x.ref.Seq}, Body: x.send.Body},
		done: func(a Answer) {
			l.tell(func(s *shardActor) { s.outbox.answer(x, a) })
		}})
}

// answer takes what the target said: a verdict, or a reason to ask again.
func (o *outbox) answer(x *effect, a Answer) {
	if !o.live(x) || x.answered {
		return
	}
	now := o.s.lease.node.now()
	switch a.Err {
	case nil:
		x.answered = true
		o.next(x)
		v := &entity.Answered{Seq: x.ref.Seq, Effect: x.send}
		var reply entity.Replier = a.Reply
		if a.Refusal != nil {
			v.Code, v.Detail, reply = a.Refusal.Code, a.Refusal.Detail, a.Refusal.Reply
		}
		if reply != nil {
			v.Reply, _ = reply.MarshalVT()
		}
		o.tell(x, v, 0)
		return
	case ErrInternal, ErrQuarantined, ErrKeyReused:
		if x.failing.IsZero() {
			x.failing = now
		}
		if now.Sub(x.failing) >= parkAfter {
			o.park(x)
			return
		}
	default:
		x.failing = time.Time{}
	}
	o.s.lease.node.metrics.retries.Inc()
	o.s.after(backoff(x.tries), func(s *shardActor) { s.outbox.send(x) })
	x.tries++
}

// backoff is 50 ms, doubling to 5 s.
func backoff(tries int) time.Duration {
	return min(retryLast, retryFirst<<min(tries, 10))
}

// park gives an effect up for now: the source is told, the next one to the target goes, an operator may retry.
func (o *outbox) park(x *effect) {
	if x.parked {
		return
	}
	x.parked = true
	o.s.lease.node.metrics.parked.Inc()
	o.s.log().Error("an effect is parked", "source", x.ref.Entity, "seq", x.ref.Seq, "target", x.send.Target)
	o.next(x)
	o.tell(x, &entity.Answered{Seq: x.ref.Seq, Effect: x.send, Code: entity.CodeParked}, 0)
}

// retry sends a parked effect again.
func (o *outbox) retry(ref journal.EffectRef) bool {
	x := o.effects[ref]
	if x == nil || !x.parked || x.err != nil {
		return false
	}
	x.parked, x.tries, x.failing = false, 0, time.Time{}
	o.s.lease.node.metrics.parked.Dec()
	o.send(x)
	return true
}

// next lets the lane go on behind an effect that is answered or parked.
func (o *outbox) next(x *effect) {
	q := o.lanes[x.lane]
	for i, y := range q {
		if y != x {
			continue
		}
		q = append(q[:i:i], q[i+1:]...)
		if len(q) == 0 {
			delete(o.lanes, x.lane)
		} else {
			o.lanes[x.lane] = q
		}
		if i == 0 && len(q) > 0 {
			o.send(q[0])
		}
		return
	}
}

// tell has the verdict decided at the source. It is repeated until the source has done so.
func (o *outbox) tell(x *effect, v *entity.Answered, tries int) {
	l := o.s.lease
	c := &call{class: classResult, target: x.ref.Entity, in: entity.Input{By: event.Entity(x.send.Target), Answered: v}}
	c.done = func(a Answer) {
		l.tell(func(s *shardActor) { s.outbox.told(x, c, a, tries) })
	}
	o.s.forward(c)
}

func (o *outbox) told(x *effect, c *call, a Answer, tries int) {
	if !o.live(x) {
		return
	}
	if a.Err != nil {
		o.s.after(backoff(tries), func(s *shardActor) {
			if s.outbox.live(x) {
				s.outbox.tell(x, c.in.Answered, tries+1)
			}
		})
		return
	}
	if c.in.Answered.Code == entity.CodeParked || c.marked {
		return
	}
	o.gathered[x.ref] = true
	o.gather(gatherFor)
}

// gather plans one batch of the shard for all marks that ride on no other.
func (o *outbox) gather(in time.Duration) {
	if !o.gathering {
		o.gathering = true
		o.s.after(in, func(s *shardActor) { s.outbox.flush() })
	}
}

func (o *outbox) flush() {
	b := &journal.Batch{}
	for ref := range o.gathered {
		if b.Finished = append(b.Finished, ref); len(b.Finished) >= gatherMost {
			break
		}
	}
	if len(b.Finished) == 0 {
		o.gathering = false
		return
	}
	o.s.own(b, func(s *shardActor, ok bool) {
		s.outbox.gathering = false
		if len(s.outbox.gathered) > 0 {
			s.outbox.gather(gatherFor)
		}
	})
}

// remove forgets an effect that is marked as finished.
func (o *outbox) remove(ref journal.EffectRef) {
	delete(o.gathered, ref)
	x := o.effects[ref]
	if x == nil {
		return
	}
	delete(o.effects, ref)
	if x.parked {
		o.s.lease.node.metrics.parked.Dec()
	}
	o.s.lease.node.metrics.effects.Dec()
	o.next(x)
}

// close forgets everything: it stands in the log.
func (o *outbox) close() {
	m := o.s.lease.node.metrics
	for _, x := range o.effects {
		m.effects.Dec()
		if x.parked {
			m.parked.Dec()
		}
	}
	o.effects = nil
}
