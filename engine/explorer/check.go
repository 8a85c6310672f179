package explorer

import (
	"fmt"
	"slices"

	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/routing"
)

var names = [entities]string{"conv0", "conv1", "agent0", "agent1", "queue0", "queue1"}

// holder is the agent a conversation is offered to or assigned to, by which r; false when it is with nobody.
func holder(s *conv.State) (agent id.ID, r id.ID, ok bool) {
	switch s.Route {
	case conv.Route_OFFERED:
		return id.FromBytes(s.OfferedTo), id.FromBytes(s.R), true
	case conv.Route_ASSIGNED:
		return id.FromBytes(s.Owner), id.FromBytes(s.R), true
	}
	return id.ID{}, id.ID{}, false
}

// always holds in every world: whoever a conversation is with has reserved for it under that very r, and holds no more than
// the limit (where nobody returns: a return may exceed it, T14). So no agent is oversold and no offer stands beside another.
func (x *Explorer) always(w *world) error {
	load := map[id.ID]int{}
	for c := range 2 {
		agent, r, ok := holder(x.snapshots[w.states[c]].conv)
		if !ok {
			continue
		}
		load[agent]++
		a := who(id.Ref{Kind: id.Agent, ID: agent})
		held := slices.ContainsFunc(x.snapshots[w.states[a]].agent.Reservations, func(v *agt.Reservation) bool {
			return id.FromBytes(v.R) == r && id.FromBytes(v.Conversation) == refs[c].ID
		})
		if !held {
			return fmt.Errorf("%s is with %s by %s, which the agent has not reserved", names[c], names[a], r)
		}
		if load[agent] > 1 && !x.returns {
			return fmt.Errorf("%s is oversold", names[a])
		}
	}
	return nil
}

// quiet reports whether nothing is under way and no question is open. Late copies may never come.
func (x *Explorer) quiet(w *world) bool {
	if len(w.lanes)+len(w.parked)+len(w.soft) > 0 {
		return false
	}
	for c := range 2 {
		if x.snapshots[w.states[c]].conv.Seek != nil {
			return false
		}
	}
	for _, a := range []int{agent0, agent1} {
		if !x.snapshots[w.states[a]].machine.Wake().IsZero() {
			return false
		}
	}
	return true
}

// atRest holds whenever a world is quiet: agents hold what conversations are with them and nothing else, queues list who
// waits and nobody else, and every conversation is somewhere.
func (x *Explorer) atRest(w *world) error {
	for _, a := range []int{agent0, agent1} {
		for _, v := range x.snapshots[w.states[a]].agent.Reservations {
			c := who(id.Ref{Kind: id.Conversation, ID: id.FromBytes(v.Conversation)})
			agent, r, ok := holder(x.snapshots[w.states[c]].conv)
			if !ok || agent != refs[a].ID || r != id.FromBytes(v.R) {
				return fmt.Errorf("%s leaks reservation %s of %s", names[a], id.FromBytes(v.R), names[c])
			}
		}
	}
	for c, q := range queueOf {
		s := x.snapshots[w.states[c]].conv
		e, waits := x.snapshots[w.states[q]].queue[refs[c].ID]
		should := s.Route == conv.Route_QUEUED || s.Route == conv.Route_OFFERED
		switch {
		case waits != should:
			return fmt.Errorf("%s: route %s, in the queue: %v", names[c], s.Route, waits)
		case waits && e.n != s.QueuedN:
			return fmt.Errorf("%s waits in attempt %d, the queue knows %d", names[c], s.QueuedN, e.n)
		case s.Route == conv.Route_QUEUED && e.offered:
			return fmt.Errorf("%s waits, the queue believes an offer is out", names[c])
		case s.Status == conv.Status_NEW && s.Route == conv.Route_IDLE && s.ReturnUntil == 0:
			return fmt.Errorf("%s is nowhere", names[c])
		}
	}
	return nil
}

// settle lets everything that is under way arrive, without further faults, then puts both agents to work: every conversation
// that is not over must reach an agent.
func (x *Explorer) settle(w *world) error {
	w = w.clone()
	w.soft, w.late = nil, nil
	w, err := x.drain(w)
	if err != nil {
		return err
	}
	for _, a := range []int{agent0, agent1} {
		for _, body := range []event.Message{connect(), presence(agt.Presence_ACCEPTING)} {
			w, _ = x.apply(w, a, input{kind: byCommand, number: x.commandNumber(event.Agent(refs[a].ID), body)})
		}
	}
	for range 20 {
		if w, err = x.drain(x.accept(w)); err != nil {
			return err
		}
		pair, ok := x.pool(w).Next(start.AddDate(1, 0, 0))
		if !ok {
			return x.served(w)
		}
		c := who(id.Ref{Kind: id.Conversation, ID: pair.Waiting.Conversation})
		w = x.ask(w, c, who(id.Ref{Kind: id.Agent, ID: pair.Agent}), pair.Waiting.N)
		l := w.soft[0]
		w.soft = nil
		w, _ = x.receive(w, l)
	}
	return fmt.Errorf("conversations go round and round")
}

// served: nobody waits while there is room for both.
func (x *Explorer) served(w *world) error {
	for c := range 2 {
		if s := x.snapshots[w.states[c]].conv; s.Status == conv.Status_NEW {
			return fmt.Errorf("%s is stuck: route %s", names[c], s.Route)
		}
	}
	return nil
}

// accept delivers until nothing is under way, and lets agents say yes to every offer that opens.
func (x *Explorer) accept(w *world) *world {
	for carried := true; carried; w, carried = x.carry(w) {
		for c := range 2 {
			s := x.snapshots[w.states[c]].conv
			if s.Route == conv.Route_OFFERED {
				w, _ = x.apply(w, c, input{kind: byCommand, number: x.commandNumber(event.Agent(id.FromBytes(s.OfferedTo)),
					&conv.Command{Body: &conv.Command_Accept{Accept: &conv.Accept{R: s.R}}})})
			}
		}
	}
	return w
}

// pool is the distributor's index as one that begins would fill it.
func (x *Explorer) pool(w *world) *routing.Pool {
	p := routing.NewPool()
	for _, q := range queueOf {
		for e := range x.snapshots[w.states[q]].machine.(lister).All(refs[q].ID) {
			p.PutWaiting(e)
		}
	}
	for _, a := range []int{agent0, agent1} {
		p.PutCandidate(x.snapshots[w.states[a]].machine.(candidate).Candidate(refs[a].ID, x.config))
	}
	return p
}

// drain carries every letter and fires the deadlines that only ask, until the world is quiet; then it must be at rest.
func (x *Explorer) drain(w *world) (*world, error) {
	for range 500 {
		if n, ok := x.carry(w); ok {
			w = n
			continue
		}
		n := x.askOpen(w)
		if n == nil {
			return w, x.rested(w)
		}
		w = n
	}
	return nil, fmt.Errorf("no end of letters")
}

func (x *Explorer) rested(w *world) error {
	if err := x.always(w); err != nil {
		return err
	}
	return x.atRest(w)
}

// carry delivers one letter or verdict; false when none is under way.
func (x *Explorer) carry(w *world) (*world, bool) {
	for _, posts := range []func(*world) *[]post{
		func(w *world) *[]post { return &w.lanes }, func(w *world) *[]post { return &w.parked },
	} {
		if ps := *posts(w); len(ps) > 0 {
			p := ps[0]
			if p.verdict == 0 {
				n, v := x.receive(w, p.letter)
				(*posts(n))[0].verdict = v
				return n, true
			}
			n := w.clone()
			*posts(n) = slices.Delete(*posts(n), 0, 1)
			return x.answer(n, p), true
		}
	}
	return w, false
}

// askOpen fires a deadline of somebody with an open question: a search of a conversation or its wait for an owner on a
// break, a reservation nobody confirmed.
func (x *Explorer) askOpen(w *world) *world {
	for e := range queue0 {
		s := x.snapshots[w.states[e]]
		if e < agent0 && s.conv.Seek == nil && s.conv.ReturnUntil == 0 || s.machine.Wake().IsZero() {
			continue
		}
		if n, out := x.apply(w, e, input{kind: byWake}); out.state != w.states[e] {
			return n
		}
	}
	return nil
}
