package actors

import (
	"sync"
	"time"

	"parley/engine/id"
)

// quarantine names entities that are asked nothing until an operator lets them out: their rules or their data are broken.
// It holds for this node and this run: after a restart each is tried again.
type quarantine struct {
	node *Node
	mu   struct {
		sync.RWMutex
		of map[id.Ref]bool
	}
}

func (q *quarantine) holds(r id.Ref) bool {
	q.mu.RLock()
	defer q.mu.RUnlock()
	return q.mu.of[r]
}

func (q *quarantine) put(r id.Ref) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.mu.of == nil {
		q.mu.of = map[id.Ref]bool{}
	}
	if !q.mu.of[r] {
		q.mu.of[r] = true
		q.node.metrics.quarantined.Inc()
	}
}

// Release lets an entity out of quarantine; false when it was in none.
func (n *Node) Release(r id.Ref) bool {
	q := &n.quarantine
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.mu.of[r] {
		return false
	}
	delete(q.mu.of, r)
	n.metrics.quarantined.Dec()
	return true
}

// Quarantined lists the entities in quarantine.
func (n *Node) Quarantined() []id.Ref {
	q := &n.quarantine
	q.mu.RLock()
	defer q.mu.RUnlock()
	var all []id.Ref
	for r := range q.mu.of {
		all = append(all, r)
	}
	return all
}

// fullFor is how long after the log said that the disk is full commands are refused without asking it.
const fullFor = time.Second

// diskFull remembers that the log took nothing: a state that was evolved for nothing must be read anew, so one command
// a second tries, not each.
type diskFull struct {
	mu    sync.Mutex
	until time.Time
}

func (f *diskFull) set(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.until = now.Add(fullFor)
}

func (f *diskFull) active(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return now.Before(f.until)
}
