package journal

// StateHash tells how far a closed host's shard came and the hash over all that led there.
func StateHash(h *Host, shard uint16) (index, term, hash uint64) {
	s := h.shards[shard].state
	return s.index, s.term, s.hash
}
