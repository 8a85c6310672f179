package conversation_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/engine/centre"
	"parley/engine/conversation"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

func name(s string) (i id.ID) {
	copy(i[:], s)
	return i
}

var (
	self      = id.Ref{Kind: id.Conversation, ID: name("conversation")}
	contact   = name("contact")
	inbox     = name("inbox")
	support   = name("support")
	ana       = name("ana")
	bo        = name("bo")
	sue       = name("sue")   // supervisor and member
	admin     = name("admin") // administrator, no member
	stranger  = name("stranger")
	gone      = name("gone") // deactivated
	began     = time.UnixMilli(1_700_000_000_000).UTC()
	customer  = event.Customer(contact)
	fromHost  = event.System
	fromAgent = event.Entity(id.Ref{Kind: id.Agent, ID: ana})
)

func centreConfig() *centre.Config {
	member := []*centre.Member{{Queue: support.Bytes()}}
	return &centre.Config{
		Settings: &centre.Settings{},
		Inboxes: map[id.ID]*centre.Inbox{inbox: {
			Id: inbox.Bytes(), Style: centre.Style_LIVE_RETURN, Queue: support.Bytes(), Rating: true, Greeting: "Hello from the inbox",
		}},
		Queues: map[id.ID]*centre.Queue{support: {Id: support.Bytes(), Greeting: "Hello from support", Priority: 7}},
		Agents: map[id.ID]*centre.Agent{
			ana:      {Id: ana.Bytes(), Role: centre.Role_AGENT, Queues: member},
			bo:       {Id: bo.Bytes(), Role: centre.Role_AGENT, Queues: member},
			sue:      {Id: sue.Bytes(), Role: centre.Role_SUPERVISOR, Queues: member},
			admin:    {Id: admin.Bytes(), Role: centre.Role_ADMINISTRATOR},
			stranger: {Id: stranger.Bytes(), Role: centre.Role_AGENT},
			gone:     {Id: gone.Bytes(), Role: centre.Role_AGENT, Queues: member, Deactivated: true},
		},
	}
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// talk hosts one conversation as an entity actor would, and checks after each step what must always hold.
type talk struct {
	t       fataler
	s       *conversation.State
	cfg     *centre.Config
	now     time.Time
	log     []*event.Event
	rows    map[string]entity.Row
	head    []byte // head row as of headAt events
	headAt  int
	ids     uint64
	effects uint64 // sent so far
	last    []entity.Send
	shown   []*event.Event // of the last step
	books   ledger
}

func newTalk(t fataler) *talk {
	return &talk{t: t, s: conversation.New(), cfg: centreConfig(), now: began, rows: map[string]entity.Row{}}
}

func (k *talk) env() *entity.Env {
	return &entity.Env{
		Self: self, Now: k.now, Config: k.cfg, ClusterVersion: entity.Version, NextEffect: k.effects + 1,
		Number: func() uint64 { return 129 },
		NewID: func() (i id.ID) {
			k.ids++
			copy(i[:], "r")
			binary.BigEndian.PutUint64(i[8:], k.ids)
			return i
		},
	}
}

func (k *talk) step(in entity.Input) (entity.Outcome, error) {
	k.t.Helper()
	before := k.s.Head()
	out, err := k.s.Decide(in, k.env())
	if string(before) != string(k.s.Head()) {
		k.t.Fatalf("a decision changed the state")
	}
	k.last, k.shown = nil, nil
	if err != nil {
		var refusal *entity.Refusal
		if !errors.As(err, &refusal) || len(out.Events)+len(out.Effects) > 0 {
			k.t.Fatalf("error %v with %v", err, out)
		}
		return out, err
	}
	for _, n := range out.Events {
		e := &event.Event{Seq: uint64(len(k.log) + 1), At: k.now, By: in.By, Key: in.Key, Cause: in.Cause, Body: n.Body, Version: entity.Version}
		if n.By != (event.Who{}) {
			e.By, e.Key = n.By, n.Key
		}
		if n.Pub {
			e.Pub = k.s.View().Pub + 1
		}
		k.log = append(k.log, e)
		k.shown = append(k.shown, e)
		k.s.Evolve(e)
	}
	for _, row := range k.s.Dirty() {
		k.rows[string(row.Rest)] = row
		if row.Value == nil {
			delete(k.rows, string(row.Rest))
		}
	}
	k.last, k.effects = out.Effects, k.effects+uint64(len(out.Effects))
	k.books.post(k.t, out.Effects, k.s.View())
	k.check()
	return out, nil
}

// check: the state is well formed, and both a replay and a load from rows give the same one.
func (k *talk) check() {
	k.t.Helper()
	if why := conversation.Broken(k.s); why != "" && len(k.log) > 0 {
		k.t.Fatalf("after %d events: %s\n%v", len(k.log), why, k.s.View())
	}
	replayed := conversation.New()
	for _, e := range k.log {
		replayed.Evolve(reread(k.t, e))
	}
	if row, ok := k.rows["m"]; ok { // marks are made of no event
		if err := replayed.LoadRow(row.Rest, row.Value, false); err != nil {
			k.t.Fatalf("marks: %v", err)
		}
	}
	if d := conversation.Differ(k.s, replayed); d != "" {
		k.t.Fatalf("replayed differs: %s", d)
	}
	k.sameAsLoaded(k.s.Head(), len(k.log))
	k.sameAsLoaded(k.head, k.headAt)
}

// sameAsLoaded loads a head row as of some event, the other rows as they are now, and the events since.
func (k *talk) sameAsLoaded(head []byte, at int) {
	k.t.Helper()
	loaded := conversation.New()
	if head != nil {
		if err := loaded.LoadHead(head); err != nil {
			k.t.Fatalf("load: %v", err)
		}
	}
	for _, row := range k.rows {
		if err := loaded.LoadRow(row.Rest, row.Value, row.Session); err != nil {
			k.t.Fatalf("load: %v", err)
		}
	}
	for _, e := range k.log[at:] {
		loaded.Evolve(e)
	}
	if d := conversation.Differ(k.s, loaded); d != "" {
		k.t.Fatalf("loaded with head at %d of %d differs: %s", at, len(k.log), d)
	}
}

func (k *talk) saveHead() { k.head, k.headAt = k.s.Head(), len(k.log) }

// reread is the event as it comes back from the log.
func reread(t fataler, e *event.Event) *event.Event {
	t.Helper()
	data, err := event.Encode(e)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	out, err := event.Decode(data, func() event.Message { return &conv.Event{} })
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	return &out
}

func (k *talk) try(by event.Who, cmd *conv.Command) (*conv.Reply, error) {
	k.t.Helper()
	out, err := k.step(entity.Input{By: by, Key: name("key"), Body: cmd})
	r, _ := out.Reply.(*conv.Reply)
	if r == nil {
		r = &conv.Reply{}
	}
	return r, err
}

func (k *talk) do(by event.Who, cmd *conv.Command) *conv.Reply {
	k.t.Helper()
	r, err := k.try(by, cmd)
	if err != nil {
		k.t.Fatalf("%v: %v", cmd, err)
	}
	return r
}

// advance lets time go by and wakes when a deadline is due, as the sweep does.
func (k *talk) advance(d time.Duration) {
	k.t.Helper()
	k.now = k.now.Add(d)
	k.wake()
}

func (k *talk) wake() {
	k.t.Helper()
	if w := k.s.Wake(); !w.IsZero() && !w.After(k.now) {
		if _, err := k.step(entity.Input{By: fromHost, Wake: true}); err != nil {
			k.t.Fatalf("wake: %v", err)
		}
		if w := k.s.Wake(); !w.IsZero() && !w.After(k.now) {
			k.t.Fatalf("still due after a wake-up: %v", w)
		}
		return
	}
	k.last, k.shown = nil, nil
}

func (k *talk) answered(e entity.Send, code entity.Code, reply event.Message) (entity.Outcome, error) {
	k.t.Helper()
	a := &entity.Answered{Seq: k.effects, Effect: e, Code: code}
	if reply != nil {
		a.Reply, _ = reply.MarshalVT()
	}
	return k.step(entity.Input{By: event.System, Answered: a})
}

// names of the events and effects of the last step, for tables.
func (k *talk) wrote() []string {
	var names []string
	for _, e := range k.shown {
		names = append(names, fmt.Sprintf("%T", e.Body.(*conv.Event).Body)[len("*conv.Event_"):])
	}
	return names
}

func (k *talk) sent() []string {
	var names []string
	for _, e := range k.last {
		names = append(names, effectName(e))
	}
	return names
}

func (k *talk) reserve() (r id.ID, e entity.Send) {
	k.t.Helper()
	for _, e := range k.last {
		if c, ok := e.Body.(*agt.Command); ok && c.GetReserve() != nil {
			return id.FromBytes(c.GetReserve().R), e
		}
	}
	k.t.Fatalf("no agent was asked: %v", k.sent())
	return
}

func (k *talk) expect(t *testing.T, wrote, sent []string) {
	t.Helper()
	if !slices.Equal(k.wrote(), wrote) || !slices.Equal(k.sent(), sent) {
		t.Fatalf("wrote %v and sent %v\nwant  %v and      %v", k.wrote(), k.sent(), wrote, sent)
	}
}

func (k *talk) is(t *testing.T, status conv.Status, route conv.Route, owner id.ID) {
	t.Helper()
	v := k.s.View()
	if v.Status != status || v.Route != route || id.FromBytes(v.Agent) != owner {
		t.Fatalf("%v %v owner %q, want %v %v %q", v.Status, v.Route, v.Agent, status, route, owner)
	}
}
