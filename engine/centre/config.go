// Package centre is the configuration of a contact centre as every decision sees it: one immutable copy per version.
package centre

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"parley/engine/id"
)

// Config is one version of the configuration. It is never changed: With… return a copy. The zero value is an empty centre.
type Config struct {
	Version  uint64 // seq of org's last event
	Settings *Settings
	Inboxes  map[id.ID]*Inbox
	Queues   map[id.ID]*Queue
	Pools    map[id.ID]*Pool
	Agents   map[id.ID]*Agent

	logins map[string]*Agent // by login; nil = not indexed
}

// Index prepares the copy for looking agents up by login name. Whoever builds a version calls it before handing it out.
func (c *Config) Index() *Config {
	c.logins = make(map[string]*Agent, len(c.Agents))
	for _, a := range c.Agents {
		if a.Login != "" {
			c.logins[a.Login] = a
		}
	}
	return c
}

// Inbox returns nil when there is none.
func (c *Config) Inbox(i id.ID) *Inbox { return c.Inboxes[i] }

// Queue returns nil when there is none.
func (c *Config) Queue(i id.ID) *Queue { return c.Queues[i] }

// Agent returns nil when there is none.
func (c *Config) Agent(i id.ID) *Agent { return c.Agents[i] }

// ByLogin finds an agent by login name in any case; nil when there is none.
func (c *Config) ByLogin(login string) *Agent {
	login = strings.ToLower(strings.TrimSpace(login))
	if c.logins != nil {
		return c.logins[login]
	}
	for _, a := range c.Agents {
		if a.Login == login && login != "" {
			return a
		}
	}
	return nil
}

// PoolOf returns the pool of a queue, zero when the queue is unknown.
func (c *Config) PoolOf(queue id.ID) id.ID {
	if q := c.Queues[queue]; q != nil {
		return id.FromBytes(q.Pool)
	}
	return id.ID{}
}

// Shard places an entity: a queue lies in its pool's shard. False for a queue nobody knows.
func (c *Config) Shard(r id.Ref) (uint16, bool) {
	if r.Kind != id.Queue {
		return id.ShardOf(r.Kind, r.ID), true
	}
	p := c.PoolOf(r.ID)
	return id.ShardOf(id.Pool, p), !p.IsZero()
}

// Limit returns how many conversations an agent holds at once, the tightest of the centre's and the agent's (domain: capacity rules).
func (c *Config) Limit(agent id.ID) int {
	centre := 4
	if c.Settings != nil && c.Settings.Limit > 0 {
		centre = int(c.Settings.Limit)
	}
	a := c.Agents[agent]
	switch {
	case a == nil || a.Deactivated:
		return 0
	case a.Limit < 0:
		return centre
	default:
		return min(centre, int(a.Limit))
	}
}

// QueueLimit returns how many units of the queue one agent holds at once; NoLimit when the queue sets none.
func (c *Config) QueueLimit(queue id.ID) int {
	if l := c.Queues[queue].GetLimit(); l > 0 {
		return int(l)
	}
	return NoLimit
}

// NoLimit is the QueueLimit of a queue without one.
const NoLimit = 1 << 30

// IsAdministrator reports whether the agent may change the configuration.
func (c *Config) IsAdministrator(agent id.ID) bool {
	a := c.Agents[agent]
	return a != nil && !a.Deactivated && a.Role == Role_ADMINISTRATOR
}

// BreakReason reports whether a break may be taken for the reason: one of the centre's, or any while it lists none.
func (c *Config) BreakReason(reason string) bool {
	reasons := c.Settings.GetBreakReasons()
	return len(reasons) == 0 || slices.Contains(reasons, reason)
}

// Members returns the agents who serve the queue, in order of id.
func (c *Config) Members(queue id.ID) []id.ID {
	var out []id.ID
	for a := range c.Agents {
		if _, ok := c.Serves(a, queue); ok {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
	return out
}

// Serves reports whether the agent is a member of the queue, and with which rank (1 first).
func (c *Config) Serves(agent, queue id.ID) (rank int, ok bool) {
	a := c.Agents[agent]
	if a == nil || a.Deactivated {
		return 0, false
	}
	for _, m := range a.Queues {
		if id.FromBytes(m.Queue) == queue {
			return max(1, int(m.Rank)), true
		}
	}
	return 0, false
}

func or(ms int64, d time.Duration) time.Duration {
	if ms <= 0 {
		return d
	}
	return time.Duration(ms) * time.Millisecond
}

// AgentGrace is how long a lost connection of an agent is waited for.
func (c *Config) AgentGrace() time.Duration { return or(c.Settings.GetAgentGraceMs(), 30*time.Second) }

// CustomerGrace is how long a lost connection of a customer is waited for.
func (c *Config) CustomerGrace() time.Duration {
	return or(c.Settings.GetCustomerGraceMs(), 60*time.Second)
}

// OfferLease is how long an agent has to accept.
func (q *Queue) OfferLease() time.Duration { return or(q.GetOfferMs(), 30*time.Second) }

// MissesAllowed is how many lapses in a row put an agent on a break.
func (q *Queue) MissesAllowed() int {
	if q.GetMisses() > 0 {
		return int(q.GetMisses())
	}
	return 2
}

// MaxWait is the longest wait, 0 = no limit.
func (q *Queue) MaxWait() time.Duration { return or(q.GetMaxWaitMs(), 0) }

// ExcludeFor is how long an agent who let an offer of a conversation go is passed over for it.
func (q *Queue) ExcludeFor() time.Duration { return or(q.GetExcludeMs(), 60*time.Second) }

// BreakReturn is how long a return waits for an owner who is on a break (T15).
func (q *Queue) BreakReturn() time.Duration { return or(q.GetBreakReturnMs(), 2*time.Minute) }

// Rank is the queue's priority, 1 first.
func (q *Queue) Rank() int32 {
	if q.GetPriority() > 0 {
		return q.GetPriority()
	}
	return 50
}

// CloseAfter is the time from resolved to closed by the inbox's style (F23, T17).
func (i *Inbox) CloseAfter() time.Duration {
	var def time.Duration
	switch i.GetStyle() {
	case Style_LIVE_RETURN:
		def = 2 * time.Hour
	case Style_MESSAGING:
		def = 4 * 24 * time.Hour
	}
	return min(or(i.GetCloseAfterMs(), def), 28*24*time.Hour)
}
