package conversation

import (
	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
)

// start begins a conversation with its first message in the queue, in one batch (T2). The same start again, a repeat of
// the contact's effect, gets the same answer.
//
// Errors: what CheckPost returns, ErrUnknownInbox, entity.ErrForbidden, entity.ErrInvalid.
func (d *draft) start(c *conv.Start) error {
	contact := idOf(c.Contact)
	if d.seq > 0 {
		if d.contact != contact {
			return entity.ErrForbidden
		}
		d.out.Reply = d.startReply()
		return nil
	}
	inbox, err := d.checkStart(c)
	if err != nil {
		return err
	}
	q := d.env.Config.Queue(idOf(c.Queue))
	style := c.Style
	if style == centre.Style_STYLE_UNSET {
		style = inbox.GetStyle()
	}
	greeting := q.GetGreeting()
	if greeting == "" {
		greeting = inbox.GetGreeting()
	}
	by, key := event.Customer(contact), idOf(c.Key)
	d.emitAs(&conv.Event{Body: &conv.Event_Started{Started: &conv.Started{
		Contact: c.Contact, Inbox: c.Inbox, Queue: c.Queue, Style: style, Name: c.Name, Email: c.Email, Page: c.Page,
		Previous: c.Previous, Number: d.env.Number(), Greeting: greeting, Session: c.Session, Key: c.Key, Language: c.Language,
	}}}, by, id.ID{})
	d.emitAs(posted(c.Message), by, key)
	d.enqueue(wait{})
	d.out.Reply = d.startReply()
	return nil
}

func (d *draft) checkStart(c *conv.Start) (*centre.Inbox, error) {
	if d.in.By.IsCustomer() || d.in.By.IsAgent() {
		return nil, entity.ErrForbidden
	}
	if err := CheckPost(c.Message); err != nil {
		return nil, err
	}
	if idOf(c.Contact).IsZero() || c.Message.Note || !short(c.Page, maxPage) {
		return nil, entity.ErrInvalid
	}
	inbox := d.env.Config.Inbox(idOf(c.Inbox))
	if inbox == nil || d.env.Config.Queue(idOf(c.Queue)) == nil {
		return nil, ErrUnknownInbox
	}
	return inbox, nil
}

// startReply is the same whenever it is asked: the first message is always the second event.
func (d *draft) startReply() *conv.Reply {
	return &conv.Reply{Conversation: d.env.Self.ID.Bytes(), Number: d.number, Seq: 2, Pub: 2, At: d.startedAt}
}

func posted(p *conv.Post) *conv.Event {
	return &conv.Event{Body: &conv.Event_Posted{Posted: &conv.Posted{Text: p.GetText(), Attachments: p.GetAttachments(), Note: p.GetNote()}}}
}
