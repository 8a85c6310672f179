package wire

import (
	"cmp"
	"slices"

	"parley/engine/centre"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/que"
	"parley/gateway/protocol"
)

// Me writes an agent's own state without its offers: only who follows the conversations knows which are out.
func Me(v *agt.View) protocol.Me {
	m := protocol.Me{
		Presence: presences[v.Presence], Reason: v.Reason, Since: v.PresenceSince, Automatic: v.Automatic, Connected: v.Connected,
		Workload: int(v.Workload), Limit: int(v.Limit), Misses: int(v.Misses),
		Offers: []protocol.Offer{}, Work: []protocol.Work{}, Done: []protocol.Done{},
	}
	for _, r := range v.Reservations {
		if r.Confirmed {
			m.Work = append(m.Work, protocol.Work{
				Conv: id.Format(id.Conversation, id.FromBytes(r.Conversation)), Offer: protocol.FormatOffer(id.FromBytes(r.R)), Since: r.Since,
			})
		}
	}
	for _, d := range slices.Backward(v.Done) {
		m.Done = append(m.Done, protocol.Done{Conv: id.Format(id.Conversation, id.FromBytes(d.Conversation)), At: d.At})
	}
	return m
}

// AgentRow writes an agent for the supervisor's page. An agent nobody has seen yet (nil view) is offline.
func AgentRow(agent id.ID, v *agt.View, c *centre.Config) protocol.AgentRow {
	if v == nil {
		v = &agt.View{Limit: int32(c.Limit(agent))}
	}
	return protocol.AgentRow{
		ID: id.Format(id.Agent, agent), Name: c.Agent(agent).GetName(), Presence: presences[v.Presence], Reason: v.Reason,
		Since: v.PresenceSince, Connected: v.Connected, Workload: int(v.Workload), Limit: int(v.Limit),
	}
}

// QueueRow writes a queue; the view of each agent comes from who follows them, nil = none yet.
func QueueRow(queue id.ID, d *que.Digest, c *centre.Config, agent func(id.ID) *agt.View) protocol.QueueRow {
	r := protocol.QueueRow{
		ID: id.Format(id.Queue, queue), Name: c.Queue(queue).GetName(), Waiting: int(d.GetWaiting()), OldestSince: d.GetOldestSince(),
		PerAssignmentMS: d.GetPerAssignmentMs(), Assigned: int(d.GetAssigned()), Ended: int(d.GetEnded()), First: []protocol.Waiting{},
	}
	for _, e := range d.GetFirst() {
		r.First = append(r.First, protocol.Waiting{
			Conv: id.Format(id.Conversation, id.FromBytes(e.Conversation)), Since: e.Rank.GetSinceMs(), OfferedTo: id.Format(id.Agent, id.FromBytes(e.Agent)),
		})
	}
	for a := range c.Agents {
		v := agent(a)
		if _, member := c.Serves(a, queue); !member || v == nil || v.Presence != agt.Presence_ACCEPTING || !v.Connected {
			continue
		}
		r.Accepting++
		if v.Workload < v.Limit {
			r.Free++
		}
	}
	return r
}

// Queues lists the queues by name.
func Queues(c *centre.Config) []protocol.Named {
	out := []protocol.Named{}
	for q, conf := range c.Queues {
		out = append(out, protocol.Named{ID: id.Format(id.Queue, q), Name: conf.Name})
	}
	slices.SortFunc(out, func(a, b protocol.Named) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return out
}

// Person writes an agent with its role.
func Person(a *centre.Agent) protocol.Person {
	return protocol.Person{ID: id.Format(id.Agent, id.FromBytes(a.Id)), Name: a.Name, Role: RoleWord(a.Role)}
}

// Centre writes what an agent's client needs of the configuration; deactivated agents are left out.
func Centre(c *centre.Config) *protocol.Centre {
	out := &protocol.Centre{Name: c.Settings.GetName(), Queues: Queues(c), Agents: []protocol.Person{}, BreakReasons: []protocol.Named{}}
	for _, a := range c.Agents {
		if !a.Deactivated {
			out.Agents = append(out.Agents, Person(a))
		}
	}
	slices.SortFunc(out.Agents, func(a, b protocol.Person) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	for _, r := range c.Settings.GetBreakReasons() {
		out.BreakReasons = append(out.BreakReasons, protocol.Named{ID: r, Name: r})
	}
	return out
}
