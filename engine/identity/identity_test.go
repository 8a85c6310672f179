package identity_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/identity"
	"parley/engine/msg/ctc"
	"parley/engine/msg/idn"
)

var update = flag.Bool("update", false, "write the golden file anew")

func name(s string) (i id.ID) {
	copy(i[:], s)
	return i
}

var (
	self = id.Ref{Kind: id.Identity, ID: name("identity")}
	now  = time.UnixMilli(1_700_000_000_000).UTC()
)

func link(contact id.ID) *idn.Command {
	return &idn.Command{Body: &idn.Command_Link{Link: &idn.Link{Contact: contact.Bytes()}}}
}

func fromContact(c id.ID) event.Who { return event.Entity(id.Ref{Kind: id.Contact, ID: c}) }

// give links a contact, and returns what it wrote and whom it told.
func give(t interface{ Fatalf(string, ...any) }, s *identity.State, c id.ID) (entity.Outcome, []id.ID) {
	out, err := s.Decide(entity.Input{By: fromContact(c), Body: link(c)}, &entity.Env{Self: self, Now: now})
	if err != nil {
		t.Fatalf("link: %v", err)
	}
	for _, n := range out.Events {
		s.Evolve(&event.Event{At: now, Body: n.Body})
	}
	var told []id.ID
	for _, e := range out.Effects {
		if got := e.Body.(*ctc.Command).GetSameAs().Contacts; e.Subject != self.ID || len(got) != 1 || id.FromBytes(got[0]) != c {
			t.Fatalf("told %v", got)
		}
		told = append(told, e.Target.ID)
	}
	return out, told
}

func TestLinkTellsEachOfTheOthers(t *testing.T) {
	s := identity.New()
	if _, told := give(t, s, name("a")); len(told) != 0 {
		t.Fatalf("told %v", told)
	}
	out, told := give(t, s, name("b"))
	if got := out.Reply.(*idn.Reply).Contacts; len(got) != 1 || id.FromBytes(got[0]) != name("a") || !slices.Equal(told, []id.ID{name("a")}) {
		t.Fatalf("%q, told %v", got, told)
	}
	out, told = give(t, s, name("a"))
	if got := out.Reply.(*idn.Reply).Contacts; len(got) != 1 || id.FromBytes(got[0]) != name("b") || len(out.Events)+len(told) != 0 {
		t.Fatalf("again: %v, told %v", out, told)
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name string
		by   event.Who
		cmd  event.Message
		want error
	}{
		{"a customer", event.Customer(name("a")), link(name("a")), entity.ErrForbidden},
		{"an agent", event.Agent(name("a")), link(name("a")), entity.ErrForbidden},
		{"nobody's card", fromContact(name("a")), link(id.ID{}), entity.ErrInvalid},
		{"empty command", fromContact(name("a")), &idn.Command{}, entity.ErrUnknownCommand},
		{"another's command", fromContact(name("a")), &ctc.Command{}, entity.ErrUnknownCommand},
	}
	for _, tt := range tests {
		if _, err := identity.New().Decide(entity.Input{By: tt.by, Body: tt.cmd}, &entity.Env{Self: self}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	for _, in := range []entity.Input{{Wake: true}, {Answered: &entity.Answered{}}} {
		if out, err := identity.New().Decide(in, &entity.Env{}); err != nil || len(out.Events) > 0 {
			t.Errorf("%v: %v", out, err)
		}
	}
}

// The model is a list that stops at 20.
func TestRandomLinksAgainstAList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := identity.New()
		var log []event.Event
		var model []id.ID
		for range rapid.IntRange(0, 60).Draw(rt, "links") {
			c := id.ID{1, byte(rapid.IntRange(0, 40).Draw(rt, "contact"))}
			out, told := give(rt, s, c)
			known := slices.Contains(model, c)
			if want := len(model); known && len(told) != 0 || !known && want < 20 && len(told) != want {
				rt.Fatalf("told %d of %d", len(told), want)
			}
			if !known && len(model) < 20 {
				model = append(model, c)
			}
			for _, n := range out.Events {
				log = append(log, event.Event{At: now, Body: n.Body})
			}
			replayed, loaded := identity.New(), identity.New()
			for i := range log {
				replayed.Evolve(&log[i])
			}
			if err := loaded.LoadHead(s.Head()); err != nil {
				rt.Fatal(err)
			}
			for _, x := range []*identity.State{s, replayed, loaded} {
				var got []id.ID
				for _, b := range x.View().Contacts {
					got = append(got, id.FromBytes(b))
				}
				if !slices.Equal(got, model) {
					rt.Fatalf("%v, want %v", got, model)
				}
			}
		}
	})
}

func TestGoldenEvents(t *testing.T) {
	const file = "testdata/events.txt"
	s := identity.New()
	var lines []string
	for i, c := range []string{"a", "b"} {
		out, _ := give(t, s, name(c))
		data, err := event.Encode(&event.Event{Seq: uint64(i + 1), At: now, Version: 1, By: fromContact(name(c)), Body: out.Events[0].Body})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%d Linked %x", i+1, data))
	}
	text := strings.Join(append(lines, fmt.Sprintf("head - %x", s.Head())), "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(file)
	if err != nil || string(golden) != text {
		t.Fatalf("today's encoding is another than %s: %v", file, err)
	}
	old := identity.New()
	for _, line := range strings.Split(strings.TrimSpace(string(golden)), "\n") {
		words := strings.Fields(line)
		data, err := hex.DecodeString(words[2])
		if err != nil {
			t.Fatal(err)
		}
		if words[0] == "head" {
			if !bytes.Equal(data, old.Head()) {
				t.Fatal("the golden events lead to another state than they did")
			}
			continue
		}
		e, err := event.Decode(data, identity.Type().Event)
		if err != nil {
			t.Fatal(err)
		}
		old.Evolve(&e)
	}
	newer := protowire.AppendBytes(protowire.AppendTag(old.Head(), 4711, protowire.BytesType), []byte("from the future"))
	if err := old.LoadHead(newer); err != nil || !bytes.Equal(old.Head(), newer) {
		t.Fatalf("a field of a newer version was lost: %v", err)
	}
}

func TestRowsAndType(t *testing.T) {
	s := identity.New()
	if s.LoadHead([]byte{0xff}) == nil || s.LoadRow([]byte("x"), nil, false) == nil || s.Dirty() != nil || !s.Wake().IsZero() {
		t.Fatal("rows")
	}
	s.Evolve(&event.Event{Erased: "asked"})
	ty := identity.Type()
	if !ty.Creates(link(name("a"))) || ty.Creates(&idn.Command{}) || ty.Kind != id.Identity || ty.HeadEvery != 1 {
		t.Fatal("type")
	}
}
