package conversation

import (
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

// wake does all that is due now, earliest first, never early. Each step clears its own deadline or ends the conversation,
// so the loop ends.
func (d *draft) wake() {
	for {
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
