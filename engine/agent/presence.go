package agent

import (
	"unicode/utf8"

	"parley/engine/entity"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

// Reasons the engine gives for a presence nobody chose.
const (
	ReasonMissedOffers   = "missed_offers"   // a break after offers lapsed in a row
	ReasonConnectionLost = "connection_lost" // back after the grace was over: not accepting until chosen (T21)
)

// setPresence is the agent's choice. A break, "not accepting" and a call take back the offers that are out at once;
// they go back with their age and count neither as missed nor as declined (docs/rules.md 2.3).
func (m *Machine) setPresence(c *agt.SetPresence, env *entity.Env) (entity.Outcome, error) {
	o := m.begin(env)
	switch c.Presence {
	case agt.Presence_ACCEPTING, agt.Presence_NOT_ACCEPTING, agt.Presence_CALL:
		if c.Reason != "" {
			return entity.Outcome{}, entity.ErrInvalid
		}
	case agt.Presence_BREAK:
		if utf8.RuneCountInString(c.Reason) > 100 || !utf8.ValidString(c.Reason) {
			return entity.Outcome{}, entity.ErrInvalid
		}
		if !env.Config.BreakReason(c.Reason) {
			return entity.Outcome{}, ErrUnknownReason
		}
	default: // offline is signing out
		return entity.Outcome{}, entity.ErrInvalid
	}
	switch {
	case m.deactivated(env):
		return entity.Outcome{}, ErrDeactivated
	case m.head.Presence == agt.Presence_OFFLINE:
		return entity.Outcome{}, ErrOffline
	case m.head.Presence == c.Presence && m.head.Reason == c.Reason:
		return o.answer(false), nil
	}
	o.event(&agt.Event{Body: &agt.Event_PresenceSet{PresenceSet: &agt.PresenceSet{Presence: c.Presence, Reason: c.Reason}}})
	if c.Presence != agt.Presence_ACCEPTING {
		m.withdraw(o, id.ID{})
	}
	o.Reply = &agt.Reply{Version: m.head.Version + 1, Presence: c.Presence, Reason: c.Reason}
	return o.Outcome, nil
}

// connected notes a session. Who was offline is not accepting until they choose.
func (m *Machine) connected(c *agt.Connected, env *entity.Env) (entity.Outcome, error) {
	s := id.FromBytes(c.Session)
	switch {
	case s.IsZero():
		return entity.Outcome{}, entity.ErrInvalid
	case m.deactivated(env):
		return entity.Outcome{}, ErrDeactivated
	}
	o := m.begin(env)
	if m.sessions[s] != nil {
		return o.answer(false), nil
	}
	if len(m.sessions) >= maxSessions {
		return entity.Outcome{}, ErrTooManySessions
	}
	o.event(&agt.Event{Body: &agt.Event_SessionConnected{SessionConnected: &agt.SessionConnected{Session: c.Session}}})
	reply := m.reply(1)
	if m.head.Presence == agt.Presence_OFFLINE {
		set := &agt.PresenceSet{Presence: agt.Presence_NOT_ACCEPTING, Automatic: true}
		if m.head.Lost {
			set.Reason = ReasonConnectionLost
		}
		o.event(&agt.Event{Body: &agt.Event_PresenceSet{PresenceSet: set}})
		reply = &agt.Reply{Version: m.head.Version + 2, Presence: set.Presence, Reason: set.Reason}
	}
	o.Reply = reply
	return o.Outcome, nil
}

// disconnected notes the end of a session; with the last one the grace begins, less what the gateway waited already.
func (m *Machine) disconnected(c *agt.Disconnected, env *entity.Env) (entity.Outcome, error) {
	s := id.FromBytes(c.Session)
	o := m.begin(env)
	if m.sessions[s] == nil {
		return o.Outcome, nil
	}
	ev := &agt.SessionDisconnected{Session: c.Session}
	if len(m.sessions) == 1 && m.head.Presence != agt.Presence_OFFLINE {
		left := env.Config.AgentGrace().Milliseconds() - max(0, c.GoneMs)
		ev.GraceUntil = env.Now.UnixMilli() + max(0, left)
	}
	o.event(&agt.Event{Body: &agt.Event_SessionDisconnected{SessionDisconnected: ev}})
	return o.Outcome, nil
}

// offline ends the agent's presence and tells every conversation it holds or is offered, which decide what becomes of
// them and release what they give away (T21).
func (m *Machine) offline(o *outcome, signedOut bool) {
	o.event(&agt.Event{Body: &agt.Event_WentOffline{WentOffline: &agt.WentOffline{SignedOut: signedOut}}})
	for _, r := range sortedKeys(m.reservations) {
		row := m.reservations[r]
		o.send(row, &conv.Command{Body: &conv.Command_AgentGone{AgentGone: &conv.AgentGone{
			Agent: o.env.Self.ID.Bytes(), R: row.R, SignedOut: signedOut}}})
	}
}
