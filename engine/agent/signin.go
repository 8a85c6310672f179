package agent

import (
	"time"

	"parley/engine/entity"
	"parley/engine/msg/agt"
)

const (
	hashLen     = 32 // SHA-256
	longestLink = 30 * 24 * time.Hour
	longestSign = 400 * 24 * time.Hour
	maxEncoded  = 512 // bytes of an encoded password
)

func validHash(hash []byte, validMs int64, longest time.Duration) bool {
	return len(hash) == hashLen && validMs > 0 && validMs <= longest.Milliseconds()
}

// signOut ends one session token, or all. With the last one the agent goes offline and held work goes the way of T21.
func (m *Machine) signOut(c *agt.SignOut, env *entity.Env) (entity.Outcome, error) {
	o := m.begin(env)
	if c.All {
		m.closeTokens(o)
	} else if m.tokens[string(c.TokenHash)] != nil {
		o.event(&agt.Event{Body: &agt.Event_TokenClosed{TokenClosed: &agt.TokenClosed{TokenHash: c.TokenHash}}})
	}
	others := false
	for k, t := range m.tokens {
		others = others || k != string(c.TokenHash) && t.Until > env.Now.UnixMilli()
	}
	if (c.All || !others) && m.head.Presence != agt.Presence_OFFLINE {
		m.offline(o, true)
	}
	return o.Outcome, nil
}

func (m *Machine) closeTokens(o *outcome) {
	for _, k := range sortedKeys(m.tokens) {
		o.event(&agt.Event{Body: &agt.Event_TokenClosed{TokenClosed: &agt.TokenClosed{TokenHash: []byte(k)}}})
	}
}

// issueLink remembers the hash of a one-time link.
func (m *Machine) issueLink(c *agt.IssueLink, env *entity.Env) (entity.Outcome, error) {
	switch {
	case !validHash(c.Hash, c.ValidMs, longestLink):
		return entity.Outcome{}, entity.ErrInvalid
	case m.deactivated(env):
		return entity.Outcome{}, ErrDeactivated
	}
	o := m.begin(env)
	o.event(&agt.Event{Body: &agt.Event_LinkIssued{LinkIssued: &agt.LinkIssued{Hash: c.Hash, Until: env.Now.UnixMilli() + c.ValidMs}}})
	return o.Outcome, nil
}

// redeemLink turns a link into a session token, once. Wrong, used, too old and of a deactivated agent look the same.
func (m *Machine) redeemLink(c *agt.RedeemLink, env *entity.Env) (entity.Outcome, error) {
	l := m.links[string(c.Hash)]
	if l == nil || l.Until <= env.Now.UnixMilli() || m.deactivated(env) {
		return entity.Outcome{}, ErrLinkInvalid
	}
	if !validHash(c.TokenHash, c.ValidMs, longestSign) {
		return entity.Outcome{}, entity.ErrInvalid
	}
	o := m.begin(env)
	o.event(&agt.Event{Body: &agt.Event_LinkRedeemed{LinkRedeemed: &agt.LinkRedeemed{Hash: c.Hash}}})
	m.addToken(o, c.TokenHash, c.ValidMs)
	return o.Outcome, nil
}

// openToken begins a session whose password the gateway has checked.
func (m *Machine) openToken(c *agt.OpenToken, env *entity.Env) (entity.Outcome, error) {
	switch {
	case !validHash(c.TokenHash, c.ValidMs, longestSign):
		return entity.Outcome{}, entity.ErrInvalid
	case m.deactivated(env):
		return entity.Outcome{}, ErrDeactivated
	}
	o := m.begin(env)
	m.addToken(o, c.TokenHash, c.ValidMs)
	return o.Outcome, nil
}

// addToken opens a token; the one that runs out first makes room when there are too many.
func (m *Machine) addToken(o *outcome, hash []byte, validMs int64) {
	if len(m.tokens) >= maxTokens && m.tokens[string(hash)] == nil {
		k := oldest(m.tokens, func(t *agt.Token) int64 { return t.Until })
		o.event(&agt.Event{Body: &agt.Event_TokenClosed{TokenClosed: &agt.TokenClosed{TokenHash: []byte(k)}}})
	}
	o.event(&agt.Event{Body: &agt.Event_TokenOpened{TokenOpened: &agt.TokenOpened{TokenHash: hash, Until: o.env.Now.UnixMilli() + validMs}}})
}

func (m *Machine) closeToken(c *agt.CloseToken) (entity.Outcome, error) {
	o := m.begin(nil)
	if m.tokens[string(c.TokenHash)] != nil {
		o.event(&agt.Event{Body: &agt.Event_TokenClosed{TokenClosed: &agt.TokenClosed{TokenHash: c.TokenHash}}})
	}
	return o.Outcome, nil
}

// setPassword replaces the encoded password. Sessions go on.
func (m *Machine) setPassword(c *agt.SetPassword) (entity.Outcome, error) {
	if c.Encoded == "" || len(c.Encoded) > maxEncoded {
		return entity.Outcome{}, entity.ErrInvalid
	}
	o := m.begin(nil)
	o.event(&agt.Event{Body: &agt.Event_PasswordSet{PasswordSet: &agt.PasswordSet{Encoded: c.Encoded}}})
	return o.Outcome, nil
}
