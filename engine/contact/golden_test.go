package contact_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"parley/engine/contact"
	"parley/engine/conversation"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/engine/msg/idn"
)

var update = flag.Bool("update", false, "write the golden files anew: only for new kinds of events")

func everyKind(t fataler) *card {
	k := newCard(t)
	k.do(customer, startIn(shop, "k1"))
	first := k.last[0]
	k.answered(k.last[1], "", &idn.Reply{Contacts: [][]byte{name("a").Bytes()}})
	k.do(from(id.Conversation, first.Target.ID), ended(first.Target.ID.Bytes()))
	k.do(customer, startIn(shop, "k2"))
	k.answered(k.last[0], "unknown_inbox", nil)
	k.do(from(id.Conversation, first.Target.ID), startIn(shop, "k3", func(c *ctc.Start) { c.After = first.Target.ID.Bytes() }))
	k.do(event.Agent(ana), updateCard("Cyrus", "cyrus@example.org"))
	return k
}

// TestGoldenEvents: the bytes of every kind of event, and the rows they lead to, are what they were when released.
func TestGoldenEvents(t *testing.T) {
	const file = "testdata/events.txt"
	k := everyKind(t)
	var lines []string
	kinds := map[string]bool{}
	for _, e := range k.log {
		data, err := event.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		kind := strings.TrimPrefix(fmt.Sprintf("%T", e.Body.(*ctc.Event).Body), "*ctc.Event_")
		kinds[strings.ToLower(kind)] = true
		lines = append(lines, fmt.Sprintf("%d %s %x", e.Seq, kind, data))
	}
	fields := (&ctc.Event{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		if name := string(fields.Get(i).Name()); !kinds[strings.ReplaceAll(name, "_", "")] {
			t.Errorf("no golden event of kind %s", name)
		}
	}
	now := strings.Join(append(lines, rowsOf(k.log)...), "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(golden) != now {
		t.Errorf("today's encoding is another than %s", file)
	}
	var old []*event.Event
	var rows []string
	for _, line := range strings.Split(strings.TrimSpace(string(golden)), "\n") {
		words := strings.Fields(line)
		if words[0] == "row" {
			rows = append(rows, line)
			continue
		}
		data, err := hex.DecodeString(words[2])
		if err != nil {
			t.Fatal(err)
		}
		e, err := event.Decode(data, contact.Type().Event)
		if err != nil {
			t.Fatal(err)
		}
		old = append(old, &e)
	}
	if !slices.Equal(rowsOf(old), rows) {
		t.Error("the golden events lead to other rows than they did")
	}
}

// rowsOf lists the rows after a replay.
func rowsOf(log []*event.Event) []string {
	s := contact.New()
	for _, e := range log {
		s.Evolve(e)
	}
	rows := []string{fmt.Sprintf("row head %x", s.Head())}
	for _, r := range s.Dirty() {
		rows = append(rows, fmt.Sprintf("row %x %x", r.Rest, r.Value))
	}
	return rows
}

func TestUnknownFieldsSurviveARewrite(t *testing.T) {
	k := everyKind(t)
	newer := protowire.AppendBytes(protowire.AppendTag(k.s.Head(), 4711, protowire.BytesType), []byte("from the future"))
	s := contact.New()
	if err := s.LoadHead(newer); err != nil || !bytes.Equal(s.Head(), newer) {
		t.Fatalf("a field was lost, %v", err)
	}
}

func TestBrokenRowsAreErrors(t *testing.T) {
	s := contact.New()
	line := append([]byte("c"), make([]byte, 16)...)
	if s.LoadHead([]byte{0xff}) == nil || s.LoadRow([]byte("x"), nil, false) == nil || s.LoadRow(line, []byte{0xff}, false) == nil {
		t.Fatal("no error")
	}
}

func TestErasedEventsOnlyCount(t *testing.T) {
	k := everyKind(t)
	before := k.s.Head()
	k.s.Evolve(&event.Event{Seq: 99, At: k.now, Erased: "asked by the customer"})
	if !bytes.Equal(k.s.Head(), before) || !k.s.Wake().IsZero() {
		t.Fatal("changed")
	}
}

// Contact and conversation together: what one sends the other takes.
func TestTheConversationTakesTheStart(t *testing.T) {
	k := newCard(t)
	k.do(customer, startIn(shop, "k1"))
	ty := conversation.Type()
	if cmd := k.last[0].Body; !ty.Creates(cmd) || cmd.(*conv.Command).GetStart() == nil {
		t.Fatalf("%v creates nothing", cmd)
	}
	if !contact.Type().Creates(startIn(shop, "k1")) || contact.Type().Creates(ended(nil)) {
		t.Fatal("only a start creates a card")
	}
}
