package journal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/prometheus/client_golang/prometheus"
)

// DefaultReserve is how much free space stays untouched for everything that is not a new command: 512 MB.
const DefaultReserve = 512 << 20

// Options is what a Host is made of. Only Dir has no default.
type Options struct {
	Dir        string                // data folder, created when missing
	FS         vfs.FS                // nil: the machine's own
	Now        func() time.Time      // nil: the wall clock
	Rand       io.Reader             // for node id, cluster id and key, names of temporary files; nil: crypto/rand
	Logger     *slog.Logger          // nil: discarded
	Registerer prometheus.Registerer // nil: metrics are kept and not published
	Watcher    Watcher               // each function may be nil

	ReserveBytes int64                 // below this much free space commands get ErrDiskFull. 0: DefaultReserve, negative: off
	FreeBytes    func() (int64, error) // free space of Dir's disk; nil: asked of FS (a memory FS has no bound)

	MemTableBytes int // Pebble's memtable, 0: 64 MB
	CacheBytes    int // Pebble's block cache, 0: 64 MB

	// Fatal ends the process: after a failed fsync, a bad checksum or a broken database nothing may be answered any
	// more. It should not return; when it does the host stays dead and answers nothing. nil: panics.
	Fatal  func(error)
	Faults Faults // planted faults of tests; the zero value is the product
}

// Faults plants the faults that tests must catch.
type Faults struct {
	AckBeforeSync  bool   // Applied is told although the entry was never synced
	NoVersionFence bool   // a batch decided on another version is applied
	NoEpochFence   bool   // a batch decided in another term is applied
	BeforeCommit   func() // called by the writer before each commit: widens the window between decide and commit
}

// EnsureDefaults fills in what was left out. It is called by Open.
func (o *Options) EnsureDefaults() {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Watcher.Lead == nil {
		o.Watcher.Lead = func(Leadership) {}
	}
	if o.Watcher.Applied == nil {
		o.Watcher.Applied = func(uint16, Entry) {}
	}
	if o.ReserveBytes == 0 {
		o.ReserveBytes = DefaultReserve
	}
	if o.MemTableBytes == 0 {
		o.MemTableBytes = 64 << 20
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 64 << 20
	}
	if o.Fatal == nil {
		o.Fatal = func(err error) { panic(err) }
	}
}

// Validate lists every fault of the options and changes nothing.
func (o *Options) Validate() error {
	var errs []error
	if o.Dir == "" {
		errs = append(errs, errors.New("journal: Dir: a data folder is needed"))
	}
	if o.MemTableBytes < 0 || o.MemTableBytes > 1<<30 {
		errs = append(errs, fmt.Errorf("journal: MemTableBytes: %d is not between 0 and 1 GB", o.MemTableBytes))
	}
	if o.CacheBytes < 0 {
		errs = append(errs, fmt.Errorf("journal: CacheBytes: %d is negative", o.CacheBytes))
	}
	return errors.Join(errs...)
}
