package conversation_test

import (
	"parley/engine/centre"
	"parley/engine/id"
	"parley/engine/msg/conv"
)

// model is a conversation as one would explain it to a new colleague: where it stands and whose it is. It knows no
// events and no numbers but the attempt, and predicts what each command is answered.
type model struct {
	style    centre.Style
	at       string // queued, offered, open, away (a return looks for its agent), resolved, closed
	owner    id.ID
	asked    id.ID // who has the offer
	r        id.ID // of offer or assignment
	last     id.ID // whose return it is
	attempt  uint64
	highest  uint64
	seek     id.ID // reservation looked for
	seeker   id.ID // the agent it is looked for at
	named    bool  // looked for by somebody's hand, not for a return
	waited   bool  // this return has waited for a break
	disowned map[id.ID]bool

	customerLast bool
	lost         bool
	answered     bool
}

const (
	yes       = ""
	void      = "offer_void"
	lapsed    = "offer_lapsed"
	taken     = "taken"
	notOwner  = "not_owner"
	hasEnded  = "conversation_ended"
	assigning = "assigning"
)

func (m *model) queue() {
	m.at, m.highest, m.waited = "queued", m.highest+1, false
	m.attempt = m.highest
}

func (m *model) drop() {
	m.owner, m.asked, m.r, m.lost, m.attempt = id.ID{}, id.ID{}, id.ID{}, false, 0
}

func (m *model) stopSeeking() { m.seek, m.seeker, m.named = id.ID{}, id.ID{}, false }

func (m *model) give(agent, r id.ID) {
	m.drop()
	m.at, m.owner, m.last, m.r, m.waited = "open", agent, agent, r, false
}

func (m *model) finish(closed bool) {
	m.drop()
	m.stopSeeking()
	if m.at = "resolved"; closed || m.style == centre.Style_LIVE {
		m.at = "closed"
	}
}

func (m *model) offer(r, agent id.ID, n uint64) string {
	switch {
	case m.disowned[r]:
		return void
	case r == m.r:
		return yes
	case r == m.seek:
		m.give(m.seeker, m.seek)
		m.stopSeeking()
		return yes
	case m.at != "queued" || n != m.attempt:
		return void
	}
	m.at, m.asked, m.r = "offered", agent, r
	return yes
}

func (m *model) accept(agent, r id.ID) string {
	switch {
	case m.at == "open" && m.owner == agent && m.r == r:
		return yes
	case m.at == "offered" && m.asked == agent && m.r == r:
		m.stopSeeking()
		m.give(agent, r)
		return yes
	}
	return m.late(agent)
}

func (m *model) late(agent id.ID) string {
	if m.at == "open" && m.owner != agent {
		return taken
	}
	return lapsed
}

func (m *model) backToQueue() { m.drop(); m.queue() }

func (m *model) decline(agent, r id.ID) string {
	if m.at != "offered" || m.asked != agent || m.r != r {
		return m.late(agent)
	}
	m.backToQueue()
	return yes
}

// disown is an agent's word about a reservation the conversation does not have.
func (m *model) disown(r id.ID) {
	if m.at == "closed" || m.disowned[r] {
		return
	}
	m.disowned[r] = true
	if r == m.seek {
		m.seekFailed(false)
	}
}

func (m *model) withdraw(r id.ID) {
	switch {
	case m.r != r:
		m.disown(r)
	case m.at == "offered":
		m.backToQueue()
	}
}

func (m *model) gone(r id.ID) {
	switch {
	case m.r != r:
		m.disown(r)
	case m.at == "offered", m.at == "open" && m.customerLast && !m.lost:
		m.backToQueue()
	case m.at == "open":
		m.lost = true
	}
}

func (m *model) seekFailed(onBreak bool) {
	back := !m.named
	m.stopSeeking()
	if m.at != "away" {
		return
	}
	if onBreak && back && !m.waited {
		m.waited = true
		return
	}
	m.queue()
}

func (m *model) customerSays() string {
	if m.at == "closed" {
		return yes // moved on, nothing changes here
	}
	m.customerLast = true
	switch {
	case m.at == "resolved", m.lost:
		m.drop()
		m.at, m.waited = "away", false
		m.look()
	}
	return yes
}

// look asks the agent of a return, or gives up when there is none.
func (m *model) look() {
	switch {
	case !m.seek.IsZero():
	case m.last.IsZero():
		m.queue()
	default:
		m.highest++
		m.seek, m.seeker = pending, m.last
	}
}

// pending stands for a reservation whose number the conversation draws.
var pending = name("pending")

func (m *model) agentSays(agent id.ID) string {
	if m.at != "open" || m.owner != agent {
		return notOwner
	}
	m.customerLast, m.answered, m.lost = false, true, false
	return yes
}

func (m *model) resolve(agent id.ID) string {
	leads := agent == sue
	switch {
	case m.at == "closed":
		return hasEnded
	case m.at == "resolved" && (leads || m.last == agent):
		return yes
	case m.owner != agent && !leads:
		return notOwner
	}
	m.finish(false)
	return yes
}

func (m *model) end() string {
	if m.at != "resolved" && m.at != "closed" {
		m.finish(m.at != "open")
	}
	return yes
}

func (m *model) unassign(agent id.ID) string {
	switch {
	case m.at == "resolved" || m.at == "closed":
		return hasEnded
	case m.at != "open":
		return yes
	case m.owner != agent && agent != sue:
		return notOwner
	}
	m.last = id.ID{}
	m.backToQueue()
	return yes
}

// hand is an agent assigned by hand, or who opens it themselves.
func (m *model) hand(by, to id.ID, open bool) string {
	switch {
	case m.at == "closed":
		return hasEnded
	case open && m.owner == by:
		return yes
	case m.owner != by && by != sue && (!m.owner.IsZero() || m.at == "resolved" && !m.last.IsZero() && m.last != by):
		return notOwner
	case m.owner == to:
		return yes
	case m.at == "resolved" && !open:
		m.last = to
		return yes
	case m.at == "offered" && m.asked == to:
		r := m.r
		m.stopSeeking()
		m.give(to, r)
		return yes
	case !m.seek.IsZero():
		return assigning
	}
	m.highest++
	m.seek, m.seeker, m.named = pending, to, true
	return yes
}

func (m *model) agrees(v *conv.View) bool {
	want := map[string]struct {
		status conv.Status
		route  conv.Route
	}{
		"queued": {conv.Status_NEW, conv.Route_QUEUED}, "offered": {conv.Status_NEW, conv.Route_OFFERED},
		"open": {conv.Status_OPEN, conv.Route_ASSIGNED}, "away": {conv.Status_NEW, conv.Route_IDLE},
		"resolved": {conv.Status_RESOLVED, conv.Route_IDLE}, "closed": {conv.Status_CLOSED, conv.Route_IDLE},
	}[m.at]
	return v.Status == want.status && v.Route == want.route && id.FromBytes(v.Agent) == m.owner &&
		id.FromBytes(v.OfferedTo) == m.asked && id.FromBytes(v.R) == m.r && v.N == m.highest
}
