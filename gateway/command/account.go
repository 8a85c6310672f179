package command

import (
	"context"
	"time"

	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/gateway/protocol"
)

// accounts are the commands about signing in.
var accounts = []*Command{
	ask[protocol.IssueLink, protocol.LinkOK](Command{Name: "issue_link", From: Administrator, Does: "Make a link that signs an agent in, once."}, issueLink),
	computes(ask[protocol.SetPassword, protocol.Empty](Command{Name: "set_password", From: Agent, Admin: "for anybody",
		Does: "Set one's own password."}, setPassword)),
}

// How long a one-time link works.
const (
	linkLife    = time.Hour
	shortestMS  = int64(time.Minute / time.Millisecond)
	longestDays = 7
	longestMS   = int64(longestDays * 24 * time.Hour / time.Millisecond)
)

func issueLink(_ context.Context, x *Exec, b *protocol.IssueLink) (plan, *protocol.Error) {
	var r reader
	agent := r.id(id.Agent, "agent", b.Agent)
	valid := b.ValidMS
	if valid == 0 {
		valid = linkLife.Milliseconds()
	}
	if valid < shortestMS || valid > longestMS {
		r.fail("valid_ms")
	}
	if r.err == nil && x.Backend.Config().Agent(agent) == nil {
		r.err = protocol.NewError("unknown_agent")
	}
	if r.err != nil {
		return plan{}, r.err
	}
	link, hash := x.Link(agent, x.Key)
	c := &agt.Command{Body: &agt.Command_IssueLink{IssueLink: &agt.IssueLink{Hash: hash, ValidMs: valid}}}
	return plan{id.Ref{Kind: id.Agent, ID: agent}, c, func(event.Message) any { return &protocol.LinkOK{Link: link} }, nil}, nil
}

func setPassword(ctx context.Context, x *Exec, b *protocol.SetPassword) (plan, *protocol.Error) {
	var r reader
	agent := x.Caller.ID
	if b.Agent != "" {
		agent = r.id(id.Agent, "agent", b.Agent)
	}
	switch {
	case r.err != nil:
		return plan{}, r.err
	case agent != x.Caller.ID && x.Caller.Role < Administrator:
		return plan{}, protocol.NewError(protocol.Forbidden)
	case x.Backend.Config().Agent(agent) == nil:
		return plan{}, protocol.NewError("unknown_agent")
	}
	encoded, err := x.Password(ctx, x.Key, b.Password)
	if err != nil {
		return plan{}, err
	}
	c := &agt.Command{Body: &agt.Command_SetPassword{SetPassword: &agt.SetPassword{Encoded: encoded}}}
	return plan{id.Ref{Kind: id.Agent, ID: agent}, c, nil, nil}, nil
}

// computes marks a command that takes a while to prepare.
func computes(c *Command) *Command {
	c.blocks = func(any) bool { return true }
	return c
}
