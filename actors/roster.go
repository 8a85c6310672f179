package actors

import (
	"parley/cluster/journal"
	"parley/engine/agent"
	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/queue"
	"parley/engine/routing"
)

// What a distributor knows of its pool, and how it hears of it.

// configure follows the configuration: queues of the pool are read once, members are asked for their state.
func (d *distributor) configure(c *centre.Config) {
	for q := range c.Queues {
		if c.PoolOf(q) == d.pool && d.queues[q] == nil {
			d.queues[q] = &line{}
			d.readQueue(q)
		}
	}
	members := map[id.ID]bool{}
	for q := range d.queues {
		for _, a := range c.Members(q) {
			members[a] = true
		}
	}
	for a := range d.agents {
		if !members[a] {
			delete(d.agents, a)
			d.index.RemoveCandidate(a)
		}
	}
	for a := range members {
		if d.agents[a] == nil {
			d.agents[a] = &known{since: d.s.lease.node.clock()}
		}
		d.readAgent(a)
	}
}

// readQueue asks a queue for all that waits in it.
func (d *distributor) readQueue(q id.ID) {
	var list []routing.Waiting
	var at uint64
	d.ask(id.Ref{Kind: id.Queue, ID: q}, func(m entity.Machine, seq uint64) event.Message {
		list, at = nil, seq
		if m, ok := m.(*queue.Machine); ok {
			for w := range m.All(q) {
				list = append(list, w)
			}
		}
		return nil
	}, func(d *distributor, ok bool) {
		if !ok {
			d.queues[q].kept = nil // the next read has them
			d.s.after(rosterAgain, func(*shardActor) { d.again(q) })
			return
		}
		d.filled(q, at, list)
	})
}

// filled takes what waited in a queue at a seq, and after it the events that were applied while that was on its way.
func (d *distributor) filled(q id.ID, at uint64, list []routing.Waiting) {
	l := d.queues[q]
	kept := l.kept
	l.seq, l.known, l.kept = at, true, nil
	for _, w := range list {
		d.put(w)
	}
	d.follow(q, kept)
}

func (d *distributor) again(q id.ID) {
	if !d.closed && !d.queues[q].known {
		d.readQueue(q)
	}
}

// readAgent asks an agent for its state, again until the agent was heard of once: its shard may open later than this one.
func (d *distributor) readAgent(a id.ID) {
	var c routing.Candidate
	node := d.s.lease.node
	d.ask(id.Ref{Kind: id.Agent, ID: a}, func(m entity.Machine, _ uint64) event.Message {
		if m, ok := m.(*agent.Machine); ok {
			c = m.Candidate(a, node.Config())
		}
		return nil
	}, func(d *distributor, ok bool) {
		if ok && !c.Agent.IsZero() {
			d.candidate(c)
			return
		}
		if k := d.agents[a]; k != nil && !k.told {
			d.readLater(a)
		}
	})
}

// readLater is readAgent after a while, for an agent who did not answer.
func (d *distributor) readLater(a id.ID) {
	d.s.after(rosterAgain, func(*shardActor) {
		if !d.closed && d.agents[a] != nil {
			d.readAgent(a)
		}
	})
}

// ask reads a machine and hands the end to the distributor.
func (d *distributor) ask(r id.Ref, read func(entity.Machine, uint64) event.Message, done func(*distributor, bool)) {
	l := d.s.lease
	l.node.route(&call{class: classInner, target: r, read: read, due: l.node.now().Add(rosterWait), done: func(a Answer) {
		l.tell(func(*shardActor) {
			if !d.closed {
				done(d, a.Err == nil && a.Refusal == nil)
			}
		})
	}})
}

// candidate is news of an agent.
func (d *distributor) candidate(c routing.Candidate) {
	k := d.agents[c.Agent]
	if k == nil {
		return
	}
	if !k.told || k.version != c.Version {
		k.told, k.version, k.since = true, c.Version, d.s.lease.node.clock()
		d.heard, d.silent = d.now(), rosterAgain
	}
	d.index.PutCandidate(c)
	d.run()
}

// configured follows a new configuration: distributors of this shard's pools, views that depend on it.
func (s *shardActor) configured() {
	if !s.ready {
		return
	}
	c := s.lease.node.Config()
	for p := range c.Pools {
		if id.ShardOf(id.Pool, p) != s.lease.shard {
			continue
		}
		if s.pools[p] == nil {
			s.pools[p] = newDistributor(s, p)
		}
		s.pools[p].configure(c)
	}
	for _, t := range s.publisher.topics {
		s.publisher.owe(t)
	}
}

// distribute tells distributors what a batch means to them: a queue's at once, it lies in this shard; an agent's by a
// soft message to the pools the agent serves.
func (s *shardActor) distribute(b *journal.Batch) {
	switch b.Entity.Kind {
	case id.Queue:
		d := s.pools[s.lease.node.Config().PoolOf(b.Entity.ID)]
		if d == nil {
			return
		}
		if list, err := s.publisher.decode(b); err == nil {
			d.follow(b.Entity.ID, list)
		}
	case id.Agent:
		s.candidate(b.Entity.ID)
	}
}

// candidate reads an agent's committed state and tells it to its pools; changes during the read are told once more.
func (s *shardActor) candidate(a id.ID) {
	if asking, known := s.telling[a]; known {
		if !asking {
			s.telling[a] = true
		}
		return
	}
	s.telling[a] = false
	var c routing.Candidate
	l := s.lease
	s.take(&call{class: classInner, target: id.Ref{Kind: id.Agent, ID: a}, due: l.node.now().Add(rosterWait),
		read: func(m entity.Machine, _ uint64) event.Message {
			if m, ok := m.(*agent.Machine); ok {
				c = m.Candidate(a, l.node.Config())
			}
			return nil
		},
		done: func(ans Answer) {
			l.tell(func(s *shardActor) {
				more := s.telling[a]
				delete(s.telling, a)
				switch {
				case ans.Err == nil && ans.Refusal == nil && !c.Agent.IsZero():
					l.node.tellPools(c)
				case ans.Err == ErrBusy || ans.Err == ErrUnknown:
					more = true
				}
				if more {
					s.candidate(a)
				}
			})
		}})
}

// tellPools hands an agent's state to the distributor of each pool it serves.
func (n *Node) tellPools(c routing.Candidate) {
	cfg := n.Config()
	told := map[id.ID]bool{}
	for _, q := range c.Queues {
		pool := cfg.PoolOf(q.Queue)
		if told[pool] || pool.IsZero() {
			continue
		}
		told[pool] = true
		if l := n.shards[id.ShardOf(id.Pool, pool)].Load(); l != nil {
			l.tell(func(s *shardActor) {
				if d := s.pools[pool]; d != nil {
					d.candidate(c)
				}
			})
		}
	}
}
