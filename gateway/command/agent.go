package command

import (
	"context"

	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/gateway/protocol"
	"parley/gateway/wire"
)

// agents are the commands of agents to conversations and to themselves.
var agents = []*Command{
	withFiles(ask[protocol.Send, protocol.SendOK](Command{Name: "note", From: Agent, Does: "Write a line that customers never see."}, note)),
	ask[protocol.OfOffer, protocol.SeqOK](Command{Name: "accept", From: Agent, Does: "Take an offered conversation."}, accept),
	ask[protocol.OfOffer, protocol.Empty](Command{Name: "decline", From: Agent, Does: "Leave an offered conversation to others."}, decline),
	ask[protocol.OfConv, protocol.Empty](Command{Name: "resolve", From: Agent, Does: "Say that it is done."},
		plain(&conv.Command{Body: &conv.Command_Resolve{Resolve: &conv.Resolve{}}})),
	ask[protocol.OfConv, protocol.Empty](Command{Name: "reopen", From: Agent, Does: "Take a resolved conversation up again."},
		plain(&conv.Command{Body: &conv.Command_Reopen{Reopen: &conv.Reopen{}}})),
	ask[protocol.OfConv, protocol.Empty](Command{Name: "unassign", From: Agent, Does: "Give a conversation back to its queue."},
		plain(&conv.Command{Body: &conv.Command_Unassign{Unassign: &conv.Unassign{}}})),
	ask[protocol.OfConv, protocol.Empty](Command{Name: "pick", From: Agent, Does: "Take a waiting conversation by hand."}, pick),
	ask[protocol.Assign, protocol.Empty](Command{Name: "assign", From: Agent, Does: "Give a conversation to an agent."}, assign),
	ask[protocol.SetPresence, protocol.Empty](Command{Name: "presence", From: Agent, Does: "Choose whether new conversations come."}, presence),
	ask[protocol.SignOut, protocol.Empty](Command{Name: "sign_out", From: Agent, Does: "End this session, or all of one's own."}, signOut),
}

func note(ctx context.Context, x *Exec, b *protocol.Send) (plan, *protocol.Error) {
	return post(ctx, x, b, true)
}

func accept(_ context.Context, _ *Exec, b *protocol.OfOffer) (plan, *protocol.Error) {
	var r reader
	target := r.conv(b.Conv)
	c := &conv.Command{Body: &conv.Command_Accept{Accept: &conv.Accept{R: r.offer(b.Offer)}}}
	return plan{target, c, func(reply event.Message) any {
		a, _ := reply.(*conv.Reply)
		return &protocol.SeqOK{Seq: a.GetSeq()}
	}, nil}, r.err
}

func decline(_ context.Context, _ *Exec, b *protocol.OfOffer) (plan, *protocol.Error) {
	var r reader
	target := r.conv(b.Conv)
	return plan{target, &conv.Command{Body: &conv.Command_Decline{Decline: &conv.Decline{R: r.offer(b.Offer)}}}, nil, nil}, r.err
}

// plain is a command that names a conversation and says nothing more; the message is shared, never written to.
func plain(c *conv.Command) func(context.Context, *Exec, *protocol.OfConv) (plan, *protocol.Error) {
	return func(_ context.Context, _ *Exec, b *protocol.OfConv) (plan, *protocol.Error) {
		var r reader
		return plan{r.conv(b.Conv), c, nil, nil}, r.err
	}
}

// pick is an assignment to oneself (T10).
func pick(_ context.Context, x *Exec, b *protocol.OfConv) (plan, *protocol.Error) {
	var r reader
	c := &conv.Command{Body: &conv.Command_Assign{Assign: &conv.Assign{Agent: x.Caller.ID.Bytes()}}}
	return plan{r.conv(b.Conv), c, nil, nil}, r.err
}

func assign(_ context.Context, _ *Exec, b *protocol.Assign) (plan, *protocol.Error) {
	var r reader
	target := r.conv(b.Conv)
	c := &conv.Assign{Agent: r.idBytes(id.Agent, "agent", b.Agent), Forced: b.Forced}
	return plan{target, &conv.Command{Body: &conv.Command_Assign{Assign: c}}, nil, nil}, r.err
}

func presence(_ context.Context, x *Exec, b *protocol.SetPresence) (plan, *protocol.Error) {
	var r reader
	p, ok := wire.PresenceOf(b.State)
	if !ok {
		r.fail("state")
	}
	c := &agt.SetPresence{Presence: p, Reason: r.most("reason", b.Reason, 200)}
	return plan{x.Caller.Own(), &agt.Command{Body: &agt.Command_SetPresence{SetPresence: c}}, nil, nil}, r.err
}

func signOut(_ context.Context, x *Exec, b *protocol.SignOut) (plan, *protocol.Error) {
	c := &agt.SignOut{TokenHash: x.Caller.TokenHash, All: b.All}
	return plan{x.Caller.Own(), &agt.Command{Body: &agt.Command_SignOut{SignOut: c}}, nil, nil}, nil
}
