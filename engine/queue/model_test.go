package queue_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley/engine/msg/conv"
	"parley/engine/msg/que"
	"parley/engine/stage"
)

// waiter is one waiting conversation of the slow model.
type waiter struct {
	c, n  uint64
	head  bool
	since int64
	out   bool
}

// The queue keeps who waits as a plain list would.
func TestQueueIsAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := begin()
		var list []waiter
		gone := map[uint64]uint64{}
		at := func(c uint64) int { return slices.IndexFunc(list, func(w waiter) bool { return w.c == c }) }
		cs, ns := rapid.Uint64Range(1, 8), rapid.Uint64Range(1, 6)
		t.Repeat(map[string]func(*rapid.T){
			"enqueue": func(t *rapid.T) {
				w := waiter{c: cs.Draw(t, "c"), n: ns.Draw(t, "n"), head: rapid.Bool().Draw(t, "head"), since: rapid.Int64Range(1, 5).Draw(t, "since")}
				out, err := s.Command(talk, enqueue(w.c, w.n, &conv.Rank{SinceMs: w.since, Head: w.head}))
				if err != nil {
					t.Fatal(err)
				}
				i := at(w.c)
				if w.n > gone[w.c] && (i < 0 || w.n > list[i].n) {
					if i >= 0 {
						list = slices.Delete(list, i, i+1)
					}
					list = append(list, w)
					slices.SortFunc(list, func(a, b waiter) int {
						switch {
						case a.head != b.head && a.head:
							return -1
						case a.head != b.head:
							return 1
						case a.since != b.since:
							return int(a.since - b.since)
						}
						return int(a.c) - int(b.c)
					})
				}
				if got := int(out.Reply.(*que.Reply).Position); got != at(w.c)+1 {
					t.Fatalf("told %d, stands at %d", got, at(w.c)+1)
				}
			},
			"remove": func(t *rapid.T) {
				c, n := cs.Draw(t, "c"), ns.Draw(t, "n")
				if _, err := s.Command(talk, remove(c, n, que.LeftWhy_ENDED)); err != nil {
					t.Fatal(err)
				}
				if i := at(c); i >= 0 && list[i].n > n {
					return
				} else if i >= 0 {
					list = slices.Delete(list, i, i+1)
				}
				gone[c] = max(gone[c], n)
			},
			"offered": func(t *rapid.T) {
				c, n := cs.Draw(t, "c"), ns.Draw(t, "n")
				if _, err := s.Command(talk, offered(c, n, 7)); err != nil {
					t.Fatal(err)
				}
				if i := at(c); i >= 0 && list[i].n == n {
					list[i].out = true
				}
			},
			"": func(t *rapid.T) {
				i := 0
				for w := range machine(s).All(self) {
					if i == len(list) || w.Conversation != stage.ID(list[i].c) || w.N != list[i].n || w.Offered != list[i].out {
						t.Fatalf("at %d: %+v, model %+v", i, w, list)
					}
					if machine(s).Position(w.Conversation) != i+1 {
						t.Fatalf("position of %d", i)
					}
					i++
				}
				if i != len(list) {
					t.Fatalf("%d wait, model %d", i, len(list))
				}
				if err := s.Check(); err != nil {
					t.Fatal(err)
				}
			},
		})
	})
}

// One event of a queue of 100,000 costs at most twice one of 1,000 (design: state that outlives a few hundred events).
func BenchmarkEventBesideMany(b *testing.B) {
	for _, waiting := range []int{1_000, 100_000} {
		b.Run(map[int]string{1_000: "1k", 100_000: "100k"}[waiting], func(b *testing.B) { eventBeside(b, waiting) })
	}
}

func eventBeside(b *testing.B, waiting int) {
	s := begin()
	for c := range waiting {
		must(b, s, enqueue(uint64(c+1), 1, &conv.Rank{QueuePriority: 50, SinceMs: int64(c * 7919 % waiting)}))
	}
	s.Log = nil
	b.ResetTimer()
	for i := range b.N {
		c, n := uint64(i%waiting+1), uint64(i/waiting+2)
		must(b, s, enqueue(c, n, &conv.Rank{QueuePriority: 50, SinceMs: int64(i * 7919 % waiting)}))
		s.Log = s.Log[:0]
	}
}
