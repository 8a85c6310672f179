package wire

import (
	"encoding/hex"

	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/protocol"
)

// Public writes an event for customers. False: it is none of theirs, which its public number alone decides.
// A public kind that this gateway does not know, or that was erased, becomes "other" and keeps its number.
func Public(s *Scope, e *event.Event) (protocol.PublicEvent, bool) {
	if e.Pub == 0 {
		return protocol.PublicEvent{}, false
	}
	ev, body := publicBody(s, e)
	return protocol.PublicEvent{Ev: ev, Conv: id.Format(id.Conversation, s.Conv), Seq: e.Pub, At: e.At.UnixMilli(), Body: body}, true
}

func publicBody(s *Scope, e *event.Event) (string, protocol.PublicBody) {
	m, _ := e.Body.(*conv.Event)
	switch b := m.GetBody().(type) {
	case *conv.Event_Started:
		return "started", started(s, b.Started)
	case *conv.Event_Posted:
		if b.Posted.Note { // never numbered for customers; if it ever were, this is the last door
			return "other", protocol.PublicNothing{}
		}
		return "message", message(s, e, b.Posted)
	case *conv.Event_Assigned:
		return "assigned", protocol.PublicAssigned{Agent: s.agent(b.Assigned.Agent), How: how(b.Assigned.How)}
	case *conv.Event_Unassigned:
		return "unassigned", protocol.PublicNothing{}
	case *conv.Event_Resolved:
		r := b.Resolved
		return "resolved", protocol.PublicResolved{By: closeReasons[r.By], Survey: r.Survey, CloseAt: r.CloseAt}
	case *conv.Event_Reopened:
		return "reopened", protocol.PublicReopened{ByCustomer: b.Reopened.ByCustomer}
	case *conv.Event_Closed:
		return "closed", protocol.PublicClosed{Reason: closeReasons[b.Closed.Reason], Survey: b.Closed.Survey}
	case *conv.Event_Rated:
		return "rated", protocol.PublicRated{Score: scores[b.Rated.Score], Comment: b.Rated.Comment}
	default:
		return "other", protocol.PublicNothing{}
	}
}

func started(s *Scope, b *conv.Started) protocol.PublicStarted {
	return protocol.PublicStarted{
		Number: b.Number, Queue: s.queue(b.Queue), Name: b.Name, Greeting: b.Greeting,
		Previous: id.Format(id.Conversation, id.FromBytes(b.Previous)),
	}
}

func message(s *Scope, e *event.Event, b *conv.Posted) protocol.PublicMessage {
	return protocol.PublicMessage{From: Who(s, e.By), Text: b.Text, Files: files(b.Attachments), Key: protocol.FormatKey(e.Key)}
}

// Who writes who did something.
func Who(s *Scope, w event.Who) protocol.Who {
	switch w.Kind {
	case event.Actor_CUSTOMER:
		return protocol.Who{Kind: "customer", ID: id.Format(id.Contact, w.ID), Name: s.Customer}
	case event.Actor_AGENT:
		return protocol.Who{Kind: "agent", ID: id.Format(id.Agent, w.ID), Name: s.AgentName(w.ID)}
	case event.Actor_ENTITY: // a contact's start, carried out by its conversation, is the customer's own line
		return protocol.Who{Kind: "customer", ID: id.Format(id.Contact, s.Contact), Name: s.Customer}
	default:
		return protocol.Who{Kind: "system"}
	}
}

func files(as []*conv.Attachment) []protocol.File {
	var out []protocol.File
	for _, a := range as {
		out = append(out, protocol.File{Hash: hex.EncodeToString(a.Hash), Name: a.Name, Size: a.Size, Type: a.Type, Width: a.Width, Height: a.Height})
	}
	return out
}
