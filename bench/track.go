package bench

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// faults counts what must not happen and keeps the first of each run in words.
type faults struct {
	lost, duplicated, outOfOrder, failed atomic.Int64
	first                                sync.Once
	words                                atomic.Value
}

func (f *faults) note(n *atomic.Int64, format string, args ...any) {
	n.Add(1)
	f.first.Do(func() { f.words.Store(fmt.Sprintf(format, args...)) })
}

func (f *faults) firstFault() string {
	s, _ := f.words.Load().(string)
	return s
}

// track follows the numbering one reader sees of one conversation: without a gap, each once.
type track struct {
	who  string
	conv string
	last uint64
	all  *faults
}

// saw takes the next number and reports whether it is new.
func (t *track) saw(seq uint64) bool {
	switch {
	case seq <= t.last:
		t.all.note(&t.all.duplicated, "%s of %s got %d again, was at %d", t.who, t.conv, seq, t.last)
		return false
	case t.last != 0 && seq != t.last+1:
		t.all.note(&t.all.outOfOrder, "%s of %s got %d after %d", t.who, t.conv, seq, t.last)
	}
	t.last = seq
	return true
}
