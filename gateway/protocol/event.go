package protocol

// Event is a numbered event as agents get it.
type Event struct {
	Ev   string `json:"ev"`
	Conv string `json:"conv"`
	Seq  uint64 `json:"seq"`
	At   int64  `json:"at"`
	Body any    `json:"body"`
}

// Who is who did something.
type Who struct {
	Kind string `json:"kind" enum:"customer,agent,system"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

// StartedBody tells how a conversation began.
type StartedBody struct {
	PublicStarted
	Email    string `json:"email,omitempty"`
	Page     string `json:"page,omitempty"`
	Contact  string `json:"contact"`
	Inbox    string `json:"inbox"`
	Language string `json:"language,omitempty"`
}

// MessageBody is a line, or a note.
type MessageBody struct {
	PublicMessage
	Note bool `json:"note,omitempty"`
}

// AssignedBody tells who has it now.
type AssignedBody struct {
	PublicAssigned
	By *Named `json:"by,omitempty" doc:"who did it by hand"`
}

// UnassignedBody tells that nobody has it.
type UnassignedBody struct {
	Why string `json:"why" doc:"by_hand, or as offer_ended"`
}

// QueuedBody tells that it waits.
type QueuedBody struct {
	N     uint64 `json:"n" doc:"attempt"`
	Queue Named  `json:"queue"`
	Head  bool   `json:"head,omitempty"`
}

// OfferedBody tells that somebody is asked.
type OfferedBody struct {
	Offer string `json:"offer"`
	Agent Named  `json:"agent"`
	Until int64  `json:"until"`
}

// OfferEndedBody tells that an offer is over.
type OfferEndedBody struct {
	Offer string `json:"offer"`
	Agent Named  `json:"agent"`
	Why   string `json:"why" enum:"declined,lapsed,withdrawn,agent_gone,ended,superseded"`
}

// SeekingBody tells that a named agent is asked for room.
type SeekingBody struct {
	Agent  Named  `json:"agent"`
	By     *Named `json:"by,omitempty"`
	Forced bool   `json:"forced,omitempty"`
	How    string `json:"how"`
}

// SeekEndedBody tells that the named agent has none.
type SeekEndedBody struct {
	Code string `json:"code"`
}

// UntilBody is an event with an end: the grace of a lost customer, the wait for an owner on a break; 0 = none.
type UntilBody struct {
	Until int64 `json:"until,omitempty"`
}
