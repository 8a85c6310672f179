package command

import (
	"context"
	"errors"
	"strings"
	"time"

	"parley/actors"
	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/gateway/protocol"
)

// retryAfter is how long a client waits before it repeats a command of unknown outcome.
const retryAfter = 500 * time.Millisecond

var faults = []struct {
	err  error
	code string
	wait time.Duration // 0 = not a matter of time
}{
	{actors.ErrBusy, protocol.Busy, retryAfter},
	{actors.ErrNotHere, protocol.Busy, retryAfter},
	{actors.ErrUnknown, protocol.Unknown, retryAfter},
	{actors.ErrInternal, protocol.Internal, 0},
	{actors.ErrQuarantined, protocol.Quarantined, 0},
	{actors.ErrDiskFull, protocol.DiskFull, 5 * time.Second},
	{actors.ErrKeyReused, protocol.KeyReused, 0},
	{actors.ErrStopped, protocol.Draining, retryAfter},
	{context.DeadlineExceeded, protocol.Unknown, retryAfter},
	{context.Canceled, protocol.Unknown, retryAfter},
}

// Fault turns what the backend says into what a client is told. Anything it does not know is internal.
func Fault(err error) *protocol.Error {
	var refusal *entity.Refusal
	if errors.As(err, &refusal) {
		return protocol.NewError(string(refusal.Code))
	}
	for _, f := range faults {
		if errors.Is(err, f.err) {
			e := protocol.NewError(f.code)
			if f.wait > 0 {
				e = e.After(f.wait)
			}
			return e
		}
	}
	return protocol.NewError(protocol.Internal)
}

// refused turns a refusal into what the caller is told: the row of the table, and what stood in the way.
func (x *Exec) refused(a *actors.Answer) *protocol.Error {
	code := string(a.Refusal.Code)
	if code == "taken" {
		code = protocol.OfferTaken
	}
	if code == protocol.Forbidden && x.Caller.Role == Customer {
		code = protocol.NotFound // whether a foreign conversation exists is nobody's business
	}
	e := protocol.NewError(code)
	if d := a.Refusal.Detail; code == protocol.Invalid && d != "" && !strings.Contains(d, " ") {
		e = e.With("field", d)
	}
	switch r := reply(a).(type) {
	case *conv.Reply:
		if agent := id.FromBytes(r.Agent); !agent.IsZero() {
			return taken(e, agent, x.Backend.Config())
		}
	case *ctc.Reply:
		if c := id.FromBytes(r.Conversation); !c.IsZero() {
			return e.With("conv", id.Format(id.Conversation, c)).With("number", r.Number)
		}
	}
	return e
}

// reply is what a refusal tells, wherever the backend put it.
func reply(a *actors.Answer) any {
	if a.Reply != nil {
		return a.Reply
	}
	return a.Refusal.Reply
}

// taken names who has it.
func taken(e *protocol.Error, agent id.ID, c *centre.Config) *protocol.Error {
	name := c.Agent(agent).GetName()
	if (e.Code == protocol.OfferTaken || e.Code == "offer_lapsed") && name != "" {
		e = e.Say("Taken by %s", name)
	}
	return e.With("agent", id.Format(id.Agent, agent)).With("name", name)
}

func invalid(field string) *protocol.Error {
	return protocol.NewError(protocol.Invalid).With("field", field)
}
