package wire

import (
	"cmp"
	"slices"

	"parley/engine/centre"
	"parley/engine/id"
	"parley/gateway/protocol"
)

// Config writes the whole configuration for an administrator, each list by name.
func Config(c *centre.Config) protocol.ConfigOK {
	s := c.Settings
	out := protocol.ConfigOK{Version: c.Version, Settings: protocol.Settings{
		Name: s.GetName(), Limit: s.GetLimit(), AgentGraceMS: s.GetAgentGraceMs(), CustomerGraceMS: s.GetCustomerGraceMs(), BreakReasons: s.GetBreakReasons(),
	}, Pools: []protocol.Pool{}, Queues: []protocol.Queue{}, Inboxes: []protocol.InboxConfig{}, Agents: []protocol.AgentConfig{}}
	for i, p := range c.Pools {
		out.Pools = append(out.Pools, protocol.Pool{ID: id.Format(id.Pool, i), Name: p.Name})
	}
	for i, q := range c.Queues {
		out.Queues = append(out.Queues, queueOut(i, q))
	}
	for i, b := range c.Inboxes {
		out.Inboxes = append(out.Inboxes, protocol.InboxConfig{
			ID: id.Format(id.Inbox, i), Name: b.Name, Style: protocol.Word(b.Style.String()), Queue: id.Format(id.Queue, id.FromBytes(b.Queue)),
			Anonymous: b.Anonymous, Peek: b.Peek, Rating: b.Rating, Greeting: b.Greeting, Origins: b.Origins, CloseAfterMS: b.CloseAfterMs, Brand: b.Brand,
		})
	}
	for i, a := range c.Agents {
		out.Agents = append(out.Agents, agentOut(i, a))
	}
	slices.SortFunc(out.Pools, func(a, b protocol.Pool) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(out.Queues, func(a, b protocol.Queue) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(out.Inboxes, func(a, b protocol.InboxConfig) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(out.Agents, func(a, b protocol.AgentConfig) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func queueOut(i id.ID, q *centre.Queue) protocol.Queue {
	return protocol.Queue{
		ID: id.Format(id.Queue, i), Name: q.Name, Pool: id.Format(id.Pool, id.FromBytes(q.Pool)), Priority: q.Priority, Greeting: q.Greeting,
		OfferMS: q.OfferMs, Misses: q.Misses, MaxWaitMS: q.MaxWaitMs, Limit: q.Limit, ExcludeMS: q.ExcludeMs, BreakReturnMS: q.BreakReturnMs,
		AgentLost: q.AgentLost, PullBeyondLimit: q.PullBeyondLimit,
	}
}

func agentOut(i id.ID, a *centre.Agent) protocol.AgentConfig {
	out := protocol.AgentConfig{
		ID: id.Format(id.Agent, i), Name: a.Name, Login: a.Login, Role: RoleWord(a.Role), Limit: &a.Limit, Deactivated: a.Deactivated,
	}
	for _, m := range a.Queues {
		out.Queues = append(out.Queues, protocol.Member{Queue: id.Format(id.Queue, id.FromBytes(m.Queue)), Rank: m.Rank})
	}
	return out
}
