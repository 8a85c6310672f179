package conversation

import (
	"slices"

	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
)

// Evolve applies one event and notes which session rows it touched.
func (s *State) Evolve(e *event.Event) {
	before := s.sessions
	s.apply(e)
	if slices.Equal(before, s.sessions) {
		return
	}
	for _, x := range before {
		if _, ok := slices.BinarySearchFunc(s.sessions, x, compareIDs); !ok {
			s.touchSession(x)
		}
	}
	for _, x := range s.sessions {
		if _, ok := slices.BinarySearchFunc(before, x, compareIDs); !ok {
			s.touchSession(x)
		}
	}
}

// apply is what each event means. The meaning of a released event is frozen.
func (c *core) apply(e *event.Event) {
	c.seq = e.Seq
	if e.Pub > 0 {
		c.pub = e.Pub
	}
	body, ok := e.Body.(*conv.Event)
	if !ok {
		return // erased
	}
	at := e.At.UnixMilli()
	switch b := body.GetBody().(type) {
	case *conv.Event_Started:
		c.applyStarted(b.Started, at)
	case *conv.Event_Posted:
		c.applyPosted(b.Posted, e, at)
	case *conv.Event_Queued:
		c.applyQueued(b.Queued)
	case *conv.Event_Offered:
		c.route = conv.Route_OFFERED
		c.r, c.offeredTo, c.offerUntil = id.FromBytes(b.Offered.R), id.FromBytes(b.Offered.Agent), b.Offered.Until
	case *conv.Event_OfferEnded:
		if c.route == conv.Route_OFFERED && c.r == id.FromBytes(b.OfferEnded.R) {
			c.dropOffer()
		}
	case *conv.Event_Assigned:
		c.applyAssigned(b.Assigned, at)
	case *conv.Event_Unassigned:
		c.status, c.route = conv.Status_NEW, conv.Route_IDLE
		c.owner, c.r, c.lost, c.returnWaited = id.ID{}, id.ID{}, false, false
		if b.Unassigned.Why == conv.OfferEnd_OFFER_END_UNSET {
			c.lastAgent = id.ID{} // given back by hand: a return belongs to nobody
		}
	case *conv.Event_Seeking:
		c.applySeeking(b.Seeking)
	case *conv.Event_SeekEnded:
		if c.seek.r == id.FromBytes(b.SeekEnded.R) {
			c.seek = seek{}
		}
	case *conv.Event_ReturnWaits:
		c.returnUntil, c.returnWaited = b.ReturnWaits.Until, true
	case *conv.Event_OwnerLost:
		c.lost = true
	case *conv.Event_Resolved:
		c.stop()
		c.status, c.reason, c.survey = conv.Status_RESOLVED, b.Resolved.By, b.Resolved.Survey
		c.closeAt, c.endedAt = b.Resolved.CloseAt, at
	case *conv.Event_Reopened:
		c.status, c.route, c.reason = conv.Status_NEW, conv.Route_IDLE, conv.CloseReason_CLOSE_UNSET
		c.closeAt, c.endedAt, c.survey, c.returnWaited = 0, 0, false, false
		c.rank.since, c.rank.head = at, false
	case *conv.Event_Closed:
		c.applyClosed(b.Closed, at)
	case *conv.Event_Rated:
		if c.ratedAt == 0 {
			c.ratedAt = at
		}
		c.score, c.comment = b.Rated.Score, b.Rated.Comment
	default:
		c.applySession(body)
	}
}

// applySession is the rest of apply: the customer's coming and going, and reservations that were disowned.
func (c *core) applySession(body *conv.Event) {
	switch b := body.GetBody().(type) {
	case *conv.Event_CustomerConnected:
		c.sessions = with(c.sessions, id.FromBytes(b.CustomerConnected.Session))
		c.graceUntil, c.activity = 0, conv.Activity_ACTIVE
	case *conv.Event_CustomerDisconnected:
		c.sessions = without(c.sessions, id.FromBytes(b.CustomerDisconnected.Session))
		c.graceUntil = b.CustomerDisconnected.GraceUntil
	case *conv.Event_CustomerLeft:
		c.graceUntil, c.activity = 0, conv.Activity_CUSTOMER_GONE
	case *conv.Event_NotHeld:
		from := max(0, len(c.notHeld)+1-maxNotHeld)
		c.notHeld = append(slices.Clone(c.notHeld[from:]), id.FromBytes(b.NotHeld.R))
	}
}

func (c *core) applyStarted(b *conv.Started, at int64) {
	c.contact, c.inbox, c.queue = id.FromBytes(b.Contact), id.FromBytes(b.Inbox), id.FromBytes(b.Queue)
	c.previous, c.key = id.FromBytes(b.Previous), id.FromBytes(b.Key)
	c.style, c.name, c.email, c.page, c.language = b.Style, b.Name, b.Email, b.Page, b.Language
	c.number, c.startedAt = b.Number, at
	c.status, c.route, c.activity = conv.Status_NEW, conv.Route_IDLE, conv.Activity_ACTIVE
	c.rank.since = at
	if session := id.FromBytes(b.Session); !session.IsZero() {
		c.sessions = with(c.sessions, session)
	}
}

func (c *core) applyPosted(b *conv.Posted, e *event.Event, at int64) {
	if b.Note {
		return // changes no clock and no list (F43)
	}
	c.messages++
	c.last, c.lastAt = b, at
	if short := clip(b.Text, shortened); len(short) != len(b.Text) {
		c.last = &conv.Posted{Text: short, Attachments: b.Attachments}
	}
	c.lastByCustomer = c.byCustomer(e.By)
	if c.lastByCustomer {
		c.activity = conv.Activity_ACTIVE
		if c.unansweredSince == 0 {
			c.unansweredSince = at
		}
		return
	}
	c.unansweredSince, c.answered = 0, true
	if e.By.ID == c.owner {
		c.lost = false
	}
}

func (c *core) applyQueued(b *conv.Queued) {
	c.dropOffer()
	c.status, c.route = conv.Status_NEW, conv.Route_QUEUED
	c.n, c.queuedN, c.queue, c.rank = max(c.n, b.N), b.N, id.FromBytes(b.Queue), rankOf(b.Rank)
	c.waitUntil, c.returnUntil, c.returnWaited = b.WaitUntil, 0, false
}

func (c *core) applySeeking(b *conv.Seeking) {
	c.n = max(c.n, b.N)
	c.seek = seek{r: id.FromBytes(b.R), agent: id.FromBytes(b.Agent), by: id.FromBytes(b.By), n: b.N, forced: b.Forced, how: b.How, until: b.Until}
	c.returnUntil = 0
}

func (c *core) applyAssigned(b *conv.Assigned, at int64) {
	c.lastAgent = id.FromBytes(b.Agent)
	if len(b.R) == 0 {
		return // named for a return of a resolved conversation (T29): nobody holds it
	}
	r := id.FromBytes(b.R)
	c.dropOffer()
	if c.seek.r == r {
		c.seek = seek{}
	}
	c.status, c.route = conv.Status_OPEN, conv.Route_ASSIGNED
	c.owner, c.r, c.assignedAt = c.lastAgent, r, at
	c.queuedN, c.waitUntil, c.returnUntil = 0, 0, 0
	c.rank.head, c.returnWaited, c.lost = false, false, false
}

func (c *core) applyClosed(b *conv.Closed, at int64) {
	c.stop()
	c.status, c.reason, c.survey = conv.Status_CLOSED, b.Reason, b.Survey
	c.closeAt, c.graceUntil, c.sessions = 0, 0, nil
	if c.endedAt == 0 {
		c.endedAt = at
	}
}

// stop takes a conversation out of all routing.
func (c *core) stop() {
	c.dropOffer()
	c.route = conv.Route_IDLE
	c.owner, c.r, c.seek = id.ID{}, id.ID{}, seek{}
	c.queuedN, c.waitUntil, c.returnUntil = 0, 0, 0
	c.lost, c.returnWaited, c.rank.head = false, false, false
}

func (c *core) dropOffer() {
	if c.route == conv.Route_OFFERED {
		c.route, c.r = conv.Route_IDLE, id.ID{}
	}
	c.offeredTo, c.offerUntil = id.ID{}, 0
}
