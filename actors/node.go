package actors

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"parley/cluster/journal"
	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
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
	now        func() time.Time
	ids        ids
	system     *actor.ActorSystem
	dispatcher *dispatcher
	loaders    *loaders
	metrics    *metrics
	shards     [id.Shards]atomic.Pointer[lease]
	quarantine quarantine
	full       diskFull
	settings   settings
	flights    atomic.Int64 // batches proposed that have not ended
	asks       atomic.Int64 // client asks without an answer
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
	n := &Node{options: o, types: map[id.Kind]*entity.Type{}, log: o.Logger, now: func() time.Time { return o.Now().UTC().Truncate(time.Millisecond) }}
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
	start := n.now()
	c := &call{class: classClient, target: a.Target, due: start.Add(within), in: entity.Input{By: a.By, Key: a.Key, Body: a.Body}}
	if !a.Key.IsZero() {
		c.hash = hashOf(a.Body)
	}
	finish := func(r Answer) {
		n.asks.Add(-1)
		n.metrics.answered(a.Target.Kind, r, n.now().Sub(start))
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

// View reads an entity's committed View (conv.View, agt.View, que.Digest, ctc.View). It blocks: never from Done or a Sink.
// Errors: *entity.Refusal not_found, the sentinels, the context's.
func (n *Node) View(ctx context.Context, ref id.Ref) (event.Message, error) {
	type shown struct {
		view event.Message
		err  error
	}
	got := make(chan shown, 1)
	n.route(n.view(ref, &call{due: n.now().Add(defaultWait)}, func(v event.Message, _ uint64, a Answer) {
		err := a.Err
		if a.Refusal != nil {
			err = a.Refusal
		}
		got <- shown{v, err}
	}))
	select {
	case s := <-got:
		return s.view, s.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Subscribe follows an entity until cancel is called. The sink hears Opened or Lost first, from another goroutine.
func (n *Node) Subscribe(target id.Ref, sink Sink) (cancel func()) {
	sub := &subscription{sink: sink}
	l := n.leaseOf(target)
	if l == nil {
		n.dispatcher.Schedule(func() { sub.lost(ErrNotHere) })
		return func() { sub.gone.Store(true) }
	}
	n.system.Root.Send(l.pid.Load(), &subscribe{target, sub})
	return func() {
		sub.gone.Store(true)
		l.tell(func(s *shardActor) { s.publisher.cancel(target, sub) })
	}
}

// subscribe is a message of its own so that a shard that has stopped answers it.
type subscribe struct {
	target id.Ref
	sub    *subscription
}

// IgnoreDeadLetterLogging keeps protoactor from printing it.
func (*subscribe) IgnoreDeadLetterLogging() {}

func (s *subscribe) orphaned() { s.sub.lost(ErrNotHere) }

// Volatile tells all who follow the conversation; never logged, never delays anything.
func (n *Node) Volatile(conv id.ID, v Volatile) {
	r := id.Ref{Kind: id.Conversation, ID: conv}
	if l := n.leaseOf(r); l != nil {
		l.tell(func(s *shardActor) { s.publisher.volatile(r, v) })
	}
}

// Beat lists all live sessions of a gateway; it comes every 5 s.
func (n *Node) Beat(live []SessionPair) {
	of := map[*lease][]session{}
	for _, p := range live {
		if l := n.leaseOf(p.Entity); l != nil {
			of[l] = append(of[l], session{entity: p.Entity, id: p.Session})
		}
	}
	for l, list := range of {
		l.tell(func(s *shardActor) { s.presence.beat(list) })
	}
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

// Ready waits until every shard is open and the configuration is known.
func (n *Node) Ready(ctx context.Context) error {
	select {
	case <-n.ready.is:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (n *Node) shardOpened(*lease) {
	n.ready.Lock()
	n.ready.open++
	n.ready.Unlock()
	n.checkReady()
}

func (n *Node) checkReady() {
	loaded := n.configLoaded()
	n.ready.Lock()
	defer n.ready.Unlock()
	if !loaded || n.ready.open < id.Shards {
		return
	}
	select {
	case <-n.ready.is:
	default:
		close(n.ready.is)
	}
}

// errDrain says that something was still under way when the time was up.
var errDrain = errors.New("actors: still something in flight")

// drainLook is how often Drain looks whether all is done.
const drainLook = 10 * time.Millisecond

// Drain refuses new commands (ErrStopped) and waits for those under way. Errors: the context ended first.
func (n *Node) Drain(ctx context.Context) error {
	n.draining.Store(true)
	tick := time.NewTicker(drainLook)
	defer tick.Stop()
	for n.asks.Load() > 0 || n.flights.Load() > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(errDrain, ctx.Err())
		}
	}
	return nil
}

// Stop ends all actors. Whoever still waits is answered. The journal may be closed afterwards.
func (n *Node) Stop() {
	n.draining.Store(true)
	for i := range n.shards {
		if l := n.shards[i].Swap(nil); l != nil {
			_ = n.system.Root.StopFuture(l.pid.Load()).Wait()
		}
	}
	n.loaders.close()
	n.dispatcher.close()
	n.system.Shutdown()
}
