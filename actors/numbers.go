package actors

import (
	"encoding/binary"
	"sync"

	"parley/cluster/journal"
	"parley/engine/id"
)

// A block of numbers is reserved in the shard's log before the first of it is given out; holes are fine.
const (
	numberBlock = 64
	numberLow   = 16 // the next block is reserved when fewer are left
)

// numberRow is the row of the shard's entity that holds the first k not yet reserved.
var numberRow = []byte("number")

// numbers gives out the numbers people see: k x 128 + shard. Entities of a shard share it.
type numbers struct {
	shard uint16
	mu    struct {
		sync.Mutex
		next, end uint64 // k
	}
}

// take returns the next number; false when the block is used up. low asks for another block.
func (n *numbers) take() (number uint64, low, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.mu.next >= n.mu.end {
		return 0, true, false
	}
	k := n.mu.next
	n.mu.next++
	return k*id.Shards + uint64(n.shard), n.mu.end-n.mu.next < numberLow, true
}

// add gives a block that the log holds.
func (n *numbers) add(first, end uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.mu.next >= n.mu.end {
		n.mu.next = first
	}
	n.mu.end = end
}

// loadNumbers reads the first k that is free from the rows of the shard's entity; numbers begin with k = 1.
func loadNumbers(rows []journal.Row) uint64 {
	for _, r := range rows {
		if r.Sub == journal.SubRows && string(r.Rest) == string(numberRow) {
			if k, n := binary.Uvarint(r.Value); n > 0 {
				return k
			}
		}
	}
	return 1
}

// reserveNumbers writes the next block. One at a time.
func (s *shardActor) reserveNumbers() {
	if s.reserving || !s.lease.opened.Load() {
		return
	}
	s.reserving = true
	first, end := s.nextK, s.nextK+numberBlock
	s.own(&journal.Batch{Rows: []journal.Row{{Sub: journal.SubRows, Rest: numberRow, Value: binary.AppendUvarint(nil, end)}}}, func(s *shardActor, ok bool) {
		s.reserving = false
		if !ok {
			s.after(retryOwn, (*shardActor).reserveNumbers)
			return
		}
		s.nextK = end
		s.lease.numbers.add(first, end)
		for _, c := range s.starved {
			s.forward(c)
		}
		s.starved = nil
	})
}
