package session

import "time"

// bucket is a token bucket. The zero value is full.
type bucket struct {
	spent float64
	at    time.Time
}

// take spends a token; when there is none it says how long until there is.
func (b *bucket) take(now time.Time, rate float64, burst int) (wait time.Duration, ok bool) {
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
