package bench

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"parley/client"
)

// patience is how long a line, an offer or an end may take before it counts as lost.
const patience = 20 * time.Second

// talk is one customer who has one conversation after the other.
type talk struct {
	desk *desk
	conn *client.Conn

	lines    chan string // keys of messages the customer received
	assigned chan string // agent
	closed   chan struct{}
	track    *track
	conv     atomic.Value // string: the conversation whose events count

	ack, deliver, offer *clock
	messages, finished  *atomic.Int64
}

func newSecret() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func (t *talk) dial(ctx context.Context, base, inbox string) error {
	t.lines, t.assigned, t.closed = make(chan string, 64), make(chan string, 4), make(chan struct{}, 4)
	t.conv.Store("")
	conn, err := client.Dial(ctx, base, map[string]any{"role": "customer", "inbox": inbox, "secret": newSecret()}, nil, t.event)
	t.conn = conn
	return err
}

func (t *talk) event(f client.Frame) {
	if f.Seq == 0 {
		return
	}
	if f.Seq == 1 && f.Ev == "started" {
		t.track = &track{who: "customer", conv: f.Conv, all: t.desk.faults}
		t.conv.Store(f.Conv)
	}
	if t.track == nil || t.track.conv != f.Conv || !t.track.saw(f.Seq) {
		return
	}
	switch f.Ev {
	case "message":
		var body struct {
			Key string `json:"key"`
		}
		if json.Unmarshal(f.Body, &body) == nil {
			t.lines <- body.Key
		}
	case "assigned":
		var body struct {
			Agent who `json:"agent"`
		}
		if json.Unmarshal(f.Body, &body) == nil {
			t.assigned <- body.Agent.ID
		}
	case "closed":
		t.closed <- struct{}{}
	}
}

var errPatience = errors.New("nothing came in time")

func await[T any](ctx context.Context, from <-chan T) (T, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	var none T
	select {
	case v := <-from:
		return v, nil
	case <-timer.C:
		return none, errPatience
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

// replay plays one dialogue from the first line to closed. more tells whether another line may begin.
func (t *talk) replay(ctx context.Context, d Dialogue, more func() bool) error {
	var started struct {
		Conv string `json:"conv"`
	}
	key, sent := t.conn.Key(), time.Now()
	if err := t.conn.DoKey(ctx, "start", key, map[string]any{"text": d.Turns[0].Text}, &started); err != nil {
		return err
	}
	t.ack.add(time.Since(sent))
	slot := t.desk.slot(started.Conv)
	defer t.desk.forget(started.Conv)
	if err := t.received(ctx, t.lines, key, "own first line"); err != nil {
		return err
	}
	at, err := await(ctx, slot.offers)
	if err != nil {
		return fmt.Errorf("offer of %s: %w", started.Conv, err)
	}
	t.offer.add(at.Sub(sent))
	agent, err := await(ctx, t.assigned)
	if err != nil {
		return fmt.Errorf("assignment of %s: %w", started.Conv, err)
	}
	s := t.desk.seat(agent)
	if s == nil {
		return fmt.Errorf("%s went to %s, who is not ours", started.Conv, agent)
	}
	for _, turn := range d.Turns[1:] {
		if !more() {
			break
		}
		if err := t.say(ctx, s, slot, started.Conv, turn); err != nil {
			return err
		}
	}
	if err := s.conn.Do(ctx, "resolve", map[string]any{"conv": started.Conv}, nil); err != nil {
		return err
	}
	if _, err := await(ctx, t.closed); err != nil {
		return fmt.Errorf("end of %s: %w", started.Conv, err)
	}
	t.finished.Add(1)
	return nil
}

// say sends one line and waits until it is acknowledged, seen by its sender and delivered to the other side.
func (t *talk) say(ctx context.Context, s *seat, slot *slot, conv string, turn Turn) error {
	from, own, other := t.conn, t.lines, slot.lines
	if turn.By == "agent" {
		from, own, other = s.conn, slot.lines, t.lines
	}
	key, sent := from.Key(), time.Now()
	if err := from.DoKey(ctx, "send", key, map[string]any{"conv": conv, "text": turn.Text}, nil); err != nil {
		return err
	}
	t.ack.add(time.Since(sent))
	if err := t.received(ctx, other, key, "line at the other side"); err != nil {
		return err
	}
	t.deliver.add(time.Since(sent))
	if err := t.received(ctx, own, key, "own line"); err != nil {
		return err
	}
	t.messages.Add(1)
	return nil
}

// received waits for the very line; another one in its place means that one is lost.
func (t *talk) received(ctx context.Context, lines <-chan string, key, what string) error {
	got, err := await(ctx, lines)
	switch {
	case errors.Is(err, errPatience):
		t.desk.faults.note(&t.desk.faults.lost, "%s never came (%s)", what, key)
		return err
	case err != nil:
		return err
	case got != key:
		t.desk.faults.note(&t.desk.faults.outOfOrder, "%s: %s came instead of %s", what, got, key)
		return fmt.Errorf("%s: another line came", what)
	}
	return nil
}
