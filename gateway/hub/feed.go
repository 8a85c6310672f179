package hub

import (
	"errors"
	"sync"
	"time"

	"parley/actors"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

// feedMost is how many events of one entity may wait for a worker. Beyond it they are let go and read from the log.
const feedMost = 4096

// healAfter is how long a lost subscription waits before it is asked for again, times the tries so far, and healLongest
// the longest wait, healUnborn that for a contact. One that does not exist yet may stay so for hours: it is asked for ever
// less often, and at once when a session here begins its first conversation.
const (
	healAfter   = 100 * time.Millisecond
	healLongest = 2 * time.Second
	healUnborn  = 30 * time.Second
)

// healMost is how often a conversation that does not exist (yet) is asked for.
const healMost = 6

// follower is what a feed tells, on a worker, one call at a time.
type follower interface {
	opened(view event.Message)
	events(events []event.Event)
	skipped(last event.Event) // more events than may wait: their highest seq and public number
	view(view event.Message)
	volatile(v actors.Volatile)
	lost(err error) // for good
}

// feed is one subscription of this node at an entity: it takes what publishers say and has it worked off in order by the
// hub's workers.
type feed struct {
	hub *Hub
	ref id.Ref
	to  follower

	mu struct {
		sync.Mutex
		queue     []item
		events    int
		scheduled bool
		closed    bool
		tries     int
		cancel    func()
		epoch     int // of the subscription: what an older one still says is dropped
		skip      bool
		last      event.Event
	}
}

// item is one thing a publisher said; the first field that is set counts.
type item struct {
	opened   event.Message
	events   []event.Event
	view     event.Message
	volatile *actors.Volatile
	lost     error
}

func (f *feed) open() {
	f.mu.Lock()
	if f.mu.closed {
		f.mu.Unlock()
		return
	}
	f.mu.epoch++
	s := &sink{feed: f, epoch: f.mu.epoch}
	f.mu.Unlock()
	cancel := f.hub.Backend.Subscribe(f.ref, s)
	f.mu.Lock()
	old := f.mu.cancel
	f.mu.cancel = cancel
	closed := f.mu.closed
	f.mu.Unlock()
	if old != nil {
		old()
	}
	if closed {
		cancel()
	}
}

func (f *feed) close() {
	f.mu.Lock()
	cancel := f.mu.cancel
	f.mu.closed, f.mu.cancel, f.mu.queue = true, nil, nil
	f.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

// put takes an item from a publisher.
func (f *feed) put(epoch int, it item) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.mu.closed || epoch != f.mu.epoch {
		return
	}
	f.mu.events += len(it.events)
	if f.mu.events > feedMost {
		f.overflow(&it)
	} else {
		f.mu.queue = append(f.mu.queue, it)
	}
	if !f.mu.scheduled {
		f.mu.scheduled = true
		f.hub.work.put(f)
	}
}

// overflow lets go of all waiting events: the log has them.
func (f *feed) overflow(it *item) {
	f.mu.skip = true
	rest := f.mu.queue[:0]
	for _, q := range append(f.mu.queue, *it) {
		for _, e := range q.events {
			f.mu.last.Seq, f.mu.last.Pub = max(f.mu.last.Seq, e.Seq), max(f.mu.last.Pub, e.Pub)
		}
		if len(q.events) == 0 {
			rest = append(rest, q)
		}
	}
	f.mu.queue, f.mu.events = rest, 0
}

// run works off what waits; workers call it.
func (f *feed) run() {
	for {
		f.mu.Lock()
		queue, skip, last := f.mu.queue, f.mu.skip, f.mu.last
		if f.mu.closed || len(queue) == 0 && !skip {
			f.mu.scheduled = false
			f.mu.Unlock()
			return
		}
		f.mu.queue, f.mu.events, f.mu.skip = nil, 0, false
		f.mu.Unlock()
		for i := range queue {
			f.tell(&queue[i])
		}
		if skip {
			f.to.skipped(last)
		}
	}
}

func (f *feed) tell(it *item) {
	switch {
	case it.opened != nil:
		f.mu.Lock()
		f.mu.tries = 0
		f.mu.Unlock()
		f.to.opened(it.opened)
	case len(it.events) > 0:
		f.to.events(it.events)
	case it.view != nil:
		f.to.view(it.view)
	case it.volatile != nil:
		f.to.volatile(*it.volatile)
	case it.lost != nil:
		f.heal(it.lost)
	}
}

// heal subscribes again a little later; a conversation that stays unknown is given up.
func (f *feed) heal(err error) {
	f.mu.Lock()
	f.mu.tries++
	tries, epoch := f.mu.tries, f.mu.epoch
	f.mu.Unlock()
	unknown, longest := errors.Is(err, entity.ErrUnknownEntity), healLongest
	if unknown && f.ref.Kind == id.Conversation && tries >= healMost || errors.Is(err, actors.ErrStopped) {
		f.to.lost(err) // all others may come to life any time
		return
	}
	if unknown && f.ref.Kind == id.Contact {
		longest = healUnborn
	}
	time.AfterFunc(min(time.Duration(tries)*healAfter, longest), func() { f.again(epoch) })
}

// again opens a lost subscription anew, unless that has been done meanwhile.
func (f *feed) again(epoch int) {
	f.mu.Lock()
	same := f.mu.epoch == epoch
	f.mu.Unlock()
	if same {
		f.open()
	}
}

// hurry opens a subscription that waits for its next try.
func (f *feed) hurry() {
	f.mu.Lock()
	waits, epoch := f.mu.tries > 0, f.mu.epoch
	f.mu.Unlock()
	if waits {
		f.again(epoch)
	}
}

// sink is one subscription's ear.
type sink struct {
	feed  *feed
	epoch int
}

func (s *sink) Opened(view event.Message)   { s.feed.put(s.epoch, item{opened: view}) }
func (s *sink) Events(events []event.Event) { s.feed.put(s.epoch, item{events: events}) }
func (s *sink) View(view event.Message)     { s.feed.put(s.epoch, item{view: view}) }
func (s *sink) Volatile(v actors.Volatile)  { s.feed.put(s.epoch, item{volatile: &v}) }
func (s *sink) Lost(err error)              { s.feed.put(s.epoch, item{lost: err}) }

// workers run feeds.
type workers struct {
	mu struct {
		sync.Mutex
		ready []*feed
		idle  *sync.Cond
		stop  bool
	}
	done sync.WaitGroup
}

func newWorkers(n int) *workers {
	w := &workers{}
	w.mu.idle = sync.NewCond(&w.mu)
	for range n {
		w.done.Go(w.loop)
	}
	return w
}

func (w *workers) put(f *feed) {
	w.mu.Lock()
	w.mu.ready = append(w.mu.ready, f)
	w.mu.Unlock()
	w.mu.idle.Signal()
}

func (w *workers) loop() {
	for {
		w.mu.Lock()
		for len(w.mu.ready) == 0 && !w.mu.stop {
			w.mu.idle.Wait()
		}
		if w.mu.stop {
			w.mu.Unlock()
			return
		}
		f := w.mu.ready[0]
		w.mu.ready = w.mu.ready[1:]
		w.mu.Unlock()
		f.run()
	}
}

func (w *workers) close() {
	w.mu.Lock()
	w.mu.stop = true
	w.mu.Unlock()
	w.mu.idle.Broadcast()
	w.done.Wait()
}
