package actors

import (
	"encoding/binary"
	"fmt"
	"runtime/debug"
	"time"

	"parley/cluster/journal"
	"parley/engine/entity"
	"parley/engine/event"
)

// flight begins a batch decided on the present state.
func (e *entityActor) flight() *flight {
	return &flight{batch: &journal.Batch{Shard: e.lease.shard, Entity: e.ref, Epoch: e.lease.term, Version: e.log.seq}}
}

// write evolves the state by an outcome and fills the batch with all that follows from it. A panic means that the state
// is broken: it is read anew, and the call is refused.
func (e *entityActor) write(c *call, out entity.Outcome, b *journal.Batch, now time.Time) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			e.spoilt(c, fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
			e.panicked(c)
			ok = false
		}
	}()
	for i := range out.Events {
		if err := e.event(c, &out.Events[i], b, now); err != nil {
			e.spoilt(c, err)
			return false
		}
	}
	for i := range out.Effects {
		if err := e.effect(&out.Effects[i], b); err != nil {
			e.spoilt(c, err)
			return false
		}
	}
	e.rows(b)
	return true
}

// spoilt drops a state that is neither before nor behind the decision.
func (e *entityActor) spoilt(c *call, err error) {
	e.lease.node.log.Error("a state was dropped", "kind", e.ref.Kind, "entity", e.ref, "err", err)
	c.fail(ErrInternal)
	e.broken = true
	e.settle()
}

func (e *entityActor) event(c *call, n *entity.New, b *journal.Batch, now time.Time) error {
	ev := event.Event{Seq: e.log.seq + 1, At: now, Version: entity.Version, By: c.in.By, Key: c.in.Key, Cause: c.in.Cause, Body: n.Body}
	if n.By != (event.Who{}) {
		ev.By = n.By
	}
	if !n.Key.IsZero() {
		ev.Key = n.Key
	}
	if n.Pub {
		ev.Pub = e.log.pub + 1
		e.log.pub = ev.Pub
	}
	data, err := event.Encode(&ev)
	if err != nil {
		return err
	}
	e.machine.Evolve(&ev)
	e.log.seq, e.log.at = ev.Seq, now
	e.grown += len(data)
	b.Events = append(b.Events, journal.Event{Seq: ev.Seq, Pub: ev.Pub, Data: data})
	return nil
}

func (e *entityActor) effect(s *entity.Send, b *journal.Batch) error {
	body, err := s.Body.MarshalVT()
	if err != nil {
		return fmt.Errorf("effect on %s: %w", s.Target, err)
	}
	data, err := (&entity.Effect{Kind: uint32(s.Target.Kind), Id: s.Target.ID[:], Subject: s.Subject.Bytes(), Body: body}).MarshalVT()
	if err != nil {
		return fmt.Errorf("effect on %s: %w", s.Target, err)
	}
	e.log.effect++
	b.Effects = append(b.Effects, journal.Effect{Seq: e.log.effect, Data: data})
	return nil
}

// rows adds the rows the events changed, a head row when it is time, and the wake-up.
func (e *entityActor) rows(b *journal.Batch) {
	for _, r := range e.machine.Dirty() {
		row := journal.Row{Sub: journal.SubRows, Rest: r.Rest, Value: r.Value, Delete: r.Value == nil}
		if r.Session {
			row.Sub = journal.SubSessions
		}
		b.Rows = append(b.Rows, row)
	}
	e.loose = false
	every := max(1, e.kind.HeadEvery)
	if len(b.Events) > 0 && (e.log.seq-e.headSeq >= uint64(every) || e.grown >= headBytes) {
		b.Rows = append(b.Rows, journal.Row{Sub: journal.SubRows, Value: encodeHead(e.log, e.machine.Head())})
		e.headSeq, e.grown = e.log.seq, 0
	}
	if due := e.machine.Wake(); !due.Equal(e.wake) {
		b.Wake = journal.Wake{Set: true, Due: due}
		e.wake = due
	}
}

// headFormat is the first byte of a head row: seq, public number and time of the last event it covers, then the machine's own.
const headFormat = 1

func encodeHead(p position, head []byte) []byte {
	out := make([]byte, 0, len(head)+24)
	out = append(out, headFormat)
	out = binary.AppendUvarint(out, p.seq)
	out = binary.AppendUvarint(out, p.pub)
	out = binary.AppendUvarint(out, uint64(p.at.UnixMilli()))
	return append(out, head...)
}

func decodeHead(data []byte) (p position, head []byte, err error) {
	if len(data) == 0 || data[0] != headFormat {
		return p, nil, fmt.Errorf("head row of an unknown format: %w", event.ErrBroken)
	}
	data = data[1:]
	var v [3]uint64
	for i := range v {
		u, n := binary.Uvarint(data)
		if n <= 0 {
			return p, nil, fmt.Errorf("head row: %w", event.ErrBroken)
		}
		v[i], data = u, data[n:]
	}
	return position{seq: v[0], pub: v[1], at: time.UnixMilli(int64(v[2])).UTC()}, data, nil
}
