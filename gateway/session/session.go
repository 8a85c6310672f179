package session

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"parley/engine/event"
	"parley/engine/id"
	"parley/gateway/command"
	"parley/gateway/frame"
	"parley/gateway/hub"
	"parley/gateway/limit"
	"parley/gateway/protocol"
)

// Session is one client on one WebSocket.
type Session struct {
	out
	server   *Server
	id       id.ID
	lane     uint32
	slot     int   // in the wheel, under its lock
	taken    int64 // bytes its socket had taken when the wheel last came by
	addr     netip.Addr
	loopback bool
	origin   string // as the browser says, empty = no browser
	ws       *websocket.Conn
	ready    chan struct{} // closed when hello is answered
	ended    atomic.Bool
	seen     atomic.Int64 // last frame of the peer, unix ms
	pinged   atomic.Int64
	caller   atomic.Pointer[command.Caller] // nil before hello
	frames   limit.Bucket                   // of the lane alone
	messages limit.Bucket
	reading  atomic.Int32
	parts    parts
}

// parts is what a session follows.
type parts struct {
	sync.Mutex
	follows map[id.ID]*part
	live    map[id.Ref]bool // entities that were told of this session
	ear     *hub.Ear
	desk    desk
	started map[id.ID]bool // conversations of the contact that were looked at
	over    bool
}

// part is one conversation that a session follows.
type part struct {
	follow *hub.Follow
	opened bool      // by the client; else it is the session's own
	cursor bool      // by a cursor of its hello: that takes no place among the opened ones
	leave  time.Time // an agent's own work that is not any more: when it is let go; zero = it is
}

// serve reads frames until the connection ends. It is the only goroutine of an idle session, so it only reads: deep work
// would grow its stack for good.
func (s *Session) serve() {
	defer s.server.done(s)
	first := true
	for {
		kind, data, err := s.receive()
		if err != nil {
			if errors.Is(err, websocket.ErrReadLimit) {
				s.end(protocol.CloseTooLarge)
			}
			s.linger()
			return
		}
		s.seen.Store(s.now().UnixMilli())
		switch {
		case s.ended.Load(): // what still comes after a close is read and forgotten
		case kind != websocket.TextMessage:
			s.bad(protocol.NewError(protocol.BadJSON))
		case first:
			first = false
			go s.hello(data)
			<-s.ready
			s.ready = nil
		default:
			s.server.lanes.put(s, data)
		}
	}
}

// receive reads one frame.
func (s *Session) receive() (kind int, data []byte, err error) {
	kind, r, err := s.ws.NextReader()
	if err != nil {
		return 0, nil, err
	}
	data, err = readAll(r)
	return kind, data, err
}

// tick is the wheel's question: is it time to say something, or to give up? It answers in how long it is to be asked
// again, 0 = never.
func (s *Session) tick(now time.Time) time.Duration {
	next, caller := s.alert(now), s.caller.Load()
	if next == 0 || caller == nil || caller.Until == 0 {
		return next
	}
	if caller.Ended(now) { // nothing else tells a quiet session
		s.bye("signed_out", protocol.CloseSignIn, 0)
		return 0
	}
	return min(next, time.UnixMilli(caller.Until).Sub(now))
}

// alert is tick without the end of a token.
func (s *Session) alert(now time.Time) time.Duration {
	l := &s.server.Limits
	if s.ended.Load() {
		return 0
	}
	if taken := s.wrote.Load(); taken != s.taken { // who reads slowly what waits for it is alive, its pong waits behind
		s.taken = taken
		s.seen.Store(now.UnixMilli())
	}
	silent := now.Sub(time.UnixMilli(s.seen.Load()))
	if s.caller.Load() == nil {
		if silent >= l.Hello {
			s.end(protocol.CloseNoHello)
			return 0
		}
		return l.Hello - silent
	}
	switch {
	case silent >= l.Dead:
		s.server.metrics.refused.WithLabelValues("dead").Inc()
		s.shut()
		return 0
	case silent < l.Ping:
		return l.Ping - silent
	case s.pinged.Load() < s.seen.Load():
		s.pinged.Store(now.UnixMilli())
		s.send(item{data: frame.Ping, push: true})
	}
	return l.Dead - silent
}

// bad answers a frame that is none, and ends the session.
func (s *Session) bad(e *protocol.Error) {
	s.answer(0, nil, e)
	code := protocol.CloseBroken
	if e.Code == protocol.BadUTF8 {
		code = protocol.CloseUTF8
	}
	s.end(code)
}

// end closes the session with a code, once; 0 closes without a word.
func (s *Session) end(code int) {
	if s.ended.Swap(true) {
		return
	}
	s.server.metrics.closes.WithLabelValues(codeLabel(code)).Inc()
	s.close(code, reasonOf(code))
}

// bye says why before the session ends.
func (s *Session) bye(why string, code int, reconnect time.Duration) {
	if !s.ended.Load() {
		s.push(protocol.Push{Ev: "bye", Body: protocol.Bye{Why: why, ReconnectMS: reconnect.Milliseconds()}})
		s.end(code)
	}
}

// answer ends a request; id 0 with an error answers a frame that could not be read, id 0 without one is not answered.
func (s *Session) answer(re uint64, ok any, err *protocol.Error) {
	if re == 0 && err == nil {
		return
	}
	b, bad := frame.JSON(protocol.Answer{Re: re, OK: ok, Error: err})
	if bad != nil {
		s.server.Logger.Error("answer not encoded", "err", bad)
		b, _ = frame.JSON(protocol.Answer{Re: re, Error: protocol.NewError(protocol.Internal)})
	}
	s.send(item{data: b})
}

// push sends a frame that must arrive.
func (s *Session) push(p protocol.Push) {
	b, err := frame.JSON(p)
	if err != nil {
		s.server.Logger.Error("push not encoded", "ev", p.Ev, "err", err)
		return
	}
	s.send(item{data: b})
}

// Event implements hub.Subscriber.
func (s *Session) Event(f *hub.Follow, n uint64, data []byte) { s.event(f, n, data) }

// Push implements hub.Subscriber.
func (s *Session) Push(data []byte) { s.send(item{data: data, push: true}) }

// Behind implements hub.Subscriber.
func (s *Session) Behind(f *hub.Follow) {
	s.Lock()
	defer s.Unlock()
	s.fallBehind(f)
}

// Changed implements hub.Subscriber.
func (s *Session) Changed(*hub.Follow) { s.wake() }

// Gone implements hub.Subscriber.
func (s *Session) Gone(f *hub.Follow) { go s.unfollow(f.Conv) }

// Is implements hub.Subscriber.
func (s *Session) Is(w event.Who) bool {
	c := s.caller.Load()
	return c != nil && c.Who() == w
}

// Lock and Unlock guard the cursors of the session's follows.
func (s *Session) Lock() { s.mu.Lock() }

// Unlock ends Lock.
func (s *Session) Unlock() { s.mu.Unlock() }

func (s *Session) ctx() (context.Context, context.CancelFunc) {
	return context.WithTimeout(s.server.ctx, readWait)
}

// readWait bounds what a session waits for disk and peers.
const readWait = 5 * time.Second
