package actors

import (
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"parley/cluster/journal"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

const (
	headBytes  = 8 << 10 // of events between two head rows, beside the kind's HeadEvery
	panicLimit = 3       // in a row from commands, then quarantine
)

// consider decides a call on the present state.
func (e *entityActor) consider(c *call) {
	switch {
	case c.read != nil:
		e.show(c)
		return
	case c.mark != nil:
		e.mark(c)
		return
	case c.in.Answered == nil && !c.in.Wake && e.repeat(c):
		return
	case !e.exists() && c.in.Body != nil && (e.kind.Creates == nil || !e.kind.Creates(c.in.Body)):
		e.answer(c, Answer{Refusal: entity.ErrUnknownEntity})
		return
	}
	e.decide(c)
}

// exists reports whether the entity has begun: it has events, or the configuration knows it.
func (e *entityActor) exists() bool {
	cfg := e.lease.node.Config()
	switch e.ref.Kind {
	case id.Org:
		return true
	case id.Agent:
		return e.log.seq > 0 || cfg.Agent(e.ref.ID) != nil
	case id.Queue:
		return e.log.seq > 0 || cfg.Queue(e.ref.ID) != nil
	}
	return e.log.seq > 0
}

func (e *entityActor) decide(c *call) {
	n := e.lease.node
	now := n.now()
	if now.Before(e.log.at) {
		now = e.log.at
	}
	starved := false
	env := entity.Env{Self: e.ref, Now: now, NewID: func() id.ID { return n.ids.next(now) }, Derive: n.Derive,
		Number: func() uint64 { return e.number(&starved) }, Config: n.Config(), ClusterVersion: entity.Version, NextEffect: e.log.effect + 1}
	out, err := e.guard(c, &env)
	if starved {
		// Decide only reads: it is asked again when the shard has reserved a block.
		e.lease.tell(func(s *shardActor) {
			s.starved = append(s.starved, c)
			s.reserveNumbers()
		})
		return
	}
	n.metrics.decisions.WithLabelValues(e.ref.Kind.String()).Inc()
	refusal, refused := err.(*entity.Refusal)
	switch {
	case err != nil && !refused:
		n.log.Error("a decision failed", "kind", e.ref.Kind, "entity", e.ref, "err", err)
		e.answer(c, Answer{Err: ErrInternal})
	case c.in.Answered != nil:
		e.verdict(c, out, refusal, now)
	case refused:
		e.answer(c, Answer{Refusal: refusal, Reply: replyOf(refusal)})
	default:
		e.accept(c, out, now)
	}
}

// replyOf is what a refusal tells, as a message.
func replyOf(r *entity.Refusal) event.Message {
	m, _ := r.Reply.(event.Message)
	return m
}

func (e *entityActor) number(starved *bool) uint64 {
	number, low, ok := e.lease.numbers.take()
	if low && ok {
		e.lease.tell((*shardActor).reserveNumbers)
	}
	if !ok {
		*starved = true
	}
	return number
}

// guard runs Decide: a panic refuses this one command, three in a row from commands quarantine the entity.
func (e *entityActor) guard(c *call, env *entity.Env) (out entity.Outcome, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = entity.Outcome{}, fmt.Errorf("%w: panic: %v\n%s", ErrInternal, r, debug.Stack())
			e.panicked(c)
		}
	}()
	out, err = e.machine.Decide(c.in, env)
	e.panics = 0
	return out, err
}

func (e *entityActor) panicked(c *call) {
	n := e.lease.node
	n.metrics.panics.WithLabelValues(e.ref.Kind.String()).Inc()
	if c.class != classClient {
		return // effects, verdicts and wake-ups are repeated by themselves: they would count one fault many times
	}
	if e.panics++; e.panics >= panicLimit {
		n.quarantine.put(e.ref)
		n.log.Error("an entity is in quarantine", "kind", e.ref.Kind, "entity", e.ref)
	}
}

// accept makes a batch of an outcome and proposes it; the answer waits for it.
func (e *entityActor) accept(c *call, out entity.Outcome, now time.Time) {
	a := Answer{Reply: out.Reply}
	f := e.flight()
	switch {
	case len(out.Events) > 0 || len(out.Effects) > 0:
	case out.Await != 0:
		e.await(c, out.Await)
		return
	case c.in.Wake && !e.wake.Equal(e.machine.Wake()):
	default:
		e.answer(c, a)
		return
	}
	if !e.write(c, out, f.batch, now) {
		return
	}
	f.items = append(f.items, item{call: c, answer: a, awaits: out.Await})
	if out.Await != 0 {
		e.await(c, out.Await)
	}
	e.remember(c, f, a, out.Await, now)
	e.launch(f)
}

// await keeps a call until the verdict on an own effect is decided.
func (e *entityActor) await(c *call, effect uint64) {
	if e.awaits == nil {
		e.awaits = map[uint64][]*call{}
	}
	list := slices.DeleteFunc(e.awaits[effect], (*call).over)
	e.awaits[effect] = append(list, c)
}

// verdict writes down what the answer to an own effect led to, marks the effect as finished and answers those who waited
// for it. A verdict that leads to nothing is marked by the shard, with others.
func (e *entityActor) verdict(c *call, out entity.Outcome, refusal *entity.Refusal, now time.Time) {
	v := c.in.Answered
	a := Answer{Reply: out.Reply}
	switch {
	case refusal != nil:
		a = Answer{Refusal: refusal, Reply: replyOf(refusal)}
	case v.Code != "":
		r := entity.Refuse(v.Code, v.Detail)
		if out.Reply != nil {
			r = r.With(out.Reply)
		}
		a.Refusal = r
	}
	parked := v.Code == entity.CodeParked
	f := e.flight()
	if len(out.Events) > 0 || len(out.Effects) > 0 || len(e.owed[v.Seq]) > 0 && !parked {
		if !e.write(c, out, f.batch, now) {
			return
		}
		if !parked {
			f.batch.Finished = append(f.batch.Finished, journal.EffectRef{Entity: e.ref, Seq: v.Seq})
		}
		c.marked = !parked
		f.items = append(f.items, item{call: c})
	} else {
		c.marked = false
		e.answer(c, Answer{})
		f = nil
	}
	waiting := e.awaits[v.Seq]
	delete(e.awaits, v.Seq)
	for _, w := range waiting {
		if f == nil {
			e.answer(w, a)
		} else {
			f.items = append(f.items, item{call: w, answer: a, back: v.Seq})
		}
	}
	if f == nil {
		return
	}
	if !parked {
		for _, m := range e.owed[v.Seq] {
			m.awaits, m.answer = 0, encodeAnswer(a)
			m.write(f)
		}
		delete(e.owed, v.Seq)
	}
	e.launch(f)
}
