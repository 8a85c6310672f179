package journal

import (
	"encoding/binary"
	"math"
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
	c, err := h.scan(shard)
	if err != nil {
		return nil, err
	}
	var out []Event
	from, err := c.seqOfPub(e, fromPub)
	if err == nil {
		err = c.each(entityKey(shard, subEvents, e), seqKey(shard, subEvents, e, from), func(rest, v []byte) (bool, error) {
			ev, err := readEvent(e, binary.BigEndian.Uint64(rest), v)
			if ev.Pub > 0 && ev.Pub >= fromPub {
				out = append(out, ev)
			}
			return limit <= 0 || len(out) < limit, err
		})
	}
	return out, c.close(err)
}

// EventsBeforeByPub returns the newest limit public events before beforePub (excluded; 0: from the end), oldest first.
func (h *Host) EventsBeforeByPub(shard uint16, e id.Ref, beforePub uint64, limit int) ([]Event, error) {
	c, err := h.scan(shard)
	if err != nil {
		return nil, err
	}
	var out []Event
	end := after(entityKey(shard, subEvents, e))
	if beforePub > 0 {
		var seq uint64
		seq, err = c.seqOfPub(e, beforePub)
		end = seqKey(shard, subEvents, e, seq)
	}
	if err == nil {
		err = c.back(entityKey(shard, subEvents, e), end, func(rest, v []byte) (bool, error) {
			ev, err := readEvent(e, binary.BigEndian.Uint64(rest), v)
			if ev.Pub > 0 {
				out = append(out, ev)
			}
			return limit <= 0 || len(out) < limit, err
		})
	}
	slices.Reverse(out)
	return out, c.close(err)
}

// seqOfPub returns a seq with every public number below pub before it and none behind it: that of pub, or of the first
// public event behind, or any behind the last.
func (c *scan) seqOfPub(e id.Ref, pub uint64) (uint64, error) {
	prefix := entityKey(c.shard, subPubs, e)
	c.it.SetBounds(prefix, after(prefix))
	if !c.it.SeekLT(after(seqKey(c.shard, subPubs, e, pub))) {
		return 0, c.it.Error()
	}
	known, first, err := c.pubRow(e, len(prefix))
	if err != nil {
		return 0, err
	}
	seq := first + (pub - known)
	if seq < first {
		seq = math.MaxUint64
	}
	if !c.it.Next() {
		return seq, c.it.Error()
	}
	// Numbers need not be without holes: the next row says where the run has ended at the latest.
	_, next, err := c.pubRow(e, len(prefix))
	return min(seq, next), err
}

func (c *scan) pubRow(e id.Ref, prefix int) (pub, seq uint64, err error) {
	v, err := c.it.ValueAndErr()
	if err != nil {
		return 0, 0, err
	}
	err = readWords("a public number of "+e.String(), v, &seq)
	return binary.BigEndian.Uint64(c.it.Key()[prefix:]), seq, err
}
