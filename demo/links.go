package demo

import (
	"context"
	"fmt"
	"io"
	"time"

	"parley/engine/centre"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/cfg"
)

// IssueLink lets an agent sign in once with the secret of that hash.
func IssueLink(ctx context.Context, to Asker, agent id.ID, hash []byte, valid time.Duration) error {
	c := &agt.Command{Body: &agt.Command_IssueLink{IssueLink: &agt.IssueLink{Hash: hash, ValidMs: valid.Milliseconds()}}}
	if err := ask(ctx, to, id.Ref{Kind: id.Agent, ID: agent}, c); err != nil {
		return fmt.Errorf("one-time link: %w", err)
	}
	return nil
}

// Administrator makes the first person of an empty centre and returns their id.
func Administrator(ctx context.Context, to Asker, now time.Time, random io.Reader) (id.ID, error) {
	var r [10]byte
	if _, err := io.ReadFull(random, r[:]); err != nil {
		return id.ID{}, fmt.Errorf("first administrator: %w", err)
	}
	who := id.V7(now, r)
	c := &cfg.Command{Body: &cfg.Command_PutAgent{PutAgent: &centre.Agent{
		Id: who.Bytes(), Name: "Administrator", Login: "admin", Role: centre.Role_ADMINISTRATOR, Limit: -1,
	}}}
	if err := ask(ctx, to, Org, c); err != nil {
		return id.ID{}, fmt.Errorf("first administrator: %w", err)
	}
	return who, nil
}
