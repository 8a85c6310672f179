package actors

import (
	"sync/atomic"
	"time"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

// class says how overload treats a call. Client commands get busy at three quarters of a bound, so that overload never
// starves its own cure; effects, reads and wake-ups may use the rest; verdicts on effects are never refused.
type class uint8

const (
	classClient class = iota + 1
	classInner
	classResult
)

// call is one thing an entity is asked: a command, an effect, a verdict, a wake-up, or a read. It is answered exactly once.
type call struct {
	class  class
	target id.Ref
	in     entity.Input
	hash   uint64                                           // of the body, with a client's key
	read   func(m entity.Machine, seq uint64) event.Message // a grounded read: decides nothing
	mark   *mark                                            // raises marks: decides nothing, writes at leisure
	due    time.Time                                        // the caller waits until then, zero = for ever
	done   func(Answer)
	ended  atomic.Bool
	marked bool // verdicts: the batch that decided it marks the effect as finished
}

// finish answers the call unless it was answered before.
func (c *call) finish(a Answer) {
	if c.ended.CompareAndSwap(false, true) && c.done != nil {
		c.done(a)
	}
}

// fail answers with one of the sentinels.
func (c *call) fail(err error) {
	a := Answer{Err: err}
	if err == ErrBusy {
		a.RetryAfter = busyFor
	}
	c.finish(a)
}

// busyFor is what a caller is asked to wait on overload.
const busyFor = 100 * time.Millisecond

// over reports whether the caller has its answer already: a deadline passed.
func (c *call) over() bool { return c.ended.Load() }

// bound is how much of a queue of the given length the class may fill.
func (k class) bound(limit int) int {
	if k == classClient {
		return limit * 3 / 4
	}
	return limit
}

// IgnoreDeadLetterLogging keeps protoactor from printing calls, which hold text of conversations.
func (c *call) IgnoreDeadLetterLogging() {}
