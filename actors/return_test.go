package actors_test

import (
	"context"
	"testing"
	"time"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

// The ways back of docs/rules.md between the real entities, each over a crash in its middle.

func posts(text string) *conv.Command {
	return &conv.Command{Body: &conv.Command_Post{Post: &conv.Post{Text: text}}}
}

func (s *shop) writes(c id.Ref, customer int, text string) *conv.Reply {
	s.t.Helper()
	return s.must(c, event.Customer(ref(id.Contact, customer).ID), posts(text)).(*conv.Reply)
}

func (s *shop) accepts(c id.Ref, n int) {
	s.t.Helper()
	s.eventually("offered", 2*time.Second, func() bool { return id.FromBytes(s.talk(c).OfferedTo) == agentID(n) })
	s.must(c, event.Agent(agentID(n)), &conv.Command{Body: &conv.Command_Accept{Accept: &conv.Accept{R: s.talk(c).R}}})
}

func (s *shop) resolves(c id.Ref, n int) {
	s.t.Helper()
	s.must(c, event.Agent(agentID(n)), &conv.Command{Body: &conv.Command_Resolve{Resolve: &conv.Resolve{}}})
}

func (s *shop) presents(n int, p agt.Presence, reason string) {
	s.t.Helper()
	a := id.Ref{Kind: id.Agent, ID: agentID(n)}
	s.must(a, event.Agent(a.ID), &agt.Command{Body: &agt.Command_SetPresence{SetPresence: &agt.SetPresence{Presence: p, Reason: reason}}})
}

// everybody lists the sessions of the first agents and of one conversation's customer.
func (s *shop) everybody(agents int, c id.Ref, customer int) (stop func()) {
	pairs := []actors.SessionPair{pair(id.Conversation, c.ID, key(5000+customer))}
	for n := range agents {
		pairs = append(pairs, pair(id.Agent, agentID(n), key(9000+n)))
	}
	return s.beat(pairs...)
}

func (s *shop) owner(c id.Ref) id.ID { return id.FromBytes(s.talk(c).Agent) }

func TestReturnToTheSameAgent(t *testing.T) { // T14
	centreBubble(t, 2, func(s *shop) {
		s.accepting(0)
		c := s.begin(1)
		s.accepts(c, 0)
		s.accepting(1)
		s.resolves(c, 0)
		s.presents(0, agt.Presence_NOT_ACCEPTING, "") // returns still come
		s.kill()
		s.writes(c, 1, "one more thing")
		s.eventually("with the same agent", time.Second, func() bool { return s.owner(c) == agentID(0) })
		s.kill()
		want(t, "status", s.talk(c).Status, conv.Status_OPEN)
		s.eventually("room taken", time.Second, func() bool { v := s.agent(0); return v.Workload == 1 && v.Reservations[0].Confirmed })
		want(t, "room of the other", s.agent(1).Workload, 0)
	})
}

func TestReturnToNobody(t *testing.T) { // T15: at the head, whoever waits
	centreBubble(t, 2, func(s *shop) {
		s.accepting(0)
		c := s.begin(1)
		s.accepts(c, 0)
		s.resolves(c, 0)
		a := id.Ref{Kind: id.Agent, ID: agentID(0)}
		s.must(a, event.Agent(a.ID), &agt.Command{Body: &agt.Command_SignOut{SignOut: &agt.SignOut{All: true}}})
		earlier := s.begin(2)
		time.Sleep(5 * time.Second)
		s.writes(c, 1, "one more thing")
		s.eventually("waits", time.Second, func() bool { return s.talk(c).Route == conv.Route_QUEUED })
		s.kill()
		s.accepting(1)
		s.accepts(c, 1)
		s.accepts(earlier, 1)
	})
}

func TestReturnDuringABreak(t *testing.T) { // T15: two minutes, then the head of the queue
	centreBubble(t, 2, func(s *shop) {
		s.accepting(0)
		c := s.begin(1)
		s.accepts(c, 0)
		s.accepting(1)
		s.resolves(c, 0)
		s.presents(0, agt.Presence_BREAK, "lunch")
		s.writes(c, 1, "one more thing")
		s.kill()
		defer s.everybody(2, c, 1)()
		time.Sleep(119 * time.Second)
		want(t, "route", s.talk(c).Route, conv.Route_IDLE)
		s.eventually("the other is asked", 3*time.Second, func() bool { return id.FromBytes(s.talk(c).OfferedTo) == agentID(1) })
	})
}

func TestAgentLost(t *testing.T) { // T21, and T9 for what was only offered
	centreBubble(t, 2, func(s *shop) {
		s.accepting(0)
		waits := s.begin(1) // the customer's line is the last
		s.accepts(waits, 0)
		answered := s.begin(2)
		s.accepts(answered, 0)
		s.must(answered, event.Agent(agentID(0)), posts("good day"))
		offered := s.begin(3)
		s.eventually("offered", time.Second, func() bool { return s.talk(offered).Route == conv.Route_OFFERED })
		s.kill() // nobody is listed any more: 10 s of silence, then the rest of the grace
		stop := s.beat(pair(id.Conversation, waits.ID, key(5001)), pair(id.Conversation, answered.ID, key(5002)), pair(id.Conversation, offered.ID, key(5003)))
		defer stop()
		time.Sleep(29 * time.Second)
		want(t, "within the grace", s.owner(waits), agentID(0))
		s.eventually("given up", 3*time.Second, func() bool { v := s.talk(waits); return v.Route == conv.Route_QUEUED && v.Rank.Head })
		want(t, "the answered one stays", s.owner(answered), agentID(0))
		s.eventually("the offer is back", 3*time.Second, func() bool { return s.talk(offered).Route == conv.Route_QUEUED })
		list, err := s.node.History(context.Background(), actors.History{Target: id.Ref{Kind: id.Agent, ID: agentID(0)}, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		offline := 0
		for _, e := range list {
			if e.Body.(*agt.Event).GetWentOffline() != nil {
				offline++
			}
		}
		want(t, "went offline", offline, 1)
		s.writes(answered, 2, "are you there")
		s.eventually("at their next line", time.Second, func() bool { return s.talk(answered).Route == conv.Route_QUEUED })
		s.eventually("room", time.Second, func() bool { return s.agent(0).Workload == 0 })
		s.accepting(1)
		s.accepts(waits, 1)
		s.accepts(answered, 1)
		s.accepts(offered, 1)
	})
}

func TestCustomerGone(t *testing.T) { // T11
	centreBubble(t, 1, func(s *shop) {
		c := s.begin(1)
		s.kill()
		time.Sleep(59 * time.Second)
		want(t, "within the grace", s.talk(c).Status, conv.Status_NEW)
		s.eventually("closed", 4*time.Second, func() bool { return s.talk(c).Status == conv.Status_CLOSED })
		want(t, "reason", s.talk(c).CloseReason, conv.CloseReason_ABANDONED)
		s.accepting(0)
		time.Sleep(time.Second)
		want(t, "nothing to do", s.agent(0).Workload, 0)
	})
}

func TestClosesByItself(t *testing.T) { // T17, then T18
	centreBubble(t, 1, func(s *shop) {
		s.accepting(0)
		c := s.begin(1)
		s.accepts(c, 0)
		s.resolves(c, 0)
		until := time.Now().Add(2 * time.Hour)
		time.Sleep(time.Hour)
		s.kill()
		time.Sleep(time.Until(until) - time.Second)
		want(t, "before its time", s.talk(c).Status, conv.Status_RESOLVED)
		s.eventually("closed", 3*time.Second, func() bool { return s.talk(c).Status == conv.Status_CLOSED })
		r := s.writes(c, 1, "hello again")
		want(t, "moved", r.Moved, true)
		next := id.Ref{Kind: id.Conversation, ID: id.FromBytes(r.Conversation)}
		want(t, "linked", id.FromBytes(s.talk(next).Previous), c.ID)
		want(t, "independent", s.talk(c).Status, conv.Status_CLOSED)
		want(t, "first line", s.talk(next).Messages, 1)
	})
}
