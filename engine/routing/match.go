// Package routing decides who gets what: which waiting conversation goes to which agent. It is pure arithmetic over
// what the distributor knows; the agent itself has the last word on its room.
package routing

import (
	"bytes"
	"cmp"
	"time"

	"parley/engine/id"
)

// Waiting is a conversation that waits in a queue.
type Waiting struct {
	Conversation id.ID
	Queue        id.ID
	N            uint64 // attempt
	Rank         Rank
	Weight       int // units of room it takes, 0 = 1
	Exclude      []Exclusion
	Prefer       id.ID // asked before all others while able to take it, zero = nobody
	Offered      bool  // an offer is out: it waits, and nobody else is asked
}

// Exclusion is an agent who let an offer of this conversation go and is passed over until then.
type Exclusion struct {
	Agent id.ID
	Until time.Time
}

// units is what a conversation takes of an agent's room.
func (w *Waiting) units() int { return max(1, w.Weight) }

// excludes reports whether the agent is passed over at now.
func (w *Waiting) excludes(agent id.ID, now time.Time) bool {
	for _, e := range w.Exclude {
		if e.Agent == agent && now.Before(e.Until) {
			return true
		}
	}
	return false
}

// Candidate is an agent as the distributor knows it.
type Candidate struct {
	Agent     id.ID
	Connected bool
	Accepting bool
	Room      int // free units, offers counted as taken; may be negative
	Queues    []Place
	IdleSince int64  // unix milliseconds: work last taken or ended, or accepting began
	Version   uint64 // seq of the agent's state this rests on
}

// Place is an agent's place in one queue.
type Place struct {
	Queue id.ID
	Rank  int // tier, 1 first
	Room  int // free units of this queue's limit per agent; NoLimit = none of its own
}

// NoLimit is the Room of a queue that sets no limit per agent.
const NoLimit = 1 << 30

// Ready reports whether the candidate could take anything at all.
func (c *Candidate) Ready() bool { return c.Connected && c.Accepting && c.Room > 0 }

// Pair is one decision: this conversation to this agent.
type Pair struct {
	Waiting Waiting
	Agent   id.ID
	Record  *Record
}

// Match picks the next pair, the same for "work waits" and "an agent frees": of all conversations in order of rank the
// first that somebody can take, and for it the best agent: the preferred one, best tier in the queue, longest idle, lowest id. An agent
// can take it who is connected, accepting, a member, has room and is not passed over. False when there is no pair.
//
// Match is the rule. Pool gives the same pairs without looking at everybody.
func Match(waiting []Waiting, candidates []Candidate, now time.Time) (conversation, agent id.ID, ok bool) {
	var bestWaiting *Waiting
	var bestSeat seat
	for i := range waiting {
		w := &waiting[i]
		if w.Offered || bestWaiting != nil && bestWaiting.Rank.Compare(w.Rank) < 0 {
			continue
		}
		s, found := choose(w, candidates, now)
		if found {
			bestWaiting, bestSeat = w, s
		}
	}
	if bestWaiting == nil {
		return id.ID{}, id.ID{}, false
	}
	return bestWaiting.Conversation, bestSeat.agent, true
}

func choose(w *Waiting, candidates []Candidate, now time.Time) (best seat, ok bool) {
	for i := range candidates {
		c := &candidates[i]
		p, member := c.place(w.Queue)
		if !member || !c.Connected || !c.Accepting || min(c.Room, p.Room) < w.units() || w.excludes(c.Agent, now) {
			continue
		}
		s := seat{tier: p.Rank, idle: c.IdleSince, agent: c.Agent}
		if c.Agent == w.Prefer {
			return s, true
		}
		if !ok || s.compare(best) < 0 {
			best, ok = s, true
		}
	}
	return best, ok
}

func (c *Candidate) place(queue id.ID) (Place, bool) {
	for _, p := range c.Queues {
		if p.Queue == queue {
			return p, true
		}
	}
	return Place{}, false
}

// seat is an agent's turn in one queue.
type seat struct {
	tier  int
	idle  int64
	agent id.ID
}

func (s seat) compare(o seat) int {
	if c := cmp.Compare(s.tier, o.tier); c != 0 {
		return c
	}
	if c := cmp.Compare(s.idle, o.idle); c != 0 {
		return c
	}
	return bytes.Compare(s.agent[:], o.agent[:])
}
