package journal

import (
	"hash/crc32"
	"sync"
	"time"

	"parley/engine/id"
)

// The bounds of a batch and of what may be in flight.
const (
	maxBatchBytes   = 256 << 10
	maxBatchEvents  = 256
	maxBatchEffects = 256
	maxShardBatches = 4096
	maxShardBytes   = 4 << 20
	maxNodeBytes    = 64 << 20
)

// item is one entry on its way: proposed, written, applied, answered.
type item struct {
	shard   uint16
	batch   *Batch // nil: the first entry of a term
	done    func(Result)
	payload []byte
	sum     uint32 // of the payload
	at      time.Time
	term    uint64
	index   uint64
	entry   uint32 // sum of the whole entry
}

// queue holds what the writer has not taken, and counts what is in flight.
type queue struct {
	wake chan struct{}
	mu   struct {
		sync.Mutex
		items   []*item
		open    bool
		stopped bool
		bytes   int
		shards  [id.Shards]struct{ batches, bytes int }
	}
}

func (q *queue) init() { q.wake = make(chan struct{}, 1) }

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// open lets proposals in, behind the first entries of the new terms.
func (q *queue) open(first []*item) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.mu.stopped {
		return ErrStopped
	}
	q.mu.open = true
	q.mu.items = append(q.mu.items, first...)
	q.signal()
	return nil
}

func (q *queue) stop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.mu.stopped = true
	q.signal()
}

// put accepts or refuses; a refused item leaves no trace.
func (q *queue) put(i *item) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := &q.mu.shards[i.shard]
	n := len(i.payload)
	switch {
	case q.mu.stopped:
		return ErrStopped
	case !q.mu.open:
		return ErrNotLeader
	case s.batches >= maxShardBatches, s.bytes+n > maxShardBytes, q.mu.bytes+n > maxNodeBytes:
		return ErrBusy
	}
	s.batches++
	s.bytes += n
	q.mu.bytes += n
	q.mu.items = append(q.mu.items, i)
	q.signal()
	return nil
}

// take swaps the queue for an empty one; stopped tells that nothing will follow.
func (q *queue) take(empty []*item) (items []*item, stopped bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	items, q.mu.items = q.mu.items, empty[:0]
	return items, q.mu.stopped
}

// ended gives the room of applied items back, before their proposers hear of it.
func (q *queue) ended(items []*item) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, i := range items {
		if i.batch == nil {
			continue
		}
		s := &q.mu.shards[i.shard]
		s.batches--
		s.bytes -= len(i.payload)
		q.mu.bytes -= len(i.payload)
	}
}

func (q *queue) load() (waiting, bytes int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.mu.items), q.mu.bytes
}

// Propose hands a batch to the shard's log and returns at once. Unless it returns an error, Done is called exactly once.
//
// Errors, before anything is queued: ErrNotLeader (the shard is not led here, or Start was not called), ErrBusy (4,096
// batches or 4 MB of this shard in flight, or 64 MB of the node: try again in a moment), ErrDiskFull (free space is below
// the reserve; the shard's own batches still pass, as they are what frees space), ErrTooLarge, ErrStopped.
func (h *Host) Propose(p Proposal) error {
	b := p.Batch
	if int(b.Shard) >= len(h.shards) {
		return ErrNotLeader
	}
	if len(b.Events) > maxBatchEvents || len(b.Effects) > maxBatchEffects {
		return ErrTooLarge
	}
	if b.Entity.Kind != id.Shard && h.disk.full() {
		return ErrDiskFull
	}
	i := &item{shard: b.Shard, batch: b, done: p.Done, at: h.opts.Now()}
	i.payload = appendBatch(make([]byte, 0, sizeHint(b)), b)
	if len(i.payload) > maxBatchBytes {
		return ErrTooLarge
	}
	i.sum = crc32.Checksum(i.payload, castagnoli)
	return h.queue.put(i)
}

// sizeHint is at least what most batches need, so that encoding allocates once.
func sizeHint(b *Batch) int {
	n := 64
	for _, e := range b.Events {
		n += len(e.Data) + 16
	}
	for _, r := range b.Rows {
		n += len(r.Rest) + len(r.Value) + 12
	}
	for _, e := range b.Effects {
		n += len(e.Data) + 16
	}
	for _, k := range b.Keys {
		n += len(k.Answer) + 56
	}
	for _, r := range b.Received {
		n += len(r.Answer) + 40
	}
	return n + 32*len(b.Finished) + 56*len(b.Expire)
}
