package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"parley/engine/id"
)

// applyQueue hands written items over, in log order.
type applyQueue struct {
	wake chan struct{}
	mu   struct {
		sync.Mutex
		items   []*item
		stopped bool
	}
}

func (q *applyQueue) init() { q.wake = make(chan struct{}, 1) }

func (q *applyQueue) put(items []*item) { q.add(items, false) }
func (q *applyQueue) stop()             { q.add(nil, true) }

func (q *applyQueue) add(items []*item, stop bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.mu.items) == 0 {
		q.mu.items = items
	} else {
		q.mu.items = append(q.mu.items, items...)
	}
	q.mu.stopped = q.mu.stopped || stop
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *applyQueue) take() (items []*item, stopped bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	items, q.mu.items = q.mu.items, nil
	return items, q.mu.stopped
}

// applyLoop drives applyStep until the writer has stopped and everything it wrote is applied.
func (h *Host) applyLoop() {
	defer h.done.Done()
	for range h.applies.wake {
		items, stopped := h.applies.take()
		if h.dead.Load() != nil {
			return
		}
		if err := h.applyStep(items); err != nil {
			h.fatal(err)
			return
		}
		if stopped {
			return
		}
	}
}

// applyStep brings the state forward by the items, atomically and without a sync of its own: after a crash it is done
// again from the log. Then it tells the proposers and the watcher, in log order.
func (h *Host) applyStep(items []*item) error {
	if len(items) == 0 {
		return nil
	}
	a := h.newApplier()
	defer a.b.Close()
	outcomes := make([]Outcome, len(items))
	for n, i := range items {
		out, err := a.entry(i)
		if err != nil {
			return err
		}
		outcomes[n] = out
	}
	if err := a.commit(); err != nil {
		return err
	}
	if h.dead.Load() != nil {
		return nil
	}
	h.queue.ended(items)
	for n, i := range items {
		h.tell(i, outcomes[n])
	}
	return nil
}

func (h *Host) tell(i *item, out Outcome) {
	if i.batch == nil {
		h.shards[i.shard].open.Store(true)
		h.opts.Watcher.Lead(Leadership{Shard: i.shard, Term: i.term, Open: true})
		return
	}
	h.metrics.ended(out)
	if i.done != nil {
		i.done(Result{Outcome: out, Term: i.term, Index: i.index})
	}
	if out == Applied {
		h.opts.Watcher.Applied(i.shard, Entry{Term: i.term, Index: i.index, Batch: i.batch})
	}
}

// applier builds one Pebble batch out of entries of any shards.
type applier struct {
	h       *Host
	b       *pebble.Batch
	touched map[uint16]struct{}
	wakes   map[uint16]int64 // earliest wake-up set, ms
	stamps  map[uint16]int64 // earliest time of a key or received mark, ms
	key     []byte
	value   []byte
}

func (h *Host) newApplier() *applier {
	return &applier{h: h, b: h.db.NewBatch(), touched: map[uint16]struct{}{}, wakes: map[uint16]int64{}, stamps: map[uint16]int64{}}
}

// commit writes what was gathered together with the applied index of each shard: both or neither survive.
func (a *applier) commit() error {
	for s := range a.touched {
		if err := a.b.Set(subKey(s, subApplied), a.h.shards[s].state.value(), nil); err != nil {
			return fmt.Errorf("journal: applied index of shard %d: %w", s, err)
		}
	}
	if err := a.h.db.Apply(a.b, pebble.NoSync); err != nil {
		return fmt.Errorf("journal: apply: %w", err)
	}
	for s := range a.touched {
		a.h.shards[s].applied.Store(a.h.shards[s].state.index)
	}
	for s, due := range a.wakes {
		a.h.shards[s].wakes.lower(due)
	}
	for s, at := range a.stamps {
		a.h.shards[s].expiry.lower(at)
	}
	a.h.cache.trim()
	return nil
}

// entry applies one entry or refuses it by its fences, the same way on every replica.
func (a *applier) entry(i *item) (Outcome, error) {
	g := &a.h.shards[i.shard]
	if i.index != g.state.index+1 {
		return 0, corrupt("shard %d: entry %d follows %d", i.shard, i.index, g.state.index)
	}
	out := Applied
	if i.batch != nil {
		var err error
		if out, err = a.batch(i.term, i.batch); err != nil {
			return 0, err
		}
	}
	g.state = applied{index: i.index, term: i.term, hash: chain(g.state.hash, i.entry, out)}
	a.touched[i.shard] = struct{}{}
	return out, nil
}

// chain is FNV-1a over the hash so far, the entry's sum and what became of it.
func chain(hash uint64, entry uint32, out Outcome) uint64 {
	for _, b := range [...]byte{byte(entry >> 24), byte(entry >> 16), byte(entry >> 8), byte(entry), byte(out)} {
		hash = (hash ^ uint64(b)) * 1099511628211
	}
	return hash
}

func (a *applier) batch(term uint64, t *Batch) (Outcome, error) {
	m, err := a.h.meta(t.Shard, t.Entity)
	if err != nil {
		return 0, err
	}
	faults := a.h.opts.Faults
	if t.Epoch != term && !faults.NoEpochFence {
		return Refused, nil
	}
	if t.Version != m.version && t.Entity.Kind != id.Shard && !faults.NoVersionFence {
		return Refused, nil
	}
	a.events(t, &m)
	a.rows(t)
	m.effectSeq = a.effects(t, m.effectSeq)
	a.answers(t)
	m.wake = a.wake(t, m.wake)
	a.key = appendRef(append(a.key[:0], rangeState, byte(t.Shard>>8), byte(t.Shard), byte(subMeta)), t.Entity)
	a.value = m.append(a.value[:0])
	a.set()
	a.h.cache.put(metaKey{t.Shard, t.Entity}, m)
	return Applied, nil
}

// set puts key and value into the batch, which copies both. A batch in memory has no error but one of the program.
func (a *applier) set() {
	if err := a.b.Set(a.key, a.value, nil); err != nil {
		panic(fmt.Sprintf("journal: set in a batch: %v", err))
	}
}

func (a *applier) del(key []byte) {
	if err := a.b.Delete(key, nil); err != nil {
		panic(fmt.Sprintf("journal: delete in a batch: %v", err))
	}
}

// events writes events, and a public number only where it is not as far from its seq as the one before: in a conversation
// without notes that is one row in all.
func (a *applier) events(t *Batch, m *meta) {
	for _, e := range t.Events {
		a.key = a.seqKey(t.Shard, subEvents, t.Entity, e.Seq)
		a.value = appendEvent(a.value[:0], e)
		a.set()
		m.version = max(m.version, e.Seq)
		gap := e.Seq - e.Pub + 1
		if e.Pub == 0 || gap == m.gap {
			continue
		}
		m.gap = gap
		a.key = a.seqKey(t.Shard, subPubs, t.Entity, e.Pub)
		a.value = binary.BigEndian.AppendUint64(append(a.value[:0], format), e.Seq)
		a.set()
	}
}

func (a *applier) seqKey(s uint16, sub Sub, e id.Ref, seq uint64) []byte {
	k := appendRef(append(a.key[:0], rangeState, byte(s>>8), byte(s), byte(sub)), e)
	return binary.BigEndian.AppendUint64(k, seq)
}

func (a *applier) rows(t *Batch) {
	for _, r := range t.Rows {
		a.key = rowKey(t.Shard, t.Entity, r.Sub, r.Rest)
		if r.Delete {
			a.del(a.key)
			continue
		}
		a.value = append(a.value[:0], format)
		if r.Sub == SubNumbers {
			a.value = appendRef(a.value, t.Entity)
		}
		a.value = append(a.value, r.Value...)
		a.set()
	}
}

func (a *applier) effects(t *Batch, seq uint64) uint64 {
	for _, e := range t.Effects {
		a.key = a.seqKey(t.Shard, subEffects, t.Entity, e.Seq)
		a.value = appendPlain(a.value[:0], e.Data)
		a.set()
		seq = max(seq, e.Seq)
	}
	for _, f := range t.Finished {
		a.del(seqKey(t.Shard, subEffects, f.Entity, f.Seq))
	}
	return seq
}

func (a *applier) answers(t *Batch) {
	for _, k := range t.Keys {
		a.key = clientKey(t.Shard, t.Entity, k.Sender, k.Key)
		a.value = appendClientKey(a.value[:0], k)
		a.set()
		a.stamp(t.Shard, millis(k.At))
	}
	for _, r := range t.Received {
		a.key = receivedKey(t.Shard, t.Entity, r.Source, r.Seq)
		a.value = appendReceived(a.value[:0], r)
		a.set()
		a.stamp(t.Shard, millis(r.At))
	}
	for _, x := range t.Expire {
		if x.Received {
			a.del(receivedKey(t.Shard, x.Entity, x.Source, x.Seq))
			continue
		}
		a.del(clientKey(t.Shard, x.Entity, x.Sender, x.Key))
	}
}

func (a *applier) stamp(s uint16, at int64) {
	if old, ok := a.stamps[s]; !ok || at < old {
		a.stamps[s] = at
	}
}

func (a *applier) wake(t *Batch, old int64) int64 {
	due := millis(t.Wake.Due)
	if !t.Wake.Set || due == old {
		return old
	}
	if old != 0 {
		a.del(wakeKey(t.Shard, old, t.Entity))
	}
	if due == 0 {
		return 0
	}
	a.key = wakeKey(t.Shard, due, t.Entity)
	a.value = append(a.value[:0], format)
	a.set()
	if first, ok := a.wakes[t.Shard]; !ok || due < first {
		a.wakes[t.Shard] = due
	}
	return due
}

// meta reads what apply must know of an entity; the zero value for one that does not exist.
func (h *Host) meta(s uint16, e id.Ref) (meta, error) {
	if m, ok := h.cache.m[metaKey{s, e}]; ok {
		return m, nil
	}
	v, closer, err := h.db.Get(entityKey(s, subMeta, e))
	if errors.Is(err, pebble.ErrNotFound) {
		return meta{}, nil
	}
	if err != nil {
		return meta{}, fmt.Errorf("journal: version of %s: %w", e, err)
	}
	defer closer.Close()
	return readMeta(e, v)
}

// metaCache is the apply goroutine's alone. Between two batches it may lose anything: the rows are the truth.
type metaCache struct{ m map[metaKey]meta }

type metaKey struct {
	shard uint16
	ref   id.Ref
}

// maxMetas bounds the cache: about 100 bytes each.
const maxMetas = 1 << 16

func (c *metaCache) init() { c.m = map[metaKey]meta{} }

func (c *metaCache) put(k metaKey, m meta) { c.m[k] = m }

func (c *metaCache) trim() {
	for k := range c.m {
		if len(c.m) <= maxMetas {
			return
		}
		delete(c.m, k)
	}
}
