package conversation_test

import (
	"fmt"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/engine/msg/que"
)

var session = name("session")

func say(text string) *conv.Command {
	return &conv.Command{Body: &conv.Command_Post{Post: &conv.Post{Text: text}}}
}

func note(text string) *conv.Command {
	return &conv.Command{Body: &conv.Command_Post{Post: &conv.Post{Text: text, Note: true}}}
}

func start(style centre.Style) *conv.Command {
	return &conv.Command{Body: &conv.Command_Start{Start: &conv.Start{
		Contact: contact.Bytes(), Inbox: inbox.Bytes(), Queue: support.Bytes(), Style: style, Name: "Cy", Email: "cy@example.org",
		Page: "https://shop.example/boots", Message: &conv.Post{Text: "Where is my order?"}, Key: name("first").Bytes(), Session: session.Bytes(), Language: "en",
	}}}
}

func offer(r, agent id.ID, n uint64) *conv.Command {
	return &conv.Command{Body: &conv.Command_Offer{Offer: &conv.Offer{R: r.Bytes(), Agent: agent.Bytes(), N: n, LeaseMs: 30_000}}}
}

func accept(r id.ID) *conv.Command {
	return &conv.Command{Body: &conv.Command_Accept{Accept: &conv.Accept{R: r.Bytes()}}}
}

func decline(r id.ID) *conv.Command {
	return &conv.Command{Body: &conv.Command_Decline{Decline: &conv.Decline{R: r.Bytes()}}}
}

func holds(r id.ID) *conv.Command {
	return &conv.Command{Body: &conv.Command_Holds{Holds: &conv.Holds{R: r.Bytes(), Agent: ana.Bytes()}}}
}

func withdraw(r id.ID) *conv.Command {
	return &conv.Command{Body: &conv.Command_Withdraw{Withdraw: &conv.Withdraw{R: r.Bytes(), Agent: ana.Bytes()}}}
}

func agentGone(r id.ID) *conv.Command {
	return &conv.Command{Body: &conv.Command_AgentGone{AgentGone: &conv.AgentGone{R: r.Bytes(), Agent: ana.Bytes()}}}
}

func assign(agent id.ID) *conv.Command {
	return &conv.Command{Body: &conv.Command_Assign{Assign: &conv.Assign{Agent: agent.Bytes()}}}
}

func rate(score int32) *conv.Command {
	return &conv.Command{Body: &conv.Command_Rate{Rate: &conv.Rate{Score: score, Comment: "quick"}}}
}

func connected(s id.ID) *conv.Command {
	return &conv.Command{Body: &conv.Command_Connected{Connected: &conv.Connected{Session: s.Bytes()}}}
}

func disconnected(s id.ID) *conv.Command {
	return &conv.Command{Body: &conv.Command_Disconnected{Disconnected: &conv.Disconnected{Session: s.Bytes()}}}
}

var (
	resolve  = &conv.Command{Body: &conv.Command_Resolve{Resolve: &conv.Resolve{}}}
	reopen   = &conv.Command{Body: &conv.Command_Reopen{Reopen: &conv.Reopen{}}}
	end      = &conv.Command{Body: &conv.Command_End{End: &conv.End{}}}
	unassign = &conv.Command{Body: &conv.Command_Unassign{Unassign: &conv.Unassign{}}}
)

func effectName(e entity.Send) string {
	switch c := e.Body.(type) {
	case *agt.Command:
		switch b := c.Body.(type) {
		case *agt.Command_Release:
			return "agent.Release " + b.Release.Why.String()
		case *agt.Command_Reserve:
			return "agent.Reserve"
		case *agt.Command_Confirm:
			return "agent.Confirm"
		}
	case *que.Command:
		switch b := c.Body.(type) {
		case *que.Command_Enqueue:
			return fmt.Sprintf("queue.Enqueue %d", b.Enqueue.N)
		case *que.Command_Remove:
			return fmt.Sprintf("queue.Remove %d %s", b.Remove.N, b.Remove.Why)
		case *que.Command_Offered:
			return fmt.Sprintf("queue.Offered %d", b.Offered.N)
		}
	case *ctc.Command:
		return fmt.Sprintf("%T", c.Body)[len("*ctc.Command_"):] + " to contact"
	}
	return "?"
}

// begun is a conversation that waits, its customer connected.
func begun(t fataler, style centre.Style) *talk {
	t.Helper()
	k := newTalk(t)
	k.do(event.Entity(id.Ref{Kind: id.Contact, ID: contact}), start(style))
	return k
}

// opened is a conversation ana has accepted, as reservation r1.
func opened(t fataler, style centre.Style) *talk {
	t.Helper()
	k := begun(t, style)
	k.do(fromAgent, offer(r1, ana, 1))
	k.do(event.Agent(ana), accept(r1))
	return k
}

// resolved is one that ana answered and resolved.
func resolved(t fataler, style centre.Style) *talk {
	t.Helper()
	k := opened(t, style)
	k.do(event.Agent(ana), say("It is on its way."))
	k.do(event.Agent(ana), resolve)
	return k
}

var r1, r2, r3 = name("r1"), name("r2"), name("r3")
