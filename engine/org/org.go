// Package org is the configuration of the contact centre as a state machine: its log is the audit of every change.
package org

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"time"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/cfg"
)

// Self names the one org entity of a cluster.
var Self = id.Ref{Kind: id.Org}

// Machine is all configuration. Each object is a row; objects are never changed, only replaced, so that every version
// handed out shares them.
type Machine struct {
	head     *cfg.Head
	settings *centre.Settings
	pools    map[id.ID]*centre.Pool
	queues   map[id.ID]*centre.Queue
	inboxes  map[id.ID]*centre.Inbox
	agents   map[id.ID]*centre.Agent
	logins   map[string]id.ID
	dirty    map[string]struct{}
	config   *centre.Config // of the present version, nil = to be built
}

// Row keys: kind byte, then the object's id.
const (
	rowSettings = 's'
	rowPool     = 'p'
	rowQueue    = 'q'
	rowInbox    = 'i'
	rowAgent    = 'a'
)

// New makes an empty centre.
func New() *Machine {
	return &Machine{
		head:    &cfg.Head{},
		pools:   map[id.ID]*centre.Pool{},
		queues:  map[id.ID]*centre.Queue{},
		inboxes: map[id.ID]*centre.Inbox{},
		agents:  map[id.ID]*centre.Agent{},
		logins:  map[string]id.ID{},
		dirty:   map[string]struct{}{},
	}
}

// Type describes org to its host.
func Type() entity.Type {
	return entity.Type{
		Kind:      id.Org,
		New:       func() entity.Machine { return New() },
		Command:   func() event.Message { return &cfg.Command{} },
		Event:     func() event.Message { return &cfg.Event{} },
		Reply:     func() event.Message { return &cfg.Reply{} },
		HeadEvery: 1,
		Creates:   func(event.Message) bool { return true },
	}
}

// Config returns this version of the configuration. The copy is shared and never changed.
func (m *Machine) Config() *centre.Config {
	if m.config == nil {
		m.config = (&centre.Config{
			Version: m.head.Version, Settings: m.settings,
			Inboxes: maps.Clone(m.inboxes), Queues: maps.Clone(m.queues), Pools: maps.Clone(m.pools), Agents: maps.Clone(m.agents),
		}).Index()
	}
	return m.config
}

// Wake is never.
func (m *Machine) Wake() time.Time { return time.Time{} }

// Evolve applies one event.
func (m *Machine) Evolve(e *event.Event) {
	m.head.Version, m.config = e.Seq, nil
	body, ok := e.Body.(*cfg.Event)
	if !ok {
		return
	}
	switch ev := body.Body.(type) {
	case *cfg.Event_SettingsPut:
		m.settings = ev.SettingsPut
		m.dirty[string(rowSettings)] = struct{}{}
	case *cfg.Event_PoolPut:
		m.pools[m.touch(rowPool, ev.PoolPut.Id)] = ev.PoolPut
	case *cfg.Event_QueuePut:
		m.queues[m.touch(rowQueue, ev.QueuePut.Id)] = ev.QueuePut
	case *cfg.Event_InboxPut:
		m.inboxes[m.touch(rowInbox, ev.InboxPut.Id)] = ev.InboxPut
	case *cfg.Event_AgentPut:
		m.putAgent(m.touch(rowAgent, ev.AgentPut.Id), ev.AgentPut)
	}
}

func (m *Machine) touch(kind byte, object []byte) id.ID {
	m.dirty[string(kind)+string(object)] = struct{}{}
	return id.FromBytes(object)
}

func (m *Machine) putAgent(i id.ID, a *centre.Agent) {
	if old := m.agents[i]; old != nil {
		delete(m.logins, old.Login)
	}
	m.agents[i] = a
	m.logins[a.Login] = i
}

// Dirty returns the rows that changed, in key order.
func (m *Machine) Dirty() []entity.Row {
	rows := make([]entity.Row, 0, len(m.dirty))
	for _, k := range slices.Sorted(maps.Keys(m.dirty)) {
		rows = append(rows, entity.Row{Rest: []byte(k), Value: encode(m.object(k[0], id.FromBytes([]byte(k[1:]))))})
	}
	clear(m.dirty)
	return rows
}

func (m *Machine) object(kind byte, i id.ID) event.Message {
	switch kind {
	case rowSettings:
		return m.settings
	case rowPool:
		return m.pools[i]
	case rowQueue:
		return m.queues[i]
	case rowInbox:
		return m.inboxes[i]
	default:
		return m.agents[i]
	}
}

func encode(row event.Message) []byte {
	data, err := row.MarshalVT()
	if err != nil {
		panic(fmt.Sprintf("org: row does not encode: %v", err)) // vtprotobuf fails on nothing we put in
	}
	return data
}

// Head encodes what is in no row.
func (m *Machine) Head() []byte { return encode(m.head) }

// LoadHead reads what Head wrote.
func (m *Machine) LoadHead(head []byte) error { return m.head.UnmarshalVT(head) }

// LoadRow reads a row Dirty returned.
func (m *Machine) LoadRow(rest, value []byte, _ bool) error {
	if len(rest) == 0 {
		return fmt.Errorf("org: row without a key")
	}
	m.config = nil
	i := id.FromBytes(bytes.Clone(rest[1:]))
	var row event.Message
	switch rest[0] {
	case rowSettings:
		m.settings = &centre.Settings{}
		row = m.settings
	case rowPool:
		m.pools[i] = &centre.Pool{}
		row = m.pools[i]
	case rowQueue:
		m.queues[i] = &centre.Queue{}
		row = m.queues[i]
	case rowInbox:
		m.inboxes[i] = &centre.Inbox{}
		row = m.inboxes[i]
	case rowAgent:
		a := &centre.Agent{}
		if err := a.UnmarshalVT(value); err != nil {
			return fmt.Errorf("org: agent: %w", err)
		}
		m.putAgent(i, a)
		return nil
	default:
		return fmt.Errorf("org: unknown row %q", rest[0])
	}
	if err := row.UnmarshalVT(value); err != nil {
		return fmt.Errorf("org: row %q: %w", rest[0], err)
	}
	return nil
}
