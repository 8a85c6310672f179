package session

import (
	"testing"
	"time"
)

// The hub tells a session of a change while it holds a conversation's lock, and a session begins to follow a conversation
// while it holds the lock of its parts, waiting for the hub. Were the first to wait for that lock too, three sessions
// could wait for each other for ever, and with them the whole node.
func TestWakeNeverWaitsForTheParts(t *testing.T) {
	s := &Session{}
	told := make(chan struct{})
	s.parts.Lock()
	defer s.parts.Unlock()
	go func() {
		s.Changed(nil)
		close(told)
	}()
	select {
	case <-told:
	case <-time.After(5 * time.Second): // a mutex is not seen by a bubble's clock
		t.Error("a hub's worker waits for a session")
	}
}
