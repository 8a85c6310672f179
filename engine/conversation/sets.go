package conversation

import (
	"bytes"
	"slices"

	"parley/engine/id"
)

func compareIDs(a, b id.ID) int { return bytes.Compare(a[:], b[:]) }

// with returns the sorted set and one more; a new slice, because copies of a state share the old one.
func with(set []id.ID, x id.ID) []id.ID {
	i, found := slices.BinarySearchFunc(set, x, compareIDs)
	if found {
		return set
	}
	return slices.Insert(slices.Clone(set), i, x)
}

// without returns the sorted set less one, nil when nothing is left.
func without(set []id.ID, x id.ID) []id.ID {
	i, found := slices.BinarySearchFunc(set, x, compareIDs)
	switch {
	case !found:
		return set
	case len(set) == 1:
		return nil
	}
	return slices.Delete(slices.Clone(set), i, i+1)
}

func contains(set []id.ID, x id.ID) bool { return slices.Contains(set, x) }

func idOf(b []byte) id.ID { return id.FromBytes(b) }
