package conversation

import (
	"time"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/engine/msg/que"
)

// draft is a decision in the making: a copy of the state that its own events change, so that a rule can be written as a
// sequence of steps and each step sees what the ones before it did.
type draft struct {
	core
	in  entity.Input
	env *entity.Env
	out entity.Outcome
}

func (s *State) draft(in entity.Input, env *entity.Env) *draft {
	return &draft{core: s.core, in: in, env: env}
}

func (d *draft) now() int64 { return d.env.Now.UnixMilli() }

// after is a deadline on the conversation's own clock.
func (d *draft) after(length time.Duration) int64 { return d.now() + length.Milliseconds() }

// emit adds an event done by whoever sent the input.
func (d *draft) emit(body *conv.Event) { d.emitAs(body, event.Who{}, id.ID{}) }

// emitAs adds an event that is another's deed.
func (d *draft) emitAs(body *conv.Event, by event.Who, key id.ID) {
	n := entity.New{Body: body, Pub: public(body), By: by, Key: key}
	d.out.Events = append(d.out.Events, n)
	e := event.Event{Seq: d.seq + 1, At: d.env.Now, By: by, Body: body}
	if by == (event.Who{}) {
		e.By = d.in.By
	}
	if n.Pub {
		e.Pub = d.pub + 1
	}
	d.apply(&e)
}

// answer tells whoever asked about the event just emitted.
func (d *draft) answer() {
	last := d.out.Events[len(d.out.Events)-1]
	r := &conv.Reply{Seq: d.seq, At: d.now()}
	if last.Pub {
		r.Pub = d.pub
	}
	d.out.Reply = r
}

// public says which events customers may see. Notes never are, whatever their text.
func public(e *conv.Event) bool {
	switch b := e.GetBody().(type) {
	case *conv.Event_Posted:
		return !b.Posted.Note
	case *conv.Event_Started, *conv.Event_Assigned, *conv.Event_Unassigned, *conv.Event_Resolved,
		*conv.Event_Reopened, *conv.Event_Closed, *conv.Event_Rated:
		return true
	}
	return false
}

// send adds an effect and returns its number. Its subject is always the conversation: to one target its effects keep their order.
func (d *draft) send(kind id.Kind, target id.ID, body event.Message) uint64 {
	d.out.Effects = append(d.out.Effects, entity.Send{Target: id.Ref{Kind: kind, ID: target}, Subject: d.env.Self.ID, Body: body})
	return d.env.NextEffect + uint64(len(d.out.Effects)) - 1
}

func (d *draft) release(agent, r id.ID, why agt.ReleaseWhy) {
	d.send(id.Agent, agent, &agt.Command{Body: &agt.Command_Release{Release: &agt.Release{R: r.Bytes(), Why: why}}})
}

func (d *draft) confirm(agent, r id.ID) {
	d.send(id.Agent, agent, &agt.Command{Body: &agt.Command_Confirm{Confirm: &agt.Confirm{R: r.Bytes()}}})
}

// leaveQueue tells the queue that no attempt so far waits any longer, if it knows of one.
func (d *draft) leaveQueue(queued uint64, why que.LeftWhy) {
	if queued == 0 {
		return
	}
	d.send(id.Queue, d.queue, &que.Command{Body: &que.Command_Remove{Remove: &que.Remove{
		Conversation: d.env.Self.ID.Bytes(), N: d.n, Why: why,
	}}})
}

func (d *draft) contactEnded() {
	d.send(id.Contact, d.contact, &ctc.Command{Body: &ctc.Command_Ended{Ended: &ctc.Ended{Conversation: d.env.Self.ID.Bytes()}}})
}

// wait is how a conversation enters the queue.
type wait struct {
	exclude id.ID // passed over for the queue's time; zero = nobody
	head    bool  // ahead of all without it (T15, T21)
	again   bool  // the same wait goes on (T9): its end stays where it was
}

// enqueue raises the attempt and tells the queue (design: routing, steps 1 and 7). The time it waits since stays.
func (d *draft) enqueue(w wait) {
	q := d.env.Config.Queue(d.queue)
	k := d.rank
	k.queuePriority = q.Rank()
	k.head = w.head || w.again && k.head
	queued := &conv.Queued{N: d.n + 1, Queue: d.queue.Bytes(), Rank: k.message()}
	if w.again {
		queued.WaitUntil = d.waitUntil
	} else if m := q.MaxWait(); m > 0 {
		queued.WaitUntil = d.after(m)
	}
	var excluded time.Duration
	if !w.exclude.IsZero() {
		excluded = q.ExcludeFor()
		queued.Exclude, queued.ExcludeUntil = w.exclude.Bytes(), d.after(excluded)
	}
	var prefer id.ID
	if w.head {
		prefer = d.lastAgent // whoever had the customer gets them back, if they are there before anybody accepted
	}
	d.emit(&conv.Event{Body: &conv.Event_Queued{Queued: queued}})
	d.send(id.Queue, d.queue, &que.Command{Body: &que.Command_Enqueue{Enqueue: &que.Enqueue{
		Conversation: d.env.Self.ID.Bytes(), N: queued.N, Rank: k.message(),
		Exclude: queued.Exclude, ExcludeMs: excluded.Milliseconds(), Prefer: prefer.Bytes(),
	}}})
}

// agentInput reads who of the centre acts. Errors: entity.ErrForbidden.
func (d *draft) agentInput() (*centre.Agent, error) {
	a := d.env.Config.Agent(d.in.By.ID)
	if !d.in.By.IsAgent() || a == nil || a.Deactivated {
		return nil, entity.ErrForbidden
	}
	return a, nil
}

// leads reports whether the agent may act in other people's conversations.
func leads(a *centre.Agent) bool {
	return a.GetRole() == centre.Role_SUPERVISOR || a.GetRole() == centre.Role_ADMINISTRATOR
}

// serves reports whether the agent is a member of the conversation's queue.
func (d *draft) serves(agent id.ID) bool {
	_, ok := d.env.Config.Serves(agent, d.queue)
	return ok
}
