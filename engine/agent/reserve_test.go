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
	"parley/engine/msg/que"
	"parley/engine/stage"
)

func TestReserveGrantsOnceAndOffers(t *testing.T) {
	s := ready(t)
	out := must(t, s, event.System, res(reserve(1, 100, care)))
	reply := out.Reply.(*agt.Reply)
	if !reply.Granted || reply.Version != view(s).Version || len(out.Effects) != 1 {
		t.Fatalf("reply %v, effects %v, version %d", reply, out.Effects, view(s).Version)
	}
	offer := out.Effects[0].Body.(*conv.Command).GetOffer()
	if offer.LeaseMs != 30_000 || id.FromBytes(offer.Agent) != ana || out.Effects[0].Target.ID != stage.ID(100) {
		t.Fatalf("offer %v to %v", offer, out.Effects[0].Target)
	}
	again := must(t, s, event.System, res(reserve(1, 100, care)))
	if len(again.Events)+len(again.Effects) != 0 || !again.Reply.(*agt.Reply).Granted {
		t.Fatalf("the second time: %+v", again)
	}
	if got := s.Machine.Wake(); !got.Equal(s.Now.Add(35 * time.Second)) {
		t.Fatalf("wakes at %s", got)
	}
}

// What stands in the way of a reservation, by who asks.
func TestReserveRefusals(t *testing.T) {
	full := func(t testing.TB, s *stage.Stage) {
		for r := uint64(20); r < 23; r++ {
			must(t, s, event.System, res(reserve(r, r, care)))
		}
	}
	with := func(p agt.Presence) func(testing.TB, *stage.Stage) {
		return func(t testing.TB, s *stage.Stage) {
			reason := ""
			if p == agt.Presence_BREAK {
				reason = "lunch"
			}
			must(t, s, event.Agent(ana), presence(p, reason))
		}
	}
	tests := []struct {
		name                                string
		given                               func(testing.TB, *stage.Stage)
		change                              func(*agt.Reserve)
		auto, byName, returning, forcedName error
	}{
		{name: "ready"},
		{name: "not accepting", given: with(agt.Presence_NOT_ACCEPTING), auto: agent.ErrNotAccepting},
		{name: "break", given: with(agt.Presence_BREAK), auto: agent.ErrOnBreak, returning: agent.ErrOnBreak},
		{name: "call", given: with(agt.Presence_CALL), auto: agent.ErrOnCall, byName: agent.ErrOnCall, returning: agent.ErrOnCall, forcedName: agent.ErrOnCall},
		{name: "full", given: full, auto: agent.ErrFull, byName: agent.ErrFull},
		{name: "queue full", given: func(t testing.TB, s *stage.Stage) {
			must(t, s, event.System, res(reserve(20, 20, sales)))
			must(t, s, event.System, res(reserve(21, 21, sales)))
		}, change: func(r *agt.Reserve) { r.Queue = sales.Bytes() }, auto: agent.ErrFull, byName: agent.ErrFull},
		{name: "too heavy", change: func(r *agt.Reserve) { r.Weight = 4 }, auto: agent.ErrFull, byName: agent.ErrFull},
		{name: "connection lost", given: func(t testing.TB, s *stage.Stage) { must(t, s, event.Agent(ana), disconnect(1, 0)) },
			auto: agent.ErrOffline, byName: agent.ErrOffline, returning: agent.ErrOffline, forcedName: agent.ErrOffline},
		{name: "no member", change: func(r *agt.Reserve) { r.Queue = other.Bytes() },
			auto: agent.ErrNotMember, byName: agent.ErrNotMember, returning: agent.ErrNotMember},
		{name: "deactivated", given: func(_ testing.TB, s *stage.Stage) { s.Config.Agents[ana].Deactivated = true },
			auto: agent.ErrDeactivated, byName: agent.ErrDeactivated, returning: agent.ErrDeactivated, forcedName: agent.ErrDeactivated},
		{name: "gone", given: func(_ testing.TB, s *stage.Stage) { delete(s.Config.Agents, ana) },
			auto: agent.ErrGone, byName: agent.ErrGone, returning: agent.ErrGone, forcedName: agent.ErrGone},
		{name: "released before", given: func(t testing.TB, s *stage.Stage) {
			must(t, s, talk, release(1, agt.ReleaseWhy_GONE))
		}, auto: agent.ErrReleased, byName: agent.ErrReleased, returning: agent.ErrReleased, forcedName: agent.ErrReleased},
		{name: "no r", change: func(r *agt.Reserve) { r.R = nil },
			auto: entity.ErrInvalid, byName: entity.ErrInvalid, returning: entity.ErrInvalid, forcedName: entity.ErrInvalid},
		{name: "lease too long", change: func(r *agt.Reserve) { r.LeaseMs = 301_000 },
			auto: entity.ErrInvalid, byName: entity.ErrInvalid, returning: entity.ErrInvalid, forcedName: entity.ErrInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, asker := range []struct {
				name              string
				by                event.Who
				returning, forced bool
				want              error
			}{
				{"distributor", event.System, false, false, tt.auto},
				{"by name", talk, false, false, tt.byName},
				{"returning", talk, true, false, tt.returning},
				{"forced", talk, false, true, tt.forcedName},
			} {
				s := ready(t)
				if tt.given != nil {
					tt.given(t, s)
				}
				r := reserve(1, 100, care)
				r.Returning, r.Forced = asker.returning, asker.forced
				if tt.change != nil {
					tt.change(r)
				}
				before := view(s).Version
				_, err := s.Command(asker.by, res(r))
				if !errors.Is(err, asker.want) {
					t.Errorf("%s: %v, want %v", asker.name, err, asker.want)
				}
				var refusal *entity.Refusal
				if errors.As(err, &refusal) && !errors.Is(err, entity.ErrInvalid) && refusal.Reply.(*agt.Reply).Version != before {
					t.Errorf("%s: refused with version %v, want %d", asker.name, refusal.Reply, before)
				}
				if err := s.Check(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// A late copy of Confirm after the release must not take the room again, an old Release not free a newer reservation.
func TestLateCopiesChangeNothing(t *testing.T) {
	s := ready(t)
	must(t, s, event.System, res(reserve(1, 100, care)))
	must(t, s, talk, confirm(1))
	must(t, s, talk, release(1, agt.ReleaseWhy_ENDED))
	must(t, s, event.System, res(reserve(2, 100, care)))
	before := len(s.Log)
	if _, err := s.Command(talk, confirm(1)); !errors.Is(err, agent.ErrUnknownReservation) || len(s.Log) != before {
		t.Fatalf("late confirm: %v", err)
	}
	must(t, s, talk, release(1, agt.ReleaseWhy_ENDED))
	if v := view(s); v.Workload != 1 || id.FromBytes(v.Reservations[0].R) != stage.ID(2) {
		t.Fatalf("after the late release: %v", v.Reservations)
	}
	if got := view(s).Done; len(got) != 1 || id.FromBytes(got[0].Conversation) != stage.ID(100) {
		t.Fatalf("work done: %v", got)
	}
}

func TestUnknownReleaseIsRememberedForAWhile(t *testing.T) {
	s := ready(t)
	must(t, s, talk, release(1, agt.ReleaseWhy_GONE))
	before := len(s.Log)
	must(t, s, talk, release(1, agt.ReleaseWhy_GONE))
	if len(s.Log) != before {
		t.Fatal("remembered twice")
	}
	s.Advance(10 * time.Minute)
	must(t, s, event.System, res(reserve(1, 100, care)))
	if s.Rows["u"+string(stage.ID(1).Bytes())] != nil {
		t.Fatal("an event after its time does not prune it")
	}
	for r := uint64(1000); r < 1300; r++ {
		must(t, s, talk, release(r, agt.ReleaseWhy_GONE))
	}
	rows := 0
	for k := range s.Rows {
		if k[0] == 'u' {
			rows++
		}
	}
	if rows != 256 {
		t.Fatalf("%d releases remembered", rows)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestForcedIsBoundedToo(t *testing.T) {
	s := ready(t)
	for r := uint64(1); r <= 200; r++ {
		c := reserve(r, r, care)
		c.Forced = true
		must(t, s, talk, res(c))
	}
	c := reserve(201, 201, care)
	c.Forced = true
	if _, err := s.Command(talk, res(c)); !errors.Is(err, agent.ErrFull) {
		t.Fatalf("number 201: %v", err)
	}
	if out := must(t, s, event.Agent(ana), signOut(1, true)); len(out.Effects) != 200 {
		t.Fatalf("one batch tells %d", len(out.Effects))
	}
}

func TestRefusedOfferFreesAndTellsTheQueue(t *testing.T) {
	tests := []struct {
		name   string
		by     event.Who
		code   entity.Code
		reply  *conv.Reply
		freed  bool
		remove bool
	}{
		{"taken", event.System, "", nil, false, false},
		{"void", event.System, "offer_void", &conv.Reply{Void: true}, true, true},
		{"void by name: the queue never knew this n", talk, "offer_void", &conv.Reply{Void: true}, true, false},
		{"waits on", event.System, "offer_void", &conv.Reply{}, true, false},
		{"no such conversation", event.System, "not_found", nil, true, true},
		{"parked", event.System, entity.CodeParked, nil, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := ready(t)
			offer := must(t, s, tt.by, res(reserve(1, 100, care))).Effects[0]
			out := answer(t, s, offer, tt.code, tt.reply)
			if freed := view(s).Workload == 0; freed != tt.freed {
				t.Fatalf("freed %v", freed)
			}
			if removed := len(out.Effects) == 1; removed != tt.remove {
				t.Fatalf("effects %v", out.Effects)
			}
			if tt.remove {
				c := out.Effects[0].Body.(*que.Command).GetRemove()
				if c.N != 1 || c.Why != que.LeftWhy_VOID || out.Effects[0].Target.ID != care {
					t.Fatalf("%v to %v", c, out.Effects[0].Target)
				}
			}
		})
	}
}

func TestAsksTheConversationWhenNobodyConfirms(t *testing.T) {
	for _, tt := range []struct {
		name string
		code entity.Code
		held bool
		want int32 // workload
		ask  bool  // asks again
	}{
		{"held", "", true, 1, false},
		{"not held", "", false, 0, false},
		{"unknown conversation", "not_found", false, 0, false},
		{"parked", entity.CodeParked, false, 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := ready(t)
			must(t, s, event.System, res(reserve(1, 100, care)))
			s.Advance(35*time.Second - time.Millisecond)
			if out := s.Wake(); len(out.Effects) != 0 {
				t.Fatal("asked too early")
			}
			s.Advance(time.Millisecond)
			out := s.Wake()
			if len(out.Effects) != 1 || out.Effects[0].Body.(*conv.Command).GetHolds() == nil {
				t.Fatalf("effects %v", out.Effects)
			}
			answer(t, s, out.Effects[0], tt.code, &conv.Reply{Held: tt.held})
			if got := view(s).Workload; got != tt.want {
				t.Fatalf("workload %d, want %d", got, tt.want)
			}
			if asks := !s.Machine.Wake().IsZero(); asks != tt.ask {
				t.Fatalf("wakes %s", s.Machine.Wake())
			}
			if tt.ask {
				s.Now = s.Machine.Wake()
				if out := s.Wake(); len(out.Effects) != 1 {
					t.Fatalf("effects %v", out.Effects)
				}
			}
		})
	}
}

// Found by the explorer: Reserve comes twice, the second copy after the release; the answer to a question about the first
// one confirms the second, whose offer the conversation refuses.
func TestLateCopyOfReserveConfirmedByALateAnswer(t *testing.T) {
	s := ready(t)
	must(t, s, event.System, res(reserve(1, 100, care)))
	s.Advance(35 * time.Second)
	holds := s.Wake().Effects[0]
	must(t, s, talk, release(1, agt.ReleaseWhy_DECLINED))
	again := must(t, s, event.System, res(reserve(1, 100, care))).Effects[0]
	answer(t, s, holds, "", &conv.Reply{Held: true})
	answer(t, s, again, "offer_void", &conv.Reply{})
	if v := view(s); v.Workload != 0 {
		t.Fatalf("leaked: %v", v.Reservations)
	}
}
