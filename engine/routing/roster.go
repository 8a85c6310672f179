package routing

import (
	"time"

	"parley/engine/id"
)

// member is an agent in the roster.
type member struct {
	Candidate
	holds map[id.ID]*hold // by conversation: room handed out that Candidate does not show yet
	wary  bool            // refused or did not answer: not asked before its state is known anew
	since uint64          // and at least of this version
}

type hold struct {
	queue   id.ID
	units   int
	granted bool
	version uint64 // of the agent's state that shows it, once granted
}

// roomIn returns the free units for one more conversation of the queue.
func (m *member) roomIn(queue id.ID) int {
	all, own := m.free(), 0
	for _, p := range m.Queues {
		if p.Queue == queue {
			own = p.Room
		}
	}
	for _, h := range m.holds {
		if h.queue == queue {
			own -= h.units
		}
	}
	return min(all, own)
}

// PutCandidate tells an agent's state. An older version than the one known is ignored; the same version again renews
// the trust in an agent who did not answer.
func (p *Pool) PutCandidate(c Candidate) {
	m := p.agents[c.Agent]
	if m == nil {
		m = &member{holds: map[id.ID]*hold{}}
		p.agents[c.Agent] = m
	} else if c.Version < m.Version {
		return
	}
	p.unseat(m)
	m.Candidate = c
	if m.wary && c.Version >= m.since {
		m.wary, m.since = false, 0
	}
	for conversation, h := range m.holds {
		if h.granted && c.Version >= h.version {
			delete(m.holds, conversation)
		}
	}
	p.seat(m)
}

// RemoveCandidate forgets an agent who left the pool.
func (p *Pool) RemoveCandidate(agent id.ID) {
	if m := p.agents[agent]; m != nil {
		p.unseat(m)
		delete(p.agents, agent)
	}
}

// Granted tells that the agent has reserved; version is its state with the reservation.
func (p *Pool) Granted(conversation, agent id.ID, version uint64, now time.Time) {
	if it := p.waiting[conversation]; it != nil && !it.until.IsZero() && it.agent == agent {
		it.until = now.Add(OfferWithin)
		p.changes.add(it.until, conversation)
	}
	m := p.agents[agent]
	if m == nil || m.holds[conversation] == nil {
		return
	}
	h := m.holds[conversation]
	h.granted, h.version = true, version
	if m.Version >= version {
		delete(m.holds, conversation)
		p.reseat(m)
	}
}

// Refused tells that the agent did not reserve; version is the state it refused in. The conversation is in line again;
// the agent is left alone until a state at least as new is told, unless a newer one is known already.
func (p *Pool) Refused(conversation, agent id.ID, version uint64) {
	if it := p.waiting[conversation]; it != nil && !it.until.IsZero() && it.agent == agent {
		p.release(it)
	}
	m := p.agents[agent]
	if m == nil {
		return
	}
	delete(m.holds, conversation)
	if version >= m.Version {
		m.wary, m.since = true, max(m.since, version)
	}
	p.reseat(m)
}

// Unanswered tells that no answer of the agent came, or none that says whether it has reserved. The conversation is in
// line again; the agent is left alone until its state is told anew. A hold that is only left to lapse outlives a
// conversation that goes meanwhile, and the agent's room would be less by it for ever.
func (p *Pool) Unanswered(conversation, agent id.ID) {
	if it := p.waiting[conversation]; it != nil && !it.until.IsZero() && it.agent == agent {
		p.release(it)
	}
	m := p.agents[agent]
	if m == nil {
		return
	}
	delete(m.holds, conversation)
	m.wary = true
	p.reseat(m)
}

// hold takes room of an agent before the agent has said so.
func (p *Pool) hold(m *member, it *item) {
	m.holds[it.Conversation] = &hold{queue: it.Queue, units: it.units()}
	p.reseat(m)
}

func (p *Pool) reseat(m *member) {
	p.unseat(m)
	p.seat(m)
}

// seat puts the agent into its lines, as free where there is room.
func (p *Pool) seat(m *member) {
	for _, q := range m.Queues {
		l := p.line(q.Queue)
		s := m.seatIn(q)
		if m.Ready() && !m.wary && m.roomIn(q.Queue) > 0 {
			l.free.Insert(s)
		} else {
			l.busy.Insert(s)
		}
		p.touch(l)
	}
}

func (p *Pool) unseat(m *member) {
	for _, q := range m.Queues {
		l := p.line(q.Queue)
		s := m.seatIn(q)
		if !l.free.Delete(s) {
			l.busy.Delete(s)
		}
		p.touch(l)
	}
}

func (m *member) seatIn(q Place) seat { return seat{tier: q.Rank, idle: m.IdleSince, agent: m.Agent} }
