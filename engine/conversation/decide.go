// Package conversation decides messages, status, offer, owner and the talk's deadlines of one conversation.
package conversation

import (
	"parley/engine/entity"
	"parley/engine/msg/conv"
)

// Decide judges a command, a verdict or a wake-up. It reads only.
//
// Errors: the sentinels of this package, entity.ErrUnknownEntity (also for a customer it does not belong to: a stranger
// does not learn that it exists), entity.ErrUnknownCommand, entity.ErrForbidden, entity.ErrInvalid.
func (s *State) Decide(in entity.Input, env *entity.Env) (entity.Outcome, error) {
	d := s.draft(in, env)
	err := d.decide()
	if err != nil {
		return entity.Outcome{}, err
	}
	return d.out, nil
}

func (d *draft) decide() error {
	switch {
	case d.in.Wake:
		d.wake()
		return nil
	case d.in.Answered != nil:
		return d.verdict(d.in.Answered)
	}
	cmd, ok := d.in.Body.(*conv.Command)
	if !ok || cmd.GetBody() == nil {
		return entity.ErrUnknownCommand
	}
	if start := cmd.GetStart(); start != nil {
		return d.start(start)
	}
	switch {
	case d.seq == 0:
		return entity.ErrUnknownEntity
	case d.in.By.IsCustomer():
		return d.customer(cmd)
	case d.in.By.IsAgent():
		return d.agent(cmd)
	}
	return d.effect(cmd)
}

// customer judges what the customer may do.
func (d *draft) customer(cmd *conv.Command) error {
	if d.in.By.ID != d.contact {
		return entity.ErrUnknownEntity
	}
	switch c := cmd.Body.(type) {
	case *conv.Command_Post:
		return d.customerPost(c.Post)
	case *conv.Command_End:
		return d.end()
	case *conv.Command_Rate:
		return d.rate(c.Rate)
	case *conv.Command_Connected:
		return d.connected(c.Connected)
	case *conv.Command_Disconnected:
		return d.disconnected(c.Disconnected)
	}
	return entity.ErrForbidden
}

// agent judges what people of the centre may do.
func (d *draft) agent(cmd *conv.Command) error {
	who, err := d.agentInput()
	if err != nil {
		return err
	}
	switch c := cmd.Body.(type) {
	case *conv.Command_Post:
		return d.agentPost(who, c.Post)
	case *conv.Command_Accept:
		return d.accept(idOf(c.Accept.R))
	case *conv.Command_Decline:
		return d.decline(idOf(c.Decline.R))
	case *conv.Command_Resolve:
		return d.resolve(who)
	case *conv.Command_Reopen:
		return d.reopen(who)
	case *conv.Command_Assign:
		return d.assign(who, c.Assign)
	case *conv.Command_Unassign:
		return d.unassign(who)
	}
	return entity.ErrForbidden
}

// effect judges what other entities and the cluster itself say. Presence of the customer's sessions may come from a
// gateway that died: the shard speaks for it.
func (d *draft) effect(cmd *conv.Command) error {
	switch c := cmd.Body.(type) {
	case *conv.Command_Offer:
		return d.offer(c.Offer)
	case *conv.Command_Holds:
		return d.holds(idOf(c.Holds.R))
	case *conv.Command_Withdraw:
		return d.withdraw(idOf(c.Withdraw.R), idOf(c.Withdraw.Agent))
	case *conv.Command_AgentGone:
		return d.agentGone(c.AgentGone)
	case *conv.Command_Connected:
		return d.connected(c.Connected)
	case *conv.Command_Disconnected:
		return d.disconnected(c.Disconnected)
	}
	return entity.ErrForbidden
}
