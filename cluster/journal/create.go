package journal

import (
	"errors"
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2"

	"parley/engine/id"
)

// Names of the N range, and of shard 0's cluster rows.
const (
	nameCluster = "cluster"
	nameNode    = "node"
	nameFormat  = "format"
	nameKey     = "key"
)

// create writes a new node's and a new cluster's first batch: identities, and every shard as if a snapshot had been
// installed at index 10. A crash before the marker says ready repeats it, as nothing can have been written behind it.
func (h *Host) create() error {
	if _, closer, err := h.db.Get(nodeKey(nameFormat)); err == nil {
		closer.Close()
		return h.markReady()
	}
	b := h.db.NewBatch()
	defer b.Close()
	secrets := make([]byte, 16+16+32)
	if _, err := io.ReadFull(h.rng.Reader, secrets); err != nil {
		return fmt.Errorf("journal: random bytes for a new cluster: %w", err)
	}
	sets := []struct{ key, value []byte }{
		{nodeKey(nameCluster), appendPlain(nil, secrets[:16])},
		{nodeKey(nameNode), appendPlain(nil, secrets[16:32])},
		{append(subKey(0, subCluster), nameKey...), appendPlain(nil, secrets[32:])},
		{nodeKey(nameFormat), words(folderFormat)},
	}
	for s := range uint16(id.Shards) {
		sets = append(sets,
			struct{ key, value []byte }{shardKey(rangeHard, s), hardState{term: firstTerm, commit: firstIndex - 1}.value()},
			struct{ key, value []byte }{shardKey(rangeTrunc, s), place{firstIndex - 1, firstTerm}.value()},
			struct{ key, value []byte }{subKey(s, subApplied), applied{index: firstIndex - 1, term: firstTerm}.value()})
	}
	for _, kv := range sets {
		if err := b.Set(kv.key, kv.value, nil); err != nil {
			return fmt.Errorf("journal: create: %w", err)
		}
	}
	if err := h.db.Apply(b, pebble.Sync); err != nil {
		return fmt.Errorf("journal: create: %w", err)
	}
	h.created = true
	return h.markReady()
}

func (h *Host) markReady() error {
	return writeFile(h.fs, h.opts.Dir, markerName, markerText(folderReady))
}

// readNode reads who this node is. A folder that is marked ready and holds nothing was wiped.
func (h *Host) readNode() error {
	var n uint64
	if err := h.getWords("format of the database", nodeKey(nameFormat), &n); err != nil {
		return err
	}
	if n > folderFormat {
		return fmt.Errorf("%w: %s has format %d, this program knows %d. Run the newer parley that wrote it", ErrNewer, h.opts.Dir, n, folderFormat)
	}
	key, err := h.getPlain("cluster key", append(subKey(0, subCluster), nameKey...))
	if err != nil {
		return err
	}
	cluster, err := h.getPlain("cluster id", nodeKey(nameCluster))
	if err != nil {
		return err
	}
	node, err := h.getPlain("node id", nodeKey(nameNode))
	if err != nil {
		return err
	}
	if copy(h.clusterKey[:], key) != len(h.clusterKey) {
		return corrupt("cluster key")
	}
	h.cluster, h.node = id.FromBytes(cluster), id.FromBytes(node)
	return nil
}

func (h *Host) getWords(what string, key []byte, into ...*uint64) error {
	v, closer, err := h.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return corrupt("%s is missing in %s", what, h.opts.Dir)
	}
	if err != nil {
		return openError(h.opts.Dir, err)
	}
	defer closer.Close()
	return readWords(what, v, into...)
}

func (h *Host) getPlain(what string, key []byte) ([]byte, error) {
	v, closer, err := h.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, corrupt("%s is missing in %s", what, h.opts.Dir)
	}
	if err != nil {
		return nil, openError(h.opts.Dir, err)
	}
	defer closer.Close()
	return readPlain(what, v)
}

// openShard reads where a shard's log and state stand.
func (h *Host) openShard(s uint16) error {
	g := &h.shards[s]
	what := fmt.Sprintf("shard %d", s)
	if err := h.getWords("hard state of "+what, shardKey(rangeHard, s), &g.hard.term, &g.hard.vote, &g.hard.commit); err != nil {
		return err
	}
	if err := h.getWords("applied index of "+what, subKey(s, subApplied), &g.state.index, &g.state.term, &g.state.hash); err != nil {
		return err
	}
	var cut place
	if err := h.getWords("truncation of "+what, shardKey(rangeTrunc, s), &cut.index, &cut.term); err != nil {
		return err
	}
	last, err := h.lastIndex(s, cut.index)
	if err != nil {
		return err
	}
	if last < g.state.index {
		return corrupt("the log of %s ends at %d, its state at %d", what, last, g.state.index)
	}
	// A group of one has committed whatever its log holds; the commit on disk is older than the state it led to.
	g.hard.commit = max(g.hard.commit, g.state.index, last)
	g.last = last
	g.applied.Store(g.state.index)
	g.log.reset(cut.index, last)
	return nil
}

func (h *Host) lastIndex(s uint16, cut uint64) (uint64, error) {
	prefix := shardKey(rangeLog, s)
	it, err := h.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return 0, openError(h.opts.Dir, err)
	}
	defer it.Close()
	if !it.Last() {
		if err := it.Error(); err != nil {
			return 0, openError(h.opts.Dir, err)
		}
		return cut, nil
	}
	return max(indexOf(it.Key()), cut), nil
}
