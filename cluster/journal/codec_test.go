package journal

import (
	"encoding/hex"
	"errors"
	"hash/crc32"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/engine/id"
)

func drawRef(t *rapid.T) id.Ref {
	return id.Ref{Kind: id.Kind(rapid.ByteRange(1, 7).Draw(t, "kind")), ID: drawID(t)}
}

func drawID(t *rapid.T) id.ID {
	return id.FromBytes(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
}

// drawBytes never draws an empty slice: what is stored does not tell it from nil.
func drawBytes(t *rapid.T) []byte {
	return append([]byte(nil), rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "bytes")...)
}

func drawTime(t *rapid.T) time.Time {
	return timeOf(rapid.Int64Range(0, 1<<42).Draw(t, "ms"))
}

func drawList[T any](t *rapid.T, one func() T) []T {
	out := some[T](rapid.IntRange(0, 3).Draw(t, "n"))
	for i := range out {
		out[i] = one()
	}
	return out
}

func drawSeq(t *rapid.T) uint64 { return rapid.Uint64().Draw(t, "seq") }

func drawBatch(t *rapid.T) *Batch {
	return &Batch{
		Shard: 9, Entity: drawRef(t), Epoch: drawSeq(t), Version: drawSeq(t),
		Events: drawList(t, func() Event { return Event{drawSeq(t), drawSeq(t), drawBytes(t)} }),
		Rows: drawList(t, func() Row {
			return Row{Sub(rapid.ByteRange(0x10, 0x12).Draw(t, "sub")), drawBytes(t), drawBytes(t), rapid.Bool().Draw(t, "delete")}
		}),
		Effects:  drawList(t, func() Effect { return Effect{drawSeq(t), drawBytes(t)} }),
		Finished: drawList(t, func() EffectRef { return EffectRef{drawRef(t), drawSeq(t)} }),
		Keys:     drawList(t, func() ClientKey { return ClientKey{drawID(t), drawID(t), drawSeq(t), drawBytes(t), drawTime(t)} }),
		Received: drawList(t, func() Received { return Received{drawRef(t), drawSeq(t), drawBytes(t), drawTime(t)} }),
		Expire: drawList(t, func() ExpiredKey {
			if rapid.Bool().Draw(t, "received") {
				return ExpiredKey{Entity: drawRef(t), Received: true, Source: drawRef(t), Seq: drawSeq(t)}
			}
			return ExpiredKey{Entity: drawRef(t), Sender: drawID(t), Key: drawID(t)}
		}),
		Wake: Wake{rapid.Bool().Draw(t, "set"), drawTime(t)},
	}
}

func TestBatchSurvivesItsEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawBatch(t)
		b := appendBatch(nil, want)
		got, err := decodeBatch(9, b)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v\ngot  %+v\nwant %+v", err, got, want)
		}
		cut := rapid.IntRange(0, len(b)-1).Draw(t, "cut")
		if _, err := decodeBatch(9, b[:cut]); !errors.Is(err, errShort) {
			t.Fatalf("cut at %d of %d: %v", cut, len(b), err)
		}
	})
}

// Whatever bytes come, decoding returns: it neither panics nor allocates by a wild length.
func FuzzDecodeBatch(f *testing.F) {
	f.Add(appendBatch(nil, &Batch{Entity: id.Ref{Kind: id.Queue}, Events: []Event{{1, 1, []byte("x")}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := decodeBatch(1, b); err == nil && len(appendBatch(nil, got)) > len(b) {
			t.Errorf("%d bytes became a longer batch: %+v", len(b), got)
		}
	})
}

// Stored bytes are frozen: a change is a new format number.
func TestValuesAreGolden(t *testing.T) {
	at := time.UnixMilli(1_700_000_000_000)
	entry := make([]byte, entryHead)
	putEntryHead(entry, 5, entrySum(7, 11, 5, 0))
	e := id.Ref{Kind: id.Agent, ID: id.ID{15: 1}}
	tests := []struct {
		name  string
		value []byte
		want  string
	}{
		{"first entry of a term", entry, "01" + "0000000000000005" + "00" + "dca8a26e"},
		{"hard state", hardState{5, 0, 10}.value(), "01" + "0000000000000005" + "0000000000000000" + "000000000000000a"},
		{"version", meta{300, 2, 1, 0}.append(nil), "01" + "ac02" + "02" + "01" + "00"},
		{"event", appendEvent(nil, Event{1, 2, []byte("hi")}), "01" + "15c7c6f8" + "02" + "6869"},
		{"client key", appendClientKey(nil, ClientKey{Hash: 1, Answer: []byte("ok"), At: at}), "01" + "80d095ffbc31" + "0000000000000001" + "6f6b"},
		{"received", appendReceived(nil, Received{Answer: []byte("ok"), At: at}), "01" + "80d095ffbc31" + "6f6b"},
		{"batch", appendBatch(nil, &Batch{Entity: e, Epoch: 5, Version: 1, Events: []Event{{2, 1, []byte("hi")}}, Wake: Wake{true, at}}),
			"0200000000000000000000000000000001" + "05" + "01" + "01" + "0201026869" + "00" + "00" + "00" + "00" + "00" + "00" + "01" + "80d095ffbc31"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := hex.EncodeToString(tt.value); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestDamagedValuesAreFound(t *testing.T) {
	ev := appendEvent(nil, Event{4, 2, []byte("hello")})
	payload := []byte("payload")
	entry := append(make([]byte, entryHead), payload...)
	putEntryHead(entry, 5, entrySum(7, 11, 5, crcOf(payload)))
	if _, _, _, err := readEntry(7, 12, entry); !errors.Is(err, ErrCorrupt) {
		t.Errorf("entry in another's place: %v", err)
	}
	for bit := range 8 * len(entry) {
		v := append([]byte(nil), entry...)
		v[bit/8] ^= 1 << (bit % 8)
		if _, _, _, err := readEntry(7, 11, v); !errors.Is(err, ErrCorrupt) {
			t.Errorf("entry with bit %d flipped: %v", bit, err)
		}
	}
	for bit := range 8 * len(ev) {
		v := append([]byte(nil), ev...)
		v[bit/8] ^= 1 << (bit % 8)
		if _, err := readEvent(id.Ref{}, 4, v); !errors.Is(err, ErrCorrupt) {
			t.Errorf("event with bit %d flipped: %v", bit, err)
		}
	}
}

func crcOf(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }
