package bench

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"parley/client"
)

// seat is one agent at work: it accepts every offer and hands each event to the talk it belongs to.
type seat struct {
	id   string
	conn *client.Conn
	desk *desk

	mu struct {
		sync.Mutex
		tracks   map[string]*track
		accepted map[string]bool // offers answered
	}
}

// desk is where seats and talks meet: by conversation, whoever comes first.
type desk struct {
	faults *faults
	mu     struct {
		sync.Mutex
		slots map[string]*slot
		seats map[string]*seat
	}
}

// slot is what the agent's side knows of one conversation.
type slot struct {
	offers chan time.Time
	lines  chan string // keys of messages the agent received
}

func newDesk(f *faults) *desk {
	d := &desk{faults: f}
	d.mu.slots, d.mu.seats = make(map[string]*slot), make(map[string]*seat)
	return d
}

func (d *desk) slot(conv string) *slot {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.mu.slots[conv]
	if s == nil {
		s = &slot{offers: make(chan time.Time, 1), lines: make(chan string, 64)}
		d.mu.slots[conv] = s
	}
	return s
}

func (d *desk) forget(conv string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.mu.slots, conv)
}

func (d *desk) seat(agent string) *seat {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.mu.seats[agent]
}

// row is what the bench reads of a Row.
type row struct {
	Conv      string `json:"conv"`
	Seq       uint64 `json:"seq"`
	Offer     string `json:"offer"`
	OfferedTo *who   `json:"offered_to"`
}

type who struct {
	ID string `json:"id"`
}

// sit signs an agent in, seats it and makes it accept.
func (d *desk) sit(ctx context.Context, base, token string) (*seat, error) {
	s := &seat{desk: d}
	s.mu.tracks, s.mu.accepted = make(map[string]*track), make(map[string]bool)
	ready := make(chan struct{})
	var hello struct {
		Self who `json:"self"`
	}
	conn, err := client.Dial(ctx, base, map[string]any{"role": "agent", "token": token}, &hello, func(f client.Frame) {
		<-ready // nothing is handled before the seat knows who it is
		s.event(ctx, f)
	})
	if err != nil {
		close(ready)
		return nil, err
	}
	s.id, s.conn = hello.Self.ID, conn
	d.mu.Lock()
	d.mu.seats[s.id] = s
	d.mu.Unlock()
	close(ready)
	return s, conn.Do(ctx, "presence", map[string]any{"state": "accepting"}, nil)
}

func (s *seat) event(ctx context.Context, f client.Frame) {
	now := time.Now()
	if f.Ev == "row" {
		var body struct {
			Row row `json:"row"`
		}
		if json.Unmarshal(f.Body, &body) == nil {
			s.row(ctx, body.Row, now)
		}
		return
	}
	if f.Seq == 0 || f.Conv == "" {
		return
	}
	s.mu.Lock()
	t := s.mu.tracks[f.Conv]
	fresh := t != nil && t.saw(f.Seq)
	if f.Ev == "closed" {
		delete(s.mu.tracks, f.Conv)
	}
	s.mu.Unlock()
	if !fresh {
		return
	}
	switch f.Ev {
	case "offered":
		var body struct {
			Offer string `json:"offer"`
			Agent who    `json:"agent"`
		}
		if json.Unmarshal(f.Body, &body) == nil && body.Agent.ID == s.id {
			s.accept(ctx, f.Conv, body.Offer, now)
		}
	case "message":
		var body struct {
			Key string `json:"key"`
		}
		if json.Unmarshal(f.Body, &body) == nil {
			s.desk.slot(f.Conv).lines <- body.Key
		}
	}
}

// row begins the numbering of a conversation that entered the work, and answers its offer.
func (s *seat) row(ctx context.Context, r row, now time.Time) {
	s.mu.Lock()
	if s.mu.tracks[r.Conv] == nil {
		s.mu.tracks[r.Conv] = &track{who: "agent " + s.id, conv: r.Conv, last: r.Seq, all: s.desk.faults}
	}
	s.mu.Unlock()
	if r.Offer != "" && r.OfferedTo != nil && r.OfferedTo.ID == s.id {
		s.accept(ctx, r.Conv, r.Offer, now)
	}
}

func (s *seat) accept(ctx context.Context, conv, offer string, now time.Time) {
	s.mu.Lock()
	again := s.mu.accepted[offer]
	s.mu.accepted[offer] = true
	s.mu.Unlock()
	if again {
		return
	}
	select {
	case s.desk.slot(conv).offers <- now:
	default:
	}
	go func() {
		if err := s.conn.Do(ctx, "accept", map[string]any{"conv": conv, "offer": offer}, nil); err != nil && ctx.Err() == nil {
			s.desk.faults.note(&s.desk.faults.failed, "accept of %s: %v", conv, err)
		}
		s.mu.Lock()
		delete(s.mu.accepted, offer)
		s.mu.Unlock()
	}()
}
