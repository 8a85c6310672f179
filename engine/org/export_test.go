package org

// TouchAll makes Dirty return every row.
func (m *Machine) TouchAll() {
	if m.settings != nil {
		m.dirty[string(rowSettings)] = struct{}{}
	}
	for _, p := range m.pools {
		m.touch(rowPool, p.Id)
	}
	for _, q := range m.queues {
		m.touch(rowQueue, q.Id)
	}
	for _, i := range m.inboxes {
		m.touch(rowInbox, i.Id)
	}
	for _, a := range m.agents {
		m.touch(rowAgent, a.Id)
	}
}
