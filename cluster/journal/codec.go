package journal

import (
	"encoding/binary"
	"errors"
	"time"

	"parley/engine/id"
)

// errShort means that an encoded batch ends early or holds a length that cannot be: corruption, since it was checksummed.
var errShort = errors.New("journal: encoded batch is cut short")

// encoder appends the parts of a batch: integers as uvarints, byte strings with their length before them.
type encoder struct{ b []byte }

func (e *encoder) uint(v uint64)    { e.b = binary.AppendUvarint(e.b, v) }
func (e *encoder) id(v id.ID)       { e.b = append(e.b, v[:]...) }
func (e *encoder) ref(v id.Ref)     { e.b = appendRef(e.b, v) }
func (e *encoder) time(t time.Time) { e.uint(uint64(millis(t))) }
func (e *encoder) bytes(v []byte)   { e.uint(uint64(len(v))); e.b = append(e.b, v...) }
func (e *encoder) flag(v bool)      { e.b = append(e.b, bit(v)) }

func bit(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// millis is how times are stored: Unix milliseconds, 0 for the zero time and for anything before 1970.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return max(t.UnixMilli(), 0)
}

func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// appendBatch encodes a batch behind b. The shard is not in it: it stands in the key.
func appendBatch(b []byte, t *Batch) []byte {
	e := encoder{b}
	e.ref(t.Entity)
	e.uint(t.Epoch)
	e.uint(t.Version)
	e.uint(uint64(len(t.Events)))
	for _, v := range t.Events {
		e.uint(v.Seq)
		e.uint(v.Pub)
		e.bytes(v.Data)
	}
	e.uint(uint64(len(t.Rows)))
	for _, v := range t.Rows {
		e.b = append(e.b, byte(v.Sub))
		e.flag(v.Delete)
		e.bytes(v.Rest)
		e.bytes(v.Value)
	}
	e.effects(t)
	e.answers(t)
	e.flag(t.Wake.Set)
	e.time(t.Wake.Due)
	return e.b
}

func (e *encoder) effects(t *Batch) {
	e.uint(uint64(len(t.Effects)))
	for _, v := range t.Effects {
		e.uint(v.Seq)
		e.bytes(v.Data)
	}
	e.uint(uint64(len(t.Finished)))
	for _, v := range t.Finished {
		e.ref(v.Entity)
		e.uint(v.Seq)
	}
}

func (e *encoder) answers(t *Batch) {
	e.uint(uint64(len(t.Keys)))
	for _, v := range t.Keys {
		e.id(v.Sender)
		e.id(v.Key)
		e.b = binary.BigEndian.AppendUint64(e.b, v.Hash)
		e.bytes(v.Answer)
		e.time(v.At)
	}
	e.uint(uint64(len(t.Received)))
	for _, v := range t.Received {
		e.ref(v.Source)
		e.uint(v.Seq)
		e.bytes(v.Answer)
		e.time(v.At)
	}
	e.uint(uint64(len(t.Expire)))
	for _, v := range t.Expire {
		e.ref(v.Entity)
		e.flag(v.Received)
		if v.Received {
			e.ref(v.Source)
			e.uint(v.Seq)
			continue
		}
		e.id(v.Sender)
		e.id(v.Key)
	}
}

// decoder reads what encoder wrote. The first fault sticks; everything after it is zero.
type decoder struct {
	b    []byte
	fail bool
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) take(n int) []byte {
	if n > len(d.b) {
		d.fail, d.b = true, nil
		return nil
	}
	v := d.b[:n:n]
	d.b = d.b[n:]
	return v
}

// bytes returns a copy, so that what is decoded outlives the database's buffer.
func (d *decoder) bytes() []byte {
	n := d.uint()
	if n > uint64(len(d.b)) {
		d.fail, d.b = true, nil
		return nil
	}
	if n == 0 {
		return nil
	}
	return append([]byte(nil), d.take(int(n))...)
}

// count reads a number of parts, each at least one byte long: a wild number cannot make us allocate.
func (d *decoder) count() int {
	n := d.uint()
	if n > uint64(len(d.b)) {
		d.fail, d.b = true, nil
		return 0
	}
	return int(n)
}

func (d *decoder) byte() byte {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) id() id.ID { return id.FromBytes(d.take(16)) }
func (d *decoder) ref() id.Ref {
	return id.Ref{Kind: id.Kind(d.byte()), ID: d.id()}
}
func (d *decoder) time() time.Time { return timeOf(int64(d.uint())) }

func (d *decoder) hash() uint64 {
	if b := d.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// some makes a slice for n parts, nil for none: a decoded batch equals the one that was encoded.
func some[T any](n int) []T {
	if n == 0 {
		return nil
	}
	return make([]T, n)
}

func decodeBatch(shard uint16, b []byte) (*Batch, error) {
	d := decoder{b: b}
	t := &Batch{Shard: shard, Entity: d.ref(), Epoch: d.uint(), Version: d.uint()}
	t.Events = some[Event](d.count())
	for i := range t.Events {
		t.Events[i] = Event{Seq: d.uint(), Pub: d.uint(), Data: d.bytes()}
	}
	t.Rows = some[Row](d.count())
	for i := range t.Rows {
		t.Rows[i] = Row{Sub: Sub(d.byte()), Delete: d.byte() == 1, Rest: d.bytes(), Value: d.bytes()}
	}
	d.effects(t)
	d.answers(t)
	t.Wake = Wake{Set: d.byte() == 1, Due: d.time()}
	if d.fail || len(d.b) != 0 {
		return nil, errShort
	}
	return t, nil
}

func (d *decoder) effects(t *Batch) {
	t.Effects = some[Effect](d.count())
	for i := range t.Effects {
		t.Effects[i] = Effect{Seq: d.uint(), Data: d.bytes()}
	}
	t.Finished = some[EffectRef](d.count())
	for i := range t.Finished {
		t.Finished[i] = EffectRef{Entity: d.ref(), Seq: d.uint()}
	}
}

func (d *decoder) answers(t *Batch) {
	t.Keys = some[ClientKey](d.count())
	for i := range t.Keys {
		t.Keys[i] = ClientKey{Sender: d.id(), Key: d.id(), Hash: d.hash(), Answer: d.bytes(), At: d.time()}
	}
	t.Received = some[Received](d.count())
	for i := range t.Received {
		t.Received[i] = Received{Source: d.ref(), Seq: d.uint(), Answer: d.bytes(), At: d.time()}
	}
	t.Expire = some[ExpiredKey](d.count())
	for i := range t.Expire {
		x := ExpiredKey{Entity: d.ref(), Received: d.byte() == 1}
		if x.Received {
			x.Source, x.Seq = d.ref(), d.uint()
		} else {
			x.Sender, x.Key = d.id(), d.id()
		}
		t.Expire[i] = x
	}
}
