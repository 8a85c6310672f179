package actors

import (
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
)

// mailbox wraps protoactor's lock-free mailbox: calls are bounded and overload is answered, nothing else is refused, and
// what is still queued when the actor has stopped is answered too. It stands between the mailbox and its actor.
type mailbox struct {
	actor.Mailbox
	invoker actor.MessageInvoker
	limit   int
	depth   atomic.Int32
	stopped atomic.Bool
}

var newLockfree = actor.UnboundedLockfree()

func newMailbox(limit int) *mailbox { return &mailbox{Mailbox: newLockfree(), limit: limit} }

// PostUserMessage refuses a call at its bound.
func (m *mailbox) PostUserMessage(message any) {
	if c, ok := message.(*call); ok && c.class != classResult {
		if int(m.depth.Add(1)) > c.class.bound(m.limit) {
			m.depth.Add(-1)
			c.fail(ErrBusy)
			return
		}
	}
	m.Mailbox.PostUserMessage(message)
}

// RegisterHandlers puts the wrapper between mailbox and actor.
func (m *mailbox) RegisterHandlers(invoker actor.MessageInvoker, d actor.Dispatcher) {
	m.invoker = invoker
	m.Mailbox.RegisterHandlers(m, d)
}

// InvokeUserMessage hands a message to the actor, or answers for one that has stopped.
func (m *mailbox) InvokeUserMessage(message any) {
	if c, ok := message.(*call); ok && c.class != classResult {
		m.depth.Add(-1)
	}
	if m.stopped.Load() {
		undelivered(message)
		return
	}
	m.invoker.InvokeUserMessage(message)
}

// InvokeSystemMessage and EscalateFailure pass on.
func (m *mailbox) InvokeSystemMessage(message any) { m.invoker.InvokeSystemMessage(message) }

// EscalateFailure passes on.
func (m *mailbox) EscalateFailure(reason, message any) { m.invoker.EscalateFailure(reason, message) }

// orphan is a message that must not vanish when its actor is gone.
type orphan interface{ orphaned() }

// undelivered ends a message nobody will handle.
func undelivered(message any) {
	if o, ok := message.(orphan); ok {
		o.orphaned()
	}
}

func (c *call) orphaned() { c.fail(ErrNotHere) }
