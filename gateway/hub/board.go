package hub

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"parley/engine/centre"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/que"
	"parley/gateway/frame"
	"parley/gateway/protocol"
	"parley/gateway/wire"
)

// The paces of the two views.
const (
	queuesEvery = 2 * time.Second
	agentsEvery = 250 * time.Millisecond
)

// Board is the live numbers that agents and supervisors watch: every queue and every agent, subscribed to only while
// somebody watches, a frame encoded once for all.
type Board struct {
	hub *Hub
	mu  struct {
		sync.Mutex
		queues map[Subscriber]bool
		agents map[Subscriber]bool
		ears   map[id.ID]*Ear
		lines  map[id.ID]*line
		rows   map[id.ID]protocol.AgentRow // as told last
		told   []byte                      // queues as told last
		stop   chan struct{}               // of the clock; nil = nobody watches
		closed bool
	}
	clock sync.WaitGroup
}

func newBoard(h *Hub) *Board {
	b := &Board{hub: h}
	b.mu.queues, b.mu.agents = map[Subscriber]bool{}, map[Subscriber]bool{}
	b.mu.ears, b.mu.lines, b.mu.rows = map[id.ID]*Ear{}, map[id.ID]*line{}, map[id.ID]protocol.AgentRow{}
	return b
}

// Board returns the hub's board.
func (h *Hub) Board() *Board { return h.board }

// WatchQueues and WatchAgents begin to send a view, Unwatch ends them; the first push has everything.
func (b *Board) WatchQueues(s Subscriber) { b.watch(b.mu.queues, s, func() { b.mu.told = nil }) }

// WatchAgents begins to send the agents.
func (b *Board) WatchAgents(s Subscriber) { b.watch(b.mu.agents, s, func() { clear(b.mu.rows) }) }

// UnwatchQueues ends WatchQueues.
func (b *Board) UnwatchQueues(s Subscriber) { b.unwatch(b.mu.queues, s) }

// UnwatchAgents ends WatchAgents.
func (b *Board) UnwatchAgents(s Subscriber) { b.unwatch(b.mu.agents, s) }

// watch takes a watcher in. again makes the next push whole: also for who watches already, which is rare and harmless.
func (b *Board) watch(who map[Subscriber]bool, s Subscriber, again func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.mu.closed {
		return
	}
	who[s] = true
	again()
	if b.mu.stop == nil {
		b.mu.stop = make(chan struct{})
		stop := b.mu.stop
		b.clock.Go(func() { b.run(stop) })
	}
}

func (b *Board) unwatch(who map[Subscriber]bool, s Subscriber) {
	b.mu.Lock()
	delete(who, s)
	last := len(b.mu.queues)+len(b.mu.agents) == 0
	b.mu.Unlock()
	if last {
		b.rest()
	}
}

// rest ends the clock and all subscriptions when nobody watches.
func (b *Board) rest() {
	b.mu.Lock()
	if len(b.mu.queues)+len(b.mu.agents) > 0 && !b.mu.closed || b.mu.stop == nil {
		b.mu.Unlock()
		return
	}
	close(b.mu.stop)
	b.mu.stop = nil
	ears, lines := b.mu.ears, b.mu.lines
	b.mu.ears, b.mu.lines = map[id.ID]*Ear{}, map[id.ID]*line{}
	b.mu.Unlock()
	for _, e := range ears {
		e.Close()
	}
	for q := range lines {
		b.hub.lines.leave(q, func(l *line) { l.mu.watched = nil })
	}
}

func (b *Board) close() {
	b.mu.Lock()
	b.mu.closed = true
	b.mu.Unlock()
	b.rest()
	b.clock.Wait()
}

func (b *Board) run(stop chan struct{}) {
	t := time.NewTicker(agentsEvery)
	defer t.Stop()
	for n := 0; ; n++ {
		c := b.hub.Backend.Config()
		b.listen(c)
		if n%int(queuesEvery/agentsEvery) == 1 { // a moment after the first, so that digests have come
			b.tellQueues(c)
		}
		b.tellAgents(c)
		select {
		case <-t.C:
		case <-stop:
			return
		}
	}
}

// listen subscribes to every queue and agent of the configuration.
func (b *Board) listen(c *centre.Config) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.mu.stop == nil {
		return
	}
	for a := range c.Agents {
		if b.mu.ears[a] == nil {
			b.mu.ears[a] = b.hub.Listen(id.Ref{Kind: id.Agent, ID: a}, func() {})
		}
	}
	for q := range c.Queues {
		if b.mu.lines[q] == nil {
			b.mu.lines[q] = b.hub.lines.get(q, func(l *line) { l.mu.watched = func() {} })
		}
	}
}

func (b *Board) agent(a id.ID) *agt.View {
	if e := b.mu.ears[a]; e != nil {
		return e.Agent()
	}
	return nil
}

func (l *line) newest() *que.Digest {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mu.digest
}

func (b *Board) tellQueues(c *centre.Config) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.mu.queues) == 0 {
		return
	}
	p := protocol.QueuesPush{Queues: []protocol.QueueRow{}}
	for q, l := range b.mu.lines {
		if c.Queue(q) != nil {
			p.Queues = append(p.Queues, wire.QueueRow(q, l.newest(), c, b.agent))
		}
	}
	slices.SortFunc(p.Queues, func(x, y protocol.QueueRow) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID)) })
	f, err := frame.JSON(protocol.Push{Ev: "queues", Body: p})
	if err != nil || string(f) == string(b.mu.told) {
		return
	}
	b.mu.told = f
	for s := range b.mu.queues {
		s.Push(f)
	}
}

func (b *Board) tellAgents(c *centre.Config) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.mu.agents) == 0 {
		return
	}
	p := protocol.AgentsPush{}
	for a, conf := range c.Agents {
		if conf.Deactivated {
			continue
		}
		row := wire.AgentRow(a, b.agent(a), c)
		if b.mu.rows[a] != row {
			b.mu.rows[a] = row
			p.Agents = append(p.Agents, row)
		}
	}
	if len(p.Agents) == 0 {
		return
	}
	slices.SortFunc(p.Agents, func(x, y protocol.AgentRow) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID)) })
	f, err := frame.JSON(protocol.Push{Ev: "agents", Body: p})
	if err != nil {
		return
	}
	for s := range b.mu.agents {
		s.Push(f)
	}
}
