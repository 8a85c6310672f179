package queue

import (
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/que"
	"parley/engine/routing"
)

// Decide judges one input. Errors: ErrGone and the refusals every entity shares.
func (m *Machine) Decide(in entity.Input, env *entity.Env) (entity.Outcome, error) {
	if in.Answered != nil || in.Wake {
		return entity.Outcome{}, nil
	}
	cmd, ok := in.Body.(*que.Command)
	if !ok {
		return entity.Outcome{}, entity.ErrUnknownCommand
	}
	if in.By.Kind == event.Actor_CUSTOMER || in.By.Kind == event.Actor_AGENT || in.By.Kind == event.Actor_BOT {
		return entity.Outcome{}, entity.ErrForbidden
	}
	switch c := cmd.Body.(type) {
	case *que.Command_Enqueue:
		return m.enqueue(c.Enqueue, env)
	case *que.Command_Remove:
		return m.remove(c.Remove)
	case *que.Command_Offered:
		return m.offered(c.Offered)
	default:
		return entity.Outcome{}, entity.ErrUnknownCommand
	}
}

// enqueue lets a conversation wait in an attempt, instead of any earlier one. An attempt that is known already, or that
// has left, changes nothing: the answer tells where the conversation stands.
func (m *Machine) enqueue(c *que.Enqueue, env *entity.Env) (entity.Outcome, error) {
	conversation := id.FromBytes(c.Conversation)
	if conversation.IsZero() || c.N == 0 || c.Rank == nil || c.ExcludeMs < 0 {
		return entity.Outcome{}, entity.ErrInvalid
	}
	old := m.waiting[conversation]
	if c.N <= m.left[conversation] || old != nil && c.N <= old.row.N {
		return entity.Outcome{Reply: &que.Reply{Position: int32(m.Position(conversation))}}, nil
	}
	if env.Config.Queue(env.Self.ID) == nil {
		return entity.Outcome{}, ErrGone
	}
	position := m.line.Rank(&entry{rank: routing.RankOf(conversation, c.Rank)}) + 1
	if old != nil && old.rank.Compare(routing.RankOf(conversation, c.Rank)) < 0 {
		position--
	}
	return entity.Outcome{
		Events: []entity.New{{Body: &que.Event{Body: &que.Event_Waiting{Waiting: &que.Waiting{
			Conversation: c.Conversation, N: c.N, Rank: c.Rank, Exclude: m.exclude(old, c, env), Prefer: prefer(old, c)}}}}},
		Reply: &que.Reply{Position: int32(position)},
	}, nil
}

// prefer is who is asked before all others: kept over the attempts of one wait.
func prefer(old *entry, c *que.Enqueue) []byte {
	if len(c.Prefer) == 0 && old != nil {
		return old.row.Prefer
	}
	return c.Prefer
}

// exclude lists who is passed over: those of the earlier attempt whose time is not over, and the one who let it go now.
func (m *Machine) exclude(old *entry, c *que.Enqueue, env *entity.Env) []*que.Exclusion {
	var out []*que.Exclusion
	agent, now := id.FromBytes(c.Exclude), env.Now.UnixMilli()
	if old != nil {
		for _, e := range old.row.Exclude {
			if e.Until > now && id.FromBytes(e.Agent) != agent {
				out = append(out, &que.Exclusion{Agent: e.Agent, Until: e.Until})
			}
		}
	}
	if !agent.IsZero() {
		length := c.ExcludeMs
		if length == 0 {
			length = env.Config.Queue(env.Self.ID).ExcludeFor().Milliseconds()
		}
		out = append(out, &que.Exclusion{Agent: c.Exclude, Until: now + length})
	}
	return out[max(0, len(out)-exclusions):]
}

// remove ends waiting in an attempt and every earlier one. What is not here is remembered all the same: its Enqueue may
// come later.
func (m *Machine) remove(c *que.Remove) (entity.Outcome, error) {
	conversation := id.FromBytes(c.Conversation)
	if conversation.IsZero() || c.N == 0 {
		return entity.Outcome{}, entity.ErrInvalid
	}
	e := m.waiting[conversation]
	if c.N <= m.left[conversation] || e != nil && e.row.N > c.N {
		return entity.Outcome{}, nil
	}
	return entity.Outcome{Events: []entity.New{{Body: &que.Event{Body: &que.Event_Left{Left: &que.Left{
		Conversation: c.Conversation, N: c.N, Why: c.Why}}}}}}, nil
}

// offered marks that the conversation's offer is out. A mark for another attempt than the present one is late.
func (m *Machine) offered(c *que.Offered) (entity.Outcome, error) {
	e := m.waiting[id.FromBytes(c.Conversation)]
	r := id.FromBytes(c.R)
	if r.IsZero() {
		return entity.Outcome{}, entity.ErrInvalid
	}
	if e == nil || e.row.N != c.N || id.FromBytes(e.row.R) == r {
		return entity.Outcome{}, nil
	}
	return entity.Outcome{Events: []entity.New{{Body: &que.Event{Body: &que.Event_OfferOut{OfferOut: &que.OfferOut{
		Conversation: c.Conversation, N: c.N, R: c.R, Agent: c.Agent}}}}}}, nil
}
