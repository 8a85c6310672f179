package routing

import (
	"time"

	"parley/engine/id"
	"parley/engine/order"
)

// How long a pair handed out keeps its conversation from being handed out again. Nothing is undone at the agent: a
// conversation that was asked for twice takes one offer and refuses the other.
const (
	AnswerWithin = 1 * time.Second // for the agent's answer
	OfferWithin  = 3 * time.Second // for the queue to learn of the offer, once the agent has said yes
)

// Pool is the distributor's index of one pool: all that waits in its queues and the roster of its agents. It lives in
// memory only; losing it costs the second it takes to fill it again.
type Pool struct {
	waiting map[id.ID]*item
	agents  map[id.ID]*member
	lines   map[id.ID]*line
	live    map[id.ID]*line // lines with somebody waiting and somebody free
	changes timers          // when a hold or an exclusion ends
}

// item is a waiting conversation. It stands in its line while it may be handed out.
type item struct {
	Waiting
	until  time.Time // handed out: not again before then
	agent  id.ID     // to whom
	inLine bool
}

// line is one queue: who may be handed out, and who could take it.
type line struct {
	queue id.ID
	wait  *order.List[*item]
	free  *order.List[seat]
	busy  *order.List[seat]
	asked int // handed out or offered: waiting too, but not in line
}

// NewPool makes an empty index.
func NewPool() *Pool {
	return &Pool{waiting: map[id.ID]*item{}, agents: map[id.ID]*member{}, lines: map[id.ID]*line{}, live: map[id.ID]*line{}}
}

func (p *Pool) line(queue id.ID) *line {
	l := p.lines[queue]
	if l == nil {
		l = &line{queue: queue,
			wait: order.New(func(a, b *item) int { return a.Rank.Compare(b.Rank) }),
			free: order.New(seat.compare), busy: order.New(seat.compare)}
		p.lines[queue] = l
	}
	return l
}

// touch keeps the set of live lines after a change to one.
func (p *Pool) touch(l *line) {
	if l.wait.Len() > 0 && l.free.Len() > 0 {
		p.live[l.queue] = l
		return
	}
	delete(p.live, l.queue)
}

// PutWaiting tells what a queue knows of a conversation: new, requeued, or its offer is out. An older attempt than the
// one known is ignored.
func (p *Pool) PutWaiting(w Waiting) {
	old := p.waiting[w.Conversation]
	it := &item{Waiting: w}
	if old != nil {
		if old.N > w.N {
			return
		}
		if old.N == w.N && !w.Offered {
			it.until, it.agent = old.until, old.agent
		}
		p.drop(old)
	}
	p.waiting[w.Conversation] = it
	for _, e := range w.Exclude {
		p.changes.add(e.Until, w.Conversation)
	}
	p.settle(it)
}

// RemoveWaiting forgets a conversation that waits no longer in that attempt or an earlier one.
func (p *Pool) RemoveWaiting(conversation id.ID, n uint64) {
	if it := p.waiting[conversation]; it != nil && it.N <= n {
		p.drop(it)
		delete(p.waiting, conversation)
	}
}

// settle puts an item in line unless it is offered or handed out.
func (p *Pool) settle(it *item) {
	l := p.line(it.Queue)
	it.inLine = !it.Offered && it.until.IsZero()
	if it.inLine {
		l.wait.Insert(it)
	} else {
		l.asked++
	}
	p.touch(l)
}

func (p *Pool) drop(it *item) {
	l := p.line(it.Queue)
	if it.inLine {
		l.wait.Delete(it)
	} else {
		l.asked--
	}
	p.touch(l)
}

// Next hands out the pair Match picks and keeps a tentative hold on it: the conversation is not handed out again before
// AnswerWithin has passed, the agent's room is less by it until a newer state of the agent is known. False when
// there is no pair at now.
func (p *Pool) Next(now time.Time) (Pair, bool) {
	p.expire(now)
	var best *item
	var who seat
	for _, l := range p.live {
		if it, s, ok := p.first(l, best, now); ok {
			best, who = it, s
		}
	}
	if best == nil {
		return Pair{}, false
	}
	pair := Pair{Waiting: best.Waiting, Agent: who.agent, Record: p.record(best, who, now)}
	p.drop(best)
	best.until, best.agent = now.Add(AnswerWithin), who.agent
	p.changes.add(best.until, best.Conversation)
	p.settle(best)
	p.hold(p.agents[who.agent], best)
	return pair, true
}

// first walks a line for its first conversation that somebody can take; ok only when it comes before best.
func (p *Pool) first(l *line, best *item, now time.Time) (*item, seat, bool) {
	for it := range l.wait.All() {
		if best != nil && best.Rank.Compare(it.Rank) < 0 {
			return nil, seat{}, false
		}
		var found *seat
		for s := range l.free.All() {
			if it.excludes(s.agent, now) || p.agents[s.agent].roomIn(l.queue) < it.units() {
				continue
			}
			if s.agent == it.Prefer || it.Prefer.IsZero() {
				return it, s, true
			}
			if found == nil {
				found = &s
			}
		}
		if found != nil {
			return it, *found, true
		}
	}
	return nil, seat{}, false
}

// expire ends holds whose time has come: the conversation is in line again, and an agent who did not answer is not
// asked before its state is known anew.
func (p *Pool) expire(now time.Time) {
	for {
		conversation, ok := p.changes.due(now)
		if !ok {
			return
		}
		if it := p.waiting[conversation]; it != nil && !it.until.IsZero() && !now.Before(it.until) {
			p.lapse(it)
		}
	}
}

func (p *Pool) lapse(it *item) {
	if m := p.agents[it.agent]; m != nil {
		if h := m.holds[it.Conversation]; h != nil && !h.granted {
			delete(m.holds, it.Conversation)
			m.wary = true
			p.reseat(m)
		}
	}
	p.release(it)
}

// release puts a conversation that was handed out in line again.
func (p *Pool) release(it *item) {
	p.drop(it)
	it.until, it.agent = time.Time{}, id.ID{}
	p.settle(it)
}

// NextChange is when Next, after it found nothing, may find a pair though nothing is told: a hold or an exclusion ends.
// Zero = never.
func (p *Pool) NextChange() time.Time { return p.changes.first() }

// Waiting returns how many conversations wait in a queue, offered ones included, and how many agents could take one.
func (p *Pool) Waiting(queue id.ID) (waiting, free int) {
	l := p.lines[queue]
	if l == nil {
		return 0, 0
	}
	return l.wait.Len() + l.asked, l.free.Len()
}
