package actors_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/actors"
	"parley/cluster/journal"
	"parley/engine/event"
	"parley/engine/id"
)

// slowCommit widens the window between decide and commit: a memory disk syncs in microseconds and hides what rests on
// something not committed.
func slowCommit(o *journal.Options) {
	o.Faults.BeforeCommit = func() { time.Sleep(3 * time.Millisecond) }
}

// lose makes the log refuse one batch of the toys in n, as after a change of leader.
func lose(n int) func(p journal.Proposal, pass func(journal.Proposal) error) error {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(5, uint64(n)))
	return func(p journal.Proposal, pass func(journal.Proposal) error) error {
		mu.Lock()
		bad := p.Batch.Entity.Kind != id.Shard && rng.IntN(n) == 0
		mu.Unlock()
		if bad {
			b := *p.Batch
			b.Version += 1000 // the version fence refuses it
			p.Batch = &b
		}
		return pass(p)
	}
}

func TestAnswersInOrder(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		const n = 300
		var got []string
		var mu sync.Mutex
		for i := range n {
			r.node.Ask(actors.Ask{Target: toyRef(1), By: sender, Body: say("add x%d", i), Done: func(a actors.Answer) {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, show(a))
			}})
		}
		synctest.Wait()
		for i, s := range got {
			want(t, "answer", s, fmt.Sprintf("ok: %d x%d", i+1, i))
		}
		want(t, "answers", len(got), n)
	})
}

// Batches are refused all the time: nobody notices, every command is in the log once, in the order asked, and repeats of
// a key get the answer that stands.
func TestOnceOverRefusedBatches(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.tap.set(lose(5))
		const n = 120
		var answers []chan actors.Answer
		for i := range n {
			answers = append(answers, r.send(toyRef(1), key(i), "add x%d", i))
			if i%7 == 0 {
				again := r.send(toyRef(1), key(i), "add x%d", i)
				answers = append(answers, again)
			}
			if i%10 == 9 {
				synctest.Wait()
			}
		}
		var lines []string
		for _, c := range answers {
			a := show(<-c)
			line, _ := strings.CutPrefix(a, "ok: ")
			if line == a {
				t.Fatalf("answer %q", a)
			}
			lines = append(lines, line)
		}
		lines = slices.Compact(lines)
		want(t, "told", len(lines), n)
		for i, text := range strings.Split(r.view(toyRef(1)), "|") {
			want(t, "line", text, fmt.Sprintf("x%d", i))
			want(t, "answer", lines[i], fmt.Sprintf("%d x%d", i+1, i))
		}
		if r.metric("parley_reloads_total") == 0 {
			t.Error("no batch was refused")
		}
		for i := range 3 {
			want(t, "later", show(<-r.send(toyRef(1), key(i), "add x%d", i)), fmt.Sprintf("ok: %d x%d", i+1, i))
		}
	})
}

// A batch that does not end leaves the caller with an unknown outcome at the deadline; the same key later is told what
// came of it.
func TestDeadline(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		release := make(chan struct{})
		r.tap.set(func(p journal.Proposal, pass func(journal.Proposal) error) error {
			if p.Batch.Entity != toyRef(1) {
				return pass(p)
			}
			go func() { <-release; _ = pass(p) }()
			return nil
		})
		start := time.Now()
		want(t, "answer", show(<-r.send(toyRef(1), key(1), "add one")), actors.ErrUnknown.Error())
		if took := time.Since(start); took < 5*time.Second || took > 5100*time.Millisecond {
			t.Errorf("after %v", took)
		}
		again := r.send(toyRef(1), key(1), "add one")
		close(release)
		want(t, "again", show(<-again), "ok: 1 one")
		want(t, "view", r.view(toyRef(1)), "one")
	})
}

// Entities end after 4 ms without traffic while asks keep coming: none is lost or doubled.
func TestPassivationRace(t *testing.T) {
	bubble(t, func(o *actors.Options) { o.Idle = 4 * time.Millisecond }, func(r *rig) {
		rng := rand.New(rand.NewPCG(1, 2))
		counts := map[int]int{}
		var answers []chan actors.Answer
		for i := range 400 {
			n := rng.IntN(8)
			counts[n]++
			answers = append(answers, r.send(toyRef(n), key(i), "add x"))
			if rng.IntN(3) == 0 {
				time.Sleep(time.Duration(rng.IntN(9)) * time.Millisecond)
			}
		}
		for _, c := range answers {
			if s := show(<-c); !strings.HasPrefix(s, "ok: ") {
				t.Fatal(s)
			}
		}
		for n, c := range counts {
			want(t, "lines", strings.Count(r.view(toyRef(n)), "x"), c)
		}
		time.Sleep(30 * time.Millisecond)
		want(t, "entities in memory", r.metric("parley_entities"), 0)
	})
}

func TestWakesOnTime(t *testing.T) {
	bubble(t, func(o *actors.Options) { o.Idle = time.Second }, func(r *rig) {
		due := map[int]int64{}
		for n := range 30 {
			ms := 10 + 997*n
			due[n] = time.Now().Add(time.Duration(ms) * time.Millisecond).UnixMilli()
			r.reply(toyRef(n), "wake %d", ms)
		}
		time.Sleep(15 * time.Second)
		r.kill() // deadlines survive
		time.Sleep(20 * time.Second)
		for n, at := range due {
			lines := strings.Split(r.view(toyRef(n)), "|")
			var woke int64
			if len(lines) != 2 {
				t.Fatalf("entity %d: %v", n, lines)
			}
			fmt.Sscanf(lines[1], "woke %d", &woke)
			if woke < at || woke > at+1000 {
				t.Errorf("entity %d due %d woke %+d ms", n, at, woke-at)
			}
		}
	})
}

func TestQuarantine(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		a := toyRef(1)
		r.reply(a, "add one")
		for range 2 {
			want(t, "panic", r.reply(a, "panic"), actors.ErrInternal.Error())
			want(t, "spoilt", r.reply(a, "spoil"), actors.ErrInternal.Error())
			want(t, "goes on", r.reply(a, "none"), "ok: have 1")
		}
		for range 3 {
			want(t, "panic", r.reply(a, "panic"), actors.ErrInternal.Error())
		}
		want(t, "quarantined", r.reply(a, "none"), actors.ErrQuarantined.Error())
		want(t, "others", r.reply(toyRef(2), "add one"), "ok: 1 one")
		want(t, "gauge", r.metric("parley_quarantined"), 1)
		want(t, "released", r.node.Release(a), true)
		want(t, "after", r.reply(a, "none"), "ok: have 1")
		want(t, "gauge", r.metric("parley_quarantined"), 0)
	})
}

func TestEffects(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		a, b := toyRef(1), toyRef(2)
		send := func(text string) chan actors.Answer {
			return r.send(a, id.ID{}, "send %d %s %s", id.Identity, b, text)
		}
		want(t, "awaited", show(<-send("add one")), "ok: told 1 one")
		want(t, "refused", show(<-send("refuse")), "toy_no: told have 1")
		want(t, "target", r.view(b), "one")

		// nobody answers for a while: it is sent again until it is done, once
		r.tap.set(lose(2))
		want(t, "over refused batches", show(<-send("add two")), "ok: told 2 two")
		r.tap.set(nil)
		want(t, "target", r.view(b), "one|two")
		time.Sleep(time.Second)
		want(t, "unfinished", r.metric("parley_effects"), 0)

		// a verdict that leads to nothing is marked by the shard
		quiet := send("add quiet")
		time.Sleep(time.Second)
		want(t, "unfinished after a quiet verdict", r.metric("parley_effects"), 0)
		<-quiet

		// the target is in quarantine: parked after a minute, the source is told, an operator retries
		for range 3 {
			r.reply(b, "panic")
		}
		parked := send("add three")
		time.Sleep(50 * time.Second)
		want(t, "not parked yet", r.metric("parley_effects_parked"), 0)
		time.Sleep(20 * time.Second)
		want(t, "parked", r.metric("parley_effects_parked"), 1)
		want(t, "its asker", show(<-parked), actors.ErrUnknown.Error())
		if v := r.view(a); !strings.Contains(v, "verdict parked") {
			t.Errorf("the source was not told: %s", v)
		}
		r.node.Release(b)
		ok, err := r.node.RetryEffect(context.Background(), a, 5)
		want(t, "retry", ok && err == nil, true)
		time.Sleep(time.Second)
		want(t, "parked", r.metric("parley_effects_parked"), 0)
		want(t, "target", r.view(b), "one|two|quiet|three")
	})
}

// Effects and their verdicts survive kills at any moment: the target does each once, the source hears of each once.
func TestEffectsOverKills(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, jopt: slowCommit}
		r.fs = newFS()
		r.start()
		defer func() { r.stop() }()
		rng := rand.New(rand.NewPCG(3, 4))
		const n = 9
		for i := range n {
			r.send(toyRef(1), key(i), "send %d %s add x%d", id.Identity, toyRef(2), i)
			time.Sleep(time.Duration(rng.IntN(20)) * time.Millisecond)
			if i%3 == 2 {
				r.kill()
			}
		}
		time.Sleep(10 * time.Second)
		a, b := strings.Split(r.view(toyRef(1)), "|"), strings.Split(r.view(toyRef(2)), "|")
		sent, told := map[string]int{}, 0
		for _, l := range a {
			if x, ok := strings.CutPrefix(l, "sent add "); ok {
				sent[x]++
			}
			if strings.HasPrefix(l, "verdict") {
				told++
			}
		}
		slices.Sort(b)
		want(t, "each done once", len(slices.Compact(slices.Clone(b))), len(b))
		want(t, "all sent are done", len(b), len(sent))
		want(t, "all told", told, len(sent))
	})
}

// recorder is a sink that keeps what it is told.
type recorder struct {
	mu    sync.Mutex
	view  string
	lines []string
	seqs  []uint64
	lost  error
	opens int
}

func (r *recorder) Opened(v event.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.opens++
	r.view = v.(*word).text
}

func (r *recorder) Events(list []event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range list {
		r.lines = append(r.lines, e.Body.(*word).text)
		r.seqs = append(r.seqs, e.Seq)
	}
}

func (r *recorder) View(event.Message)       {}
func (r *recorder) Volatile(actors.Volatile) {}
func (r *recorder) Lost(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lost = err
}

// all is the view and the events behind it, as one list.
func (r *recorder) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.view == "" {
		return r.lines
	}
	return append(strings.Split(r.view, "|"), r.lines...)
}

// Followers come and go under load, over refused batches: each sees everything once, in order.
func TestSubscribersSeeNoGap(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.reply(toyRef(1), "add x0")
		r.tap.set(lose(9))
		var sinks []*recorder
		const n = 200
		for i := 1; i < n; i++ {
			r.send(toyRef(1), key(i), "add x%d", i)
			if i%20 == 5 {
				s := &recorder{}
				sinks = append(sinks, s)
				cancel := r.node.Subscribe(toyRef(1), s)
				if i%40 == 5 {
					time.Sleep(time.Millisecond)
					cancel()
				}
			}
			if i%11 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
		time.Sleep(time.Second)
		complete := 0
		for _, s := range sinks {
			list := s.all()
			for i, line := range list {
				if line != fmt.Sprintf("x%d", i) {
					t.Fatalf("line %d is %s", i, line)
				}
			}
			if len(list) == n {
				complete++
			}
		}
		want(t, "followers that stayed", complete, 5)

		unknown := &recorder{}
		r.node.Subscribe(toyRef(99), unknown)
		synctest.Wait()
		if unknown.lost == nil || unknown.opens > 0 {
			t.Error("an entity that does not exist can be followed")
		}
		r.stop()
		for i, s := range sinks {
			if i%2 == 1 && s.lost != actors.ErrNotHere {
				t.Errorf("follower %d was not told of the end: %v", i, s.lost)
			}
		}
	})
}
