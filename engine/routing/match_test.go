package routing_test

import (
	"testing"
	"time"

	"parley/engine/id"
	"parley/engine/routing"
	"parley/engine/stage"
)

var (
	now   = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	sales = stage.ID(11)
	care  = stage.ID(12)
)

func free(agent uint64, queues ...id.ID) routing.Candidate {
	c := routing.Candidate{Agent: stage.ID(agent), Connected: true, Accepting: true, Room: 1, IdleSince: 100, Version: 1}
	for _, q := range queues {
		c.Queues = append(c.Queues, routing.Place{Queue: q, Rank: 1, Room: routing.NoLimit})
	}
	return c
}

func waits(c uint64, queue id.ID, since int64) routing.Waiting {
	return routing.Waiting{Conversation: stage.ID(c), Queue: queue, N: 1,
		Rank: routing.Rank{Queue: 50, Since: since, Conversation: stage.ID(c)}}
}

func TestMatch(t *testing.T) {
	with := func(c routing.Candidate, f func(*routing.Candidate)) routing.Candidate { f(&c); return c }
	rank := func(w routing.Waiting, f func(*routing.Rank)) routing.Waiting { f(&w.Rank); return w }
	passing := func(w routing.Waiting, agent uint64, d time.Duration) routing.Waiting {
		w.Exclude = append(w.Exclude, routing.Exclusion{Agent: stage.ID(agent), Until: now.Add(d)})
		return w
	}
	preferring := func(w routing.Waiting, agent uint64) routing.Waiting { w.Prefer = stage.ID(agent); return w }
	tests := []struct {
		name       string
		waiting    []routing.Waiting
		candidates []routing.Candidate
		c, agent   uint64 // 0 = nobody
	}{
		{"nobody waits", nil, []routing.Candidate{free(1, sales)}, 0, 0},
		{"nobody is there", []routing.Waiting{waits(101, sales, 1)}, nil, 0, 0},
		{"the oldest first", []routing.Waiting{waits(101, sales, 2), waits(102, sales, 1)}, []routing.Candidate{free(1, sales)}, 102, 1},
		{"over all queues of the agent", []routing.Waiting{waits(101, sales, 2), waits(102, care, 1)}, []routing.Candidate{free(1, sales, care)}, 102, 1},
		{"the queue's priority before age", []routing.Waiting{waits(101, sales, 1), rank(waits(102, care, 9), func(r *routing.Rank) { r.Queue = 1 })}, []routing.Candidate{free(1, sales, care)}, 102, 1},
		{"the head before all", []routing.Waiting{rank(waits(101, sales, 1), func(r *routing.Rank) { r.Queue = 1 }), rank(waits(102, care, 9), func(r *routing.Rank) { r.Head = true })}, []routing.Candidate{free(1, sales, care)}, 102, 1},
		{"the best whom somebody can take", []routing.Waiting{waits(101, sales, 1), waits(102, care, 2)}, []routing.Candidate{free(1, care)}, 102, 1},
		{"members only", []routing.Waiting{waits(101, sales, 1)}, []routing.Candidate{free(1, care)}, 0, 0},
		{"connected only", []routing.Waiting{waits(101, sales, 1)}, []routing.Candidate{with(free(1, sales), func(c *routing.Candidate) { c.Connected = false })}, 0, 0},
		{"accepting only", []routing.Waiting{waits(101, sales, 1)}, []routing.Candidate{with(free(1, sales), func(c *routing.Candidate) { c.Accepting = false })}, 0, 0},
		{"with room only", []routing.Waiting{waits(101, sales, 1)}, []routing.Candidate{with(free(1, sales), func(c *routing.Candidate) { c.Room = 0 })}, 0, 0},
		{"with room in the queue only", []routing.Waiting{waits(101, sales, 1)}, []routing.Candidate{with(free(1, sales), func(c *routing.Candidate) { c.Queues[0].Room = 0 })}, 0, 0},
		{"who was passed over waits", []routing.Waiting{passing(waits(101, sales, 1), 1, time.Second), waits(102, sales, 2)}, []routing.Candidate{free(1, sales)}, 102, 1},
		{"until then", []routing.Waiting{passing(waits(101, sales, 1), 1, 0)}, []routing.Candidate{free(1, sales)}, 101, 1},
		{"an offer is out", []routing.Waiting{func() routing.Waiting { w := waits(101, sales, 1); w.Offered = true; return w }()}, []routing.Candidate{free(1, sales)}, 0, 0},
		{"tier before idle", []routing.Waiting{waits(101, sales, 1)}, []routing.Candidate{
			with(free(1, sales), func(c *routing.Candidate) { c.Queues[0].Rank, c.IdleSince = 2, 1 }), free(2, sales)}, 101, 2},
		{"longest idle", []routing.Waiting{waits(101, sales, 1)}, []routing.Candidate{
			free(1, sales), with(free(2, sales), func(c *routing.Candidate) { c.IdleSince = 99 })}, 101, 2},
		{"the owner of a return before tier and idle", []routing.Waiting{preferring(waits(101, sales, 1), 2)}, []routing.Candidate{
			with(free(1, sales), func(c *routing.Candidate) { c.IdleSince = 1 }), with(free(2, sales), func(c *routing.Candidate) { c.Queues[0].Rank = 2 })}, 101, 2},
		{"an owner who is not there keeps nobody waiting", []routing.Waiting{preferring(waits(101, sales, 1), 9)}, []routing.Candidate{free(1, sales)}, 101, 1},
		{"an owner who let it go is passed over", []routing.Waiting{passing(preferring(waits(101, sales, 1), 2), 2, time.Second)}, []routing.Candidate{free(1, sales), free(2, sales)}, 101, 1},
		{"then the id", []routing.Waiting{waits(101, sales, 1)}, []routing.Candidate{free(2, sales), free(1, sales)}, 101, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, agent, ok := routing.Match(tt.waiting, tt.candidates, now)
			if ok != (tt.c != 0) || ok && (c != stage.ID(tt.c) || agent != stage.ID(tt.agent)) {
				t.Fatalf("%s to %s, %v", c, agent, ok)
			}
			p := routing.NewPool()
			for _, w := range tt.waiting {
				p.PutWaiting(w)
			}
			for _, c := range tt.candidates {
				p.PutCandidate(c)
			}
			pair, ok := p.Next(now)
			if ok != (tt.c != 0) || ok && (pair.Waiting.Conversation != c || pair.Agent != agent) {
				t.Fatalf("the pool: %+v, %v", pair, ok)
			}
		})
	}
}

func TestRecordTellsWhy(t *testing.T) {
	p := routing.NewPool()
	w := waits(101, sales, now.UnixMilli()-1500)
	w.Exclude = []routing.Exclusion{{Agent: stage.ID(3), Until: now.Add(time.Minute)}}
	p.PutWaiting(w)
	p.PutWaiting(waits(102, sales, now.UnixMilli()))
	p.PutCandidate(free(1, sales))
	idle := free(2, sales)
	idle.IdleSince = 1
	p.PutCandidate(idle)
	p.PutCandidate(free(3, sales))
	for n, f := range map[uint64]func(*routing.Candidate){
		4: func(c *routing.Candidate) { c.Connected = false },
		5: func(c *routing.Candidate) { c.Accepting = false },
		6: func(c *routing.Candidate) { c.Room = 0 },
		7: func(c *routing.Candidate) { c.Queues[0].Room = 0 },
	} {
		c := free(n, sales)
		f(&c)
		p.PutCandidate(c)
	}
	for n := uint64(50); n < 90; n++ {
		c := free(n, sales)
		c.Connected = false
		p.PutCandidate(c)
	}
	pair, ok := p.Next(now)
	r := pair.Record
	if !ok || id.FromBytes(r.Winner) != stage.ID(2) || r.Rule != routing.Rule_LONGEST_IDLE || r.Candidates != 2 || r.Members != 47 || r.Waiting != 2 || r.WaitedMs != 1500 {
		t.Fatalf("%v", r)
	}
	why := map[id.ID]routing.Reason{}
	for _, e := range r.Excluded {
		why[id.FromBytes(e.Agent)] = e.Reason
	}
	if len(r.Excluded) != 20 || why[stage.ID(3)] != routing.Reason_PASSED_OVER || why[stage.ID(4)] != routing.Reason_NOT_CONNECTED ||
		why[stage.ID(5)] != routing.Reason_NOT_ACCEPTING || why[stage.ID(6)] != routing.Reason_NO_ROOM || why[stage.ID(7)] != routing.Reason_NO_QUEUE_ROOM {
		t.Fatalf("%v", r.Excluded)
	}
	if r.SizeVT() > 700 {
		t.Fatalf("a record of %d bytes", r.SizeVT())
	}
}

func TestHolds(t *testing.T) {
	p := routing.NewPool()
	p.PutWaiting(waits(101, sales, 1))
	p.PutWaiting(waits(102, sales, 2))
	p.PutCandidate(free(1, sales))
	next := func(at time.Time) uint64 {
		pair, ok := p.Next(at)
		if !ok {
			return 0
		}
		return uint64(pair.Waiting.Conversation[15])
	}
	if next(now) != 101 || next(now) != 0 {
		t.Fatal("one slot is handed out once")
	}
	if got := p.NextChange(); !got.Equal(now.Add(routing.AnswerWithin)) {
		t.Fatalf("next change %s", got)
	}
	at := now.Add(routing.AnswerWithin)
	if next(at) != 0 {
		t.Fatal("who did not answer was asked again")
	}
	p.PutCandidate(free(1, sales))
	if next(at) != 101 {
		t.Fatal("its state is known anew: asked again")
	}
	p.Granted(stage.ID(101), stage.ID(1), 2, at)
	full := free(1, sales)
	full.Version, full.Room = 2, 0
	p.PutCandidate(full)
	if next(at) != 0 {
		t.Fatal("full")
	}
	freed := free(1, sales)
	freed.Version = 3
	p.PutCandidate(freed)
	p.PutCandidate(full) // late
	if next(at) != 102 {
		t.Fatal("the slot came free")
	}
	p.Refused(stage.ID(102), stage.ID(1), 3)
	if next(at) != 0 {
		t.Fatal("refused in the state we know: not asked again")
	}
	freed.Version = 4
	p.PutCandidate(freed)
	if next(at) != 102 {
		t.Fatal("a newer state")
	}
	p.Refused(stage.ID(102), stage.ID(1), 2)
	if next(at) != 102 {
		t.Fatal("refused in an older state than we know: asked again")
	}
	if waiting, n := p.Waiting(sales); waiting != 2 || n != 0 {
		t.Fatalf("%d wait, %d free", waiting, n)
	}
	p.RemoveCandidate(stage.ID(1))
	p.RemoveWaiting(stage.ID(101), 1)
	p.RemoveWaiting(stage.ID(102), 0) // an earlier attempt
	if waiting, _ := p.Waiting(sales); waiting != 1 {
		t.Fatalf("%d wait", waiting)
	}
	if waiting, n := p.Waiting(care); waiting+n != 0 {
		t.Fatal("nothing is known of it")
	}
}

// The conversation leaves while the agent is being asked, and no answer comes: the room is not taken for ever.
func TestUnansweredFreesTheRoom(t *testing.T) {
	p := routing.NewPool()
	p.PutWaiting(waits(101, sales, 1))
	p.PutCandidate(free(1, sales))
	if _, ok := p.Next(now); !ok {
		t.Fatal("no pair")
	}
	p.RemoveWaiting(stage.ID(101), 1)
	p.PutWaiting(waits(102, sales, 2))
	p.Unanswered(stage.ID(101), stage.ID(1))
	if _, ok := p.Next(now); ok {
		t.Fatal("asked again before its state is known anew")
	}
	p.PutCandidate(free(1, sales))
	if pair, ok := p.Next(now); !ok || pair.Waiting.Conversation != stage.ID(102) {
		t.Fatalf("%+v, %v", pair, ok)
	}
}
