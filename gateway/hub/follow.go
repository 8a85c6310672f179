package hub

import (
	"context"
	"errors"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
)

// Subscriber is a session as the hub knows it. All calls come from the hub's workers and must only hand over.
type Subscriber interface {
	// Event is a live event with its number in the follow's audience. Those not behind the follow's cursor, and all while
	// the follow is behind, are not for it.
	Event(f *Follow, n uint64, frame []byte)
	// Push is volatile: it may be dropped.
	Push(frame []byte)
	// Behind says that the follow must be caught up: the session calls Fill from a goroutine that may block.
	Behind(f *Follow)
	// Changed says that an offer or the owner of the conversation changed (agents only).
	Changed(f *Follow)
	// Gone says that the conversation will not be heard of again.
	Gone(f *Follow)
	// Is reports whether the session is this actor's.
	Is(w event.Who) bool
	// Lock and Unlock guard the cursors of all follows of the session. Event is called without it.
	Lock()
	Unlock()
}

// Follow is one session's place in one conversation. Cursor and Live are guarded by the session's lock.
type Follow struct {
	Conv id.ID
	Cursor
	topic *topic
	sub   Subscriber
	agent bool
}

// Cursor is how far a session has been sent to.
type Cursor struct {
	Last uint64 // number of the last event sent or let go to the socket, in the audience's numbers
	Live bool   // events come as they happen; else they are read from the log first
	fill bool   // they are being read at this moment: only who reads makes it live
}

// fillPage is how many events one read of a catch-up takes.
const fillPage = 200

// Fill catches a follow up from the log, a page after the other, and makes it live at the moment when it has everything.
// There is no gap, because it is made live under the lock of the topic's fan-out, and nothing twice, because a live event that is
// not behind the cursor is dropped. write may block; Fill ends with its error, or the backend's.
func (f *Follow) Fill(ctx context.Context, write func(frame []byte) error) error {
	defer f.filled()
	for {
		after, done := f.catchUp()
		if done {
			return nil
		}
		events, err := f.topic.feed.hub.Backend.History(ctx, actors.History{
			Target: f.topic.feed.ref, Public: !f.agent, After: after, Limit: fillPage,
		})
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return f.topic.notYet()
		}
		scope := f.topic.scope()
		for i := range events {
			n, frame := f.topic.encode(scope, &events[i], f.agent)
			if frame == nil || n <= after {
				continue
			}
			if err := write(frame); err != nil {
				return err
			}
			f.sub.Lock()
			f.Last = n
			f.sub.Unlock()
		}
	}
}

func (f *Follow) filled() {
	f.sub.Lock()
	defer f.sub.Unlock()
	f.fill = false
}

// ErrNotYet is returned by Fill when the log has less than was told. Ask again a little later.
var ErrNotYet = errors.New("hub: the log is behind what was told")

// notYet is what an empty read means: before the topic is open its beginning will tell, afterwards there must be more.
func (t *topic) notYet() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mu.open {
		return ErrNotYet
	}
	return nil
}

// catchUp makes the follow live if it has everything the topic has told so far; else it says where to read on.
func (f *Follow) catchUp() (after uint64, done bool) {
	t := f.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	f.sub.Lock()
	defer f.sub.Unlock()
	f.Live = t.mu.open && f.Last >= t.end(f.agent)
	f.fill = !f.Live
	return f.Last, f.Live
}

// Close ends the follow.
func (f *Follow) Close() { f.topic.drop(f) }

// Contact is the conversation's customer.
func (f *Follow) Contact() id.ID { return f.topic.scope().Contact }

// Peek reports whether the inbox allows to see what is being typed.
func (f *Follow) Peek() bool { return f.topic.peek() }

// Seq translates a public number into the seq of its event, Pub a seq into the last public number not behind it.
func (f *Follow) Seq(pub uint64) uint64 { return f.topic.seqOf(pub) }

// Pub is Seq's other way.
func (f *Follow) Pub(seq uint64) uint64 { return f.topic.pubOf(seq) }

// Offer is the conversation's open offer.
func (f *Follow) Offer() Offer { return f.topic.offer() }
