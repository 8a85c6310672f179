package journal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"parley/engine/id"
)

// format is the first byte of every stored value. Another layout of a value gets another number; the reader knows both.
const format = 1

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// entryNormal is Raft's type of an entry that carries data, or nothing when a leader opens its term.
const entryNormal = 0

const entryHead = 1 + 8 + 1 + 4 // format, term, type, crc32c

// entrySum covers what makes the entry: its place, term, type and payload, so an entry in another's place is found too.
// The payload's own sum is made by the proposer; payload sums are combined by feeding them to the head's.
func entrySum(shard uint16, index, term uint64, payloadSum uint32) uint32 {
	var b [2 + 8 + 8 + 1 + 4]byte
	binary.BigEndian.PutUint16(b[0:], shard)
	binary.BigEndian.PutUint64(b[2:], index)
	binary.BigEndian.PutUint64(b[10:], term)
	b[18] = entryNormal
	binary.BigEndian.PutUint32(b[19:], payloadSum)
	return crc32.Checksum(b[:], castagnoli)
}

func putEntryHead(b []byte, term uint64, sum uint32) {
	b[0] = format
	binary.BigEndian.PutUint64(b[1:], term)
	b[9] = entryNormal
	binary.BigEndian.PutUint32(b[10:], sum)
}

// readEntry checks a stored entry and returns its term, its payload (shared with v; empty: a leader's first entry) and its sum.
func readEntry(shard uint16, index uint64, v []byte) (term uint64, payload []byte, sum uint32, err error) {
	if len(v) < entryHead || v[0] != format || v[9] != entryNormal {
		return 0, nil, 0, corrupt("log entry %d of shard %d has no format this program knows", index, shard)
	}
	term = binary.BigEndian.Uint64(v[1:])
	payload = v[entryHead:]
	sum = binary.BigEndian.Uint32(v[10:])
	if entrySum(shard, index, term, crc32.Checksum(payload, castagnoli)) != sum {
		return 0, nil, 0, corrupt("log entry %d of shard %d", index, shard)
	}
	return term, payload, sum, nil
}

// corrupt says what is damaged and what to do about it.
func corrupt(what string, args ...any) error {
	return fmt.Errorf("%w: %s. Restore this node's data folder from the latest backup (parley restore)", ErrCorrupt, fmt.Sprintf(what, args...))
}

// hardState is Raft's: vote stays 0 while a shard has one replica.
type hardState struct{ term, vote, commit uint64 }

func (h hardState) value() []byte { return words(h.term, h.vote, h.commit) }

// applied is how far a shard's state has come, and a hash over all that led to it: equal on every replica at equal index.
type applied struct{ index, term, hash uint64 }

func (a applied) value() []byte { return words(a.index, a.term, a.hash) }

// place is an index of the log and its term: up to where it is truncated.
type place struct{ index, term uint64 }

func (p place) value() []byte { return words(p.index, p.term) }

func words(v ...uint64) []byte {
	b := append(make([]byte, 0, 1+8*len(v)), format)
	for _, w := range v {
		b = binary.BigEndian.AppendUint64(b, w)
	}
	return b
}

func readWords(what string, b []byte, into ...*uint64) error {
	if len(b) != 1+8*len(into) || b[0] != format {
		return corrupt("%s is %d bytes long", what, len(b))
	}
	for i, w := range into {
		*w = binary.BigEndian.Uint64(b[1+8*i:])
	}
	return nil
}

// meta is what apply must know of an entity, in one small row.
type meta struct {
	version   uint64
	effectSeq uint64
	gap       uint64 // 1 + how far seq is ahead of pub at the last public event, 0 = none was public yet
	wake      int64  // ms, 0 = none
}

func (m meta) append(b []byte) []byte {
	b = append(b, format)
	b = binary.AppendUvarint(b, m.version)
	b = binary.AppendUvarint(b, m.effectSeq)
	b = binary.AppendUvarint(b, m.gap)
	return binary.AppendUvarint(b, uint64(m.wake))
}

func readMeta(e id.Ref, b []byte) (meta, error) {
	if len(b) == 0 || b[0] != format {
		return meta{}, corrupt("version of %s", e)
	}
	d := decoder{b: b[1:]}
	m := meta{version: d.uint(), effectSeq: d.uint(), gap: d.uint(), wake: int64(d.uint())}
	if d.fail {
		return meta{}, corrupt("version of %s", e)
	}
	return m, nil
}

// appendEvent writes format, crc32c over seq, pub and data, pub, data.
func appendEvent(b []byte, e Event) []byte {
	b = append(b, format)
	b = binary.BigEndian.AppendUint32(b, eventSum(e))
	b = binary.AppendUvarint(b, e.Pub)
	return append(b, e.Data...)
}

func eventSum(e Event) uint32 {
	var h [16]byte
	binary.BigEndian.PutUint64(h[:], e.Seq)
	binary.BigEndian.PutUint64(h[8:], e.Pub)
	return crc32.Update(crc32.Checksum(h[:], castagnoli), castagnoli, e.Data)
}

func readEvent(e id.Ref, seq uint64, b []byte) (Event, error) {
	if len(b) < 6 || b[0] != format {
		return Event{}, corrupt("event %d of %s", seq, e)
	}
	d := decoder{b: b[5:]}
	v := Event{Seq: seq, Pub: d.uint()}
	v.Data = append([]byte(nil), d.b...)
	if d.fail || eventSum(v) != binary.BigEndian.Uint32(b[1:]) {
		return Event{}, corrupt("event %d of %s", seq, e)
	}
	return v, nil
}

// plain values: one format byte, then the bytes as they are.
func appendPlain(b, v []byte) []byte { return append(append(b, format), v...) }

func readPlain(what string, b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] != format {
		return nil, corrupt("%s has no format this program knows", what)
	}
	return append([]byte(nil), b[1:]...), nil
}

func appendClientKey(b []byte, k ClientKey) []byte {
	e := encoder{append(b, format)}
	e.time(k.At)
	e.b = binary.BigEndian.AppendUint64(e.b, k.Hash)
	e.b = append(e.b, k.Answer...)
	return e.b
}

func appendReceived(b []byte, r Received) []byte {
	e := encoder{append(b, format)}
	e.time(r.At)
	e.b = append(e.b, r.Answer...)
	return e.b
}

// readClientKey reads key and value of a client's key.
func readClientKey(e id.Ref, rest, b []byte) (ClientKey, error) {
	if len(rest) != 32 || len(b) == 0 || b[0] != format {
		return ClientKey{}, corrupt("a client key of %s", e)
	}
	d := decoder{b: b[1:]}
	k := ClientKey{Sender: id.FromBytes(rest[:16]), Key: id.FromBytes(rest[16:]), At: d.time(), Hash: d.hash()}
	if d.fail {
		return ClientKey{}, corrupt("a client key of %s", e)
	}
	k.Answer = append([]byte(nil), d.b...)
	return k, nil
}

func readReceived(e id.Ref, rest, b []byte) (Received, error) {
	if len(rest) != refLen+8 || len(b) == 0 || b[0] != format {
		return Received{}, corrupt("a received effect of %s", e)
	}
	d := decoder{b: b[1:]}
	r := Received{Source: refOf(rest), Seq: binary.BigEndian.Uint64(rest[refLen:]), At: d.time()}
	if d.fail {
		return Received{}, corrupt("a received effect of %s", e)
	}
	r.Answer = append([]byte(nil), d.b...)
	return r, nil
}
