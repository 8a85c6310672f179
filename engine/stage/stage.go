// Package stage runs one machine in a test as its host does in the product: events go through their encoding, rows are
// collected, and a machine loaded from rows can be held against one that replayed every event.
package stage

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

// Stage is one entity with its log and rows.
type Stage struct {
	Type    entity.Type
	Self    id.Ref
	Machine entity.Machine
	Now     time.Time
	Config  *centre.Config
	Log     []event.Event
	Rows    map[string][]byte
	Head    []byte

	effects uint64
	ids     uint64
}

// Whole is a machine that can be asked for all its rows: TouchAll makes Dirty return every one. Tests add it.
type Whole interface {
	entity.Machine
	TouchAll()
}

// New begins an entity at a fixed time.
func New(t entity.Type, self id.Ref, c *centre.Config) *Stage {
	return &Stage{Type: t, Self: self, Machine: t.New(), Config: c, Rows: map[string][]byte{},
		Now: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)}
}

// ID makes an identifier from a small number.
func ID(n uint64) id.ID {
	var i id.ID
	binary.BigEndian.PutUint64(i[8:], n)
	return i
}

// Env is what the next decision knows.
func (s *Stage) Env() *entity.Env {
	return &entity.Env{
		Self: s.Self, Now: s.Now, Config: s.Config, ClusterVersion: entity.Version, NextEffect: s.effects + 1,
		NewID:  func() id.ID { s.ids++; return ID(1<<32 + s.ids) },
		Number: func() uint64 { s.ids++; return s.ids },
	}
}

// Do decides an input and applies what comes of it.
func (s *Stage) Do(in entity.Input) (entity.Outcome, error) {
	out, err := s.Machine.Decide(in, s.Env())
	if err != nil {
		return out, err
	}
	s.effects += uint64(len(out.Effects))
	for _, n := range out.Events {
		s.append(event.Event{Seq: uint64(len(s.Log)) + 1, At: s.Now, By: in.By, Key: in.Key, Cause: in.Cause, Version: 1, Body: n.Body})
	}
	if len(out.Events) > 0 {
		for _, r := range s.Machine.Dirty() {
			if r.Value == nil {
				delete(s.Rows, string(r.Rest))
			} else {
				s.Rows[string(r.Rest)] = bytes.Clone(r.Value)
			}
		}
		s.Head = bytes.Clone(s.Machine.Head())
	}
	return out, nil
}

func (s *Stage) append(e event.Event) {
	data, err := event.Encode(&e)
	if err != nil {
		panic(err)
	}
	e, err = event.Decode(data, s.Type.Event)
	if err != nil {
		panic(err)
	}
	s.Log = append(s.Log, e)
	s.Machine.Evolve(&e)
}

// Command decides a command.
func (s *Stage) Command(by event.Who, body event.Message) (entity.Outcome, error) {
	return s.Do(entity.Input{By: by, Body: body})
}

// Wake lets the machine do what is due; it panics when that leads to a refusal.
func (s *Stage) Wake() entity.Outcome {
	out, err := s.Do(entity.Input{By: event.System, Wake: true})
	if err != nil {
		panic(err)
	}
	return out
}

// Advance moves the clock.
func (s *Stage) Advance(d time.Duration) { s.Now = s.Now.Add(d) }

// Load makes a machine from head and rows alone.
func (s *Stage) Load() (entity.Machine, error) {
	m := s.Type.New()
	if s.Head != nil {
		if err := m.LoadHead(s.Head); err != nil {
			return nil, err
		}
	}
	for _, k := range slices.Sorted(maps.Keys(s.Rows)) {
		if err := m.LoadRow([]byte(k), s.Rows[k], k[0] == 's'); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Replay makes a machine from all events.
func (s *Stage) Replay() entity.Machine {
	m := s.Type.New()
	for _, e := range s.Log {
		data, err := event.Encode(&e)
		if err != nil {
			panic(err)
		}
		if e, err = event.Decode(data, s.Type.Event); err != nil {
			panic(err)
		}
		m.Evolve(&e)
	}
	return m
}

// Check holds the running machine, one loaded from rows and one that replayed all events against each other.
func (s *Stage) Check() error {
	loaded, err := s.Load()
	if err != nil {
		return err
	}
	replayed := s.Replay()
	want := dump(s.Machine)
	for name, m := range map[string]entity.Machine{"loaded from rows": loaded, "replayed from events": replayed} {
		if got := dump(m); got != want {
			return fmt.Errorf("%s:\n%s\nrunning:\n%s", name, got, want)
		}
		if !m.Wake().Equal(s.Machine.Wake()) {
			return fmt.Errorf("%s wakes at %s, running at %s", name, m.Wake(), s.Machine.Wake())
		}
	}
	return nil
}

// dump writes all of a state as text.
func dump(m entity.Machine) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "head %x\n", m.Head())
	w := m.(Whole)
	w.TouchAll()
	for _, r := range w.Dirty() {
		if r.Value != nil {
			fmt.Fprintf(&b, "%x %x\n", r.Rest, r.Value)
		}
	}
	return b.String()
}
