package agent_test

import (
	"errors"
	"testing"
	"time"

	"parley/engine/agent"
	"parley/engine/event"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/routing"
	"parley/engine/stage"
)

func candidate(s *stage.Stage) routing.Candidate {
	return s.Machine.(*agent.Machine).Candidate(ana, s.Config)
}

func TestCandidate(t *testing.T) {
	s := ready(t)
	heavy := reserve(1, 100, sales)
	heavy.Weight = 2
	must(t, s, event.System, res(heavy))
	c := candidate(s)
	if !c.Connected || !c.Accepting || c.Room != 1 || c.Version != view(s).Version || len(c.Queues) != 2 {
		t.Fatalf("%+v", c)
	}
	if q := c.Queues[0]; q.Queue != sales || q.Rank != 2 || q.Room != 0 {
		t.Fatalf("sales: %+v", q)
	}
	if q := c.Queues[1]; q.Queue != care || q.Rank != 1 || q.Room != routing.NoLimit {
		t.Fatalf("care: %+v", q)
	}
	must(t, s, event.Agent(ana), disconnect(1, 0))
	if c := candidate(s); c.Connected || !c.Accepting {
		t.Fatalf("%+v: lost, and nothing chosen", c)
	}
	s.Config.Agents[ana].Deactivated = true
	if c := candidate(s); len(c.Queues) != 0 {
		t.Fatalf("%+v: deactivated serves nothing", c)
	}
}

// Whoever looks free to the distributor grants: a limit above what an agent can hold is no room.
func TestCandidateIsFullWhenItRefuses(t *testing.T) {
	s := ready(t)
	s.Config.Settings.Limit = 1000
	for r := uint64(1); r <= 200; r++ {
		must(t, s, event.System, res(reserve(r, r, care)))
	}
	if _, err := s.Command(event.System, res(reserve(201, 201, care))); !errors.Is(err, agent.ErrFull) {
		t.Fatalf("number 201: %v", err)
	}
	if c := candidate(s); c.Ready() {
		t.Fatalf("room %d of an agent who refuses", c.Room)
	}
}

// Longest idle counts from when accepting began, and from when work was last taken or ended.
func TestIdleSince(t *testing.T) {
	s := ready(t)
	at := func(want string, moved bool) {
		t.Helper()
		if got := candidate(s).IdleSince == s.Now.UnixMilli(); got != moved {
			t.Fatalf("%s: %v", want, got)
		}
		s.Advance(time.Second)
	}
	at("accepting begins", true)
	must(t, s, event.Agent(ana), presence(agt.Presence_BREAK, ""))
	at("a break", false)
	must(t, s, event.Agent(ana), presence(agt.Presence_ACCEPTING, ""))
	at("accepting begins anew", true)
	must(t, s, event.System, res(reserve(1, 100, care)))
	at("work taken", true)
	must(t, s, talk, confirm(1))
	at("accepted", false)
	must(t, s, event.System, res(reserve(2, 101, care)))
	at("more work taken", true)
	must(t, s, talk, release(2, agt.ReleaseWhy_DECLINED))
	at("declined", false)
	must(t, s, talk, release(1, agt.ReleaseWhy_ENDED))
	at("work ended", true)
}

func TestLeaseOfTheQueueWhenNoneIsGiven(t *testing.T) {
	s := ready(t)
	s.Config.Queues[care].OfferMs = 12_000
	r := reserve(1, 100, care)
	r.LeaseMs = 0
	out := must(t, s, event.System, res(r))
	if got := out.Effects[0].Body.(*conv.Command).GetOffer().LeaseMs; got != 12_000 || !s.Machine.Wake().Equal(s.Now.Add(17*time.Second)) {
		t.Fatalf("lease %d, wakes %s", got, s.Machine.Wake())
	}
	r = reserve(2, 101, care)
	r.LeaseMs = 300_000
	must(t, s, event.System, res(r))
}

func TestWorkDoneIsTheLastFiftyOnceEach(t *testing.T) {
	s := ready(t)
	for n := uint64(1); n <= 60; n++ {
		conversation := n
		if n == 60 {
			conversation = 30 // had it before
		}
		must(t, s, event.System, res(reserve(n, conversation, care)))
		must(t, s, talk, confirm(n))
		must(t, s, talk, release(n, agt.ReleaseWhy_ENDED))
	}
	done := view(s).Done
	if len(done) != 49 || lowest(done[48].Conversation) != 30 || lowest(done[0].Conversation) != 11 {
		t.Fatalf("%d, first %d, last %d", len(done), lowest(done[0].Conversation), lowest(done[len(done)-1].Conversation))
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}
