// Package limit holds clients to a pace.
package limit

import (
	"sync"
	"time"
)

// Bucket is a token bucket. The zero value is full.
type Bucket struct {
	spent float64
	at    time.Time
}

// Take spends a token of so many per second, at most burst at once. When there is none it says how long until there is.
func (b *Bucket) Take(now time.Time, rate float64, burst int) (wait time.Duration, ok bool) {
	if !b.at.IsZero() {
		b.spent = max(0, b.spent-now.Sub(b.at).Seconds()*rate)
	}
	b.at = now
	if b.spent+1 > float64(burst) {
		return time.Duration((b.spent + 1 - float64(burst)) / rate * float64(time.Second)), false
	}
	b.spent++
	return 0, true
}

// namesMost is how many names Buckets keep; those that are full again go first.
const namesMost = 10_000

// Buckets are token buckets by name: an address, a caller.
type Buckets[K comparable] struct {
	Rate  float64 // tokens per second
	Burst int
	mu    struct {
		sync.Mutex
		of map[K]*Bucket
	}
}

// Take spends a token of a name.
func (b *Buckets[K]) Take(name K, now time.Time) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	one := b.mu.of[name]
	if one == nil {
		b.room(now)
		one = &Bucket{}
		b.mu.of[name] = one
	}
	return one.Take(now, b.Rate, b.Burst)
}

// room makes room for a name.
func (b *Buckets[K]) room(now time.Time) {
	if b.mu.of == nil {
		b.mu.of = map[K]*Bucket{}
	}
	if len(b.mu.of) < namesMost {
		return
	}
	full := time.Duration(float64(b.Burst) / b.Rate * float64(time.Second))
	for k, one := range b.mu.of {
		if now.Sub(one.at) > full {
			delete(b.mu.of, k)
		}
	}
	if len(b.mu.of) >= namesMost {
		clear(b.mu.of) // a flood of addresses: better a pause of the limit than of the service
	}
}
