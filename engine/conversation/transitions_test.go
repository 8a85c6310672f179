package conversation_test

import (
	"testing"
	"time"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/engine/msg/que"
)

var none id.ID

func TestT2StartWaitsWithGreetingAndFirstMessage(t *testing.T) {
	k := newTalk(t)
	r := k.do(event.Entity(id.Ref{Kind: id.Contact, ID: contact}), start(centre.Style_LIVE_RETURN))
	k.expect(t, []string{"Started", "Posted", "Queued"}, []string{"queue.Enqueue 1"})
	k.is(t, conv.Status_NEW, conv.Route_QUEUED, none)
	if r.Number != 129 || r.Seq != 2 || r.Pub != 2 || r.At != began.UnixMilli() || id.FromBytes(r.Conversation) != self.ID {
		t.Fatalf("reply %v", r)
	}
	started, posted := k.log[0], k.log[1]
	if g := started.Body.(*conv.Event).GetStarted().Greeting; g != "Hello from support" {
		t.Fatalf("greeting %q: the queue's replaces the inbox's", g)
	}
	if posted.By != customer || posted.Key != name("first") || posted.Pub != 2 || k.log[2].Pub != 0 {
		t.Fatalf("the first message is the customer's: %v", posted)
	}
	if v := k.s.View(); v.UnansweredSince != began.UnixMilli() || !v.LastByCustomer || !v.CustomerConnected || v.Rank.QueuePriority != 7 {
		t.Fatalf("view %v", v)
	}
	again := k.do(event.Entity(id.Ref{Kind: id.Contact, ID: contact}), start(centre.Style_LIVE_RETURN))
	if k.expect(t, nil, nil); again.Number != r.Number || again.At != r.At || again.Seq != 2 {
		t.Fatalf("a repeat answers %v, want %v", again, r)
	}
}

func TestT7OfferReservesWithADeadline(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(fromAgent, offer(r1, ana, 1))
	k.expect(t, []string{"Offered"}, []string{"queue.Offered 1"})
	k.is(t, conv.Status_NEW, conv.Route_OFFERED, none)
	if w := k.s.Wake(); !w.Equal(began.Add(30 * time.Second)) {
		t.Fatalf("wake at %v", w)
	}
	k.do(fromAgent, offer(r1, ana, 1))
	k.expect(t, nil, nil)
}

func TestT8AcceptOpens(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(fromAgent, offer(r1, ana, 1))
	k.do(event.Agent(ana), accept(r1))
	k.expect(t, []string{"Assigned"}, []string{"agent.Confirm", "queue.Remove 1 ASSIGNED"})
	k.is(t, conv.Status_OPEN, conv.Route_ASSIGNED, ana)
	if r := k.do(event.Agent(ana), accept(r1)); id.FromBytes(r.Agent) != ana {
		t.Fatalf("a repeat answers %v", r)
	}
	k.expect(t, nil, nil)
}

func TestT9DeclineLapseWithdrawGone(t *testing.T) {
	tests := []struct {
		name     string
		end      func(k *talk)
		why      conv.OfferEnd
		release  string
		excluded bool
	}{
		{"decline", func(k *talk) { k.do(event.Agent(ana), decline(r1)) }, conv.OfferEnd_DECLINED, "DECLINED", true},
		{"lapse", func(k *talk) { k.advance(30 * time.Second) }, conv.OfferEnd_LAPSED, "LAPSED", true},
		{"withdrawn", func(k *talk) { k.do(fromAgent, withdraw(r1)) }, conv.OfferEnd_WITHDRAWN, "WITHDRAWN", false},
		{"agent gone", func(k *talk) { k.do(fromAgent, agentGone(r1)) }, conv.OfferEnd_AGENT_GONE, "GONE", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := begun(t, centre.Style_LIVE_RETURN)
			k.cfg.Queues[support].MaxWaitMs = 600_000
			k.do(fromAgent, offer(r1, ana, 1))
			tt.end(k)
			k.expect(t, []string{"OfferEnded", "Queued"}, []string{"agent.Release " + tt.release, "queue.Enqueue 2"})
			k.is(t, conv.Status_NEW, conv.Route_QUEUED, none)
			if why := k.shown[0].Body.(*conv.Event).GetOfferEnded().Why; why != tt.why {
				t.Fatalf("why %v", why)
			}
			enq := k.last[1].Body.(*que.Command).GetEnqueue()
			if enq.Rank.SinceMs != began.UnixMilli() {
				t.Fatalf("the time it waits since is kept: %v", enq.Rank)
			}
			if got := id.FromBytes(enq.Exclude) == ana && enq.ExcludeMs == 60_000; got != tt.excluded {
				t.Fatalf("excluded %v, want %v", enq, tt.excluded)
			}
		})
	}
}

func TestLapseIsNeverEarly(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(fromAgent, offer(r1, ana, 1))
	k.advance(30*time.Second - time.Millisecond)
	k.is(t, conv.Status_NEW, conv.Route_OFFERED, none)
	k.do(event.Agent(ana), accept(r1))
	k.is(t, conv.Status_OPEN, conv.Route_ASSIGNED, ana)
}

func TestT10PickByHand(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(event.Agent(ana), assign(ana))
	k.expect(t, []string{"Seeking"}, []string{"agent.Reserve"})
	k.is(t, conv.Status_NEW, conv.Route_QUEUED, none)
	r, reserve := k.reserve()
	if c := reserve.Body.(*agt.Command).GetReserve(); c.N != 2 || c.Forced || c.Returning || c.LeaseMs != 30_000 {
		t.Fatalf("reserve %v", c)
	}
	k.do(fromAgent, offer(r, ana, 2))
	k.expect(t, []string{"Assigned"}, []string{"agent.Confirm", "queue.Remove 2 MOVED"})
	k.is(t, conv.Status_OPEN, conv.Route_ASSIGNED, ana)
	if how := k.shown[0].Body.(*conv.Event).GetAssigned().How; how != conv.How_PICKED {
		t.Fatalf("how %v", how)
	}
}

func TestT10WhoIsAskedAlreadyTakesTheOffer(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(fromAgent, offer(r1, ana, 1))
	k.do(event.Agent(ana), assign(ana))
	k.expect(t, []string{"Assigned"}, []string{"agent.Confirm", "queue.Remove 1 ASSIGNED"})
}

func TestT10PickSupersedesAnOffer(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(fromAgent, offer(r1, bo, 1))
	k.do(event.Agent(ana), assign(ana))
	r, _ := k.reserve()
	k.is(t, conv.Status_NEW, conv.Route_OFFERED, none)
	k.do(fromAgent, offer(r, ana, 2))
	k.expect(t, []string{"OfferEnded", "Assigned"}, []string{"agent.Release MOVED", "agent.Confirm", "queue.Remove 2 MOVED"})
	k.is(t, conv.Status_OPEN, conv.Route_ASSIGNED, ana)
}

func TestT10RefusedPickLeavesAllAsItWas(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(event.Agent(ana), assign(ana))
	_, reserve := k.reserve()
	if _, err := k.answered(reserve, "no_room", &agt.Reply{}); err != nil {
		t.Fatal(err)
	}
	k.expect(t, []string{"SeekEnded"}, nil)
	k.is(t, conv.Status_NEW, conv.Route_QUEUED, none)
	k.do(fromAgent, offer(r1, bo, 1))
	k.is(t, conv.Status_NEW, conv.Route_OFFERED, none)
}

func TestT11GraceOver(t *testing.T) {
	tests := []struct {
		name   string
		make   func(t fataler, s centre.Style) *talk
		style  centre.Style
		wrote  []string
		sent   []string
		status conv.Status
	}{
		{"waiting", begun, centre.Style_LIVE_RETURN, []string{"Closed"}, []string{"queue.Remove 1 ENDED", "Ended to contact"}, conv.Status_CLOSED},
		{"waiting, messaging", begun, centre.Style_MESSAGING, []string{"CustomerLeft"}, nil, conv.Status_NEW},
		{"open", opened, centre.Style_LIVE_RETURN, []string{"CustomerLeft"}, nil, conv.Status_OPEN},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := tt.make(t, tt.style)
			k.do(fromHost, disconnected(session))
			k.advance(59 * time.Second)
			k.expect(t, nil, nil)
			k.advance(time.Second)
			k.expect(t, tt.wrote, tt.sent)
			v := k.s.View()
			if v.Status != tt.status || v.Status == conv.Status_CLOSED && v.CloseReason != conv.CloseReason_ABANDONED {
				t.Fatalf("view %v", v)
			}
			if v.Status != conv.Status_CLOSED {
				k.do(customer, connected(name("s2")))
				if k.s.View().Activity != conv.Activity_ACTIVE {
					t.Fatal("back is active")
				}
			}
		})
	}
}

func TestT11AbandonedWhileOffered(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(fromHost, disconnected(session))
	k.advance(50 * time.Second)
	k.do(fromAgent, offer(r1, ana, 1))
	k.advance(10 * time.Second)
	k.expect(t, []string{"OfferEnded", "Closed"}, []string{"agent.Release ENDED", "queue.Remove 1 ENDED", "Ended to contact"})
}

func TestGraceEndsWhenTheCustomerIsBack(t *testing.T) {
	k := begun(t, centre.Style_LIVE)
	k.do(customer, connected(name("s2")))
	k.do(fromHost, disconnected(session)) // another lives
	if !k.s.Wake().IsZero() {
		t.Fatal("no grace while a session lives")
	}
	k.do(fromHost, &conv.Command{Body: &conv.Command_Disconnected{Disconnected: &conv.Disconnected{Session: name("s2").Bytes(), GoneMs: 20_000}}})
	if w := k.s.Wake(); !w.Equal(began.Add(40 * time.Second)) {
		t.Fatalf("the time gone already counts: %v", w)
	}
	k.do(customer, connected(session))
	if !k.s.Wake().IsZero() {
		t.Fatal("back within the grace")
	}
	k.do(customer, connected(session))
	k.expect(t, nil, nil)
	k.do(fromHost, disconnected(name("s2")))
	k.expect(t, nil, nil)
}

func TestT13Resolve(t *testing.T) {
	k := opened(t, centre.Style_LIVE_RETURN)
	k.do(event.Agent(ana), say("On its way."))
	k.do(event.Agent(ana), resolve)
	k.expect(t, []string{"Resolved"}, []string{"agent.Release ENDED"})
	k.is(t, conv.Status_RESOLVED, conv.Route_IDLE, none)
	r := k.shown[0].Body.(*conv.Event).GetResolved()
	if !r.Survey || r.By != conv.CloseReason_BY_AGENT || id.FromBytes(r.R) != r1 || r.CloseAt != began.Add(2*time.Hour).UnixMilli() {
		t.Fatalf("resolved %v", r)
	}
	k.do(event.Agent(ana), resolve)
	k.expect(t, nil, nil)
}

func TestT13LiveClosesAtOnce(t *testing.T) {
	k := opened(t, centre.Style_LIVE)
	k.do(event.Agent(sue), resolve)
	k.expect(t, []string{"Resolved", "Closed"}, []string{"agent.Release ENDED", "Ended to contact"})
	if v := k.s.View(); v.Survey || v.CloseReason != conv.CloseReason_BY_AGENT {
		t.Fatalf("nobody has answered, so nobody is asked: %v", v)
	}
}

func TestT13SupervisorResolvesWhatWaits(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(fromAgent, offer(r1, ana, 1))
	k.do(event.Agent(sue), resolve)
	k.expect(t, []string{"OfferEnded", "Resolved"}, []string{"agent.Release ENDED", "queue.Remove 1 ENDED"})
}

func TestT14ReturnToTheSameAgent(t *testing.T) {
	k := resolved(t, centre.Style_LIVE_RETURN)
	k.now = k.now.Add(time.Minute)
	k.do(customer, say("One more thing"))
	k.expect(t, []string{"Posted", "Reopened", "Seeking"}, []string{"agent.Reserve"})
	k.is(t, conv.Status_NEW, conv.Route_IDLE, none)
	r, reserve := k.reserve()
	if c := reserve.Body.(*agt.Command).GetReserve(); !c.Returning || c.Forced || reserve.Target.ID != ana {
		t.Fatalf("reserve %v of %v", c, reserve.Target)
	}
	k.do(fromAgent, offer(r, ana, 2))
	k.expect(t, []string{"Assigned"}, []string{"agent.Confirm"})
	k.is(t, conv.Status_OPEN, conv.Route_ASSIGNED, ana)
	if a := k.shown[0].Body.(*conv.Event).GetAssigned(); a.How != conv.How_RETURNED {
		t.Fatalf("assigned %v", a)
	}
	if _, err := k.answered(reserve, "", &agt.Reply{Granted: true}); err != nil {
		t.Fatal(err)
	}
	k.expect(t, nil, nil)
}

func TestT15ReturnToTheHeadOfTheQueue(t *testing.T) {
	t.Run("agent away", func(t *testing.T) {
		k := resolved(t, centre.Style_LIVE_RETURN)
		k.now = k.now.Add(time.Minute)
		k.do(customer, say("One more thing"))
		_, reserve := k.reserve()
		if _, err := k.answered(reserve, "not_accepting", &agt.Reply{Presence: agt.Presence_OFFLINE}); err != nil {
			t.Fatal(err)
		}
		k.expect(t, []string{"SeekEnded", "Queued"}, []string{"queue.Enqueue 3"})
		k.is(t, conv.Status_NEW, conv.Route_QUEUED, none)
		if e := k.last[len(k.last)-1].Body.(*que.Command).GetEnqueue(); id.FromBytes(e.Prefer) != ana {
			t.Fatalf("whoever had the customer is not asked first: %v", e)
		}
		if rank := k.s.View().Rank; !rank.Head || rank.SinceMs != began.Add(time.Minute).UnixMilli() {
			t.Fatalf("rank %v", rank)
		}
	})
	t.Run("agent deactivated", func(t *testing.T) {
		k := resolved(t, centre.Style_LIVE_RETURN)
		k.cfg.Agents[ana].Deactivated = true
		k.do(customer, say("One more thing"))
		k.expect(t, []string{"Posted", "Reopened", "Queued"}, []string{"queue.Enqueue 2"})
	})
	t.Run("agent left the queue", func(t *testing.T) {
		k := resolved(t, centre.Style_LIVE_RETURN)
		k.cfg.Agents[ana].Queues = nil
		k.do(customer, say("One more thing"))
		k.expect(t, []string{"Posted", "Reopened", "Queued"}, []string{"queue.Enqueue 2"})
	})
	t.Run("agent's shard is silent", func(t *testing.T) {
		k := resolved(t, centre.Style_LIVE_RETURN)
		k.do(customer, say("One more thing"))
		r, _ := k.reserve()
		k.advance(10 * time.Second)
		k.expect(t, []string{"SeekEnded", "Queued"}, []string{"queue.Enqueue 3"})
		if _, err := k.try(fromAgent, offer(r, ana, 2)); err == nil {
			t.Fatal("who answers too late is refused")
		}
	})
	t.Run("agent on a break", func(t *testing.T) {
		k := resolved(t, centre.Style_LIVE_RETURN)
		k.do(customer, say("One more thing"))
		_, reserve := k.reserve()
		_, _ = k.answered(reserve, "on_break", &agt.Reply{Presence: agt.Presence_BREAK})
		k.expect(t, []string{"SeekEnded", "ReturnWaits"}, nil)
		k.is(t, conv.Status_NEW, conv.Route_IDLE, none)
		k.advance(2*time.Minute - time.Millisecond)
		k.expect(t, nil, nil)
		k.advance(time.Millisecond)
		k.expect(t, []string{"Seeking"}, []string{"agent.Reserve"})
		_, reserve = k.reserve()
		_, _ = k.answered(reserve, "on_break", &agt.Reply{Presence: agt.Presence_BREAK})
		k.expect(t, []string{"SeekEnded", "Queued"}, []string{"queue.Enqueue 4"})
		if !k.s.View().Rank.Head {
			t.Fatal("at the head")
		}
	})
}

func TestT17CloseTimer(t *testing.T) {
	tests := []struct {
		style centre.Style
		after time.Duration
	}{
		{centre.Style_LIVE_RETURN, 2 * time.Hour},
		{centre.Style_MESSAGING, 4 * 24 * time.Hour},
	}
	for _, tt := range tests {
		k := resolved(t, tt.style)
		k.advance(tt.after - time.Millisecond)
		k.is(t, conv.Status_RESOLVED, conv.Route_IDLE, none)
		k.advance(time.Millisecond)
		k.expect(t, []string{"Closed"}, []string{"Ended to contact"})
		if v := k.s.View(); v.CloseReason != conv.CloseReason_BY_TIMER || !v.Survey || v.EndedAt != began.UnixMilli() || v.CustomerConnected {
			t.Fatalf("view %v", v)
		}
	}
}

func TestT18MessageToAClosedConversationMovesOn(t *testing.T) {
	k := resolved(t, centre.Style_LIVE)
	out, err := k.step(entity.Input{By: customer, Key: name("key"), Body: say("Hello again")})
	if err != nil || out.Await != k.effects {
		t.Fatalf("%v, awaits %d, want %d", err, out.Await, k.effects)
	}
	k.expect(t, nil, []string{"Start to contact"})
	c := k.last[0].Body.(*ctc.Command).GetStart()
	if id.FromBytes(c.After) != self.ID || id.FromBytes(c.Key) != name("key") || c.Message.Text != "Hello again" || id.FromBytes(c.Inbox) != inbox {
		t.Fatalf("start %v", c)
	}
	effect := k.last[0]
	out, err = k.answered(effect, "", &ctc.Reply{Conversation: name("next").Bytes(), Number: 257, Pub: 2, Seq: 2, At: 5})
	if r := out.Reply.(*conv.Reply); err != nil || !r.Moved || r.Number != 257 || r.Pub != 2 || id.FromBytes(r.Conversation) != name("next") {
		t.Fatalf("%v %v", r, err)
	}
	out, err = k.answered(effect, "conversation_open", &ctc.Reply{Conversation: name("other").Bytes()})
	if r := out.Reply.(*conv.Reply); err != nil || r.Moved || id.FromBytes(r.Conversation) != name("other") {
		t.Fatalf("%v %v: a refusal names the open one", r, err)
	}
}

func TestT19Reopen(t *testing.T) {
	k := resolved(t, centre.Style_LIVE_RETURN)
	k.do(event.Agent(ana), reopen)
	k.expect(t, []string{"Seeking"}, []string{"agent.Reserve"})
	k.is(t, conv.Status_RESOLVED, conv.Route_IDLE, none)
	r, _ := k.reserve()
	k.do(fromAgent, offer(r, ana, 2))
	k.expect(t, []string{"Reopened", "Assigned"}, []string{"agent.Confirm"})
	k.is(t, conv.Status_OPEN, conv.Route_ASSIGNED, ana)
	if v := k.s.View(); v.Survey || v.EndedAt != 0 {
		t.Fatalf("an open one asks nothing: %v", v)
	}
	k.do(event.Agent(ana), reopen)
	k.expect(t, nil, nil)
}

func TestT19RefusedLeavesItResolved(t *testing.T) {
	k := resolved(t, centre.Style_LIVE_RETURN)
	k.do(event.Agent(ana), reopen)
	_, reserve := k.reserve()
	_, _ = k.answered(reserve, "full", &agt.Reply{})
	k.expect(t, []string{"SeekEnded"}, nil)
	k.is(t, conv.Status_RESOLVED, conv.Route_IDLE, none)
}

func TestT19CustomerWritesWhileAnAgentReopens(t *testing.T) {
	k := resolved(t, centre.Style_LIVE_RETURN)
	k.do(event.Agent(sue), reopen)
	_, reserve := k.reserve()
	k.do(customer, say("Are you there?"))
	k.expect(t, []string{"Posted", "Reopened"}, nil)
	_, _ = k.answered(reserve, "offline", &agt.Reply{})
	k.expect(t, []string{"SeekEnded", "Queued"}, []string{"queue.Enqueue 3"})
}

func TestT19SupervisorTakesAnothersWaitingOne(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(event.Agent(bo), reopen)
	r, _ := k.reserve()
	k.do(fromAgent, offer(r, bo, 2))
	k.expect(t, []string{"Assigned"}, []string{"agent.Confirm", "queue.Remove 2 MOVED"})
}

func TestT21AgentLost(t *testing.T) {
	tests := []struct {
		name    string
		rule    string
		answers bool // ana's line is the last
		wrote   []string
		sent    []string
	}{
		{"customer waits", "", false, []string{"Unassigned", "Queued"}, []string{"agent.Release GONE", "queue.Enqueue 2"}},
		{"ours is last", "requeue", true, []string{"OwnerLost"}, nil},
		{"on next message", "on_next_message", false, []string{"OwnerLost"}, nil},
		{"keep", "keep", false, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := opened(t, centre.Style_LIVE_RETURN)
			k.cfg.Queues[support].AgentLost = tt.rule
			if tt.answers {
				k.do(event.Agent(ana), say("Let me look."))
			}
			k.do(fromAgent, agentGone(r1))
			k.expect(t, tt.wrote, tt.sent)
			if rank := k.s.View().Rank; len(tt.sent) > 0 && (!rank.Head || rank.SinceMs != began.UnixMilli()) {
				t.Fatalf("age is kept, at the head: %v", rank)
			}
		})
	}
}

func TestT21GivenUpAtTheNextMessage(t *testing.T) {
	k := opened(t, centre.Style_LIVE_RETURN)
	k.do(event.Agent(ana), say("Let me look."))
	k.do(fromAgent, agentGone(r1))
	k.do(fromAgent, agentGone(r1))
	k.expect(t, nil, nil)
	k.is(t, conv.Status_OPEN, conv.Route_ASSIGNED, ana)
	k.do(customer, say("And?"))
	k.expect(t, []string{"Posted", "Unassigned", "Seeking"}, []string{"agent.Release GONE", "agent.Reserve"})
	_, reserve := k.reserve()
	_, _ = k.answered(reserve, "offline", &agt.Reply{Presence: agt.Presence_OFFLINE})
	k.expect(t, []string{"SeekEnded", "Queued"}, []string{"queue.Enqueue 3"})
}

func TestT21WhoComesBackAndAnswersKeepsIt(t *testing.T) {
	k := opened(t, centre.Style_LIVE_RETURN)
	k.do(event.Agent(ana), say("Let me look."))
	k.do(fromAgent, agentGone(r1))
	k.do(event.Agent(ana), say("I am back."))
	k.do(customer, say("Good."))
	k.expect(t, []string{"Posted"}, nil)
	k.is(t, conv.Status_OPEN, conv.Route_ASSIGNED, ana)
}

func TestT26CustomerEnds(t *testing.T) {
	tests := []struct {
		name   string
		make   func(t fataler, s centre.Style) *talk
		style  centre.Style
		wrote  []string
		sent   []string
		reason conv.CloseReason
	}{
		{"open", opened, centre.Style_LIVE_RETURN, []string{"Resolved"}, []string{"agent.Release ENDED"}, conv.CloseReason_BY_CUSTOMER},
		{"open, live", opened, centre.Style_LIVE, []string{"Resolved", "Closed"}, []string{"agent.Release ENDED", "Ended to contact"}, conv.CloseReason_BY_CUSTOMER},
		{"waiting", begun, centre.Style_LIVE_RETURN, []string{"Closed"}, []string{"queue.Remove 1 ENDED", "Ended to contact"}, conv.CloseReason_ABANDONED},
		{"resolved", resolved, centre.Style_LIVE_RETURN, nil, nil, conv.CloseReason_BY_AGENT},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := tt.make(t, tt.style)
			k.do(customer, end)
			k.expect(t, tt.wrote, tt.sent)
			if r := k.s.View().CloseReason; r != tt.reason {
				t.Fatalf("reason %v", r)
			}
			k.do(customer, end)
			k.expect(t, nil, nil)
		})
	}
}

func TestT29AssignByHand(t *testing.T) {
	t.Run("from one owner to another", func(t *testing.T) {
		k := opened(t, centre.Style_LIVE_RETURN)
		k.do(event.Agent(ana), assign(bo))
		k.is(t, conv.Status_OPEN, conv.Route_ASSIGNED, ana) // until bo has it
		r, _ := k.reserve()
		k.do(event.Agent(ana), assign(ana))
		k.expect(t, nil, nil)
		k.do(fromAgent, offer(r, bo, 2))
		k.expect(t, []string{"Assigned"}, []string{"agent.Confirm", "agent.Release MOVED"})
		k.is(t, conv.Status_OPEN, conv.Route_ASSIGNED, bo)
	})
	t.Run("forced by a supervisor only", func(t *testing.T) {
		for _, by := range []id.ID{ana, sue} {
			k := opened(t, centre.Style_LIVE_RETURN)
			k.do(event.Agent(by), &conv.Command{Body: &conv.Command_Assign{Assign: &conv.Assign{Agent: bo.Bytes(), Forced: true}}})
			_, reserve := k.reserve()
			if got := reserve.Body.(*agt.Command).GetReserve().Forced; got != (by == sue) {
				t.Fatalf("forced by %s: %v", by, got)
			}
		}
	})
	t.Run("resolved: for the return", func(t *testing.T) {
		k := resolved(t, centre.Style_LIVE_RETURN)
		k.do(event.Agent(ana), assign(bo))
		k.expect(t, []string{"Assigned"}, nil)
		k.is(t, conv.Status_RESOLVED, conv.Route_IDLE, none)
		k.do(customer, say("Hello?"))
		if _, reserve := k.reserve(); reserve.Target.ID != bo {
			t.Fatalf("asked %v", reserve.Target)
		}
	})
	t.Run("owner lost while the other is asked", func(t *testing.T) {
		k := opened(t, centre.Style_LIVE_RETURN)
		k.do(event.Agent(ana), assign(bo))
		r, _ := k.reserve()
		k.do(fromAgent, agentGone(r1))
		k.expect(t, []string{"Unassigned", "Queued"}, []string{"agent.Release GONE", "queue.Enqueue 3"})
		k.do(fromAgent, offer(r, bo, 2))
		k.expect(t, []string{"Assigned"}, []string{"agent.Confirm", "queue.Remove 3 MOVED"})
	})
	t.Run("an offer accepted first wins", func(t *testing.T) {
		k := begun(t, centre.Style_LIVE_RETURN)
		k.do(fromAgent, offer(r1, ana, 1))
		k.do(event.Agent(sue), assign(bo))
		r, _ := k.reserve()
		k.do(event.Agent(ana), accept(r1))
		k.expect(t, []string{"SeekEnded", "Assigned"}, []string{"agent.Confirm", "queue.Remove 2 ASSIGNED"})
		if _, err := k.try(fromAgent, offer(r, bo, 2)); err == nil {
			t.Fatal("the sought reservation comes too late")
		}
	})
}

func TestT30Unassign(t *testing.T) {
	k := opened(t, centre.Style_LIVE_RETURN)
	k.now = k.now.Add(time.Minute)
	k.do(event.Agent(ana), unassign)
	k.expect(t, []string{"Unassigned", "Queued"}, []string{"agent.Release UNASSIGNED", "queue.Enqueue 2"})
	k.is(t, conv.Status_NEW, conv.Route_QUEUED, none)
	enq := k.last[1].Body.(*que.Command).GetEnqueue()
	if enq.Rank.Head || enq.Rank.SinceMs != began.UnixMilli() || id.FromBytes(enq.Exclude) != ana {
		t.Fatalf("at its age, without who gave it back: %v", enq)
	}
	k.do(event.Agent(sue), unassign)
	k.expect(t, nil, nil)
}

func TestLongestWait(t *testing.T) {
	k := newTalk(t)
	k.cfg.Queues[support].MaxWaitMs = 60_000
	k.do(event.Entity(id.Ref{Kind: id.Contact, ID: contact}), start(centre.Style_LIVE_RETURN))
	k.advance(50 * time.Second)
	k.do(fromAgent, offer(r1, ana, 1))
	k.advance(20 * time.Second) // an agent who is being asked is not interrupted
	k.expect(t, nil, nil)
	k.advance(10 * time.Second)
	k.expect(t, []string{"OfferEnded", "Queued", "Closed"},
		[]string{"agent.Release LAPSED", "queue.Enqueue 2", "queue.Remove 2 ENDED", "Ended to contact"})
	if r := k.s.View().CloseReason; r != conv.CloseReason_MAX_WAIT {
		t.Fatalf("reason %v", r)
	}
}

func TestLongestWaitBeginsAgainAfterAnAssignment(t *testing.T) {
	k := newTalk(t)
	k.cfg.Queues[support].MaxWaitMs = 60_000
	k.do(event.Entity(id.Ref{Kind: id.Contact, ID: contact}), start(centre.Style_LIVE_RETURN))
	k.do(fromAgent, offer(r1, ana, 1))
	k.do(event.Agent(ana), accept(r1))
	k.advance(time.Hour)
	k.do(event.Agent(ana), unassign)
	if w := k.s.Wake(); !w.Equal(k.now.Add(time.Minute)) {
		t.Fatalf("wake %v", w)
	}
}

// waitingForABreak is a return whose agent is on a break.
func waitingForABreak(t fataler) *talk {
	t.Helper()
	k := resolved(t, centre.Style_LIVE_RETURN)
	k.do(customer, say("One more thing"))
	_, reserve := k.reserve()
	_, _ = k.answered(reserve, "on_break", &agt.Reply{Presence: agt.Presence_BREAK})
	return k
}

func TestT15WhatEndsTheWaitForABreak(t *testing.T) {
	tests := []struct {
		name  string
		do    func(k *talk)
		wrote []string
	}{
		{"customer ends", func(k *talk) { k.do(customer, end) }, []string{"Closed"}},
		{"supervisor resolves", func(k *talk) { k.do(event.Agent(sue), resolve) }, []string{"Resolved"}},
		{"agent takes it", func(k *talk) { k.do(event.Agent(ana), assign(ana)) }, []string{"Seeking"}},
		{"customer writes on", func(k *talk) { k.do(customer, say("Hello?")) }, []string{"Posted"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := waitingForABreak(t)
			tt.do(k)
			k.expect(t, tt.wrote, k.sent())
		})
	}
	k := waitingForABreak(t)
	k.do(event.Agent(bo), assign(bo))
	_, reserve := k.reserve()
	_, _ = k.answered(reserve, "full", &agt.Reply{})
	k.expect(t, []string{"SeekEnded", "Queued"}, []string{"queue.Enqueue 4"})
}

func TestT9KeepsTheHead(t *testing.T) {
	k := opened(t, centre.Style_LIVE_RETURN)
	k.do(fromAgent, agentGone(r1)) // to the head
	k.do(fromAgent, offer(r2, bo, 2))
	k.do(event.Agent(bo), decline(r2))
	if !k.s.View().Rank.Head {
		t.Fatal("declined, and no longer ahead")
	}
	k.do(fromAgent, offer(r3, sue, 3))
	k.do(event.Agent(sue), accept(r3))
	k.do(event.Agent(sue), unassign)
	if k.s.View().Rank.Head {
		t.Fatal("by hand it goes back at its age")
	}
}
