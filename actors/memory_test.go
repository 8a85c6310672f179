package actors

import (
	"testing"
	"time"

	"parley/engine/event"
	"parley/engine/id"
)

// An entity that is never idle keeps a day of received effects, not all it ever had, and never one that is under way.
func TestReceivedIsBounded(t *testing.T) {
	e := &entityActor{received: map[event.Source]*memory{}}
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	flying := event.Source{Ref: id.Ref{Kind: id.Agent}, Seq: 1}
	e.received[flying] = &memory{at: now, flight: &flight{}}
	owed := event.Source{Ref: id.Ref{Kind: id.Agent}, Seq: 2}
	e.received[owed] = &memory{at: now, awaits: 3}
	most := 0
	for n := range uint64(100_000) { // one a minute: 1,440 a day
		now = now.Add(time.Minute)
		m := &memory{at: now, source: event.Source{Ref: id.Ref{Kind: id.Conversation}, Seq: n + 1}}
		e.received[m.source] = m
		e.forgetReceived(now)
		most = max(most, len(e.received))
	}
	if most > 3*1440 {
		t.Errorf("%d kept", most)
	}
	if e.received[flying] == nil || e.received[owed] == nil {
		t.Error("one that is under way was forgotten")
	}
	for n := range uint64(1440) {
		if e.received[event.Source{Ref: id.Ref{Kind: id.Conversation}, Seq: 100_000 - n}] == nil {
			t.Fatalf("one of %d minutes ago was forgotten", n)
		}
	}
}
