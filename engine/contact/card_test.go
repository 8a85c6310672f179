package contact_test

import (
	"encoding/binary"
	"errors"
	"time"

	"parley/engine/centre"
	"parley/engine/contact"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
)

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func name(s string) (i id.ID) {
	copy(i[:], s)
	return i
}

var (
	self     = id.Ref{Kind: id.Contact, ID: name("contact")}
	customer = event.Customer(self.ID)
	shop     = name("shop")  // asks for name and e-mail
	desk     = name("desk")  // anonymous
	empty    = name("empty") // its queue is gone
	support  = name("support")
	ana      = name("ana")
	began    = time.UnixMilli(1_700_000_000_000).UTC()
)

func centreConfig() *centre.Config {
	return &centre.Config{
		Inboxes: map[id.ID]*centre.Inbox{
			shop:  {Id: shop.Bytes(), Queue: support.Bytes(), Style: centre.Style_LIVE_RETURN},
			desk:  {Id: desk.Bytes(), Queue: support.Bytes(), Style: centre.Style_MESSAGING, Anonymous: true},
			empty: {Id: empty.Bytes(), Queue: name("gone").Bytes()},
		},
		Queues: map[id.ID]*centre.Queue{support: {Id: support.Bytes()}},
		Agents: map[id.ID]*centre.Agent{ana: {Id: ana.Bytes(), Role: centre.Role_AGENT}, name("old"): {Deactivated: true}},
	}
}

// card hosts one contact as an entity actor would, and checks after each step that replay and load give the same.
type card struct {
	t       fataler
	s       *contact.State
	now     time.Time
	log     []*event.Event
	rows    map[string]entity.Row
	ids     uint64
	effects uint64
	last    []entity.Send
	wrote   []*ctc.Event
	seldom  bool // check at every 50th event only: long lives
}

func newCard(t fataler) *card {
	return &card{t: t, s: contact.New(), now: began, rows: map[string]entity.Row{}}
}

func (k *card) step(in entity.Input) (entity.Outcome, error) {
	k.t.Helper()
	k.now = k.now.Add(time.Millisecond)
	env := &entity.Env{Self: self, Now: k.now, Config: centreConfig(), NextEffect: k.effects + 1,
		NewID: func() (i id.ID) {
			k.ids++
			copy(i[:], "conv")
			binary.BigEndian.PutUint64(i[8:], k.ids)
			return i
		},
		Derive: func(purpose string, value []byte) id.ID { return name(purpose[:4] + string(value)) },
	}
	out, err := k.s.Decide(in, env)
	k.last, k.wrote = nil, nil
	if err != nil {
		if len(out.Events)+len(out.Effects) > 0 {
			k.t.Fatalf("error %v with %v", err, out)
		}
		return out, err
	}
	for _, n := range out.Events {
		e := &event.Event{Seq: uint64(len(k.log) + 1), At: k.now, By: in.By, Body: n.Body}
		k.log, k.wrote = append(k.log, e), append(k.wrote, n.Body.(*ctc.Event))
		k.s.Evolve(e)
	}
	for _, row := range k.s.Dirty() {
		if k.rows[string(row.Rest)] = row; row.Value == nil {
			delete(k.rows, string(row.Rest))
		}
	}
	k.last, k.effects = out.Effects, k.effects+uint64(len(out.Effects))
	if !k.seldom || len(k.log)%50 == 0 {
		k.check()
	}
	return out, nil
}

func (k *card) check() {
	k.t.Helper()
	replayed, loaded := contact.New(), contact.New()
	for _, e := range k.log {
		data, err := event.Encode(e)
		if err != nil {
			k.t.Fatalf("encode: %v", err)
		}
		back, err := event.Decode(data, contact.Type().Event)
		if err != nil {
			k.t.Fatalf("decode: %v", err)
		}
		replayed.Evolve(&back)
	}
	if err := loaded.LoadHead(k.s.Head()); err != nil {
		k.t.Fatalf("load: %v", err)
	}
	for _, row := range k.rows {
		if err := loaded.LoadRow(row.Rest, row.Value, row.Session); err != nil {
			k.t.Fatalf("load: %v", err)
		}
	}
	for what, s := range map[string]*contact.State{"replayed": replayed, "loaded": loaded} {
		if d := contact.Differ(k.s, s); d != "" {
			k.t.Fatalf("%s differs: %s", what, d)
		}
	}
}

func (k *card) try(by event.Who, cmd *ctc.Command) (entity.Outcome, error) {
	k.t.Helper()
	return k.step(entity.Input{By: by, Body: cmd})
}

func (k *card) do(by event.Who, cmd *ctc.Command) entity.Outcome {
	k.t.Helper()
	out, err := k.try(by, cmd)
	if err != nil {
		k.t.Fatalf("%v: %v", cmd, err)
	}
	return out
}

func (k *card) answered(e entity.Send, code entity.Code, reply event.Message) entity.Outcome {
	k.t.Helper()
	a := &entity.Answered{Effect: e, Code: code}
	if reply != nil {
		a.Reply, _ = reply.MarshalVT()
	}
	out, err := k.step(entity.Input{By: event.System, Answered: a})
	if err != nil {
		k.t.Fatalf("verdict: %v", err)
	}
	return out
}

func startIn(inbox id.ID, key string, change ...func(*ctc.Start)) *ctc.Command {
	c := &ctc.Start{Inbox: inbox.Bytes(), Key: name(key).Bytes(), Message: &conv.Post{Text: "Hello"}, Name: "Cy", Email: " Cy@Example.ORG "}
	for _, f := range change {
		f(c)
	}
	return &ctc.Command{Body: &ctc.Command_Start{Start: c}}
}

func ended(conversation []byte) *ctc.Command {
	return &ctc.Command{Body: &ctc.Command_Ended{Ended: &ctc.Ended{Conversation: conversation}}}
}

func from(kind id.Kind, i id.ID) event.Who { return event.Entity(id.Ref{Kind: kind, ID: i}) }

func codeOf(err error) string {
	var r *entity.Refusal
	if errors.As(err, &r) {
		return string(r.Code)
	}
	return ""
}
