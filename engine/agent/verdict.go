package agent

import (
	"parley/engine/entity"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/que"
)

// answered takes the verdict on an effect. A parked one decides nothing: its reservation stays and is asked about again.
func (m *Machine) answered(a *entity.Answered, env *entity.Env) entity.Outcome {
	o := m.begin(env)
	cmd, ok := a.Effect.Body.(*conv.Command)
	if !ok || a.Code == entity.CodeParked {
		return o.Outcome
	}
	reply := &conv.Reply{}
	if err := reply.UnmarshalVT(a.Reply); err != nil {
		reply = &conv.Reply{} // says nothing: the code decides
	}
	switch c := cmd.Body.(type) {
	case *conv.Command_Offer:
		m.offerAnswered(o, c.Offer, a.Code, reply)
	case *conv.Command_Holds:
		m.holdsAnswered(o, c.Holds, a.Code, reply)
	}
	return o.Outcome
}

// offerAnswered frees a reservation whose offer the conversation refused, a confirmed one too: a refusal is for ever, and
// a late copy of Reserve after the release may have been confirmed by a late answer about the first one (found by the
// explorer). When it waits no longer, the queue is told:
// it may have kept a ghost. One that asked by name has an n the queue never saw, higher than the attempt that may still
// wait there: to remove it would strand the conversation. One that took the offer confirms or releases by itself.
func (m *Machine) offerAnswered(o *outcome, c *conv.Offer, code entity.Code, reply *conv.Reply) {
	row := m.reservations[id.FromBytes(c.R)]
	if code == "" || row == nil {
		return
	}
	m.free(o, row, agt.ReleaseWhy_VOID)
	queue := id.FromBytes(row.Queue)
	if row.ByName || queue.IsZero() || !reply.Void && code != entity.ErrUnknownEntity.Code {
		return
	}
	o.Effects = append(o.Effects, entity.Send{
		Target:  id.Ref{Kind: id.Queue, ID: queue},
		Subject: id.FromBytes(row.Conversation),
		Body: &que.Command{Body: &que.Command_Remove{Remove: &que.Remove{
			Conversation: row.Conversation, N: row.N, Why: que.LeftWhy_VOID}}},
	})
}

// holdsAnswered settles a reservation nobody confirmed. The conversation wrote a "no" down before it said so, and
// refuses an offer of this reservation that comes later.
func (m *Machine) holdsAnswered(o *outcome, c *conv.Holds, code entity.Code, reply *conv.Reply) {
	row := m.reservations[id.FromBytes(c.R)]
	switch {
	case row == nil || row.Confirmed:
	case code == "" && reply.Held:
		o.event(&agt.Event{Body: &agt.Event_Confirmed{Confirmed: &agt.Confirmed{R: c.R}}})
	default:
		m.free(o, row, agt.ReleaseWhy_VOID)
	}
}
