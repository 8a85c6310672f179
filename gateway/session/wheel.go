package session

import (
	"sync"
	"time"
)

// The wheel's turn is spokes x spoke, longer than any delay it is asked for.
const (
	spoke  = 250 * time.Millisecond
	spokes = 1024
)

// wheel is the one clock of all sessions: a timer per connection would cost more than the connection. Each session
// stands at one spoke; when it comes by, the session says in how long it wants to be asked again.
type wheel struct {
	now  func() time.Time
	stop chan struct{}
	done sync.WaitGroup
	mu   struct {
		sync.Mutex
		at    int
		slots [spokes]map[*Session]struct{}
	}
}

func newWheel(now func() time.Time) *wheel {
	w := &wheel{now: now, stop: make(chan struct{})}
	w.done.Go(w.run)
	return w
}

// add asks a session after a delay.
func (w *wheel) add(s *Session, delay time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.put(s, delay)
}

func (w *wheel) put(s *Session, delay time.Duration) {
	n := min(max(1, int((delay+spoke-1)/spoke)), spokes-1)
	s.slot = (w.mu.at + n) % spokes
	if w.mu.slots[s.slot] == nil {
		w.mu.slots[s.slot] = map[*Session]struct{}{}
	}
	w.mu.slots[s.slot][s] = struct{}{}
}

// remove forgets a session.
func (w *wheel) remove(s *Session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.mu.slots[s.slot], s)
}

func (w *wheel) run() {
	t := time.NewTicker(spoke)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			w.turn()
		case <-w.stop:
			return
		}
	}
}

func (w *wheel) turn() {
	w.mu.Lock()
	w.mu.at = (w.mu.at + 1) % spokes
	due := w.mu.slots[w.mu.at]
	w.mu.slots[w.mu.at] = nil
	w.mu.Unlock()
	now := w.now()
	for s := range due {
		if next := s.tick(now); next > 0 {
			w.add(s, next)
		}
	}
}

func (w *wheel) close() {
	close(w.stop)
	w.done.Wait()
}
