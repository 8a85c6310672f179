package actors

import (
	"errors"
	"time"

	"parley/cluster/journal"
)

// heldFor is how long a batch that the log had no room for waits before it is proposed again.
const heldFor = 20 * time.Millisecond

// flight is a batch on its way into the log, and the answers that wait for it.
type flight struct {
	batch    *journal.Batch
	items    []item
	proposed bool
}

// item is a call and its answer, which leaves when its ground is committed.
type item struct {
	call   *call
	answer Answer
	awaits uint64 // the answer is not known yet: it comes with the decision on the verdict of this effect
	back   uint64 // it had waited for the verdict of this effect, and does so again when the batch is lost
}

// landed is the end of a flight.
type landed struct {
	flight *flight
	result journal.Result
}

// IgnoreDeadLetterLogging keeps protoactor from printing it.
func (*landed) IgnoreDeadLetterLogging() {}

// launch proposes the flight, or keeps it for later when the log has no room; those behind it wait too.
func (e *entityActor) launch(f *flight) {
	e.flights = append(e.flights, f)
	if e.lease.node.options.Faults.AnswerBeforeGround {
		for _, i := range f.items {
			if i.awaits == 0 && i.call.class == classClient {
				i.call.finish(i.answer)
			}
		}
	}
	if e.heldAhead(f) {
		return
	}
	e.propose(f)
}

func (e *entityActor) propose(f *flight) {
	l, pid := e.lease, e.ctx.Self()
	f.proposed = true
	err := l.propose(f.batch, func(r journal.Result) {
		l.node.system.Root.Send(pid, &landed{flight: f, result: r})
	})
	if err == nil {
		return
	}
	f.proposed = false
	switch {
	case errors.Is(err, journal.ErrBusy):
		l.node.metrics.held.Inc()
		e.later(heldFor, (*entityActor).relaunch)
	case errors.Is(err, journal.ErrDiskFull):
		l.node.full.set(l.node.now())
		e.abandon(ErrDiskFull)
	case errors.Is(err, journal.ErrNotLeader), errors.Is(err, journal.ErrStopped):
		e.phase = lost
		e.abandon(ErrNotHere)
	default:
		l.node.log.Error("a batch was not accepted", "kind", e.ref.Kind, "entity", e.ref, "err", err)
		e.abandon(ErrInternal)
	}
}

// heldAhead reports whether a flight before f has not been proposed.
func (e *entityActor) heldAhead(f *flight) bool {
	for _, g := range e.flights {
		if g == f {
			return false
		}
		if !g.proposed {
			return true
		}
	}
	return false
}

// heldBack reports whether a flight waits for room in the log.
func (e *entityActor) heldBack() bool {
	n := len(e.flights)
	return n > 0 && !e.flights[n-1].proposed
}

// relaunch proposes what was held back, in order.
func (e *entityActor) relaunch() {
	if e.broken {
		return
	}
	for _, f := range e.flights {
		if !f.proposed {
			if e.propose(f); !f.proposed {
				return
			}
		}
	}
	e.proceed()
}

// abandon drops flights that were never proposed. What the cluster itself asked is decided again later.
func (e *entityActor) abandon(err error) {
	keep := e.flights[:0]
	for _, f := range e.flights {
		if f.proposed {
			keep = append(keep, f)
			continue
		}
		for _, i := range f.items {
			e.forget(i)
			switch {
			case err == ErrNotHere:
				i.call.fail(err)
			case i.back != 0:
				e.await(i.call, i.back)
			case i.call.class == classClient:
				i.call.fail(err)
			case err == ErrDiskFull:
				i.call.fail(ErrBusy)
			default:
				i.call.fail(err)
			}
		}
	}
	e.flights = keep
	e.broken = true
	e.settle()
}

// forget takes a call out of the awaiting ones: its effect will not be written.
func (e *entityActor) forget(i item) {
	if i.awaits == 0 {
		return
	}
	list := e.awaits[i.awaits]
	for n, c := range list {
		if c == i.call {
			list = append(list[:n:n], list[n+1:]...)
			break
		}
	}
	if len(list) == 0 {
		delete(e.awaits, i.awaits)
	} else {
		e.awaits[i.awaits] = list
	}
}

// land takes the end of a batch: its answers leave, or are decided again.
func (e *entityActor) land(m *landed) {
	at := -1
	for n, f := range e.flights {
		if f == m.flight {
			at = n
			break
		}
	}
	if at < 0 {
		return // of an incarnation before this one
	}
	f := m.flight
	e.flights = append(e.flights[:at:at], e.flights[at+1:]...)
	switch m.result.Outcome {
	case journal.Applied:
		for _, i := range f.items {
			if i.awaits == 0 {
				i.call.finish(i.answer)
			}
		}
		e.committed(f)
	case journal.Unknown:
		e.phase = lost
		for _, i := range f.items {
			e.forget(i)
			i.call.fail(ErrUnknown)
		}
	default:
		e.broken = true
		e.again(f)
	}
	e.settle()
}

// again has everything that rested on a lost batch decided anew.
func (e *entityActor) again(f *flight) {
	for _, i := range f.items {
		e.forget(i)
		switch {
		case i.call.over():
		case i.back != 0:
			e.await(i.call, i.back)
		default:
			e.redo = append(e.redo, i.call)
		}
	}
}

// settle goes on after a flight has ended: reads the state anew once all have ended and one was lost.
func (e *entityActor) settle() {
	switch {
	case !e.broken:
		e.proceed()
	case e.phase == lost:
		if len(e.flights) == 0 {
			e.end(ErrNotHere)
		}
	case e.unproposed():
		// flights that wait for room rest on what was lost
		for _, f := range e.flights {
			if !f.proposed {
				e.again(f)
			}
		}
		keep := e.flights[:0]
		for _, f := range e.flights {
			if f.proposed {
				keep = append(keep, f)
			}
		}
		e.flights = keep
		e.settle()
	case len(e.flights) == 0:
		e.lease.node.metrics.reloads.Inc()
		e.reload()
	}
}

func (e *entityActor) unproposed() bool {
	for _, f := range e.flights {
		if !f.proposed {
			return true
		}
	}
	return false
}
