package journal_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"parley/cluster/journal"
	"parley/cluster/journal/journaltest"
	"parley/engine/id"
)

// ledger is what the outside world knows of a run: per conversation, up to which seq an ack was told.
type ledger struct {
	mu struct {
		sync.Mutex
		acked map[id.Ref]uint64
		left  int // acks until enough is closed
	}
	enough chan struct{}
}

func (l *ledger) ack(e id.Ref, seq uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mu.acked[e] = max(l.mu.acked[e], seq)
	if l.mu.left--; l.mu.left == 0 {
		close(l.enough)
	}
}

func (l *ledger) copy() map[id.Ref]uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[id.Ref]uint64{}
	for e, v := range l.mu.acked {
		out[e] = v
	}
	return out
}

// write keeps a few batches of one conversation in flight until stop, from the version it had when the host was opened.
func (l *ledger) write(h *journal.Host, e id.Ref, version uint64, stop *atomic.Bool) {
	slots := make(chan struct{}, 8)
	for ; !stop.Load(); version++ {
		slots <- struct{}{}
		b := event(h, e, version)
		seq := version + 1
		b.Rows = []journal.Row{{Sub: journal.SubRows, Value: fmt.Append(nil, seq)}, {Sub: journal.SubRows, Rest: []byte{byte(seq % 4)}, Value: fmt.Append(nil, seq)}}
		b.Effects = []journal.Effect{{Seq: seq, Data: fmt.Append(nil, seq)}}
		if seq > 3 {
			b.Finished = []journal.EffectRef{{Entity: e, Seq: seq - 3}}
		}
		b.Wake = journal.Wake{Set: true, Due: time.UnixMilli(int64(1_000_000 + seq))}
		err := h.Propose(journal.Proposal{Batch: b, Done: func(r journal.Result) {
			if r.Outcome == journal.Applied {
				l.ack(e, seq)
			}
			<-slots
		}})
		if err != nil {
			return
		}
	}
}

// check opens what a power loss left and says what is wrong with it: an ack that is missing, or a batch that is there in part.
func check(t *testing.T, fs vfs.FS, acked map[id.Ref]uint64) (h *journal.Host, lost int, err error) {
	t.Helper()
	h = journaltest.OpenOn(t, fs, nil)
	for e, want := range acked {
		l, err := h.Load(shard7, e, none)
		if err != nil {
			return h, 0, err
		}
		if l.Version < want {
			lost++
		}
		if err := whole(h, e, l); err != nil {
			return h, lost, fmt.Errorf("%s at version %d, acked %d: %w", e, l.Version, want, err)
		}
	}
	return h, lost, nil
}

// whole compares everything a conversation left with what its version says.
func whole(h *journal.Host, e id.Ref, l journal.Loaded) error {
	v := l.Version
	if uint64(len(l.Events)) != v {
		return fmt.Errorf("%d events", len(l.Events))
	}
	for n, ev := range l.Events {
		if want := uint64(n + 1); ev.Seq != want || ev.Pub != want || string(ev.Data) != fmt.Sprintf("event %d", want) {
			return fmt.Errorf("event %d is %+v", want, ev)
		}
	}
	if v == 0 {
		return nil
	}
	pubs, err := h.EventsByPub(shard7, e, 0, 0)
	if err != nil || uint64(len(pubs)) != v {
		return fmt.Errorf("%d public events: %v", len(pubs), err)
	}
	if string(l.Rows[0].Value) != fmt.Sprint(v) || uint64(len(l.Rows)) != 1+min(v, 4) {
		return fmt.Errorf("rows %v", l.Rows)
	}
	if l.EffectSeq != v || uint64(len(l.Effects)) != min(v, 3) || l.Effects[len(l.Effects)-1].Seq != v {
		return fmt.Errorf("effects up to %d: %+v", l.EffectSeq, l.Effects)
	}
	if want := time.UnixMilli(int64(1_000_000 + v)).UTC(); !l.Wake.Equal(want) {
		return fmt.Errorf("wake-up %v", l.Wake)
	}
	due, err := h.DueWakes(shard7, time.UnixMilli(1<<40), journal.DueWake{}, 0)
	n := 0
	for _, d := range due {
		if d.Entity == e && d.Due.Equal(l.Wake) {
			n++
		}
	}
	if err != nil || n != 1 || len(due) > crashConvs {
		return fmt.Errorf("%d wake-ups, %d of it: %v", len(due), n, err)
	}
	return nil
}

const crashConvs = 6

// powerLoss runs one life of a node: writers, then at a random moment the power goes and a share of what was not synced is
// kept. It returns how many acked batches are missing afterwards and the disk of the next life.
func powerLoss(t *testing.T, rng *rand.Rand, fs *vfs.MemFS, acked map[id.Ref]uint64, faults journal.Faults) (*vfs.MemFS, map[id.Ref]uint64, int) {
	t.Helper()
	h := journaltest.OpenOn(t, fs, func(o *journal.Options) {
		o.Faults = faults
		o.MemTableBytes = 64 << 10 // flushes and compactions happen within the life
		// Memory syncs in no time: widen the window between decide and commit.
		o.Faults.BeforeCommit = func() {
			for range rand.IntN(50) {
				runtime.Gosched()
			}
		}
	})
	l := &ledger{enough: make(chan struct{})}
	l.mu.acked, l.mu.left = acked, 20+rng.IntN(300)
	var stop atomic.Bool
	var writers sync.WaitGroup
	for n := range crashConvs {
		e := conv(n)
		start, err := h.Load(shard7, e, none)
		if err != nil {
			t.Fatal(err)
		}
		writers.Go(func() { l.write(h, e, start.Version, &stop) })
	}
	<-l.enough
	// The acks are counted before the disk is copied: what is acked between belongs to neither.
	want := l.copy()
	keep := []int{0, 30, 70}[rng.IntN(3)]
	clone := fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: keep, RNG: rng})
	stop.Store(true)
	writers.Wait()
	h.Close()
	after, lost, err := check(t, clone, want)
	if err != nil {
		t.Fatalf("after a power loss that kept %d%%: %v", keep, err)
	}
	after.Close()
	return clone, want, lost
}

func sum(m map[id.Ref]uint64) (n uint64) {
	for _, v := range m {
		n += v
	}
	return n
}

func crashRounds(t *testing.T, seed uint64, rounds int, faults journal.Faults) (lost int, acks uint64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 0))
	fs, acked := vfs.NewCrashableMem(), map[id.Ref]uint64{}
	for range rounds {
		var n int
		fs, acked, n = powerLoss(t, rng, fs, acked, faults)
		if lost += n; n > 0 {
			break
		}
	}
	return lost, sum(acked)
}

func TestEveryAckSurvivesPowerLosses(t *testing.T) {
	seeds, lives := uint64(4), 6
	if raceEnabled {
		seeds, lives = 2, 4
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			lost, acks := crashRounds(t, seed, lives, journal.Faults{})
			if lost > 0 {
				t.Errorf("%d conversations lost acked batches", lost)
			}
			t.Logf("%d acks in %d lives, none lost", acks, lives)
		})
	}
}

func TestPlantedAckBeforeSyncIsCaught(t *testing.T) {
	for seed := range uint64(10) {
		if lost, _ := crashRounds(t, seed, 3, journal.Faults{AckBeforeSync: true}); lost > 0 {
			return
		}
	}
	t.Error("acks before the sync were not noticed in 30 power losses: this test proves nothing")
}

// A sync that failed ends the process: what it was for is never acked, nor anything after it.
func TestAFailedSyncEndsTheHost(t *testing.T) {
	var fail atomic.Bool
	fs := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if fail.Load() && (op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData) {
			return errors.New("input/output error")
		}
		return nil
	}))
	ended := make(chan error, 8)
	h := journaltest.OpenOn(t, fs, func(o *journal.Options) { o.Fatal = func(err error) { ended <- err } })
	journaltest.Commit(t, h, event(h, conv(1), 0))
	fail.Store(true)
	if err := h.Propose(journal.Proposal{Batch: event(h, conv(1), 1), Done: func(r journal.Result) { t.Errorf("answered: %+v", r) }}); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("no reason told")
	}
	fail.Store(false)
	if err := h.Propose(journal.Proposal{Batch: event(h, conv(1), 1)}); !errors.Is(err, journal.ErrStopped) {
		t.Errorf("propose after it: %v", err)
	}
	if _, err := h.Load(shard7, conv(1), none); !errors.Is(err, journal.ErrStopped) {
		t.Errorf("load after it: %v", err)
	}
	if h.Stats().Failed == nil {
		t.Error("stats do not tell")
	}
}
