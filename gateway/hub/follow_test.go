package hub

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/gateway/fake"
)

// ear is a session that keeps what it is told.
type ear struct {
	sync.Mutex
	numbers []uint64
	behind  chan *Follow
}

func (e *ear) Event(f *Follow, n uint64, _ []byte) {
	e.Lock()
	defer e.Unlock()
	switch {
	case !f.Live:
		select {
		case e.behind <- f:
		default:
		}
	case n > f.Last:
		f.Last = n
		e.numbers = append(e.numbers, n)
	}
}
func (e *ear) Push([]byte)       {}
func (e *ear) Behind(f *Follow)  { e.behind <- f }
func (e *ear) Changed(*Follow)   {}
func (e *ear) Gone(*Follow)      {}
func (e *ear) Is(event.Who) bool { return false }

// A subscription that begins anew in the middle of a catch-up (another leader) makes nothing double and nothing lost.
func TestAConversationThatOpensAgainWhileItIsRead(t *testing.T) {
	b := fake.New(time.Now, fake.Centre())
	defer b.Close()
	h := New(Options{Backend: b, Now: time.Now, Workers: 1})
	defer h.Close()
	contact := id.ID{1: 5}
	got := make(chan actors.Answer, 1)
	b.Ask(actors.Ask{Target: id.Ref{Kind: id.Contact, ID: contact}, By: event.Customer(contact), Done: func(a actors.Answer) { got <- a },
		Body: &ctc.Command{Body: &ctc.Command_Start{Start: &ctc.Start{Inbox: fake.Inbox.Bytes(), Message: &conv.Post{Text: "Hello"}}}}})
	c := id.FromBytes((<-got).Reply.(*ctc.Reply).Conversation)
	say := func(i int) {
		b.Append(c, event.Agent(fake.Ana), id.ID{}, &conv.Event{Body: &conv.Event_Posted{Posted: &conv.Posted{Text: fmt.Sprint(i)}}}, true)
	}
	e := &ear{behind: make(chan *Follow, 1000)}
	f := h.Follow(c, false, 0, e)
	const lines = 300
	go func() {
		for i := range lines {
			say(i)
			if i%10 == 0 {
				runtime.Gosched()
			}
		}
	}()
	for done := false; !done; {
		select {
		case behind := <-e.behind:
			_ = behind.Fill(t.Context(), func([]byte) error {
				e.Lock()
				e.numbers = append(e.numbers, f.Last+1)
				e.Unlock()
				v, err := b.View(t.Context(), id.Ref{Kind: id.Conversation, ID: c})
				if err != nil {
					return err
				}
				old := v.(*conv.View)
				old.Seq, old.Pub = 2, 2 // the new leader's beginning is behind what was read
				f.topic.opened(old)
				return nil
			})
		case <-time.After(200 * time.Millisecond):
			done = true
		}
	}
	e.Lock()
	defer e.Unlock()
	for i, n := range e.numbers {
		if n != uint64(i)+1 {
			t.Fatalf("event %d has number %d of %d", i, n, len(e.numbers))
		}
	}
	if len(e.numbers) != lines+2 {
		t.Fatalf("%d events, want %d", len(e.numbers), lines+2)
	}
}
