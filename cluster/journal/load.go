package journal

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"parley/engine/id"
)

// scan is one reader's view of a shard: everything it reads is of one moment, whatever is applied meanwhile.
type scan struct {
	h     *Host
	shard uint16
	it    *pebble.Iterator
	done  func()
}

func (h *Host) scan(s uint16) (*scan, error) {
	if int(s) >= len(h.shards) {
		return nil, fmt.Errorf("shard %d: %w", s, ErrNotLeader)
	}
	done, err := h.read()
	if err != nil {
		return nil, err
	}
	span := shardKey(rangeState, s)
	it, err := h.db.NewIter(&pebble.IterOptions{LowerBound: span, UpperBound: after(span)})
	if err != nil {
		done()
		return nil, h.check(fmt.Errorf("journal: read shard %d: %w", s, err))
	}
	return &scan{h, s, it, done}, nil
}

// close ends the view; a fault of the iteration or damage found ends the process through check.
func (c *scan) close(err error) error {
	cerr := c.it.Close()
	c.done()
	if err == nil {
		err = cerr
	}
	return c.h.check(err)
}

// each calls fn for every key with the prefix, from first on, until fn says stop. rest is the key behind the prefix; both
// slices are valid for the call only.
func (c *scan) each(prefix, first []byte, fn func(rest, value []byte) (more bool, err error)) error {
	c.it.SetBounds(first, after(prefix))
	for valid := c.it.First(); valid; valid = c.it.Next() {
		v, err := c.it.ValueAndErr()
		if err != nil {
			return err
		}
		if more, err := fn(c.it.Key()[len(prefix):], v); err != nil || !more {
			return err
		}
	}
	return c.it.Error()
}

// back is each, from the last key before end downwards.
func (c *scan) back(prefix, end []byte, fn func(rest, value []byte) (more bool, err error)) error {
	c.it.SetBounds(prefix, end)
	for valid := c.it.Last(); valid; valid = c.it.Prev() {
		v, err := c.it.ValueAndErr()
		if err != nil {
			return err
		}
		if more, err := fn(c.it.Key()[len(prefix):], v); err != nil || !more {
			return err
		}
	}
	return c.it.Error()
}

// Load reads what an entity's actor starts from, all of one moment. head is asked with the rows which seq they cover; the
// events after that one are read. An entity without any batch yet is the zero Loaded and head is not asked.
//
// The caller must have seen the end of every batch proposed for the entity. Errors: ErrStopped, ErrCorrupt (which also
// ends the process).
func (h *Host) Load(shard uint16, e id.Ref, head func(rows []Row) uint64) (Loaded, error) {
	if known, err := h.exists(shard, e); err != nil || !known {
		return Loaded{}, err
	}
	c, err := h.scan(shard)
	if err != nil {
		return Loaded{}, err
	}
	l, err := c.load(e, head)
	return l, c.close(err)
}

// exists answers for an entity that is being created with one look instead of seven.
func (h *Host) exists(shard uint16, e id.Ref) (bool, error) {
	done, err := h.read()
	if err != nil {
		return false, err
	}
	defer done()
	_, closer, err := h.db.Get(entityKey(shard, subMeta, e))
	if errors.Is(err, pebble.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, h.check(fmt.Errorf("journal: load %s: %w", e, err))
	}
	return true, closer.Close()
}

func (c *scan) load(e id.Ref, head func([]Row) uint64) (l Loaded, err error) {
	key := entityKey(c.shard, subMeta, e)
	if err = c.each(key, key, func(_, v []byte) (bool, error) {
		m, err := readMeta(e, v)
		l.Version, l.EffectSeq, l.Wake = m.version, m.effectSeq, timeOf(m.wake)
		return false, err
	}); err != nil {
		return l, err
	}
	for _, sub := range [...]Sub{SubRows, SubSessions} {
		key := entityKey(c.shard, sub, e)
		if err = c.each(key, key, func(rest, v []byte) (bool, error) {
			value, err := readPlain("a row of "+e.String(), v)
			l.Rows = append(l.Rows, Row{Sub: sub, Rest: append([]byte(nil), rest...), Value: value})
			return true, err
		}); err != nil {
			return l, err
		}
	}
	if l.Events, err = c.events(e, head(l.Rows)+1, 0); err != nil {
		return l, err
	}
	err = c.messages(e, &l)
	return l, err
}

// messages reads what an entity owes and what it has answered.
func (c *scan) messages(e id.Ref, l *Loaded) error {
	key := entityKey(c.shard, subEffects, e)
	if err := c.each(key, key, func(rest, v []byte) (bool, error) {
		data, err := readPlain("an effect of "+e.String(), v)
		l.Effects = append(l.Effects, Effect{Seq: binary.BigEndian.Uint64(rest), Data: data})
		return true, err
	}); err != nil {
		return err
	}
	key = entityKey(c.shard, subKeys, e)
	if err := c.each(key, key, func(rest, v []byte) (bool, error) {
		k, err := readClientKey(e, rest, v)
		l.Keys = append(l.Keys, k)
		return true, err
	}); err != nil {
		return err
	}
	key = entityKey(c.shard, subReceived, e)
	return c.each(key, key, func(rest, v []byte) (bool, error) {
		r, err := readReceived(e, rest, v)
		l.Received = append(l.Received, r)
		return true, err
	})
}
