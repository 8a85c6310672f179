package session

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"sync"
	"time"

	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/ctc"
	"parley/gateway/command"
	"parley/gateway/protocol"
	"parley/gateway/wire"
)

// meEvery is the shortest time between two pushes of me, leaveAfter how long a conversation is followed when it is no
// longer one's own, so that its last events arrive.
const (
	meEvery    = 250 * time.Millisecond
	leaveAfter = 10 * time.Second
)

// desk is what a session of a person is in the middle of. Guarded by the lock of parts, but for look.
type desk struct {
	look   look
	told   []byte // me as sent last
	toldAt time.Time
}

// look is whether the session looks at its person. Its lock is the innermost of all: the hub wakes sessions while it
// holds a conversation's lock, and a session that holds the lock of its parts may wait for that one.
type look struct {
	sync.Mutex
	dirty   bool
	running bool
}

// begin asks for another look and reports whether somebody must start it.
func (l *look) begin() bool {
	l.Lock()
	defer l.Unlock()
	start := !l.running
	l.dirty, l.running = true, true
	return start
}

// again reports whether something has changed since it was asked last; when not, the look is over.
func (l *look) again() bool {
	l.Lock()
	defer l.Unlock()
	l.running, l.dirty = l.dirty, false
	return l.running
}

// listen begins to hear of the session's own person: an agent's work, or the conversations a contact begins elsewhere.
func (s *Session) listen(ref id.Ref, card *ctc.View) {
	s.parts.Lock()
	if s.parts.over {
		s.parts.Unlock()
		return
	}
	s.parts.started = map[id.ID]bool{}
	for _, line := range card.GetConversations() {
		s.parts.started[id.FromBytes(line.Conversation)] = true
	}
	s.parts.ear = s.server.Hub.Listen(ref, s.wake)
	s.parts.Unlock()
	s.wake()
}

// wake has the session look at its person, now or when the present look is over. It only hands over, and waits for no
// lock but the desk's own.
func (s *Session) wake() {
	if s.parts.desk.look.begin() {
		go s.look()
	}
}

// look brings what the session follows in line with its person, until nothing has changed meanwhile.
func (s *Session) look() {
	for s.parts.desk.look.again() {
		s.parts.Lock()
		ear, over := s.parts.ear, s.parts.over
		s.parts.Unlock()
		if ear == nil || over {
			continue // who begins to listen wakes
		}
		if s.caller.Load().Role == command.Customer {
			s.newer(ear.Started())
		} else if v := ear.Agent(); v != nil {
			s.work(v)
		}
	}
}

// newer follows conversations that this customer began in another window, from their beginning.
func (s *Session) newer(started []id.ID) {
	for _, c := range started {
		s.parts.Lock()
		known := s.parts.started[c]
		s.parts.started[c] = true
		s.parts.Unlock()
		if !known {
			s.follow(c, 0, false)
			s.connect(id.Ref{Kind: id.Conversation, ID: c})
		}
	}
}

// work follows the agent's own conversations and tells how the agent stands.
func (s *Session) work(v *agt.View) {
	if !s.signedIn(v) {
		s.bye("signed_out", protocol.CloseSignIn, 0)
		return
	}
	mine := map[id.ID]bool{}
	for _, r := range v.Reservations {
		c := id.FromBytes(r.Conversation)
		mine[c] = true
		if !s.follows(c) {
			s.enter(c)
		}
	}
	s.release(mine)
	s.me(v)
}

// signedIn reports whether the session's token is still good.
func (s *Session) signedIn(v *agt.View) bool {
	caller := s.caller.Load()
	if conf := s.server.Env.Backend.Config().Agent(caller.ID); conf == nil || conf.Deactivated {
		return false
	}
	for _, t := range v.Tokens {
		if subtle.ConstantTimeCompare(t.TokenHash, caller.TokenHash) == 1 {
			return t.Until > s.now().UnixMilli()
		}
	}
	return false
}

// enter sends the row of a conversation and follows it from there.
func (s *Session) enter(c id.ID) {
	ctx, cancel := s.ctx()
	defer cancel()
	x := s.exec(id.ID{})
	row, err := x.Row(ctx, c)
	if err != nil {
		if err.Row().Do == protocol.Retry {
			time.AfterFunc(meEvery, s.wake)
		}
		return
	}
	s.push(protocol.Push{Ev: "row", Conv: row.Conv, Body: protocol.RowOK{Row: row}})
	s.follow(c, row.Seq, false)
}

// release lets go of conversations that are no longer the agent's own, a little later.
func (s *Session) release(mine map[id.ID]bool) {
	now := s.now()
	var gone []id.ID
	s.parts.Lock()
	for c, p := range s.parts.follows {
		switch {
		case mine[c]:
			p.leave = time.Time{}
			if p.cursor { // own work all along: it goes when it ends
				p.opened, p.cursor = false, false
			}
		case p.opened:
		case p.leave.IsZero():
			p.leave = now.Add(leaveAfter)
			time.AfterFunc(leaveAfter, s.wake)
		case !now.Before(p.leave):
			gone = append(gone, c)
		}
	}
	s.parts.Unlock()
	for _, c := range gone {
		s.unfollow(c)
	}
}

// me pushes how the agent stands when it has changed, at most four times a second.
func (s *Session) me(v *agt.View) {
	me := wire.Me(v)
	for _, r := range v.Reservations {
		if o, ok := s.offered(r); ok {
			me.Offers = append(me.Offers, o)
		}
	}
	b, err := json.Marshal(me)
	if err != nil {
		s.server.Logger.Error("me not encoded", "err", err)
		return
	}
	now := s.now()
	s.parts.Lock()
	d := &s.parts.desk
	early := now.Sub(d.toldAt) < meEvery
	same := bytes.Equal(b, d.told)
	if !early && !same {
		d.told, d.toldAt = b, now
	}
	s.parts.Unlock()
	switch {
	case same:
	case early:
		time.AfterFunc(meEvery, s.wake)
	default:
		s.push(protocol.Push{Ev: "me", Body: json.RawMessage(b)})
	}
}

// offered is the offer behind a reservation: only once the conversation has made it too, and with its own deadline.
func (s *Session) offered(r *agt.Reservation) (protocol.Offer, bool) {
	if r.Confirmed {
		return protocol.Offer{}, false
	}
	c := id.FromBytes(r.Conversation)
	s.parts.Lock()
	p := s.parts.follows[c]
	s.parts.Unlock()
	if p == nil {
		return protocol.Offer{}, false
	}
	o := p.follow.Offer()
	if o.R != id.FromBytes(r.R) || o.Agent != s.caller.Load().ID {
		return protocol.Offer{}, false
	}
	return protocol.Offer{Conv: id.Format(id.Conversation, c), Offer: protocol.FormatOffer(o.R), Until: o.Until}, true
}
