package centre_test

import (
	"testing"
	"time"

	"parley/engine/centre"
	"parley/engine/id"
)

func num(n byte) id.ID { return id.ID{15: n} }

func TestLimit(t *testing.T) {
	for _, tt := range []struct {
		name   string
		centre int32
		agent  *centre.Agent
		want   int
	}{
		{"nobody", 0, nil, 0},
		{"the centre's default", 0, &centre.Agent{Limit: -1}, 4},
		{"the centre's", 6, &centre.Agent{Limit: -1}, 6},
		{"the tighter of both: own", 6, &centre.Agent{Limit: 2}, 2},
		{"the tighter of both: centre", 6, &centre.Agent{Limit: 9}, 6},
		{"takes none", 6, &centre.Agent{Limit: 0}, 0},
		{"deactivated", 6, &centre.Agent{Limit: 3, Deactivated: true}, 0},
	} {
		c := &centre.Config{Settings: &centre.Settings{Limit: tt.centre}, Agents: map[id.ID]*centre.Agent{}}
		if tt.agent != nil {
			c.Agents[num(1)] = tt.agent
		}
		if got := c.Limit(num(1)); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestQueues(t *testing.T) {
	q1, q2 := num(11), num(12)
	c := &centre.Config{
		Queues: map[id.ID]*centre.Queue{q1: {Id: q1.Bytes(), Limit: 2, Pool: num(20).Bytes()}, q2: {Id: q2.Bytes()}},
		Agents: map[id.ID]*centre.Agent{
			num(2): {Queues: []*centre.Member{{Queue: q1.Bytes(), Rank: 3}}, Role: centre.Role_ADMINISTRATOR},
			num(1): {Queues: []*centre.Member{{Queue: q1.Bytes()}, {Queue: q2.Bytes()}}},
			num(3): {Queues: []*centre.Member{{Queue: q1.Bytes()}}, Deactivated: true, Role: centre.Role_ADMINISTRATOR},
		},
	}
	if c.QueueLimit(q1) != 2 || c.QueueLimit(q2) != centre.NoLimit || c.QueueLimit(num(99)) != centre.NoLimit {
		t.Error("limits of queues")
	}
	if got := c.Members(q1); len(got) != 2 || got[0] != num(1) || got[1] != num(2) {
		t.Errorf("members %v", got)
	}
	if rank, ok := c.Serves(num(2), q1); rank != 3 || !ok {
		t.Errorf("rank %d %v", rank, ok)
	}
	if rank, ok := c.Serves(num(1), q1); rank != 1 || !ok {
		t.Errorf("rank %d %v", rank, ok)
	}
	if _, ok := c.Serves(num(3), q1); ok {
		t.Error("a deactivated agent serves nothing")
	}
	if !c.IsAdministrator(num(2)) || c.IsAdministrator(num(1)) || c.IsAdministrator(num(3)) || c.IsAdministrator(num(9)) {
		t.Error("administrators")
	}
	if s, ok := c.Shard(id.Ref{Kind: id.Queue, ID: q1}); !ok || s != id.ShardOf(id.Pool, num(20)) {
		t.Error("a queue lies in its pool's shard")
	}
	if _, ok := c.Shard(id.Ref{Kind: id.Queue, ID: num(99)}); ok {
		t.Error("nobody knows this queue")
	}
}

func TestByLogin(t *testing.T) {
	c := &centre.Config{Agents: map[id.ID]*centre.Agent{num(1): {Login: "ana"}, num(2): {}}}
	for range 2 {
		if c.ByLogin(" ANA ") != c.Agents[num(1)] || c.ByLogin("bo") != nil || c.ByLogin("") != nil {
			t.Fatal("by login")
		}
		c.Index()
	}
}

func TestDefaults(t *testing.T) {
	var c centre.Config
	var q *centre.Queue
	if c.AgentGrace() != 30*time.Second || c.CustomerGrace() != time.Minute || !c.BreakReason("anything") {
		t.Error("centre")
	}
	if q.OfferLease() != 30*time.Second || q.MissesAllowed() != 2 || q.MaxWait() != 0 || q.ExcludeFor() != time.Minute || q.BreakReturn() != 2*time.Minute || q.Rank() != 50 {
		t.Error("queue")
	}
	c.Settings = &centre.Settings{BreakReasons: []string{"lunch"}}
	if !c.BreakReason("lunch") || c.BreakReason("golf") {
		t.Error("reasons")
	}
	for style, want := range map[centre.Style]time.Duration{centre.Style_LIVE: 0, centre.Style_LIVE_RETURN: 2 * time.Hour, centre.Style_MESSAGING: 96 * time.Hour} {
		if got := (&centre.Inbox{Style: style}).CloseAfter(); got != want {
			t.Errorf("%v closes after %s", style, got)
		}
	}
	if got := (&centre.Inbox{CloseAfterMs: 1 << 50}).CloseAfter(); got != 28*24*time.Hour {
		t.Errorf("capped at %s", got)
	}
}
