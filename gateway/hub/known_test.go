package hub

import (
	"strings"
	"testing"
	"time"

	"parley/engine/id"
	"parley/engine/msg/que"
)

// Who begins to wait in a queue that was heard of already is told the place at once: a queue that does not change says
// nothing more.
func TestWhoComesToAKnownQueueIsToldThePlace(t *testing.T) {
	h := New(Options{Now: time.Now, Workers: 1})
	defer h.Close()
	queue, mine, other := id.ID{1}, id.ID{2}, id.ID{3}
	l := &line{feed: &feed{hub: h, ref: id.Ref{Kind: id.Queue, ID: queue}}}
	l.mu.waiting = map[*topic]bool{}
	l.mu.digest = &que.Digest{Queue: queue.Bytes(), Waiting: 2, First: []*que.Entry{{Conversation: other.Bytes()}, {Conversation: mine.Bytes()}}}
	h.lines.mu.of[queue] = l
	topic := &topic{feed: &feed{hub: h, ref: id.Ref{Kind: id.Conversation, ID: mine}}}
	ear := &pushes{}
	topic.mu.follows = []*Follow{{topic: topic, sub: ear}}
	topic.mu.place.wait(queue, nil)
	topic.mu.Lock()
	topic.watch()
	topic.mu.Unlock()
	if len(ear.got) != 1 || !strings.Contains(ear.got[0], `"position":2`) {
		t.Errorf("told %q, want position 2", ear.got)
	}
	delete(h.lines.mu.of, queue)
}

// pushes keeps what was pushed to a session.
type pushes struct {
	Subscriber
	got []string
}

func (p *pushes) Push(frame []byte) { p.got = append(p.got, string(frame)) }
