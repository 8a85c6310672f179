package session

import (
	"testing"
	"testing/synctest"
)

// The hub tells a session of a change while it holds a conversation's lock, and a session begins to follow a conversation
// while it holds the lock of its parts, waiting for the hub. Were the first to wait for that lock too, three sessions
// could wait for each other for ever, and with them the whole node.
func TestWakeNeverWaitsForTheParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Session{}
		told := make(chan struct{})
		s.parts.Lock()
		go func() {
			s.Changed(nil)
			close(told)
		}()
		synctest.Wait()
		select {
		case <-told:
		default:
			t.Error("a hub's worker waits for a session")
		}
		s.parts.Unlock()
		<-told
	})
}
