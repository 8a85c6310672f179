package conversation

import (
	"time"

	"parley/engine/centre"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/que"
)

// resolve ends the work on a conversation (T13): the owner's right, and a supervisor's also while it waits.
//
// Errors: ErrEnded when closed, ErrNotOwner.
func (d *draft) resolve(who *centre.Agent) error {
	switch {
	case d.status == conv.Status_CLOSED:
		return ErrEnded
	case d.status == conv.Status_RESOLVED && (leads(who) || d.lastAgent == d.in.By.ID):
		return nil
	case d.owner != d.in.By.ID && !leads(who):
		return ErrNotOwner.With(&conv.Reply{Agent: d.owner.Bytes()})
	}
	d.finish(conv.CloseReason_BY_AGENT)
	return nil
}

// end is the customer's End (T26). While they wait it is an abandonment and the conversation closes: were it only
// resolved, End and a new line would lead to the head of the queue (T15).
func (d *draft) end() error {
	switch {
	case d.ended():
		return nil
	case d.status == conv.Status_NEW:
		d.shut(conv.CloseReason_ABANDONED, false)
		d.answer()
		return nil
	}
	d.finish(conv.CloseReason_BY_CUSTOMER)
	return nil
}

// finish resolves, and closes at once where the style keeps nothing open.
func (d *draft) finish(by conv.CloseReason) {
	owner, r, queued := d.owner, d.r, d.queuedN
	if d.route == conv.Route_OFFERED {
		d.endOffer(conv.OfferEnd_CONVERSATION_ENDED)
		r = id.ID{}
	}
	d.endSeek("ended")
	after := d.closeAfter()
	survey := d.asksSurvey()
	resolved := &conv.Resolved{By: by, Survey: survey, R: r.Bytes()}
	if after > 0 {
		resolved.CloseAt = d.after(after)
	}
	d.emit(&conv.Event{Body: &conv.Event_Resolved{Resolved: resolved}})
	d.answer()
	if !owner.IsZero() {
		d.release(owner, r, agt.ReleaseWhy_ENDED)
	}
	d.leaveQueue(queued, que.LeftWhy_ENDED)
	if after <= 0 {
		d.shut(by, survey)
	}
}

// shut closes for good, from any status, and frees whatever is held.
func (d *draft) shut(reason conv.CloseReason, survey bool) {
	queued, owner, r := d.queuedN, d.owner, d.r
	if d.route == conv.Route_OFFERED {
		d.endOffer(conv.OfferEnd_CONVERSATION_ENDED)
	}
	d.endSeek("ended")
	d.emit(&conv.Event{Body: &conv.Event_Closed{Closed: &conv.Closed{Reason: reason, Survey: survey}}})
	if !owner.IsZero() {
		d.release(owner, r, agt.ReleaseWhy_ENDED)
	}
	d.leaveQueue(queued, que.LeftWhy_ENDED)
	d.contactEnded()
}

// closeAfter is the time from resolved to closed by the conversation's own style, which the inbox may have changed since.
func (d *draft) closeAfter() time.Duration {
	inbox := d.env.Config.Inbox(d.inbox)
	own := &centre.Inbox{Style: d.style, CloseAfterMs: inbox.GetCloseAfterMs()}
	return own.CloseAfter()
}

// asksSurvey: only where the inbox rates and a human agent has written, and not again once rated (F22, F39).
func (d *draft) asksSurvey() bool {
	return d.answered && d.score == 0 && d.env.Config.Inbox(d.inbox).GetRating()
}
