package journal

import (
	"sync"
	"time"
)

// expiryBudget bounds how many rows one call of Expired reads.
const expiryBudget = 20000

// expiryMark makes looking for old keys cheap without an index of them by time, which would be one more row per command:
// a walk goes on where the last one stopped, and a whole walk without a find is not repeated before its oldest row can be old.
type expiryMark struct {
	mu struct {
		sync.Mutex
		low    int64  // ms: no row is older; 0 until known
		next   []byte // where the walk goes on, nil = from the beginning
		oldest int64  // oldest row left behind by the walk so far
	}
}

func (x *expiryMark) lower(at int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.mu.low = min(x.mu.low, at)
	x.mu.oldest = min(x.mu.oldest, at)
}

// Expired returns client keys and received marks from before the given time, at most limit (0 = all it meets). One call
// reads a bounded number of rows: an empty answer does not mean that nothing is old, only that the caller should ask again
// at its next sweep. The caller proposes their deletion as a batch of the shard.
func (h *Host) Expired(shard uint16, before time.Time, limit int) ([]ExpiredKey, error) {
	if int(shard) >= len(h.shards) {
		return nil, ErrNotLeader
	}
	x := &h.shards[shard].expiry
	x.mu.Lock()
	low, next := x.mu.low, x.mu.next
	if next == nil {
		x.mu.oldest = farFuture
	}
	x.mu.Unlock()
	if low >= before.UnixMilli() {
		return nil, nil
	}
	w := expiryWalk{before: before.UnixMilli(), limit: limit, oldest: farFuture}
	c, err := h.scan(shard)
	if err != nil {
		return nil, err
	}
	if err := c.close(w.run(c, next)); err != nil {
		return nil, err
	}
	x.note(&w)
	return w.out, nil
}

func (x *expiryMark) note(w *expiryWalk) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.mu.oldest = min(x.mu.oldest, w.oldest)
	x.mu.next = w.next
	if w.next == nil { // a whole walk: what it found is still there until the caller's batch is applied
		x.mu.low = x.mu.oldest
	}
}

// expiryWalk is one call's part of a walk over keys, then received marks.
type expiryWalk struct {
	before int64
	limit  int
	reads  int
	out    []ExpiredKey
	oldest int64
	next   []byte
}

func (w *expiryWalk) run(c *scan, from []byte) error {
	keys, marks := subKey(c.shard, subKeys), subKey(c.shard, subReceived)
	if from == nil || from[3] == byte(subKeys) {
		first := keys
		if from != nil {
			first = from
		}
		if err := c.each(keys, first, func(rest, v []byte) (bool, error) {
			e := refOf(rest)
			k, err := readClientKey(e, rest[refLen:], v)
			return w.row(c, millis(k.At), ExpiredKey{Entity: e, Sender: k.Sender, Key: k.Key}), err
		}); err != nil || w.next != nil {
			return err
		}
		from = marks
	}
	return c.each(marks, from, func(rest, v []byte) (bool, error) {
		e := refOf(rest)
		r, err := readReceived(e, rest[refLen:], v)
		return w.row(c, millis(r.At), ExpiredKey{Entity: e, Received: true, Source: r.Source, Seq: r.Seq}), err
	})
}

func (w *expiryWalk) row(c *scan, at int64, x ExpiredKey) bool {
	if w.reads++; w.reads > expiryBudget || w.limit > 0 && len(w.out) == w.limit {
		w.next = append([]byte(nil), c.it.Key()...)
		return false
	}
	w.oldest = min(w.oldest, at)
	if at < w.before {
		w.out = append(w.out, x)
	}
	return true
}
