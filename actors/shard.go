package actors

import (
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"parley/cluster/journal"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

const (
	retryOwn = 100 * time.Millisecond // between tries to write a batch of the shard itself
	sweepIn  = 30 * time.Second       // between looks for idle entities, less when they are passivated sooner
)

// deed is something to do on the shard actor's own goroutine.
type deed func(*shardActor)

// IgnoreDeadLetterLogging keeps protoactor from printing it.
func (deed) IgnoreDeadLetterLogging() {}

// applied is one batch of the apply stream.
type applied struct{ entry journal.Entry }

// IgnoreDeadLetterLogging keeps protoactor from printing it.
func (*applied) IgnoreDeadLetterLogging() {}

// shardActor is the address of all entities of one shard: every message of theirs passes it, so that spawn, passivation
// and hand-over cannot race. It holds what follows the apply stream: outbox, wake-ups, publisher, sessions, distributor.
// It never blocks.
type shardActor struct {
	lease    *lease
	box      *mailbox
	ctx      actor.Context
	children map[id.Ref]*child
	byPID    map[string]id.Ref
	agenda   agenda
	stopping bool
	sweeping bool // a look for idle entities is planned

	outbox    outbox
	wakes     wakes
	publisher publisher
	presence  presence
	pools     map[id.ID]*distributor

	telling map[id.ID]bool // agents whose state is being read for their pools; true = read it once more

	nextK     uint64 // first number not reserved
	reserving bool
	starved   []*call // wait for a number
	held      []*call // wait for the shard to be read
	ready     bool
	crowd     []journal.ExpiredKey // keys over the limit of their sender
}

// spawnShard starts the shard actor of a lease. Whatever it panics with, it restarts with its children: what it knows is
// in the log.
func (n *Node) spawnShard(l *lease) *actor.PID {
	box := newMailbox(n.options.ShardCap)
	props := actor.PropsFromProducer(func() actor.Actor { return newShardActor(l, box) },
		actor.WithDispatcher(n.dispatcher),
		actor.WithMailbox(func() actor.Mailbox { return box }),
		actor.WithGuardian(restarting),
		actor.WithSupervisor(restarting))
	return n.system.Root.Spawn(props)
}

var restarting = actor.NewRestartingStrategy()

func newShardActor(l *lease, box *mailbox) *shardActor {
	s := &shardActor{lease: l, box: box, children: map[id.Ref]*child{}, byPID: map[string]id.Ref{}, pools: map[id.ID]*distributor{}, telling: map[id.ID]bool{}}
	s.outbox.init(s)
	s.wakes.init(s)
	s.publisher.init(s)
	s.presence.init(s)
	return s
}

// Receive implements actor.Actor.
func (s *shardActor) Receive(ctx actor.Context) {
	s.ctx = ctx
	switch m := ctx.Message().(type) {
	case *call:
		s.take(m)
	case *applied:
		s.follow(m.entry)
	case deed:
		m(s)
	case *subscribe:
		s.publisher.subscribe(m.target, m.sub)
	case *actor.Started:
		s.lease.pid.Store(ctx.Self())
		if s.lease.begun.Load() {
			s.start()
		}
	case *actor.Terminated:
		s.ended(m.Who)
	case *actor.Restarting:
		s.lease.node.metrics.restarts.Inc()
		s.finish(ErrUnknown)
	case *actor.Stopping:
		s.stopping = true
	case *actor.Stopped:
		s.box.stopped.Store(true)
		s.finish(ErrNotHere)
	}
}

// start reads what the log holds for the shard; until then calls wait.
func (s *shardActor) start() {
	l := s.lease
	self := s.ctx.Self()
	l.settled(id.Ref{Kind: id.Shard}, func() {
		l.node.loaders.do(func() {
			o, err := l.read()
			l.node.system.Root.Send(self, deed(func(s *shardActor) { s.open(o, err) }))
		})
	})
}

// opening is what a shard begins with.
type opening struct {
	effects  []journal.StoredEffect
	sessions []journal.SessionRow
	wake     time.Time
	nextK    uint64
}

func (l *lease) read() (o opening, err error) {
	j := l.node.journal
	if o.effects, err = j.Effects(l.shard); err != nil {
		return o, err
	}
	if o.sessions, err = j.Sessions(l.shard); err != nil {
		return o, err
	}
	o.wake, _ = j.NextWake(l.shard)
	loaded, err := j.Load(l.shard, id.Ref{Kind: id.Shard}, func([]journal.Row) uint64 { return 0 })
	o.nextK = loadNumbers(loaded.Rows)
	return o, err
}

func (s *shardActor) open(o opening, err error) {
	if s.stopping || s.ready {
		return
	}
	n := s.lease.node
	if err != nil {
		n.log.Error("a shard could not be read", "shard", s.lease.shard, "err", err)
		s.after(time.Second, (*shardActor).start)
		return
	}
	s.ready = true
	s.nextK = o.nextK
	s.lease.opened.Store(true)
	s.presence.open(o.sessions)
	s.outbox.open(o.effects)
	s.wakes.open(o.wake)
	s.after(keySweep, (*shardActor).expireKeys)
	if s.lease.shard == 0 {
		n.refreshConfig(nil)
	}
	s.configured()
	for _, c := range s.held {
		s.forward(c)
	}
	s.held = nil
	n.shardOpened(s.lease)
}

// take is a call from outside.
func (s *shardActor) take(c *call) {
	if c.over() {
		return
	}
	s.deadline(c)
	if !s.ready {
		s.held = append(s.held, c)
		return
	}
	s.forward(c)
}

// follow is the apply stream: everything that is not an answer to the proposer.
func (s *shardActor) follow(e journal.Entry) {
	if e.Term != s.lease.term {
		return
	}
	b := e.Batch
	s.outbox.follow(b)
	s.wakes.follow(b)
	s.presence.follow(b)
	s.publisher.follow(b)
}

// own writes a batch of the shard itself.
func (s *shardActor) own(b *journal.Batch, done func(s *shardActor, ok bool)) {
	b.Shard, b.Epoch, b.Entity = s.lease.shard, s.lease.term, id.Ref{Kind: id.Shard}
	l := s.lease
	err := l.propose(b, func(r journal.Result) {
		l.tell(func(now *shardActor) {
			if now == s { // not of an incarnation before this one
				done(s, r.Outcome == journal.Applied)
			}
		})
	})
	if err != nil {
		s.after(retryOwn, func(s *shardActor) { done(s, false) })
	}
}

// finish ends whatever waits here.
func (s *shardActor) finish(err error) {
	s.publisher.close()
	s.outbox.close()
	for _, c := range s.held {
		c.fail(ErrNotHere)
	}
	for _, c := range s.starved {
		c.fail(ErrNotHere)
	}
	for r, k := range s.children {
		for _, c := range k.held {
			c.fail(ErrNotHere)
		}
		s.lease.node.count(r.Kind, -1)
	}
	for _, d := range s.pools {
		d.close()
	}
	s.held, s.starved, s.children = nil, nil, nil
	s.agenda.end()
}

// inner asks an entity on behalf of the cluster itself: soft, answered within its deadline or never.
func (s *shardActor) inner(target id.Ref, body event.Message, within time.Duration, done func(Answer)) {
	s.lease.node.route(&call{class: classInner, target: target, in: entity.Input{By: event.System, Body: body},
		due: s.lease.node.now().Add(within), done: done})
}

func (s *shardActor) log() *slog.Logger { return s.lease.node.log.With("shard", s.lease.shard) }
