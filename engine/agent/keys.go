package agent

import (
	"cmp"
	"maps"
	"slices"

	"parley/engine/id"
)

// key is what names a row.
type key interface{ id.ID | string }

func text[K key](k K) string {
	switch k := any(k).(type) {
	case id.ID:
		return string(k[:])
	case string:
		return k
	}
	return ""
}

// sortedKeys returns the keys of a map in byte order: what goes into a batch must not depend on the order of a map.
func sortedKeys[K key, V any](m map[K]V) []K {
	return slices.SortedFunc(maps.Keys(m), func(a, b K) int { return cmp.Compare(text(a), text(b)) })
}

// oldest returns the key of the row that runs out first, of equals the lowest, so that a replay picks the same.
func oldest[K key, V any](rows map[K]V, until func(V) int64) K {
	return slices.MinFunc(sortedKeys(rows), func(a, b K) int { return cmp.Compare(until(rows[a]), until(rows[b])) })
}
