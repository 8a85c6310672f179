package actors_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"go.uber.org/goleak"

	"parley/actors"
	"parley/cluster/journal"
	"parley/engine/id"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// acked asks for lines while the disk is slow, pulls the plug in the middle and counts what was acknowledged and is not
// there afterwards.
func acked(t *testing.T, f actors.Faults) (missing int) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, fs: newFS(), jopt: slowCommit, opts: func(o *actors.Options) { o.Faults = f }}
		r.start()
		defer func() { r.stop() }()
		var mu sync.Mutex
		told := map[string]bool{}
		for round := range 2 {
			for i := range 20 {
				line := fmt.Sprintf("x%d.%d", round, i)
				r.node.Ask(actors.Ask{Target: toyRef(i % 3), By: sender, Body: say("add %s", line), Done: func(a actors.Answer) {
					mu.Lock()
					defer mu.Unlock()
					told[line] = told[line] || a.Err == nil
				}})
				time.Sleep(time.Millisecond)
			}
			mu.Lock()
			sure := len(told)
			mu.Unlock()
			if sure == 0 {
				t.Error("nothing was acknowledged")
			}
			r.kill()
		}
		var all []string
		for n := range 3 {
			all = append(all, strings.Split(r.view(toyRef(n)), "|")...)
		}
		for line, ok := range told {
			if ok && !strings.Contains("|"+strings.Join(all, "|")+"|", "|"+line+"|") {
				missing++
			}
		}
	})
	return missing
}

// What was acknowledged survives kills; with answers before their ground it does not, and the test sees it.
func TestAcknowledgedSurvives(t *testing.T) {
	want(t, "missing", acked(t, actors.Faults{}), 0)
	if acked(t, actors.Faults{AnswerBeforeGround: true}) == 0 {
		t.Error("answers before their ground were not caught")
	}
}

// doubled repeats each key, before and after the answer, and counts lines that are there twice.
func doubled(t *testing.T, f actors.Faults) (twice int) {
	bubble(t, func(o *actors.Options) { o.Faults = f }, func(r *rig) {
		for i := range 10 {
			first := r.send(toyRef(1), key(i), "add x%d", i)
			again := r.send(toyRef(1), key(i), "add x%d", i)
			<-first
			<-again
			<-r.send(toyRef(1), key(i), "add x%d", i)
		}
		seen := map[string]bool{}
		for _, l := range strings.Split(r.view(toyRef(1)), "|") {
			if seen[l] {
				twice++
			}
			seen[l] = true
		}
	})
	return twice
}

func TestRepeatsAreOnce(t *testing.T) {
	want(t, "doubled", doubled(t, actors.Faults{}), 0)
	if doubled(t, actors.Faults{DedupeOff: true}) == 0 {
		t.Error("dedupe off was not caught")
	}
}

// Overload is answered, not queued: clients get busy at three quarters of a bound, and everything else goes on.
func TestOverload(t *testing.T) {
	bubble(t, func(o *actors.Options) { o.EntityCap, o.FlightCap = 40, 4 }, func(r *rig) {
		release := make(chan struct{})
		var once sync.Once
		r.tap.set(func(p journal.Proposal, pass func(journal.Proposal) error) error {
			go func() { <-release; _ = pass(p) }()
			return nil
		})
		var answers []chan actors.Answer
		for i := range 100 {
			answers = append(answers, r.send(toyRef(1), key(i), "add x"))
		}
		synctest.Wait()
		busy := 0
		for _, c := range answers {
			select {
			case a := <-c:
				if a.Err != actors.ErrBusy || a.RetryAfter <= 0 {
					t.Fatal(show(a))
				}
				busy++
			default:
			}
		}
		if busy < 60 || busy > 70 {
			t.Errorf("%d of 100 were busy", busy)
		}
		r.tap.set(nil)
		once.Do(func() { close(release) })
		time.Sleep(time.Second)
		want(t, "lines", strings.Count(r.view(toyRef(1)), "x"), 100-busy)
	})
}

// The log has no room for a while: batches wait and keep their order.
func TestLogBusy(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		full := true
		var mu sync.Mutex
		r.tap.set(func(p journal.Proposal, pass func(journal.Proposal) error) error {
			mu.Lock()
			defer mu.Unlock()
			if full {
				return journal.ErrBusy
			}
			return pass(p)
		})
		first := r.send(toyRef(1), id.ID{}, "add one")
		second := r.send(toyRef(1), id.ID{}, "add two")
		time.Sleep(200 * time.Millisecond)
		mu.Lock()
		full = false
		mu.Unlock()
		want(t, "first", show(<-first), "ok: 1 one")
		want(t, "second", show(<-second), "ok: 2 two")
	})
}

func TestDiskFull(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.reply(toyRef(1), "add one")
		r.reply(toyRef(1), "wake 2000")
		r.tap.set(func(p journal.Proposal, pass func(journal.Proposal) error) error {
			if p.Batch.Entity.Kind == id.Shard {
				return pass(p)
			}
			return journal.ErrDiskFull
		})
		want(t, "full", r.reply(toyRef(1), "add two"), actors.ErrDiskFull.Error())
		want(t, "still", r.reply(toyRef(1), "add two"), actors.ErrDiskFull.Error())
		want(t, "reads go on", r.view(toyRef(1)), r.view(toyRef(1)))
		time.Sleep(5 * time.Second)
		r.tap.set(nil)
		time.Sleep(2 * time.Second)
		want(t, "room again", r.reply(toyRef(1), "add three"), "ok: 4 three")
		if v := r.view(toyRef(1)); strings.Contains(v, "two") || !strings.Contains(v, "woke") {
			t.Errorf("view %s", v)
		}
	})
}

// Numbers people see are unique over entities and kills, k x 128 + shard.
func TestNumbers(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		seen := map[int]bool{}
		for i := range 90 {
			if i == 40 {
				r.kill()
			}
			var n int
			target := toyRef(i % 5)
			r.reply(target, "number")
			v := r.view(target)
			fmt.Sscanf(v[strings.LastIndexByte(v, '|')+1:], "number %d", &n)
			if seen[n] || n == 0 || n%id.Shards != int(id.ShardOf(target.Kind, target.ID)) {
				t.Fatalf("number %d", n)
			}
			seen[n] = true
		}
	})
}

// A drain refuses what comes and ends what is under way.
func TestDrain(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		answers := []chan actors.Answer{r.send(toyRef(1), id.ID{}, "add one"), r.send(toyRef(2), id.ID{}, "send %d %s add two", id.Identity, toyRef(1))}
		if err := r.node.Drain(context.Background()); err != nil {
			t.Fatal(err)
		}
		for _, c := range answers {
			if s := show(<-c); !strings.HasPrefix(s, "ok") {
				t.Error(s)
			}
		}
		want(t, "after", r.reply(toyRef(1), "add three"), actors.ErrStopped.Error())
	})
}

func TestMetrics(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.reply(toyRef(1), "add one")
		r.reply(toyRef(1), "panic")
		all, err := r.reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		problems, err := promlint.NewWithMetricFamilies(all).Lint()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	})
}
