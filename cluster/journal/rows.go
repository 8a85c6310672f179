package journal

import (
	"encoding/binary"
	"errors"

	"github.com/cockroachdb/pebble/v2"

	"parley/engine/id"
)

// SessionRow is one live session as an entity keeps it.
type SessionRow struct {
	Entity id.Ref
	Rest   []byte
	Value  []byte
}

// StoredEffect is an effect that nobody has answered yet.
type StoredEffect struct {
	EffectRef
	Data []byte
}

// Sessions returns all session rows of a shard, in key order: read when the shard opens.
func (h *Host) Sessions(shard uint16) ([]SessionRow, error) {
	var out []SessionRow
	err := h.scanSub(shard, SubSessions, func(e id.Ref, rest, value []byte) bool {
		out = append(out, SessionRow{e, rest, value})
		return true
	})
	return out, err
}

// ScanRows calls fn for each row (SubRows) of every entity of a kind, in key order, until fn returns false. The row's
// slices are fn's to keep.
func (h *Host) ScanRows(shard uint16, kind id.Kind, fn func(e id.Ref, r Row) bool) error {
	c, err := h.scan(shard)
	if err != nil {
		return err
	}
	prefix := append(subKey(shard, SubRows), byte(kind))
	return c.close(c.each(prefix, prefix, func(rest, v []byte) (bool, error) {
		e := id.Ref{Kind: kind, ID: id.FromBytes(rest[:16])}
		value, err := readPlain("a row of "+e.String(), v)
		if err != nil {
			return false, err
		}
		return fn(e, Row{Sub: SubRows, Rest: append([]byte(nil), rest[16:]...), Value: value}), nil
	}))
}

// scanSub walks one sub-range whose keys begin with the entity; values are plain.
func (h *Host) scanSub(shard uint16, sub Sub, fn func(e id.Ref, rest, value []byte) bool) error {
	c, err := h.scan(shard)
	if err != nil {
		return err
	}
	prefix := subKey(shard, sub)
	return c.close(c.each(prefix, prefix, func(rest, v []byte) (bool, error) {
		e := refOf(rest)
		value, err := readPlain("a row of "+e.String(), v)
		if err != nil {
			return false, err
		}
		return fn(e, append([]byte(nil), rest[refLen:]...), value), nil
	}))
}

// Effects returns every effect of the shard that is not finished, by entity and seq: what the outbox starts from.
func (h *Host) Effects(shard uint16) ([]StoredEffect, error) {
	var out []StoredEffect
	err := h.scanSub(shard, subEffects, func(e id.Ref, rest, value []byte) bool {
		out = append(out, StoredEffect{EffectRef{e, binary.BigEndian.Uint64(rest)}, value})
		return true
	})
	return out, err
}

// Number finds the entity that holds a number of the shard (a row of SubNumbers) and the row's value. False: nobody does,
// or the host is stopped.
func (h *Host) Number(shard uint16, rest []byte) (id.Ref, []byte, bool) {
	done, err := h.read()
	if err != nil {
		return id.Ref{}, nil, false
	}
	defer done()
	v, closer, err := h.db.Get(append(subKey(shard, SubNumbers), rest...))
	if err != nil {
		if !errors.Is(err, pebble.ErrNotFound) {
			h.opts.Logger.Error("number not read", "shard", shard, "err", h.check(err))
		}
		return id.Ref{}, nil, false
	}
	defer closer.Close()
	if len(v) < 1+refLen || v[0] != format {
		h.opts.Logger.Error("number not read", "shard", shard, "err", h.check(corrupt("a number of shard %d", shard)))
		return id.Ref{}, nil, false
	}
	return refOf(v[1:]), append([]byte(nil), v[1+refLen:]...), true
}
