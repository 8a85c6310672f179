package hub

import (
	"slices"
	"sync"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/ctc"
)

// person is an agent or a contact on this node: who it is now, and the sessions that want to know.
type person struct {
	feed *feed
	mu   struct {
		sync.Mutex
		agent   *agt.View // the newest, with what events said since folded in; nil before the first
		gone    bool
		ears    []*Ear
		started []id.ID // conversations a contact began while followed, oldest first
	}
}

// Ear is one session's interest in a person.
type Ear struct {
	person  *person
	changed func()
}

// Listen follows an agent or a contact; changed is called on a worker after each change and must only hand over.
func (h *Hub) Listen(ref id.Ref, changed func()) *Ear {
	h.mu.Lock()
	p := h.mu.people[ref.ID]
	fresh := p == nil
	if fresh {
		p = &person{}
		p.feed = &feed{hub: h, ref: ref, to: p}
		h.mu.people[ref.ID] = p
	}
	e := &Ear{person: p, changed: changed}
	p.mu.Lock()
	p.mu.ears = append(p.mu.ears, e)
	p.mu.Unlock()
	h.mu.Unlock()
	if fresh {
		p.feed.open()
	}
	return e
}

// Close ends the interest.
func (e *Ear) Close() {
	p, h := e.person, e.person.feed.hub
	h.mu.Lock()
	p.mu.Lock()
	if i := slices.Index(p.mu.ears, e); i >= 0 {
		p.mu.ears = slices.Delete(p.mu.ears, i, i+1)
	}
	unused := len(p.mu.ears) == 0
	if h.mu.people[p.feed.ref.ID] == p && unused {
		delete(h.mu.people, p.feed.ref.ID)
	}
	p.mu.Unlock()
	h.mu.Unlock()
	if unused {
		p.feed.close()
	}
}

// Agent is the agent as it is now, nil before the first view. It must not be changed.
func (e *Ear) Agent() *agt.View {
	e.person.mu.Lock()
	defer e.person.mu.Unlock()
	return e.person.mu.agent
}

// Started lists the conversations a contact began since somebody here listens, at most the newest 20.
func (e *Ear) Started() []id.ID {
	e.person.mu.Lock()
	defer e.person.mu.Unlock()
	return slices.Clone(e.person.mu.started)
}

func (p *person) tell() {
	p.mu.Lock()
	ears := slices.Clone(p.mu.ears)
	p.mu.Unlock()
	for _, e := range ears {
		e.changed()
	}
}

// opened takes a person as it is. What a contact began before it could be heard counts as begun since: a session knows
// those of its hello.
func (p *person) opened(m event.Message) {
	v, ok := m.(*ctc.View)
	if !ok {
		p.view(m)
		return
	}
	p.mu.Lock()
	for _, line := range v.Conversations {
		p.start(id.FromBytes(line.Conversation))
	}
	p.mu.Unlock()
	p.tell()
}

// start adds a conversation that a contact began. Called with the lock held.
func (p *person) start(c id.ID) {
	if slices.Contains(p.mu.started, c) {
		return
	}
	p.mu.started = append(p.mu.started, c)
	p.mu.started = p.mu.started[max(0, len(p.mu.started)-startedMost):]
}

func (p *person) view(m event.Message) {
	v, ok := m.(*agt.View)
	if !ok {
		return
	}
	p.mu.Lock()
	if p.mu.agent != nil && v.Version < p.mu.agent.Version {
		p.mu.Unlock()
		return
	}
	p.mu.agent = v
	p.mu.Unlock()
	p.tell()
}

func (p *person) events(events []event.Event) {
	p.mu.Lock()
	for i := range events {
		switch m := events[i].Body.(type) {
		case *agt.Event:
			p.mu.agent = fold(p.mu.agent, &events[i], m)
		case *ctc.Event:
			if s := m.GetStarting(); s != nil {
				p.start(id.FromBytes(s.Conversation))
			}
		}
	}
	p.mu.Unlock()
	p.tell()
}

// startedMost bounds the list of conversations a contact began.
const startedMost = 20

func (p *person) skipped(event.Event)      {}
func (p *person) volatile(actors.Volatile) {}

// lost: an entity that does not answer any more. Who begins a conversation listens again.
func (p *person) lost(error) {
	h := p.feed.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	p.mu.Lock()
	p.mu.gone = true
	p.mu.Unlock()
	if h.mu.people[p.feed.ref.ID] == p {
		delete(h.mu.people, p.feed.ref.ID)
	}
}

// Born has a contact heard of now that did not exist when it was asked for.
func (e *Ear) Born() { e.person.feed.hurry() }

// Gone reports whether nothing will be heard any more.
func (e *Ear) Gone() bool {
	e.person.mu.Lock()
	defer e.person.mu.Unlock()
	return e.person.mu.gone
}
