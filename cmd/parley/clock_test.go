package main

import (
	"testing"
	"time"
)

func TestSteadyClock(t *testing.T) {
	began := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var c steadyClock
	for _, tt := range []struct {
		name    string
		reading time.Duration // of the machine, since it began
		ran     time.Duration // since the reading before
		want    time.Duration
	}{
		{name: "as it is", reading: 0, want: 0},
		{name: "goes on", reading: time.Second, ran: time.Second, want: time.Second},
		{name: "set back an hour", reading: -time.Hour + 2*time.Second, ran: time.Second, want: 2 * time.Second},
		{name: "goes on, slower", reading: -time.Hour + 32*time.Second, ran: 30 * time.Second, want: 29 * time.Second},
		{name: "half of it set forward again", reading: -30*time.Minute + 33*time.Second, ran: time.Second, want: 29900 * time.Millisecond},
		{name: "right again", reading: 34 * time.Second, ran: time.Second, want: 34 * time.Second},
		{name: "set forward", reading: 2 * time.Hour, ran: time.Second, want: 2 * time.Hour},
		{name: "slept for a day", reading: 26 * time.Hour, ran: 0, want: 26 * time.Hour},
	} {
		if got := c.at(began.Add(tt.reading), tt.ran); !got.Equal(began.Add(tt.want)) {
			t.Errorf("%s: %v after the beginning, want %v", tt.name, got.Sub(began), tt.want)
		}
	}
}

func TestWallClockNeverGoesBack(t *testing.T) {
	last := wallClock()
	for range 1000 {
		now := wallClock()
		if now.Before(last) {
			t.Fatalf("%v after %v", now, last)
		}
		last = now
	}
}
