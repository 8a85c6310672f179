package journal

import (
	"encoding/hex"
	"slices"
	"testing"

	"parley/engine/id"
)

// The layout of keys is the disk format: a change here needs a new folderFormat and a reader of the old one.
func TestKeysAreGolden(t *testing.T) {
	const shard = 0x0102
	e := id.Ref{Kind: id.Conversation, ID: id.ID{0xc0, 15: 0x01}}
	src := id.Ref{Kind: id.Queue, ID: id.ID{0xd0, 15: 0x02}}
	const eHex = "01c0000000000000000000000000000001"
	const srcHex = "03d0000000000000000000000000000002"
	tests := []struct {
		name string
		key  []byte
		want string
	}{
		{"log", logKey(shard, 11), "4c0102" + "000000000000000b"},
		{"hard state", shardKey(rangeHard, shard), "480102"},
		{"truncation", shardKey(rangeTrunc, shard), "540102"},
		{"replica", shardKey(rangeRepl, shard), "520102"},
		{"node", nodeKey("node"), "4e" + hex.EncodeToString([]byte("node"))},
		{"state span", shardKey(rangeState, shard), "530102"},
		{"applied", subKey(shard, subApplied), "530102" + "00"},
		{"version", entityKey(shard, subMeta, e), "530102" + "01" + eHex},
		{"event", seqKey(shard, subEvents, e, 7), "530102" + "02" + eHex + "0000000000000007"},
		{"effect", seqKey(shard, subEffects, e, 7), "530102" + "03" + eHex + "0000000000000007"},
		{"wake", wakeKey(shard, 0x1122, e), "530102" + "04" + "0000000000001122" + eHex},
		{"client key", clientKey(shard, e, id.ID{1}, id.ID{2}), "530102" + "05" + eHex + "01000000000000000000000000000000" + "02000000000000000000000000000000"},
		{"received", receivedKey(shard, e, src, 9), "530102" + "06" + eHex + srcHex + "0000000000000009"},
		{"public number", seqKey(shard, subPubs, e, 3), "530102" + "07" + eHex + "0000000000000003"},
		{"cluster", subKey(shard, subCluster), "530102" + "0e"},
		{"head row", rowKey(shard, e, SubRows, nil), "530102" + "10" + eHex},
		{"row", rowKey(shard, e, SubRows, []byte("x")), "530102" + "10" + eHex + "78"},
		{"session", rowKey(shard, e, SubSessions, []byte("x")), "530102" + "11" + eHex + "78"},
		{"number", rowKey(shard, e, SubNumbers, []byte("x")), "530102" + "12" + "78"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := hex.EncodeToString(tt.key); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestAfterEndsAPrefix(t *testing.T) {
	tests := []struct {
		name         string
		prefix, want []byte
	}{
		{"plain", []byte{1, 2}, []byte{1, 3}},
		{"carry", []byte{1, 0xff, 0xff}, []byte{2}},
		{"all ones", []byte{0xff, 0xff}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := after(tt.prefix); !slices.Equal(got, tt.want) {
				t.Errorf("got %x, want %x", got, tt.want)
			}
		})
	}
}
