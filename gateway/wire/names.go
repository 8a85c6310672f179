// Package wire writes what the engine keeps in the words of the protocol: events, rows, cards.
package wire

import (
	"parley/engine/centre"
	"parley/engine/id"
	"parley/gateway/protocol"
)

// Scope is what a translation needs beside the event itself: whose conversation it is, and the names of the centre.
type Scope struct {
	Conv     id.ID
	Contact  id.ID
	Customer string // name of the customer, empty = anonymous
	Config   *centre.Config
}

// AgentName names an agent; one that the configuration does not know (yet) has no name.
func (s *Scope) AgentName(agent id.ID) string { return s.Config.Agent(agent).GetName() }

func (s *Scope) agent(b []byte) protocol.Named {
	a := id.FromBytes(b)
	return protocol.Named{ID: id.Format(id.Agent, a), Name: s.AgentName(a)}
}

func (s *Scope) agentOrNone(b []byte) *protocol.Named {
	if len(b) == 0 {
		return nil
	}
	n := s.agent(b)
	return &n
}

func (s *Scope) queue(b []byte) protocol.Named {
	q := id.FromBytes(b)
	return protocol.Named{ID: id.Format(id.Queue, q), Name: s.Config.Queue(q).GetName()}
}
