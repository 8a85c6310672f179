// Package auth says who a caller is: visitors by a secret, agents by password, one-time link and session token. One path
// for all transports.
package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"

	"parley/actors"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/gateway/backend"
	"parley/gateway/command"
	"parley/gateway/protocol"
	"parley/gateway/wire"
)

// secretLen is the length of every secret: of a visitor, a token, a link.
const secretLen = 32

// What stands before secrets, so that people and scanners know them.
const (
	tokenPrefix = "pst_"
	linkPrefix  = "link_"
)

// Options is what Auth is made of. Backend, Now and Rand have no default.
type Options struct {
	Backend   backend.Backend
	Now       func() time.Time
	Rand      io.Reader
	TokenLife time.Duration // of a session token; 0 = 12 h
	Passwords int           // passwords checked at the same time, 19 MiB each; 0 = 2
}

// Auth is safe for use from any goroutine.
type Auth struct {
	Options
	compare  func(password, encoded string) (bool, error)
	hashing  chan struct{} // a place in it is the right to compute
	accounts *delays
	networks *delays
	dummy    func() string // an encoded password nobody has: an unknown name costs the same time
}

// New makes an Auth.
func New(o Options) *Auth {
	if o.TokenLife == 0 {
		o.TokenLife = 12 * time.Hour
	}
	if o.Passwords == 0 {
		o.Passwords = 2
	}
	return &Auth{
		Options: o, compare: argon2id.ComparePasswordAndHash, hashing: make(chan struct{}, o.Passwords), accounts: newDelays(), networks: newDelays(),
		dummy: sync.OnceValue(func() string { return encode("a password that nobody has", make([]byte, saltLen)) }),
	}
}

var base = base64.RawURLEncoding.Strict()

// Visitor knows a customer by the secret its browser made: the contact is derived from it, and it is kept nowhere.
// Errors: not_found (no such inbox), invalid.
func (a *Auth) Visitor(inbox, secret string) (command.Caller, *protocol.Error) {
	i, err := id.Parse(id.Inbox, inbox)
	if err != nil {
		return command.Caller{}, protocol.NewError(protocol.Invalid).With("field", "inbox")
	}
	raw, err := base.DecodeString(secret)
	if err != nil || len(raw) != secretLen {
		return command.Caller{}, protocol.NewError(protocol.Invalid).With("field", "secret")
	}
	if a.Backend.Config().Inbox(i) == nil {
		return command.Caller{}, protocol.NewError(protocol.NotFound)
	}
	contact := a.Backend.Derive("visitor", append(i[:], raw...))
	return command.Caller{Role: command.Customer, ID: contact, Inbox: i}, nil
}

// Token knows an agent by its session token. It may block.
// Errors: not_signed_in for every token that is not good, and what the backend says.
func (a *Auth) Token(ctx context.Context, token string) (command.Caller, *protocol.Error) {
	agent, hash, ok := parse(tokenPrefix, token)
	conf := a.Backend.Config().Agent(agent)
	if !ok || conf == nil || conf.Deactivated {
		return command.Caller{}, protocol.NewError(protocol.NotSignedIn)
	}
	v, err := a.view(ctx, agent)
	if err != nil {
		return command.Caller{}, err
	}
	until := int64(0)
	for _, t := range v.GetTokens() {
		if subtle.ConstantTimeCompare(t.TokenHash, hash) == 1 {
			until = max(until, t.Until)
		}
	}
	if until <= a.Now().UnixMilli() {
		return command.Caller{}, protocol.NewError(protocol.NotSignedIn)
	}
	return command.Caller{Role: command.RoleOf(wire.RoleWord(conf.Role)), ID: agent, TokenHash: hash, Until: until}, nil
}

// view reads an agent; nil for one that nobody has ever signed in.
func (a *Auth) view(ctx context.Context, agent id.ID) (*agt.View, *protocol.Error) {
	m, err := a.Backend.View(ctx, id.Ref{Kind: id.Agent, ID: agent})
	switch {
	case errors.Is(err, entity.ErrUnknownEntity):
		return nil, nil
	case err != nil:
		return nil, command.Fault(err)
	}
	v, _ := m.(*agt.View)
	return v, nil
}

// parse reads an agent's secret: prefix, the agent's 32 hex digits, 43 characters of secret. hash is of the secret.
func parse(prefix, s string) (agent id.ID, hash []byte, ok bool) {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok || len(rest) != 32+base.EncodedLen(secretLen) {
		return id.ID{}, nil, false
	}
	agent, err := id.Parse(id.Agent, id.Agent.Prefix()+"_"+rest[:32])
	secret, bad := base.DecodeString(rest[32:])
	if err != nil || bad != nil || len(secret) != secretLen {
		return id.ID{}, nil, false
	}
	return agent, hashOf(secret), true
}

func hashOf(secret []byte) []byte {
	h := sha256.Sum256(secret)
	return h[:]
}

// format writes what parse reads.
func format(prefix string, agent id.ID, secret []byte) string {
	return prefix + hex.EncodeToString(agent[:]) + base.EncodeToString(secret)
}

func (a *Auth) token(agent id.ID) (token string, hash []byte, err error) {
	secret := make([]byte, secretLen)
	if _, err := io.ReadFull(a.Rand, secret); err != nil {
		return "", nil, fmt.Errorf("auth: no randomness: %w", err)
	}
	return format(tokenPrefix, agent, secret), hashOf(secret), nil
}

// Link makes the secret of a one-time link out of the key of its command, so that a repeat of the command gives the same
// link. It implements command.Env.Link.
func (a *Auth) Link(agent, key id.ID) (link string, hash []byte) {
	value := append(agent.Bytes(), key.Bytes()...)
	left, right := a.Backend.Derive("link", value), a.Backend.Derive("link, second half", value)
	secret := append(left[:], right[:]...)
	return format(linkPrefix, agent, secret), hashOf(secret)
}

// ask sends a command to an agent and waits for its answer.
func (a *Auth) ask(ctx context.Context, agent id.ID, body *agt.Command) *protocol.Error {
	got := make(chan actors.Answer, 1)
	a.Backend.Ask(actors.Ask{
		Target: id.Ref{Kind: id.Agent, ID: agent}, By: event.System, Body: body, Done: func(r actors.Answer) { got <- r },
	})
	select {
	case r := <-got:
		switch {
		case r.Refusal != nil:
			return protocol.NewError(string(r.Refusal.Code))
		case r.Err != nil:
			return command.Fault(r.Err)
		}
		return nil
	case <-ctx.Done():
		return command.Fault(ctx.Err())
	}
}
