package conversation_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/engine/centre"
	"parley/engine/conversation"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
)

func TestRefusalsChangeNothing(t *testing.T) {
	waiting := func(t fataler) *talk { return begun(t, centre.Style_LIVE_RETURN) }
	open := func(t fataler) *talk { return opened(t, centre.Style_LIVE_RETURN) }
	done := func(t fataler) *talk { return resolved(t, centre.Style_LIVE_RETURN) }
	closed := func(t fataler) *talk { return resolved(t, centre.Style_LIVE) }
	offered := func(t fataler) *talk {
		k := waiting(t)
		k.do(fromAgent, offer(r1, ana, 1))
		return k
	}
	asking := func(t fataler) *talk {
		k := waiting(t)
		k.do(event.Agent(ana), assign(ana))
		return k
	}
	full := func(t fataler) *talk {
		k := waiting(t)
		for i := range 15 {
			k.do(customer, connected(id.ID{1, byte(i)}))
		}
		return k
	}
	stray := event.Customer(name("somebody else"))
	files := func(n int, a *conv.Attachment) *conv.Command {
		p := &conv.Post{}
		for range n {
			p.Attachments = append(p.Attachments, a)
		}
		return &conv.Command{Body: &conv.Command_Post{Post: p}}
	}
	file := &conv.Attachment{Hash: make([]byte, 32), Size: 1, Name: "a.png", Type: "image/png"}
	contactSays := event.Entity(id.Ref{Kind: id.Contact, ID: contact})

	tests := []struct {
		name string
		make func(t fataler) *talk
		by   event.Who
		cmd  *conv.Command
		want error
	}{
		{"no text", waiting, customer, say(""), conversation.ErrTextEmpty},
		{"white space", waiting, customer, say(" \n\t\u00a0\u2003"), conversation.ErrTextEmpty},
		{"too long", waiting, customer, say(strings.Repeat("x", 10_001)), conversation.ErrTextTooLong},
		{"broken UTF-8", waiting, customer, say("a\xff"), conversation.ErrTextInvalid},
		{"11 files", waiting, customer, files(11, file), conversation.ErrTooManyAttachments},
		{"file without content", waiting, customer, files(1, &conv.Attachment{Name: "a"}), conversation.ErrAttachment},
		{"agent says nothing", open, event.Agent(ana), say(""), conversation.ErrTextEmpty},
		{"customer's note", waiting, customer, note("x"), entity.ErrForbidden},
		{"another customer", waiting, stray, say("x"), entity.ErrUnknownEntity},
		{"another customer ends", waiting, stray, end, entity.ErrUnknownEntity},
		{"customer resolves", open, customer, resolve, entity.ErrForbidden},
		{"agent ends", open, event.Agent(ana), end, entity.ErrForbidden},
		{"agent rates", done, event.Agent(ana), rate(3), entity.ErrForbidden},
		{"unknown agent", open, event.Agent(name("nobody")), resolve, entity.ErrForbidden},
		{"deactivated agent", open, event.Agent(gone), note("x"), entity.ErrForbidden},
		{"entity says what agents say", open, fromAgent, resolve, entity.ErrForbidden},
		{"empty command", waiting, customer, &conv.Command{}, entity.ErrUnknownCommand},
		{"speak before accepting", offered, event.Agent(ana), say("x"), conversation.ErrNotOwner},
		{"speak in another's", open, event.Agent(bo), say("x"), conversation.ErrNotOwner},
		{"supervisor speaks", open, event.Agent(sue), say("x"), conversation.ErrNotOwner},
		{"speak after resolve", done, event.Agent(ana), say("x"), conversation.ErrNotOwner},
		{"note of a non-member", open, event.Agent(stranger), note("x"), conversation.ErrNotMember},
		{"resolve another's", open, event.Agent(bo), resolve, conversation.ErrNotOwner},
		{"resolve what waits", waiting, event.Agent(ana), resolve, conversation.ErrNotOwner},
		{"resolve what is closed", closed, event.Agent(ana), resolve, conversation.ErrEnded},
		{"reopen another's", done, event.Agent(bo), reopen, conversation.ErrNotOwner},
		{"reopen what another has", open, event.Agent(bo), reopen, conversation.ErrNotOwner},
		{"reopen what is closed", closed, event.Agent(ana), reopen, conversation.ErrEnded},
		{"reopen as a non-member", waiting, event.Agent(stranger), reopen, conversation.ErrNotMember},
		{"reopen as an administrator who is no member", done, event.Agent(admin), reopen, conversation.ErrNotMember},
		{"reopen twice at once", asking, event.Agent(bo), reopen, conversation.ErrAssigning},
		{"assign twice at once", asking, event.Agent(sue), assign(bo), conversation.ErrAssigning},
		{"assign what is closed", closed, event.Agent(sue), assign(bo), conversation.ErrEnded},
		{"assign to nobody", waiting, event.Agent(sue), assign(name("nobody")), conversation.ErrUnknownAgent},
		{"assign to the deactivated", waiting, event.Agent(sue), assign(gone), conversation.ErrUnknownAgent},
		{"assign to a non-member", waiting, event.Agent(sue), assign(stranger), conversation.ErrNotMember},
		{"assign as a non-member", waiting, event.Agent(stranger), assign(bo), conversation.ErrNotMember},
		{"assign another's", open, event.Agent(bo), assign(bo), conversation.ErrNotOwner},
		{"assign another's resolved", done, event.Agent(bo), assign(bo), conversation.ErrNotOwner},
		{"unassign another's", open, event.Agent(bo), unassign, conversation.ErrNotOwner},
		{"unassign what is resolved", done, event.Agent(ana), unassign, conversation.ErrEnded},
		{"rate what is open", open, customer, rate(3), conversation.ErrNotAsked},
		{"rate 0", done, customer, rate(0), conversation.ErrScore},
		{"rate 4", done, customer, rate(4), conversation.ErrScore},
		{"session without id", waiting, customer, connected(id.ID{}), entity.ErrInvalid},
		{"17 sessions", full, customer, connected(name("one more")), conversation.ErrTooManySessions},
		{"before it began", func(t fataler) *talk { return newTalk(t) }, customer, say("x"), entity.ErrUnknownEntity},
		{"started by an agent", func(t fataler) *talk { return newTalk(t) }, event.Agent(ana), start(centre.Style_LIVE), entity.ErrForbidden},
		{"another contact starts it", waiting, contactSays, started(func(c *conv.Start) { c.Contact = name("x").Bytes() }), entity.ErrForbidden},
		{"inbox gone", func(t fataler) *talk { return newTalk(t) }, contactSays, started(func(c *conv.Start) { c.Inbox = nil }), conversation.ErrUnknownInbox},
		{"queue gone", func(t fataler) *talk { return newTalk(t) }, contactSays, started(func(c *conv.Start) { c.Queue = nil }), conversation.ErrUnknownInbox},
		{"start without contact", func(t fataler) *talk { return newTalk(t) }, contactSays, started(func(c *conv.Start) { c.Contact = nil }), entity.ErrInvalid},
		{"start without words", func(t fataler) *talk { return newTalk(t) }, contactSays, started(func(c *conv.Start) { c.Message = nil }), conversation.ErrTextEmpty},
		{"start with a long address", func(t fataler) *talk { return newTalk(t) }, contactSays, started(func(c *conv.Start) { c.Page = strings.Repeat("p", 2001) }), entity.ErrInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := tt.make(t)
			before := k.s.Head()
			if _, err := k.try(tt.by, tt.cmd); !errors.Is(err, tt.want) {
				t.Fatalf("%v, want %v", err, tt.want)
			}
			if string(k.s.Head()) != string(before) {
				t.Fatal("a refusal changed the state")
			}
		})
	}
}

func started(change func(*conv.Start)) *conv.Command {
	c := start(centre.Style_LIVE_RETURN)
	change(c.GetStart())
	return c
}

func TestTextsThatPass(t *testing.T) {
	k := opened(t, centre.Style_LIVE_RETURN)
	for _, text := range []string{"x", strings.Repeat("🦆", 10_000), "line\nbreak", "שלום", "👩‍👩‍👧‍👦"} {
		k.do(customer, say(text))
		if got := k.shown[0].Body.(*conv.Event).GetPosted().Text; got != text {
			t.Fatalf("%q became %q", text, got)
		}
	}
	if last := k.s.View().Last.Text; last != "👩‍👩‍👧‍👦" {
		t.Fatalf("last %q", last)
	}
	k.do(customer, say(strings.Repeat("ä", 300)))
	if last := k.s.View().Last.Text; last != strings.Repeat("ä", 200) {
		t.Fatalf("the last line is shortened to 200 characters: %d bytes", len(last))
	}
	k.do(customer, &conv.Command{Body: &conv.Command_Post{Post: &conv.Post{
		Attachments: []*conv.Attachment{{Hash: make([]byte, 32), Size: 3, Name: "a.txt", Type: "text/plain"}}}}})
}

func TestNotesStayAmongAgents(t *testing.T) {
	k := opened(t, centre.Style_LIVE_RETURN)
	before := k.s.View()
	for _, who := range []id.ID{ana, bo, sue, admin} {
		k.do(event.Agent(who), note("call back at five"))
		if k.shown[0].Pub != 0 {
			t.Fatal("a note has no public number")
		}
	}
	after := k.s.View()
	if after.Pub != before.Pub || after.Messages != before.Messages || after.UnansweredSince != before.UnansweredSince || after.LastAt != before.LastAt {
		t.Fatalf("a note moves no clock and no count: %v", after)
	}
	if r := k.do(event.Agent(ana), say("Hello")); r.Pub != before.Pub+1 || r.Seq != after.Seq+1 {
		t.Fatalf("reply %v", r)
	}
	if v := k.s.View(); v.UnansweredSince != 0 || v.LastByCustomer {
		t.Fatalf("answered: %v", v)
	}
}

func TestRating(t *testing.T) {
	k := resolved(t, centre.Style_LIVE_RETURN)
	k.advance(2 * time.Hour) // closed meanwhile
	k.do(customer, rate(3))
	k.expect(t, []string{"Rated"}, nil)
	k.is(t, conv.Status_CLOSED, conv.Route_IDLE, none)
	k.advance(time.Hour)
	k.do(customer, rate(1))
	if v := k.s.View(); v.Score != 1 || v.Comment != "quick" {
		t.Fatalf("changed within the hour: %v", v)
	}
	k.advance(time.Millisecond)
	if _, err := k.try(customer, rate(2)); !errors.Is(err, conversation.ErrRatingOver) {
		t.Fatalf("after the hour: %v", err)
	}

	k = resolved(t, centre.Style_LIVE_RETURN)
	k.advance(24 * time.Hour)
	k.advance(time.Millisecond)
	if _, err := k.try(customer, rate(2)); !errors.Is(err, conversation.ErrRatingOver) {
		t.Fatalf("after a day: %v", err)
	}
}

func TestSurveyIsAskedOnceAndOnlyOfWhoWasAnswered(t *testing.T) {
	asked := func(k *talk) bool { return k.s.View().Survey }
	k := opened(t, centre.Style_LIVE_RETURN)
	k.do(event.Agent(ana), note("nobody answers with a note"))
	if k.do(event.Agent(ana), resolve); asked(k) {
		t.Fatal("nobody has answered")
	}
	k = opened(t, centre.Style_LIVE_RETURN)
	k.cfg.Inboxes[inbox].Rating = false
	k.do(event.Agent(ana), say("Hello"))
	if k.do(event.Agent(ana), resolve); asked(k) {
		t.Fatal("the inbox does not ask")
	}
	k = resolved(t, centre.Style_LIVE_RETURN)
	k.do(customer, rate(2))
	k.do(event.Agent(ana), reopen)
	r, _ := k.reserve()
	k.do(fromAgent, offer(r, ana, 2))
	if k.do(event.Agent(ana), resolve); asked(k) {
		t.Fatal("rated already")
	}
}

func TestMarks(t *testing.T) {
	k := opened(t, centre.Style_LIVE_RETURN) // seq 5, pub 3
	steps := []struct {
		by              event.Who
		delivered, seen uint64
		moved           bool
		want            [2]uint64
	}{
		{customer, 1, 0, true, [2]uint64{1, 0}},
		{customer, 9, 2, true, [2]uint64{3, 2}}, // never beyond the last
		{customer, 0, 1, false, [2]uint64{3, 2}},
		{event.Agent(ana), 0, 4, true, [2]uint64{4, 4}}, // what is seen is delivered
		{event.Agent(ana), 5, 9, true, [2]uint64{5, 5}},
		{event.Customer(name("x")), 1, 1, false, [2]uint64{}},
		{event.System, 1, 1, false, [2]uint64{}},
	}
	for i, s := range steps {
		if moved := k.s.Mark(s.by, s.delivered, s.seen); moved != s.moved {
			t.Fatalf("step %d moved %v", i, moved)
		}
		who := "c"
		if s.by.IsAgent() {
			who = s.by.ID.String()
		}
		m := k.s.View().Marks.Of[who]
		if s.want != ([2]uint64{}) && (m.Delivered != s.want[0] || m.Seen != s.want[1]) {
			t.Fatalf("step %d: %v", i, m)
		}
	}
	if rows := k.s.Dirty(); len(rows) != 1 || string(rows[0].Rest) != "m" || len(k.s.Dirty()) != 0 {
		t.Fatalf("one row, once: %v", rows)
	}
}
