package journal

import (
	"encoding/binary"
	"sync"
	"time"

	"parley/engine/id"
)

// wakeMark is a lower bound of the earliest wake-up of a shard. Reads start there and not at the range's beginning, where
// deleted rows pile up until they are compacted away.
type wakeMark struct {
	mu struct {
		sync.Mutex
		low   int64  // ms; 0 until something was read
		moved uint64 // counts calls of lower
	}
}

// lower is called after a wake-up became visible.
func (w *wakeMark) lower(due int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mu.low = min(w.mu.low, due)
	w.mu.moved++
}

func (w *wakeMark) get() (low int64, moved uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.mu.low, w.mu.moved
}

// raise notes the first row a reader found, unless one was added since it looked.
func (w *wakeMark) raise(first int64, moved uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.mu.moved == moved {
		w.mu.low = max(w.mu.low, first)
	}
}

// farFuture is the bound of a shard without wake-ups.
const farFuture = int64(1) << 62

// DueWakes returns the wake-ups due at now or earlier, oldest first, at most limit (0 = all), behind after (the zero
// DueWake: from the oldest there is). A wake-up stays until its entity's next batch sets or clears it.
func (h *Host) DueWakes(shard uint16, now time.Time, after DueWake, limit int) ([]DueWake, error) {
	if int(shard) >= len(h.shards) {
		return nil, ErrNotLeader
	}
	low, moved := h.shards[shard].wakes.get()
	if low > now.UnixMilli() {
		return nil, nil
	}
	from := low
	if !after.Due.IsZero() {
		from = max(low, millis(after.Due))
	}
	var out []DueWake
	first := farFuture
	err := h.walkWakes(shard, from, func(w DueWake) bool {
		first = min(first, millis(w.Due))
		if w.Due.After(now) {
			return false
		}
		if w.Due.After(after.Due) || refAfter(w.Entity, after.Entity) {
			out = append(out, w)
		}
		return limit <= 0 || len(out) < limit
	})
	if err == nil && from == low {
		h.shards[shard].wakes.raise(first, moved)
	}
	return out, err
}

// refAfter compares in key order.
func refAfter(a, b id.Ref) bool {
	if a.Kind != b.Kind {
		return a.Kind > b.Kind
	}
	return string(a.ID[:]) > string(b.ID[:])
}

// NextWake returns when the shard's earliest wake-up is due; false when there is none.
func (h *Host) NextWake(shard uint16) (time.Time, bool) {
	if int(shard) >= len(h.shards) {
		return time.Time{}, false
	}
	low, moved := h.shards[shard].wakes.get()
	if low == farFuture {
		return time.Time{}, false
	}
	first := farFuture
	err := h.walkWakes(shard, low, func(w DueWake) bool {
		first = millis(w.Due)
		return false
	})
	if err != nil {
		return time.Time{}, false
	}
	h.shards[shard].wakes.raise(first, moved)
	return timeOf(first), first != farFuture
}

func (h *Host) walkWakes(shard uint16, from int64, fn func(DueWake) bool) error {
	c, err := h.scan(shard)
	if err != nil {
		return err
	}
	prefix := subKey(shard, subWakes)
	first := binary.BigEndian.AppendUint64(subKey(shard, subWakes), uint64(from))
	return c.close(c.each(prefix, first, func(rest, _ []byte) (bool, error) {
		return fn(DueWake{Entity: refOf(rest[8:]), Due: timeOf(int64(binary.BigEndian.Uint64(rest)))}), nil
	}))
}
