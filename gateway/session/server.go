package session

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"parley/actors"
	"parley/engine/centre"
	"parley/engine/id"
	"parley/gateway/command"
	"parley/gateway/protocol"
	"parley/gateway/wire"
)

// beatEvery is how often the entities are told which sessions live.
const beatEvery = 5 * time.Second

// Server upgrades requests to sessions and looks after them.
type Server struct {
	Options
	ctx      context.Context
	cancel   context.CancelFunc
	upgrader websocket.Upgrader
	lanes    *lanes
	wheel    *wheel
	metrics  *metrics
	seed     maphash.Seed
	addrs    addresses
	beat     sync.WaitGroup
	off      func() // ends the subscription to the configuration
	mu       struct {
		sync.Mutex
		sessions map[*Session]struct{}
		n        int // sessions, and connections on their way to be one
		draining bool
		rand     *rand.Rand
		gone     sync.WaitGroup
	}
}

// New starts a server; Close ends it.
func New(o Options) *Server {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Lanes == 0 {
		o.Lanes = 4 * runtime.GOMAXPROCS(0)
	}
	if o.Reconnect == 0 {
		o.Reconnect = 5 * time.Second
	}
	if o.Starts == nil {
		o.Starts = StartsAMinute(20)
	}
	s := &Server{Options: o, lanes: newLanes(o.Lanes), wheel: newWheel(o.Env.Now), metrics: newMetrics(o.Registerer), seed: maphash.MakeSeed()}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.mu.sessions = map[*Session]struct{}{}
	s.mu.rand = rand.New(rand.NewPCG(uint64(s.word()), uint64(s.word())))
	s.upgrader = websocket.Upgrader{
		HandshakeTimeout: o.Limits.Hello,
		ReadBufferSize:   512, WriteBufferSize: 512, WriteBufferPool: &sync.Pool{}, // frames are written past the library
		Subprotocols: []string{protocol.Subprotocol},
		CheckOrigin:  func(*http.Request) bool { return true }, // judged below, where the answer has a code
	}
	s.off = o.Env.Backend.OnConfig(func(*centre.Config) { go s.reconfigured() })
	s.beat.Go(s.beats)
	return s
}

// word draws four random bytes.
func (s *Server) word() uint32 {
	var b [4]byte
	if _, err := s.Rand.Read(b[:]); err != nil {
		panic(fmt.Sprintf("session: no randomness: %v", err))
	}
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

// ServeHTTP makes a session of the request and returns; the session lives on.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	addr, loopback := AddressOf(r.RemoteAddr)
	session := &Session{server: s, addr: addr, loopback: loopback, origin: r.Header.Get("Origin"), ready: make(chan struct{})}
	if code := s.admit(session, r); code != "" {
		s.metrics.refused.WithLabelValues(code).Inc()
		refuse(w, protocol.NewError(code))
		return
	}
	h := &hijacker{ResponseWriter: w}
	ws, err := s.upgrader.Upgrade(h, r, nil)
	if err != nil {
		s.forget(session)
		return // the library has answered
	}
	ws.SetReadLimit(int64(s.Limits.Frame))
	session.ws = ws
	s.equip(session, h.socket)
	s.enter(session)
	s.wheel.add(session, s.Limits.Hello)
	go session.serve() // and the handler returns: that frees the buffers of net/http
}

// refuse answers a request that becomes no session: the status and the error of the table.
func refuse(w http.ResponseWriter, e *protocol.Error) {
	b, err := json.Marshal(e)
	if err != nil {
		http.Error(w, e.Message, e.Row().Status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.Row().Status)
	_, _ = w.Write(b)
}

// enter makes a session known; one that comes into a drain learns of it like the others.
func (s *Server) enter(n *Session) {
	s.mu.Lock()
	s.mu.sessions[n] = struct{}{}
	draining := s.mu.draining
	s.mu.Unlock()
	if draining {
		n.bye("draining", protocol.CloseDraining, s.Reconnect)
	}
}

// equip makes a session of an upgraded connection.
func (s *Server) equip(n *Session, socket *socket) {
	now := s.Env.Now()
	n.id = id.V7(now, s.random())
	n.lane = uint32(maphash.Bytes(s.seed, n.id[:]))
	n.seen.Store(now.UnixMilli())
	n.parts.follows, n.parts.live, n.parts.started = map[id.ID]*part{}, map[id.Ref]bool{}, map[id.ID]bool{}
	n.out.conn, n.out.raw, n.out.limit, n.out.now, n.out.m = socket.Conn, socket.raw(), s.Limits.OutBuffer, s.Env.Now, s.metrics
	n.out.fill = fill
	n.out.over = func(code int) {
		if code == 0 {
			n.shut()
			return
		}
		n.end(code)
	}
	socket.out = &n.out
	n.ws.SetPongHandler(func(string) error { n.seen.Store(s.Env.Now().UnixMilli()); return nil })
}

func (s *Server) random() (b [10]byte) {
	if _, err := s.Rand.Read(b[:]); err != nil {
		panic(fmt.Sprintf("session: no randomness: %v", err))
	}
	return b
}

// admit counts a connection in, or says why not.
func (s *Server) admit(n *Session, r *http.Request) string {
	if !s.known(n.origin, r.Host) {
		return protocol.OriginRefused
	}
	if n.origin != "" && sameHost(n.origin, r.Host) {
		n.origin = ownOrigin
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.mu.draining:
		return protocol.Draining
	case s.mu.n >= s.Limits.Connections:
		return protocol.TooManyConns
	case !n.loopback && !s.addrs.take(n.addr, s.Limits.PerAddress):
		return protocol.TooManyConns
	}
	s.mu.n++
	s.mu.gone.Add(1)
	s.metrics.sessions.WithLabelValues("new").Inc()
	return ""
}

// ownOrigin stands for a page of this server itself.
const ownOrigin = "self"

// known reports whether any page of that origin may connect: none (no browser), our own, or a site of an inbox. The
// hello, which names the inbox, is held to that inbox's sites.
func (s *Server) known(origin, host string) bool {
	if origin == "" || sameHost(origin, host) {
		return true
	}
	for _, b := range s.Env.Backend.Config().Inboxes {
		if slices.Contains(b.Origins, origin) {
			return true
		}
	}
	return false
}

func sameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, host)
}

// originOf reports whether the session's page is one of the sites, or our own. Nil sites: our own alone.
func (s *Server) originOf(n *Session, sites []string) bool {
	return n.origin == "" || n.origin == ownOrigin || slices.Contains(sites, n.origin)
}

// done is called when a session's connection has ended.
func (s *Server) done(n *Session) {
	if !n.ended.Swap(true) {
		s.metrics.closes.WithLabelValues("peer").Inc()
	}
	n.shut()
	s.wheel.remove(n)
	if n.caller.Load() != nil {
		n.leave()
	}
	s.forget(n)
}

func (s *Server) forget(n *Session) {
	role := "new"
	if c := n.caller.Load(); c != nil {
		role = "agent"
		if c.Role == command.Customer {
			role = "customer"
		}
	}
	s.metrics.sessions.WithLabelValues(role).Dec()
	if !n.loopback {
		s.addrs.give(n.addr)
	}
	s.mu.Lock()
	delete(s.mu.sessions, n)
	s.mu.n--
	s.mu.Unlock()
	s.mu.gone.Done()
}

func (s *Server) all() []*Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*Session, 0, len(s.mu.sessions))
	for n := range s.mu.sessions {
		out = append(out, n)
	}
	return out
}

func (s *Server) beats() {
	t := time.NewTicker(beatEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-s.ctx.Done():
			return
		}
		var live []actors.SessionPair
		for _, n := range s.all() {
			live = n.pairs(live)
		}
		s.Env.Backend.Beat(live)
	}
}

// reconfigured has agents looked at again: somebody may have been switched off.
func (s *Server) reconfigured() {
	for _, n := range s.all() {
		if c := n.caller.Load(); c != nil && c.Role != command.Customer {
			n.wake()
		}
	}
}

// Drain takes no more connections and tells every client when to come back, spread over Reconnect.
func (s *Server) Drain() {
	s.mu.Lock()
	s.mu.draining = true
	s.mu.Unlock()
	for _, n := range s.all() {
		s.mu.Lock()
		wait := time.Duration(s.mu.rand.Int64N(int64(s.Reconnect)))
		s.mu.Unlock()
		n.bye("draining", protocol.CloseDraining, wait)
	}
}

// Close drains, waits until all sessions have ended or the context is over, and stops.
func (s *Server) Close(ctx context.Context) {
	s.Drain()
	gone := make(chan struct{})
	go func() { s.mu.gone.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-ctx.Done():
		for _, n := range s.all() {
			n.shut()
		}
		<-gone
	}
	s.off()
	s.cancel()
	s.beat.Wait()
	s.wheel.close()
	s.lanes.close()
}

func roleOf(a *centre.Agent) command.Role { return command.RoleOf(wire.RoleWord(a.Role)) }

func codeLabel(code int) string {
	if code == 0 {
		return "cut"
	}
	return strconv.Itoa(code)
}

func reasonOf(code int) string {
	for _, c := range protocol.Closes {
		if c.Code == code {
			return c.Reason
		}
	}
	return ""
}
