package auth

import (
	"context"
	"time"

	"parley/engine/centre"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/gateway/protocol"
	"parley/gateway/wire"
)

// Login checks a password and opens a session. from is the caller's network, empty for one that is not counted
// (loopback). A wrong password and an unknown name get the same answer after the same work.
// Errors: wrong_password, rate_limited, busy, and what the agent says.
func (a *Auth) Login(ctx context.Context, from, login, password string) (*protocol.TokenOK, *protocol.Error) {
	if wait := a.wait(from, login); wait > 0 {
		return nil, protocol.NewError(protocol.RateLimited).After(wait)
	}
	conf := a.Backend.Config().ByLogin(login)
	encoded, known := a.dummy(), false
	if conf != nil && !conf.Deactivated {
		v, err := a.view(ctx, id.FromBytes(conf.Id))
		if err != nil {
			return nil, err
		}
		if v.GetPassword() != "" {
			encoded, known = v.Password, true
		}
	}
	right, err := a.check(ctx, from, login, password, encoded, known)
	if err != nil {
		return nil, err
	}
	if !right {
		return nil, protocol.NewError(protocol.WrongPassword)
	}
	a.accounts.forget(login)
	a.networks.forget(from)
	return a.open(ctx, conf, func(hash []byte) *agt.Command {
		return &agt.Command{Body: &agt.Command_OpenToken{OpenToken: &agt.OpenToken{TokenHash: hash, ValidMs: a.TokenLife.Milliseconds()}}}
	})
}

// Redeem trades a one-time link for a session, once.
// Errors: link_invalid (wrong, used or too old), rate_limited, and what the agent says.
func (a *Auth) Redeem(ctx context.Context, from, link string) (*protocol.TokenOK, *protocol.Error) {
	now := a.Now()
	if wait := a.networks.wait(from, now); wait > 0 {
		return nil, protocol.NewError(protocol.RateLimited).After(wait)
	}
	agent, linkHash, ok := parse(linkPrefix, link)
	conf := a.Backend.Config().Agent(agent)
	if !ok || conf == nil {
		a.networks.failed(from, now)
		return nil, protocol.NewError(protocol.LinkInvalid)
	}
	token, err := a.open(ctx, conf, func(hash []byte) *agt.Command {
		return &agt.Command{Body: &agt.Command_RedeemLink{RedeemLink: &agt.RedeemLink{Hash: linkHash, TokenHash: hash, ValidMs: a.TokenLife.Milliseconds()}}}
	})
	if err != nil && err.Row().Do != protocol.Retry {
		a.networks.failed(from, now)
		err = protocol.NewError(protocol.LinkInvalid)
	}
	return token, err
}

// open opens a session token by the command that carries its hash.
func (a *Auth) open(ctx context.Context, conf *centre.Agent, by func(hash []byte) *agt.Command) (*protocol.TokenOK, *protocol.Error) {
	agent := id.FromBytes(conf.Id)
	token, hash, bad := a.token(agent)
	if bad != nil {
		return nil, protocol.NewError(protocol.Internal)
	}
	if err := a.ask(ctx, agent, by(hash)); err != nil {
		return nil, err
	}
	return &protocol.TokenOK{Token: token, Agent: wire.Person(conf)}, nil
}

// check compares a password, a few at a time: each takes 19 MiB. The wait is asked for again when its turn has come:
// those who try many at once have all failed by then. Errors: busy, rate_limited.
func (a *Auth) check(ctx context.Context, from, login, password, encoded string, known bool) (bool, *protocol.Error) {
	if err := a.enter(ctx); err != nil {
		return false, err
	}
	defer a.leave()
	if wait := a.wait(from, login); wait > 0 {
		return false, protocol.NewError(protocol.RateLimited).After(wait)
	}
	right, err := a.compare(password, encoded)
	if err != nil {
		return false, protocol.NewError(protocol.Internal)
	}
	if !right || !known {
		now := a.Now()
		a.accounts.failed(login, now)
		a.networks.failed(from, now)
		return false, nil
	}
	return true, nil
}

// wait is how long account and network must wait for their next try.
func (a *Auth) wait(from, login string) time.Duration {
	now := a.Now()
	return max(a.accounts.wait(login, now), a.networks.wait(from, now))
}

func (a *Auth) enter(ctx context.Context) *protocol.Error {
	select {
	case a.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return protocol.NewError(protocol.Busy).After(busyFor)
	}
}

func (a *Auth) leave() { <-a.hashing }
