package conversation

import (
	"time"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
)

// Bounds of what a state remembers: nothing in it grows with the number of messages.
const (
	maxSessions = 16 // live sessions of the customer
	maxNotHeld  = 16 // reservations refused for ever; an agent asks once a lease, so the oldest is minutes old
	maxMarks    = 64 // participants with marks
)

// State is one conversation. It implements entity.Machine; make it with New.
type State struct {
	core
	marks map[string]mark // participant to what it has; not made of events

	dirtyMarks    bool
	dirtySessions map[id.ID]bool
}

// core is all that events make of a conversation. A decision works on a copy of it, so slices in it are replaced, never changed in place.
// Times are unix milliseconds, 0 = none.
type core struct {
	seq, pub uint64
	number   uint64
	contact  id.ID
	inbox    id.ID
	queue    id.ID
	previous id.ID
	key      id.ID // of the first message
	style    centre.Style
	name     string
	email    string
	page     string
	language string

	status   conv.Status
	route    conv.Route
	activity conv.Activity
	reason   conv.CloseReason

	n         uint64 // highest attempt
	queuedN   uint64 // the attempt the queue knows, 0 = none
	rank      rank
	r         id.ID // of the offer or the assignment, never both
	offeredTo id.ID
	owner     id.ID
	lastAgent id.ID // who a return goes to (T14)
	seek      seek

	offerUntil  int64
	waitUntil   int64 // longest wait; counts while queued
	returnUntil int64 // a return waits for an owner on a break
	graceUntil  int64 // of the customer
	closeAt     int64

	returnWaited bool // this return has waited for a break once
	lost         bool // the owner is gone, the next message of the customer gives it up (T21)
	answered     bool // a human agent has written publicly
	survey       bool
	score        int32
	comment      string

	ratedAt         int64
	startedAt       int64
	assignedAt      int64
	endedAt         int64
	unansweredSince int64

	last           *conv.Posted // shortened; never changed once made
	lastAt         int64
	lastByCustomer bool
	messages       uint64

	sessions []id.ID // live, sorted
	notHeld  []id.ID // newest last
	unknown  []byte  // fields of a head row written by a newer version: they survive our rewrite
}

// seek is an agent asked by the conversation itself. Zero r = none.
type seek struct {
	r      id.ID
	agent  id.ID
	by     id.ID
	n      uint64
	forced bool
	how    conv.How
	until  int64
}

type rank struct {
	queuePriority int32
	priority      int32
	since         int64
	head          bool
}

func (k rank) message() *conv.Rank {
	return &conv.Rank{QueuePriority: k.queuePriority, Priority: k.priority, SinceMs: k.since, Head: k.head}
}

func rankOf(m *conv.Rank) rank {
	return rank{queuePriority: m.GetQueuePriority(), priority: m.GetPriority(), since: m.GetSinceMs(), head: m.GetHead()}
}

// New returns a conversation that has not begun.
func New() *State { return &State{} }

// Type describes conversations for their host.
func Type() entity.Type {
	return entity.Type{
		Kind:      id.Conversation,
		New:       func() entity.Machine { return New() },
		Command:   func() event.Message { return &conv.Command{} },
		Event:     func() event.Message { return &conv.Event{} },
		Reply:     func() event.Message { return &conv.Reply{} },
		HeadEvery: 32,
		Creates: func(cmd event.Message) bool {
			c, ok := cmd.(*conv.Command)
			return ok && c.GetStart() != nil
		},
	}
}

// Wake is the earliest deadline, zero when none is armed.
func (s *State) Wake() time.Time {
	ms := s.deadline()
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func (c *core) deadline() int64 {
	var first int64
	for _, d := range [...]int64{c.offerUntil, c.seek.until, c.returnUntil, c.waitDeadline(), c.graceUntil, c.closeAt} {
		if d != 0 && (first == 0 || d < first) {
			first = d
		}
	}
	return first
}

// waitDeadline is the end of the longest wait while the conversation is in the queue with no offer open: an agent who is
// just being asked is not interrupted, the wait ends when the offer does.
func (c *core) waitDeadline() int64 {
	if c.route != conv.Route_QUEUED {
		return 0
	}
	return c.waitUntil
}

// ended reports whether nobody works on it: resolved or closed.
func (c *core) ended() bool {
	return c.status == conv.Status_RESOLVED || c.status == conv.Status_CLOSED
}

// byCustomer reports whether the customer caused an event or command. A contact's effect speaks for its customer.
func (c *core) byCustomer(w event.Who) bool {
	return (w.IsCustomer() || w.Kind == event.Actor_ENTITY) && w.ID == c.contact
}
