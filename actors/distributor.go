package actors

import (
	"time"

	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/que"
	"parley/engine/routing"
)

const (
	reserveWait = routing.AnswerWithin // for an agent's answer, then the next one is asked
	rosterWait  = 2 * time.Second      // for the state of an agent or a queue
	rosterAgain = time.Second          // of silence with work and nobody known free, then members are asked again
	rosterLast  = 8 * time.Second      // while that brings nothing new, doubling to this
)

// distributor pairs what waits in the queues of one pool with its agents. It has no log: what it knows comes from the
// apply stream of the queues, which lie in the same shard, and from soft messages of the agents; all of it is asked for
// anew when the shard opens. It runs on the shard's actor, beside its queues. Nothing polls: arrival, release, presence
// and the end of an exclusion wake it.
type distributor struct {
	s       *shardActor
	pool    id.ID
	index   *routing.Pool
	queues  map[id.ID]*line
	agents  map[id.ID]*known // members
	waiting map[id.ID]*place
	planned time.Time // of the next run, zero = none
	heard   time.Time // last news of an agent
	silent  time.Duration
	asking  bool // the question after silence is planned
	closed  bool
}

// line is what is known of one queue.
type line struct {
	seq   uint64 // of the state that was read: earlier events are in it
	known bool
	kept  []event.Event // applied while the read is under way: the read may be older
}

// known is what was last heard of an agent.
type known struct {
	since   time.Time // its state has been this one
	version uint64
	told    bool
}

// place is a conversation that waits.
type place struct {
	routing.Waiting
	since time.Time // it may be handed out since then
}

func newDistributor(s *shardActor, pool id.ID) *distributor {
	return &distributor{s: s, pool: pool, index: routing.NewPool(), queues: map[id.ID]*line{}, agents: map[id.ID]*known{},
		waiting: map[id.ID]*place{}, silent: rosterAgain}
}

func (d *distributor) now() time.Time { return d.s.lease.node.now() }

// follow takes a batch of one of the pool's queues.
func (d *distributor) follow(q id.ID, list []event.Event) {
	l := d.queues[q]
	if l == nil {
		return // the configuration that brings it is on its way; the queue is read then
	}
	if !l.known {
		l.kept = append(l.kept, list...)
		return
	}
	for i := range list {
		body, ok := list[i].Body.(*que.Event)
		if !ok || list[i].Seq <= l.seq {
			continue
		}
		switch b := body.Body.(type) {
		case *que.Event_Waiting:
			d.put(waitingOf(q, b.Waiting))
		case *que.Event_OfferOut:
			if w := d.waiting[id.FromBytes(b.OfferOut.Conversation)]; w != nil && w.N == b.OfferOut.N {
				out := w.Waiting
				out.Offered = true
				d.put(out)
			}
		case *que.Event_Left:
			d.remove(id.FromBytes(b.Left.Conversation), b.Left.N)
		}
	}
	d.run()
}

func waitingOf(q id.ID, w *que.Waiting) routing.Waiting {
	conversation := id.FromBytes(w.Conversation)
	out := routing.Waiting{Conversation: conversation, Queue: q, N: w.N, Rank: routing.RankOf(conversation, w.Rank)}
	for _, x := range w.Exclude {
		out.Exclude = append(out.Exclude, routing.Exclusion{Agent: id.FromBytes(x.Agent), Until: time.UnixMilli(x.Until).UTC()})
	}
	return out
}

func (d *distributor) put(w routing.Waiting) {
	if old := d.waiting[w.Conversation]; old != nil && old.N > w.N {
		return
	}
	d.waiting[w.Conversation] = &place{Waiting: w, since: d.s.lease.node.clock()}
	d.index.PutWaiting(w)
}

func (d *distributor) remove(conversation id.ID, n uint64) {
	if old := d.waiting[conversation]; old != nil && old.N <= n {
		delete(d.waiting, conversation)
	}
	d.index.RemoveWaiting(conversation, n)
}

// run hands out every pair there is and plans the next look.
func (d *distributor) run() {
	now := d.now()
	for {
		p, ok := d.index.Next(now)
		if !ok {
			break
		}
		d.reserve(p, now)
	}
	if next := d.index.NextChange(); !next.IsZero() && (d.planned.IsZero() || next.Before(d.planned)) {
		d.planned = next
		d.s.at(next, func(*shardActor) {
			if !d.closed {
				d.planned = time.Time{}
				d.run()
			}
		})
	}
	d.repair()
}

// reserve asks an agent for one unit of room. r is random: never derived from a counter that could roll back. Without an
// answer the next agent is asked with a new r, and this one is not released: the agent itself asks at the lease's end.
func (d *distributor) reserve(p routing.Pair, now time.Time) {
	l := d.s.lease
	n := l.node
	record, err := p.Record.MarshalVT()
	if err != nil {
		d.s.log().Error("a routing record does not encode", "err", err)
	}
	r := n.ids.any()
	body := &agt.Command{Body: &agt.Command_Reserve{Reserve: &agt.Reserve{
		R: r.Bytes(), Conversation: p.Waiting.Conversation.Bytes(), N: p.Waiting.N, Queue: p.Waiting.Queue.Bytes(),
		Weight: int32(max(1, p.Waiting.Weight)), LeaseMs: n.Config().Queue(p.Waiting.Queue).OfferLease().Milliseconds(), Record: record}}}
	eligible := d.agents[p.Agent].since
	if w := d.waiting[p.Waiting.Conversation]; w != nil && w.since.After(eligible) {
		eligible = w.since
	}
	d.s.inner(id.Ref{Kind: id.Agent, ID: p.Agent}, body, reserveWait, func(a Answer) {
		l.tell(func(*shardActor) {
			if !d.closed {
				d.reserved(p, a, eligible)
			}
		})
	})
}

func (d *distributor) reserved(p routing.Pair, a Answer, eligible time.Time) {
	m := d.s.lease.node.metrics
	reply, _ := a.Reply.(*agt.Reply)
	switch {
	case a.Err != nil:
		m.reserves.WithLabelValues(resultName(a.Err)).Inc()
		d.index.Unanswered(p.Waiting.Conversation, p.Agent)
		d.readLater(p.Agent)
	case a.Refusal != nil:
		m.reserves.WithLabelValues("refused").Inc()
		d.index.Refused(p.Waiting.Conversation, p.Agent, reply.GetVersion())
		d.readAgent(p.Agent)
	default:
		m.reserves.WithLabelValues("granted").Inc()
		m.assignSeconds.Observe(d.s.lease.node.clock().Sub(eligible).Seconds())
		d.index.Granted(p.Waiting.Conversation, p.Agent, reply.GetVersion(), d.now())
	}
	d.run()
}

// repair asks all members again when there is work, nobody is known free and no agent was heard of for a while: soft
// messages may be lost with a leader.
func (d *distributor) repair() {
	if d.asking || !d.starved() {
		return
	}
	d.asking = true
	d.s.after(d.silent, func(*shardActor) {
		if d.closed {
			return
		}
		d.asking = false
		if d.starved() && d.now().Sub(d.heard) >= d.silent {
			for a := range d.agents {
				d.readAgent(a)
			}
			d.silent = min(rosterLast, 2*d.silent)
		}
		d.repair()
	})
}

// starved reports whether a queue has work and nobody known free.
func (d *distributor) starved() bool {
	for q := range d.queues {
		if waiting, free := d.index.Waiting(q); waiting > 0 && free == 0 {
			return true
		}
	}
	return false
}

func (d *distributor) close() { d.closed = true }
