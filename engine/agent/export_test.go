package agent

// TouchAll makes Dirty return every row.
func (m *Machine) TouchAll() {
	for r := range m.reservations {
		m.touch(rowReservation, r[:])
	}
	for s := range m.sessions {
		m.touch(rowSession, s[:])
	}
	for r := range m.remembered {
		m.touch(rowRemembered, r[:])
	}
	for k := range m.tokens {
		m.touch(rowToken, []byte(k))
	}
	for k := range m.links {
		m.touch(rowLink, []byte(k))
	}
	for k := range m.done {
		m.touch(rowDone, []byte{k})
	}
	if m.password != nil {
		m.touch(rowPassword, nil)
	}
}
