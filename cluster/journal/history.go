package journal

import (
	"encoding/binary"
	"slices"

	"parley/engine/id"
)

// events reads up to limit events from seq on, 0 = all.
func (c *scan) events(e id.Ref, seq uint64, limit int) (out []Event, err error) {
	err = c.each(entityKey(c.shard, subEvents, e), seqKey(c.shard, subEvents, e, seq), func(rest, v []byte) (bool, error) {
		ev, err := readEvent(e, binary.BigEndian.Uint64(rest), v)
		out = append(out, ev)
		return limit <= 0 || len(out) < limit, err
	})
	return out, err
}

// Events returns the entity's events from fromSeq on (that one included), at most limit, 0 = all.
func (h *Host) Events(shard uint16, e id.Ref, fromSeq uint64, limit int) ([]Event, error) {
	c, err := h.scan(shard)
	if err != nil {
		return nil, err
	}
	out, err := c.events(e, fromSeq, limit)
	return out, c.close(err)
}

// EventsBefore returns the newest limit events before beforeSeq (that one excluded; 0: from the end), oldest first.
func (h *Host) EventsBefore(shard uint16, e id.Ref, beforeSeq uint64, limit int) ([]Event, error) {
	c, err := h.scan(shard)
	if err != nil {
		return nil, err
	}
	var out []Event
	err = c.back(entityKey(shard, subEvents, e), endBefore(shard, subEvents, e, beforeSeq), func(rest, v []byte) (bool, error) {
		ev, err := readEvent(e, binary.BigEndian.Uint64(rest), v)
		out = append(out, ev)
		return limit <= 0 || len(out) < limit, err
	})
	slices.Reverse(out)
	return out, c.close(err)
}

// endBefore is where a backward read ends (exclusive), 0 standing for the end.
func endBefore(shard uint16, sub Sub, e id.Ref, n uint64) []byte {
	if n == 0 {
		return after(entityKey(shard, sub, e))
	}
	return seqKey(shard, sub, e, n)
}

// EventsByPub returns the entity's public events from public number fromPub on (included), at most limit, 0 = all.
func (h *Host) EventsByPub(shard uint16, e id.Ref, fromPub uint64, limit int) ([]Event, error) {
	return h.byPub(shard, e, limit, func(c *scan, fn func(rest, v []byte) (bool, error)) error {
		return c.each(entityKey(shard, subPubs, e), seqKey(shard, subPubs, e, fromPub), fn)
	})
}

// EventsBeforeByPub returns the newest limit public events before beforePub (excluded; 0: from the end), oldest first.
func (h *Host) EventsBeforeByPub(shard uint16, e id.Ref, beforePub uint64, limit int) ([]Event, error) {
	out, err := h.byPub(shard, e, limit, func(c *scan, fn func(rest, v []byte) (bool, error)) error {
		return c.back(entityKey(shard, subPubs, e), endBefore(shard, subPubs, e, beforePub), fn)
	})
	slices.Reverse(out)
	return out, err
}

func (h *Host) byPub(shard uint16, e id.Ref, limit int, walk func(*scan, func(rest, v []byte) (bool, error)) error) ([]Event, error) {
	c, err := h.scan(shard)
	if err != nil {
		return nil, err
	}
	var seqs []uint64
	err = walk(c, func(_, v []byte) (bool, error) {
		var seq uint64
		if err := readWords("a public number of "+e.String(), v, &seq); err != nil {
			return false, err
		}
		seqs = append(seqs, seq)
		return limit <= 0 || len(seqs) < limit, nil
	})
	var out []Event
	if err == nil {
		out, err = c.pick(e, seqs)
	}
	return out, c.close(err)
}

// pick reads single events in the order of seqs.
func (c *scan) pick(e id.Ref, seqs []uint64) ([]Event, error) {
	out := make([]Event, 0, len(seqs))
	c.it.SetBounds(entityKey(c.shard, subEvents, e), after(entityKey(c.shard, subEvents, e)))
	for _, seq := range seqs {
		key := seqKey(c.shard, subEvents, e, seq)
		if !c.it.SeekGE(key) || !slices.Equal(c.it.Key(), key) {
			if err := c.it.Error(); err != nil {
				return nil, err
			}
			return nil, corrupt("event %d of %s is missing", seq, e)
		}
		v, err := c.it.ValueAndErr()
		if err != nil {
			return nil, err
		}
		ev, err := readEvent(e, seq, v)
		if err != nil {
			return nil, err
		}
		out = append(out, ev)
	}
	return out, nil
}
