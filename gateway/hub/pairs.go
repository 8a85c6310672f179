package hub

import (
	"context"
	"sort"
	"time"

	"parley/engine/msg/conv"
	"parley/gateway/command"
)

// pairsMost is how many public events a topic remembers the seq of; marks are about the newest ones.
const pairsMost = 256

// pairsWait bounds a question to the log about an older one.
const pairsWait = time.Second

// pair is a public event in both numberings.
type pair struct{ seq, pub uint64 }

// pairs are the newest public events, ascending and without a hole.
type pairs []pair

func (p *pairs) add(seq, pub uint64) {
	if n := len(*p); n > 0 && (*p)[n-1].pub+1 != pub {
		*p = nil
	}
	if len(*p) == pairsMost {
		*p = append((*p)[:0], (*p)[pairsMost/2:]...)
	}
	*p = append(*p, pair{seq, pub})
}

func (p pairs) seq(pub uint64) (uint64, bool) {
	if len(p) == 0 || pub < p[0].pub || pub > p[len(p)-1].pub {
		return 0, false
	}
	return p[pub-p[0].pub].seq, true
}

// pubAt returns the last public number not behind seq.
func (p pairs) pubAt(seq uint64) (uint64, bool) {
	if len(p) == 0 || seq < p[0].seq {
		return 0, false
	}
	i := sort.Search(len(p), func(i int) bool { return p[i].seq > seq })
	return p[i-1].pub, true
}

func (t *topic) seqOf(pub uint64) uint64 {
	t.mu.Lock()
	pub = min(pub, t.mu.pub)
	seq, ok := t.mu.pairs.seq(pub)
	t.mu.Unlock()
	if ok || pub == 0 {
		return seq
	}
	return ask(t, func(ctx context.Context, n command.Numbers) uint64 { return n.Seq(ctx, pub) })
}

func (t *topic) pubOf(seq uint64) uint64 {
	t.mu.Lock()
	last, end := t.mu.pub, t.mu.seq
	pub, ok := t.mu.pairs.pubAt(seq)
	t.mu.Unlock()
	switch {
	case seq >= end:
		return last
	case ok || seq == 0:
		return pub
	}
	return ask(t, func(ctx context.Context, n command.Numbers) uint64 { return n.Pub(ctx, seq) })
}

// ask reads the log about a position older than the topic remembers.
func ask(t *topic, q func(context.Context, command.Numbers) uint64) uint64 {
	ctx, cancel := context.WithTimeout(t.feed.hub.ctx, pairsWait)
	defer cancel()
	t.mu.Lock()
	v := &conv.View{Id: t.feed.ref.ID.Bytes(), Seq: t.mu.seq, Pub: t.mu.pub}
	t.mu.Unlock()
	return q(ctx, command.Numbers{Backend: t.feed.hub.Backend, View: v})
}
