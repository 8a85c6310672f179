package org

import (
	"bytes"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/cfg"
)

// Decide judges one change. It answers with the version that holds it; a change that changes nothing writes nothing.
// Errors: entity.ErrInvalid (its detail is the field), entity.ErrForbidden and those of errors.go.
func (m *Machine) Decide(in entity.Input, _ *entity.Env) (entity.Outcome, error) {
	if in.Answered != nil || in.Wake {
		return entity.Outcome{}, nil
	}
	cmd, ok := in.Body.(*cfg.Command)
	if !ok {
		return entity.Outcome{}, entity.ErrUnknownCommand
	}
	if !m.may(in.By) {
		return entity.Outcome{}, entity.ErrForbidden
	}
	switch c := cmd.Body.(type) {
	case *cfg.Command_PutSettings:
		err := validSettings(c.PutSettings)
		return m.put(rowSettings, nil, c.PutSettings, err, &cfg.Event{Body: &cfg.Event_SettingsPut{SettingsPut: c.PutSettings}})
	case *cfg.Command_PutPool:
		err := validPool(c.PutPool)
		return m.put(rowPool, c.PutPool.GetId(), c.PutPool, err, &cfg.Event{Body: &cfg.Event_PoolPut{PoolPut: c.PutPool}})
	case *cfg.Command_PutQueue:
		err := m.validQueue(c.PutQueue)
		return m.put(rowQueue, c.PutQueue.GetId(), c.PutQueue, err, &cfg.Event{Body: &cfg.Event_QueuePut{QueuePut: c.PutQueue}})
	case *cfg.Command_PutInbox:
		err := m.validInbox(c.PutInbox)
		return m.put(rowInbox, c.PutInbox.GetId(), c.PutInbox, err, &cfg.Event{Body: &cfg.Event_InboxPut{InboxPut: c.PutInbox}})
	case *cfg.Command_PutAgent:
		err := m.validAgent(c.PutAgent)
		return m.put(rowAgent, c.PutAgent.GetId(), c.PutAgent, err, &cfg.Event{Body: &cfg.Event_AgentPut{AgentPut: c.PutAgent}})
	default:
		return entity.Outcome{}, entity.ErrUnknownCommand
	}
}

// may reports who changes the configuration: administrators, the cluster itself, and whoever runs it.
func (m *Machine) may(by event.Who) bool {
	switch by.Kind {
	case event.Actor_SYSTEM, event.Actor_OPERATOR:
		return true
	case event.Actor_AGENT:
		return administers(m.agents[by.ID])
	default:
		return false
	}
}

func administers(a *centre.Agent) bool {
	return a != nil && !a.Deactivated && a.Role == centre.Role_ADMINISTRATOR
}

func (m *Machine) put(kind byte, object []byte, body event.Message, err error, ev *cfg.Event) (entity.Outcome, error) {
	if err != nil {
		return entity.Outcome{}, err
	}
	if m.same(kind, id.FromBytes(object), body) {
		return entity.Outcome{Reply: &cfg.Reply{Version: m.head.Version}}, nil
	}
	return entity.Outcome{Events: []entity.New{{Body: ev}}, Reply: &cfg.Reply{Version: m.head.Version + 1}}, nil
}

// same reports whether the object is there already, bit by bit.
func (m *Machine) same(kind byte, i id.ID, body event.Message) bool {
	var known bool
	switch kind {
	case rowSettings:
		known = m.settings != nil
	case rowPool:
		known = m.pools[i] != nil
	case rowQueue:
		known = m.queues[i] != nil
	case rowInbox:
		known = m.inboxes[i] != nil
	case rowAgent:
		known = m.agents[i] != nil
	}
	return known && bytes.Equal(encode(m.object(kind, i)), encode(body))
}
