package session

import (
	"context"

	"parley/engine/id"
	"parley/gateway/command"
	"parley/gateway/protocol"
)

// openMost is how many conversations beside its own work an agent's session may follow.
const openMost = 50

// arrange carries out the commands that change what a session follows.
func (s *Session) arrange(ctx context.Context, x *command.Exec, c *command.Command, body any, done command.Done) {
	switch b := body.(type) {
	case *protocol.OfConv:
		conversation, err := id.Parse(id.Conversation, b.Conv)
		if err != nil {
			done(nil, protocol.NewError(protocol.Invalid).With("field", "conv"))
			return
		}
		if c.Name == "open" {
			s.open(ctx, x, conversation, done)
			return
		}
		s.closed(conversation)
		done(protocol.Empty{}, nil)
	case *protocol.Watch:
		s.watch(x, c.Name == "watch", b.View, done)
	}
}

// open answers with the row, and follows the conversation from there.
func (s *Session) open(ctx context.Context, x *command.Exec, c id.ID, done command.Done) {
	if s.opened() >= openMost {
		done(nil, protocol.NewError(protocol.RateLimited).Say("Close a conversation first: %d are open.", openMost))
		return
	}
	row, err := x.Row(ctx, c)
	if err != nil {
		done(nil, err)
		return
	}
	done(&protocol.RowOK{Row: row}, nil)
	s.follow(c, row.Seq, true)
}

func (s *Session) opened() (n int) {
	s.parts.Lock()
	defer s.parts.Unlock()
	for _, p := range s.parts.follows {
		if p.opened && !p.cursor {
			n++
		}
	}
	return n
}

// closed gives an opened conversation back: if it is own work it stays, else it goes a little later, like work that ended.
func (s *Session) closed(c id.ID) {
	s.parts.Lock()
	if p := s.parts.follows[c]; p != nil {
		p.opened = false
	}
	s.parts.Unlock()
	s.wake()
}

func (s *Session) watch(x *command.Exec, on bool, view string, done command.Done) {
	board := s.server.Hub.Board()
	switch {
	case view != "queues" && view != "agents":
		done(nil, protocol.NewError(protocol.Invalid).With("field", "view"))
		return
	case view == "agents" && x.Caller.Role < command.Supervisor:
		done(nil, protocol.NewError(protocol.Forbidden))
		return
	}
	done(protocol.Empty{}, nil)
	switch {
	case view == "queues" && on:
		board.WatchQueues(s)
	case view == "queues":
		board.UnwatchQueues(s)
	case on:
		board.WatchAgents(s)
	default:
		board.UnwatchAgents(s)
	}
	if s.ended.Load() { // it left meanwhile
		board.UnwatchQueues(s)
		board.UnwatchAgents(s)
	}
}
