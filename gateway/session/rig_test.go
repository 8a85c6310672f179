package session_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/auth"
	"parley/gateway/command"
	"parley/gateway/fake"
	"parley/gateway/hub"
	"parley/gateway/protocol"
	"parley/gateway/session"
)

// rig is a gateway's socket half over a fake backend, all in one bubble of virtual time.
type rig struct {
	t       *testing.T
	backend *fake.Backend
	hub     *hub.Hub
	server  *session.Server
	pipes   *pipes
	keys    uint64
	http    *http.Server
	dialer  *websocket.Dialer // of a real socket, nil = pipes
}

// seeded is randomness of a test, safe for several goroutines.
type seeded struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (s *seeded) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}

type option func(*session.Options, *hub.Options)

func newRig(t *testing.T, options ...option) *rig {
	t.Helper()
	r := &rig{t: t, backend: fake.New(time.Now, fake.Centre()), pipes: &pipes{conns: make(chan net.Conn), done: make(chan struct{})}}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	ho := hub.Options{Backend: r.backend, Now: time.Now, Workers: 2, Logger: log}
	so := session.Options{
		Rand: &seeded{r: rand.NewChaCha8([32]byte{1})}, Limits: session.DefaultLimits(), Lanes: 2, Logger: log,
		Auth: auth.New(auth.Options{Backend: r.backend, Now: time.Now, Rand: &seeded{r: rand.NewChaCha8([32]byte{2})}}),
		Env:  &command.Env{Backend: r.backend, Now: time.Now, TextLimit: 10_000},
	}
	for _, o := range options {
		o(&so, &ho)
	}
	r.hub = hub.New(ho)
	so.Hub = r.hub
	r.server = session.New(so)
	r.http = &http.Server{Handler: r.server, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	go r.http.Serve(r.pipes)
	return r
}

// close ends everything, and the bubble with it.
func (r *rig) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	r.server.Close(ctx)
	r.hub.Close()
	r.http.Close()
	r.backend.Close()
	synctest.Wait()
}

// pipes is a listener whose connections are net.Pipe pairs.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error {
	select {
	case <-p.done:
	default:
		close(p.done)
	}
	return nil
}
func (p *pipes) Addr() net.Addr { return addr("pipe") }

type addr string

func (a addr) Network() string { return "pipe" }
func (a addr) String() string  { return string(a) }

type from struct {
	net.Conn
	addr addr
}

func (f from) RemoteAddr() net.Addr { return f.addr }

// dial connects without a hello, from an address; an origin "" is no browser.
func (r *rig) dial(address, origin string) (*client, *http.Response, error) {
	if r.dialer != nil {
		ws, resp, err := r.dialer.Dial("ws://parley.test/ws", nil)
		return &client{t: r.t, rig: r, ws: ws}, resp, err
	}
	d := websocket.Dialer{
		Subprotocols: []string{protocol.Subprotocol},
		NetDialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			here, there := net.Pipe()
			r.pipes.conns <- from{there, addr(address)}
			return here, nil
		},
	}
	h := http.Header{}
	if origin != "" {
		h.Set("Origin", origin)
	}
	ws, resp, err := d.Dial("ws://parley.test/ws", h)
	if err != nil {
		return nil, resp, err
	}
	c := &client{t: r.t, rig: r, ws: ws}
	return c, resp, nil
}

const remote = "192.0.2.1:4000"

func (r *rig) connect() *client {
	r.t.Helper()
	c, _, err := r.dial(remote, "")
	if err != nil {
		r.t.Fatalf("dial: %v", err)
	}
	return c
}

// client is a browser.
type client struct {
	t    *testing.T
	rig  *rig
	ws   *websocket.Conn
	next uint64
	// what came beside answers, in order
	events []got
	pushes []got
}

// got is any frame.
type got struct {
	Re    uint64          `json:"re"`
	OK    json.RawMessage `json:"ok"`
	Error *protocol.Error `json:"error"`
	Ev    string          `json:"ev"`
	Conv  string          `json:"conv"`
	Seq   uint64          `json:"seq"`
	At    int64           `json:"at"`
	Body  json.RawMessage `json:"body"`
	raw   []byte
}

func (c *client) read() (got, error) {
	_ = c.ws.SetReadDeadline(time.Now().Add(time.Minute))
	_, data, err := c.ws.ReadMessage()
	if err != nil {
		return got{}, err
	}
	var g got
	if err := json.Unmarshal(data, &g); err != nil {
		c.t.Fatalf("frame %s: %v", data, err)
	}
	g.raw = data
	return g, nil
}

// until reads until a frame is wanted; events and pushes on the way are kept.
func (c *client) until(want func(got) bool) got {
	c.t.Helper()
	for {
		g, err := c.read()
		if err != nil {
			c.t.Fatalf("read: %v", err)
		}
		switch {
		case g.Seq > 0:
			c.events = append(c.events, g)
		case g.Ev != "":
			c.pushes = append(c.pushes, g)
		}
		if want(g) {
			return g
		}
	}
}

func (c *client) send(frame string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		c.t.Fatalf("write: %v", err)
	}
}

// key makes a client's key.
func (r *rig) key() string {
	r.keys++
	var b [10]byte
	for i := range 8 {
		b[9-i] = byte(r.keys >> (8 * i))
	}
	return protocol.FormatKey(id.V7(time.Now(), b))
}

// call sends a command and returns its answer.
func (c *client) call(cmd string, body any) got {
	c.t.Helper()
	return c.callKey(cmd, c.rig.key(), body)
}

func (c *client) callKey(cmd, key string, body any) got {
	c.t.Helper()
	c.next++
	re := c.next
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	c.send(fmt.Sprintf(`{"id":%d,"cmd":%q,"key":%q,"body":%s}`, re, cmd, key, raw))
	return c.until(func(g got) bool { return g.Re == re && g.Ev == "" })
}

// must is call for a command that has to succeed.
func must[T any](c *client, cmd string, body any) T {
	c.t.Helper()
	g := c.call(cmd, body)
	if g.Error != nil {
		c.t.Fatalf("%s: %v", cmd, g.Error)
	}
	var ok T
	if err := json.Unmarshal(g.OK, &ok); err != nil {
		c.t.Fatal(err)
	}
	return ok
}

// secret is a visitor's, by number.
func secret(n byte) string {
	return base64.RawURLEncoding.EncodeToString([]byte{31: n})
}

var inbox = id.Format(id.Inbox, fake.Inbox)

// customer signs a customer in.
func (r *rig) customer(n byte, resume ...protocol.Cursor) (*client, protocol.HelloOK) {
	r.t.Helper()
	c := r.connect()
	return c, must[protocol.HelloOK](c, "hello", protocol.Hello{Role: "customer", Inbox: inbox, Secret: secret(n), Resume: resume})
}

// token opens a session of an agent.
func (r *rig) token(agent id.ID) string {
	s := make([]byte, 32)
	copy(s, agent[:])
	h := sha256.Sum256(s)
	r.backend.SignIn(agent, h[:])
	return "pst_" + hex.EncodeToString(agent[:]) + base64.RawURLEncoding.EncodeToString(s)
}

// agent signs an agent in.
func (r *rig) agent(agent id.ID, resume ...protocol.Cursor) (*client, protocol.HelloOK) {
	r.t.Helper()
	token := r.token(agent)
	c := r.connect()
	return c, must[protocol.HelloOK](c, "hello", protocol.Hello{Role: "agent", Token: token, Resume: resume})
}

// start begins a conversation.
func (c *client) start(text string) (protocol.StartOK, id.ID) {
	c.t.Helper()
	ok := must[protocol.StartOK](c, "start", protocol.Start{Text: text})
	cid, err := id.Parse(id.Conversation, ok.Conv)
	if err != nil {
		c.t.Fatal(err)
	}
	return ok, cid
}

// post appends a message or note of an agent.
func (r *rig) post(c id.ID, text string, note bool) {
	r.backend.Append(c, by(fake.Ana), id.ID{}, &conv.Event{Body: &conv.Event_Posted{Posted: &conv.Posted{Text: text, Note: note}}}, !note)
}

func seqs(events []got, conv string) (out []uint64) {
	for _, e := range events {
		if e.Conv == conv {
			out = append(out, e.Seq)
		}
	}
	return out
}

// gapless fails unless the numbers are from, from+1, … to.
func gapless(t *testing.T, got []uint64, from, to uint64) {
	t.Helper()
	if uint64(len(got)) != to-from+1 {
		t.Fatalf("%d events, want %d to %d: %v", len(got), from, to, got)
	}
	for i, n := range got {
		if n != from+uint64(i) {
			t.Fatalf("event %d has number %d: %v", i, n, got)
		}
	}
}
