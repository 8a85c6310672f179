package actors

import (
	"fmt"

	"parley/engine/agent"
	"parley/engine/centre"
	"parley/engine/contact"
	"parley/engine/conversation"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/queue"
)

// viewer is a machine that shows itself without knowing more than itself.
type viewer interface{ View() event.Message }

// viewOf shows a machine as View returns it and subscribers get it. nil when its kind has no view.
func viewOf(m entity.Machine, self id.ID, c *centre.Config) event.Message {
	switch m := m.(type) {
	case *conversation.State:
		v := m.View()
		v.Id = self.Bytes()
		return v
	case *agent.Machine:
		return m.View(self, c)
	case *queue.Machine:
		return m.Digest(self)
	case *contact.State:
		v := m.View()
		v.Id = self.Bytes()
		return v
	case viewer:
		return m.View()
	}
	return nil
}

// show answers a read of the state when the state is committed.
func (e *entityActor) show(c *call) {
	if !e.exists() {
		e.answer(c, Answer{Refusal: entity.ErrUnknownEntity})
		return
	}
	a, err := e.look(c)
	if err != nil {
		e.lease.node.log.Error("a view failed", "kind", e.ref.Kind, "entity", e.ref, "err", err)
		a = Answer{Err: ErrInternal}
	}
	e.answer(c, a)
}

func (e *entityActor) look(c *call) (a Answer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: panic: %v", ErrInternal, r)
		}
	}()
	return Answer{Reply: c.read(e.machine, e.log.seq)}, nil
}

// view asks for the view of an entity and its seq.
func (n *Node) view(target id.Ref, c *call, done func(view event.Message, seq uint64, a Answer)) *call {
	var at uint64
	c.target = target
	c.class = classClient
	c.read = func(m entity.Machine, seq uint64) event.Message {
		at = seq
		return viewOf(m, target.ID, n.Config())
	}
	c.done = func(a Answer) { done(a.Reply, at, a) }
	return c
}
