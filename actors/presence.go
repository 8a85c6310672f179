package actors

import (
	"time"

	"parley/cluster/journal"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

const (
	silence      = 10 * time.Second // a session no gateway lists for this long is gone
	presenceLook = time.Second      // at most so often
	goneWait     = 5 * time.Second
)

// presence knows which sessions live. Coming and going are events of the entity; living on is told by the gateways, one
// list every 5 s, and never logged. A session nobody lists (its gateway is silent, or dropped it) has been gone since it
// was last heard of; after a change of leader every session is unproven until it is listed.
type presence struct {
	s        *shardActor
	sessions map[session]*heard
	planned  bool // a look is
}

type session struct {
	entity id.Ref
	id     id.ID
}

type heard struct {
	last  time.Time
	asked bool // the entity is being told that it is gone
}

func (p *presence) init(s *shardActor) { p.s, p.sessions = s, map[session]*heard{} }

func (p *presence) open(rows []journal.SessionRow) {
	now := p.s.lease.node.now()
	for _, r := range rows {
		if key, ok := sessionOf(r.Entity, r.Rest); ok {
			p.sessions[key] = &heard{last: now}
		}
	}
	p.plan()
}

// plan looks when the session that was silent longest is gone; a shard without sessions does nothing.
func (p *presence) plan() {
	if p.planned || len(p.sessions) == 0 {
		return
	}
	p.planned = true
	var first time.Time
	for _, h := range p.sessions {
		if first.IsZero() || h.last.Before(first) {
			first = h.last
		}
	}
	soon := p.s.lease.node.now().Add(presenceLook)
	if first = first.Add(silence); first.Before(soon) {
		first = soon
	}
	p.s.at(first, func(s *shardActor) { s.presence.look() })
}

// sessionOf reads a session row's name: its last 16 bytes are the session.
func sessionOf(r id.Ref, rest []byte) (session, bool) {
	if len(rest) < 16 {
		return session{}, false
	}
	return session{entity: r, id: id.FromBytes(rest[len(rest)-16:])}, true
}

// follow learns of sessions that come and go.
func (p *presence) follow(b *journal.Batch) {
	for _, r := range b.Rows {
		if r.Sub != journal.SubSessions {
			continue
		}
		key, ok := sessionOf(b.Entity, r.Rest)
		if !ok {
			continue
		}
		if r.Delete {
			delete(p.sessions, key)
		} else if p.sessions[key] == nil {
			p.sessions[key] = &heard{last: p.s.lease.node.now()}
			p.plan()
		}
	}
}

// beat is a gateway's list of what lives.
func (p *presence) beat(live []session) {
	now := p.s.lease.node.now()
	for _, key := range live {
		if h := p.sessions[key]; h != nil {
			h.last = now
		}
	}
}

// look tells entities of sessions that were not listed for too long.
func (p *presence) look() {
	p.planned = false
	defer p.plan()
	now := p.s.lease.node.now()
	l := p.s.lease
	for key, h := range p.sessions {
		gone := now.Sub(h.last)
		body := disconnected(key, gone)
		if h.asked || gone < silence || body == nil {
			continue
		}
		h.asked = true
		p.s.inner(key.entity, body, goneWait, func(Answer) {
			l.tell(func(*shardActor) { h.asked = false })
		})
	}
}

// disconnected is the command that tells an entity of a lost session; nil for kinds that have none.
func disconnected(key session, gone time.Duration) event.Message {
	switch key.entity.Kind {
	case id.Conversation:
		return &conv.Command{Body: &conv.Command_Disconnected{Disconnected: &conv.Disconnected{Session: key.id.Bytes(), GoneMs: gone.Milliseconds()}}}
	case id.Agent:
		return &agt.Command{Body: &agt.Command_Disconnected{Disconnected: &agt.Disconnected{Session: key.id.Bytes(), GoneMs: gone.Milliseconds()}}}
	}
	return nil
}
