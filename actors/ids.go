package actors

import (
	"io"
	"sync"
	"time"

	"parley/engine/id"
)

// ids makes UUIDv7s from randomness that was handed in; it is read in blocks behind a lock.
type ids struct {
	random io.Reader
	mu     sync.Mutex
	block  [640]byte
	left   int
}

func (g *ids) next(now time.Time) id.ID {
	var r [10]byte
	g.read(r[:])
	return id.V7(now, r)
}

// any is 16 random bytes: a reservation's name, which must not derive from a counter that could roll back.
func (g *ids) any() id.ID {
	var i id.ID
	g.read(i[:10])
	g.read(i[10:])
	return i
}

// read fills up to 10 bytes.
func (g *ids) read(b []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left < len(b) {
		if _, err := io.ReadFull(g.random, g.block[:]); err != nil {
			panic("actors: no randomness: " + err.Error())
		}
		g.left = len(g.block)
	}
	g.left -= copy(b, g.block[len(g.block)-g.left:])
}
