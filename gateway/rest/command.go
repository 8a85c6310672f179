package rest

import (
	"context"
	"errors"
	"io"
	"net/http"

	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/command"
	"parley/gateway/protocol"
	"parley/gateway/session"
)

// command adds a row of the table.
func (a *API) command(c *command.Command) {
	a.operation(a.about(c), func(w http.ResponseWriter, r *http.Request) *protocol.Error { return a.run(c, w, r) })
}

func (a *API) run(c *command.Command, w http.ResponseWriter, r *http.Request) *protocol.Error {
	ctx, cancel := context.WithTimeout(r.Context(), readWait)
	defer cancel()
	caller, err := a.caller(r.WithContext(ctx))
	if err != nil {
		return err
	}
	key, bad := protocol.ParseKey(r.Header.Get("Idempotency-Key"))
	if bad != nil {
		return protocol.NewError(protocol.Invalid).With("field", "key")
	}
	raw, err := a.body(w, r)
	if err != nil {
		return err
	}
	x := &command.Exec{Env: a.Env, Caller: &caller, Key: key, Talk: a.talk(ctx, &caller)}
	body, err := c.Admit(x, raw)
	if err == nil {
		err = a.paced(c, &caller, r)
	}
	if err != nil {
		return err
	}
	type result struct {
		ok  any
		err *protocol.Error
	}
	done := make(chan result, 1)
	c.Run(ctx, x, body, func(ok any, err *protocol.Error) { done <- result{ok, err} })
	select {
	case got := <-done:
		if got.err == nil {
			a.ok(w, got.ok)
		}
		return got.err
	case <-ctx.Done():
		return command.Fault(ctx.Err())
	}
}

// body reads a request's body up to the limit of frames.
func (a *API) body(w http.ResponseWriter, r *http.Request) ([]byte, *protocol.Error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(a.Limits.Frame)))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, protocol.NewError(protocol.TooLarge).With("limit", a.Limits.Frame)
	case err != nil:
		return nil, protocol.NewError(protocol.BadJSON)
	}
	return raw, nil
}

// paced holds a caller to the same pace as over a WebSocket.
func (a *API) paced(c *command.Command, caller *command.Caller, r *http.Request) *protocol.Error {
	addr, loopback := session.AddressOf(r.RemoteAddr)
	if loopback {
		return nil
	}
	now := a.Env.Now()
	wait, ok := a.commands.Take(caller.ID, now)
	if ok && c.Kind == command.Asks && caller.Role == command.Customer {
		wait, ok = a.messages.Take(caller.ID, now)
	}
	if ok && c.Name == "start" {
		wait, ok = a.Starts.Take(addr, now)
	}
	if !ok {
		return protocol.NewError(protocol.RateLimited).After(wait)
	}
	return nil
}

// talk finds a conversation for a volatile command by reading it: over REST nobody follows anything.
func (a *API) talk(ctx context.Context, caller *command.Caller) func(id.ID) command.Talk {
	return func(c id.ID) command.Talk {
		m, err := a.Env.Backend.View(ctx, id.Ref{Kind: id.Conversation, ID: c})
		v, ok := m.(*conv.View)
		if err != nil || !ok || caller.Role == command.Customer && id.FromBytes(v.Contact) != caller.ID {
			return nil
		}
		return &talk{ctx: ctx, view: v, api: a}
	}
}

type talk struct {
	ctx  context.Context
	view *conv.View
	api  *API
}

func (t *talk) numbers() command.Numbers {
	return command.Numbers{Backend: t.api.Env.Backend, View: t.view}
}

// Contact implements command.Talk.
func (t *talk) Contact() id.ID { return id.FromBytes(t.view.Contact) }

// Peek implements command.Talk.
func (t *talk) Peek() bool {
	return t.api.Env.Backend.Config().Inbox(id.FromBytes(t.view.Inbox)).GetPeek()
}

// Seq implements command.Talk.
func (t *talk) Seq(pub uint64) uint64 { return t.numbers().Seq(t.ctx, pub) }

// Pub implements command.Talk.
func (t *talk) Pub(seq uint64) uint64 { return t.numbers().Pub(t.ctx, seq) }
