package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"parley/cluster/journal"
	"parley/cluster/journal/journaltest"
)

// proposeAll sends batches of one conversation without waiting between them and waits for all.
func proposeAll(t *testing.T, h *journal.Host, count, size int) {
	t.Helper()
	ends := make(chan struct{}, count)
	inFlight := 0
	for v := range uint64(count) {
		b := event(h, conv(1), v)
		b.Events[0].Data = append(b.Events[0].Data, make([]byte, size)...)
		for {
			err := h.Propose(journal.Proposal{Batch: b, Done: func(r journal.Result) {
				if r.Outcome != journal.Applied {
					t.Errorf("version %d: %+v", v, r)
				}
				ends <- struct{}{}
			}})
			if err == nil {
				break
			}
			if inFlight == 0 {
				t.Fatalf("version %d: %v with nothing in flight", v, err)
			}
			<-ends // busy: the bounds hold until one has ended
			inFlight--
		}
		inFlight++
	}
	for range inFlight {
		<-ends
	}
}

// State is written without a sync: after a power loss it is made again from the log, to the same hash.
func TestReplayLeadsToTheSameState(t *testing.T) {
	fs := vfs.NewCrashableMem()
	h := journaltest.OpenOn(t, fs, nil)
	const count = 100
	proposeAll(t, h, count, 0)
	clone := fs.CrashClone(vfs.CrashCloneCfg{})
	h.Close()
	var log bytes.Buffer
	o := journaltest.Options(clone)
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	again, err := journal.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	again.Close() // never started: no entry of its own
	if !strings.Contains(log.String(), "log replayed") {
		t.Error("nothing was replayed: the state was synced, this test proves nothing")
	}
	index, term, hash := journal.StateHash(h, shard7)
	if i, tm, hs := journal.StateHash(again, shard7); i != index || tm != term || hs != hash || i != 11+count {
		t.Errorf("replayed to %d/%d %x, was %d/%d %x", i, tm, hs, index, term, hash)
	}
}

// A long log is cut, by entries and by bytes, and what is left still opens.
func TestLogIsTruncated(t *testing.T) {
	tests := []struct {
		name             string
		count, size      int
		minKept, maxKept int
	}{
		{"short", 1000, 0, 1001, 1001},
		{"by entries", 4000, 0, 2000, 2600},
		{"by bytes", 80, 100 << 10, 20, 60},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if raceEnabled && tt.name != "short" {
				t.Skip("thousands of entries or megabytes: without the race detector")
			}
			fs := vfs.NewMem()
			h := journaltest.OpenOn(t, fs, nil)
			proposeAll(t, h, tt.count-1, tt.size)
			journaltest.Commit(t, h, event(h, conv(1), uint64(tt.count-1))) // a cut rides on the round behind
			h.Close()
			var first, last uint64
			kept := 0
			edit(t, fs, func(db *pebble.DB) error {
				it, err := db.NewIter(&pebble.IterOptions{LowerBound: []byte("L\x00\x07"), UpperBound: []byte("L\x00\x08")})
				if err != nil {
					return err
				}
				for valid := it.First(); valid; valid = it.Next() {
					var n uint64
					for _, b := range it.Key()[3:] {
						n = n<<8 | uint64(b)
					}
					if kept++; first == 0 {
						first = n
					}
					last = n
				}
				return it.Close()
			})
			if kept < tt.minKept || kept > tt.maxKept || last != uint64(11+tt.count) || int(last-first)+1 != kept {
				t.Errorf("kept %d entries, %d to %d, want %d to %d of them", kept, first, last, tt.minKept, tt.maxKept)
			}
			h = journaltest.OpenOn(t, fs, nil)
			l, err := h.Load(shard7, conv(1), none)
			if err != nil || l.Version != uint64(tt.count) || len(l.Events) != tt.count {
				t.Errorf("after it: %v, version %d, %d events", err, l.Version, len(l.Events))
			}
			if r := journaltest.Commit(t, h, event(h, conv(1), uint64(tt.count))); r.Outcome != journal.Applied {
				t.Errorf("after it: %+v", r)
			}
		})
	}
}

// Whatever bit decays in a folder that was closed: it is refused, or a read finds it, or nothing is missing.
func TestDecayInAClosedFolderIsFound(t *testing.T) {
	fs := vfs.NewMem()
	h := journaltest.OpenOn(t, fs, nil)
	const count = 20
	for v := range uint64(count) {
		journaltest.Commit(t, h, event(h, conv(1), v))
	}
	h.Close()
	names, err := fs.List(journaltest.Dir + "/db")
	if err != nil {
		t.Fatal(err)
	}
	step, found := int64(397), 0
	if raceEnabled {
		step = 1997
	}
	for _, n := range names {
		name := journaltest.Dir + "/db/" + n
		for at := int64(0); at < fileSize(t, fs, name); at += step {
			damaged := vfs.NewMem()
			if _, err := vfs.Clone(fs, damaged, journaltest.Dir, journaltest.Dir); err != nil {
				t.Fatal(err)
			}
			flip(t, damaged, name, at)
			if err := intact(damaged, count); err != nil {
				if found++; !errors.Is(err, journal.ErrCorrupt) {
					t.Errorf("%s, byte %d: %v", n, at, err)
				}
			}
		}
	}
	t.Logf("%d of the flips did harm, each found", found)
}

// After kill -9 all is in the write-ahead log. A flip in it is found as long as a later write vouches for the place; the very
// last round has nobody to vouch for it.
func TestDecayAfterKillIsFoundUpToTheLastRound(t *testing.T) {
	fs := vfs.NewCrashableMem()
	h := journaltest.OpenOn(t, fs, nil)
	const count = 20
	for v := range uint64(count) {
		journaltest.Commit(t, h, event(h, conv(1), v))
	}
	clone := fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rand.New(rand.NewPCG(1, 1))})
	h.Close()
	name := walName(t, clone)
	step, found := int64(79), 0
	if raceEnabled {
		step = 599
	}
	for at := int64(0); at < fileSize(t, clone, name); at += step {
		damaged := vfs.NewMem()
		if _, err := vfs.Clone(clone, damaged, journaltest.Dir, journaltest.Dir); err != nil {
			t.Fatal(err)
		}
		flip(t, damaged, name, at)
		if err := intact(damaged, count); errors.Is(err, journal.ErrCorrupt) {
			found++
		} else if err != nil && !strings.Contains(err.Error(), fmt.Sprint("version ", count-1)) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
	if found == 0 {
		t.Error("no flip was found")
	}
	t.Logf("%d flips found", found)
}

// intact opens and reads everything of the conversation.
func intact(fs vfs.FS, count uint64) error {
	o := journaltest.Options(fs)
	o.Fatal = func(error) {} // the read that found the damage tells it too
	h, err := journal.Open(o)
	if err != nil {
		return errors.Join(journal.ErrCorrupt, err) // refused, with whatever words
	}
	defer h.Close()
	l, err := h.Load(shard7, conv(1), none)
	if err != nil {
		return err
	}
	if l.Version != count {
		return fmt.Errorf("opened at version %d", l.Version)
	}
	return eventsWhole(l)
}

func eventsWhole(l journal.Loaded) error {
	for n, ev := range l.Events {
		if string(ev.Data) != fmt.Sprintf("event %d", n+1) {
			return fmt.Errorf("event %d is %+v", n+1, ev)
		}
	}
	if uint64(len(l.Events)) != l.Version {
		return fmt.Errorf("%d events", len(l.Events))
	}
	return nil
}

func fileSize(t *testing.T, fs vfs.FS, name string) int64 {
	t.Helper()
	st, err := fs.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return st.Size()
}

func flip(t *testing.T, fs vfs.FS, name string, at int64) {
	t.Helper()
	f, err := fs.OpenReadWrite(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 0x10
	if _, err := f.WriteAt(b[:], at); err != nil {
		t.Fatal(err)
	}
}

func walName(t *testing.T, fs vfs.FS) string {
	t.Helper()
	names, err := fs.List(journaltest.Dir + "/db")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	for _, n := range slices.Backward(names) {
		if strings.HasSuffix(n, ".log") {
			return journaltest.Dir + "/db/" + n
		}
	}
	t.Fatal("no write-ahead log")
	return ""
}
