package demo

import (
	"context"
	"fmt"
	"io"
	"time"

	"parley/engine/centre"
	"parley/engine/id"
	"parley/engine/msg/cfg"
)

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
