package auth

import (
	"strings"
	"sync"
	"time"
)

// After freeTries failures in a row each further one doubles the wait, from firstDelay to longestDelay. Nothing is ever
// locked for good: somebody who guesses would lock out who knows.
const (
	freeTries    = 3
	firstDelay   = time.Second
	longestDelay = 30 * time.Second
	forgetAfter  = 15 * time.Minute
	delaysMost   = 10_000
)

// delays counts failures in a row by account or by network.
type delays struct {
	mu struct {
		sync.Mutex
		of map[string]failures
	}
}

type failures struct {
	n    int
	last time.Time
}

func newDelays() *delays {
	d := &delays{}
	d.mu.of = map[string]failures{}
	return d
}

// nameMost is how much of a name is kept, in bytes; no login name is longer. What strangers make up takes no more room.
const nameMost = 256

func fold(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	return strings.Clone(name[:min(len(name), nameMost)])
}

// wait is how long the name must wait for its next try.
func (d *delays) wait(name string, now time.Time) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.mu.of[fold(name)]
	if f.n < freeTries || name == "" {
		return 0
	}
	delay := min(longestDelay, firstDelay<<min(f.n-freeTries, 10))
	return max(0, f.last.Add(delay).Sub(now))
}

// failed counts a failure. When too many names are known those of long ago are forgotten, and if that is not enough, all.
func (d *delays) failed(name string, now time.Time) {
	if name == "" {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.mu.of) >= delaysMost {
		for k, f := range d.mu.of {
			if now.Sub(f.last) > forgetAfter {
				delete(d.mu.of, k)
			}
		}
		if len(d.mu.of) >= delaysMost {
			clear(d.mu.of)
		}
	}
	f := d.mu.of[fold(name)]
	if now.Sub(f.last) > forgetAfter {
		f.n = 0
	}
	d.mu.of[fold(name)] = failures{f.n + 1, now}
}

func (d *delays) forget(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.mu.of, fold(name))
}
