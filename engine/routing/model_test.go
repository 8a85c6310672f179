package routing_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/engine/id"
	"parley/engine/routing"
	"parley/engine/stage"
)

// slow is the distributor's index as plain lists, asked with Match.
type slow struct {
	waiting    []routing.Waiting
	candidates []routing.Candidate
	out        map[id.ID]handed // conversations handed out
	holds      map[[2]id.ID]*held
	wary       map[id.ID]uint64
}

type handed struct {
	agent id.ID
	until time.Time
}

type held struct {
	queue   id.ID
	granted bool
	version uint64
}

func (s *slow) expire(now time.Time) {
	for c, h := range s.out {
		if now.Before(h.until) {
			continue
		}
		delete(s.out, c)
		if x := s.holds[[2]id.ID{h.agent, c}]; x != nil && !x.granted {
			delete(s.holds, [2]id.ID{h.agent, c})
			if _, wary := s.wary[h.agent]; !wary {
				s.wary[h.agent] = 0
			}
		}
	}
}

func (s *slow) next(now time.Time) (c, agent id.ID, ok bool) {
	s.expire(now)
	var ws []routing.Waiting
	for _, w := range s.waiting {
		if _, out := s.out[w.Conversation]; !out {
			ws = append(ws, w)
		}
	}
	var cs []routing.Candidate
	for _, c := range s.candidates {
		if _, wary := s.wary[c.Agent]; wary {
			continue
		}
		c.Queues = slices.Clone(c.Queues)
		for k, h := range s.holds {
			if k[0] != c.Agent {
				continue
			}
			c.Room--
			for i := range c.Queues {
				if c.Queues[i].Queue == h.queue {
					c.Queues[i].Room--
				}
			}
		}
		cs = append(cs, c)
	}
	c, agent, ok = routing.Match(ws, cs, now)
	if ok {
		s.out[c] = handed{agent: agent, until: now.Add(routing.AnswerWithin)}
		i := slices.IndexFunc(s.waiting, func(w routing.Waiting) bool { return w.Conversation == c })
		s.holds[[2]id.ID{agent, c}] = &held{queue: s.waiting[i].Queue}
	}
	return c, agent, ok
}

func (s *slow) putWaiting(w routing.Waiting) {
	i := slices.IndexFunc(s.waiting, func(o routing.Waiting) bool { return o.Conversation == w.Conversation })
	if i >= 0 {
		if s.waiting[i].N > w.N {
			return
		}
		if s.waiting[i].N < w.N || w.Offered {
			delete(s.out, w.Conversation)
		}
		s.waiting = slices.Delete(s.waiting, i, i+1)
	}
	s.waiting = append(s.waiting, w)
}

func (s *slow) putCandidate(c routing.Candidate) {
	i := slices.IndexFunc(s.candidates, func(o routing.Candidate) bool { return o.Agent == c.Agent })
	if i >= 0 {
		if s.candidates[i].Version > c.Version {
			return
		}
		s.candidates = slices.Delete(s.candidates, i, i+1)
	}
	s.candidates = append(s.candidates, c)
	if since, wary := s.wary[c.Agent]; wary && c.Version >= since {
		delete(s.wary, c.Agent)
	}
	for k, h := range s.holds {
		if k[0] == c.Agent && h.granted && c.Version >= h.version {
			delete(s.holds, k)
		}
	}
}

// version is the known one of an agent, 0 = unknown.
func (s *slow) version(agent id.ID) (uint64, bool) {
	i := slices.IndexFunc(s.candidates, func(o routing.Candidate) bool { return o.Agent == agent })
	if i < 0 {
		return 0, false
	}
	return s.candidates[i].Version, true
}

// The pool hands out what Match would, whatever it is told in whatever order.
func TestPoolIsMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := routing.NewPool()
		s := &slow{out: map[id.ID]handed{}, holds: map[[2]id.ID]*held{}, wary: map[id.ID]uint64{}}
		at := now
		cs, as := rapid.Uint64Range(101, 106), rapid.Uint64Range(1, 4)
		queues := []id.ID{sales, care}
		t.Repeat(map[string]func(*rapid.T){
			"waiting": func(t *rapid.T) {
				c := cs.Draw(t, "c")
				w := routing.Waiting{Conversation: stage.ID(c), Queue: queues[c%2], N: rapid.Uint64Range(1, 3).Draw(t, "n"),
					Offered: rapid.IntRange(0, 4).Draw(t, "offered") == 0}
				w.Rank = routing.Rank{Head: rapid.Bool().Draw(t, "head"), Queue: int32(1 + c%2), Priority: rapid.Int32Range(0, 2).Draw(t, "priority"),
					Since: rapid.Int64Range(1, 3).Draw(t, "since"), Conversation: w.Conversation}
				if rapid.Bool().Draw(t, "excludes") {
					w.Exclude = []routing.Exclusion{{Agent: stage.ID(as.Draw(t, "excluded")), Until: at.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "s")) * time.Second)}}
				}
				if rapid.Bool().Draw(t, "prefers") {
					w.Prefer = stage.ID(as.Draw(t, "preferred"))
				}
				p.PutWaiting(w)
				s.putWaiting(w)
			},
			"gone": func(t *rapid.T) {
				c, n := stage.ID(cs.Draw(t, "c")), rapid.Uint64Range(1, 3).Draw(t, "n")
				p.RemoveWaiting(c, n)
				s.waiting = slices.DeleteFunc(s.waiting, func(w routing.Waiting) bool {
					if w.Conversation != c || w.N > n {
						return false
					}
					delete(s.out, c)
					return true
				})
			},
			"candidate": func(t *rapid.T) {
				c := free(as.Draw(t, "agent"))
				c.Connected = rapid.IntRange(0, 3).Draw(t, "connected") > 0
				c.Room, c.IdleSince, c.Version = rapid.IntRange(-1, 3).Draw(t, "room"), rapid.Int64Range(1, 3).Draw(t, "idle"), rapid.Uint64Range(1, 9).Draw(t, "version")
				for _, q := range queues {
					if rapid.Bool().Draw(t, "member") {
						c.Queues = append(c.Queues, routing.Place{Queue: q, Rank: rapid.IntRange(1, 2).Draw(t, "tier"), Room: rapid.IntRange(0, 2).Draw(t, "own")})
					}
				}
				p.PutCandidate(c)
				s.putCandidate(c)
			},
			"granted": func(t *rapid.T) {
				c, a, v := stage.ID(cs.Draw(t, "c")), stage.ID(as.Draw(t, "agent")), rapid.Uint64Range(1, 9).Draw(t, "version")
				p.Granted(c, a, v, at)
				if h, ok := s.out[c]; ok && h.agent == a {
					s.out[c] = handed{agent: a, until: at.Add(routing.OfferWithin)}
				}
				if h := s.holds[[2]id.ID{a, c}]; h != nil {
					h.granted, h.version = true, v
					if known, _ := s.version(a); known >= v {
						delete(s.holds, [2]id.ID{a, c})
					}
				}
			},
			"refused": func(t *rapid.T) {
				c, a, v := stage.ID(cs.Draw(t, "c")), stage.ID(as.Draw(t, "agent")), rapid.Uint64Range(1, 9).Draw(t, "version")
				p.Refused(c, a, v)
				if h, ok := s.out[c]; ok && h.agent == a {
					delete(s.out, c)
				}
				delete(s.holds, [2]id.ID{a, c})
				if known, ok := s.version(a); ok && v >= known {
					s.wary[a] = max(s.wary[a], v)
				}
			},
			"unanswered": func(t *rapid.T) {
				c, a := stage.ID(cs.Draw(t, "c")), stage.ID(as.Draw(t, "agent"))
				p.Unanswered(c, a)
				if h, ok := s.out[c]; ok && h.agent == a {
					delete(s.out, c)
				}
				delete(s.holds, [2]id.ID{a, c})
				if _, known := s.version(a); known {
					s.wary[a] = max(s.wary[a], 0)
				}
			},
			"time": func(t *rapid.T) {
				at = at.Add(time.Duration(rapid.IntRange(0, 1500).Draw(t, "ms")) * time.Millisecond)
			},
			"": func(t *rapid.T) {
				for {
					c, agent, ok := s.next(at)
					pair, found := p.Next(at)
					if ok != found || ok && (pair.Waiting.Conversation != c || pair.Agent != agent) {
						t.Fatalf("pool %s to %s (%v), match %s to %s (%v)", pair.Waiting.Conversation, pair.Agent, found, c, agent, ok)
					}
					if !ok {
						break
					}
				}
				if change := p.NextChange(); !change.IsZero() && !change.After(at) {
					t.Fatalf("a change at %s is past at %s", change, at)
				}
			},
		})
	})
}

// A pair costs the same whether 100 or 100,000 wait.
func BenchmarkNext(b *testing.B) {
	for _, n := range []int{100, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := routing.NewPool()
			for i := range n {
				p.PutWaiting(waits(uint64(1000+i), []id.ID{sales, care}[i%2], int64(i)))
			}
			for a := range 1000 {
				c := free(uint64(1+a), sales, care)
				c.Room, c.IdleSince = 0, int64(a)
				p.PutCandidate(c)
			}
			b.ResetTimer()
			for i := range b.N {
				c := free(uint64(1+i%1000), sales, care)
				c.Version = uint64(i + 2)
				p.PutCandidate(c)
				pair, ok := p.Next(now)
				if !ok {
					b.Fatal("no pair")
				}
				p.Granted(pair.Waiting.Conversation, pair.Agent, c.Version+1, now)
				p.RemoveWaiting(pair.Waiting.Conversation, 1)
				c.Version++
				c.Room = 0
				p.PutCandidate(c)
				p.PutWaiting(pair.Waiting)
			}
		})
	}
}
