package wire

import (
	"parley/engine/centre"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/gateway/protocol"
)

// Presence words, both ways.
var presences = map[agt.Presence]string{
	agt.Presence_OFFLINE: "offline", agt.Presence_ACCEPTING: "accepting", agt.Presence_NOT_ACCEPTING: "not_accepting",
	agt.Presence_BREAK: "break", agt.Presence_CALL: "call",
}

// PresenceOf reads a presence's word.
func PresenceOf(word string) (agt.Presence, bool) {
	for p, w := range presences {
		if w == word {
			return p, true
		}
	}
	return 0, false
}

var closeReasons = map[conv.CloseReason]string{
	conv.CloseReason_BY_AGENT: "agent", conv.CloseReason_BY_CUSTOMER: "customer", conv.CloseReason_BY_TRIGGER: "trigger",
	conv.CloseReason_BY_TIMER: "timer", conv.CloseReason_ABANDONED: "abandoned", conv.CloseReason_BANNED: "banned",
	conv.CloseReason_TICKET: "ticket", conv.CloseReason_MAX_WAIT: "max_wait",
}

var scores = map[int32]string{1: "bad", 2: "fine", 3: "good"}

// ScoreOf reads a score's word.
func ScoreOf(word string) (int32, bool) {
	for s, w := range scores {
		if w == word {
			return s, true
		}
	}
	return 0, false
}

func offerEnd(why conv.OfferEnd) string {
	if why == conv.OfferEnd_CONVERSATION_ENDED {
		return "ended"
	}
	return protocol.Word(why.String())
}

func how(h conv.How) string { return protocol.Word(h.String()) }

// RoleWord spells an agent's role; an agent without one is an agent.
func RoleWord(r centre.Role) string {
	if r == centre.Role_ROLE_UNSET {
		r = centre.Role_AGENT
	}
	return protocol.Word(r.String())
}
