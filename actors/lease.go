package actors

import (
	"sync"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"

	"parley/cluster/journal"
	"parley/engine/id"
)

// lease is one shard led by this node in one term: what its actors share. It outlives a restart of the shard actor.
type lease struct {
	node  *Node
	shard uint16
	term  uint64
	pid   atomic.Pointer[actor.PID] // of the shard actor: set by whoever spawns it and by itself, whichever is first

	numbers numbers
	begun   atomic.Bool // the node knows of it: its actor may start, and restart by itself
	opened  atomic.Bool // what the log holds for it has been read once

	mu struct {
		sync.Mutex
		flying  map[id.Ref]int    // batches proposed that have not ended
		waiting map[id.Ref]func() // a load that waits for them
	}
}

func newLease(n *Node, l journal.Leadership) *lease {
	s := &lease{node: n, shard: l.Shard, term: l.Term}
	s.mu.flying, s.mu.waiting = map[id.Ref]int{}, map[id.Ref]func(){}
	s.numbers.shard = l.Shard
	return s
}

// tell hands a deed to the shard actor; one that is gone never does it.
func (l *lease) tell(d deed) { l.node.system.Root.Send(l.pid.Load(), d) }

// propose hands a batch to the log. landed is called from the apply goroutine unless an error is returned.
func (l *lease) propose(b *journal.Batch, landed func(journal.Result)) error {
	l.fly(b.Entity)
	l.node.flights.Add(1)
	err := l.node.journal.Propose(journal.Proposal{Batch: b, Done: func(r journal.Result) {
		l.land(b.Entity)
		l.node.flights.Add(-1)
		l.node.metrics.batches.WithLabelValues(outcomeName(r.Outcome)).Inc()
		landed(r)
	}})
	if err != nil {
		l.land(b.Entity)
		l.node.flights.Add(-1)
	}
	return err
}

func (l *lease) fly(r id.Ref) {
	l.mu.Lock()
	l.mu.flying[r]++
	l.mu.Unlock()
}

func (l *lease) land(r id.Ref) {
	l.mu.Lock()
	var run func()
	if l.mu.flying[r]--; l.mu.flying[r] == 0 {
		delete(l.mu.flying, r)
		run = l.mu.waiting[r]
		delete(l.mu.waiting, r)
	}
	l.mu.Unlock()
	if run != nil {
		run()
	}
}

// settled runs f once every batch proposed for the entity in this term has ended: rows read earlier would be old.
func (l *lease) settled(r id.Ref, f func()) {
	l.mu.Lock()
	if l.mu.flying[r] > 0 {
		l.mu.waiting[r] = f
		l.mu.Unlock()
		return
	}
	l.mu.Unlock()
	f()
}

func outcomeName(o journal.Outcome) string {
	switch o {
	case journal.Applied:
		return "applied"
	case journal.Refused:
		return "refused"
	case journal.Dropped:
		return "dropped"
	default:
		return "unknown"
	}
}
