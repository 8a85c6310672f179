package id

import "hash/fnv"

// Shards is the number of shards of every cluster. Shard 0 holds org alone.
const Shards = 128

// ShardOf places an entity: 0 for org, else 1 + FNV-1a-64(kind name, "/", 16 raw bytes) mod 127.
// Frozen with test vectors. A queue is placed by its pool: ShardOf(Pool, pool).
func ShardOf(k Kind, i ID) uint16 {
	if k == Org {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(k.String()))
	h.Write([]byte("/"))
	h.Write(i[:])
	return uint16(1 + h.Sum64()%(Shards-1))
}
