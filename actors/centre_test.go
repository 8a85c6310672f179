package actors_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"parley/actors"
	"parley/engine/agent"
	"parley/engine/centre"
	"parley/engine/contact"
	"parley/engine/conversation"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/identity"
	"parley/engine/msg/agt"
	"parley/engine/msg/cfg"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/engine/msg/que"
	"parley/engine/org"
	"parley/engine/queue"
)

func realKinds(o *actors.Options) {
	o.Types = []entity.Type{conversation.Type(), agent.Type(), queue.Type(), contact.Type(), identity.Type(), org.Type()}
}

// shop is a contact centre with the real rules: one pool, one queue, one inbox, agents by number.
type shop struct {
	*rig
	queue, inbox, pool id.ID
	keys               int
}

var operator = event.Who{Kind: event.Actor_OPERATOR}

func named(s string) (i id.ID) {
	copy(i[:], s)
	return i
}

func agentID(n int) id.ID { return ref(id.Agent, n).ID }

func centreBubble(t *testing.T, agents int, f func(s *shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &shop{rig: newRig(t, realKinds), queue: named("queue"), inbox: named("inbox"), pool: named("pool")}
		defer s.stop()
		s.seed(agents)
		f(s)
	})
}

func (s *shop) seed(agents int) {
	s.t.Helper()
	s.org(&cfg.Command{Body: &cfg.Command_PutSettings{PutSettings: &centre.Settings{Name: "shop", BreakReasons: []string{"lunch"}}}})
	s.org(&cfg.Command{Body: &cfg.Command_PutPool{PutPool: &centre.Pool{Id: s.pool.Bytes(), Name: "all"}}})
	s.org(&cfg.Command{Body: &cfg.Command_PutQueue{PutQueue: &centre.Queue{Id: s.queue.Bytes(), Name: "support", Pool: s.pool.Bytes()}}})
	s.org(&cfg.Command{Body: &cfg.Command_PutInbox{PutInbox: &centre.Inbox{Id: s.inbox.Bytes(), Name: "site", Style: centre.Style_LIVE_RETURN,
		Queue: s.queue.Bytes(), Anonymous: true, Rating: true}}})
	for n := range agents {
		s.org(&cfg.Command{Body: &cfg.Command_PutAgent{PutAgent: &centre.Agent{Id: agentID(n).Bytes(), Name: "Agent", Login: "agent" + string(rune('a'+n)),
			Role: centre.Role_AGENT, Limit: -1, Queues: []*centre.Member{{Queue: s.queue.Bytes()}}}}})
	}
}

func (s *shop) put(target id.Ref, by event.Who, body event.Message) actors.Answer {
	got := make(chan actors.Answer, 1)
	s.keys++
	s.node.Ask(actors.Ask{Target: target, By: by, Key: key(s.keys), Body: body, Done: func(a actors.Answer) { got <- a }})
	return <-got
}

func (s *shop) must(target id.Ref, by event.Who, body event.Message) event.Message {
	s.t.Helper()
	a := s.put(target, by, body)
	if a.Err != nil || a.Refusal != nil {
		s.t.Fatalf("%s refused %v: %v %v", target, body, a.Err, a.Refusal)
	}
	return a.Reply
}

func (s *shop) org(c *cfg.Command) { s.t.Helper(); s.must(org.Self, operator, c) }

// accepting signs an agent in with one session and makes it available.
func (s *shop) accepting(n int) {
	s.t.Helper()
	a := id.Ref{Kind: id.Agent, ID: agentID(n)}
	s.must(a, event.Agent(a.ID), &agt.Command{Body: &agt.Command_Connected{Connected: &agt.Connected{Session: key(9000 + n).Bytes()}}})
	s.must(a, event.Agent(a.ID), &agt.Command{Body: &agt.Command_SetPresence{SetPresence: &agt.SetPresence{Presence: agt.Presence_ACCEPTING}}})
}

// begin starts a conversation of a customer and returns it.
func (s *shop) begin(customer int) id.Ref {
	s.t.Helper()
	c := ref(id.Contact, customer)
	s.keys++
	reply := s.must(c, event.Customer(c.ID), &ctc.Command{Body: &ctc.Command_Start{Start: &ctc.Start{Inbox: s.inbox.Bytes(), Name: "Cora", Key: key(s.keys + 1).Bytes(),
		Message: &conv.Post{Text: "hello"}, Session: key(5000 + customer).Bytes()}}}).(*ctc.Reply)
	return id.Ref{Kind: id.Conversation, ID: id.FromBytes(reply.Conversation)}
}

func (s *shop) talk(c id.Ref) *conv.View {
	s.t.Helper()
	v, err := s.node.View(context.Background(), c)
	if err != nil {
		s.t.Fatal(err)
	}
	return v.(*conv.View)
}

func (s *shop) agent(n int) *agt.View {
	s.t.Helper()
	v, err := s.node.View(context.Background(), id.Ref{Kind: id.Agent, ID: agentID(n)})
	if err != nil {
		s.t.Fatal(err)
	}
	return v.(*agt.View)
}

// beat keeps the sessions of everybody alive.
func (s *shop) beat(pairs ...actors.SessionPair) (stop func()) {
	tick := time.NewTicker(5 * time.Second)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-tick.C:
				s.node.Beat(pairs)
			case <-done:
				return
			}
		}
	}()
	return func() { tick.Stop(); close(done) }
}

func pair(k id.Kind, entity, session id.ID) actors.SessionPair {
	return actors.SessionPair{Entity: id.Ref{Kind: k, ID: entity}, Session: session}
}

// eventually waits in bubble time until the condition holds.
func (s *shop) eventually(what string, within time.Duration, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if is() {
			return
		}
	}
	s.t.Fatalf("not within %v: %s", within, what)
}

func TestConversation(t *testing.T) {
	centreBubble(t, 2, func(s *shop) {
		c := s.begin(1)
		synctest.Wait()
		want(t, "route", s.talk(c).Route, conv.Route_QUEUED)
		s.accepting(0)
		s.eventually("offered", time.Second, func() bool { return s.talk(c).Route == conv.Route_OFFERED })
		a0 := event.Agent(agentID(0))
		s.must(c, a0, &conv.Command{Body: &conv.Command_Accept{Accept: &conv.Accept{R: s.talk(c).R}}})
		v := s.talk(c)
		want(t, "owner", id.FromBytes(v.Agent), agentID(0))
		s.must(c, a0, &conv.Command{Body: &conv.Command_Post{Post: &conv.Post{Text: "good day"}}})
		s.must(c, a0, &conv.Command{Body: &conv.Command_Resolve{Resolve: &conv.Resolve{}}})
		s.eventually("released", time.Second, func() bool { return s.agent(0).Workload == 0 })
		d, err := s.node.View(context.Background(), id.Ref{Kind: id.Queue, ID: s.queue})
		if err != nil {
			t.Fatal(err)
		}
		want(t, "waiting", d.(*que.Digest).Waiting, 0)
		want(t, "assigned", d.(*que.Digest).Assigned, 1)
	})
}

func TestRestart(t *testing.T) {
	centreBubble(t, 1, func(s *shop) {
		s.accepting(0)
		c := s.begin(1)
		s.eventually("offered", time.Second, func() bool { return s.talk(c).Route == conv.Route_OFFERED })
		r := s.talk(c).R
		s.kill()
		want(t, "the offer stands", string(s.talk(c).R), string(r))
		s.must(c, event.Agent(agentID(0)), &conv.Command{Body: &conv.Command_Accept{Accept: &conv.Accept{R: r}}})
		s.eventually("confirmed", time.Second, func() bool { v := s.agent(0); return len(v.Reservations) == 1 && v.Reservations[0].Confirmed })
	})
}

func TestLapse(t *testing.T) {
	centreBubble(t, 2, func(s *shop) {
		s.accepting(0)
		c := s.begin(1)
		stop := s.beat(pair(id.Agent, agentID(0), key(9000)), pair(id.Agent, agentID(1), key(9001)), pair(id.Conversation, c.ID, key(5001)))
		defer stop()
		s.eventually("offered", time.Second, func() bool { return id.FromBytes(s.talk(c).OfferedTo) == agentID(0) })
		s.accepting(1)
		until := time.UnixMilli(s.talk(c).OfferUntil)
		time.Sleep(time.Until(until) - time.Millisecond)
		synctest.Wait()
		want(t, "not before its time", id.FromBytes(s.talk(c).OfferedTo), agentID(0))
		s.eventually("offered to the next", time.Second, func() bool { return id.FromBytes(s.talk(c).OfferedTo) == agentID(1) })
	})
}
