// Package fake is a backend for the gateway's tests: entities in memory with just enough of the rules, every event
// committed at once, told by one publisher in order. It says nothing about the engine.
package fake

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"parley/actors"
	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/engine/msg/que"
)

// Backend is a whole contact centre in memory.
type Backend struct {
	now  func() time.Time
	work chan func()
	done chan struct{}

	mu       sync.Mutex
	convs    map[id.ID]*conversation
	contacts map[id.ID]*ctc.View
	agents   map[id.ID]*agt.View
	links    map[string]bool
	digests  map[id.ID]*que.Digest
	subs     map[id.Ref][]*sub
	keys     map[id.ID]answered
	config   *centre.Config
	onConfig []func(*centre.Config)
	number   uint64
	serial   uint64
	files    map[string][]byte
	asked    []actors.Ask
	beats    [][]actors.SessionPair
	reads    int
	fail     error // answers every Ask with it, nil = none
}

type conversation struct {
	view   *conv.View
	events []event.Event
}

type answered struct {
	body   []byte
	answer actors.Answer
}

type sub struct {
	sink actors.Sink
	off  bool
}

// New makes an empty centre with its configuration; Close ends its publisher.
func New(now func() time.Time, c *centre.Config) *Backend {
	b := &Backend{
		now: now, work: make(chan func(), 1<<16), done: make(chan struct{}), config: c,
		convs: map[id.ID]*conversation{}, contacts: map[id.ID]*ctc.View{}, agents: map[id.ID]*agt.View{}, links: map[string]bool{},
		digests: map[id.ID]*que.Digest{}, subs: map[id.Ref][]*sub{}, keys: map[id.ID]answered{}, files: map[string][]byte{},
	}
	for a := range c.Agents {
		b.agents[a] = &agt.View{Id: a.Bytes(), Limit: 4}
	}
	go func() {
		defer close(b.done)
		for f := range b.work {
			f()
		}
	}()
	return b
}

// Close ends the publisher.
func (b *Backend) Close() {
	close(b.work)
	<-b.done
}

// NewID makes identifiers that count up.
func (b *Backend) NewID() id.ID {
	b.serial++
	var r [10]byte
	for i := range 8 {
		r[9-i] = byte(b.serial >> (8 * i))
	}
	return id.V7(b.now(), r)
}

// Config implements backend.Backend.
func (b *Backend) Config() *centre.Config {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.config
}

// OnConfig implements backend.Backend.
func (b *Backend) OnConfig(f func(*centre.Config)) func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.onConfig = append(b.onConfig, f)
	return func() {}
}

// SetConfig replaces the configuration.
func (b *Backend) SetConfig(c *centre.Config) {
	b.mu.Lock()
	b.config = c
	fs := slices.Clone(b.onConfig)
	b.mu.Unlock()
	for _, f := range fs {
		f(c)
	}
}

// Derive implements backend.Backend.
func (b *Backend) Derive(purpose string, value []byte) id.ID {
	h := hmac.New(sha256.New, []byte("a test's key"))
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write(value)
	return id.FromBytes(h.Sum(nil)[:16])
}

// Beat implements backend.Backend.
func (b *Backend) Beat(live []actors.SessionPair) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beats = append(b.beats, live)
}

// View implements backend.Backend.
func (b *Backend) View(_ context.Context, ref id.Ref) (event.Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m := b.view(ref); m != nil {
		return m, nil
	}
	return nil, entity.ErrUnknownEntity
}

func (b *Backend) view(ref id.Ref) event.Message {
	switch ref.Kind {
	case id.Conversation:
		if c := b.convs[ref.ID]; c != nil {
			return proto.CloneOf(c.view)
		}
	case id.Contact:
		if c := b.contacts[ref.ID]; c != nil {
			return proto.CloneOf(c)
		}
	case id.Agent:
		if a := b.agents[ref.ID]; a != nil {
			return proto.CloneOf(a)
		}
	case id.Queue:
		if d := b.digests[ref.ID]; d != nil {
			return proto.CloneOf(d)
		}
		return &que.Digest{Queue: ref.ID.Bytes()}
	}
	return nil
}

// Subscribe implements backend.Backend.
func (b *Backend) Subscribe(ref id.Ref, sink actors.Sink) func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &sub{sink: sink}
	m := b.view(ref)
	if m != nil {
		b.subs[ref] = append(b.subs[ref], s)
	}
	b.work <- func() {
		if m == nil {
			s.sink.Lost(entity.ErrUnknownEntity)
			return
		}
		s.sink.Opened(m)
	}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		s.off = true
		b.subs[ref] = slices.DeleteFunc(b.subs[ref], func(x *sub) bool { return x == s })
	}
}

// Subscriptions counts those of one entity.
func (b *Backend) Subscriptions(ref id.Ref) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.subs[ref])
}

// tell hands something to all subscriptions of an entity. Called with the lock held.
func (b *Backend) tell(ref id.Ref, f func(actors.Sink)) {
	subs := slices.Clone(b.subs[ref])
	b.work <- func() {
		for _, s := range subs {
			b.mu.Lock()
			off := s.off
			b.mu.Unlock()
			if !off {
				f(s.sink)
			}
		}
	}
}

// History implements backend.Backend.
func (b *Backend) History(_ context.Context, h actors.History) ([]event.Event, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reads++
	c := b.convs[h.Target.ID]
	if c == nil {
		return nil, entity.ErrUnknownEntity
	}
	var out []event.Event
	for _, e := range c.events {
		n := e.Seq
		if h.Public {
			n = e.Pub
		}
		if n == 0 || h.Before > 0 && n >= h.Before || h.Before == 0 && n <= h.After {
			continue
		}
		out = append(out, e)
	}
	switch {
	case len(out) <= h.Limit:
		return out, nil
	case h.Before > 0:
		return out[len(out)-h.Limit:], nil
	default:
		return out[:h.Limit], nil
	}
}

// Mark implements backend.Backend.
func (b *Backend) Mark(c id.ID, v actors.Volatile) {
	b.mu.Lock()
	if x := b.convs[c]; x != nil {
		if x.view.Marks == nil {
			x.view.Marks = &conv.Marks{Of: map[string]*conv.Mark{}}
		}
		if v.By.IsCustomer() {
			x.view.Marks.Of["c"] = &conv.Mark{Delivered: v.DeliveredPub, Seen: v.SeenPub}
		} else {
			x.view.Marks.Of[v.By.ID.String()] = &conv.Mark{Delivered: v.Delivered, Seen: v.Seen}
		}
	}
	b.mu.Unlock()
	b.Volatile(c, v)
}

// Volatile implements backend.Backend.
func (b *Backend) Volatile(c id.ID, v actors.Volatile) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tell(id.Ref{Kind: id.Conversation, ID: c}, func(s actors.Sink) { s.Volatile(v) })
}

// Digest publishes a queue's digest.
func (b *Backend) Digest(d *que.Digest) {
	b.mu.Lock()
	defer b.mu.Unlock()
	q := id.FromBytes(d.Queue)
	b.digests[q] = d
	b.tell(id.Ref{Kind: id.Queue, ID: q}, func(s actors.Sink) { s.View(proto.CloneOf(d)) })
}

// Append commits an event of a conversation and publishes it.
func (b *Backend) Append(c id.ID, by event.Who, key id.ID, body *conv.Event, public bool) event.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.append(c, by, key, body, public)
}

func (b *Backend) append(c id.ID, by event.Who, key id.ID, body *conv.Event, public bool) event.Event {
	x := b.convs[c]
	x.view.Seq++
	e := event.Event{Seq: x.view.Seq, At: b.now().Truncate(time.Millisecond), By: by, Key: key, Body: body, Version: 1}
	if public {
		x.view.Pub++
		e.Pub = x.view.Pub
	}
	x.events = append(x.events, e)
	evolve(x.view, &e, body)
	b.tell(id.Ref{Kind: id.Conversation, ID: c}, func(s actors.Sink) { s.Events([]event.Event{e}) })
	return e
}

// Agent changes an agent and publishes its view.
func (b *Backend) Agent(a id.ID, change func(*agt.View)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.agent(a, change)
}

func (b *Backend) agent(a id.ID, change func(*agt.View)) {
	v := b.agents[a]
	if v == nil {
		return
	}
	change(v)
	v.Version++
	n := proto.CloneOf(v)
	b.tell(id.Ref{Kind: id.Agent, ID: a}, func(s actors.Sink) { s.View(n) })
}

// SignIn opens a session token of an agent.
func (b *Backend) SignIn(a id.ID, hash []byte) {
	b.Agent(a, func(v *agt.View) {
		v.Tokens = append(v.Tokens, &agt.Token{TokenHash: hash, Until: b.now().Add(24 * time.Hour).UnixMilli()})
	})
}

func sameBody(a, b []byte) bool { return bytes.Equal(a, b) }

// Fail has every Ask answered with an error; nil ends it.
func (b *Backend) Fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = err
}

// Asked counts the commands so far, Reads the pages of history.
func (b *Backend) Asked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.asked)
}

// Reads counts the pages of history read so far.
func (b *Backend) Reads() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reads
}

// Beats are the lists of live sessions so far.
func (b *Backend) Beats() [][]actors.SessionPair {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.beats)
}
