package session_test

import (
	"testing"
	"time"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/gateway/fake"
)

// A second window of somebody new sees the conversation that the first one begins, however long both have been open.
func TestAnotherWindowSeesTheFirstConversation(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		first, _ := r.customer(1)
		second, _ := r.customer(1)
		pass(15 * time.Second)
		begin := time.Now()
		ok, _ := first.start("Hello")
		second.until(func(g got) bool { return g.Conv == ok.Conv && g.Seq == 2 })
		if took := time.Since(begin); took > time.Second {
			t.Errorf("it took %v", took)
		}
		gapless(t, seqs(second.events, ok.Conv), 1, 2)
	})
}

// Also when the first one is at another node, a little later.
func TestAWindowSeesAConversationBegunElsewhere(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, hello := r.customer(1)
		contact, err := id.Parse(id.Contact, hello.Self.ID)
		if err != nil {
			t.Fatal(err)
		}
		pass(15 * time.Second)
		r.backend.Ask(actors.Ask{Target: id.Ref{Kind: id.Contact, ID: contact}, By: event.Customer(contact), Done: func(actors.Answer) {},
			Body: &ctc.Command{Body: &ctc.Command_Start{Start: &ctc.Start{Inbox: fake.Inbox.Bytes(), Message: &conv.Post{Text: "Hello"}}}}})
		c.until(func(g got) bool { return g.Seq == 2 })
	})
}
