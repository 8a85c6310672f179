package queue

import (
	"encoding/binary"
)

// TouchAll makes Dirty return every row.
func (m *Machine) TouchAll() {
	for c := range m.waiting {
		m.touch(c)
	}
	for s := range m.slots {
		m.dirty[string(binary.BigEndian.AppendUint16([]byte{rowLeft}, s))] = struct{}{}
	}
}

// Known returns the highest attempt of a conversation remembered as left.
func (m *Machine) Known(c [16]byte) uint64 { return m.left[c] }
