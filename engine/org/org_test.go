package org_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/cfg"
	"parley/engine/org"
	"parley/engine/stage"
)

var (
	pool  = stage.ID(1)
	sales = stage.ID(2)
	site  = stage.ID(3)
	boss  = stage.ID(4)
	ana   = stage.ID(5)
)

func aPool() *centre.Pool { return &centre.Pool{Id: pool.Bytes(), Name: "All"} }
func aQueue() *centre.Queue {
	return &centre.Queue{Id: sales.Bytes(), Name: "Sales", Pool: pool.Bytes()}
}
func anInbox() *centre.Inbox {
	return &centre.Inbox{Id: site.Bytes(), Name: "Shop", Queue: sales.Bytes(), Style: centre.Style_LIVE, Brand: "#0a66C2", Origins: []string{"https://shop.example:8443"}}
}
func aBoss() *centre.Agent {
	return &centre.Agent{Id: boss.Bytes(), Name: "Boss", Login: "boss", Role: centre.Role_ADMINISTRATOR}
}
func anAgent() *centre.Agent {
	return &centre.Agent{Id: ana.Bytes(), Name: "Ana", Login: "ana", Role: centre.Role_AGENT, Limit: -1, Queues: []*centre.Member{{Queue: sales.Bytes(), Rank: 1}}}
}

func put(o any) *cfg.Command {
	switch o := o.(type) {
	case *centre.Settings:
		return &cfg.Command{Body: &cfg.Command_PutSettings{PutSettings: o}}
	case *centre.Pool:
		return &cfg.Command{Body: &cfg.Command_PutPool{PutPool: o}}
	case *centre.Queue:
		return &cfg.Command{Body: &cfg.Command_PutQueue{PutQueue: o}}
	case *centre.Inbox:
		return &cfg.Command{Body: &cfg.Command_PutInbox{PutInbox: o}}
	case *centre.Agent:
		return &cfg.Command{Body: &cfg.Command_PutAgent{PutAgent: o}}
	}
	return &cfg.Command{}
}

func seeded(t testing.TB) *stage.Stage {
	s := stage.New(org.Type(), org.Self, nil)
	for _, o := range []any{&centre.Settings{Name: "Acme", Limit: 4, BreakReasons: []string{"lunch"}}, aPool(), aQueue(), anInbox(), aBoss(), anAgent()} {
		if _, err := s.Command(event.System, put(o)); err != nil {
			t.Fatalf("%v: %v", o, err)
		}
	}
	return s
}

func TestConfigHoldsWhatWasPut(t *testing.T) {
	s := seeded(t)
	m := s.Machine.(*org.Machine)
	before := m.Config()
	if before.Version != 6 || before.ByLogin(" Ana ") == nil || before.Inbox(site).Name != "Shop" || before.Settings.Name != "Acme" || before.PoolOf(sales) != pool {
		t.Fatalf("config %+v", before)
	}
	renamed := anAgent()
	renamed.Login = "ana.b"
	out, err := s.Command(event.Agent(boss), put(renamed))
	if err != nil || out.Reply.(*cfg.Reply).Version != 7 {
		t.Fatalf("%v %v", out.Reply, err)
	}
	if m.Config().ByLogin("ana") != nil || m.Config().ByLogin("ana.b") == nil || before.ByLogin("ana") == nil || before.Version != 6 {
		t.Fatal("the earlier version changed, or the new one did not")
	}
	out, err = s.Command(event.Agent(boss), put(renamed))
	if err != nil || len(out.Events) != 0 || out.Reply.(*cfg.Reply).Version != 7 {
		t.Fatalf("the same again: %+v %v", out, err)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	s.Golden(t, "org")
}

func TestWhoMayChange(t *testing.T) {
	s := seeded(t)
	for name, tt := range map[string]struct {
		by   event.Who
		want error
	}{
		"administrator": {event.Agent(boss), nil},
		"agent":         {event.Agent(ana), entity.ErrForbidden},
		"unknown agent": {event.Agent(stage.ID(99)), entity.ErrForbidden},
		"customer":      {event.Customer(boss), entity.ErrForbidden},
		"nobody":        {event.Who{}, entity.ErrForbidden},
		"entity":        {event.Entity(id.Ref{Kind: id.Agent, ID: boss}), entity.ErrForbidden},
		"operator":      {event.Who{Kind: event.Actor_OPERATOR}, nil},
	} {
		if _, err := s.Command(tt.by, put(aPool())); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestValidation(t *testing.T) {
	long := strings.Repeat("x", 201)
	change := func(o any, f func()) any { f(); return o }
	q, b, a := aQueue, anInbox, anAgent
	tests := []struct {
		name string
		make func() any
		want error
	}{
		{"settings limit", func() any { return &centre.Settings{Limit: -1} }, entity.ErrInvalid},
		{"settings grace", func() any { return &centre.Settings{AgentGraceMs: 1} }, entity.ErrInvalid},
		{"settings customer grace", func() any { return &centre.Settings{CustomerGraceMs: -5} }, entity.ErrInvalid},
		{"settings reasons twice", func() any { return &centre.Settings{BreakReasons: []string{"a", "a"}} }, entity.ErrInvalid},
		{"settings empty reason", func() any { return &centre.Settings{BreakReasons: []string{" "}} }, entity.ErrInvalid},
		{"settings control", func() any { return &centre.Settings{Name: "a\x00b"} }, entity.ErrInvalid},
		{"settings", func() any { return &centre.Settings{} }, nil},
		{"pool id", func() any { return &centre.Pool{Name: "x"} }, entity.ErrInvalid},
		{"pool short id", func() any { return &centre.Pool{Id: []byte("x"), Name: "x"} }, entity.ErrInvalid},
		{"pool name", func() any { return &centre.Pool{Id: pool.Bytes(), Name: long} }, entity.ErrInvalid},
		{"pool utf-8", func() any { return &centre.Pool{Id: pool.Bytes(), Name: "\xff"} }, entity.ErrInvalid},
		{"queue pool unknown", func() any { x := q(); return change(x, func() { x.Pool = stage.ID(9).Bytes() }) }, org.ErrUnknownReference},
		{"queue priority", func() any { x := q(); return change(x, func() { x.Priority = 101 }) }, entity.ErrInvalid},
		{"queue offer", func() any { x := q(); return change(x, func() { x.OfferMs = 4_999 }) }, entity.ErrInvalid},
		{"queue offer long", func() any { x := q(); return change(x, func() { x.OfferMs = 300_001 }) }, entity.ErrInvalid},
		{"queue misses", func() any { x := q(); return change(x, func() { x.Misses = -1 }) }, entity.ErrInvalid},
		{"queue wait", func() any { x := q(); return change(x, func() { x.MaxWaitMs = -1 }) }, entity.ErrInvalid},
		{"queue limit", func() any { x := q(); return change(x, func() { x.Limit = -1 }) }, entity.ErrInvalid},
		{"queue exclude", func() any { x := q(); return change(x, func() { x.ExcludeMs = 1 }) }, entity.ErrInvalid},
		{"queue break return", func() any { x := q(); return change(x, func() { x.BreakReturnMs = 1 }) }, entity.ErrInvalid},
		{"queue agent lost", func() any { x := q(); return change(x, func() { x.AgentLost = "drop" }) }, entity.ErrInvalid},
		{"queue keeps", func() any { x := q(); return change(x, func() { x.AgentLost, x.OfferMs = "keep", 5_000 }) }, nil},
		{"queue greeting", func() any { x := q(); return change(x, func() { x.Greeting = strings.Repeat("x", 10_001) }) }, entity.ErrInvalid},
		{"inbox queue", func() any { x := b(); return change(x, func() { x.Queue = nil }) }, org.ErrUnknownReference},
		{"inbox style", func() any { x := b(); return change(x, func() { x.Style = 0 }) }, entity.ErrInvalid},
		{"inbox close", func() any { x := b(); return change(x, func() { x.CloseAfterMs = 29 * 86_400_000 }) }, entity.ErrInvalid},
		{"inbox brand", func() any { x := b(); return change(x, func() { x.Brand = "#12345g" }) }, entity.ErrInvalid},
		{"inbox origin path", func() any { x := b(); return change(x, func() { x.Origins = []string{"https://a.example/x"} }) }, entity.ErrInvalid},
		{"inbox origin scheme", func() any { x := b(); return change(x, func() { x.Origins = []string{"a.example"} }) }, entity.ErrInvalid},
		{"agent login upper", func() any { x := a(); return change(x, func() { x.Login = "Ana" }) }, entity.ErrInvalid},
		{"agent login empty", func() any { x := a(); return change(x, func() { x.Login = "" }) }, entity.ErrInvalid},
		{"agent login taken", func() any { x := a(); return change(x, func() { x.Login = "boss" }) }, org.ErrLoginTaken},
		{"agent role", func() any { x := a(); return change(x, func() { x.Role = 0 }) }, entity.ErrInvalid},
		{"agent limit", func() any { x := a(); return change(x, func() { x.Limit = -2 }) }, entity.ErrInvalid},
		{"agent queue unknown", func() any { x := a(); return change(x, func() { x.Queues[0].Queue = stage.ID(9).Bytes() }) }, org.ErrUnknownReference},
		{"agent queue twice", func() any { x := a(); return change(x, func() { x.Queues = append(x.Queues, x.Queues[0]) }) }, entity.ErrInvalid},
		{"agent rank", func() any { x := a(); return change(x, func() { x.Queues[0].Rank = -1 }) }, entity.ErrInvalid},
		{"last administrator", func() any { x := aBoss(); return change(x, func() { x.Deactivated = true }) }, org.ErrLastAdministrator},
		{"last administrator's role", func() any { x := aBoss(); return change(x, func() { x.Role = centre.Role_AGENT }) }, org.ErrLastAdministrator},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := seeded(t)
			before := len(s.Log)
			_, err := s.Command(event.System, put(tt.make()))
			if !errors.Is(err, tt.want) {
				t.Fatalf("%v, want %v", err, tt.want)
			}
			if err != nil && len(s.Log) != before {
				t.Fatal("a refusal changed something")
			}
		})
	}
	s := seeded(t)
	if _, err := s.Command(event.System, put(&centre.Pool{Id: stage.ID(9).Bytes(), Name: "other"})); err != nil {
		t.Fatal(err)
	}
	moved := aQueue()
	moved.Pool = stage.ID(9).Bytes()
	if _, err := s.Command(event.System, put(moved)); !errors.Is(err, org.ErrPoolFixed) {
		t.Fatalf("another pool: %v", err)
	}
	for _, c := range []*cfg.Command{{Body: &cfg.Command_PutAgent{}}, {Body: &cfg.Command_PutQueue{}}, {Body: &cfg.Command_PutInbox{}}, {Body: &cfg.Command_PutPool{}}, {Body: &cfg.Command_PutSettings{}}} {
		if _, err := s.Command(event.System, c); !errors.Is(err, entity.ErrInvalid) {
			t.Fatalf("%v: %v", c, err)
		}
	}
}

// Whatever is put in whatever order, logins stay unique, references hold, and a load equals a replay.
func TestOrgRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := stage.New(org.Type(), org.Self, nil)
		small := rapid.Uint64Range(1, 3)
		t.Repeat(map[string]func(*rapid.T){
			"pool": func(t *rapid.T) {
				_, _ = s.Command(event.System, put(&centre.Pool{Id: stage.ID(small.Draw(t, "id")).Bytes(), Name: "p"}))
			},
			"queue": func(t *rapid.T) {
				_, _ = s.Command(event.System, put(&centre.Queue{Id: stage.ID(10 + small.Draw(t, "id")).Bytes(), Name: "q", Pool: stage.ID(small.Draw(t, "pool")).Bytes()}))
			},
			"agent": func(t *rapid.T) {
				login := rapid.SampledFrom([]string{"ana", "bo", "cy"}).Draw(t, "login")
				role := centre.Role(rapid.Int32Range(1, 3).Draw(t, "role"))
				_, _ = s.Command(event.System, put(&centre.Agent{Id: stage.ID(20 + small.Draw(t, "id")).Bytes(), Name: "a", Login: login, Role: role,
					Queues: []*centre.Member{{Queue: stage.ID(10 + small.Draw(t, "queue")).Bytes()}}}))
			},
			"": func(t *rapid.T) {
				c := s.Machine.(*org.Machine).Config()
				logins := map[string]bool{}
				for _, a := range c.Agents {
					if logins[a.Login] || c.ByLogin(a.Login) != a || c.Queue(id.FromBytes(a.Queues[0].Queue)) == nil {
						t.Fatalf("agent %v", a)
					}
					logins[a.Login] = true
				}
				for _, q := range c.Queues {
					if c.Pools[id.FromBytes(q.Pool)] == nil {
						t.Fatalf("queue %v", q)
					}
				}
				if err := s.Check(); err != nil {
					t.Fatal(err)
				}
			},
		})
	})
}
