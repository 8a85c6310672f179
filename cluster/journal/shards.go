package journal

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"parley/engine/id"
)

// openShards reads where the log and the state of each shard stand, all through one iterator.
func (h *Host) openShards() error {
	it, err := h.db.NewIter(nil)
	if err != nil {
		return openError(h.opts.Dir, err)
	}
	for s := range uint16(id.Shards) {
		if err := h.openShard(it, s); err != nil {
			return errors.Join(err, it.Close())
		}
	}
	return it.Close()
}

func (h *Host) openShard(it *pebble.Iterator, s uint16) error {
	g := &h.shards[s]
	var cut place
	for _, w := range []struct {
		what string
		key  []byte
		into []*uint64
	}{
		{"hard state", shardKey(rangeHard, s), []*uint64{&g.hard.term, &g.hard.vote, &g.hard.commit}},
		{"truncation", shardKey(rangeTrunc, s), []*uint64{&cut.index, &cut.term}},
		{"applied index", subKey(s, subApplied), []*uint64{&g.state.index, &g.state.term, &g.state.hash}},
	} {
		if err := seekWords(it, fmt.Sprintf("%s of shard %d in %s", w.what, s, h.opts.Dir), w.key, w.into); err != nil {
			return err
		}
	}
	last, err := lastIndex(it, s, cut.index)
	if err != nil {
		return openError(h.opts.Dir, err)
	}
	if last < g.state.index {
		return corrupt("the log of shard %d ends at %d, its state at %d", s, last, g.state.index)
	}
	// A group of one has committed whatever its log holds; the commit on disk is older than the state it led to.
	g.hard.commit = max(g.hard.commit, g.state.index, last)
	g.last = last
	g.applied.Store(g.state.index)
	g.log.reset(cut.index, last)
	return nil
}

func seekWords(it *pebble.Iterator, what string, key []byte, into []*uint64) error {
	if !it.SeekGE(key) || !bytes.Equal(it.Key(), key) {
		if err := it.Error(); err != nil {
			return openError(what, err)
		}
		return corrupt("%s is missing", what)
	}
	v, err := it.ValueAndErr()
	if err != nil {
		return openError(what, err)
	}
	return readWords(what, v, into...)
}

// lastIndex is that of the log's last entry, or where the log was cut when nothing is left of it.
func lastIndex(it *pebble.Iterator, s uint16, cut uint64) (uint64, error) {
	prefix := shardKey(rangeLog, s)
	if it.SeekLT(after(prefix)) && bytes.HasPrefix(it.Key(), prefix) {
		return max(indexOf(it.Key()), cut), nil
	}
	return cut, it.Error()
}
