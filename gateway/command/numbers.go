package command

import (
	"context"
	"sort"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/backend"
)

// Numbers translates positions between the audiences of a conversation by asking its log. It may block; who follows a
// conversation has most answers at hand and asks for the rest.
type Numbers struct {
	Backend backend.Backend
	View    *conv.View // as of when it is asked: what lies behind its end is its end
}

// Seq returns the seq of a public number, 0 for 0.
func (n Numbers) Seq(ctx context.Context, pub uint64) uint64 {
	if pub == 0 {
		return 0
	}
	if e, ok := n.at(ctx, min(pub, n.View.Pub)); ok {
		return e.Seq
	}
	return 0
}

// Pub returns the last public number that is not behind the seq. A seq at or behind the end costs nothing; another one
// is searched for, a read per halving.
func (n Numbers) Pub(ctx context.Context, seq uint64) uint64 {
	if seq >= n.View.Seq {
		return n.View.Pub
	}
	behind := sort.Search(int(min(seq, n.View.Pub)), func(i int) bool {
		e, ok := n.at(ctx, uint64(i)+1)
		return !ok || e.Seq > seq
	})
	return uint64(behind)
}

// at reads the event of a public number.
func (n Numbers) at(ctx context.Context, pub uint64) (event.Event, bool) {
	events, err := n.Backend.History(ctx, actors.History{
		Target: id.Ref{Kind: id.Conversation, ID: id.FromBytes(n.View.Id)}, Public: true, After: pub - 1, Limit: 1,
	})
	if err != nil || len(events) == 0 || events[0].Pub != pub {
		return event.Event{}, false
	}
	return events[0], true
}
