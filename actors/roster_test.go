package actors

import (
	"testing"
	"time"

	"parley/cluster/journal"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/que"
	"parley/engine/routing"
)

// What a queue tells while it is being read is newer than what the read brings: a conversation that left must not wait for
// ever in the distributor, and one whose offer is out must not be handed out again.
func TestNewsDuringRead(t *testing.T) {
	n := &Node{now: time.Now, clock: time.Now}
	s := newShardActor(newTestLease(n), newMailbox(16))
	defer s.agenda.end()
	queue, left, offered, came := id.ID{1}, id.ID{2}, id.ID{3}, id.ID{4}
	d := newDistributor(s, id.ID{5})
	d.queues[queue] = &line{}

	rank := func(c id.ID) routing.Rank { return routing.RankOf(c, &conv.Rank{}) }
	news := func(seq uint64, body *que.Event) event.Event { return event.Event{Seq: seq, Body: body} }
	d.follow(queue, []event.Event{
		news(7, &que.Event{Body: &que.Event_Left{Left: &que.Left{Conversation: came.Bytes(), N: 1}}}), // came again in 8, which was read
		news(9, &que.Event{Body: &que.Event_Left{Left: &que.Left{Conversation: left.Bytes(), N: 1}}}),
		news(10, &que.Event{Body: &que.Event_OfferOut{OfferOut: &que.OfferOut{Conversation: offered.Bytes(), N: 1, R: id.ID{6}.Bytes()}}}),
	})
	d.filled(queue, 8, []routing.Waiting{
		{Conversation: left, Queue: queue, N: 1, Rank: rank(left)},
		{Conversation: offered, Queue: queue, N: 1, Rank: rank(offered)},
		{Conversation: came, Queue: queue, N: 1, Rank: rank(came)},
	})

	if waiting, _ := d.index.Waiting(queue); waiting != 2 {
		t.Errorf("%d wait, want the two that did not leave", waiting)
	}
	if d.waiting[left] != nil || d.waiting[came] == nil || d.waiting[offered] == nil || !d.waiting[offered].Offered {
		t.Errorf("waiting: %v", d.waiting)
	}
}

func newTestLease(n *Node) *lease { return newLease(n, journal.Leadership{Shard: 1, Term: 6}) }
