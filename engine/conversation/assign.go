package conversation

import (
	"parley/engine/centre"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

// assign gives the conversation to an agent by hand: to oneself (T10) or to somebody from the list (T29). The answer
// waits for the agent's verdict. A resolved one only gets a new agent for its return, nobody's room is taken.
//
// Errors: ErrEnded, ErrUnknownAgent, ErrNotMember, ErrNotOwner, ErrAssigning, and the agent's refusal.
func (d *draft) assign(who *centre.Agent, c *conv.Assign) error {
	me, target := d.in.By.ID, idOf(c.Agent)
	a := d.env.Config.Agent(target)
	switch {
	case d.status == conv.Status_CLOSED:
		return ErrEnded
	case a == nil || a.Deactivated:
		return ErrUnknownAgent
	case !d.serves(target):
		return ErrNotMember
	}
	if err := d.mayAssign(who); err != nil {
		return err
	}
	switch {
	case target == d.owner:
		d.out.Reply = &conv.Reply{Agent: target.Bytes()}
		return nil
	case d.status == conv.Status_RESOLVED:
		d.emit(&conv.Event{Body: &conv.Event_Assigned{Assigned: &conv.Assigned{Agent: c.Agent, How: conv.How_BY_HAND, By: me.Bytes()}}})
		d.answer()
		return nil
	}
	how, by := conv.How_BY_HAND, me
	if target == me {
		how = conv.How_PICKED
	}
	if d.route == conv.Route_OFFERED && d.offeredTo == target && d.now() < d.offerUntil {
		d.take(how, by) // the agent is being asked right now: the room is there
		d.answer()
		return nil
	}
	return d.ask(target, by, how, d.mayForce(who, c.Forced))
}

// mayAssign: what somebody owns is theirs and the supervisors' to give away, what nobody owns any member's.
func (d *draft) mayAssign(who *centre.Agent) error {
	switch {
	case leads(who) || d.owner == d.in.By.ID:
		return nil
	case !d.owner.IsZero():
		return ErrNotOwner.With(&conv.Reply{Agent: d.owner.Bytes()})
	case !d.serves(d.in.By.ID):
		return ErrNotMember
	case d.status == conv.Status_RESOLVED && !d.lastAgent.IsZero() && d.lastAgent != d.in.By.ID:
		return ErrNotOwner.With(&conv.Reply{Agent: d.lastAgent.Bytes()})
	}
	return nil
}

// mayForce: supervisors say so themselves, everybody else only where the queue lets people exceed the limit by hand.
func (d *draft) mayForce(who *centre.Agent, asked bool) bool {
	return asked && leads(who) || d.env.Config.Queue(d.queue).GetPullBeyondLimit()
}

// reopen takes a resolved or waiting conversation: it is assigned to who did it (T19). From another agent's
// conversation only a supervisor does.
//
// Errors: ErrEnded when closed, ErrNotMember, ErrNotOwner, ErrAssigning, and the agent's refusal.
func (d *draft) reopen(who *centre.Agent) error {
	me := d.in.By.ID
	switch {
	case d.status == conv.Status_CLOSED:
		return ErrEnded
	case !d.serves(me):
		return ErrNotMember
	case d.owner == me:
		d.out.Reply = &conv.Reply{Agent: me.Bytes()}
		return nil
	}
	if err := d.mayAssign(who); err != nil {
		return err
	}
	if d.offeredToMe(d.r) && d.now() < d.offerUntil {
		d.take(conv.How_REOPENED, me)
		d.answer()
		return nil
	}
	return d.ask(me, me, conv.How_REOPENED, d.mayForce(who, leads(who)))
}

// ask seeks an agent for somebody who waits for the answer.
func (d *draft) ask(agent, by id.ID, how conv.How, forced bool) error {
	if !d.seek.r.IsZero() {
		return ErrAssigning.With(&conv.Reply{Agent: d.seek.agent.Bytes()})
	}
	d.out.Await = d.seekAgent(agent, by, how, forced)
	return nil
}

// unassign gives the conversation back to the queue at its age (T30). An owner who does so is passed over for a while,
// or it would be back in the same second.
//
// Errors: ErrEnded, ErrNotOwner.
func (d *draft) unassign(who *centre.Agent) error {
	owner, r := d.owner, d.r
	switch {
	case d.ended():
		return ErrEnded
	case d.route != conv.Route_ASSIGNED:
		return nil // it is in the queue, or on its way there
	case owner != d.in.By.ID && !leads(who):
		return ErrNotOwner.With(&conv.Reply{Agent: owner.Bytes()})
	}
	d.emit(&conv.Event{Body: &conv.Event_Unassigned{Unassigned: &conv.Unassigned{Agent: owner.Bytes(), R: r.Bytes()}}})
	d.answer()
	d.release(owner, r, agt.ReleaseWhy_UNASSIGNED)
	w := wait{}
	if owner == d.in.By.ID {
		w.exclude = owner
	}
	d.enqueue(w)
	return nil
}
