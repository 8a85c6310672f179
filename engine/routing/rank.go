package routing

import (
	"bytes"
	"cmp"
	"math"

	"parley/engine/id"
	"parley/engine/msg/conv"
)

// Rank is a waiting conversation's place in line (docs/rules.md 3.2, rule 3): who goes ahead, then the queue's
// priority, then the conversation's, then age, then id, so that no two are equal.
type Rank struct {
	Head         bool  // ahead of all without it: a return to an absent agent, a lost agent
	Queue        int32 // priority of the queue, 1 first
	Priority     int32 // of the conversation, 1 first; 0 = none, after all that have one
	Since        int64 // enqueued, unix milliseconds; kept over requeues
	Conversation id.ID
}

// RankOf reads the rank a conversation was enqueued with.
func RankOf(conversation id.ID, r *conv.Rank) Rank {
	return Rank{Head: r.GetHead(), Queue: r.GetQueuePriority(), Priority: r.GetPriority(), Since: r.GetSinceMs(), Conversation: conversation}
}

// Compare is negative when r is served before o.
func (r Rank) Compare(o Rank) int {
	if r.Head != o.Head {
		if r.Head {
			return -1
		}
		return 1
	}
	if c := cmp.Compare(r.Queue, o.Queue); c != 0 {
		return c
	}
	if c := cmp.Compare(last(r.Priority), last(o.Priority)); c != 0 {
		return c
	}
	if c := cmp.Compare(r.Since, o.Since); c != 0 {
		return c
	}
	return bytes.Compare(r.Conversation[:], o.Conversation[:])
}

func last(priority int32) int32 {
	if priority <= 0 {
		return math.MaxInt32
	}
	return priority
}
