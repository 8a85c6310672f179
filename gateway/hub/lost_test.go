package hub_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/gateway/fake"
	"parley/gateway/hub"
)

// losing is a backend whose first subscription is lost for good.
type losing struct {
	*fake.Backend
	n atomic.Int32
}

func (l *losing) Subscribe(ref id.Ref, sink actors.Sink) func() {
	if l.n.Add(1) == 1 {
		go sink.Lost(actors.ErrStopped)
		return func() {}
	}
	return l.Backend.Subscribe(ref, sink)
}

// deaf is a subscriber that only counts.
type deaf struct{ gone atomic.Int32 }

func (*deaf) Event(*hub.Follow, uint64, []byte) {}
func (*deaf) Push([]byte)                       {}
func (*deaf) Behind(*hub.Follow)                {}
func (*deaf) Changed(*hub.Follow)               {}
func (d *deaf) Gone(*hub.Follow)                { d.gone.Add(1) }
func (*deaf) Is(event.Who) bool                 { return false }
func (*deaf) Lock()                             {}
func (*deaf) Unlock()                           {}

// Who follows a conversation right after it was lost, before those who heard of it have left, is not left deaf.
func TestWhoComesAfterALossHears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &losing{Backend: fake.New(time.Now, fake.Centre())}
		h := hub.New(hub.Options{Backend: b, Now: time.Now, Workers: 1})
		first, second := &deaf{}, &deaf{}
		f1 := h.Follow(id.ID{1}, true, 0, first)
		synctest.Wait()
		if first.gone.Load() != 1 {
			t.Fatal("the loss was not told")
		}
		f2 := h.Follow(id.ID{1}, true, 0, second)
		f1.Close()
		synctest.Wait()
		if b.n.Load() != 2 {
			t.Errorf("%d subscriptions, want another one", b.n.Load())
		}
		f2.Close()
		h.Close()
		b.Close()
	})
}
