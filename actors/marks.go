package actors

import (
	"time"

	"parley/engine/event"
	"parley/engine/id"
)

// marksWrite is how long raised marks wait for a batch to ride on before they are written alone.
const marksWrite = 5 * time.Second

// marker is a machine with watermarks: how far each participant has received and read. They are no events.
type marker interface {
	Mark(by event.Who, delivered, seen uint64) bool
}

// Mark keeps how far v.By has received and read, and tells at once all who follow the conversation. Agents are kept by
// seq, customers by public number. After a crash the last seconds are forgotten: clients tell them again.
func (n *Node) Mark(conv id.ID, v Volatile) {
	target := id.Ref{Kind: id.Conversation, ID: conv}
	n.Volatile(conv, v)
	delivered, seen := v.Delivered, v.Seen
	if v.By.IsCustomer() {
		delivered, seen = v.DeliveredPub, v.SeenPub
	}
	n.route(&call{class: classClient, target: target, due: n.now().Add(marksWrite), mark: &mark{v.By, delivered, seen}})
}

type mark struct {
	by              event.Who
	delivered, seen uint64
}

// mark raises marks. The row rides on the next batch, or is written alone after a while.
func (e *entityActor) mark(c *call) {
	c.finish(Answer{})
	m, ok := e.machine.(marker)
	if !ok || !e.exists() || !m.Mark(c.mark.by, c.mark.delivered, c.mark.seen) || e.loose {
		return
	}
	e.loose = true
	e.later(marksWrite, (*entityActor).writeMarks)
}

func (e *entityActor) writeMarks() {
	switch {
	case !e.loose || e.phase != open:
		return
	case e.blocked():
		e.later(time.Second, (*entityActor).writeMarks)
		return
	}
	f := e.flight()
	e.rows(f.batch)
	if len(f.batch.Rows) > 0 {
		e.launch(f)
	}
}
