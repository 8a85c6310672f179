package conversation

import (
	"time"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/msg/conv"
)

// connected is a session of the customer that looks at this conversation. A closed one follows nobody.
//
// Errors: ErrTooManySessions, entity.ErrInvalid.
func (d *draft) connected(c *conv.Connected) error {
	session := idOf(c.Session)
	switch {
	case session.IsZero():
		return entity.ErrInvalid
	case d.status == conv.Status_CLOSED || contains(d.sessions, session):
		return nil
	case len(d.sessions) >= maxSessions:
		return ErrTooManySessions
	}
	d.emit(&conv.Event{Body: &conv.Event_CustomerConnected{CustomerConnected: &conv.CustomerConnected{Session: c.Session}}})
	return nil
}

// disconnected is a session that ended. With the last one the customer's grace begins, less the time it is gone already.
func (d *draft) disconnected(c *conv.Disconnected) error {
	if !contains(d.sessions, idOf(c.Session)) {
		return nil
	}
	ev := &conv.CustomerDisconnected{Session: c.Session}
	if len(d.sessions) == 1 {
		gone := time.Duration(max(0, c.GoneMs)) * time.Millisecond
		ev.GraceUntil = d.after(max(0, d.env.Config.CustomerGrace()-gone))
	}
	d.emit(&conv.Event{Body: &conv.Event_CustomerDisconnected{CustomerDisconnected: ev}})
	return nil
}

// graceOver is a customer who did not come back: whoever waits has abandoned, unless the style is one for days (T11).
func (d *draft) graceOver() {
	if d.status == conv.Status_NEW && d.style != centre.Style_MESSAGING {
		d.shut(conv.CloseReason_ABANDONED, false)
		return
	}
	d.emit(&conv.Event{Body: &conv.Event_CustomerLeft{CustomerLeft: &conv.CustomerLeft{}}})
}
