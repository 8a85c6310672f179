package agent

import (
	"bytes"
	"cmp"
	"slices"

	"parley/engine/centre"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/routing"
)

// View is the agent as it is now; limit and identity come from outside, for the state knows neither.
func (m *Machine) View(self id.ID, c *centre.Config) *agt.View {
	v := &agt.View{
		Id: self.Bytes(), Presence: m.head.Presence, Reason: m.head.Reason, PresenceSince: m.head.Since,
		Connected: m.present(), Automatic: m.head.Automatic, Workload: int32(m.workload()), Limit: int32(c.Limit(self)),
		IdleSince: m.head.IdleSince, Version: m.head.Version, Misses: m.head.Misses, Password: m.password.GetEncoded(),
		Done: m.worked(),
	}
	for _, r := range sortedKeys(m.reservations) {
		row := m.reservations[r]
		v.Reservations = append(v.Reservations, &agt.Reservation{
			R: row.R, Conversation: row.Conversation, N: row.N, Queue: row.Queue, Weight: row.Weight,
			Confirmed: row.Confirmed, Since: row.Since, Until: row.Until, Forced: row.Forced, LeaseMs: row.LeaseMs, ByName: row.ByName,
		})
	}
	slices.SortStableFunc(v.Reservations, func(a, b *agt.Reservation) int { return cmp.Compare(a.Since, b.Since) })
	for _, k := range sortedKeys(m.tokens) {
		v.Tokens = append(v.Tokens, &agt.Token{TokenHash: []byte(k), Until: m.tokens[k].Until})
	}
	return v
}

// worked lists the conversations the agent had, newest last, each once.
func (m *Machine) worked() []*agt.Done {
	var out []*agt.Done
	for i := uint64(0); i < maxDone && i < m.head.Done; i++ {
		d := m.done[byte((m.head.Done-1-i)%maxDone)]
		if d == nil || slices.ContainsFunc(out, func(o *agt.Done) bool { return bytes.Equal(o.Conversation, d.Conversation) }) {
			continue
		}
		out = append(out, &agt.Done{Conversation: d.Conversation, At: d.At})
	}
	slices.Reverse(out)
	return out
}

// Candidate is the agent as the distributor sees it. Its room is never more than the agent would grant: an agent who looks
// free and refuses is asked again at once.
func (m *Machine) Candidate(self id.ID, c *centre.Config) routing.Candidate {
	cand := routing.Candidate{
		Agent: self, Connected: m.present(), Accepting: m.head.Presence == agt.Presence_ACCEPTING,
		Room: min(c.Limit(self)-m.workload(), maxReservations-len(m.reservations)), IdleSince: m.head.IdleSince, Version: m.head.Version,
	}
	held := map[id.ID]int{}
	for _, r := range m.reservations {
		held[id.FromBytes(r.Queue)] += int(r.Weight)
	}
	for _, q := range c.Agent(self).GetQueues() {
		queue := id.FromBytes(q.Queue)
		rank, ok := c.Serves(self, queue)
		if !ok {
			continue
		}
		cand.Queues = append(cand.Queues, routing.Place{Queue: queue, Rank: rank, Room: c.QueueLimit(queue) - held[queue]})
	}
	return cand
}

// Has reports whether a session token is valid at now (unix milliseconds).
func (m *Machine) Has(tokenHash []byte, now int64) bool {
	t := m.tokens[string(tokenHash)]
	return t != nil && t.Until > now
}
