// Package journaltest opens journals in memory for the tests of other packages. They work inside a synctest bubble.
package journaltest

import (
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"parley/cluster/journal"
	"parley/engine/id"
)

// Dir is the data folder on a memory file system.
const Dir = "/parley"

// Open opens and starts a host on a new memory file system and closes it with the test. change may be nil; it sees the
// options before they are used.
func Open(t testing.TB, change func(*journal.Options)) *journal.Host {
	t.Helper()
	return OpenOn(t, vfs.NewMem(), change)
}

// OpenOn is Open on a given file system: to restart on what an earlier host left.
func OpenOn(t testing.TB, fs vfs.FS, change func(*journal.Options)) *journal.Host {
	t.Helper()
	o := Options(fs)
	if change != nil {
		change(&o)
	}
	led := make(chan struct{})
	count, lead := 0, o.Watcher.Lead
	o.Watcher.Lead = func(l journal.Leadership) {
		if lead != nil {
			lead(l)
		}
		if count++; count == id.Shards {
			close(led)
		}
	}
	h, err := journal.Open(o)
	if err != nil {
		t.Fatalf("open journal: %v", err)
	}
	t.Cleanup(func() { h.Close() }) // a second Close says ErrStopped: the test may have closed it
	if err := h.Start(); err != nil {
		t.Fatalf("start journal: %v", err)
	}
	<-led
	return h
}

// Options are small buffers on fs and no disk reserve.
func Options(fs vfs.FS) journal.Options {
	return journal.Options{Dir: Dir, FS: fs, MemTableBytes: 1 << 20, CacheBytes: 1 << 20, ReserveBytes: -1}
}

// Commit proposes a batch and waits for its end.
func Commit(t testing.TB, h *journal.Host, b *journal.Batch) journal.Result {
	t.Helper()
	got := make(chan journal.Result, 1)
	if err := h.Propose(journal.Proposal{Batch: b, Done: func(r journal.Result) { got <- r }}); err != nil {
		t.Fatalf("propose: %v", err)
	}
	return <-got
}
