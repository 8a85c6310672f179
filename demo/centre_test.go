package demo_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"parley/actors"
	"parley/cluster/journal"
	"parley/cluster/journal/journaltest"
	"parley/demo"
	"parley/engine/agent"
	"parley/engine/entity"
	"parley/engine/org"
	"parley/engine/queue"
)

var errKilled = errors.New("killed")

// cut is a node that is killed after a number of commands.
type cut struct {
	*actors.Node
	left int
}

func (c *cut) Ask(a actors.Ask) {
	if c.left--; c.left < 0 {
		a.Done(actors.Answer{Err: errKilled})
		return
	}
	c.Node.Ask(a)
}

// A demo killed while it makes its centre makes the rest at the next start.
func TestSeedAgainAfterAKill(t *testing.T) {
	n, err := actors.New(actors.Options{Types: []entity.Type{org.Type(), queue.Type(), agent.Type()}, Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	o := journaltest.Options(vfs.NewMem())
	o.Watcher = n.Watcher()
	h, err := journal.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	n.Start(h)
	if err := h.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Stop(); h.Close() })
	ctx, end := context.WithTimeout(t.Context(), 30*time.Second)
	defer end()
	if err := n.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	if demo.Seeded(n.Config()) {
		t.Fatal("an empty centre is not seeded")
	}
	for commands := range 10 {
		if err := demo.Seed(ctx, &cut{n, commands}); !errors.Is(err, errKilled) {
			t.Fatalf("killed after %d commands: %v", commands, err)
		}
		if demo.Seeded(n.Config()) {
			t.Fatalf("seeded after %d commands", commands)
		}
	}
	if err := demo.Seed(ctx, n); err != nil {
		t.Fatal(err)
	}
	c := n.Config()
	if !demo.Seeded(c) || len(c.Agents) != len(demo.People) || len(c.Queues) != 2 || len(c.Inboxes) != 2 {
		t.Fatalf("seeded %v: %d agents, %d queues, %d inboxes", demo.Seeded(c), len(c.Agents), len(c.Queues), len(c.Inboxes))
	}
}
