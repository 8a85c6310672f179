// Package order keeps values in order with cheap positions: who is third in line, and where would this one stand.
package order

import (
	"iter"
	"slices"
)

// block is the most values in one block. At 100,000 values a change moves at most 4 KB and a position adds up 400 lengths.
const block = 512

// List is a sorted list without equal values. Its zero value is not usable: New.
// A value's place must not change while it is in the list: delete it, change it, insert it.
type List[T any] struct {
	cmp    func(a, b T) int
	blocks [][]T // none empty
	n      int
}

// New makes an empty list ordered by cmp, which must tell any two different values apart.
func New[T any](cmp func(a, b T) int) *List[T] { return &List[T]{cmp: cmp} }

// Len returns how many values the list holds.
func (l *List[T]) Len() int { return l.n }

// find returns the block and the place in it where v is or would be; the block may be one past the last.
func (l *List[T]) find(v T) (b, i int, found bool) {
	lo, hi := 0, len(l.blocks)
	for lo < hi {
		m := (lo + hi) / 2
		if s := l.blocks[m]; l.cmp(s[len(s)-1], v) < 0 {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo == len(l.blocks) {
		return lo, 0, false
	}
	i, found = slices.BinarySearchFunc(l.blocks[lo], v, l.cmp)
	return lo, i, found
}

// Insert puts v in its place; false when an equal value is there already.
func (l *List[T]) Insert(v T) bool {
	b, i, found := l.find(v)
	if found {
		return false
	}
	l.n++
	if b == len(l.blocks) {
		if b == 0 {
			l.blocks = append(l.blocks, []T{v})
			return true
		}
		b--
		i = len(l.blocks[b])
	}
	s := slices.Insert(l.blocks[b], i, v)
	l.blocks[b] = s
	if len(s) > block {
		half := slices.Clone(s[block/2:])
		clear(s[block/2:])
		l.blocks[b] = s[: block/2 : block/2]
		l.blocks = slices.Insert(l.blocks, b+1, half)
	}
	return true
}

// Delete takes v out; false when it was not there.
func (l *List[T]) Delete(v T) bool {
	b, i, found := l.find(v)
	if !found {
		return false
	}
	l.n--
	l.blocks[b] = slices.Delete(l.blocks[b], i, i+1)
	if len(l.blocks[b]) == 0 {
		l.blocks = slices.Delete(l.blocks, b, b+1)
	}
	return true
}

// Rank returns how many values come before v, whether v is in the list or not.
func (l *List[T]) Rank(v T) int {
	b, i, _ := l.find(v)
	for _, s := range l.blocks[:b] {
		i += len(s)
	}
	return i
}

// At returns the value at position i, 0 first. It panics when i is out of range.
func (l *List[T]) At(i int) T {
	for _, s := range l.blocks {
		if i < len(s) {
			return s[i]
		}
		i -= len(s)
	}
	panic("order: position out of range")
}

// First returns the value that comes before all others; false when there is none.
func (l *List[T]) First() (v T, ok bool) {
	if l.n == 0 {
		return v, false
	}
	return l.blocks[0][0], true
}

// All walks the values in order. The list must not change meanwhile.
func (l *List[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, s := range l.blocks {
			for _, v := range s {
				if !yield(v) {
					return
				}
			}
		}
	}
}
