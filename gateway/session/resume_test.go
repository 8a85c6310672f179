package session_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"parley/engine/id"
	"parley/gateway/fake"
	"parley/gateway/hub"
	"parley/gateway/protocol"
	"parley/gateway/session"
)

// A client whose connection is cut again and again under load has every event once and in order.
func TestResumeWithoutGapOrDoubleUnderLoad(t *testing.T) {
	for _, agent := range []bool{false, true} {
		t.Run(fmt.Sprintf("agent=%v", agent), func(t *testing.T) {
			in(t, func(t *testing.T, r *rig) {
				c, _ := r.customer(1)
				ok, cid := c.start("Hello")
				const lines = 600
				done := make(chan struct{})
				go func() {
					defer close(done)
					for i := range lines {
						r.post(cid, fmt.Sprintf("line %d", i), i%3 == 0)
						if i%7 == 0 {
							time.Sleep(time.Millisecond)
						}
					}
				}()
				seed := rand.New(rand.NewPCG(1, 2))
				var have []uint64
				last := uint64(0)
				for stop := false; !stop; {
					var who *client
					if agent {
						who, _ = r.agent(fake.Ana, protocol.Cursor{Conv: ok.Conv, Seq: last})
					} else {
						who, _ = r.customer(1, protocol.Cursor{Conv: ok.Conv, Seq: last})
					}
					for n := seed.IntN(90); n > 0; n-- {
						_ = who.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
						_, data, err := who.ws.ReadMessage()
						if err != nil {
							stop = true
							break
						}
						var g got
						_ = json.Unmarshal(data, &g)
						if g.Seq > 0 {
							have = append(have, g.Seq)
							last = g.Seq
						}
					}
					_ = who.ws.Close()
				}
				<-done
				v, _ := r.backend.View(t.Context(), id.Ref{Kind: id.Conversation, ID: cid})
				end := v.(interface{ GetSeq() uint64 }).GetSeq()
				if !agent {
					end = v.(interface{ GetPub() uint64 }).GetPub()
				}
				if agent { // coming and going of nobody else is written meanwhile
					gapless(t, have, 1, uint64(len(have)))
					if uint64(len(have)) < lines {
						t.Fatalf("%d of %d", len(have), end)
					}
					return
				}
				gapless(t, have, 1, end)
			})
		})
	}
}

func TestACursorTooFarBehindIsTooOld(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		ok, cid := c.start("Hello")
		_ = c.ws.Close()
		for i := range 20 {
			r.post(cid, fmt.Sprint(i), false)
		}
		strange := id.Format(id.Conversation, id.ID{1: 7})
		c, hello := r.customer(1, protocol.Cursor{Conv: ok.Conv, Seq: 3}, protocol.Cursor{Conv: strange, Seq: 3})
		if len(hello.Resumed) != 2 || !hello.Resumed[0].TooOld || !hello.Resumed[1].TooOld {
			t.Fatalf("resumed: %+v", hello.Resumed)
		}
		if hello.Conversations[0].Seq != 22 {
			t.Fatalf("conversation: %+v", hello.Conversations[0])
		}
		r.post(cid, "after", false)
		if e := c.until(func(g got) bool { return g.Seq > 0 }); e.Seq != 23 {
			t.Fatalf("it goes on at %d", e.Seq)
		}
		_, hello = r.customer(1, protocol.Cursor{Conv: ok.Conv, Seq: 13})
		if hello.Resumed[0].Seq != 13 {
			t.Fatalf("resumed: %+v", hello.Resumed)
		}
	}, func(so *session.Options, _ *hub.Options) { so.Limits.TooOld = 10 })
}

// stream is what a customer gets while an agent answers, with so many notes in between.
func stream(t *testing.T, notes int, leak bool) (out []byte) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		ok, cid := c.start("Hello")
		at := time.Now()
		for i := range 20 {
			for range notes / 20 {
				r.post(cid, "SECRET", true)
			}
			synctest.Wait()
			r.post(cid, fmt.Sprintf("answer %d", i), false)
		}
		c.until(func(g got) bool { return g.Seq == 22 })
		if time.Since(at) != 0 {
			t.Fatal("time went by")
		}
		for _, g := range slices.Concat(c.pushes, c.events) {
			out = append(out, g.raw...)
		}
		page := c.call("history", protocol.History{Conv: ok.Conv, After: 5})
		out = append(out, page.OK...)
		_ = c.ws.Close()
		c, hello := r.customer(1, protocol.Cursor{Conv: ok.Conv, Seq: 2})
		hello.Session, hello.Now = "", 0
		b, _ := json.Marshal(hello)
		out = append(out, b...)
		c.until(func(g got) bool { return g.Seq == 22 })
		for _, g := range c.events {
			out = append(out, g.raw...)
		}
	}, func(_ *session.Options, ho *hub.Options) { ho.Faults.NotesToCustomers = leak })
	return out
}

// What a customer gets does not depend on notes by a single byte.
func TestACustomersStreamIsTheSameWithNotes(t *testing.T) {
	none, many := stream(t, 0, false), stream(t, 1000, false)
	if len(none) < 2000 || !bytes.Equal(none, many) {
		t.Fatalf("%d bytes without notes, %d with:\n%s\n%s", len(none), len(many), none, many)
	}
}

func TestANoteInACustomersStreamIsCaught(t *testing.T) {
	if none, many := stream(t, 0, true), stream(t, 1000, true); bytes.Equal(none, many) {
		t.Fatal("the planted fault went through")
	}
}

// A reader that is slow for a while has its buffer let go and is caught up from the log; it misses nothing.
func TestASlowReaderIsCaughtUp(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		ok, cid := c.start("Hello")
		text := string(bytes.Repeat([]byte("x"), 4000))
		for range 200 { // 800 KB, the buffer takes 64
			r.post(cid, text, false)
		}
		synctest.Wait()
		if r.backend.Reads() > 1 {
			t.Fatal("read from the log before the reader reads")
		}
		time.Sleep(5 * time.Second)
		c.until(func(g got) bool { return g.Seq == 202 })
		gapless(t, seqs(c.events, ok.Conv), 1, 202)
		if r.backend.Reads() == 0 {
			t.Fatal("nothing was let go")
		}
		r.post(cid, "live again", false)
		c.until(func(g got) bool { return g.Seq == 203 })
	}, func(so *session.Options, _ *hub.Options) { so.Limits.OutBuffer = 64 << 10 })
}

// A reader that never reads is cut, and others do not notice.
func TestAReaderThatStaysSlowIsClosed(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		slow, _ := r.customer(1)
		ok, cid := slow.start("Hello")
		quick, _ := r.customer(1, protocol.Cursor{Conv: ok.Conv, Seq: 2})
		text := string(bytes.Repeat([]byte("x"), 4000))
		for i := range 100 {
			r.post(cid, text, false)
			quick.until(func(g got) bool { return g.Seq == uint64(i)+3 })
		}
		time.Sleep(time.Minute)
		for {
			if _, err := slow.read(); err != nil {
				return
			}
		}
	}, func(so *session.Options, _ *hub.Options) { so.Limits.OutBuffer = 64 << 10 })
}
