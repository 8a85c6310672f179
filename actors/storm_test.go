package actors_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/actors"
	"parley/cluster/journal"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/engine/msg/que"
)

// storm is a shop in which customers and agents do what they like while the power fails.
type storm struct {
	*shop
	dice   *rand.Rand
	agents int
	talks  []id.Ref
	said   map[string]id.Ref // acknowledged lines, by text
	mu     sync.Mutex
	wait   sync.WaitGroup
	live   map[id.ID]id.ID // agent to session
	n      int
	up     atomic.Pointer[actors.Node]
}

func (s *storm) chance(n int) bool { return s.dice.IntN(n) == 0 }

// insist sends a command under one key until its end is known, as a client does.
func (s *storm) insist(target id.Ref, by event.Who, body event.Message, then func(actors.Answer)) {
	s.mu.Lock()
	s.keys++
	k := key(s.keys)
	s.mu.Unlock()
	s.wait.Go(func() {
		for {
			got := make(chan actors.Answer, 1)
			n := s.up.Load()
			if n == nil {
				time.Sleep(100 * time.Millisecond)
				continue
			}
			n.Ask(actors.Ask{Target: target, By: by, Key: k, Body: body, Done: func(a actors.Answer) { got <- a }})
			a := <-got
			if a.Err == nil && s.up.Load() == n {
				if then != nil {
					then(a)
				}
				return
			}
			if a.Err == actors.ErrInternal || a.Err == actors.ErrKeyReused {
				s.t.Errorf("%v: %v", body, a.Err)
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
}

func (s *storm) post(c id.Ref, by event.Who) {
	s.n++
	text := fmt.Sprintf("line %d", s.n)
	s.insist(c, by, &conv.Command{Body: &conv.Command_Post{Post: &conv.Post{Text: text}}}, func(a actors.Answer) {
		if a.Refusal != nil {
			return
		}
		at := c
		if r, ok := a.Reply.(*conv.Reply); ok && r.Moved {
			at = id.Ref{Kind: id.Conversation, ID: id.FromBytes(r.Conversation)}
			s.known(at)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.said[text] = at
	})
}

func (s *storm) known(c id.Ref) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.talks {
		if t == c {
			return
		}
	}
	s.talks = append(s.talks, c)
}

func (s *storm) start(customer int) {
	c := ref(id.Contact, customer)
	s.n++
	start := &ctc.Start{Inbox: s.inbox.Bytes(), Name: "Cora", Key: key(500000 + s.n).Bytes(), Message: &conv.Post{Text: "hello"}}
	if s.chance(3) {
		start.Session = key(700000 + s.n).Bytes() // never listed: the customer is gone soon
	}
	s.insist(c, event.Customer(c.ID), &ctc.Command{Body: &ctc.Command_Start{Start: start}}, func(a actors.Answer) {
		if r, ok := a.Reply.(*ctc.Reply); ok && a.Refusal == nil {
			s.known(id.Ref{Kind: id.Conversation, ID: id.FromBytes(r.Conversation)})
		}
	})
}

func (s *storm) connect(n int) {
	a := id.Ref{Kind: id.Agent, ID: agentID(n)}
	s.n++
	session := key(900000 + s.n)
	s.live[a.ID] = session
	s.insist(a, event.Agent(a.ID), &agt.Command{Body: &agt.Command_Connected{Connected: &agt.Connected{Session: session.Bytes()}}}, nil)
}

func (s *storm) presence(n int, p agt.Presence) {
	a := id.Ref{Kind: id.Agent, ID: agentID(n)}
	c := &agt.SetPresence{Presence: p}
	if p == agt.Presence_BREAK {
		c.Reason = "lunch"
	}
	s.insist(a, event.Agent(a.ID), &agt.Command{Body: &agt.Command_SetPresence{SetPresence: c}}, nil)
}

// look reads a conversation; nil while it cannot be.
func (s *storm) look(c id.Ref) *conv.View {
	v, err := s.node.View(context.Background(), c)
	if err != nil {
		return nil
	}
	return v.(*conv.View)
}

func (s *storm) work(n int) {
	a := event.Agent(agentID(n))
	v, err := s.node.View(context.Background(), id.Ref{Kind: id.Agent, ID: a.ID})
	if err != nil {
		return
	}
	for _, r := range v.(*agt.View).Reservations {
		c := id.Ref{Kind: id.Conversation, ID: id.FromBytes(r.Conversation)}
		do := func(b *conv.Command) { s.insist(c, a, b, nil) }
		switch k := s.dice.IntN(10); {
		case !r.Confirmed && k < 6:
			do(&conv.Command{Body: &conv.Command_Accept{Accept: &conv.Accept{R: r.R}}})
		case !r.Confirmed && k < 8:
			do(&conv.Command{Body: &conv.Command_Decline{Decline: &conv.Decline{R: r.R}}})
		case !r.Confirmed:
		case k < 3:
			do(&conv.Command{Body: &conv.Command_Resolve{Resolve: &conv.Resolve{}}})
		case k < 4:
			do(&conv.Command{Body: &conv.Command_Unassign{Unassign: &conv.Unassign{}}})
		case k < 6:
			do(&conv.Command{Body: &conv.Command_Assign{Assign: &conv.Assign{Agent: agentID(s.dice.IntN(s.agents)).Bytes()}}})
		default:
			s.post(c, a)
		}
	}
}

// any is some conversation; false while there is none.
func (s *storm) any() (id.Ref, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.talks) == 0 {
		return id.Ref{}, false
	}
	return s.talks[s.dice.IntN(len(s.talks))], true
}

func (s *storm) step() {
	c, some := s.any()
	switch k := s.dice.IntN(20); {
	case k < 3:
		s.start(s.dice.IntN(6))
	case k < 8 && some:
		if v := s.look(c); v != nil {
			s.post(c, event.Customer(id.FromBytes(v.Contact)))
		}
	case k < 9 && some:
		if v := s.look(c); v != nil {
			by := event.Customer(id.FromBytes(v.Contact))
			s.insist(c, by, &conv.Command{Body: &conv.Command_End{End: &conv.End{}}}, nil)
		}
	case k < 15:
		s.work(s.dice.IntN(s.agents))
	case k < 16 && some:
		a := s.dice.IntN(s.agents)
		body := &conv.Command{Body: &conv.Command_Reopen{Reopen: &conv.Reopen{}}}
		if s.chance(2) {
			body = &conv.Command{Body: &conv.Command_Assign{Assign: &conv.Assign{Agent: agentID(a).Bytes()}}}
		}
		s.insist(c, event.Agent(agentID(a)), body, nil)
	case k < 18:
		n := s.dice.IntN(s.agents)
		s.presence(n, []agt.Presence{agt.Presence_ACCEPTING, agt.Presence_ACCEPTING, agt.Presence_BREAK, agt.Presence_NOT_ACCEPTING, agt.Presence_CALL}[s.dice.IntN(5)])
	case k < 19:
		n := s.dice.IntN(s.agents)
		a := id.Ref{Kind: id.Agent, ID: agentID(n)}
		if session, ok := s.live[a.ID]; ok {
			delete(s.live, a.ID)
			if s.chance(2) {
				s.insist(a, event.Agent(a.ID), &agt.Command{Body: &agt.Command_Disconnected{Disconnected: &agt.Disconnected{Session: session.Bytes()}}}, nil)
			}
		} else {
			s.connect(n)
		}
	}
}

func (s *storm) beatNow() {
	var pairs []actors.SessionPair
	for a, session := range s.live {
		pairs = append(pairs, pair(id.Agent, a, session))
	}
	s.node.Beat(pairs)
}

// rest lets time pass with beats.
func (s *storm) rest(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		s.beatNow()
		time.Sleep(min(5*time.Second, time.Until(end)+time.Millisecond))
	}
}

// Customers write, start and end, agents accept, decline, give away and go, gateways fall silent, five times the power
// fails, and each commit takes up to 12 ms. Afterwards every acknowledged line is there once, every reservation and
// effect is gone, and nobody waits or is stuck once everybody works again.
func TestStorm(t *testing.T) {
	for seed := range stormSeeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dice := rand.New(rand.NewPCG(uint64(seed), 3))
				delay := rand.New(rand.NewPCG(uint64(seed), 4))
				r := &rig{t: t, fs: newFS(), opts: realKinds, jopt: func(o *journal.Options) {
					o.Faults.BeforeCommit = func() { time.Sleep(time.Duration(delay.IntN(12)) * time.Millisecond) }
				}}
				r.start()
				s := &storm{shop: &shop{rig: r, queue: named("queue"), inbox: named("inbox"), pool: named("pool")}, dice: dice, agents: 3,
					said: map[string]id.Ref{}, live: map[id.ID]id.ID{}}
				defer s.stop()
				s.up.Store(s.node)
				s.seed(s.agents)
				for n := range s.agents {
					s.connect(n)
					s.presence(n, agt.Presence_ACCEPTING)
				}
				s.run()
				s.calm()
				s.check()
			})
		})
	}
}

const stormSeeds = 2

func (s *storm) run() {
	for i := range 400 {
		s.step()
		switch {
		case i%80 == 79:
			s.up.Store(nil) // whatever is answered from here on is not known to be on the disk that is left
			s.kill()
			s.up.Store(s.node)
		case s.chance(12):
			s.rest(time.Duration(s.dice.IntN(60)) * time.Second)
		default:
			time.Sleep(time.Duration(s.dice.IntN(40)) * time.Millisecond)
		}
		if i%20 == 0 {
			s.beatNow()
		}
	}
}

// calm has everybody come back and work until nobody waits.
func (s *storm) calm() {
	s.wait.Wait()
	for n := range s.agents {
		s.connect(n)
		s.presence(n, agt.Presence_ACCEPTING)
	}
	s.wait.Wait()
	for range 60 {
		for n := range s.agents {
			a := event.Agent(agentID(n))
			s.presence(n, agt.Presence_ACCEPTING)
			for _, r := range s.agent(n).Reservations {
				c := id.Ref{Kind: id.Conversation, ID: id.FromBytes(r.Conversation)}
				if !r.Confirmed {
					s.insist(c, a, &conv.Command{Body: &conv.Command_Accept{Accept: &conv.Accept{R: r.R}}}, nil)
				} else {
					s.insist(c, a, &conv.Command{Body: &conv.Command_Resolve{Resolve: &conv.Resolve{}}}, nil)
				}
			}
		}
		s.rest(5 * time.Second)
	}
	s.wait.Wait()
}

func (s *storm) check() {
	held := map[id.ID]id.ID{}
	for n := range s.agents {
		for _, r := range s.agent(n).Reservations {
			s.t.Errorf("agent %d still holds %x of %x, confirmed %v", n, r.R[:4], r.Conversation, r.Confirmed)
			held[id.FromBytes(r.Conversation)] = id.FromBytes(r.R)
		}
	}
	texts := map[string]int{}
	for _, c := range s.talks {
		v := s.talk(c)
		if v.Status != conv.Status_RESOLVED && v.Status != conv.Status_CLOSED {
			s.t.Errorf("%s is %v %v", c, v.Status, v.Route)
		}
		list, err := s.node.History(context.Background(), actors.History{Target: c, Limit: 1000})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, e := range list {
			if p := e.Body.(*conv.Event).GetPosted(); p != nil && p.Text != "hello" {
				texts[p.Text]++
				if texts[p.Text] > 1 {
					s.t.Errorf("%q twice", p.Text)
				}
			}
		}
	}
	for text, c := range s.said {
		if texts[text] == 0 {
			list, _ := s.node.History(context.Background(), actors.History{Target: c, Limit: 1000})
			for _, e := range list {
				s.t.Log(e.Seq, e.At.UnixMilli(), e.By, e.Key, e.Body)
			}
			s.t.Errorf("%q of %s is lost", text, c)
		}
	}
	d, err := s.node.View(context.Background(), id.Ref{Kind: id.Queue, ID: s.queue})
	if err != nil {
		s.t.Fatal(err)
	}
	if w := d.(*que.Digest).Waiting; w != 0 {
		s.t.Errorf("%d wait", w)
	}
	if n := s.metric("parley_effects"); n != 0 {
		s.t.Errorf("%v effects unfinished", n)
	}
	s.t.Logf("%d conversations, %d lines", len(s.talks), len(s.said))
}
