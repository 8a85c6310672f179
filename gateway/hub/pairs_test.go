package hub

import (
	"testing"
	"time"

	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/fake"
)

// A view that is ahead of what was told leaves a hole that the pairs do not know.
func TestPairsEndWhereAViewIsAhead(t *testing.T) {
	b := fake.New(time.Now, fake.Centre())
	defer b.Close()
	h := New(Options{Backend: b, Now: time.Now, Workers: 1})
	defer h.Close()
	p := &topic{}
	p.feed = &feed{hub: h, ref: id.Ref{Kind: id.Conversation, ID: id.ID{1: 1}}, to: p}
	p.mu.seq, p.mu.pub = 5, 2
	p.mu.pairs.add(5, 2)
	p.opened(&conv.View{Seq: 9, Pub: 4})
	if got, ok := p.mu.pairs.pubAt(8); ok {
		t.Errorf("the public number at 8 is said to be %d", got)
	}
}
