package contact_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/engine/contact"
	"parley/engine/conversation"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/engine/msg/idn"
)

func TestStartIsWrittenDownAndWaitsForTheConversation(t *testing.T) {
	k := newCard(t)
	out := k.do(customer, startIn(shop, "k1", func(c *ctc.Start) { c.Page, c.Language, c.Session = "https://x.example", "en", name("s").Bytes() }))
	starting := k.wrote[0].GetStarting()
	if len(k.wrote) != 1 || starting.Effect != 1 || out.Await != 1 || starting.Email != "cy@example.org" || starting.Name != "Cy" {
		t.Fatalf("%v, awaits %d", starting, out.Await)
	}
	s := k.last[0].Body.(*conv.Command).GetStart()
	if k.last[0].Target.Kind != id.Conversation || id.FromBytes(starting.Conversation) != k.last[0].Target.ID ||
		id.FromBytes(s.Queue) != support || s.Email != "cy@example.org" || id.FromBytes(s.Key) != name("k1") || s.Style != 2 || len(s.Session) == 0 || s.Language != "en" {
		t.Fatalf("%v to %v", s, k.last[0].Target)
	}
	if k.last[1].Target != (id.Ref{Kind: id.Identity, ID: name("idency@example.org")}) {
		t.Fatalf("link to %v", k.last[1].Target)
	}
	out = k.answered(k.last[0], "", &conv.Reply{Number: 129, Seq: 2, Pub: 2, At: 77, Conversation: starting.Conversation})
	if r := out.Reply.(*ctc.Reply); r.Number != 129 || r.Seq != 2 || r.Pub != 2 || r.At != 77 || id.FromBytes(r.Conversation) != id.FromBytes(starting.Conversation) {
		t.Fatalf("reply %v", r)
	}
	v := k.s.View()
	if v.Name != "Cy" || v.Email != "cy@example.org" || v.EmailProven || len(v.Conversations) != 1 || v.Since == 0 {
		t.Fatalf("view %v", v)
	}
}

func TestTheSameKeyAsksTheSameConversation(t *testing.T) {
	k := newCard(t)
	k.do(customer, startIn(shop, "k1"))
	first := k.last[0].Target
	out := k.do(customer, startIn(shop, "k1"))
	if len(k.wrote) != 0 || len(k.last) != 1 || k.last[0].Target != first || out.Await != k.effects {
		t.Fatalf("wrote %v, asks %v, awaits %d", k.wrote, k.last, out.Await)
	}
}

func TestOneOpenConversationPerInbox(t *testing.T) {
	k := newCard(t)
	k.do(customer, startIn(shop, "k1"))
	first := k.last[0].Target.ID
	_, err := k.try(customer, startIn(shop, "k2"))
	var refusal *entity.Refusal
	if !errors.Is(err, contact.ErrOpen) || !errors.As(err, &refusal) || id.FromBytes(refusal.Reply.(*ctc.Reply).Conversation) != first {
		t.Fatalf("%v", err)
	}
	k.do(customer, startIn(desk, "k3")) // another channel
	k.do(from(id.Conversation, first), ended(first.Bytes()))
	k.do(from(id.Conversation, first), ended(first.Bytes()))
	if len(k.wrote) != 0 {
		t.Fatal("a repeat writes nothing")
	}
	k.do(customer, startIn(shop, "k4"))
	if len(k.last) != 1 {
		t.Fatalf("the e-mail is on the card already: %v", k.last)
	}
}

func TestARefusedStartLeavesTheCard(t *testing.T) {
	k := newCard(t)
	k.do(customer, startIn(shop, "k1"))
	start := k.last[0]
	k.answered(start, entity.CodeParked, nil)
	if len(k.wrote) != 0 || len(k.s.View().Conversations) != 1 {
		t.Fatal("parked is not refused")
	}
	k.answered(start, "unknown_inbox", nil)
	if k.wrote[0].GetStartRefused().Code != "unknown_inbox" || len(k.s.View().Conversations) != 0 {
		t.Fatalf("%v", k.wrote)
	}
	k.answered(start, "unknown_inbox", nil)
	if len(k.wrote) != 0 {
		t.Fatal("once")
	}
	k.do(customer, startIn(shop, "k1"))
	if k.last[0].Target == start.Target {
		t.Fatal("the next try is another conversation")
	}
}

func TestT18AfterAClosedConversation(t *testing.T) {
	k := newCard(t)
	k.do(customer, startIn(shop, "k1"))
	first := k.last[0].Target.ID
	after := startIn(shop, "k2", func(c *ctc.Start) { c.After, c.Name, c.Email = first.Bytes(), "", "" })
	if _, err := k.try(customer, after); !errors.Is(err, entity.ErrForbidden) {
		t.Fatalf("a customer cannot say so: %v", err)
	}
	if _, err := k.try(from(id.Conversation, name("other")), after); !errors.Is(err, entity.ErrForbidden) {
		t.Fatalf("nor can another conversation: %v", err)
	}
	k.do(from(id.Conversation, first), after) // its own Ended has not come yet
	if len(k.wrote) != 2 || k.wrote[0].GetConversationEnded() == nil || id.FromBytes(k.wrote[1].GetStarting().After) != first {
		t.Fatalf("%v", k.wrote)
	}
	s := k.last[0].Body.(*conv.Command).GetStart()
	if id.FromBytes(s.Previous) != first || s.Name != "Cy" || s.Email != "cy@example.org" {
		t.Fatalf("what the card knows goes along: %v", s)
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name string
		by   event.Who
		cmd  *ctc.Command
		want error
	}{
		{"another's card", event.Customer(name("x")), startIn(shop, "k"), entity.ErrForbidden},
		{"an agent starts", event.Agent(ana), startIn(shop, "k"), entity.ErrForbidden},
		{"no name", customer, startIn(shop, "k", func(c *ctc.Start) { c.Name = " " }), contact.ErrNameRequired},
		{"no e-mail", customer, startIn(shop, "k", func(c *ctc.Start) { c.Email = "" }), contact.ErrEmailRequired},
		{"bad e-mail", customer, startIn(desk, "k", func(c *ctc.Start) { c.Email = "cy" }), contact.ErrEmailInvalid},
		{"bad name", customer, startIn(desk, "k", func(c *ctc.Start) { c.Name = "C\ny" }), contact.ErrNameInvalid},
		{"long name", customer, startIn(desk, "k", func(c *ctc.Start) { c.Name = strings.Repeat("n", 201) }), contact.ErrNameInvalid},
		{"no inbox", customer, startIn(name("none"), "k"), contact.ErrUnknownInbox},
		{"no queue", customer, startIn(empty, "k"), contact.ErrUnknownInbox},
		{"no key", customer, startIn(shop, ""), entity.ErrInvalid},
		{"note", customer, startIn(shop, "k", func(c *ctc.Start) { c.Message.Note = true }), entity.ErrInvalid},
		{"no text", customer, startIn(shop, "k", func(c *ctc.Start) { c.Message = nil }), conversation.ErrTextEmpty},
		{"end before any", from(id.Conversation, name("c")), ended(nil), entity.ErrUnknownEntity},
		{"empty command", customer, &ctc.Command{}, entity.ErrUnknownEntity},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := newCard(t).try(tt.by, tt.cmd); !errors.Is(err, tt.want) {
				t.Fatalf("%v, want %v", err, tt.want)
			}
		})
	}
	k := newCard(t)
	k.do(customer, startIn(desk, "k", func(c *ctc.Start) { c.Name, c.Email = "", "" })) // anonymous
	for _, cmd := range []*ctc.Command{ended(nil), same(name("x")), updateCard("N", "")} {
		if _, err := k.try(customer, cmd); !errors.Is(err, entity.ErrForbidden) {
			t.Fatalf("%v by a customer: %v", cmd, err)
		}
	}
	if _, err := k.try(event.Agent(name("old")), updateCard("N", "")); !errors.Is(err, entity.ErrForbidden) {
		t.Fatalf("a deactivated agent: %v", err)
	}
	if _, err := k.try(customer, &ctc.Command{}); !errors.Is(err, entity.ErrUnknownCommand) {
		t.Fatalf("%v", err)
	}
}

func TestUpdateByAnAgent(t *testing.T) {
	k := newCard(t)
	k.do(customer, startIn(desk, "k", func(c *ctc.Start) { c.Name, c.Email = "", "" }))
	k.do(event.Agent(ana), updateCard("Cyrus", "CY@example.org"))
	if v := k.s.View(); v.Name != "Cyrus" || v.Email != "cy@example.org" || len(k.last) != 1 {
		t.Fatalf("%v, sent %v", v, k.last)
	}
	k.do(event.Agent(ana), updateCard("Cyrus", ""))
	if len(k.wrote)+len(k.last) != 0 {
		t.Fatal("nothing new, nothing written")
	}
	if _, err := k.try(event.Agent(ana), updateCard("", "x@")); !errors.Is(err, contact.ErrEmailInvalid) {
		t.Fatalf("%v", err)
	}
}

func TestCardsThatMayBeTheSame(t *testing.T) {
	k := newCard(t)
	k.do(customer, startIn(shop, "k1"))
	link := k.last[1]
	k.answered(link, "", &idn.Reply{Contacts: [][]byte{name("a").Bytes(), self.ID.Bytes(), name("a").Bytes()}})
	k.do(from(id.Identity, name("i")), same(name("b"), name("a")))
	k.do(from(id.Identity, name("i")), same(name("b")))
	if got := k.s.View().MaybeSame; len(got) != 2 || len(k.wrote) != 0 {
		t.Fatalf("%q", got)
	}
	for i := range 30 {
		k.do(from(id.Identity, name("i")), same(name(fmt.Sprint("n", i))))
	}
	if got := k.s.View().MaybeSame; len(got) != 20 {
		t.Fatalf("%d", len(got))
	}
	k.answered(link, "forbidden", nil)
	if len(k.wrote) != 0 {
		t.Fatal("a link refused changes nothing")
	}
}

func TestTheCardIsBounded(t *testing.T) {
	k := newCard(t)
	k.seldom = true
	k.do(customer, startIn(shop, "open"))
	for i := range contact.MaxLines + 20 {
		k.do(customer, startIn(desk, fmt.Sprint("key", i)))
		c := k.last[0].Target.ID
		k.do(from(id.Conversation, c), ended(c.Bytes()))
	}
	k.check()
	v := k.s.View().Conversations
	if len(v) != contact.MaxLines || len(k.rows) != len(v) || id.FromBytes(v[0].Key) != name("open") {
		t.Fatalf("%d lines, %d rows, the open one stays: %v", len(v), len(k.rows), v[0])
	}
}

func TestNormaliseEmail(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""}, {"  ", ""},
		{" Anna.Maier+shop@Example.CO.UK ", "anna.maier+shop@example.co.uk"},
		{"üser@bücher.example", "üser@bücher.example"},
		{"x", "!"}, {"@b.c", "!"}, {"a@", "!"}, {"a@b", "!"}, {"a@@b.c", "!"}, {"a@b@c.d", "!"}, {"a b@c.d", "!"},
		{"a@b..c", "!"}, {"a@-b.c", "!"}, {"a@b-.c", "!"}, {".a@b.c", "!"}, {"a.@b.c", "!"}, {"a..b@c.d", "!"},
		{"<a@b.c>", "!"}, {"a@b.c\n", "a@b.c"}, {"a\x00@b.c", "!"}, {"a\xff@b.c", "!"},
		{strings.Repeat("a", 65) + "@b.c", "!"}, {"a@" + strings.Repeat("b", 64) + ".c", "!"}, {"a@" + strings.Repeat("b.", 130) + "c", "!"},
	}
	for _, tt := range tests {
		got, err := contact.NormaliseEmail(tt.in)
		if (err != nil) != (tt.want == "!") || err == nil && got != tt.want {
			t.Errorf("%q: %q, %v", tt.in, got, err)
		}
	}
}

// A walk against the plain model: a list of conversations, each open or not.
func TestRandomWalkAgainstThePlainModel(t *testing.T) {
	type line struct {
		inbox id.ID
		key   string
		conv  id.ID
		open  bool
	}
	rapid.Check(t, func(rt *rapid.T) {
		k := newCard(rt)
		var lines []line
		find := func(f func(line) bool) int {
			for i, l := range lines {
				if f(l) {
					return i
				}
			}
			return -1
		}
		draw := func(rt *rapid.T) int {
			if len(lines) == 0 {
				rt.Skip()
			}
			return rapid.IntRange(0, len(lines)-1).Draw(rt, "line")
		}
		rt.Repeat(map[string]func(*rapid.T){
			"": func(rt *rapid.T) {
				v := k.s.View()
				if len(v.Conversations) != len(lines) {
					rt.Fatalf("%d lines, want %d", len(v.Conversations), len(lines))
				}
				for i, l := range lines {
					if got := v.Conversations[i]; id.FromBytes(got.Conversation) != l.conv || got.Ended == l.open {
						rt.Fatalf("line %d is %v, want %v", i, got, l)
					}
				}
			},
			"start": func(rt *rapid.T) {
				inbox := rapid.SampledFrom([]id.ID{shop, desk}).Draw(rt, "inbox")
				key := fmt.Sprint("k", rapid.IntRange(0, 8).Draw(rt, "key"))
				want := ""
				known := find(func(l line) bool { return l.key == key })
				if known < 0 && find(func(l line) bool { return l.open && l.inbox == inbox }) >= 0 {
					want = "conversation_open"
				}
				_, err := k.try(customer, startIn(inbox, key))
				if codeOf(err) != want {
					rt.Fatalf("%v, want %q", err, want)
				}
				if known < 0 && want == "" {
					lines = append(lines, line{inbox, key, k.last[0].Target.ID, true})
				}
			},
			"after": func(rt *rapid.T) {
				i := draw(rt)
				l := lines[i]
				key := fmt.Sprint("a", rapid.IntRange(0, 8).Draw(rt, "key"))
				other := find(func(o line) bool { return o.open && o.inbox == l.inbox && o.conv != l.conv })
				known := find(func(o line) bool { return o.key == key })
				_, err := k.try(from(id.Conversation, l.conv), startIn(l.inbox, key, func(c *ctc.Start) { c.After = l.conv.Bytes() }))
				if known >= 0 {
					return
				}
				if (codeOf(err) == "conversation_open") != (other >= 0) {
					rt.Fatalf("%v with %d open", err, other)
				}
				if err == nil {
					lines[i].open = false
					lines = append(lines, line{l.inbox, key, k.last[0].Target.ID, true})
				}
			},
			"ended": func(rt *rapid.T) {
				i := draw(rt)
				k.do(from(id.Conversation, lines[i].conv), ended(lines[i].conv.Bytes()))
				lines[i].open = false
			},
			"refused": func(rt *rapid.T) {
				i := draw(rt)
				k.answered(entity.Send{Target: id.Ref{Kind: id.Conversation, ID: lines[i].conv}, Body: &conv.Command{}}, "internal", nil)
				lines = append(lines[:i:i], lines[i+1:]...)
			},
		})
	})
}

func updateCard(name, email string) *ctc.Command {
	return &ctc.Command{Body: &ctc.Command_Update{Update: &ctc.Update{Name: name, Email: email}}}
}

func same(contacts ...id.ID) *ctc.Command {
	c := &ctc.SameAs{}
	for _, i := range contacts {
		c.Contacts = append(c.Contacts, i.Bytes())
	}
	return &ctc.Command{Body: &ctc.Command_SameAs{SameAs: c}}
}
