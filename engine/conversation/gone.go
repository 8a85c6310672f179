package conversation

import (
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

// What a queue does with conversations of an agent who is lost (T21).
const (
	lostRequeue = "requeue" // the default: at once when the customer waits for an answer, else at their next message
	lostOnNext  = "on_next_message"
	lostKeep    = "keep"
)

// agentGone is an agent whose connection is lost beyond the grace, or who signed out. An offer goes back, neither missed
// nor declined; an assignment follows the queue's setting.
func (d *draft) agentGone(c *conv.AgentGone) error {
	r := idOf(c.R)
	if r.IsZero() || r != d.r {
		d.disown(r, idOf(c.Agent), agt.ReleaseWhy_GONE)
		return nil
	}
	if d.route == conv.Route_OFFERED {
		d.endOffer(conv.OfferEnd_AGENT_GONE)
		d.enqueue(wait{again: true})
		return nil
	}
	rule := d.env.Config.Queue(d.queue).GetAgentLost()
	switch {
	case rule == lostKeep || d.lost:
		return nil
	case rule == lostOnNext || !d.lastByCustomer:
		d.emit(&conv.Event{Body: &conv.Event_OwnerLost{OwnerLost: &conv.OwnerLost{Agent: d.owner.Bytes(), R: c.R}}})
		return nil
	}
	d.giveUpOwner()
	d.enqueue(wait{head: true})
	return nil
}

// giveUpOwner takes the conversation from an owner who is gone.
func (d *draft) giveUpOwner() {
	owner, r := d.owner, d.r
	d.emit(&conv.Event{Body: &conv.Event_Unassigned{Unassigned: &conv.Unassigned{Agent: owner.Bytes(), R: r.Bytes(), Why: conv.OfferEnd_AGENT_GONE}}})
	d.release(owner, r, agt.ReleaseWhy_GONE)
}

// holds answers an agent whose lease ran out without an end of r (design: routing, step 8). A no is written down first:
// the offer of r may still be on its way and must be refused when it comes.
func (d *draft) holds(r id.ID) error {
	if !r.IsZero() && r == d.r {
		d.out.Reply = &conv.Reply{Held: true}
		return nil
	}
	d.out.Reply = &conv.Reply{}
	if r.IsZero() || contains(d.notHeld, r) || d.status == conv.Status_CLOSED {
		return nil // refused for ever already
	}
	d.notHeldAnyMore(r)
	return nil
}

// disown is word of a reservation that is not ours: it ended, or its offer has yet to come and must find nobody, because
// the agent will not be there.
func (d *draft) disown(r, agent id.ID, why agt.ReleaseWhy) {
	if r.IsZero() || contains(d.notHeld, r) {
		return
	}
	if d.status != conv.Status_CLOSED {
		d.notHeldAnyMore(r)
	}
	d.release(agent, r, why)
}

func (d *draft) notHeldAnyMore(r id.ID) {
	d.emit(&conv.Event{Body: &conv.Event_NotHeld{NotHeld: &conv.NotHeld{R: r.Bytes()}}})
	if r == d.seek.r {
		d.seekFailed("not_held", agt.Presence_OFFLINE)
	}
}
