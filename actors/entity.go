package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

// entityActor hosts one machine. Its one state is ahead of the log by the batches in flight; commands are decided on it
// at once, and every answer waits until what it rests on is committed.
type entityActor struct {
	lease *lease
	ref   id.Ref
	kind  *entity.Type
	box   *mailbox
	ctx   actor.Context

	phase   phase
	load    uint64 // number of the load under way: an earlier one's result is ignored
	machine entity.Machine
	log     position // of the state, in flight included
	wake    time.Time
	headSeq uint64 // seq of the last head row
	grown   int    // bytes of events since

	keys         keyring
	received     map[event.Source]*memory
	receivedMost int                  // how many may be kept before old ones are looked for
	awaits       map[uint64][]*call   // by own effect: who is answered with the decision on its verdict
	owed         map[uint64][]*memory // by own effect: what is remembered as still to be answered
	flights      []*flight            // proposed or about to be, in order
	broken       bool                 // a batch was lost: when all have ended the state is read anew
	queue        []*call              // not decided yet, in order
	redo         []*call              // decided on a state that was lost
	reads        reads
	loose        bool // rows changed outside of any batch (marks)
	panics       int  // in a row, from commands
}

// position is where an entity's log stands.
type position struct {
	seq    uint64
	pub    uint64
	effect uint64
	at     time.Time
}

type phase uint8

const (
	loading phase = iota
	open
	lost // no longer led, or stopping: nothing is decided any more
)

// passivate asks an entity to end if it is idle.
type passivate struct{}

// act is something to do on the entity's own goroutine.
type act func(*entityActor)

// IgnoreDeadLetterLogging keeps protoactor from printing it.
func (act) IgnoreDeadLetterLogging() {}

func newEntityActor(l *lease, r id.Ref, box *mailbox) *entityActor {
	return &entityActor{lease: l, ref: r, kind: l.node.types[r.Kind], box: box}
}

// Receive implements actor.Actor. A panic here, outside of what is guarded, restarts the actor, which loads anew.
func (e *entityActor) Receive(ctx actor.Context) {
	e.ctx = ctx
	switch m := ctx.Message().(type) {
	case *call:
		e.take(m)
	case *landed:
		e.land(m)
	case act:
		m(e)
	case *loadDone:
		e.loaded(m)
	case passivate:
		e.passivate()
	case *actor.Started:
		e.reload()
	case *actor.Restarting:
		e.lease.node.metrics.restarts.Inc()
		e.end(ErrUnknown)
	case *actor.Stopping:
		e.phase = lost
	case *actor.Stopped:
		e.box.stopped.Store(true)
		e.end(ErrNotHere)
		e.machine, e.received, e.keys = nil, nil, keyring{}
	}
}

// tell hands an act to the entity behind pid.
func (l *lease) act(pid *actor.PID, a act) { l.node.system.Root.Send(pid, a) }

// later does a on the entity when d has passed.
func (e *entityActor) later(d time.Duration, a act) {
	l, pid := e.lease, e.ctx.Self()
	l.tell(func(s *shardActor) {
		s.after(d, func(*shardActor) { l.act(pid, a) })
	})
}

// take decides a call at once or queues it behind what cannot be decided yet.
func (e *entityActor) take(c *call) {
	switch {
	case c.over():
	case e.phase == lost:
		c.fail(ErrNotHere)
	case e.lease.node.quarantine.holds(e.ref):
		c.fail(ErrQuarantined)
	case c.class == classClient && c.read == nil && e.lease.node.full.active(e.lease.node.now()):
		c.fail(ErrDiskFull)
	case c.class != classResult && e.undecided() >= c.class.bound(e.lease.node.options.EntityCap):
		c.fail(ErrBusy)
	case e.blocked():
		e.queue = append(e.queue, c)
	default:
		e.consider(c)
	}
}

func (e *entityActor) undecided() int { return len(e.queue) + len(e.redo) }

// blocked reports whether nothing can be decided at the moment.
func (e *entityActor) blocked() bool {
	return e.phase != open || e.broken || len(e.queue) > 0 || e.heldBack() || len(e.flights) >= e.lease.node.options.FlightCap
}

// proceed decides what has waited.
func (e *entityActor) proceed() {
	for len(e.queue) > 0 && e.phase == open && !e.broken && !e.heldBack() && len(e.flights) < e.lease.node.options.FlightCap {
		c := e.queue[0]
		e.queue[0] = nil
		e.queue = e.queue[1:]
		if !c.over() {
			e.consider(c)
		}
	}
	if len(e.queue) == 0 {
		e.queue = nil
	}
}

// passivate ends an entity with nothing in flight, or says that it stays.
func (e *entityActor) passivate() {
	if e.phase == open && !e.broken && len(e.flights) == 0 && len(e.awaits) == 0 && len(e.queue) == 0 && e.reads.none() && !e.loose {
		e.phase = lost
		e.ctx.Stop(e.ctx.Self())
		return
	}
	r := e.ref
	e.lease.tell(func(s *shardActor) { s.awake(r) })
}

// end answers everybody who waits: what was proposed has an unknown outcome, the rest certainly did not happen.
func (e *entityActor) end(undecided error) {
	for _, f := range e.flights {
		for _, i := range f.items {
			if f.proposed {
				i.call.fail(ErrUnknown)
			} else {
				i.call.fail(undecided)
			}
		}
	}
	for _, list := range e.awaits {
		for _, c := range list {
			c.fail(ErrUnknown)
		}
	}
	for _, i := range e.reads.all() {
		i.call.fail(ErrNotHere)
	}
	for _, c := range append(e.redo, e.queue...) {
		c.fail(undecided)
	}
	e.flights, e.awaits, e.redo, e.queue, e.reads = nil, nil, nil, nil, reads{}
}
