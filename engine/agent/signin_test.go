package agent_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"parley/engine/agent"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/stage"
)

func hash(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

func issue(n byte, valid time.Duration) *agt.Command {
	return &agt.Command{Body: &agt.Command_IssueLink{IssueLink: &agt.IssueLink{Hash: hash(n), ValidMs: valid.Milliseconds()}}}
}

func redeem(link, token byte) *agt.Command {
	return &agt.Command{Body: &agt.Command_RedeemLink{RedeemLink: &agt.RedeemLink{Hash: hash(link), TokenHash: hash(token), ValidMs: 3_600_000}}}
}

func open(token byte, valid time.Duration) *agt.Command {
	return &agt.Command{Body: &agt.Command_OpenToken{OpenToken: &agt.OpenToken{TokenHash: hash(token), ValidMs: valid.Milliseconds()}}}
}

func signOut(token byte, all bool) *agt.Command {
	return &agt.Command{Body: &agt.Command_SignOut{SignOut: &agt.SignOut{TokenHash: hash(token), All: all}}}
}

func has(s *stage.Stage, token byte) bool {
	return s.Machine.(*agent.Machine).Has(hash(token), s.Now.UnixMilli())
}

func TestLinkOpensOneSession(t *testing.T) {
	s := begin()
	must(t, s, event.System, issue(1, time.Hour))
	if _, err := s.Command(event.Who{}, redeem(9, 1)); !errors.Is(err, agent.ErrLinkInvalid) {
		t.Fatalf("wrong: %v", err)
	}
	must(t, s, event.Who{}, redeem(1, 1))
	if !has(s, 1) {
		t.Fatal("no token")
	}
	if _, err := s.Command(event.Who{}, redeem(1, 2)); !errors.Is(err, agent.ErrLinkInvalid) {
		t.Fatalf("reused: %v", err)
	}
	must(t, s, event.System, issue(2, time.Minute))
	s.Advance(time.Minute)
	if _, err := s.Command(event.Who{}, redeem(2, 2)); !errors.Is(err, agent.ErrLinkInvalid) {
		t.Fatalf("expired: %v", err)
	}
	must(t, s, event.System, issue(3, time.Minute))
	s.Config.Agents[ana].Deactivated = true
	if _, err := s.Command(event.Who{}, redeem(3, 2)); !errors.Is(err, agent.ErrLinkInvalid) {
		t.Fatalf("deactivated: %v", err)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestTokensAreBoundedAndPruned(t *testing.T) {
	s := begin()
	for n := byte(1); n <= 25; n++ {
		must(t, s, event.Who{}, open(n, time.Duration(n)*time.Minute))
	}
	if got := len(view(s).Tokens); got != 20 || has(s, 5) || !has(s, 6) {
		t.Fatalf("%d tokens", got)
	}
	for n := byte(101); n <= 130; n++ {
		must(t, s, event.Agent(boss), issue(n, time.Duration(n)*time.Minute))
	}
	links := func() (n int) {
		for k := range s.Rows {
			if k[0] == 'l' {
				n++
			}
		}
		return n
	}
	if links() != 20 {
		t.Fatalf("%d links", links())
	}
	s.Advance(20 * time.Minute)
	must(t, s, event.Agent(ana), connect(1))
	if got := len(view(s).Tokens); got != 5 {
		t.Fatalf("%d tokens after 20 minutes", got)
	}
	s.Advance(100 * time.Minute)
	must(t, s, event.Agent(ana), connect(2))
	if got := links(); got != 10 {
		t.Fatalf("%d links after two hours", got)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestSignOut(t *testing.T) {
	s := ready(t)
	must(t, s, event.Who{}, open(1, time.Hour))
	must(t, s, event.Who{}, open(2, time.Hour))
	must(t, s, event.System, res(reserve(1, 100, care)))
	if out := must(t, s, event.Agent(ana), signOut(1, false)); len(out.Effects) != 0 || view(s).Presence != agt.Presence_ACCEPTING || has(s, 1) {
		t.Fatal("another session goes on")
	}
	out := must(t, s, event.Agent(ana), signOut(2, false))
	if len(out.Effects) != 1 || !out.Effects[0].Body.(*conv.Command).GetAgentGone().GetSignedOut() {
		t.Fatalf("effects %v", out.Effects)
	}
	v := view(s)
	if v.Presence != agt.Presence_OFFLINE || v.Connected || len(v.Tokens) != 0 || v.Workload != 1 {
		t.Fatalf("view %v", v)
	}
	must(t, s, event.Agent(ana), connect(7))
	if v := view(s); v.Presence != agt.Presence_NOT_ACCEPTING || v.Reason != "" {
		t.Fatalf("back as %v %q", v.Presence, v.Reason)
	}
	must(t, s, event.Who{}, open(3, time.Hour))
	must(t, s, event.Who{}, open(4, time.Hour))
	must(t, s, event.Agent(ana), signOut(3, true))
	if v := view(s); v.Presence != agt.Presence_OFFLINE || len(v.Tokens) != 0 {
		t.Fatalf("after all: %v", v)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestDeactivatedSignsOutAtTheNextWake(t *testing.T) {
	s := ready(t)
	must(t, s, event.Who{}, open(1, time.Hour))
	must(t, s, event.System, res(reserve(1, 100, care)))
	s.Config.Agents[ana].Deactivated = true
	if out := s.Wake(); len(out.Effects) != 1 || view(s).Presence != agt.Presence_OFFLINE || has(s, 1) {
		t.Fatalf("effects %v, view %v", out.Effects, view(s))
	}
	if out := s.Wake(); len(out.Events) != 0 {
		t.Fatalf("again: %v", out.Events)
	}
	s.Advance(35 * time.Second)
	if out := s.Wake(); len(out.Effects) != 1 || out.Effects[0].Body.(*conv.Command).GetHolds() == nil {
		t.Fatalf("its open reservation is not asked about: %v", out.Effects)
	}
	if _, err := s.Command(event.Agent(ana), connect(2)); !errors.Is(err, agent.ErrDeactivated) {
		t.Fatalf("connect: %v", err)
	}
}

func TestSignInInputIsChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		by   event.Who
		cmd  *agt.Command
		want error
	}{
		"short hash":      {event.System, &agt.Command{Body: &agt.Command_IssueLink{IssueLink: &agt.IssueLink{Hash: []byte("x"), ValidMs: 1}}}, entity.ErrInvalid},
		"no length":       {event.System, issue(1, 0), entity.ErrInvalid},
		"empty password":  {event.Agent(ana), &agt.Command{Body: &agt.Command_SetPassword{SetPassword: &agt.SetPassword{}}}, entity.ErrInvalid},
		"own link":        {event.Agent(ana), issue(1, time.Hour), entity.ErrForbidden},
		"nothing":         {event.System, &agt.Command{}, entity.ErrUnknownCommand},
		"session no name": {event.System, &agt.Command{Body: &agt.Command_Connected{Connected: &agt.Connected{}}}, entity.ErrInvalid},
	} {
		if _, err := begin().Command(tt.by, tt.cmd); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	s := begin()
	must(t, s, event.Agent(ana), &agt.Command{Body: &agt.Command_SetPassword{SetPassword: &agt.SetPassword{Encoded: "$argon2id$x"}}})
	if view(s).Password != "$argon2id$x" {
		t.Fatal("password lost")
	}
	delete(s.Config.Agents, ana)
	if _, err := stage.New(s.Type, s.Self, s.Config).Command(event.System, connect(1)); !errors.Is(err, entity.ErrUnknownEntity) {
		t.Fatalf("nobody knows this agent: %v", err)
	}
}

// The encodings of events and rows, and the state they lead to, hold over builds.
func TestGolden(t *testing.T) {
	s := ready(t)
	must(t, s, event.System, issue(1, time.Hour))
	must(t, s, event.System, issue(2, time.Hour))
	must(t, s, event.Who{}, redeem(1, 1))
	must(t, s, event.Who{}, open(2, time.Hour))
	must(t, s, event.Agent(ana), &agt.Command{Body: &agt.Command_SetPassword{SetPassword: &agt.SetPassword{Encoded: "$argon2id$x"}}})
	must(t, s, event.System, res(reserve(1, 100, care)))
	must(t, s, talk, confirm(1))
	must(t, s, event.System, res(reserve(2, 101, sales)))
	must(t, s, talk, release(1, agt.ReleaseWhy_ENDED))
	must(t, s, talk, release(9, agt.ReleaseWhy_GONE))
	must(t, s, event.Agent(ana), presence(agt.Presence_BREAK, "lunch"))
	s.Advance(40 * time.Second)
	s.Wake()
	must(t, s, event.Agent(ana), signOut(2, false))
	must(t, s, event.Agent(ana), disconnect(1, 0))
	s.Golden(t, "agent")
}
