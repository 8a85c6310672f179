package agent_test

import (
	"errors"
	"testing"
	"time"

	"parley/engine/agent"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/stage"
)

func TestMissesInARowLeadToABreak(t *testing.T) {
	s := ready(t)
	miss := func(r uint64) entity.Outcome {
		must(t, s, event.System, res(reserve(r, r, care)))
		return must(t, s, talk, release(r, agt.ReleaseWhy_LAPSED))
	}
	miss(1)
	must(t, s, event.System, res(reserve(2, 2, care)))
	must(t, s, talk, confirm(2)) // an accept begins the count anew
	miss(3)
	if got := view(s).Presence; got != agt.Presence_ACCEPTING {
		t.Fatalf("presence %v after one miss in a row", got)
	}
	must(t, s, event.System, res(reserve(7, 7, care)))
	must(t, s, talk, release(7, agt.ReleaseWhy_DECLINED)) // no miss, and no end of the row
	if got := view(s).Presence; got != agt.Presence_ACCEPTING {
		t.Fatalf("presence %v after declining", got)
	}
	must(t, s, event.System, res(reserve(4, 4, care)))
	out := miss(5)
	v := view(s)
	if v.Presence != agt.Presence_BREAK || v.Reason != agent.ReasonMissedOffers || !v.Automatic {
		t.Fatalf("presence %v %q", v.Presence, v.Reason)
	}
	if len(out.Effects) != 1 || id.FromBytes(out.Effects[0].Body.(*conv.Command).GetWithdraw().GetR()) != stage.ID(4) {
		t.Fatalf("withdrawn: %v", out.Effects)
	}
	must(t, s, talk, release(4, agt.ReleaseWhy_WITHDRAWN))
	must(t, s, event.Agent(ana), presence(agt.Presence_ACCEPTING, ""))
	miss(6)
	if got := view(s).Presence; got != agt.Presence_ACCEPTING {
		t.Fatalf("presence %v: the misses before the break count no more", got)
	}
}

func TestMissesWhileNotAcceptingChangeNoPresence(t *testing.T) {
	s := ready(t)
	for r := uint64(1); r <= 3; r++ {
		must(t, s, event.System, res(reserve(r, r, care)))
	}
	must(t, s, event.Agent(ana), presence(agt.Presence_NOT_ACCEPTING, ""))
	for r := uint64(1); r <= 3; r++ {
		must(t, s, talk, release(r, agt.ReleaseWhy_LAPSED))
	}
	if v := view(s); v.Presence != agt.Presence_NOT_ACCEPTING || v.Automatic {
		t.Fatalf("presence %v", v.Presence)
	}
}

func TestPresenceWithdrawsWhatIsOut(t *testing.T) {
	for _, p := range []agt.Presence{agt.Presence_BREAK, agt.Presence_NOT_ACCEPTING, agt.Presence_CALL} {
		s := ready(t)
		must(t, s, event.System, res(reserve(1, 100, care)))
		must(t, s, event.System, res(reserve(2, 101, care)))
		must(t, s, talk, confirm(1))
		out := must(t, s, event.Agent(ana), presence(p, ""))
		if len(out.Effects) != 1 || id.FromBytes(out.Effects[0].Body.(*conv.Command).GetWithdraw().GetR()) != stage.ID(2) {
			t.Fatalf("%v withdraws %v", p, out.Effects)
		}
		if reply := out.Reply.(*agt.Reply); reply.Presence != p || reply.Version != view(s).Version {
			t.Fatalf("reply %v", reply)
		}
		if again := must(t, s, event.Agent(ana), presence(p, "")); len(again.Events) != 0 {
			t.Fatalf("%v twice: %v", p, again.Events)
		}
	}
}

func TestSetPresenceRefusals(t *testing.T) {
	for _, tt := range []struct {
		name string
		by   event.Who
		cmd  *agt.Command
		want error
	}{
		{"offline", event.Agent(ana), presence(agt.Presence_OFFLINE, ""), entity.ErrInvalid},
		{"unknown presence", event.Agent(ana), presence(99, ""), entity.ErrInvalid},
		{"reason without a break", event.Agent(ana), presence(agt.Presence_CALL, "lunch"), entity.ErrInvalid},
		{"unknown reason", event.Agent(ana), presence(agt.Presence_BREAK, "golf"), agent.ErrUnknownReason},
		{"another agent", event.Agent(stage.ID(3)), presence(agt.Presence_CALL, ""), entity.ErrForbidden},
		{"customer", event.Customer(ana), presence(agt.Presence_CALL, ""), entity.ErrForbidden},
		{"administrator", event.Agent(boss), presence(agt.Presence_CALL, ""), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ready(t).Command(tt.by, tt.cmd); !errors.Is(err, tt.want) {
				t.Fatalf("%v, want %v", err, tt.want)
			}
		})
	}
	if _, err := begin().Command(event.Agent(ana), presence(agt.Presence_ACCEPTING, "")); !errors.Is(err, agent.ErrOffline) {
		t.Fatalf("without a session: %v", err)
	}
	for _, c := range []*agt.Command{res(reserve(1, 1, care)), confirm(1), release(1, 0)} {
		if _, err := ready(t).Command(event.Agent(ana), c); !errors.Is(err, entity.ErrForbidden) {
			t.Fatalf("an agent's own %v: %v", c, err)
		}
	}
}

func TestConnectionLostBeyondTheGrace(t *testing.T) {
	s := ready(t)
	must(t, s, event.System, res(reserve(1, 100, care)))
	must(t, s, talk, confirm(1))
	must(t, s, event.System, res(reserve(2, 101, care)))
	must(t, s, event.Agent(ana), connect(2))
	must(t, s, event.Agent(ana), disconnect(1, 0))
	if v := view(s); !v.Connected {
		t.Fatal("another session lives")
	}
	must(t, s, event.Agent(ana), disconnect(2, 10*time.Second))
	if want := s.Now.Add(20 * time.Second); !s.Machine.Wake().Equal(want) {
		t.Fatalf("wakes at %s, want %s: the gateway has waited 10 s", s.Machine.Wake(), want)
	}
	s.Advance(19 * time.Second)
	if out := s.Wake(); len(out.Events) != 0 || view(s).Presence != agt.Presence_ACCEPTING {
		t.Fatal("offline before the grace was over")
	}
	s.Advance(time.Second)
	out := s.Wake()
	if len(out.Effects) != 2 || view(s).Presence != agt.Presence_OFFLINE {
		t.Fatalf("presence %v, effects %v", view(s).Presence, out.Effects)
	}
	for _, e := range out.Effects {
		if g := e.Body.(*conv.Command).GetAgentGone(); g == nil || g.SignedOut {
			t.Fatalf("effect %v", e.Body)
		}
	}
	must(t, s, event.Agent(ana), connect(3))
	v := view(s)
	if v.Presence != agt.Presence_NOT_ACCEPTING || v.Reason != agent.ReasonConnectionLost || v.Workload != 2 {
		t.Fatalf("back as %v %q with %d: T21 says not accepting, and only conversations release", v.Presence, v.Reason, v.Workload)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestBackWithinTheGraceNothingHappened(t *testing.T) {
	s := ready(t)
	must(t, s, event.Agent(ana), disconnect(1, 0))
	s.Advance(29 * time.Second)
	must(t, s, event.Agent(ana), connect(2))
	s.Advance(time.Hour)
	if out := s.Wake(); len(out.Events) != 0 || view(s).Presence != agt.Presence_ACCEPTING {
		t.Fatalf("presence %v", view(s).Presence)
	}
}
