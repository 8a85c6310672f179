package actors

// reads are answers that rest on a state with nothing in flight: they leave when a ReadIndex of this term, begun after
// they were decided, has returned. One runs at a time, the next takes all that have come meanwhile.
type reads struct {
	running []item
	next    []item
}

func (r *reads) none() bool  { return len(r.running) == 0 && len(r.next) == 0 }
func (r *reads) all() []item { return append(r.running, r.next...) }

// answer gives the answer when everything it rests on is committed: with batches in flight after the last of them.
func (e *entityActor) answer(c *call, a Answer) {
	if e.lease.node.options.Faults.AnswerBeforeGround {
		c.finish(a)
		return
	}
	if n := len(e.flights); n > 0 {
		f := e.flights[n-1]
		f.items = append(f.items, item{call: c, answer: a})
		return
	}
	e.reads.next = append(e.reads.next, item{call: c, answer: a})
	if len(e.reads.running) == 0 {
		e.read()
	}
}

func (e *entityActor) read() {
	e.reads.running, e.reads.next = e.reads.next, nil
	l, pid := e.lease, e.ctx.Self()
	l.node.journal.ReadIndex(l.shard, l.term, func(err error) {
		l.act(pid, func(e *entityActor) { e.readDone(err) })
	})
}

func (e *entityActor) readDone(err error) {
	for _, i := range e.reads.running {
		if err != nil {
			i.call.fail(ErrNotHere)
			continue
		}
		i.call.finish(i.answer)
	}
	e.reads.running = nil
	if len(e.reads.next) > 0 {
		e.read()
	}
}
