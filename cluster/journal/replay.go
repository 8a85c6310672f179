package journal

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"parley/engine/id"
)

// replayStep bounds how many entries go into one batch while the log is replayed.
const replayStep = 1024

// replay applies the entries that were synced and whose effect was not: the state is written without a sync. Nobody is
// told: who opens a shard reads the state.
func (h *Host) replay() error {
	var total int
	for s := range uint16(id.Shards) {
		n, err := h.replayShard(s)
		if err != nil {
			return err
		}
		total += n
	}
	if total > 0 {
		h.opts.Logger.Info("log replayed", "entries", total)
	}
	return nil
}

func (h *Host) replayShard(s uint16) (int, error) {
	g := &h.shards[s]
	if g.last == g.state.index {
		return 0, nil
	}
	it, err := h.db.NewIter(&pebble.IterOptions{LowerBound: logKey(s, g.state.index+1), UpperBound: after(shardKey(rangeLog, s))})
	if err != nil {
		return 0, openError(h.opts.Dir, err)
	}
	defer it.Close()
	var total int
	for valid := it.First(); valid; {
		a := h.newApplier()
		n := 0
		for ; valid && n < replayStep; n, valid = n+1, it.Next() {
			if err := a.replayEntry(s, it); err != nil {
				a.b.Close()
				return total, err
			}
		}
		err := a.commit()
		a.b.Close()
		if err != nil {
			return total, err
		}
		total += n
	}
	if err := it.Error(); err != nil {
		return total, openError(h.opts.Dir, err)
	}
	return total, nil
}

func (a *applier) replayEntry(s uint16, it *pebble.Iterator) error {
	v, err := it.ValueAndErr()
	if err != nil {
		return openError(a.h.opts.Dir, err)
	}
	i := &item{shard: s, index: indexOf(it.Key())}
	var payload []byte
	if i.term, payload, i.entry, err = readEntry(s, i.index, v); err != nil {
		return err
	}
	if len(payload) > 0 {
		if i.batch, err = decodeBatch(s, payload); err != nil {
			return corrupt("log entry %d of shard %d: %v", i.index, s, err)
		}
	}
	if _, err := a.entry(i); err != nil {
		return fmt.Errorf("journal: replay: %w", err)
	}
	return nil
}
