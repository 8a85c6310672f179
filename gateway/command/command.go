package command

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/gateway/protocol"
)

// Command is one row of the table.
type Command struct {
	Name   string
	From   Role // least role; Customer means customers, and agents too when Both is set
	Both   bool
	Admin  string // what an administrator may beside it, for the reference page
	Keyed  bool
	Does   string // for the reference page
	Body   reflect.Type
	OK     reflect.Type
	Kind   Kind
	run    func(ctx context.Context, x *Exec, body any, done Done)
	blocks func(body any) bool
}

// Kind says how a command is carried out.
type Kind uint8

// The kinds.
const (
	Asks     Kind = iota // goes to an entity, whose answer comes later
	Reads                // reads, and may block
	Tells                // volatile: told to who is there, no answer unless asked for
	Sessions             // changes what a session follows; carried out by the session, over WebSocket only
)

// Done ends a command, once: ok, or an error.
type Done func(ok any, err *protocol.Error)

// May reports whether a role may use the command at all; whether it may do it to this object is the entity's to judge.
func (c *Command) May(r Role) bool {
	switch {
	case r == Nobody:
		return false
	case r == Customer:
		return c.From == Customer
	case c.From == Customer:
		return c.Both
	default:
		return r >= c.From
	}
}

// keyLife is how long a key is remembered, and keyAhead how far a client's idea of the server's clock may be ahead.
const (
	keyLife  = 24 * time.Hour
	keyAhead = 5 * time.Minute
)

// Admit decodes a command's body and judges everything that needs no entity: role, key, JSON.
func (c *Command) Admit(x *Exec, raw json.RawMessage) (any, *protocol.Error) {
	if !c.May(x.Caller.Role) {
		return nil, protocol.NewError(protocol.Forbidden)
	}
	if err := c.key(x); err != nil {
		return nil, err
	}
	body := reflect.New(c.Body)
	if len(raw) == 0 {
		raw = json.RawMessage("{}")
	}
	if err := protocol.Decode(raw, body.Interface()); err != nil {
		return nil, Unreadable(err)
	}
	return body.Interface(), nil
}

func (c *Command) key(x *Exec) *protocol.Error {
	if !c.Keyed {
		return nil
	}
	now := x.Now()
	switch made := x.Key.Time(); {
	case x.Key.IsZero():
		return protocol.NewError(protocol.KeyMissing)
	case made.Before(now.Add(-keyLife)):
		return protocol.NewError(protocol.KeyTooOld).With("now", now.UnixMilli())
	case made.After(now.Add(keyAhead)):
		return protocol.NewError(protocol.KeyInFuture).With("now", now.UnixMilli())
	}
	return nil
}

// Unreadable is the error of a frame or body that Decode refused.
func Unreadable(err error) *protocol.Error {
	switch {
	case errors.Is(err, protocol.ErrUTF8):
		return protocol.NewError(protocol.BadUTF8)
	case errors.Is(err, protocol.ErrField):
		return protocol.NewError(protocol.UnknownField)
	default:
		return protocol.NewError(protocol.BadJSON)
	}
}

// Blocks reports whether Run may wait for disk, peers or a computation: then it needs a goroutine of its own.
func (c *Command) Blocks(body any) bool {
	return c.Kind == Reads || c.blocks != nil && c.blocks(body)
}

// Run carries an admitted command out. done is called once, perhaps from an actor's goroutine: it must only hand over.
func (c *Command) Run(ctx context.Context, x *Exec, body any, done Done) {
	c.run(ctx, x, body, done)
}

// plan is a command for an entity, and what its reply means to the client.
type plan struct {
	target id.Ref
	body   event.Message
	ok     func(reply event.Message) any
	// then says what is still to be done before the client hears of it, nil for nothing; it may block. Nil itself: nothing.
	then func(reply event.Message) func() *protocol.Error
}

// finish ends a command whose entity has said yes.
func (p *plan) finish(reply event.Message, done Done) {
	var ok any = protocol.Empty{}
	if p.ok != nil {
		ok = p.ok(reply)
	}
	if p.then != nil {
		if rest := p.then(reply); rest != nil {
			go func() {
				if err := rest(); err != nil {
					done(nil, err)
					return
				}
				done(ok, nil)
			}()
			return
		}
	}
	done(ok, nil)
}

// ask makes a row that goes to an entity.
func ask[B, O any](c Command, make func(ctx context.Context, x *Exec, b *B) (plan, *protocol.Error)) *Command {
	c.Kind, c.Keyed, c.Body, c.OK = Asks, true, reflect.TypeFor[B](), reflect.TypeFor[O]()
	c.run = func(ctx context.Context, x *Exec, body any, done Done) {
		p, err := make(ctx, x, body.(*B))
		if err != nil {
			done(nil, err)
			return
		}
		x.Backend.Ask(actors.Ask{Target: p.target, By: x.Caller.Who(), Key: x.Key, Body: p.body, Done: func(a actors.Answer) {
			switch {
			case a.Refusal != nil:
				done(nil, x.refused(&a))
			case a.Err != nil:
				e := Fault(a.Err)
				if a.RetryAfter > 0 {
					e = e.After(a.RetryAfter)
				}
				done(nil, e)
			default:
				p.finish(a.Reply, done)
			}
		}})
	}
	return &c
}

// read makes a row that reads.
func read[B, O any](c Command, do func(ctx context.Context, x *Exec, b *B) (*O, *protocol.Error)) *Command {
	c.Kind, c.Body, c.OK = Reads, reflect.TypeFor[B](), reflect.TypeFor[O]()
	c.run = func(ctx context.Context, x *Exec, body any, done Done) {
		ok, err := do(ctx, x, body.(*B))
		if err != nil {
			done(nil, err)
			return
		}
		done(ok, nil)
	}
	return &c
}

// tell makes a volatile row.
func tell[B any](c Command, do func(x *Exec, b *B) *protocol.Error) *Command {
	c.Kind, c.Body, c.OK = Tells, reflect.TypeFor[B](), reflect.TypeFor[protocol.Empty]()
	c.run = func(_ context.Context, x *Exec, body any, done Done) {
		if err := do(x, body.(*B)); err != nil {
			done(nil, err)
			return
		}
		done(protocol.Empty{}, nil)
	}
	return &c
}

// session makes a row that the session carries out.
func session[B, O any](c Command) *Command {
	c.Kind, c.Body, c.OK = Sessions, reflect.TypeFor[B](), reflect.TypeFor[O]()
	return &c
}
