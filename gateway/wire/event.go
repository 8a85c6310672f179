package wire

import (
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/protocol"
)

// Event writes an event for agents. A kind that this gateway does not know becomes "other" and keeps its seq.
func Event(s *Scope, e *event.Event) protocol.Event {
	ev, body := body(s, e)
	return protocol.Event{Ev: ev, Conv: id.Format(id.Conversation, s.Conv), Seq: e.Seq, At: e.At.UnixMilli(), Body: body}
}

func body(s *Scope, e *event.Event) (string, any) {
	m, _ := e.Body.(*conv.Event)
	switch b := m.GetBody().(type) {
	case *conv.Event_Started:
		st := b.Started
		return "started", protocol.StartedBody{
			PublicStarted: started(s, st), Email: st.Email, Page: st.Page, Language: st.Language,
			Contact: id.Format(id.Contact, id.FromBytes(st.Contact)), Inbox: id.Format(id.Inbox, id.FromBytes(st.Inbox)),
		}
	case *conv.Event_Posted:
		return "message", protocol.MessageBody{PublicMessage: message(s, e, b.Posted), Note: b.Posted.Note}
	case *conv.Event_Assigned:
		a := b.Assigned
		return "assigned", protocol.AssignedBody{
			PublicAssigned: protocol.PublicAssigned{Agent: s.agent(a.Agent), How: how(a.How)}, By: s.agentOrNone(a.By),
		}
	case *conv.Event_Unassigned:
		why := offerEnd(b.Unassigned.Why)
		if b.Unassigned.Why == conv.OfferEnd_OFFER_END_UNSET {
			why = "by_hand"
		}
		return "unassigned", protocol.UnassignedBody{Why: why}
	case *conv.Event_Queued, *conv.Event_Offered, *conv.Event_OfferEnded, *conv.Event_Seeking, *conv.Event_SeekEnded:
		return routing(s, m)
	case *conv.Event_CustomerConnected:
		return "customer_connected", protocol.Empty{}
	case *conv.Event_CustomerDisconnected:
		return "customer_disconnected", protocol.UntilBody{Until: b.CustomerDisconnected.GraceUntil}
	case *conv.Event_CustomerLeft:
		return "customer_left", protocol.Empty{}
	case *conv.Event_ReturnWaits:
		return "return_waits", protocol.UntilBody{Until: b.ReturnWaits.Until}
	default:
		return publicBody(s, e)
	}
}

// routing writes the events that tell where a conversation stands on its way to an agent.
func routing(s *Scope, m *conv.Event) (string, any) {
	switch b := m.Body.(type) {
	case *conv.Event_Queued:
		q := b.Queued
		return "queued", protocol.QueuedBody{N: q.N, Queue: s.queue(q.Queue), Head: q.Rank.GetHead()}
	case *conv.Event_Offered:
		o := b.Offered
		return "offered", protocol.OfferedBody{Offer: protocol.FormatOffer(id.FromBytes(o.R)), Agent: s.agent(o.Agent), Until: o.Until}
	case *conv.Event_OfferEnded:
		o := b.OfferEnded
		return "offer_ended", protocol.OfferEndedBody{Offer: protocol.FormatOffer(id.FromBytes(o.R)), Agent: s.agent(o.Agent), Why: offerEnd(o.Why)}
	case *conv.Event_Seeking:
		k := b.Seeking
		return "seeking", protocol.SeekingBody{Agent: s.agent(k.Agent), By: s.agentOrNone(k.By), Forced: k.Forced, How: how(k.How)}
	case *conv.Event_SeekEnded:
		return "seek_ended", protocol.SeekEndedBody{Code: b.SeekEnded.Code}
	}
	return "other", protocol.PublicNothing{}
}
