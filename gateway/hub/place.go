package hub

import (
	"time"

	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/que"
	"parley/gateway/protocol"
)

// place is where a conversation waits, and what its customer was told about it.
type place struct {
	queue  id.ID // zero = it waits no longer
	rank   *conv.Rank
	line   id.ID // the queue whose digests come, zero = none
	shown  protocol.QueuePush
	shownX time.Time
}

func (p *place) at(v *conv.View) {
	if v.Route == conv.Route_QUEUED || v.Route == conv.Route_OFFERED {
		p.wait(id.FromBytes(v.Queue), v.Rank)
		return
	}
	p.leave()
}

func (p *place) wait(queue id.ID, rank *conv.Rank) { p.queue, p.rank = queue, rank }

func (p *place) leave() { p.queue = id.ID{} }

// Those behind the first are told a changed place less often.
const (
	firstPlaces = 20
	behindEvery = 10 * time.Second
)

// watch begins or ends to look at the queue, as long as a customer here waits. Called with the lock held.
func (t *topic) watch() {
	p, want := &t.mu.place, id.ID{}
	for _, f := range t.mu.follows {
		if !f.agent {
			want = p.queue
		}
	}
	if p.line != want {
		known := t.feed.hub.lines.move(t, p.line, want)
		p.line = want
		if known != nil { // the next digest may be long in coming: a queue that does not change tells nothing
			t.placed(known, t.feed.hub.Now())
		}
	}
	if p.queue.IsZero() && p.shown.Position > 0 {
		t.showAll(protocol.QueuePush{})
	}
}

// digest tells the customer its place when it has changed.
func (t *topic) digest(d *que.Digest, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.placed(d, now)
}

// placed is digest with the lock held.
func (t *topic) placed(d *que.Digest, now time.Time) {
	p := &t.mu.place
	if p.queue != id.FromBytes(d.Queue) {
		return
	}
	pos := position(d, t.feed.ref.ID, p.rank)
	show := protocol.QueuePush{Position: pos, WaitMS: estimate(pos, d.PerAssignmentMs)}
	if pos == 0 || show == p.shown || pos > firstPlaces && now.Sub(p.shownX) < behindEvery {
		return
	}
	p.shownX = now
	t.showAll(show)
}

func (t *topic) showAll(show protocol.QueuePush) {
	t.mu.place.shown = show
	t.push(protocol.Push{Ev: "queue", Conv: t.name(), Body: show}, func(f *Follow) bool { return !f.agent })
}

// showPlace tells a customer who comes later what the others know.
func (t *topic) showPlace(one *Follow) {
	if show := t.mu.place.shown; !one.agent && show.Position > 0 {
		t.push(protocol.Push{Ev: "queue", Conv: t.name(), Body: show}, func(f *Follow) bool { return f == one })
	}
}

// position finds a conversation in a digest, 1 = next, 0 = unknown: exact among the first, behind them between two marks.
func position(d *que.Digest, c id.ID, rank *conv.Rank) int {
	for i, e := range d.First {
		if id.FromBytes(e.Conversation) == c {
			return i + 1
		}
	}
	if len(d.Marks) == 0 || rank == nil || int(d.Waiting) <= len(d.First) {
		return 0
	}
	pos := len(d.First) + 1
	for _, m := range d.Marks {
		if !before(m.Rank, rank) {
			break
		}
		pos = max(pos, int(m.Position)+1)
	}
	return pos
}

// before orders ranks as a queue does: ahead of all, the queue's priority, the conversation's own (none = last), age.
func before(a, b *conv.Rank) bool {
	if a.GetHead() != b.GetHead() {
		return a.GetHead()
	}
	if a.GetQueuePriority() != b.GetQueuePriority() {
		return a.GetQueuePriority() < b.GetQueuePriority()
	}
	if pa, pb := own(a), own(b); pa != pb {
		return pa < pb
	}
	return a.GetSinceMs() < b.GetSinceMs()
}

func own(r *conv.Rank) int32 {
	if r.GetPriority() == 0 {
		return 1 << 30
	}
	return r.Priority
}

// Waits are told in steps that people would say.
const (
	fineStep   = 30 * time.Second
	coarseStep = time.Minute
	coarseFrom = 5 * time.Minute
)

// estimate is position x time per assignment, rounded up to a step; 0 = unknown.
func estimate(pos int, perAssignmentMS int64) int64 {
	wait := time.Duration(int64(pos)*perAssignmentMS) * time.Millisecond
	step := fineStep
	if wait > coarseFrom {
		step = coarseStep
	}
	return ((wait + step - 1) / step * step).Milliseconds()
}
