package conversation

import (
	"time"

	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/que"
)

// Bounds of a lease (domain: offer timer).
const (
	minLease = 5 * time.Second
	maxLease = 5 * time.Minute
)

// releaseWhy is what a reservation's end is to the agent.
var releaseWhy = map[conv.OfferEnd]agt.ReleaseWhy{
	conv.OfferEnd_DECLINED:           agt.ReleaseWhy_DECLINED,
	conv.OfferEnd_LAPSED:             agt.ReleaseWhy_LAPSED,
	conv.OfferEnd_WITHDRAWN:          agt.ReleaseWhy_WITHDRAWN,
	conv.OfferEnd_AGENT_GONE:         agt.ReleaseWhy_GONE,
	conv.OfferEnd_CONVERSATION_ENDED: agt.ReleaseWhy_ENDED,
	conv.OfferEnd_SUPERSEDED:         agt.ReleaseWhy_MOVED,
}

// offer is an agent's reservation for this conversation (design: routing, step 5): taken if the conversation waits, this is
// the attempt that waits and the reservation was not disowned before. The one the conversation itself asked for is taken
// as an assignment at once.
//
// Errors: ErrVoid; its reply says void when the attempt waits no longer, so that the queue may be told.
func (d *draft) offer(c *conv.Offer) error {
	r, agent := idOf(c.R), idOf(c.Agent)
	switch {
	case r.IsZero() || agent.IsZero() || contains(d.notHeld, r):
		return ErrVoid.With(&conv.Reply{Void: !d.waits(c.N)})
	case r == d.r:
		return nil // a repeat
	case r == d.seek.r:
		d.found()
		return nil
	case d.route != conv.Route_QUEUED || c.N != d.queuedN:
		return ErrVoid.With(&conv.Reply{Void: !d.waits(c.N)})
	}
	lease := time.Duration(c.LeaseMs) * time.Millisecond
	if lease <= 0 {
		lease = d.env.Config.Queue(d.queue).OfferLease()
	}
	until := d.after(min(max(lease, minLease), maxLease))
	d.emit(&conv.Event{Body: &conv.Event_Offered{Offered: &conv.Offered{R: c.R, Agent: c.Agent, N: c.N, Until: until}}})
	d.send(id.Queue, d.queue, &que.Command{Body: &que.Command_Offered{Offered: &que.Offered{
		Conversation: d.env.Self.ID.Bytes(), N: c.N, R: c.R, Agent: c.Agent,
	}}})
	return nil
}

// waits reports whether attempt n is the one that waits, asked or not.
func (d *draft) waits(n uint64) bool {
	return n == d.queuedN && (d.route == conv.Route_QUEUED || d.route == conv.Route_OFFERED)
}

// accept is the agent's yes (T8). It is given once more to the owner who repeats it.
//
// Errors: ErrTaken with who has it, ErrLapsed.
func (d *draft) accept(r id.ID) error {
	me := d.in.By.ID
	switch {
	case d.owner == me && d.r == r:
		d.out.Reply = &conv.Reply{Agent: me.Bytes()}
		return nil
	case !d.offeredToMe(r) || d.now() >= d.offerUntil:
		return d.late()
	}
	d.take(conv.How_ACCEPTED, id.ID{})
	d.answer()
	return nil
}

// take makes the open offer the assignment.
func (d *draft) take(how conv.How, by id.ID) {
	r, agent, queued := d.r, d.offeredTo, d.queuedN
	d.endSeek("taken")
	d.emit(&conv.Event{Body: &conv.Event_Assigned{Assigned: &conv.Assigned{R: r.Bytes(), Agent: agent.Bytes(), How: how, By: by.Bytes()}}})
	d.confirm(agent, r)
	d.leaveQueue(queued, que.LeftWhy_ASSIGNED)
}

// decline is the agent's no (T9).
//
// Errors: ErrTaken with who has it, ErrLapsed.
func (d *draft) decline(r id.ID) error {
	if !d.offeredToMe(r) {
		return d.late()
	}
	d.endOffer(conv.OfferEnd_DECLINED)
	d.answer()
	d.enqueue(wait{exclude: d.in.By.ID, again: true})
	return nil
}

// withdraw takes an offer back from an agent who goes on a break, on a call or accepts no more: neither missed nor
// declined, and the agent is not passed over later. What was accepted stays.
func (d *draft) withdraw(r, agent id.ID) error {
	switch {
	case d.r != r:
		d.disown(r, agent, agt.ReleaseWhy_WITHDRAWN)
		return nil
	case d.route != conv.Route_OFFERED:
		return nil
	}
	d.endOffer(conv.OfferEnd_WITHDRAWN)
	d.enqueue(wait{again: true})
	return nil
}

// lapse is the end of the lease: the next agent gets it, this one is passed over for a while (T9).
func (d *draft) lapse() {
	agent := d.offeredTo
	d.endOffer(conv.OfferEnd_LAPSED)
	d.enqueue(wait{exclude: agent, again: true})
}

// endOffer ends the open offer, if there is one, and frees its reservation.
func (d *draft) endOffer(why conv.OfferEnd) {
	if d.route != conv.Route_OFFERED {
		return
	}
	r, agent := d.r, d.offeredTo
	d.emit(&conv.Event{Body: &conv.Event_OfferEnded{OfferEnded: &conv.OfferEnded{R: r.Bytes(), Agent: agent.Bytes(), Why: why}}})
	d.release(agent, r, releaseWhy[why])
}

func (d *draft) offeredToMe(r id.ID) bool {
	return d.route == conv.Route_OFFERED && d.offeredTo == d.in.By.ID && d.r == r
}

// late says why an answer to an offer comes to nothing: another agent has it, or nobody.
func (d *draft) late() error {
	if !d.owner.IsZero() && d.owner != d.in.By.ID {
		return ErrTaken.With(&conv.Reply{Agent: d.owner.Bytes()})
	}
	return ErrLapsed
}
