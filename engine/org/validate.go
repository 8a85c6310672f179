package org

import (
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/engine/centre"
	"parley/engine/id"
)

// Bounds of what an administrator may enter; the meaning of each field stands in centre.proto.
const (
	maxName     = 200    // code points
	maxGreeting = 10_000 // as a message
	maxReasons  = 50
	maxReason   = 100
	maxOrigins  = 100
	maxQueues   = 1_000
	maxLimit    = 1_000 // conversations at once
)

// text reports whether s is valid UTF-8 of least to most code points without control characters but line breaks.
func text(s string, least, most int) bool {
	n := utf8.RuneCountInString(s)
	return n >= least && n <= most && utf8.ValidString(s) &&
		strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) < 0 &&
		(least == 0 || strings.TrimSpace(s) != "")
}

// span reports whether a length in milliseconds is 0 (the default) or within its bounds.
func span(ms int64, least, most time.Duration) bool {
	return ms == 0 || ms >= least.Milliseconds() && ms <= most.Milliseconds()
}

func named(object []byte, name string) error {
	switch {
	case len(object) != len(id.ID{}) || id.FromBytes(object).IsZero():
		return invalid("id")
	case !text(name, 1, maxName):
		return invalid("name")
	}
	return nil
}

func validSettings(s *centre.Settings) error {
	switch {
	case s == nil:
		return invalid("settings")
	case !text(s.Name, 0, maxName):
		return invalid("name")
	case s.Limit < 0 || s.Limit > maxLimit:
		return invalid("limit")
	case !span(s.AgentGraceMs, time.Second, time.Hour):
		return invalid("agent_grace_ms")
	case !span(s.CustomerGraceMs, time.Second, time.Hour):
		return invalid("customer_grace_ms")
	case len(s.BreakReasons) > maxReasons:
		return invalid("break_reasons")
	}
	seen := map[string]bool{}
	for _, r := range s.BreakReasons {
		if !text(r, 1, maxReason) || seen[r] {
			return invalid("break_reasons")
		}
		seen[r] = true
	}
	return nil
}

func validPool(p *centre.Pool) error {
	if p == nil {
		return invalid("pool")
	}
	return named(p.Id, p.Name)
}

func (m *Machine) validQueue(q *centre.Queue) error {
	if q == nil {
		return invalid("queue")
	}
	if err := named(q.Id, q.Name); err != nil {
		return err
	}
	pool := id.FromBytes(q.Pool)
	old := m.queues[id.FromBytes(q.Id)]
	switch {
	case m.pools[pool] == nil:
		return ErrUnknownReference
	case old != nil && id.FromBytes(old.Pool) != pool:
		return ErrPoolFixed
	case q.Priority < 0 || q.Priority > 100:
		return invalid("priority")
	case !text(q.Greeting, 0, maxGreeting):
		return invalid("greeting")
	case !span(q.OfferMs, 5*time.Second, 5*time.Minute):
		return invalid("offer_ms")
	case q.Misses < 0 || q.Misses > 100:
		return invalid("misses")
	case !span(q.MaxWaitMs, time.Second, 7*24*time.Hour):
		return invalid("max_wait_ms")
	case q.Limit < 0 || q.Limit > maxLimit:
		return invalid("limit")
	case !span(q.ExcludeMs, time.Second, time.Hour):
		return invalid("exclude_ms")
	case !span(q.BreakReturnMs, time.Second, 24*time.Hour):
		return invalid("break_return_ms")
	}
	switch q.AgentLost {
	case "", "requeue", "on_next_message", "keep":
		return nil
	}
	return invalid("agent_lost")
}

func (m *Machine) validInbox(b *centre.Inbox) error {
	if b == nil {
		return invalid("inbox")
	}
	if err := named(b.Id, b.Name); err != nil {
		return err
	}
	switch {
	case m.queues[id.FromBytes(b.Queue)] == nil:
		return ErrUnknownReference
	case b.Style < centre.Style_LIVE || b.Style > centre.Style_MESSAGING:
		return invalid("style")
	case !text(b.Greeting, 0, maxGreeting):
		return invalid("greeting")
	case !span(b.CloseAfterMs, time.Second, 28*24*time.Hour):
		return invalid("close_after_ms")
	case b.Brand != "" && !colour(b.Brand):
		return invalid("brand")
	case len(b.Origins) > maxOrigins:
		return invalid("origins")
	}
	for _, o := range b.Origins {
		if !origin(o) {
			return invalid("origins")
		}
	}
	return nil
}

// colour reports whether s is #rrggbb.
func colour(s string) bool {
	return len(s) == 7 && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdefABCDEF") == ""
}

// origin reports whether s is what a browser sends as Origin: scheme, host and port in lower case, nothing else.
func origin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.Scheme+"://"+u.Host == s && strings.ToLower(s) == s
}

func (m *Machine) validAgent(a *centre.Agent) error {
	if a == nil {
		return invalid("agent")
	}
	if err := named(a.Id, a.Name); err != nil {
		return err
	}
	i := id.FromBytes(a.Id)
	switch {
	case !text(a.Login, 1, maxName) || strings.ToLower(strings.TrimSpace(a.Login)) != a.Login:
		return invalid("login")
	case a.Role < centre.Role_AGENT || a.Role > centre.Role_ADMINISTRATOR:
		return invalid("role")
	case a.Limit < -1 || a.Limit > maxLimit:
		return invalid("limit")
	case len(a.Queues) > maxQueues:
		return invalid("queues")
	}
	if other, taken := m.logins[a.Login]; taken && other != i {
		return ErrLoginTaken
	}
	seen := map[id.ID]bool{}
	for _, q := range a.Queues {
		queue := id.FromBytes(q.Queue)
		switch {
		case m.queues[queue] == nil:
			return ErrUnknownReference
		case seen[queue] || q.Rank < 0 || q.Rank > 100:
			return invalid("queues")
		}
		seen[queue] = true
	}
	if administers(m.agents[i]) && !administers(a) && !m.otherAdministrator(i) {
		return ErrLastAdministrator
	}
	return nil
}

func (m *Machine) otherAdministrator(but id.ID) bool {
	for i, a := range m.agents {
		if i != but && administers(a) {
			return true
		}
	}
	return false
}
