package hub

import (
	"fmt"
	"sort"
	"testing"

	"pgregory.net/rapid"

	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/que"
)

func TestEstimatesAreRoundedUpAsPeopleSayThem(t *testing.T) {
	for _, test := range []struct {
		pos       int
		per, want int64
	}{
		{0, 1000, 0}, {1, 0, 0}, {1, 1000, 30_000}, {2, 25_000, 60_000}, {3, 30_000, 90_000}, {4, 31_000, 150_000}, {10, 31_000, 360_000}, {11, 60_000, 660_000},
	} {
		if got := estimate(test.pos, test.per); got != test.want {
			t.Errorf("place %d at %d ms each: %d, want %d", test.pos, test.per, got, test.want)
		}
	}
}

// A place is exact among the first 20 and within the step between two marks behind them.
func TestPlacesAgreeWithTheQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 500).Draw(t, "waiting")
		type one struct {
			id   id.ID
			rank *conv.Rank
		}
		var all []one
		for i := range n {
			all = append(all, one{id.ID{1: byte(i >> 8), 2: byte(i), 15: 1}, &conv.Rank{
				Head: rapid.IntRange(0, 9).Draw(t, "head") == 0, QueuePriority: int32(rapid.IntRange(1, 3).Draw(t, "queue")),
				Priority: int32(rapid.IntRange(0, 2).Draw(t, "own")), SinceMs: int64(i),
			}})
		}
		sort.SliceStable(all, func(i, j int) bool { return before(all[i].rank, all[j].rank) })
		d := &que.Digest{Waiting: int32(n)}
		for i, o := range all {
			if i < firstPlaces {
				d.First = append(d.First, &que.Entry{Conversation: o.id.Bytes(), Rank: o.rank})
			}
		}
		step := max(1, n/200)
		for p := firstPlaces + step; p <= n; p += step {
			d.Marks = append(d.Marks, &que.Mark{Position: int32(p), Rank: all[p-1].rank})
		}
		for i, o := range all {
			got := position(d, o.id, o.rank)
			if i < firstPlaces && got != i+1 {
				t.Fatalf("place %d of the first told as %d", i+1, got)
			}
			if i >= firstPlaces && got != 0 && (got > i+1 || i+1-got > step) {
				t.Fatalf("place %d told as %d, step %d", i+1, got, step)
			}
		}
	})
}

// Translations of positions agree with the plain list of events.
func TestPairsAgreeWithTheLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p pairs
		var log []pair
		seq, pub := uint64(rapid.IntRange(0, 50).Draw(t, "seq")), uint64(rapid.IntRange(0, 50).Draw(t, "pub"))
		for range rapid.IntRange(1, 2*pairsMost).Draw(t, "events") {
			seq += uint64(rapid.IntRange(1, 4).Draw(t, "step"))
			pub++
			p.add(seq, pub)
			log = append(log, pair{seq, pub})
		}
		ask := log[rapid.IntRange(0, len(log)-1).Draw(t, "ask")]
		if got, ok := p.seq(ask.pub); ok && got != ask.seq {
			t.Fatalf("seq of %d is %d, not %d", ask.pub, got, ask.seq)
		}
		at := ask.seq + uint64(rapid.IntRange(0, 3).Draw(t, "beyond"))
		want := uint64(0)
		for _, l := range log {
			if l.seq <= at {
				want = l.pub
			}
		}
		if got, ok := p.pubAt(at); ok && got != want {
			t.Fatalf("pub at %d is %d, not %d", at, got, want)
		}
		if _, ok := p.seq(log[len(log)-1].pub); !ok {
			t.Fatal("the newest is not known")
		}
	})
	var p pairs
	p.add(5, 2)
	p.add(9, 4)
	if _, ok := p.seq(2); ok {
		t.Error(fmt.Sprint("a hole is kept: ", p))
	}
}
