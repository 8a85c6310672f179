package session

import (
	"errors"
	"time"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/gateway/command"
)

// follow begins to follow a conversation from a cursor, unless it is followed already.
func (s *Session) follow(c id.ID, last uint64, opened bool) { s.keep(c, last, opened, false) }

// resume is follow for a cursor of an agent's hello, which does not say whether the conversation was opened or own work.
func (s *Session) resume(c id.ID, last uint64) { s.keep(c, last, true, true) }

func (s *Session) keep(c id.ID, last uint64, opened, cursor bool) {
	s.parts.Lock()
	defer s.parts.Unlock()
	if s.parts.over {
		return
	}
	if p := s.parts.follows[c]; p != nil {
		if opened {
			p.opened, p.cursor = true, cursor
		}
		p.leave = time.Time{}
		return
	}
	agent := s.caller.Load().Role != command.Customer
	s.parts.follows[c] = &part{follow: s.server.Hub.Follow(c, agent, last, s), opened: opened, cursor: cursor}
}

func (s *Session) unfollow(c id.ID) {
	s.parts.Lock()
	p := s.parts.follows[c]
	delete(s.parts.follows, c)
	s.parts.Unlock()
	if p != nil {
		p.follow.Close()
	}
}

func (s *Session) follows(c id.ID) bool {
	s.parts.Lock()
	defer s.parts.Unlock()
	return s.parts.follows[c] != nil
}

// talk implements command.Exec.Talk.
func (s *Session) talk(c id.ID) command.Talk {
	s.parts.Lock()
	defer s.parts.Unlock()
	if p := s.parts.follows[c]; p != nil {
		return p.follow
	}
	return nil // not a nil *hub.Follow within an interface
}

// connect tells an entity that this session lives.
func (s *Session) connect(ref id.Ref) {
	s.parts.Lock()
	known := s.parts.live[ref] || s.parts.over
	if !known {
		s.parts.live[ref] = true
	}
	s.parts.Unlock()
	if !known {
		s.tell(ref, false, tellTries)
	}
}

// alive marks an entity that knows of the session already: its first message carried it.
func (s *Session) alive(ref id.Ref) {
	s.parts.Lock()
	defer s.parts.Unlock()
	if !s.parts.over {
		s.parts.live[ref] = true
	}
}

// Telling an entity is repeated a few times; afterwards the list of live sessions makes up for it.
const (
	tellTries = 4
	tellAgain = 500 * time.Millisecond
)

func (s *Session) tell(ref id.Ref, gone bool, tries int) {
	caller := s.caller.Load()
	s.server.Env.Backend.Ask(actors.Ask{Target: ref, By: caller.Who(), Body: s.presence(ref, gone), Done: func(a actors.Answer) {
		if a.Err == nil || tries == 0 || errors.Is(a.Err, actors.ErrStopped) || s.server.ctx.Err() != nil {
			return
		}
		time.AfterFunc(tellAgain, func() {
			if gone || !s.ended.Load() {
				s.tell(ref, gone, tries-1)
			}
		})
	}})
}

// presence is the command that says that the session has come or gone.
func (s *Session) presence(ref id.Ref, gone bool) event.Message {
	session := s.id.Bytes()
	switch {
	case ref.Kind == id.Agent && gone:
		return &agt.Command{Body: &agt.Command_Disconnected{Disconnected: &agt.Disconnected{Session: session}}}
	case ref.Kind == id.Agent:
		return &agt.Command{Body: &agt.Command_Connected{Connected: &agt.Connected{Session: session}}}
	case gone:
		return &conv.Command{Body: &conv.Command_Disconnected{Disconnected: &conv.Disconnected{Session: session}}}
	default:
		return &conv.Command{Body: &conv.Command_Connected{Connected: &conv.Connected{Session: session}}}
	}
}

// leave ends everything the session follows and tells who knew of it.
func (s *Session) leave() {
	s.parts.Lock()
	s.parts.over = true
	follows, live, ear := s.parts.follows, s.parts.live, s.parts.ear
	s.parts.follows, s.parts.live, s.parts.ear = nil, nil, nil
	s.parts.Unlock()
	if ear != nil {
		ear.Close()
	}
	s.server.Hub.Board().UnwatchQueues(s)
	s.server.Hub.Board().UnwatchAgents(s)
	for _, p := range follows {
		p.follow.Close()
	}
	for ref := range live {
		s.tell(ref, true, tellTries)
	}
}

// pairs lists who must know that this session lives.
func (s *Session) pairs(into []actors.SessionPair) []actors.SessionPair {
	s.parts.Lock()
	defer s.parts.Unlock()
	for ref := range s.parts.live {
		into = append(into, actors.SessionPair{Entity: ref, Session: s.id})
	}
	return into
}
