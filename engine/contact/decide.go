// Package contact decides a customer's card and the start of conversations: one open per contact and inbox.
package contact

import (
	"slices"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/ctc"
	"parley/engine/msg/idn"
)

// identityOfEmail is the purpose under which the cluster derives the identity of a normalised address. Frozen.
const identityOfEmail = "identity:email"

// Decide judges a command or a verdict. It reads only.
//
// Errors: the sentinels of this package, what conversation.CheckPost returns, entity.ErrForbidden, entity.ErrInvalid,
// entity.ErrUnknownEntity, entity.ErrUnknownCommand.
func (s *State) Decide(in entity.Input, env *entity.Env) (entity.Outcome, error) {
	if in.Wake {
		return entity.Outcome{}, nil
	}
	if in.Answered != nil {
		return s.verdict(in.Answered, env)
	}
	cmd, ok := in.Body.(*ctc.Command)
	if !ok {
		return entity.Outcome{}, entity.ErrUnknownCommand
	}
	if s.since == 0 && cmd.GetStart() == nil {
		return entity.Outcome{}, entity.ErrUnknownEntity
	}
	switch c := cmd.Body.(type) {
	case *ctc.Command_Start:
		return s.start(c.Start, in, env)
	case *ctc.Command_Ended:
		return s.ended(id.FromBytes(c.Ended.Conversation), in)
	case *ctc.Command_Update:
		return s.update(c.Update, in, env)
	case *ctc.Command_SameAs:
		if in.By.Kind != event.Actor_ENTITY {
			return entity.Outcome{}, entity.ErrForbidden
		}
		return s.maybeSame(c.SameAs.Contacts, env), nil
	}
	return entity.Outcome{}, entity.ErrUnknownCommand
}

// ended lets the next conversation of that inbox start.
func (s *State) ended(conversation id.ID, in entity.Input) (entity.Outcome, error) {
	if in.By.Kind != event.Actor_ENTITY {
		return entity.Outcome{}, entity.ErrForbidden
	}
	l := s.line(conversation)
	if l == nil || l.Ended {
		return entity.Outcome{}, nil
	}
	return wrote(endedEvent(conversation)), nil
}

// update is an agent's edit of the card; an empty field stays as it is.
//
// Errors: ErrNameInvalid, ErrEmailInvalid, entity.ErrForbidden.
func (s *State) update(c *ctc.Update, in entity.Input, env *entity.Env) (entity.Outcome, error) {
	if a := env.Config.Agent(in.By.ID); !in.By.IsAgent() || a == nil || a.Deactivated {
		return entity.Outcome{}, entity.ErrForbidden
	}
	name, email, err := clean(c.Name, c.Email)
	if err != nil {
		return entity.Outcome{}, err
	}
	name, email = s.news(name, email)
	if name == "" && email == "" {
		return entity.Outcome{}, nil
	}
	out := wrote(&ctc.Event{Body: &ctc.Event_Updated{Updated: &ctc.Updated{Name: name, Email: email}}})
	link(&out, email, env)
	return out, nil
}

// maybeSame notes other cards with the e-mail typed here: a hint for agents, never a proof.
func (s *State) maybeSame(contacts [][]byte, env *entity.Env) entity.Outcome {
	var fresh [][]byte
	for _, b := range contacts {
		c := id.FromBytes(b)
		known := c.IsZero() || c == env.Self.ID || slices.Contains(s.same, c) ||
			slices.ContainsFunc(fresh, func(f []byte) bool { return id.FromBytes(f) == c })
		if !known && len(s.same)+len(fresh) < maxSame {
			fresh = append(fresh, b)
		}
	}
	if len(fresh) == 0 {
		return entity.Outcome{}
	}
	return wrote(&ctc.Event{Body: &ctc.Event_MaybeSame{MaybeSame: &ctc.MaybeSame{Contacts: fresh}}})
}

// link tells the identity of an e-mail that this card gave it. The identity's id is derived, so two nodes never make two.
func link(out *entity.Outcome, email string, env *entity.Env) {
	if email == "" {
		return
	}
	target := id.Ref{Kind: id.Identity, ID: env.Derive(identityOfEmail, []byte(email))}
	out.Effects = append(out.Effects, entity.Send{Target: target, Subject: env.Self.ID,
		Body: &idn.Command{Body: &idn.Command_Link{Link: &idn.Link{Contact: env.Self.ID.Bytes()}}}})
}

func clean(name, email string) (string, string, error) {
	name, err := cleanName(name)
	if err != nil {
		return "", "", err
	}
	email, err = NormaliseEmail(email)
	return name, email, err
}

// news returns what differs from the card, empty = unchanged.
func (s *State) news(name, email string) (string, string) {
	if name == s.name {
		name = ""
	}
	if email == s.email {
		email = ""
	}
	return name, email
}

func wrote(events ...*ctc.Event) (out entity.Outcome) {
	for _, e := range events {
		out.Events = append(out.Events, entity.New{Body: e})
	}
	return out
}

func endedEvent(conversation id.ID) *ctc.Event {
	return &ctc.Event{Body: &ctc.Event_ConversationEnded{ConversationEnded: &ctc.ConversationEnded{Conversation: conversation.Bytes()}}}
}
