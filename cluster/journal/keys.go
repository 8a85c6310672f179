package journal

import (
	"encoding/binary"

	"parley/engine/id"
)

// The ranges of the database, one byte. What stands here is the disk format: golden keys in keys_test.go.
const (
	rangeHard  = 'H' // term, vote, commit of a shard's group
	rangeLog   = 'L' // shard, index -> entry
	rangeNode  = 'N' // name -> value: node id, cluster id, format
	rangeRepl  = 'R' // replica ids of a shard: written once Raft groups are there
	rangeState = 'S' // shard, sub-range, … : one span per shard, which a snapshot replaces
	rangeTrunc = 'T' // up to where a shard's log is gone
)

// Sub-ranges of S that the journal keeps for itself; those of entities stand beside Sub.
const (
	subApplied  Sub = 0x00 // applied index, its term, rolling hash: no more key
	subMeta     Sub = 0x01 // kind, id -> version, highest effect seq, wake-up
	subEvents   Sub = 0x02 // kind, id, seq
	subEffects  Sub = 0x03 // kind, id, seq
	subWakes    Sub = 0x04 // due time first, then kind, id: the sweep reads from the oldest
	subKeys     Sub = 0x05 // kind, id, sender, key
	subReceived Sub = 0x06 // kind, id, kind and id of the source, seq
	subPubs     Sub = 0x07 // kind, id, pub -> seq: only where their distance changes
	subCluster  Sub = 0x0e // name -> value, in shard 0 only: the cluster's key
)

const (
	prefixLen = 4              // range, shard, sub-range
	refLen    = 1 + 16         // kind, id
	entityLen = prefixLen + 17 // up to and with the entity
)

func shardKey(r byte, shard uint16) []byte {
	return []byte{r, byte(shard >> 8), byte(shard)}
}

func logKey(shard uint16, index uint64) []byte {
	return binary.BigEndian.AppendUint64(shardKey(rangeLog, shard), index)
}

func nodeKey(name string) []byte { return append([]byte{rangeNode}, name...) }

func subKey(shard uint16, sub Sub) []byte {
	return append(make([]byte, 0, 64), rangeState, byte(shard>>8), byte(shard), byte(sub))
}

func appendRef(b []byte, e id.Ref) []byte {
	b = append(b, byte(e.Kind))
	return append(b, e.ID[:]...)
}

func refOf(b []byte) id.Ref {
	return id.Ref{Kind: id.Kind(b[0]), ID: id.FromBytes(b[1:refLen])}
}

func entityKey(shard uint16, sub Sub, e id.Ref) []byte {
	return appendRef(subKey(shard, sub), e)
}

func seqKey(shard uint16, sub Sub, e id.Ref, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(entityKey(shard, sub, e), seq)
}

// rowKey places a row. Numbers are looked up by number alone, so theirs have no entity: it stands in the value.
func rowKey(shard uint16, e id.Ref, sub Sub, rest []byte) []byte {
	if sub == SubNumbers {
		return append(subKey(shard, sub), rest...)
	}
	return append(entityKey(shard, sub, e), rest...)
}

func wakeKey(shard uint16, dueMillis int64, e id.Ref) []byte {
	b := binary.BigEndian.AppendUint64(subKey(shard, subWakes), uint64(dueMillis))
	return appendRef(b, e)
}

func clientKey(shard uint16, e id.Ref, sender, key id.ID) []byte {
	b := append(entityKey(shard, subKeys, e), sender[:]...)
	return append(b, key[:]...)
}

func receivedKey(shard uint16, e, source id.Ref, seq uint64) []byte {
	b := appendRef(entityKey(shard, subReceived, e), source)
	return binary.BigEndian.AppendUint64(b, seq)
}

// after returns the first key behind all that start with prefix.
func after(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		end[i]++
		if end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}
