package session

import "sync"

// laneCap is how many frames may wait in a lane; then their sessions are not read from.
const laneCap = 256

// lanes decode and dispatch. A session's frames stay in one lane, so in order. The reading goroutines only read: deep
// work would grow the stack of each of them for good.
type lanes struct {
	of   []chan job
	done sync.WaitGroup
}

type job struct {
	s    *Session
	data []byte
}

func newLanes(n int) *lanes {
	l := &lanes{of: make([]chan job, n)}
	for i := range l.of {
		c := make(chan job, laneCap)
		l.of[i] = c
		l.done.Go(func() {
			for j := range c {
				j.s.frame(j.data)
			}
		})
	}
	return l
}

// put hands a frame over; it blocks while the lane is full.
func (l *lanes) put(s *Session, data []byte) {
	l.of[int(s.lane)%len(l.of)] <- job{s, data}
}

// close waits until all frames handed over are dispatched. Nobody may put any more.
func (l *lanes) close() {
	for _, c := range l.of {
		close(c)
	}
	l.done.Wait()
}
