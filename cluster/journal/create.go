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
	// A new database begins its first write-ahead log before it has settled on its format: in that one no chunk says what was
	// synced before it, which checkTail lives on. A flush begins the next.
	if err := h.db.Flush(); err != nil {
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
	v, err := h.getPlain("format of the database", nodeKey(nameFormat))
	if err != nil {
		return err
	}
	if err := readWords("format of the database", append([]byte{format}, v...), &n); err != nil {
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
