package agent_test

import (
	"errors"
	"testing"
	"time"

	"parley/engine/agent"
	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/que"
	"parley/engine/stage"
)

var (
	ana   = stage.ID(1)
	boss  = stage.ID(2)
	sales = stage.ID(10) // limit 2 per agent
	care  = stage.ID(11)
	other = stage.ID(12) // ana does not serve it
	talk  = event.Entity(id.Ref{Kind: id.Conversation, ID: stage.ID(100)})
)

func config() *centre.Config {
	return &centre.Config{
		Settings: &centre.Settings{Limit: 3, BreakReasons: []string{"lunch", ""}},
		Queues: map[id.ID]*centre.Queue{
			sales: {Id: sales.Bytes(), Limit: 2}, care: {Id: care.Bytes()}, other: {Id: other.Bytes()},
		},
		Agents: map[id.ID]*centre.Agent{
			ana: {Id: ana.Bytes(), Limit: -1, Role: centre.Role_AGENT, Queues: []*centre.Member{
				{Queue: sales.Bytes(), Rank: 2}, {Queue: care.Bytes()}}},
			boss: {Id: boss.Bytes(), Role: centre.Role_ADMINISTRATOR},
		},
	}
}

func begin() *stage.Stage {
	return stage.New(agent.Type(), id.Ref{Kind: id.Agent, ID: ana}, config())
}

// ready is an agent who is connected and accepting.
func ready(t testing.TB) *stage.Stage {
	s := begin()
	must(t, s, event.Agent(ana), connect(1))
	must(t, s, event.Agent(ana), presence(agt.Presence_ACCEPTING, ""))
	return s
}

func must(t testing.TB, s *stage.Stage, by event.Who, c *agt.Command) entity.Outcome {
	t.Helper()
	out, err := s.Command(by, c)
	if err != nil {
		t.Fatalf("%v: %v", c, err)
	}
	return out
}

func connect(n uint64) *agt.Command {
	return &agt.Command{Body: &agt.Command_Connected{Connected: &agt.Connected{Session: stage.ID(n).Bytes()}}}
}

func disconnect(n uint64, gone time.Duration) *agt.Command {
	return &agt.Command{Body: &agt.Command_Disconnected{Disconnected: &agt.Disconnected{Session: stage.ID(n).Bytes(), GoneMs: gone.Milliseconds()}}}
}

func presence(p agt.Presence, reason string) *agt.Command {
	return &agt.Command{Body: &agt.Command_SetPresence{SetPresence: &agt.SetPresence{Presence: p, Reason: reason}}}
}

func reserve(r, conversation uint64, queue id.ID) *agt.Reserve {
	return &agt.Reserve{R: stage.ID(r).Bytes(), Conversation: stage.ID(conversation).Bytes(), N: 1, Queue: queue.Bytes(), LeaseMs: 30_000}
}

func res(r *agt.Reserve) *agt.Command {
	return &agt.Command{Body: &agt.Command_Reserve{Reserve: r}}
}

func confirm(r uint64) *agt.Command {
	return &agt.Command{Body: &agt.Command_Confirm{Confirm: &agt.Confirm{R: stage.ID(r).Bytes()}}}
}

func release(r uint64, why agt.ReleaseWhy) *agt.Command {
	return &agt.Command{Body: &agt.Command_Release{Release: &agt.Release{R: stage.ID(r).Bytes(), Why: why}}}
}

func view(s *stage.Stage) *agt.View {
	return s.Machine.(*agent.Machine).View(ana, s.Config)
}

// answer gives the verdict on an effect.
func answer(t testing.TB, s *stage.Stage, e entity.Send, code entity.Code, reply *conv.Reply) entity.Outcome {
	t.Helper()
	var data []byte
	if reply != nil {
		var err error
		if data, err = reply.MarshalVT(); err != nil {
			t.Fatal(err)
		}
	}
	out, err := s.Do(entity.Input{By: event.System, Answered: &entity.Answered{Effect: e, Code: code, Reply: data}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

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
	s.Advance(10*time.Minute + time.Second)
	must(t, s, event.Agent(ana), presence(agt.Presence_NOT_ACCEPTING, "")) // any event prunes
	must(t, s, event.Agent(ana), presence(agt.Presence_ACCEPTING, ""))
	must(t, s, event.System, res(reserve(1, 100, care)))
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
