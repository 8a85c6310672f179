package session

import (
	"context"
	"io"
	"time"

	"parley/engine/id"
	"parley/gateway/command"
	"parley/gateway/protocol"
)

// readAll reads one frame; the library's limit bounds it.
func readAll(r io.Reader) ([]byte, error) {
	buf := make([]byte, 0, 512)
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
	}
}

// frame works off one frame, in the session's lane.
func (s *Session) frame(data []byte) {
	if s.ended.Load() || s.caller.Load() == nil {
		return
	}
	var r protocol.Request
	if err := protocol.Decode(data, &r); err != nil {
		s.server.metrics.refused.WithLabelValues("broken").Inc()
		s.bad(command.Unreadable(err))
		return
	}
	now := s.now()
	if wait, ok := s.frames.Take(now, float64(s.server.Limits.Commands), 2*s.server.Limits.Commands); !ok && !s.loopback {
		s.server.metrics.refused.WithLabelValues("rate").Inc()
		s.answer(r.ID, nil, protocol.NewError(protocol.RateLimited).After(wait))
		return
	}
	c := command.Find(r.Cmd)
	if c == nil {
		s.answer(r.ID, nil, protocol.NewError(protocol.UnknownCommand))
		return
	}
	if r.ID == 0 && c.Kind != command.Tells {
		s.bad(protocol.NewError(protocol.Invalid).With("field", "id"))
		return
	}
	s.request(&r, c, now)
}

// request judges and carries out a command.
func (s *Session) request(r *protocol.Request, c *command.Command, now time.Time) {
	done := func(ok any, err *protocol.Error) {
		result := "ok"
		if err != nil {
			result = err.Code
		}
		s.server.metrics.answered(c.Name, result, s.now().Sub(now))
		if err != nil && r.ID == 0 {
			return // volatile, and nobody asked
		}
		s.answer(r.ID, ok, err)
	}
	key, bad := protocol.ParseKey(r.Key)
	if bad != nil {
		done(nil, protocol.NewError(protocol.Invalid).With("field", "key"))
		return
	}
	if !s.refreshed() {
		return
	}
	x := s.exec(key)
	body, err := c.Admit(x, r.Body)
	if err == nil {
		err = s.paced(c, now)
	}
	switch {
	case err != nil:
		done(nil, err)
	case c.Kind == command.Sessions || c.Blocks(body):
		s.aside(func(ctx context.Context) {
			if c.Kind == command.Sessions {
				s.arrange(ctx, x, c, body, done)
				return
			}
			c.Run(ctx, x, body, s.after(c, body, done))
		}, done)
	default:
		c.Run(s.server.ctx, x, body, s.after(c, body, done))
	}
}

// aside runs what may block on a goroutine of its own, a few per session.
func (s *Session) aside(run func(context.Context), done command.Done) {
	if int(s.reading.Add(1)) > s.server.Limits.Reading {
		s.reading.Add(-1)
		done(nil, protocol.NewError(protocol.Busy).After(meEvery))
		return
	}
	go func() {
		defer s.reading.Add(-1)
		ctx, cancel := s.ctx()
		defer cancel()
		run(ctx)
	}()
}

// paced keeps a customer to a pace of messages.
func (s *Session) paced(c *command.Command, now time.Time) *protocol.Error {
	if s.loopback || c.Kind != command.Asks || s.caller.Load().Role != command.Customer {
		return nil
	}
	if c.Name == "start" {
		if wait, ok := s.server.Starts.Take(s.addr, now); !ok {
			s.server.metrics.refused.WithLabelValues("starts").Inc()
			return protocol.NewError(protocol.RateLimited).After(wait)
		}
	}
	wait, ok := s.messages.Take(now, s.server.Limits.Messages, s.server.Limits.Burst)
	if !ok {
		s.server.metrics.refused.WithLabelValues("rate").Inc()
		return protocol.NewError(protocol.RateLimited).After(wait)
	}
	return nil
}

// refreshed takes over what the configuration says of an agent now; false: it says, or the token's end, that the session
// must end.
func (s *Session) refreshed() bool {
	caller := s.caller.Load()
	if caller.Role == command.Customer {
		return true
	}
	c := s.server.Env.Backend.Config().Agent(caller.ID)
	if c == nil || c.Deactivated || caller.Ended(s.now()) {
		s.bye("signed_out", protocol.CloseSignIn, 0)
		return false
	}
	if role := roleOf(c); role != caller.Role {
		n := *caller
		n.Role = role
		s.caller.Store(&n)
	}
	return true
}

func (s *Session) exec(key id.ID) *command.Exec {
	return &command.Exec{Env: s.server.Env, Caller: s.caller.Load(), Key: key, Talk: s.talk}
}

// after is what a session does with an answer before the client has it: a conversation that a customer has just begun is
// followed from its beginning.
func (s *Session) after(c *command.Command, _ any, done command.Done) command.Done {
	if c.Name != "start" && c.Name != "send" || s.caller.Load().Role != command.Customer {
		return done
	}
	return func(ok any, err *protocol.Error) {
		done(ok, err)
		switch a := ok.(type) {
		case *protocol.StartOK:
			go s.begun(a.Conv, true)
		case *protocol.SendOK:
			if a.Moved != nil {
				go s.begun(a.Moved.Conv, false)
			}
		}
	}
}

// begun follows a conversation that this session has begun. Its start carried the session; a message to a closed
// conversation did not.
func (s *Session) begun(name string, knows bool) {
	c, err := id.Parse(id.Conversation, name)
	if err != nil {
		return
	}
	ref := id.Ref{Kind: id.Conversation, ID: c}
	s.parts.Lock()
	if s.parts.over {
		s.parts.Unlock()
		return
	}
	s.parts.started[c] = true
	ear := s.parts.ear
	s.parts.Unlock()
	switch {
	case ear == nil:
	case ear.Gone():
		s.parts.Lock()
		if !s.parts.over {
			s.parts.ear = s.server.Hub.Listen(s.caller.Load().Own(), s.wake)
		}
		s.parts.Unlock()
		ear.Close()
	default:
		ear.Born() // the contact may not have existed before
	}
	if knows {
		s.alive(ref)
	}
	s.follow(c, 0, false)
	s.connect(ref)
}
