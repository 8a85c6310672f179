package session_test

import (
	"bytes"
	"context"
	"net"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"parley/engine/id"
	"parley/gateway/fake"
	"parley/gateway/hub"
	"parley/gateway/protocol"
	"parley/gateway/session"
)

// real runs a rig on a loopback socket, where writes do not wait.
func real(t *testing.T, options ...option) *rig {
	t.Helper()
	r := newRig(t, options...)
	server := httptest.NewUnstartedServer(r.server)
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		_ = c.(*net.TCPConn).SetWriteBuffer(64 << 10) // so that a slow reader shows after kilobytes, not megabytes
		return ctx
	}
	server.Start()
	dialer := &websocket.Dialer{Subprotocols: []string{protocol.Subprotocol}, NetDial: func(_, _ string) (net.Conn, error) {
		return net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	}}
	r.dialer = dialer
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		r.server.Close(ctx)
		server.Close()
		r.hub.Close()
		_ = r.http.Close()
		r.backend.Close()
	})
	return r
}

func quiet(t *testing.T, want func() bool) {
	t.Helper()
	for range 200 {
		if want() {
			return
		}
		runtime.Gosched()
		<-time.After(10 * time.Millisecond)
	}
	t.Fatal("it never came to rest")
}

// An idle connection is one goroutine.
func TestGoroutinesOfIdleConnections(t *testing.T) {
	r := real(t)
	r.customer(200)
	before := runtime.NumGoroutine()
	const n = 100
	for i := range n {
		c, _ := r.customer(byte(i))
		c.start("Hello")
		c.until(func(g got) bool { return g.Seq == 2 })
	}
	quiet(t, func() bool { return runtime.NumGoroutine() <= before+n })
}

// A slow reader on a real socket: what the socket does not take waits, is let go and comes from the log.
func TestASlowReaderOnASocket(t *testing.T) {
	r := real(t, func(so *session.Options, _ *hub.Options) { so.Limits.OutBuffer = 64 << 10 })
	c, _ := r.customer(1)
	ok, cid := c.start("Hello")
	text := string(bytes.Repeat([]byte("x"), 9000))
	const lines = 400 // 3.6 MB: more than the sockets' buffers
	for range lines {
		r.post(cid, text, false)
	}
	c.until(func(g got) bool { return g.Seq == lines+2 })
	gapless(t, seqs(c.events, ok.Conv), 1, lines+2)
	if r.backend.Reads() < 2 {
		t.Errorf("only %d reads from the log: nothing was let go", r.backend.Reads())
	}
	r.post(cid, "live again", false)
	c.until(func(g got) bool { return g.Seq == lines+3 })
}

// An event goes to 20 windows of a customer and 10 agents, and is encoded twice.
func TestAnEventIsEncodedOncePerAudience(t *testing.T) {
	registry := prometheus.NewRegistry()
	r := real(t, func(_ *session.Options, ho *hub.Options) { ho.Registerer = registry })
	c, _ := r.customer(1)
	ok, cid := c.start("Hello")
	c.until(func(g got) bool { return g.Seq == 2 })
	all := []*client{c}
	for range 19 {
		w, _ := r.customer(1, protocol.Cursor{Conv: ok.Conv, Seq: 2})
		all = append(all, w)
	}
	for i := range 10 {
		a, _ := r.agent([]id.ID{fake.Ana, fake.Bo}[i%2])
		must[protocol.RowOK](a, "open", protocol.OfConv{Conv: ok.Conv})
		all = append(all, a)
	}
	encoded := func() float64 {
		fs, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fs {
			if f.GetName() == "parley_hub_encoded_events_total" {
				return f.Metric[0].Counter.GetValue()
			}
		}
		return 0
	}
	var last float64
	quiet(t, func() bool { n := encoded(); same := n == last; last = n; return same })
	r.post(cid, "to all of you", false)
	for _, w := range all {
		w.until(func(g got) bool { return g.Ev == "message" && strings.Contains(string(g.raw), "to all of you") })
	}
	if n := encoded() - last; n != 2 {
		t.Fatalf("encoded %v times", n)
	}
}
