package command

import (
	"context"

	"parley/engine/centre"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/cfg"
	"parley/gateway/protocol"
	"parley/gateway/wire"
)

// configuration is the commands that change the centre.
var configuration = []*Command{
	ask[protocol.Settings, protocol.VersionOK](Command{Name: "put_settings", From: Administrator, Does: "Set what holds for the whole centre."}, putSettings),
	ask[protocol.Pool, protocol.VersionOK](Command{Name: "put_pool", From: Administrator, Does: "Make or change a pool."}, putPool),
	ask[protocol.Queue, protocol.VersionOK](Command{Name: "put_queue", From: Administrator, Does: "Make or change a queue."}, putQueue),
	ask[protocol.InboxConfig, protocol.VersionOK](Command{Name: "put_inbox", From: Administrator, Does: "Make or change an inbox."}, putInbox),
	ask[protocol.AgentConfig, protocol.VersionOK](Command{Name: "put_agent", From: Administrator, Does: "Make or change an agent."}, putAgent),
	read[protocol.Empty, protocol.ConfigOK](Command{Name: "config", From: Agent, Does: "The whole configuration."}, config),
}

func config(_ context.Context, x *Exec, _ *protocol.Empty) (*protocol.ConfigOK, *protocol.Error) {
	ok := wire.Config(x.Backend.Config())
	return &ok, nil
}

func put(c *cfg.Command, r reader) (plan, *protocol.Error) {
	return plan{id.Ref{Kind: id.Org}, c, func(reply event.Message) any {
		a, _ := reply.(*cfg.Reply)
		return &protocol.VersionOK{Version: a.GetVersion()}
	}, nil}, r.err
}

func putSettings(_ context.Context, _ *Exec, b *protocol.Settings) (plan, *protocol.Error) {
	var r reader
	return put(&cfg.Command{Body: &cfg.Command_PutSettings{PutSettings: &centre.Settings{
		Name: b.Name, Limit: b.Limit, AgentGraceMs: b.AgentGraceMS, CustomerGraceMs: b.CustomerGraceMS, BreakReasons: b.BreakReasons,
	}}}, r)
}

func putPool(_ context.Context, _ *Exec, b *protocol.Pool) (plan, *protocol.Error) {
	var r reader
	p := &centre.Pool{Id: r.idBytes(id.Pool, "id", b.ID), Name: b.Name}
	return put(&cfg.Command{Body: &cfg.Command_PutPool{PutPool: p}}, r)
}

func putQueue(_ context.Context, _ *Exec, b *protocol.Queue) (plan, *protocol.Error) {
	var r reader
	q := &centre.Queue{
		Id: r.idBytes(id.Queue, "id", b.ID), Name: b.Name, Pool: r.idBytes(id.Pool, "pool", b.Pool), Priority: b.Priority, Greeting: b.Greeting,
		OfferMs: b.OfferMS, Misses: b.Misses, MaxWaitMs: b.MaxWaitMS, Limit: b.Limit, ExcludeMs: b.ExcludeMS, BreakReturnMs: b.BreakReturnMS,
		AgentLost: b.AgentLost, PullBeyondLimit: b.PullBeyondLimit,
	}
	return put(&cfg.Command{Body: &cfg.Command_PutQueue{PutQueue: q}}, r)
}

var styles = map[string]centre.Style{"live": centre.Style_LIVE, "live_return": centre.Style_LIVE_RETURN, "messaging": centre.Style_MESSAGING}

func putInbox(_ context.Context, _ *Exec, b *protocol.InboxConfig) (plan, *protocol.Error) {
	var r reader
	i := &centre.Inbox{
		Id: r.idBytes(id.Inbox, "id", b.ID), Name: b.Name, Style: word(&r, "style", b.Style, styles), Queue: r.idBytes(id.Queue, "queue", b.Queue),
		Anonymous: b.Anonymous, Peek: b.Peek, Rating: b.Rating, Greeting: b.Greeting, Origins: b.Origins, CloseAfterMs: b.CloseAfterMS, Brand: b.Brand,
	}
	return put(&cfg.Command{Body: &cfg.Command_PutInbox{PutInbox: i}}, r)
}

var roles = map[string]centre.Role{"agent": centre.Role_AGENT, "supervisor": centre.Role_SUPERVISOR, "administrator": centre.Role_ADMINISTRATOR}

func putAgent(_ context.Context, _ *Exec, b *protocol.AgentConfig) (plan, *protocol.Error) {
	var r reader
	a := &centre.Agent{
		Id: r.idBytes(id.Agent, "id", b.ID), Name: b.Name, Login: b.Login, Role: word(&r, "role", b.Role, roles), Limit: -1, Deactivated: b.Deactivated,
	}
	if b.Limit != nil {
		a.Limit = *b.Limit
	}
	for _, m := range b.Queues {
		a.Queues = append(a.Queues, &centre.Member{Queue: r.idBytes(id.Queue, "queues", m.Queue), Rank: m.Rank})
	}
	return put(&cfg.Command{Body: &cfg.Command_PutAgent{PutAgent: a}}, r)
}
