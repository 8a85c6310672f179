package routing

import (
	"time"

	"parley/engine/id"
)

// recorded is the most agents a record names as not asked.
const recorded = 20

// record writes down why it and who were paired (docs/rules.md 3.2, rule 8).
func (p *Pool) record(it *item, who seat, now time.Time) *Record {
	l := p.line(it.Queue)
	r := &Record{
		At:       now.UnixMilli(),
		WaitedMs: max(0, now.UnixMilli()-it.Rank.Since),
		Waiting:  uint32(l.wait.Len() + l.asked),
		Members:  uint32(l.free.Len() + l.busy.Len()),
		Winner:   who.agent.Bytes(),
		Version:  p.agents[who.agent].Version,
		Rule:     Rule_ONLY_ONE,
	}
	r.Candidates = uint32(l.free.Len())
	for s := range l.free.All() {
		if s == who || it.excludes(s.agent, now) {
			continue
		}
		if p.agents[s.agent].roomIn(l.queue) >= it.units() {
			r.Rule = rule(who, s)
			if who.agent == it.Prefer {
				r.Rule = Rule_PREFERRED
			}
			break
		}
	}
	for _, e := range it.Exclude {
		m := p.agents[e.Agent]
		if m == nil || !now.Before(e.Until) {
			continue
		}
		if q, ok := m.place(it.Queue); ok && p.reason(m, q) == Reason_REASON_UNSET {
			r.Candidates--
			r.exclude(e.Agent, Reason_PASSED_OVER)
		}
	}
	for s := range l.busy.All() {
		if len(r.Excluded) >= recorded {
			break
		}
		m := p.agents[s.agent]
		q, _ := m.place(it.Queue)
		r.exclude(s.agent, p.reason(m, q))
	}
	return r
}

func (r *Record) exclude(agent id.ID, why Reason) {
	if len(r.Excluded) < recorded {
		r.Excluded = append(r.Excluded, &Excluded{Agent: agent.Bytes(), Reason: why})
	}
}

// rule is what put the winner before the next one.
func rule(winner, next seat) Rule {
	switch {
	case winner.tier != next.tier:
		return Rule_RANK
	case winner.idle != next.idle:
		return Rule_LONGEST_IDLE
	default:
		return Rule_BY_ID
	}
}

// reason is why the agent is not free for the queue, REASON_UNSET when it is.
func (p *Pool) reason(m *member, q Place) Reason {
	switch {
	case !m.Connected:
		return Reason_NOT_CONNECTED
	case !m.Accepting:
		return Reason_NOT_ACCEPTING
	case m.wary:
		return Reason_UNANSWERED
	case m.free() <= 0:
		return Reason_NO_ROOM
	case m.roomIn(q.Queue) <= 0:
		return Reason_NO_QUEUE_ROOM
	}
	return Reason_REASON_UNSET
}

// free returns the units left of the agent's own limit.
func (m *member) free() int {
	n := m.Room
	for _, h := range m.holds {
		n -= h.units
	}
	return n
}
