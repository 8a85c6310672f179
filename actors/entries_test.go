package actors_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"parley/cluster/journal"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/que"
)

// entries names each batch of the log since the last call by its entity and first event.
func (s *shop) entries() (names []string) {
	s.tap.mu.Lock()
	defer s.tap.mu.Unlock()
	for _, b := range s.tap.batches {
		name := b.Entity.Kind.String()
		for _, raw := range b.Events {
			name += fmt.Sprintf(" %T", bodyOf(s.t, b.Entity.Kind, raw))
		}
		if len(b.Events) == 0 {
			name += " marks"
		}
		names = append(names, name)
	}
	s.tap.batches = nil
	return names
}

func bodyOf(t *testing.T, k id.Kind, raw journal.Event) any {
	t.Helper()
	body := map[id.Kind]func() event.Message{
		id.Conversation: func() event.Message { return &conv.Event{} },
		id.Agent:        func() event.Message { return &agt.Event{} },
		id.Queue:        func() event.Message { return &que.Event{} },
	}[k]
	if body == nil {
		return nil
	}
	e, err := event.Decode(raw.Data, body)
	if err != nil {
		t.Fatal(err)
	}
	switch b := e.Body.(type) {
	case *conv.Event:
		return b.Body
	case *agt.Event:
		return b.Body
	case *que.Event:
		return b.Body
	}
	return nil
}

// A routed conversation costs at most 10 entries from Created to Released and one per message, both sides connected; the
// contact's two and the shard's own are apart; four are in series from Queued to the offer frame.
func TestEntriesPerConversation(t *testing.T) {
	centreBubble(t, 1, func(s *shop) {
		s.accepting(0)
		synctest.Wait()
		s.entries()
		c := s.begin(1)
		s.eventually("offered", time.Second, func() bool { return s.talk(c).Route == conv.Route_OFFERED })
		time.Sleep(200 * time.Millisecond)
		a := event.Agent(agentID(0))
		s.must(c, a, &conv.Command{Body: &conv.Command_Accept{Accept: &conv.Accept{R: s.talk(c).R}}})
		const messages = 5
		for range messages {
			s.must(c, a, &conv.Command{Body: &conv.Command_Post{Post: &conv.Post{Text: "good day"}}})
		}
		s.must(c, a, &conv.Command{Body: &conv.Command_Resolve{Resolve: &conv.Resolve{}}})
		time.Sleep(time.Second)
		names := s.entries()
		count := map[id.Kind]int{}
		for _, n := range names {
			t.Log(n)
			for _, k := range []id.Kind{id.Conversation, id.Agent, id.Queue, id.Contact, id.Shard} {
				if len(n) >= len(k.String()) && n[:len(k.String())] == k.String() {
					count[k]++
				}
			}
		}
		routed := count[id.Conversation] + count[id.Agent] + count[id.Queue] - messages
		if routed > 10 {
			t.Errorf("%d entries from Created to Released, at most 10", routed)
		}
		if count[id.Contact] > 2 {
			t.Errorf("%d entries of the contact, at most 2", count[id.Contact])
		}
		offered := slices.IndexFunc(names, func(n string) bool { return n == "conversation *conv.Event_Offered" })
		series := 0
		for _, n := range names[:offered+1] {
			switch n {
			case "queue *que.Event_Waiting", "agent *agt.Event_Reserved", "conversation *conv.Event_Offered":
				series++
			}
		}
		want(t, "in series from Queued to the offer, Queued apart", series, 3)
	})
}
