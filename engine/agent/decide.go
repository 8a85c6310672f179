package agent

import (
	"time"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

// Decide judges one input. Errors: the refusals of errors.go and those every entity shares.
func (m *Machine) Decide(in entity.Input, env *entity.Env) (entity.Outcome, error) {
	switch {
	case in.Answered != nil:
		return m.answered(in.Answered, env), nil
	case in.Wake:
		return m.wake(env), nil
	}
	cmd, ok := in.Body.(*agt.Command)
	if !ok {
		return entity.Outcome{}, entity.ErrUnknownCommand
	}
	if m.head.Version == 0 && env.Config.Agent(env.Self.ID) == nil {
		return entity.Outcome{}, entity.ErrUnknownEntity
	}
	if err := m.may(in.By, cmd, env); err != nil {
		return entity.Outcome{}, err
	}
	switch c := cmd.Body.(type) {
	case *agt.Command_Reserve:
		return m.reserve(c.Reserve, in.By, env)
	case *agt.Command_Confirm:
		return m.confirm(c.Confirm)
	case *agt.Command_Release:
		return m.release(c.Release, env)
	case *agt.Command_SetPresence:
		return m.setPresence(c.SetPresence, env)
	case *agt.Command_Connected:
		return m.connected(c.Connected, env)
	case *agt.Command_Disconnected:
		return m.disconnected(c.Disconnected, env)
	case *agt.Command_SignOut:
		return m.signOut(c.SignOut, env)
	case *agt.Command_IssueLink:
		return m.issueLink(c.IssueLink, env)
	case *agt.Command_RedeemLink:
		return m.redeemLink(c.RedeemLink, env)
	case *agt.Command_OpenToken:
		return m.openToken(c.OpenToken, env)
	case *agt.Command_CloseToken:
		return m.closeToken(c.CloseToken)
	case *agt.Command_SetPassword:
		return m.setPassword(c.SetPassword)
	default:
		return entity.Outcome{}, entity.ErrUnknownCommand
	}
}

// may keeps customers away from agents, and agents from each other's presence and from reservations, which only
// entities and the distributor make. The gateway's command table says the rest.
func (m *Machine) may(by event.Who, cmd *agt.Command, env *entity.Env) error {
	switch by.Kind {
	case event.Actor_CUSTOMER, event.Actor_BOT:
		return entity.ErrForbidden
	case event.Actor_AGENT:
	default:
		return nil
	}
	if env.Config.IsAdministrator(by.ID) {
		return nil
	}
	switch cmd.Body.(type) {
	case *agt.Command_Reserve, *agt.Command_Confirm, *agt.Command_Release, *agt.Command_IssueLink:
		return entity.ErrForbidden
	}
	if by.ID != env.Self.ID {
		return entity.ErrForbidden
	}
	return nil
}

// outcome gathers what a decision leads to, in order.
type outcome struct {
	m   *Machine
	env *entity.Env
	entity.Outcome
}

func (m *Machine) begin(env *entity.Env) *outcome { return &outcome{m: m, env: env} }

func (o *outcome) event(body *agt.Event) { o.Events = append(o.Events, entity.New{Body: body}) }

// send adds an effect for the conversation of a reservation; its subject is the reservation, so that offer, withdrawal
// and question about one keep their order and never wait for another one's.
func (o *outcome) send(row *agt.Reservation, body *conv.Command) {
	o.Effects = append(o.Effects, entity.Send{
		Target:  id.Ref{Kind: id.Conversation, ID: id.FromBytes(row.Conversation)},
		Subject: id.FromBytes(row.R),
		Body:    body,
	})
}

// answer ends the decision with the agent's state as it will be after the events.
func (o *outcome) answer(granted bool) entity.Outcome {
	r := o.m.reply(len(o.Events))
	r.Granted = granted
	o.Reply = r
	return o.Outcome
}

func (m *Machine) reply(events int) *agt.Reply {
	return &agt.Reply{Version: m.head.Version + uint64(events), Presence: m.head.Presence, Reason: m.head.Reason}
}

// wake does whatever is due.
func (m *Machine) wake(env *entity.Env) entity.Outcome {
	o := m.begin(env)
	now := env.Now.UnixMilli()
	switch {
	case env.Config.Agent(env.Self.ID).GetDeactivated(): // known and deactivated: an empty copy of the configuration signs nobody out
		if m.head.Presence != agt.Presence_OFFLINE {
			m.offline(o, true)
		}
		m.closeTokens(o)
		if len(o.Events) > 0 {
			return o.Outcome
		}
	case m.head.GraceUntil > 0 && m.head.GraceUntil <= now:
		m.offline(o, false)
		return o.Outcome
	}
	for _, r := range sortedKeys(m.reservations) {
		row := m.reservations[r]
		if row.Confirmed || row.Until > now {
			continue
		}
		o.event(&agt.Event{Body: &agt.Event_Asked{Asked: &agt.Asked{R: row.R, Again: now + askAgain.Milliseconds()}}})
		o.send(row, &conv.Command{Body: &conv.Command_Holds{Holds: &conv.Holds{R: row.R, Agent: env.Self.ID.Bytes()}}})
	}
	return o.Outcome
}

// askAgain is when a question that found no answer is put again: after its effect was parked.
const askAgain = 75 * time.Second

func (m *Machine) deactivated(env *entity.Env) bool {
	a := env.Config.Agent(env.Self.ID)
	return a == nil || a.Deactivated
}
