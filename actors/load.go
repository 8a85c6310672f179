package actors

import (
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"parley/cluster/journal"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

// loaders run reads of the disk: an actor must not block, or eight slow reads would stop a node.
type loaders struct {
	mu struct {
		sync.Mutex
		queue  []func()
		closed bool
	}
	more *sync.Cond
	done sync.WaitGroup
}

func newLoaders(n int) *loaders {
	l := &loaders{}
	l.more = sync.NewCond(&l.mu)
	for range n {
		l.done.Go(l.work)
	}
	return l
}

// do runs f on a loader soon. Its queue is bounded by what may wait for an answer: mailboxes refuse before it grows.
func (l *loaders) do(f func()) {
	l.mu.Lock()
	l.mu.queue = append(l.mu.queue, f)
	l.mu.Unlock()
	l.more.Signal()
}

func (l *loaders) work() {
	for {
		l.mu.Lock()
		for len(l.mu.queue) == 0 && !l.mu.closed {
			l.more.Wait()
		}
		if len(l.mu.queue) == 0 {
			l.mu.Unlock()
			return
		}
		f := l.mu.queue[0]
		l.mu.queue[0] = nil
		l.mu.queue = l.mu.queue[1:]
		l.mu.Unlock()
		f()
	}
}

// close does what is queued and ends the loaders.
func (l *loaders) close() {
	l.mu.Lock()
	l.mu.closed = true
	l.mu.Unlock()
	l.more.Broadcast()
	l.done.Wait()
}

// loadDone is an entity read from its rows.
type loadDone struct {
	load     uint64
	machine  entity.Machine
	log      position
	headSeq  uint64
	grown    int
	wake     time.Time
	keys     []journal.ClientKey
	received []journal.Received
	err      error
	broken   bool // err is a fault of the data or of Evolve: reading again would not help
}

// IgnoreDeadLetterLogging keeps protoactor from printing it.
func (*loadDone) IgnoreDeadLetterLogging() {}

// reload reads the entity once every batch proposed for it in this term has ended.
func (e *entityActor) reload() {
	e.phase, e.broken = loading, false
	e.load++
	l, r, kind, pid, number := e.lease, e.ref, e.kind, e.ctx.Self(), e.load
	l.settled(r, func() {
		l.node.loaders.do(func() {
			d := l.load(r, kind)
			d.load = number
			l.node.system.Root.Send(pid, d)
		})
	})
}

func (l *lease) load(r id.Ref, kind *entity.Type) (d *loadDone) {
	d = &loadDone{}
	defer func() {
		if p := recover(); p != nil {
			d.err, d.broken = fmt.Errorf("panic: %v\n%s", p, debug.Stack()), true
		}
	}()
	start := l.node.clock()
	loaded, err := l.node.journal.Load(l.shard, r, headSeq)
	if err != nil {
		d.err = err
		return d
	}
	if err := d.build(loaded, kind); err != nil {
		d.err, d.broken = err, true
	}
	l.node.metrics.loads.Observe(l.node.clock().Sub(start).Seconds())
	return d
}

// headSeq finds in an entity's rows which seq its head row covers.
func headSeq(rows []journal.Row) uint64 {
	for _, r := range rows {
		if r.Sub == journal.SubRows && len(r.Rest) == 0 {
			p, _, err := decodeHead(r.Value)
			if err != nil {
				return 0
			}
			return p.seq
		}
	}
	return 0
}

// build makes the state: head row, other rows, then the events behind the head.
func (d *loadDone) build(l journal.Loaded, kind *entity.Type) error {
	m := kind.New()
	for _, r := range l.Rows {
		if r.Sub != journal.SubRows || len(r.Rest) > 0 {
			continue
		}
		p, head, err := decodeHead(r.Value)
		if err != nil {
			return err
		}
		d.log, d.headSeq = p, p.seq
		if err := m.LoadHead(head); err != nil {
			return fmt.Errorf("head row: %w", err)
		}
	}
	for _, r := range l.Rows {
		if r.Sub == journal.SubRows && len(r.Rest) == 0 {
			continue
		}
		if err := m.LoadRow(r.Rest, r.Value, r.Sub == journal.SubSessions); err != nil {
			return fmt.Errorf("row %x: %w", r.Rest, err)
		}
	}
	for _, raw := range l.Events {
		e, err := event.Decode(raw.Data, kind.Event)
		if err != nil {
			return err
		}
		if e.Version > entity.Version {
			return fmt.Errorf("event %d of kind %d is of cluster version %d, this build knows %d", e.Seq, e.Kind, e.Version, entity.Version)
		}
		m.Evolve(&e)
		d.log.seq, d.log.at, d.log.pub = e.Seq, e.At, max(d.log.pub, e.Pub)
		d.grown += len(raw.Data)
	}
	m.Dirty() // what replaying touched stands in the rows already
	d.log.seq, d.log.effect = l.Version, l.EffectSeq
	d.machine, d.wake, d.keys, d.received = m, l.Wake, l.Keys, l.Received
	return nil
}

// reloadIn is how long an entity waits after a read that failed.
const reloadIn = time.Second

// loaded takes the state and decides what has waited: first what was decided on a state that was lost, in order.
func (e *entityActor) loaded(d *loadDone) {
	if d.load != e.load || e.phase != loading {
		return
	}
	n := e.lease.node
	if d.err != nil {
		n.log.Error("an entity could not be read", "kind", e.ref.Kind, "entity", e.ref, "err", d.err)
		n.metrics.loadFailures.Inc()
		if d.broken {
			n.quarantine.put(e.ref)
		}
		e.shed(d.broken)
		e.later(reloadIn, (*entityActor).reload)
		return
	}
	e.phase = open
	e.machine, e.log, e.wake, e.headSeq, e.grown = d.machine, d.log, d.wake, d.headSeq, d.grown
	e.keys = keyring{}
	slices.SortFunc(d.keys, func(a, b journal.ClientKey) int { return a.At.Compare(b.At) })
	e.received, e.owed = make(map[event.Source]*memory, len(d.received)), nil
	for _, k := range d.keys {
		m := &memory{key: keyRef{k.Sender, k.Key}, hash: k.Hash, at: k.At, answer: k.Answer, awaits: decodeAwait(k.Answer)}
		e.keys.put(m.key, m)
		if m.awaits != 0 {
			e.owe(m)
		}
	}
	for _, r := range d.received {
		m := &memory{source: event.Source{Ref: r.Source, Seq: r.Seq}, at: r.At, answer: r.Answer, awaits: decodeAwait(r.Answer)}
		e.received[m.source] = m
		if m.awaits != 0 {
			e.owe(m)
		}
	}
	e.queue = append(e.redo, e.queue...)
	e.redo = nil
	e.proceed()
}

// shed answers what waits for an entity that cannot be read.
func (e *entityActor) shed(broken bool) {
	err := ErrBusy
	if broken {
		err = ErrQuarantined
	}
	for _, c := range append(e.redo, e.queue...) {
		c.fail(err)
	}
	e.redo, e.queue = nil, nil
}

var _ actor.Actor = (*entityActor)(nil)
