package fake

import (
	"bytes"
	"slices"

	"parley/actors"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/cfg"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
)

// Ask implements backend.Backend: it decides at once and answers from the publisher.
func (b *Backend) Ask(a actors.Ask) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, a)
	answer := b.once(a)
	b.work <- func() { a.Done(answer) }
}

// once remembers keys.
func (b *Backend) once(a actors.Ask) actors.Answer {
	if b.fail != nil {
		return actors.Answer{Err: b.fail}
	}
	body, err := a.Body.MarshalVT()
	if err != nil {
		return actors.Answer{Err: actors.ErrInternal}
	}
	if old, ok := b.keys[a.Key]; ok && !a.Key.IsZero() {
		if !sameBody(old.body, body) {
			return actors.Answer{Err: actors.ErrKeyReused}
		}
		return old.answer
	}
	reply, refusal := b.decide(a)
	answer := actors.Answer{Reply: reply, Refusal: refusal}
	if refusal == nil && !a.Key.IsZero() {
		b.keys[a.Key] = answered{body, answer}
	}
	return answer
}

func (b *Backend) decide(a actors.Ask) (event.Message, *entity.Refusal) {
	switch m := a.Body.(type) {
	case *ctc.Command:
		return b.start(a, m.GetStart())
	case *conv.Command:
		return b.converse(a, m)
	case *agt.Command:
		return b.person(a, m)
	case *cfg.Command:
		b.config.Version++
		return &cfg.Reply{Version: b.config.Version}, nil
	}
	return nil, entity.ErrUnknownCommand
}

func (b *Backend) start(a actors.Ask, s *ctc.Start) (event.Message, *entity.Refusal) {
	card := b.contacts[a.Target.ID]
	if card == nil {
		card = &ctc.View{Id: a.Target.ID.Bytes(), Since: b.now().UnixMilli()}
		b.contacts[a.Target.ID] = card
	}
	for _, line := range card.Conversations {
		if !line.Ended {
			c := b.convs[id.FromBytes(line.Conversation)]
			return nil, entity.Refuse("conversation_open", "").With(&ctc.Reply{Conversation: line.Conversation, Number: c.view.Number})
		}
	}
	if s.Name != "" {
		card.Name, card.Email = s.Name, s.Email
	}
	c := b.NewID()
	b.number++
	inbox := b.config.Inbox(id.FromBytes(s.Inbox))
	b.convs[c] = &conversation{view: &conv.View{Id: c.Bytes(), Contact: a.Target.ID.Bytes(), Inbox: s.Inbox, Queue: inbox.GetQueue(), Number: b.number}}
	card.Conversations = append(card.Conversations, &ctc.Line{Conversation: c.Bytes(), Inbox: s.Inbox, At: b.now().UnixMilli()})
	b.append(c, a.By, a.Key, &conv.Event{Body: &conv.Event_Started{Started: &conv.Started{
		Contact: a.Target.ID.Bytes(), Inbox: s.Inbox, Queue: inbox.GetQueue(), Name: card.Name, Email: card.Email, Number: b.number, Page: s.Page,
		Previous: s.After, Greeting: inbox.GetGreeting(),
	}}}, true)
	e := b.append(c, a.By, a.Key, &conv.Event{Body: &conv.Event_Posted{Posted: &conv.Posted{Text: s.Message.Text, Attachments: s.Message.Attachments}}}, true)
	b.append(c, event.System, id.ID{}, &conv.Event{Body: &conv.Event_Queued{Queued: &conv.Queued{N: 1, Queue: inbox.GetQueue(), Rank: &conv.Rank{SinceMs: b.now().UnixMilli()}}}}, false)
	b.tell(a.Target, func(x actors.Sink) {
		x.Events([]event.Event{{Seq: 1, Body: &ctc.Event{Body: &ctc.Event_Starting{Starting: &ctc.Starting{Conversation: c.Bytes()}}}}})
	})
	return &ctc.Reply{Conversation: c.Bytes(), Number: b.number, Pub: e.Pub, Seq: e.Seq, At: e.At.UnixMilli()}, nil
}

func (b *Backend) converse(a actors.Ask, m *conv.Command) (event.Message, *entity.Refusal) {
	x := b.convs[a.Target.ID]
	if x == nil {
		return nil, entity.ErrUnknownEntity
	}
	if a.By.IsCustomer() && !bytes.Equal(x.view.Contact, a.By.ID.Bytes()) {
		return nil, entity.ErrForbidden
	}
	say := func(body *conv.Event, public bool) (event.Message, *entity.Refusal) {
		e := b.append(a.Target.ID, a.By, a.Key, body, public)
		return &conv.Reply{Seq: e.Seq, Pub: e.Pub, At: e.At.UnixMilli()}, nil
	}
	switch c := m.Body.(type) {
	case *conv.Command_Post:
		if x.view.Status == conv.Status_CLOSED && a.By.IsCustomer() {
			return b.moveOn(a, x, c.Post)
		}
		return say(&conv.Event{Body: &conv.Event_Posted{Posted: &conv.Posted{Text: c.Post.Text, Attachments: c.Post.Attachments, Note: c.Post.Note}}}, !c.Post.Note)
	case *conv.Command_Accept:
		if !bytes.Equal(x.view.R, c.Accept.R) || x.view.Route != conv.Route_OFFERED {
			return nil, entity.Refuse("taken", "").With(&conv.Reply{Agent: x.view.Agent})
		}
		return say(&conv.Event{Body: &conv.Event_Assigned{Assigned: &conv.Assigned{R: c.Accept.R, Agent: a.By.ID.Bytes(), How: conv.How_ACCEPTED}}}, true)
	case *conv.Command_Assign:
		return say(&conv.Event{Body: &conv.Event_Assigned{Assigned: &conv.Assigned{Agent: c.Assign.Agent, How: conv.How_BY_HAND, By: a.By.ID.Bytes()}}}, true)
	case *conv.Command_Resolve:
		return say(&conv.Event{Body: &conv.Event_Resolved{Resolved: &conv.Resolved{By: conv.CloseReason_BY_AGENT, Survey: true}}}, true)
	case *conv.Command_End:
		return say(&conv.Event{Body: &conv.Event_Closed{Closed: &conv.Closed{Reason: conv.CloseReason_BY_CUSTOMER}}}, true)
	case *conv.Command_Rate:
		return say(&conv.Event{Body: &conv.Event_Rated{Rated: &conv.Rated{Score: c.Rate.Score, Comment: c.Rate.Comment}}}, true)
	case *conv.Command_Connected:
		return say(&conv.Event{Body: &conv.Event_CustomerConnected{CustomerConnected: &conv.CustomerConnected{Session: c.Connected.Session}}}, false)
	case *conv.Command_Disconnected:
		return say(&conv.Event{Body: &conv.Event_CustomerDisconnected{CustomerDisconnected: &conv.CustomerDisconnected{Session: c.Disconnected.Session, GraceUntil: 1}}}, false)
	case *conv.Command_Decline, *conv.Command_Reopen, *conv.Command_Unassign:
		return nil, nil
	}
	return nil, entity.ErrUnknownCommand
}

// moveOn begins a new conversation for a message to a closed one (T18).
func (b *Backend) moveOn(a actors.Ask, x *conversation, p *conv.Post) (event.Message, *entity.Refusal) {
	for _, line := range b.contacts[a.By.ID].Conversations {
		line.Ended = line.Ended || bytes.Equal(line.Conversation, x.view.Id)
	}
	m, refusal := b.start(actors.Ask{Target: id.Ref{Kind: id.Contact, ID: a.By.ID}, By: a.By, Key: a.Key}, &ctc.Start{
		Inbox: x.view.Inbox, Message: p, After: x.view.Id,
	})
	if refusal != nil {
		return nil, refusal
	}
	r := m.(*ctc.Reply)
	return &conv.Reply{Moved: true, Conversation: r.Conversation, Number: r.Number, Seq: r.Seq, Pub: r.Pub, At: r.At}, nil
}

func (b *Backend) person(a actors.Ask, m *agt.Command) (event.Message, *entity.Refusal) {
	v := b.agents[a.Target.ID]
	if v == nil {
		return nil, entity.ErrUnknownEntity
	}
	token := func(hash []byte, ms int64) {
		v.Tokens = append(v.Tokens, &agt.Token{TokenHash: hash, Until: b.now().UnixMilli() + ms})
	}
	var refusal *entity.Refusal
	b.agent(a.Target.ID, func(v *agt.View) {
		switch c := m.Body.(type) {
		case *agt.Command_SetPresence:
			v.Presence, v.Reason, v.PresenceSince = c.SetPresence.Presence, c.SetPresence.Reason, b.now().UnixMilli()
		case *agt.Command_Connected:
			v.Connected = true
		case *agt.Command_Disconnected:
			v.Connected = false
		case *agt.Command_OpenToken:
			token(c.OpenToken.TokenHash, c.OpenToken.ValidMs)
		case *agt.Command_SetPassword:
			v.Password = c.SetPassword.Encoded
		case *agt.Command_IssueLink:
			b.links[string(c.IssueLink.Hash)] = true
		case *agt.Command_RedeemLink:
			if !b.links[string(c.RedeemLink.Hash)] {
				refusal = entity.Refuse("link_invalid", "")
				return
			}
			delete(b.links, string(c.RedeemLink.Hash))
			token(c.RedeemLink.TokenHash, c.RedeemLink.ValidMs)
		case *agt.Command_SignOut:
			v.Tokens = slices.DeleteFunc(v.Tokens, func(t *agt.Token) bool {
				return c.SignOut.All || bytes.Equal(t.TokenHash, c.SignOut.TokenHash)
			})
		default:
			refusal = entity.ErrUnknownCommand
		}
	})
	return &agt.Reply{}, refusal
}

// Offer offers a conversation to an agent: the reservation, then the offer.
func (b *Backend) Offer(c, agent id.ID) (r id.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r = b.NewID()
	until := b.now().UnixMilli() + 30_000
	b.agent(agent, func(v *agt.View) {
		v.Reservations = append(v.Reservations, &agt.Reservation{R: r.Bytes(), Conversation: c.Bytes(), Since: b.now().UnixMilli(), Until: until + 5000, Weight: 1})
	})
	b.append(c, event.System, id.ID{}, &conv.Event{Body: &conv.Event_Offered{Offered: &conv.Offered{R: r.Bytes(), Agent: agent.Bytes(), N: 1, Until: until}}}, false)
	return r
}
