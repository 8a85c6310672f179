package agent

import (
	"time"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

// Lengths of a reservation.
const (
	longestLease  = 5 * time.Minute // the longest a queue may set
	questionAfter = 5 * time.Second // beyond the lease's end, before the agent asks the conversation
	rememberFor   = 2 * longestLease
)

// reserve grants room, or refuses with the version of the state it looked at. Asked twice with the same r it answers
// the same. Who asks decides what may stand in the way:
//
//	the distributor            everything
//	a conversation, by name    not the presence "not accepting" or a break: somebody chose this agent (docs/rules.md 2.3)
//	a conversation, returning  not the presence "not accepting", not the limit (T14)
//	forced                     not the limit and not the membership: a person said so knowing it
//
// Offers that are out count as room taken, or two queues oversell one agent.
func (m *Machine) reserve(c *agt.Reserve, by event.Who, env *entity.Env) (entity.Outcome, error) {
	o := m.begin(env)
	r, conversation, queue := id.FromBytes(c.R), id.FromBytes(c.Conversation), id.FromBytes(c.Queue)
	if r.IsZero() || conversation.IsZero() || c.Weight < 0 || c.LeaseMs < 0 || c.LeaseMs > longestLease.Milliseconds() {
		return entity.Outcome{}, entity.ErrInvalid
	}
	if row := m.reservations[r]; row != nil {
		if id.FromBytes(row.Conversation) != conversation {
			return entity.Outcome{}, entity.ErrInvalid
		}
		return o.answer(true), nil
	}
	if err := m.standsInTheWay(c, by, queue, env); err != nil {
		return entity.Outcome{}, err.With(m.reply(0))
	}
	lease := c.LeaseMs
	if lease == 0 {
		lease = env.Config.Queue(queue).OfferLease().Milliseconds()
	}
	row := &agt.Reservation{R: c.R, Conversation: c.Conversation}
	o.event(&agt.Event{Body: &agt.Event_Reserved{Reserved: &agt.Reserved{
		R: c.R, Conversation: c.Conversation, N: c.N, Queue: c.Queue, Weight: max(1, c.Weight),
		Until: env.Now.UnixMilli() + lease + questionAfter.Milliseconds(), Forced: c.Forced, LeaseMs: lease, Record: c.Record,
		ByName: by.Kind == event.Actor_ENTITY,
	}}})
	o.send(row, &conv.Command{Body: &conv.Command_Offer{Offer: &conv.Offer{R: c.R, Agent: env.Self.ID.Bytes(), N: c.N, LeaseMs: lease}}})
	return o.answer(true), nil
}

// standsInTheWay is the first reason against a reservation, nil = none.
func (m *Machine) standsInTheWay(c *agt.Reserve, by event.Who, queue id.ID, env *entity.Env) *entity.Refusal {
	byName := by.Kind == event.Actor_ENTITY && !c.Returning
	_, member := env.Config.Serves(env.Self.ID, queue)
	a := env.Config.Agent(env.Self.ID)
	switch {
	case m.releasedBefore(id.FromBytes(c.R), env):
		return ErrReleased
	case a == nil:
		return ErrGone
	case a.Deactivated:
		return ErrDeactivated
	case m.head.Presence == agt.Presence_OFFLINE, !m.present():
		return ErrOffline
	case m.head.Presence == agt.Presence_CALL:
		return ErrOnCall
	case m.head.Presence == agt.Presence_BREAK && !byName:
		return ErrOnBreak
	case m.head.Presence == agt.Presence_NOT_ACCEPTING && !byName && !c.Returning:
		return ErrNotAccepting
	case !member && !c.Forced:
		return ErrNotMember
	case len(m.reservations) >= maxReservations:
		return ErrFull
	case !c.Forced && !c.Returning && min(m.room(env), m.roomIn(queue, env)) < max(1, int(c.Weight)):
		return ErrFull
	}
	return nil
}

// present reports whether a session lives. During the grace the agent keeps work and presence, but gets nothing new:
// an offer nobody sees only lapses.
func (m *Machine) present() bool { return len(m.sessions) > 0 }

// workload is what the agent holds and is offered, in units.
func (m *Machine) workload() int {
	n := 0
	for _, r := range m.reservations {
		n += int(r.Weight)
	}
	return n
}

// room is what is left of the agent's limit; negative when people went beyond it.
func (m *Machine) room(env *entity.Env) int {
	return env.Config.Limit(env.Self.ID) - m.workload()
}

// roomIn is what is left of the queue's own limit per agent.
func (m *Machine) roomIn(queue id.ID, env *entity.Env) int {
	n := env.Config.QueueLimit(queue)
	for _, r := range m.reservations {
		if id.FromBytes(r.Queue) == queue {
			n -= int(r.Weight)
		}
	}
	return n
}

// confirm makes an offer the agent's work. An unknown reservation stays unknown: a late copy after its release must not
// take the room a second time.
func (m *Machine) confirm(c *agt.Confirm) (entity.Outcome, error) {
	row := m.reservations[id.FromBytes(c.R)]
	switch {
	case row == nil:
		return entity.Outcome{}, ErrUnknownReservation.With(m.reply(0))
	case row.Confirmed:
		return entity.Outcome{}, nil
	}
	o := m.begin(nil)
	o.event(&agt.Event{Body: &agt.Event_Confirmed{Confirmed: &agt.Confirmed{R: c.R}}})
	return o.Outcome, nil
}

// release frees exactly the reservation it names. One that is not there may still be on its way: it is remembered.
func (m *Machine) release(c *agt.Release, env *entity.Env) (entity.Outcome, error) {
	r := id.FromBytes(c.R)
	if r.IsZero() {
		return entity.Outcome{}, entity.ErrInvalid
	}
	o := m.begin(env)
	switch {
	case m.reservations[r] != nil:
		m.free(o, m.reservations[r], c.Why)
	case !m.releasedBefore(r, env):
		o.event(&agt.Event{Body: &agt.Event_ReleasedUnknown{ReleasedUnknown: &agt.ReleasedUnknown{
			R: c.R, Until: env.Now.Add(rememberFor).UnixMilli()}}})
	}
	return o.Outcome, nil
}

// releasedBefore reports whether the release of r came before its reservation, a short while ago.
func (m *Machine) releasedBefore(r id.ID, env *entity.Env) bool {
	u := m.remembered[r]
	return u != nil && u.Until > env.Now.UnixMilli()
}

// free ends a reservation; too many lapses in a row put the agent on a break.
func (m *Machine) free(o *outcome, row *agt.Reservation, why agt.ReleaseWhy) {
	o.event(&agt.Event{Body: &agt.Event_Released{Released: &agt.Released{R: row.R, Why: why}}})
	if why != agt.ReleaseWhy_LAPSED || m.head.Presence != agt.Presence_ACCEPTING {
		return
	}
	if int(m.head.Misses)+1 < o.env.Config.Queue(id.FromBytes(row.Queue)).MissesAllowed() {
		return
	}
	o.event(&agt.Event{Body: &agt.Event_PresenceSet{PresenceSet: &agt.PresenceSet{
		Presence: agt.Presence_BREAK, Reason: ReasonMissedOffers, Automatic: true}}})
	m.withdraw(o, id.FromBytes(row.R))
}

// withdraw takes back the offers that are out, but for one that ends anyway.
func (m *Machine) withdraw(o *outcome, but id.ID) {
	for _, r := range sortedKeys(m.reservations) {
		if row := m.reservations[r]; !row.Confirmed && r != but {
			o.send(row, &conv.Command{Body: &conv.Command_Withdraw{Withdraw: &conv.Withdraw{R: row.R, Agent: o.env.Self.ID.Bytes()}}})
		}
	}
}
