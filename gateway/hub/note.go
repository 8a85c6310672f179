package hub

import (
	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/frame"
	"parley/gateway/protocol"
	"parley/gateway/wire"
)

// note keeps what the topic knows beside its position up to date. Called with the lock held, after the event went out.
func (t *topic) note(e *event.Event) {
	m, _ := e.Body.(*conv.Event)
	switch b := m.GetBody().(type) {
	case *conv.Event_Started:
		t.mu.names.Customer, t.mu.names.Contact = b.Started.Name, id.FromBytes(b.Started.Contact)
		t.mu.inbox = id.FromBytes(b.Started.Inbox)
	case *conv.Event_Queued:
		t.mu.place.wait(id.FromBytes(b.Queued.Queue), b.Queued.Rank)
		t.watch()
	case *conv.Event_Offered:
		t.offers(Offer{R: id.FromBytes(b.Offered.R), Agent: id.FromBytes(b.Offered.Agent), Until: b.Offered.Until})
	case *conv.Event_OfferEnded:
		t.offers(Offer{})
	case *conv.Event_Assigned, *conv.Event_Resolved, *conv.Event_Closed:
		t.mu.place.leave()
		t.watch()
		t.offers(Offer{})
	case *conv.Event_Unassigned, *conv.Event_Reopened:
		t.offers(Offer{})
	case *conv.Event_CustomerConnected:
		t.connected(true)
	case *conv.Event_CustomerDisconnected:
		t.connected(b.CustomerDisconnected.GraceUntil == 0)
	case *conv.Event_CustomerLeft:
		t.connected(false)
	}
}

// offers tells agents here that the open offer is another one.
func (t *topic) offers(o Offer) {
	t.mu.offer = o
	for _, f := range t.mu.follows {
		if f.agent {
			f.sub.Changed(f)
		}
	}
}

func (t *topic) connected(on bool) {
	if on == t.mu.online {
		return
	}
	t.mu.online = on
	t.push(protocol.Push{Ev: "online", Conv: t.name(), Body: protocol.OnlinePush{On: on}}, func(f *Follow) bool { return f.agent })
}

func (t *topic) name() string { return id.Format(id.Conversation, t.feed.ref.ID) }

// push sends a volatile frame, encoded once, to those it is for. Called with the lock held.
func (t *topic) push(p protocol.Push, to func(f *Follow) bool) {
	var b []byte
	for _, f := range t.mu.follows {
		if !to(f) {
			continue
		}
		if b == nil {
			var err error
			if b, err = frame.JSON(p); err != nil {
				t.feed.hub.Logger.Error("push not encoded", "ev", p.Ev, "err", err)
				return
			}
		}
		f.sub.Push(b)
	}
}

// tell passes on what is volatile: to the other side, and never a word about notes to the customer.
func (t *topic) tell(scope *wire.Scope, v actors.Volatile) {
	byCustomer := v.By.IsCustomer()
	agents := func(f *Follow) bool { return f.agent && !f.is(v.By) }
	customers := func(f *Follow) bool { return !f.agent && !byCustomer }
	switch v.Kind {
	case "typing":
		p := protocol.Push{Ev: "typing", Conv: t.name(), Body: protocol.TypingPush{Who: wire.Who(scope, v.By), On: v.On}}
		t.push(p, func(f *Follow) bool { return agents(f) || customers(f) && !v.Note })
	case "peek":
		if byCustomer {
			t.push(protocol.Push{Ev: "peek", Conv: t.name(), Body: protocol.PeekPush{Text: v.Text}}, agents)
		}
	case "marks":
		of := "customer"
		if !byCustomer {
			of = id.Format(id.Agent, v.By.ID)
		}
		t.push(protocol.Push{Ev: "marks", Conv: t.name(), Body: protocol.MarksPush{Of: of, Delivered: v.Delivered, Seen: v.Seen}}, agents)
		if pub := (protocol.MarksPush{Of: of, Delivered: v.DeliveredPub, Seen: v.SeenPub}); t.rises(pub) {
			t.push(protocol.Push{Ev: "marks", Conv: t.name(), Body: pub}, customers)
		}
	case "online":
		t.connected(v.On)
	}
}

// marksMost is how many participants' marks a topic remembers.
const marksMost = 64

// rises reports whether a mark tells customers anything new. Read notes move an agent's mark and not its public number:
// customers would hear that there are some. Called with the lock held.
func (t *topic) rises(m protocol.MarksPush) bool {
	if t.mu.marks == nil || len(t.mu.marks) >= marksMost {
		t.mu.marks = map[string]protocol.MarksPush{}
	}
	if t.mu.marks[m.Of] == m {
		return false
	}
	t.mu.marks[m.Of] = m
	return true
}
