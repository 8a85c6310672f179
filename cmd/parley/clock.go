package main

import (
	"sync"
	"time"
)

// steadyClock never goes back while the process lives. When the machine's clock is set back it goes on from where it was, a
// tenth slower until both agree again: offers, graces and retries keep about their lengths, and none waits out the step.
// A machine's clock that is set forward, or wakes from sleep, is followed at once.
type steadyClock struct {
	mu struct {
		sync.Mutex
		last  time.Time     // the machine's reading before this one; zero = none yet
		ahead time.Duration // of the machine's clock
	}
}

// at gives the time for a reading of the machine's clock; ran is how long the last reading was ago by a clock nobody sets.
func (c *steadyClock) at(reading time.Time, ran time.Duration) time.Time {
	if !c.mu.last.IsZero() {
		slower := min(c.mu.ahead, ran/10)
		c.mu.ahead = max(0, c.mu.ahead-slower+ran-reading.Sub(c.mu.last))
	}
	c.mu.last = reading
	return reading.Add(c.mu.ahead)
}
