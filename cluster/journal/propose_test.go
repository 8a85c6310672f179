package journal_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"go.uber.org/goleak"

	"parley/cluster/journal"
	"parley/cluster/journal/journaltest"
	"parley/engine/id"
)

// Each shard's Done and Applied come in log order, Done before Applied, and the index says so.
func TestEndsComeInLogOrder(t *testing.T) {
	const shards, each = 8, 200
	type end struct {
		index, version uint64
		outcome        journal.Outcome
		watched        bool
	}
	var mu sync.Mutex
	ends := map[uint16][]end{}
	var all sync.WaitGroup
	h := journaltest.Open(t, func(o *journal.Options) {
		o.Watcher.Applied = func(shard uint16, e journal.Entry) {
			mu.Lock()
			defer mu.Unlock()
			ends[shard] = append(ends[shard], end{e.Index, e.Batch.Version, journal.Applied, true})
			all.Done()
		}
	})
	for s := range uint16(shards) {
		all.Add(1)
		go func() {
			defer all.Done()
			var right uint64
			for n := range each {
				b := event(h, conv(1), right)
				b.Shard = s
				all.Add(1)
				if n%10 == 9 {
					b.Version += 5 // refused
				} else {
					all.Add(1)
					right++
				}
				version := b.Version
				if err := h.Propose(journal.Proposal{Batch: b, Done: func(r journal.Result) {
					mu.Lock()
					defer mu.Unlock()
					ends[s] = append(ends[s], end{r.Index, version, r.Outcome, false})
					all.Done()
				}}); err != nil {
					panic(err)
				}
			}
		}()
	}
	all.Wait()
	for s, got := range ends {
		var last uint64 = 11
		for n, e := range got {
			if e.watched {
				if before := got[n-1]; before.watched || before.index != e.index || before.outcome != journal.Applied {
					t.Fatalf("shard %d: applied %+v follows %+v", s, e, before)
				}
				continue
			}
			if e.index != last+1 {
				t.Fatalf("shard %d: end of %d after %d", s, e.index, last)
			}
			last = e.index
		}
		if last != 11+each {
			t.Errorf("shard %d: last end is %d", s, last)
		}
	}
}

// What is over a bound is refused before anything is queued; once there is room again it goes through.
func TestLimits(t *testing.T) {
	gate := make(chan struct{})
	var once sync.Once
	open := func() { once.Do(func() { close(gate) }) }
	started := false
	h := journaltest.Open(t, func(o *journal.Options) {
		o.MemTableBytes = 64 << 20
		o.Faults.BeforeCommit = func() {
			if started {
				<-gate
			}
		}
	})
	t.Cleanup(open)
	big := func(n int) *journal.Batch {
		b := event(h, conv(1), 0)
		b.Events[0].Data = make([]byte, n)
		return b
	}
	many := &journal.Batch{Shard: shard7, Entity: conv(1), Events: make([]journal.Event, 257)}
	effects := &journal.Batch{Shard: shard7, Entity: conv(1), Effects: make([]journal.Effect, 257)}
	for name, b := range map[string]*journal.Batch{"bytes": big(256 << 10), "events": many, "effects": effects} {
		if err := h.Propose(journal.Proposal{Batch: b}); !errors.Is(err, journal.ErrTooLarge) {
			t.Errorf("too many %s: %v", name, err)
		}
	}
	if err := h.Propose(journal.Proposal{Batch: &journal.Batch{Shard: 128}}); !errors.Is(err, journal.ErrNotLeader) {
		t.Errorf("shard 128: %v", err)
	}
	started = true
	var ends sync.WaitGroup
	fill := func(shard uint16, size int) (n int) {
		for ; n < 5000; n++ {
			b := big(size)
			b.Shard = shard
			ends.Add(1)
			if err := h.Propose(journal.Proposal{Batch: b, Done: func(journal.Result) { ends.Done() }}); err != nil {
				ends.Done()
				if !errors.Is(err, journal.ErrBusy) {
					t.Fatal(err)
				}
				return n
			}
		}
		return n
	}
	if n := fill(1, 1); n != 4096 {
		t.Errorf("a shard took %d small batches, want 4096", n)
	}
	if n := fill(2, 128<<10); n != 31 {
		t.Errorf("a shard took %d batches of 128 KB, want 31", n)
	}
	if !raceEnabled {
		for s := uint16(3); s < 40; s++ {
			fill(s, 128<<10)
		}
		if st := h.Stats(); st.InFlight > 64<<20 || st.InFlight < 63<<20 {
			t.Errorf("in flight: %d bytes, want just under 64 MB", st.InFlight)
		}
	}
	open()
	ends.Wait()
	if st := h.Stats(); st.InFlight != 0 || st.Waiting != 0 {
		t.Errorf("after the rush: %+v", st)
	}
	if r := journaltest.Commit(t, h, event(h, conv(2), 0)); r.Outcome != journal.Applied {
		t.Errorf("after the rush: %+v", r)
	}
}

func TestBelowTheReserveOnlyTheShardItselfWrites(t *testing.T) {
	free := int64(1 << 30)
	h := journaltest.Open(t, func(o *journal.Options) {
		o.ReserveBytes = 0 // the default
		o.FreeBytes = func() (int64, error) { return free, nil }
		o.Now = step()
	})
	journaltest.Commit(t, h, event(h, conv(1), 0))
	free = journal.DefaultReserve - 1
	if err := h.Propose(journal.Proposal{Batch: event(h, conv(1), 1)}); !errors.Is(err, journal.ErrDiskFull) {
		t.Errorf("a command: %v", err)
	}
	if _, _, err := h.PutFile(shard7, conv(1).ID, nil, 0); !errors.Is(err, journal.ErrDiskFull) {
		t.Errorf("an attachment: %v", err)
	}
	own := &journal.Batch{Shard: shard7, Entity: id.Ref{Kind: id.Shard}, Epoch: h.Term(shard7)}
	if r := journaltest.Commit(t, h, own); r.Outcome != journal.Applied {
		t.Errorf("the shard's own batch: %+v", r)
	}
	if l, err := h.Load(shard7, conv(1), none); err != nil || l.Version != 1 {
		t.Errorf("reading: %v %+v", err, l)
	}
	if st := h.Stats(); !st.DiskFull || st.DiskFree != free {
		t.Errorf("stats: %+v", st)
	}
	free = journal.DefaultReserve
	if r := journaltest.Commit(t, h, event(h, conv(1), 1)); r.Outcome != journal.Applied {
		t.Errorf("after room was made: %+v", r)
	}
}

func TestBeforeStartAndAfterClose(t *testing.T) {
	// A folder damaged by a test before this one keeps Pebble counting it, for as long as the process lives: Fatal returns
	// in tests alone.
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("github.com/cockroachdb/pebble/v2.(*DB).collectTableStats"))
	h, err := journal.Open(journaltest.Options(vfs.NewMem()))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Propose(journal.Proposal{Batch: event(h, conv(1), 0)}); !errors.Is(err, journal.ErrNotLeader) {
		t.Errorf("before start: %v", err)
	}
	h.ReadIndex(shard7, 5, func(err error) {
		if !errors.Is(err, journal.ErrNotLeader) {
			t.Errorf("read index before start: %v", err)
		}
	})
	if err := h.Start(); err != nil {
		t.Fatal(err)
	}
	ended := 0
	for v := range uint64(100) {
		if err := h.Propose(journal.Proposal{Batch: event(h, conv(1), v), Done: func(r journal.Result) {
			if r.Outcome == journal.Applied {
				ended++
			}
		}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(); err != nil || ended != 100 {
		t.Errorf("close: %v, %d of 100 batches were ended before it returned", err, ended)
	}
	if err := h.Propose(journal.Proposal{Batch: event(h, conv(1), 0)}); !errors.Is(err, journal.ErrStopped) {
		t.Errorf("propose after close: %v", err)
	}
	if _, err := h.Load(shard7, conv(1), none); !errors.Is(err, journal.ErrStopped) {
		t.Errorf("load after close: %v", err)
	}
	if err := h.Close(); !errors.Is(err, journal.ErrStopped) {
		t.Errorf("second close: %v", err)
	}
}

func TestReadIndexAnswersForTheTermOnly(t *testing.T) {
	h := journaltest.Open(t, nil)
	for term, want := range map[uint64]error{4: journal.ErrNotLeader, 5: nil, 6: journal.ErrNotLeader} {
		h.ReadIndex(shard7, term, func(err error) {
			if !errors.Is(err, want) {
				t.Errorf("term %d: %v, want %v", term, err, want)
			}
		})
	}
}

func TestOptionsListEveryFault(t *testing.T) {
	o := journal.Options{MemTableBytes: -1, CacheBytes: -1}
	err := o.Validate()
	if want := "Dir"; err == nil || len(fmt.Sprint(err)) == 0 {
		t.Fatalf("no fault found, want %s", want)
	}
	if u, ok := err.(interface{ Unwrap() []error }); !ok || len(u.Unwrap()) != 3 {
		t.Errorf("want three faults: %v", err)
	}
}
