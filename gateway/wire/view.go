package wire

import (
	"parley/engine/centre"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/protocol"
)

// ScopeOf is the scope of a conversation's events.
func ScopeOf(v *conv.View, c *centre.Config) *Scope {
	return &Scope{Conv: id.FromBytes(v.Id), Contact: id.FromBytes(v.Contact), Customer: v.Name, Config: c}
}

// Row writes a conversation for an agent. Customer marks are public numbers in the view: toSeq translates them.
func Row(v *conv.View, c *centre.Config, self id.ID, toSeq func(pub uint64) uint64) protocol.Row {
	s := ScopeOf(v, c)
	r := protocol.Row{
		Conv: id.Format(id.Conversation, s.Conv), Number: v.Number, Status: Status(v.Status), Route: protocol.Word(v.Route.String()),
		Activity: protocol.Word(v.Activity.String()), Contact: id.Format(id.Contact, s.Contact), Inbox: id.Format(id.Inbox, id.FromBytes(v.Inbox)),
		Queue: s.queue(v.Queue), Name: v.Name, Email: v.Email, Page: v.Page, Language: v.Language, Owner: s.agentOrNone(v.Agent),
		Seq: v.Seq, StartedAt: v.StartedAt, QueuedAt: v.QueuedAt, AssignedAt: v.AssignedAt, EndedAt: v.EndedAt,
		UnansweredSince: v.UnansweredSince, Last: last(v), CustomerOnline: v.CustomerConnected, Score: scores[v.Score], Comment: v.Comment,
		CloseReason: closeReasons[v.CloseReason], Previous: id.Format(id.Conversation, id.FromBytes(v.Previous)),
		Peek: c.Inbox(id.FromBytes(v.Inbox)).GetPeek(),
	}
	if v.Route == conv.Route_OFFERED {
		r.OfferedTo, r.Offer, r.OfferUntil = s.agentOrNone(v.OfferedTo), protocol.FormatOffer(id.FromBytes(v.R)), v.OfferUntil
	}
	of := v.Marks.GetOf()
	if m := of[CustomerMark]; m != nil {
		r.Delivered, r.Seen = toSeq(m.Delivered), toSeq(m.Seen)
	}
	if m := of[self.String()]; m != nil {
		r.MySeen = m.Seen
	}
	return r
}

// CustomerMark is the customer's name among the marks of a conversation; agents stand under their identifier.
const CustomerMark = "c"

// Conv writes a conversation for its customer. Agents' marks are seqs in the view: toPub translates them.
func Conv(v *conv.View, c *centre.Config, toPub func(seq uint64) uint64) protocol.Conv {
	s := ScopeOf(v, c)
	out := protocol.Conv{
		Conv: id.Format(id.Conversation, s.Conv), Number: v.Number, Status: Status(v.Status), Seq: v.Pub, StartedAt: v.StartedAt,
		EndedAt: v.EndedAt, Survey: v.Survey, Score: scores[v.Score], Last: last(v), Agent: s.agentOrNone(v.Agent),
	}
	var delivered, seen uint64
	for name, m := range v.Marks.GetOf() {
		if name == CustomerMark {
			out.Unread = v.Pub - min(v.Pub, m.Seen)
			continue
		}
		delivered, seen = max(delivered, m.Delivered), max(seen, m.Seen)
	}
	out.Delivered, out.Seen = toPub(delivered), toPub(seen)
	return out
}

// Status spells a status.
func Status(s conv.Status) string { return protocol.Word(s.String()) }

func last(v *conv.View) *protocol.Line {
	if v.Last == nil {
		return nil
	}
	from := "agent"
	if v.LastByCustomer {
		from = "customer"
	}
	text := v.Last.Text
	if text == "" && len(v.Last.Attachments) > 0 {
		text = v.Last.Attachments[0].Name
	}
	return &protocol.Line{Text: text, At: v.LastAt, From: from}
}

// Inbox writes an entry point for the loader and the widget.
func Inbox(b *centre.Inbox, c *centre.Config) *protocol.Inbox {
	return &protocol.Inbox{
		ID: id.Format(id.Inbox, id.FromBytes(b.Id)), Name: b.Name, Anonymous: b.Anonymous, Peek: b.Peek, Rating: b.Rating,
		Brand: b.Brand, Centre: c.Settings.GetName(),
	}
}
