package routing

import (
	"container/heap"
	"time"

	"parley/engine/id"
)

// timers holds moments at which something about a conversation may change. Moments that no longer matter stay until
// they have passed: whoever takes one out looks at the conversation itself.
type timers struct{ heap momentHeap }

type moment struct {
	at           time.Time
	conversation id.ID
}

func (t *timers) add(at time.Time, conversation id.ID) {
	heap.Push(&t.heap, moment{at: at, conversation: conversation})
}

// due takes out one moment that has come.
func (t *timers) due(now time.Time) (conversation id.ID, ok bool) {
	if len(t.heap) == 0 || now.Before(t.heap[0].at) {
		return id.ID{}, false
	}
	return heap.Pop(&t.heap).(moment).conversation, true
}

func (t *timers) first() time.Time {
	if len(t.heap) == 0 {
		return time.Time{}
	}
	return t.heap[0].at
}

type momentHeap []moment

func (h momentHeap) Len() int           { return len(h) }
func (h momentHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h momentHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push and Pop are container/heap's.
func (h *momentHeap) Push(x any) { *h = append(*h, x.(moment)) }

// Pop takes the last one.
func (h *momentHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
