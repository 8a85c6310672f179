package session_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/gateway/fake"
	"parley/gateway/hub"
	"parley/gateway/protocol"
	"parley/gateway/session"
)

// pass lets the bubble's time go by and everything that it sets off come to rest.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// agentFor signs an agent in with a token of that length.
func (r *rig) agentFor(life time.Duration) *client {
	r.t.Helper()
	token := r.token(fake.Ana)
	r.backend.Agent(fake.Ana, func(v *agt.View) { v.Tokens[len(v.Tokens)-1].Until = time.Now().Add(life).UnixMilli() })
	c := r.connect()
	must[protocol.HelloOK](c, "hello", protocol.Hello{Role: "agent", Token: token})
	return c
}

// A token that runs out ends a session to which nothing happens, when it runs out.
func TestAQuietSessionEndsWithItsToken(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		begin := time.Now()
		c := r.agentFor(50 * time.Second)
		if code, _ := c.closing(); code != protocol.CloseSignIn {
			t.Errorf("closed with %d", code)
		}
		if took := time.Since(begin); took < 50*time.Second || took > 51*time.Second {
			t.Errorf("after %v", took)
		}
	})
}

// Between the end of a token and the wheel's next turn no command passes.
func TestNoCommandPassesWithATokenThatRanOut(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		const life = 1100 * time.Millisecond
		c := r.agentFor(life)
		pass(life)
		asked := r.backend.Asked()
		c.send(`{"id":90,"cmd":"presence","key":"` + r.key() + `","body":{"state":"accepting"}}`)
		if code, _ := c.closing(); code != protocol.CloseSignIn {
			t.Errorf("closed with %d", code)
		}
		synctest.Wait()
		if n := r.backend.Asked() - asked; n > 1 { // that the session has gone
			t.Errorf("%d commands passed", n)
		}
	})
}

// What a cursor brings back takes no place among the opened conversations, and own work goes when it ends.
func TestCursorsAreNoOpenedConversations(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		var cursors []protocol.Cursor
		for n := range byte(51) {
			c, _ := r.customer(n + 1)
			ok, _ := c.start("Hello")
			cursors = append(cursors, protocol.Cursor{Conv: ok.Conv, Seq: 1})
			_ = c.ws.Close()
		}
		work, err := id.Parse(id.Conversation, cursors[0].Conv)
		if err != nil {
			t.Fatal(err)
		}
		r.backend.Offer(work, fake.Ana)
		a, _ := r.agent(fake.Ana, cursors...)
		must[protocol.RowOK](a, "open", protocol.OfConv{Conv: cursors[50].Conv})
		pass(0) // the session has seen its work
		r.backend.Agent(fake.Ana, func(v *agt.View) { v.Reservations = nil })
		kept, err := id.Parse(id.Conversation, cursors[1].Conv)
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(15*time.Second, func() {
			r.post(work, "not ours any more", false)
			r.post(kept, "still looked at", false)
		})
		a.until(func(g got) bool { return g.Conv == cursors[1].Conv && g.Ev == "message" && holds(g, "still looked at") })
		for _, e := range a.events {
			if holds(e, "not ours any more") {
				t.Error("work that ended is followed for ever")
			}
		}
	}, func(so *session.Options, _ *hub.Options) {
		so.Limits.PerAddress = 100
		so.Starts = session.StartsAMinute(100)
	})
}

func holds(g got, text string) bool {
	var b struct{ Text string }
	return json.Unmarshal(g.Body, &b) == nil && b.Text == text
}
