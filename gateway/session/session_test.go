package session_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/engine/event"
	"parley/engine/id"
	"parley/gateway/fake"
	"parley/gateway/protocol"
)

func by(agent id.ID) event.Who { return event.Agent(agent) }

func in(t *testing.T, f func(t *testing.T, r *rig), options ...option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, options...)
		defer r.close()
		f(t, r)
	})
}

func TestACustomerStartsAndIsAnswered(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, hello := r.customer(1)
		if hello.Self.Role != "customer" || hello.Inbox == nil || hello.Inbox.Centre != "Acme" || hello.Limits.Text != 10_000 {
			t.Fatalf("hello: %+v", hello)
		}
		ok, cid := c.start("Where is my parcel?")
		if ok.Number != 1 || ok.Seq != 2 {
			t.Fatalf("start: %+v", ok)
		}
		r.post(cid, "On its way", false)
		c.until(func(g got) bool { return g.Ev == "message" && g.Seq == 3 })
		gapless(t, seqs(c.events, ok.Conv), 1, 3)
		var first protocol.PublicStarted
		if err := json.Unmarshal(c.events[0].Body, &first); err != nil || first.Queue.Name != "Support" {
			t.Fatalf("started: %s", c.events[0].raw)
		}
	})
}

func TestAnOfferIsSeenAcceptedAndAnswered(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		ok, cid := c.start("Hello")
		a, hello := r.agent(fake.Ana)
		if hello.Centre == nil || len(hello.Centre.Agents) != 4 || hello.Centre.BreakReasons[0].ID != "lunch" {
			t.Fatalf("hello: %+v", hello.Centre)
		}
		a.until(func(g got) bool { return g.Ev == "me" })
		offer := protocol.FormatOffer(r.backend.Offer(cid, fake.Ana))
		a.until(func(g got) bool {
			var m protocol.Me
			return g.Ev == "me" && json.Unmarshal(g.Body, &m) == nil && len(m.Offers) == 1 && m.Offers[0].Offer == offer
		})
		row := a.pushes[0]
		for _, p := range a.pushes {
			if p.Ev == "row" {
				row = p
			}
		}
		if row.Ev != "row" || row.Conv != ok.Conv {
			t.Fatalf("no row before me: %v", a.pushes)
		}
		accepted := must[protocol.SeqOK](a, "accept", protocol.OfOffer{Conv: ok.Conv, Offer: offer})
		if accepted.Seq == 0 {
			t.Fatal("accept tells no seq")
		}
		late := a.call("accept", protocol.OfOffer{Conv: ok.Conv, Offer: protocol.FormatOffer(id.ID{1: 9})})
		if late.Error == nil || late.Error.Code != protocol.OfferTaken || late.Error.Message != "Taken by Ana" || late.Error.Details["name"] != "Ana" {
			t.Fatalf("late accept: %+v", late.Error)
		}
		sent := must[protocol.SendOK](a, "send", protocol.Send{Conv: ok.Conv, Text: "I look"})
		got := c.until(func(g got) bool { return g.Ev == "message" && g.Seq > 2 })
		if got.Seq != 4 || sent.Seq <= got.Seq {
			t.Fatalf("customer's number %d, agent's %d", got.Seq, sent.Seq)
		}
		gapless(t, seqs(c.events, ok.Conv), 1, 4)
	})
}

func TestTypingPeekAndMarksReachTheOtherSideAlone(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		ok, cid := c.start("Hello")
		a, _ := r.agent(fake.Ana)
		must[protocol.RowOK](a, "open", protocol.OfConv{Conv: ok.Conv})
		r.post(cid, "a note", true)
		r.post(cid, "Hi", false)
		c.until(func(g got) bool { return g.Ev == "message" && g.Seq == 3 })
		last := a.until(func(g got) bool { return g.Ev == "message" && strings.Contains(string(g.Body), "Hi") })

		must[protocol.Empty](c, "marks", protocol.Marks{Conv: ok.Conv, Delivered: 3, Seen: 3})
		m := a.until(func(g got) bool { return g.Ev == "marks" })
		var marks protocol.MarksPush
		if json.Unmarshal(m.Body, &marks); marks.Of != "customer" || marks.Seen != last.Seq {
			t.Fatalf("marks to the agent: %s", m.raw)
		}
		must[protocol.Empty](a, "marks", protocol.Marks{Conv: ok.Conv, Delivered: 4, Seen: 4}) // a position of a note or less
		m = c.until(func(g got) bool { return g.Ev == "marks" })
		if json.Unmarshal(m.Body, &marks); marks.Seen != 2 {
			t.Fatalf("marks to the customer: %s", m.raw)
		}

		must[protocol.Empty](a, "typing", protocol.Typing{Conv: ok.Conv, On: true, Note: true})
		must[protocol.Empty](a, "typing", protocol.Typing{Conv: ok.Conv, On: true})
		c.until(func(g got) bool { return g.Ev == "typing" })
		time.Sleep(time.Second)
		if n := count(c.pushes, "typing"); n != 1 {
			t.Fatalf("the customer saw %d typings, one was in a note", n)
		}
		must[protocol.Empty](c, "peek", protocol.Peek{Conv: ok.Conv, Text: "Hmm"})
		a.until(func(g got) bool { return g.Ev == "peek" })
	})
}

func count(gs []got, ev string) (n int) {
	for _, g := range gs {
		if g.Ev == ev {
			n++
		}
	}
	return n
}
