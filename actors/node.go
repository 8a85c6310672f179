package actors

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"parley/cluster/journal"
	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/id"
)

// defaultWait is how long a caller waits who does not say.
const defaultWait = 5 * time.Second

// Node runs the entities of the shards this node leads.
//
// Order of starting: Open the journal with Watcher() of a Node made by New, hand the journal to Start, start the journal.
type Node struct {
	options    Options
	journal    Journal
	types      map[id.Kind]*entity.Type
	log        *slog.Logger
	now        func() time.Time // UTC, milliseconds: what decisions and deadlines go by
	clock      func() time.Time // finer, for lengths of time in metrics
	ids        ids
	system     *actor.ActorSystem
	dispatcher *dispatcher
	loaders    *loaders
	metrics    *metrics
	shards     [id.Shards]atomic.Pointer[lease]
	quarantine quarantine
	full       diskFull
	settings   settings
	live       [256]atomic.Int32 // entities in memory by kind
	flights    atomic.Int64      // batches proposed that have not ended
	asks       atomic.Int64      // client asks without an answer
	draining   atomic.Bool
	ready      struct {
		sync.Mutex
		open int
		is   chan struct{} // closed when every shard is open and the configuration is known
	}
}

// New makes a node that leads nothing yet. Errors: every fault of the options.
func New(o Options) (*Node, error) {
	o.EnsureDefaults()
	if err := o.Validate(); err != nil {
		return nil, err
	}
	n := &Node{options: o, types: map[id.Kind]*entity.Type{}, log: o.Logger, clock: o.Now, now: func() time.Time { return o.Now().UTC().Truncate(time.Millisecond) }}
	for i := range o.Types {
		n.types[o.Types[i].Kind] = &o.Types[i]
	}
	n.ids.random = o.Rand
	n.quarantine.node = n
	n.settings.mu.config = &centre.Config{}
	n.settings.mu.watchers = map[int]func(*centre.Config){}
	n.ready.is = make(chan struct{})
	n.metrics = newMetrics(o.Registerer)
	n.system = newSystem(o.Logger)
	n.dispatcher = newDispatcher()
	n.loaders = newLoaders(o.Loaders)
	return n, nil
}

// newSystem makes protoactor's system without what it does by itself: its metrics, which cost 1.2 us a message, and its
// logging of messages, which would print text of conversations.
func newSystem(l *slog.Logger) *actor.ActorSystem {
	return actor.NewActorSystem(
		actor.WithMetricProviders(nil),
		actor.WithDeadLetterRequestLogging(false),
		actor.WithDeadLetterThrottleInterval(time.Millisecond),
		actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(quiet{l.Handler()}) }))
}

// Start hands over the opened journal, before the journal itself is started.
func (n *Node) Start(j Journal) {
	n.journal = j
	n.system.EventStream.Subscribe(func(e any) {
		if d, ok := e.(*actor.DeadLetterEvent); ok {
			undelivered(d.Message)
		}
	})
}

// Watcher is what the journal tells of shards led here.
func (n *Node) Watcher() journal.Watcher { return journal.Watcher{Lead: n.lead, Applied: n.applied} }

func (n *Node) lead(l journal.Leadership) {
	old := n.shards[l.Shard].Load()
	if old != nil && (l.Open || l.Term >= old.term) {
		n.shards[l.Shard].Store(nil)
		n.system.Root.Stop(old.pid.Load())
	}
	if !l.Open {
		return
	}
	s := newLease(n, l)
	s.pid.Store(n.spawnShard(s))
	n.shards[l.Shard].Store(s)
	s.begun.Store(true)
	s.tell((*shardActor).start) // only now: what it reads first may ask this very shard
}

func (n *Node) applied(shard uint16, e journal.Entry) {
	if l := n.shards[shard].Load(); l != nil {
		n.system.Root.Send(l.pid.Load(), &applied{e})
	}
}

// Ask sends a command and returns at once.
func (n *Node) Ask(a Ask) {
	within := a.Deadline
	if within <= 0 {
		within = defaultWait
	}
	n.asks.Add(1)
	start := n.clock()
	c := &call{class: classClient, target: a.Target, due: n.now().Add(within), in: entity.Input{By: a.By, Key: a.Key, Body: a.Body}}
	if !a.Key.IsZero() {
		c.hash = hashOf(a.Body)
	}
	finish := func(r Answer) {
		n.asks.Add(-1)
		n.metrics.answered(a.Target.Kind, r, n.clock().Sub(start))
		a.Done(r)
	}
	c.done = finish
	if a.Target.Kind == id.Org {
		// An administrator's next command may be about what this one made: it is answered when it is in effect here.
		c.done = func(r Answer) {
			if r.Err == nil && r.Refusal == nil {
				n.refreshConfig(func() { finish(r) })
				return
			}
			finish(r)
		}
	}
	if n.draining.Load() {
		n.dispatcher.Schedule(func() { c.fail(ErrStopped) })
		return
	}
	n.route(c)
}

// route hands a call to the shard actor of its target.
func (n *Node) route(c *call) {
	shard, ok := n.Config().Shard(c.target)
	if !ok {
		if n.configLoaded() {
			n.dispatcher.Schedule(func() { c.finish(Answer{Refusal: entity.ErrUnknownEntity}) })
		} else {
			n.dispatcher.Schedule(func() { c.fail(ErrBusy) })
		}
		return
	}
	l := n.shards[shard].Load()
	if l == nil {
		n.dispatcher.Schedule(func() { c.fail(ErrNotHere) })
		return
	}
	n.system.Root.Send(l.pid.Load(), c)
}

// leaseOf finds the shard of an entity; nil when it is not led here.
func (n *Node) leaseOf(r id.Ref) *lease {
	shard, ok := n.Config().Shard(r)
	if !ok {
		return nil
	}
	return n.shards[shard].Load()
}

// Derive is the cluster's keyed hash, HMAC-SHA-256 of purpose, a zero byte and value: the same on every node.
func (n *Node) Derive(purpose string, value []byte) id.ID {
	key := n.journal.ClusterKey()
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write(value)
	return id.FromBytes(h.Sum(nil)[:16])
}

// RetryEffect sends a parked effect again; false when there is no such one here. It blocks.
func (n *Node) RetryEffect(ctx context.Context, source id.Ref, seq uint64) (bool, error) {
	l := n.leaseOf(source)
	if l == nil {
		return false, ErrNotHere
	}
	got := make(chan bool, 1)
	l.tell(func(s *shardActor) { got <- s.outbox.retry(journal.EffectRef{Entity: source, Seq: seq}) })
	select {
	case ok := <-got:
		return ok, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
