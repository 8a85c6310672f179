package agent

import (
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
)

// Evolve applies one event.
func (m *Machine) Evolve(e *event.Event) {
	m.head.Version = e.Seq
	at := e.At.UnixMilli()
	if body, ok := e.Body.(*agt.Event); ok {
		m.apply(body, at)
	}
	m.prune(at)
}

func (m *Machine) apply(body *agt.Event, at int64) {
	switch ev := body.Body.(type) {
	case *agt.Event_Reserved:
		m.reserved(ev.Reserved, at)
	case *agt.Event_Confirmed:
		r := id.FromBytes(ev.Confirmed.R)
		if row := m.reservations[r]; row != nil {
			row.Confirmed = true
			m.touch(rowReservation, r[:])
		}
		m.head.Misses = 0
	case *agt.Event_Released:
		m.released(ev.Released, at)
	case *agt.Event_Asked:
		r := id.FromBytes(ev.Asked.R)
		if row := m.reservations[r]; row != nil {
			row.Until = ev.Asked.Again
			m.touch(rowReservation, r[:])
		}
	case *agt.Event_ReleasedUnknown:
		m.remember(ev.ReleasedUnknown)
	case *agt.Event_PresenceSet:
		m.presenceSet(ev.PresenceSet, at)
	case *agt.Event_SessionConnected:
		s := id.FromBytes(ev.SessionConnected.Session)
		m.sessions[s] = &agt.Session{Since: at}
		m.touch(rowSession, s[:])
		m.head.GraceUntil = 0
	case *agt.Event_SessionDisconnected:
		m.dropSession(id.FromBytes(ev.SessionDisconnected.Session))
		m.head.GraceUntil = ev.SessionDisconnected.GraceUntil
	case *agt.Event_WentOffline:
		m.wentOffline(ev.WentOffline, at)
	default:
		m.applySignIn(body)
	}
}

// applySignIn applies events about links, tokens and the password.
func (m *Machine) applySignIn(body *agt.Event) {
	switch ev := body.Body.(type) {
	case *agt.Event_LinkIssued:
		k := string(ev.LinkIssued.Hash)
		m.links[k] = &agt.Link{Hash: ev.LinkIssued.Hash, Until: ev.LinkIssued.Until}
		m.touch(rowLink, ev.LinkIssued.Hash)
		if len(m.links) > maxLinks {
			m.dropLink(oldest(m.links, func(l *agt.Link) int64 { return l.Until }))
		}
	case *agt.Event_LinkRedeemed:
		m.dropLink(string(ev.LinkRedeemed.Hash))
	case *agt.Event_TokenOpened:
		k := string(ev.TokenOpened.TokenHash)
		m.tokens[k] = &agt.Token{TokenHash: ev.TokenOpened.TokenHash, Until: ev.TokenOpened.Until}
		m.touch(rowToken, ev.TokenOpened.TokenHash)
	case *agt.Event_TokenClosed:
		m.dropToken(string(ev.TokenClosed.TokenHash))
	case *agt.Event_PasswordSet:
		m.password = ev.PasswordSet
		m.touch(rowPassword, nil)
	}
}

func (m *Machine) reserved(ev *agt.Reserved, at int64) {
	r := id.FromBytes(ev.R)
	m.reservations[r] = &agt.Reservation{
		R: ev.R, Conversation: ev.Conversation, N: ev.N, Queue: ev.Queue, Weight: ev.Weight,
		Since: at, Until: ev.Until, Forced: ev.Forced, LeaseMs: ev.LeaseMs, ByName: ev.ByName,
	}
	m.touch(rowReservation, r[:])
	m.head.IdleSince = at // taking work sends one to the end of the line
}

func (m *Machine) released(ev *agt.Released, at int64) {
	r := id.FromBytes(ev.R)
	row := m.reservations[r]
	if row == nil {
		return
	}
	delete(m.reservations, r)
	m.touch(rowReservation, r[:])
	if ev.Why == agt.ReleaseWhy_LAPSED {
		m.head.Misses++
	}
	if !row.Confirmed {
		return
	}
	m.head.IdleSince = at
	slot := byte(m.head.Done % maxDone)
	m.done[slot] = &agt.Done{Conversation: row.Conversation, At: at}
	m.head.Done++
	m.touch(rowDone, []byte{slot})
}

func (m *Machine) remember(ev *agt.ReleasedUnknown) {
	r := id.FromBytes(ev.R)
	m.remembered[r] = ev
	m.touch(rowRemembered, r[:])
	if len(m.remembered) > maxRemembered {
		m.forget(oldest(m.remembered, func(u *agt.ReleasedUnknown) int64 { return u.Until }))
	}
}

func (m *Machine) presenceSet(ev *agt.PresenceSet, at int64) {
	if ev.Presence == agt.Presence_ACCEPTING && m.head.Presence != agt.Presence_ACCEPTING {
		m.head.IdleSince = at
	}
	m.head.Presence, m.head.Reason, m.head.Automatic, m.head.Since = ev.Presence, ev.Reason, ev.Automatic, at
	m.head.Misses = 0
	m.head.Lost = false
}

func (m *Machine) wentOffline(ev *agt.WentOffline, at int64) {
	m.head.Presence, m.head.Reason, m.head.Automatic, m.head.Since = agt.Presence_OFFLINE, "", !ev.SignedOut, at
	m.head.GraceUntil, m.head.Misses, m.head.Lost = 0, 0, !ev.SignedOut
	for s := range m.sessions {
		m.dropSession(s)
	}
}

// prune forgets what has run out. It runs with every event, at the event's time, so that a replay forgets the same.
func (m *Machine) prune(at int64) {
	for r, u := range m.remembered {
		if u.Until <= at {
			m.forget(r)
		}
	}
	for k, t := range m.tokens {
		if t.Until <= at {
			m.dropToken(k)
		}
	}
	for k, l := range m.links {
		if l.Until <= at {
			m.dropLink(k)
		}
	}
}

func (m *Machine) forget(r id.ID) {
	delete(m.remembered, r)
	m.touch(rowRemembered, r[:])
}

func (m *Machine) dropSession(s id.ID) {
	delete(m.sessions, s)
	m.touch(rowSession, s[:])
}

func (m *Machine) dropToken(k string) {
	delete(m.tokens, k)
	m.touch(rowToken, []byte(k))
}

func (m *Machine) dropLink(k string) {
	delete(m.links, k)
	m.touch(rowLink, []byte(k))
}
