package conversation

import (
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

// deadlines is how many a state can have; one wake-up does at most two things about each.
const deadlines = 6

// wake does all that is due now, earliest first, never early. Each step clears its own deadline or ends the conversation;
// the bound only keeps a mistake in a rule from holding up the actor.
func (d *draft) wake() {
	for range 2 * deadlines {
		due := d.deadline()
		if due == 0 || due > d.now() {
			return
		}
		d.expire(due)
	}
}

func (d *draft) expire(due int64) {
	switch due {
	case d.closeAt:
		d.shut(conv.CloseReason_BY_TIMER, d.survey) // T17
	case d.graceUntil:
		d.graceOver()
	case d.offerUntil:
		d.lapse()
	case d.seek.until:
		d.seekFailed("no_answer", agt.Presence_OFFLINE)
	case d.returnUntil:
		d.seekReturn() // who came back meanwhile gets it, else the head of the queue: a break is waited for once
	default:
		d.shut(conv.CloseReason_MAX_WAIT, false)
	}
}
