package agent

import "parley/engine/entity"

// The refusals of an agent. Those of a reservation carry agt.Reply with the version of the state they rest on.
var (
	ErrNotAccepting       = entity.Refuse("not_accepting", "the agent takes no new work")
	ErrOffline            = entity.Refuse("offline", "the agent is not connected")
	ErrOnBreak            = entity.Refuse("on_break", "the agent is on a break")
	ErrOnCall             = entity.Refuse("on_call", "the agent is on a call")
	ErrFull               = entity.Refuse("full", "the agent has no room")
	ErrNotMember          = entity.Refuse("not_member", "the agent does not serve the queue")
	ErrDeactivated        = entity.Refuse("deactivated", "the agent is deactivated")
	ErrReleased           = entity.Refuse("released", "the reservation was released before it came")
	ErrGone               = entity.Refuse("gone", "the agent is no longer part of the centre")
	ErrUnknownReservation = entity.Refuse("unknown_reservation", "the agent holds no such reservation")
	ErrLinkInvalid        = entity.Refuse("link_invalid", "the link is wrong, used or too old")
	ErrUnknownReason      = entity.Refuse("unknown_reason", "no such reason for a break")
	ErrTooManySessions    = entity.Refuse("too_many_sessions", "the agent is connected too often")
)
