package journal

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/errors/oserror"
	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"

	"parley/engine/id"
)

// Where the log of a new shard begins: as if a snapshot of index 10 in term 5 had been installed, so that a replica that
// joins later can only start from a snapshot and learns the group's members from it.
const (
	firstTerm  = 5
	firstIndex = 11
)

// Host keeps the log and the state of all shards of this node, one replica each. Methods are safe for concurrent use.
type Host struct {
	opts Options
	fs   vfs.FS
	lock io.Closer
	db   *pebble.DB

	started    atomic.Bool
	created    bool // this Open made the folder: its first term is already the term of creation
	cluster    id.ID
	node       id.ID
	clusterKey [32]byte

	shards  [id.Shards]shard
	queue   queue
	applies applyQueue
	cache   metaCache
	metrics *metrics
	disk    diskProbe
	rng     struct {
		sync.Mutex
		io.Reader
	}

	life life
	dead atomic.Pointer[error] // what ended the host: nothing is answered after it
	done sync.WaitGroup
}

// shard is what the host keeps in memory of one group.
type shard struct {
	term    atomic.Uint64 // the term this node leads in, 0 before Start
	open    atomic.Bool   // an entry of that term is applied
	applied atomic.Uint64

	hard  hardState // writer's, once started
	last  uint64    // writer's: index of the last entry
	log   logSize   // writer's
	state applied   // apply goroutine's

	wakes  wakeMark
	expiry expiryMark
}

// Open claims the data folder, creates it when it is missing or empty, and brings the state up to the end of the log.
// Nothing may be proposed before Start. The caller ends it with Close.
//
// Errors: ErrLocked, ErrForeign, ErrNewer, ErrCorrupt, each saying what to do.
func Open(opts Options) (*Host, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	opts.EnsureDefaults()
	h := &Host{opts: opts, fs: freshFS{opts.FS}}
	h.rng.Reader = opts.Rand
	h.queue.init()
	h.applies.init()
	h.cache.init()
	state, lock, err := claimFolder(h.fs, opts.Dir)
	if err != nil {
		return nil, err
	}
	h.lock = lock
	h.disk = diskProbe{free: opts.FreeBytes, reserve: opts.ReserveBytes, now: opts.Now}
	if h.disk.free == nil {
		h.disk.free = func() (int64, error) { return freeBytes(h.fs, opts.Dir) }
	}
	if err := h.openDB(state); err != nil {
		h.release()
		return nil, err
	}
	h.metrics = newMetrics(opts.Registerer, &h.disk)
	return h, nil
}

func (h *Host) openDB(state folderState) error {
	if err := checkTail(h.fs, h.fs.PathJoin(h.opts.Dir, dbName)); err != nil {
		return err
	}
	db, err := pebble.Open(h.fs.PathJoin(h.opts.Dir, dbName), h.pebbleOptions())
	if err != nil {
		return openError(h.opts.Dir, err)
	}
	h.db = db
	if state != folderReady {
		if err := h.create(); err != nil {
			return err
		}
	}
	if err := h.readNode(); err != nil {
		return err
	}
	if err := h.openShards(); err != nil {
		return err
	}
	return h.replay()
}

// openError names the remedy for what Pebble says.
func openError(dir string, err error) error {
	if pebble.IsCorruptionError(err) || oserror.IsNotExist(err) {
		return corrupt("the database in %s: %v", dir, err)
	}
	return fmt.Errorf("journal: open the database in %s: %w", dir, err)
}

// pebbleOptions: one large memtable and no wait before a sync, as measured: a 4 MB memtable costs a third of the rate,
// a minimum interval between syncs two thirds; batches form by themselves.
func (h *Host) pebbleOptions() *pebble.Options {
	o := &pebble.Options{
		FS:                          h.fs,
		Logger:                      pebbleLog{h.opts.Logger, h.fatal},
		FormatMajorVersion:          pebble.FormatNewest,
		MemTableSize:                uint64(h.opts.MemTableBytes),
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       8,
		L0StopWritesThreshold:       24,
		CacheSize:                   int64(h.opts.CacheBytes),
	}
	for i := range o.Levels {
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	return o
}

// fatal ends the host: from here on nothing is answered.
func (h *Host) fatal(err error) {
	h.dead.CompareAndSwap(nil, &err)
	h.queue.stop()
	h.opts.Fatal(err)
}

// check tells a reader's error; one that means damage ends the process.
func (h *Host) check(err error) error {
	if err == nil {
		return nil
	}
	if pebble.IsCorruptionError(err) {
		err = corrupt("%v", err)
	}
	if errors.Is(err, ErrCorrupt) {
		h.fatal(err)
	}
	return err
}

// Start opens all shards in a new term, which is on disk before anything else is written, and tells Watcher.Lead of each
// as soon as the first entry of that term is applied. It does not wait for that.
func (h *Host) Start() error {
	if !h.started.CompareAndSwap(false, true) {
		panic("journal: Start called twice")
	}
	if err := h.raiseTerms(); err != nil {
		return err
	}
	items := make([]*item, id.Shards)
	for s := range items {
		h.shards[s].term.Store(h.shards[s].hard.term)
		items[s] = &item{shard: uint16(s), at: h.opts.Now()}
	}
	h.done.Add(2)
	go h.writeLoop()
	go h.applyLoop()
	return h.queue.open(items)
}

func (h *Host) raiseTerms() error {
	if h.created {
		return nil
	}
	b := h.db.NewBatch()
	defer b.Close()
	for s := range h.shards {
		h.shards[s].hard.term++
		if err := b.Set(shardKey(rangeHard, uint16(s)), h.shards[s].hard.value(), nil); err != nil {
			return fmt.Errorf("journal: raise term of shard %d: %w", s, err)
		}
	}
	if err := h.db.Apply(b, pebble.Sync); err != nil {
		return fmt.Errorf("journal: raise terms: %w", err)
	}
	return nil
}

// Close writes and applies what was accepted, answers it, and closes the folder. Later calls return ErrStopped.
func (h *Host) Close() error {
	h.queue.stop()
	h.done.Wait()
	if !h.life.end() {
		return ErrStopped
	}
	return h.release()
}

func (h *Host) release() error {
	var errs []error
	if h.db != nil {
		if h.dead.Load() == nil {
			// A write-ahead log's last block cannot tell decay from a write that was cut; a table can.
			errs = append(errs, h.db.Flush(), h.db.Close())
		}
	}
	h.metrics.unregister()
	errs = append(errs, h.lock.Close())
	return errors.Join(errs...)
}

// read holds the database open for one reader; its return is called when the reader is done.
func (h *Host) read() (func(), error) {
	if h.dead.Load() != nil || !h.life.enter() {
		return nil, ErrStopped
	}
	return h.life.readers.Done, nil
}

// life counts readers, so that Close waits for them. Not a read-write lock: a reader may read again while Close waits.
type life struct {
	readers sync.WaitGroup
	mu      struct {
		sync.Mutex
		closed bool
	}
}

func (l *life) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mu.closed {
		return false
	}
	l.readers.Add(1)
	return true
}

// end is false when it was called before.
func (l *life) end() bool {
	l.mu.Lock()
	was := l.mu.closed
	l.mu.closed = true
	l.mu.Unlock()
	l.readers.Wait()
	return !was
}

// ClusterKey is the secret under which derived identifiers are made: the same on all nodes, kept in shard 0.
func (h *Host) ClusterKey() [32]byte { return h.clusterKey }

// ClusterID names the cluster this folder belongs to.
func (h *Host) ClusterID() id.ID { return h.cluster }

// NodeID names this folder's node: random, made with the folder.
func (h *Host) NodeID() id.ID { return h.node }

// Term returns the term this node leads the shard in, 0 before Start.
func (h *Host) Term(shard uint16) uint64 {
	if int(shard) >= len(h.shards) {
		return 0
	}
	return h.shards[shard].term.Load()
}
