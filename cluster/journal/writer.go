package journal

import (
	"encoding/binary"

	"github.com/cockroachdb/pebble/v2"
)

// writeLoop drives writeStep until the host stops. There is no linger: while one sync runs the next batch gathers.
func (h *Host) writeLoop() {
	defer h.done.Done()
	defer h.applies.stop()
	var spare []*item
	for range h.queue.wake {
		items, stopped := h.queue.take(spare)
		if !h.writeStep(items) {
			return
		}
		spare = nil // the items went on to apply
		if stopped {
			return
		}
	}
}

// writeStep puts the entries of all shards into the log with one sync and hands them to apply. False: the host is dead.
func (h *Host) writeStep(items []*item) bool {
	if len(items) == 0 {
		return true
	}
	began := h.opts.Now()
	b := h.db.NewBatchWithSize(batchSize(items))
	defer b.Close()
	for _, i := range items {
		if err := h.appendEntry(b, i); err != nil {
			h.fatal(err)
			return false
		}
	}
	h.truncate(b, items)
	if h.opts.Faults.BeforeCommit != nil {
		h.opts.Faults.BeforeCommit()
	}
	sync := pebble.Sync
	if h.opts.Faults.AckBeforeSync {
		sync = pebble.NoSync
	}
	if err := h.db.Apply(b, sync); err != nil {
		h.fatal(err)
		return false
	}
	// Pebble tells a failed sync through its logger and then returns as if all were well.
	if h.dead.Load() != nil {
		return false
	}
	h.metrics.wrote(began, h.opts.Now(), items)
	h.applies.put(items)
	return true
}

func batchSize(items []*item) int {
	n := 64
	for _, i := range items {
		n += len(i.payload) + entryHead + 32
	}
	return n
}

// appendEntry gives the item its place in the log.
func (h *Host) appendEntry(b *pebble.Batch, i *item) error {
	g := &h.shards[i.shard]
	g.last++
	i.index, i.term = g.last, g.hard.term
	i.entry = entrySum(i.shard, i.index, i.term, i.sum)
	op := b.SetDeferred(3+8, entryHead+len(i.payload))
	op.Key[0], op.Key[1], op.Key[2] = rangeLog, byte(i.shard>>8), byte(i.shard)
	binary.BigEndian.PutUint64(op.Key[3:], i.index)
	putEntryHead(op.Value, i.term, i.entry)
	copy(op.Value[entryHead:], i.payload)
	g.log.add(i.index, entryHead+len(i.payload))
	return op.Finish()
}
