package contact

import (
	"bytes"
	"cmp"
	"slices"

	"parley/engine/centre"
	"parley/engine/conversation"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/engine/msg/idn"
)

// start begins a conversation: the customer's wish, or that of a closed conversation whose customer wrote on (T18), which
// only that conversation can express. The answer waits for the conversation's verdict. The same key again asks the same
// conversation again, which answers the same.
//
// Errors: ErrOpen with the open one, ErrNameRequired, ErrEmailRequired, ErrNameInvalid, ErrEmailInvalid, ErrUnknownInbox,
// what conversation.CheckPost returns, entity.ErrForbidden, entity.ErrInvalid; then what the conversation refuses.
func (s *State) start(c *ctc.Start, in entity.Input, env *entity.Env) (entity.Outcome, error) {
	after, key := id.FromBytes(c.After), id.FromBytes(c.Key)
	if err := mayStart(in, after, env); err != nil {
		return entity.Outcome{}, err
	}
	inbox, err := checkStart(c, key, env)
	if err != nil {
		return entity.Outcome{}, err
	}
	name, email, err := clean(c.Name, c.Email)
	if err != nil {
		return entity.Outcome{}, err
	}
	if i := slices.IndexFunc(s.lines, func(l *ctc.Line) bool { return id.FromBytes(l.Key) == key }); i >= 0 {
		return s.ask(entity.Outcome{}, id.FromBytes(s.lines[i].Conversation), name, email, inbox, c, env), nil
	}
	open := slices.IndexFunc(s.lines, func(l *ctc.Line) bool {
		return !l.Ended && bytes.Equal(l.Inbox, c.Inbox) && id.FromBytes(l.Conversation) != after
	})
	switch {
	case open >= 0:
		return entity.Outcome{}, ErrOpen.With(&ctc.Reply{Conversation: s.lines[open].Conversation})
	case inbox.Anonymous || !after.IsZero():
	case name == "" && s.name == "":
		return entity.Outcome{}, ErrNameRequired
	case email == "" && s.email == "":
		return entity.Outcome{}, ErrEmailRequired
	}
	return s.begin(c, after, name, email, inbox, env), nil
}

// begin writes the start down before the conversation hears of it.
func (s *State) begin(c *ctc.Start, after id.ID, name, email string, inbox *centre.Inbox, env *entity.Env) entity.Outcome {
	var out entity.Outcome
	if l := s.line(after); l != nil && !l.Ended {
		out = wrote(endedEvent(after)) // it says so itself, its own word of it may still be on the way
	}
	conversation := env.NewID()
	newName, newEmail := s.news(name, email)
	out.Events = append(out.Events, entity.New{Body: &ctc.Event{Body: &ctc.Event_Starting{Starting: &ctc.Starting{
		Conversation: conversation.Bytes(), Inbox: c.Inbox, Key: c.Key, Name: newName, Email: newEmail,
		Effect: env.NextEffect, After: c.After,
	}}}})
	out = s.ask(out, conversation, name, email, inbox, c, env)
	link(&out, newEmail, env)
	return out
}

// ask sends the start to the conversation, for whose verdict the answer waits.
func (s *State) ask(out entity.Outcome, conversation id.ID, name, email string, inbox *centre.Inbox, c *ctc.Start, env *entity.Env) entity.Outcome {
	out.Await = env.NextEffect + uint64(len(out.Effects))
	out.Effects = append(out.Effects, entity.Send{
		Target: id.Ref{Kind: id.Conversation, ID: conversation}, Subject: conversation,
		Body: &conv.Command{Body: &conv.Command_Start{Start: &conv.Start{
			Contact: env.Self.ID.Bytes(), Inbox: c.Inbox, Queue: inbox.Queue, Style: inbox.Style,
			Name: cmp.Or(name, s.name), Email: cmp.Or(email, s.email), Page: c.Page, Previous: c.After,
			Message: c.Message, Key: c.Key, Session: c.Session, Language: c.Language,
		}}},
	})
	return out
}

// mayStart: the customer for themselves, or a conversation after itself, which speaks to its own contact only.
func mayStart(in entity.Input, after id.ID, env *entity.Env) error {
	switch {
	case in.By.IsCustomer() && in.By.ID == env.Self.ID && after.IsZero():
		return nil
	case in.By.Kind == event.Actor_ENTITY && in.By.ID == after:
		return nil
	}
	return entity.ErrForbidden
}

func checkStart(c *ctc.Start, key id.ID, env *entity.Env) (*centre.Inbox, error) {
	if err := conversation.CheckPost(c.Message); err != nil {
		return nil, err
	}
	if key.IsZero() || c.Message.Note || len(c.Page) > maxPageBytes || len(c.Language) > maxLanguage {
		return nil, entity.ErrInvalid
	}
	inbox := env.Config.Inbox(id.FromBytes(c.Inbox))
	if inbox == nil || env.Config.Queue(id.FromBytes(inbox.Queue)) == nil {
		return nil, ErrUnknownInbox
	}
	return inbox, nil
}

// Bounds of what a start carries beside the message; the conversation judges the page itself.
const (
	maxPageBytes = 8_000
	maxLanguage  = 35 // the longest registered language tag
)

// verdict is the answer to a start or a link. Only a real refusal takes the line off the card: a start that was parked
// goes on when an operator retries it.
func (s *State) verdict(a *entity.Answered, env *entity.Env) (entity.Outcome, error) {
	switch a.Effect.Body.(type) {
	case *conv.Command:
		return s.started(a), nil
	case *idn.Command:
		var r idn.Reply
		if a.Code != "" || r.UnmarshalVT(a.Reply) != nil {
			return entity.Outcome{}, nil
		}
		return s.maybeSame(r.Contacts, env), nil
	}
	return entity.Outcome{}, nil
}

func (s *State) started(a *entity.Answered) entity.Outcome {
	conversation := a.Effect.Target.ID
	switch {
	case a.Code == entity.CodeParked:
		return entity.Outcome{}
	case a.Code != "" && s.line(conversation) == nil:
		return entity.Outcome{}
	case a.Code != "":
		return wrote(&ctc.Event{Body: &ctc.Event_StartRefused{StartRefused: &ctc.StartRefused{
			Conversation: conversation.Bytes(), Code: string(a.Code)}}})
	}
	var r conv.Reply
	if r.UnmarshalVT(a.Reply) != nil {
		return entity.Outcome{}
	}
	return entity.Outcome{Reply: &ctc.Reply{Conversation: conversation.Bytes(), Number: r.Number, Pub: r.Pub, Seq: r.Seq, At: r.At}}
}
