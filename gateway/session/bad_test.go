package session_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"parley/actors"
	"parley/engine/centre"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/fake"
	"parley/gateway/hub"
	"parley/gateway/protocol"
	"parley/gateway/session"
)

// closing reads until the connection ends and returns its close code, and the last error before it.
func (c *client) closing() (code int, last *protocol.Error) {
	c.t.Helper()
	for {
		g, err := c.read()
		var closed *websocket.CloseError
		switch {
		case errors.As(err, &closed):
			return closed.Code, last
		case err != nil:
			c.t.Fatalf("not closed with a code: %v", err)
		case g.Error != nil:
			last = g.Error
		}
	}
}

// Bad frames get their code, and only what is no frame at all ends the connection.
func TestBadFrames(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		ok, _ := c.start("Hello")
		synctest.Wait()
		asked := r.backend.Asked()
		body := func(s string) string {
			return fmt.Sprintf(`{"id":90,"cmd":"send","key":%q,"body":%s}`, r.key(), s)
		}
		for _, test := range []struct{ name, frame, code string }{
			{"an unknown command", `{"id":90,"cmd":"destroy"}`, protocol.UnknownCommand},
			{"an unknown field", body(`{"conv":"` + ok.Conv + `","text":"a","x":1}`), protocol.UnknownField},
			{"white space", body(`{"conv":"` + ok.Conv + `","text":"  "}`), protocol.TextEmpty},
			{"too long", body(`{"conv":"` + ok.Conv + `","text":"` + strings.Repeat("x", 10_001) + `"}`), protocol.TextTooLong},
			{"no identifier", body(`{"conv":"x","text":"a"}`), protocol.Invalid},
			{"no key", `{"id":90,"cmd":"send","body":{"conv":"` + ok.Conv + `","text":"a"}}`, protocol.KeyMissing},
			{"an agent's command", `{"id":90,"cmd":"presence","key":"` + r.key() + `","body":{"state":"accepting"}}`, protocol.Forbidden},
			{"an unknown conversation's history", `{"id":90,"cmd":"history","body":{"conv":"` + id.Format(id.Conversation, id.ID{1: 9}) + `"}}`, protocol.NotFound},
			{"peek elsewhere", `{"id":90,"cmd":"peek","body":{"conv":"` + id.Format(id.Conversation, id.ID{1: 9}) + `","text":"a"}}`, protocol.NotFound},
		} {
			c.send(test.frame)
			if g := c.until(func(g got) bool { return g.Re == 90 }); g.Error == nil || g.Error.Code != test.code {
				t.Errorf("%s: %+v %s", test.name, g.Error, g.OK)
			}
		}
		if r.backend.Asked() != asked {
			t.Error("something reached an entity")
		}
	})
}

func TestFramesThatEndTheConnection(t *testing.T) {
	for _, test := range []struct {
		name, frame string
		kind, close int
		code        string
	}{
		{"broken JSON", `{"id":1,"cmd"`, websocket.TextMessage, protocol.CloseBroken, protocol.BadJSON},
		{"a repeated key", `{"id":1,"id":2,"cmd":"config"}`, websocket.TextMessage, protocol.CloseBroken, protocol.BadJSON},
		{"a repeated key in the body", `{"id":1,"cmd":"send","body":{"text":"a","text":"b"}}`, websocket.TextMessage, protocol.CloseBroken, protocol.BadJSON},
		{"another case", `{"ID":1,"cmd":"config"}`, websocket.TextMessage, protocol.CloseBroken, protocol.UnknownField},
		{"invalid UTF-8", "{\"id\":1,\"cmd\":\"\xff\"}", websocket.TextMessage, protocol.CloseUTF8, protocol.BadUTF8},
		{"a binary frame", `{"id":1,"cmd":"config"}`, websocket.BinaryMessage, protocol.CloseBroken, protocol.BadJSON},
		{"over 64 KiB", strings.Repeat("x", 64<<10+1), websocket.TextMessage, protocol.CloseTooLarge, ""},
		{"no id", `{"cmd":"config"}`, websocket.TextMessage, protocol.CloseBroken, protocol.Invalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			in(t, func(t *testing.T, r *rig) {
				c, _ := r.customer(1)
				go c.ws.WriteMessage(test.kind, []byte(test.frame)) // the server may stop reading in its middle
				code, last := c.closing()
				if code != test.close || test.code != "" && (last == nil || last.Code != test.code) {
					t.Fatalf("close %d after %v", code, last)
				}
				_ = c.ws.Close()
			})
		})
	}
}

func TestHellosThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, frame string
		close       int
		code        string
	}{
		{"another command first", `{"id":1,"cmd":"config"}`, protocol.CloseBroken, protocol.HelloFirst},
		{"no such role", `{"id":1,"cmd":"hello","body":{"role":"king"}}`, protocol.CloseBroken, protocol.Invalid},
		{"no such inbox", `{"id":1,"cmd":"hello","body":{"role":"customer","inbox":"inb_` + strings.Repeat("f", 32) + `","secret":"` + secret(1) + `"}}`, protocol.CloseForbidden, protocol.NotFound},
		{"half a secret", `{"id":1,"cmd":"hello","body":{"role":"customer","inbox":"` + inbox + `","secret":"AAAA"}}`, protocol.CloseBroken, protocol.Invalid},
		{"a token that is none", `{"id":1,"cmd":"hello","body":{"role":"agent","token":"pst_x"}}`, protocol.CloseSignIn, protocol.NotSignedIn},
		{"an unknown field", `{"id":1,"cmd":"hello","body":{"role":"agent","admin":true}}`, protocol.CloseBroken, protocol.UnknownField},
	} {
		t.Run(test.name, func(t *testing.T) {
			in(t, func(t *testing.T, r *rig) {
				c := r.connect()
				c.send(test.frame)
				code, last := c.closing()
				if code != test.close || last == nil || last.Code != test.code {
					t.Fatalf("close %d after %v", code, last)
				}
				_ = c.ws.Close()
			})
		})
	}
}

// 100 connections that never say hello are gone after 5 s, and nobody else notices.
func TestConnectionsThatNeverSayHello(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		var silent []*client
		for range 100 {
			silent = append(silent, r.connect())
		}
		at := time.Now()
		c, _ := r.customer(1)
		ok, _ := c.start("Hello")
		if time.Since(at) != 0 {
			t.Fatal("somebody had to wait")
		}
		for _, s := range silent {
			if code, _ := s.closing(); code != protocol.CloseNoHello {
				t.Fatalf("close %d", code)
			}
			_ = s.ws.Close()
		}
		if d := time.Since(at); d < 5*time.Second || d > 6*time.Second {
			t.Fatalf("after %v", d)
		}
		must[protocol.HistoryOK](c, "history", protocol.History{Conv: ok.Conv})
	})
}

func TestConnectionsOfOneAddressAreLimited(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		for range 3 {
			r.connect()
		}
		_, resp, err := r.dial("192.0.2.1:9", "")
		if err == nil || resp == nil || resp.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("the fourth: %v %v", resp, err)
		}
		for range 5 {
			if _, _, err := r.dial("127.0.0.1:5", ""); err != nil {
				t.Fatalf("loopback is limited: %v", err)
			}
		}
		if _, _, err := r.dial("[2001:db8::1]:5", ""); err != nil {
			t.Fatalf("another address: %v", err)
		}
	}, func(so *session.Options, _ *hub.Options) { so.Limits.PerAddress = 3 })
}

func TestForeignOrigins(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		if _, resp, err := r.dial(remote, "https://evil.example"); err == nil || resp.StatusCode != http.StatusForbidden {
			t.Fatalf("a foreign site: %v %v", resp, err)
		} else if e := (protocol.Error{}); json.NewDecoder(resp.Body).Decode(&e) != nil || e.Code != protocol.OriginRefused || e.Message == "" {
			t.Errorf("a foreign site is told %+v", e)
		}
		hello := func(origin string, h protocol.Hello) (int, *protocol.Error) {
			c, _, err := r.dial(remote, origin)
			if err != nil {
				t.Fatal(err)
			}
			defer c.ws.Close()
			if g := c.call("hello", h); g.Error != nil {
				code, _ := c.closing()
				return code, g.Error
			}
			return 0, nil
		}
		customer := protocol.Hello{Role: "customer", Inbox: inbox, Secret: secret(1)}
		for _, origin := range []string{"", "http://parley.test", fake.Origin} {
			if _, err := hello(origin, customer); err != nil {
				t.Errorf("%q: %v", origin, err)
			}
		}
		customer.Inbox = id.Format(id.Inbox, fake.Other)
		if code, err := hello(fake.Origin, customer); err == nil || err.Code != protocol.OriginRefused || code != protocol.CloseForbidden {
			t.Errorf("a site of another inbox: %d %v", code, err)
		}
		agent := protocol.Hello{Role: "agent", Token: r.token(fake.Ana)}
		if code, err := hello(fake.Origin, agent); err == nil || code != protocol.CloseForbidden {
			t.Errorf("an agent on a customer's site: %d %v", code, err)
		}
	})
}

func TestACustomerIsHeldToAPace(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		ok, _ := c.start("Hello")
		send := func() *protocol.Error { return c.call("send", protocol.Send{Conv: ok.Conv, Text: "x"}).Error }
		for i := range 19 {
			if err := send(); err != nil {
				t.Fatalf("message %d: %v", i, err)
			}
		}
		err := send()
		if err == nil || err.Code != protocol.RateLimited || err.RetryAfterMS != 1000 {
			t.Fatalf("the 21st at once: %+v", err)
		}
		time.Sleep(time.Second)
		if err := send(); err != nil {
			t.Fatalf("a second later: %v", err)
		}
	})
}

func TestKeys(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		ok, _ := c.start("Hello")
		key := r.key()
		one := c.callKey("send", key, protocol.Send{Conv: ok.Conv, Text: "one"})
		_ = c.ws.Close()
		c, _ = r.customer(1, protocol.Cursor{Conv: ok.Conv, Seq: 3})
		again := c.callKey("send", key, protocol.Send{Conv: ok.Conv, Text: "one"})
		if string(one.OK) == "" || string(one.OK) != string(again.OK) {
			t.Fatalf("%s and then %s", one.OK, again.OK)
		}
		if g := c.callKey("send", key, protocol.Send{Conv: ok.Conv, Text: "two"}); g.Error == nil || g.Error.Code != protocol.KeyReused {
			t.Fatalf("another body: %+v", g)
		}
	})
}

func TestAMessageToAClosedConversationMoves(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		ok, _ := c.start("Hello")
		must[protocol.Empty](c, "end", protocol.OfConv{Conv: ok.Conv})
		moved := must[protocol.SendOK](c, "send", protocol.Send{Conv: ok.Conv, Text: "Still there?"})
		if moved.Moved == nil || moved.Moved.Conv == ok.Conv || moved.Moved.Number != 2 {
			t.Fatalf("%+v", moved)
		}
		c.until(func(g got) bool { return g.Conv == moved.Moved.Conv && g.Seq == moved.Seq })
		gapless(t, seqs(c.events, moved.Moved.Conv), 1, 2)
	})
}

func TestADrainTellsWhenToComeBack(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		r.server.Drain()
		bye := c.until(func(g got) bool { return g.Ev == "bye" })
		if !strings.Contains(string(bye.Body), "draining") {
			t.Fatalf("%s", bye.raw)
		}
		if code, _ := c.closing(); code != protocol.CloseDraining {
			t.Fatalf("close %d", code)
		}
		_ = c.ws.Close()
		if _, resp, err := r.dial(remote, ""); err == nil || resp.StatusCode != http.StatusServiceUnavailable {
			t.Fatalf("a connection while draining: %v %v", resp, err)
		}
	})
}

func TestADeadPeerIsNoticed(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		_, cid := c.start("Hello")
		for range 10 { // it answers pings
			_ = c.ws.SetReadDeadline(time.Now().Add(10 * time.Second))
			if _, _, err := c.ws.ReadMessage(); err == nil {
				continue
			}
			break
		}
		synctest.Wait()
		at := time.Now()
		for { // it reads nothing any more: pings are not answered
			time.Sleep(time.Second)
			v, _ := r.backend.View(t.Context(), id.Ref{Kind: id.Conversation, ID: cid})
			if !v.(*conv.View).CustomerConnected {
				break
			}
			if time.Since(at) > time.Minute {
				t.Fatal("it still counts as connected after a minute")
			}
		}
	})
}

func TestWhatTheBackendSays(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		r.backend.Fail(actors.ErrBusy)
		g := c.call("start", protocol.Start{Text: "Hello"})
		if g.Error == nil || g.Error.Code != protocol.Busy || g.Error.RetryAfterMS == 0 {
			t.Fatalf("%+v", g.Error)
		}
		r.backend.Fail(actors.ErrDiskFull)
		if g := c.call("start", protocol.Start{Text: "Hello"}); g.Error == nil || g.Error.Code != protocol.DiskFull {
			t.Fatalf("%+v", g.Error)
		}
		r.backend.Fail(nil)
	})
}

// An agent who signs out or is switched off loses every session at once.
func TestSigningOutEndsSessions(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		token := r.token(fake.Ana)
		both := [2]*client{r.connect(), r.connect()}
		for _, c := range both {
			must[protocol.HelloOK](c, "hello", protocol.Hello{Role: "agent", Token: token})
		}
		// The end of the session may overtake the answer.
		both[0].send(fmt.Sprintf(`{"id":9,"cmd":"sign_out","key":%q,"body":{}}`, r.key()))
		for _, c := range both {
			if code, _ := c.closing(); code != protocol.CloseSignIn {
				t.Fatalf("close %d", code)
			}
			_ = c.ws.Close()
		}
		c, _ := r.agent(fake.Bo)
		conf := fake.Centre()
		conf.Agents[fake.Bo] = &centre.Agent{Id: fake.Bo.Bytes(), Name: "Bo", Deactivated: true}
		r.backend.SetConfig(conf)
		if code, _ := c.closing(); code != protocol.CloseSignIn {
			t.Fatalf("switched off: close %d", code)
		}
		_ = c.ws.Close()
	})
}
