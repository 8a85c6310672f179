package session

import (
	"context"
	"encoding/json"
	"slices"

	"parley/engine/entity"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/gateway/command"
	"parley/gateway/protocol"
	"parley/gateway/wire"

	"errors"
)

// helloMost is how many of a customer's conversations a hello tells, and how many cursors it takes.
const (
	helloMost  = 20
	resumeMost = 200
)

// hello reads the first frame and answers it. It may block: the session reads nothing meanwhile.
func (s *Session) hello(data []byte) {
	defer close(s.ready)
	var r protocol.Request
	if err := protocol.Decode(data, &r); err != nil {
		s.bad(command.Unreadable(err))
		return
	}
	if r.Cmd != "hello" || r.ID == 0 {
		s.answer(r.ID, nil, protocol.NewError(protocol.HelloFirst))
		s.end(protocol.CloseBroken)
		return
	}
	if err := s.welcome(&r); err != nil {
		s.answer(r.ID, nil, err)
		s.end(closeOf(err))
	}
}

// closeOf is the close code of a hello that was refused.
func closeOf(e *protocol.Error) int {
	switch e.Row().Do {
	case protocol.SignIn:
		return protocol.CloseSignIn
	case protocol.Stop:
		return protocol.CloseForbidden
	case protocol.Retry:
		return protocol.CloseDraining
	default:
		return protocol.CloseBroken
	}
}

func (s *Session) welcome(r *protocol.Request) *protocol.Error {
	var h protocol.Hello
	if err := decodeBody(r.Body, &h); err != nil {
		return err
	}
	if len(h.Resume) > resumeMost {
		return protocol.NewError(protocol.Invalid).With("field", "resume")
	}
	ctx, cancel := s.ctx()
	defer cancel()
	switch h.Role {
	case "customer":
		return s.customer(ctx, r.ID, &h)
	case "agent":
		return s.agent(ctx, r.ID, &h)
	default:
		return protocol.NewError(protocol.Invalid).With("field", "role")
	}
}

func decodeBody(raw json.RawMessage, v any) *protocol.Error {
	if len(raw) == 0 {
		raw = json.RawMessage("{}")
	}
	if err := protocol.Decode(raw, v); err != nil {
		return command.Unreadable(err)
	}
	return nil
}

// begin makes the session somebody's.
func (s *Session) begin(c command.Caller, role string) {
	c.Session = s.id
	s.caller.Store(&c)
	s.server.metrics.sessions.WithLabelValues("new").Dec()
	s.server.metrics.sessions.WithLabelValues(role).Inc()
}

func (s *Session) helloOK(self protocol.Self) *protocol.HelloOK {
	l := &s.server.Limits
	return &protocol.HelloOK{
		Now: s.now().UnixMilli(), Session: s.id.String(), Self: self,
		Limits: protocol.Limits{Text: l.Text, FileBytes: l.FileBytes, Files: l.Files, PingMS: l.Ping.Milliseconds(), FrameBytes: l.Frame},
	}
}

// customer signs a customer in, with all of its conversations.
func (s *Session) customer(ctx context.Context, re uint64, h *protocol.Hello) *protocol.Error {
	caller, err := s.server.Auth.Visitor(h.Inbox, h.Secret)
	if err != nil {
		return err
	}
	c := s.server.Env.Backend.Config()
	inbox := c.Inbox(caller.Inbox)
	if !s.server.originOf(s, inbox.GetOrigins()) {
		return protocol.NewError(protocol.OriginRefused)
	}
	card, err := s.card(ctx, caller.Own())
	if err != nil {
		return err
	}
	views, err := s.own(ctx, card, h.Resume)
	if err != nil {
		return err
	}
	ok := s.helloOK(protocol.Self{ID: id.Format(id.Contact, caller.ID), Name: card.Name, Role: "customer"})
	ok.Inbox = wire.Inbox(inbox, c)
	s.begin(caller, "customer")
	from := s.cursors(h.Resume, views, ok)
	for _, v := range views {
		if len(ok.Conversations) < helloMost {
			n := command.Numbers{Backend: s.server.Env.Backend, View: v}
			ok.Conversations = append(ok.Conversations, wire.Conv(v, c, func(seq uint64) uint64 { return n.Pub(ctx, seq) }))
		}
	}
	s.answer(re, ok, nil)
	for _, v := range views {
		ref := id.Ref{Kind: id.Conversation, ID: id.FromBytes(v.Id)}
		s.follow(ref.ID, from[ref.ID], false)
		if v.Status != conv.Status_CLOSED {
			s.connect(ref)
		}
	}
	s.listen(caller.Own(), card)
	return nil
}

// card reads the contact; one that never began a conversation does not exist yet, and is empty.
func (s *Session) card(ctx context.Context, ref id.Ref) (*ctc.View, *protocol.Error) {
	m, err := s.server.Env.Backend.View(ctx, ref)
	switch {
	case errors.Is(err, entity.ErrUnknownEntity):
		return &ctc.View{}, nil
	case err != nil:
		return nil, command.Fault(err)
	}
	v, _ := m.(*ctc.View)
	return v, nil
}

// own reads a customer's conversations, newest first: the newest ones, and those it wants to resume.
func (s *Session) own(ctx context.Context, card *ctc.View, resume []protocol.Cursor) ([]*conv.View, *protocol.Error) {
	var out []*conv.View
	for i, line := range slices.Backward(card.GetConversations()) {
		c := id.FromBytes(line.Conversation)
		wanted := len(card.Conversations)-i <= helloMost || slices.ContainsFunc(resume, func(r protocol.Cursor) bool {
			return r.Conv == id.Format(id.Conversation, c)
		})
		if !wanted {
			continue
		}
		m, err := s.server.Env.Backend.View(ctx, id.Ref{Kind: id.Conversation, ID: c})
		if err != nil {
			if bad := command.Fault(err); bad.Row().Do == protocol.Retry {
				return nil, bad
			}
			continue // being started at this moment, of which the contact's events tell; or stopped, which the others are not
		}
		if v, ok := m.(*conv.View); ok {
			out = append(out, v)
		}
	}
	return out, nil
}

// cursors says for each conversation from where it goes on, and writes down what becomes of the client's cursors. A
// conversation that is not the customer's is too old, like one that never was.
func (s *Session) cursors(resume []protocol.Cursor, views []*conv.View, ok *protocol.HelloOK) map[id.ID]uint64 {
	from := make(map[id.ID]uint64, len(views))
	for _, v := range views {
		from[id.FromBytes(v.Id)] = s.last(v)
	}
	for _, r := range resume {
		c, err := id.Parse(id.Conversation, r.Conv)
		end, known := from[c]
		if err != nil || !known || r.Seq > end || end-r.Seq > s.server.Limits.TooOld {
			s.server.metrics.resumes.WithLabelValues("too_old").Inc()
			ok.Resumed = append(ok.Resumed, protocol.Resumed{Conv: r.Conv, TooOld: true})
			continue
		}
		from[c] = r.Seq
		s.server.metrics.resumes.WithLabelValues("resumed").Inc()
		ok.Resumed = append(ok.Resumed, protocol.Resumed{Conv: r.Conv, Seq: r.Seq})
	}
	return from
}

// last is the present end of a conversation in the session's numbers.
func (s *Session) last(v *conv.View) uint64 {
	if s.caller.Load().Role == command.Customer {
		return v.Pub
	}
	return v.Seq
}

// agent signs an agent in.
func (s *Session) agent(ctx context.Context, re uint64, h *protocol.Hello) *protocol.Error {
	caller, err := s.server.Auth.Token(ctx, h.Token)
	if err != nil {
		return err
	}
	if !s.server.originOf(s, nil) {
		return protocol.NewError(protocol.OriginRefused)
	}
	var views []*conv.View
	for _, r := range h.Resume {
		c, bad := id.Parse(id.Conversation, r.Conv)
		if bad != nil {
			continue
		}
		if m, err := s.server.Env.Backend.View(ctx, id.Ref{Kind: id.Conversation, ID: c}); err == nil {
			if v, ok := m.(*conv.View); ok {
				views = append(views, v)
			}
		} else if bad := command.Fault(err); bad.Row().Do == protocol.Retry {
			return bad // else it is unknown, or stopped: too old for the client
		}
	}
	c := s.server.Env.Backend.Config()
	self := wire.Person(c.Agent(caller.ID))
	ok := s.helloOK(protocol.Self(self))
	ok.Centre = wire.Centre(c)
	s.begin(caller, "agent")
	from := s.cursors(h.Resume, views, ok)
	s.answer(re, ok, nil)
	for _, v := range views {
		s.resume(id.FromBytes(v.Id), from[id.FromBytes(v.Id)])
	}
	s.connect(caller.Own())
	s.listen(caller.Own(), nil)
	return nil
}
