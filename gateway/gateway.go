package gateway

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/gateway/auth"
	"parley/gateway/command"
	"parley/gateway/files"
	"parley/gateway/hub"
	"parley/gateway/rest"
	"parley/gateway/session"
)

// Limits bound what clients may do.
type Limits struct {
	session.Limits
	StartsMinute int           // conversations one address may start in a minute; loopback is not counted
	Passwords    int           // passwords checked at the same time, 19 MiB each
	TokenLife    time.Duration // of an agent's session
	Reconnect    time.Duration // over which clients come back after a drain
}

// DefaultLimits is what a gateway does when nothing is said.
func DefaultLimits() Limits {
	return Limits{Limits: session.DefaultLimits(), StartsMinute: 20, Passwords: 2, TokenLife: 12 * time.Hour, Reconnect: 5 * time.Second}
}

// Options is what a gateway is made of. Backend, UI, Now and Rand have no default.
type Options struct {
	Backend    Backend
	UI         http.Handler // the built pages, without a policy
	Now        func() time.Time
	Rand       io.Reader             // randomness for secrets and ids; safe for use from several goroutines
	Limits     Limits                // zero = DefaultLimits
	Logger     *slog.Logger          // nil: discarded
	Registerer prometheus.Registerer // nil: metrics are kept and not published
	Version    string
	Faults     hub.Faults // planted faults of tests
}

// Gateway is the door of one node. It is safe for use from any goroutine.
type Gateway struct {
	options  Options
	ui       http.Handler
	mux      *http.ServeMux
	auth     *auth.Auth
	hub      *hub.Hub
	sessions *session.Server
}

// New starts a gateway; Close ends it.
func New(o Options) *Gateway {
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	l := o.Limits
	g := &Gateway{options: o, ui: o.UI, mux: http.NewServeMux()}
	g.auth = auth.New(auth.Options{Backend: o.Backend, Now: o.Now, Rand: o.Rand, TokenLife: l.TokenLife, Passwords: l.Passwords})
	store := &files.Store{Backend: o.Backend, Bytes: l.FileBytes, Most: l.Files}
	env := &command.Env{Backend: o.Backend, Now: o.Now, TextLimit: l.Text, Files: store.Named, Carry: store.Carry, Link: g.auth.Link, Password: g.auth.Password}
	starts := session.StartsAMinute(l.StartsMinute)
	g.hub = hub.New(hub.Options{Backend: o.Backend, Now: o.Now, Logger: o.Logger, Registerer: o.Registerer, Faults: o.Faults})
	g.sessions = session.New(session.Options{
		Env: env, Hub: g.hub, Auth: g.auth, Rand: o.Rand, Limits: l.Limits, Starts: starts, Logger: o.Logger, Registerer: o.Registerer, Reconnect: l.Reconnect,
	})
	api := rest.New(rest.Options{
		Env: env, Auth: g.auth, Files: store, Limits: l.Limits, Starts: starts, Logger: o.Logger, Registerer: o.Registerer, Version: o.Version,
	})
	g.mux.Handle("/ws", g.sessions)
	g.mux.Handle("/api/", api)
	g.mux.HandleFunc("/", g.pages)
	return g
}

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.mux.ServeHTTP(w, r) }

// Drain takes no more sessions and tells every client when to come back. Call it before the listener closes.
func (g *Gateway) Drain() { g.sessions.Drain() }

// Close drains, waits for the sessions to end until the context is over, and stops. The backend must outlive it.
func (g *Gateway) Close(ctx context.Context) {
	g.sessions.Close(ctx)
	g.hub.Close()
}

// IssueLink makes a one-time link for an agent in the operator's name: the demo's links, an empty centre's first
// administrator. Errors: what the agent refuses, the sentinels of actors, the context's.
func (g *Gateway) IssueLink(ctx context.Context, agent id.ID, valid time.Duration) (string, error) {
	var r [10]byte
	if _, err := io.ReadFull(g.options.Rand, r[:]); err != nil {
		return "", fmt.Errorf("gateway: no randomness: %w", err)
	}
	key := id.V7(g.options.Now(), r)
	link, hash := g.auth.Link(agent, key)
	got := make(chan actors.Answer, 1)
	g.options.Backend.Ask(actors.Ask{
		Target: id.Ref{Kind: id.Agent, ID: agent}, By: event.Who{Kind: event.Actor_OPERATOR}, Key: key,
		Body: &agt.Command{Body: &agt.Command_IssueLink{IssueLink: &agt.IssueLink{Hash: hash, ValidMs: valid.Milliseconds()}}},
		Done: func(a actors.Answer) { got <- a },
	})
	select {
	case a := <-got:
		switch {
		case a.Refusal != nil:
			return "", fmt.Errorf("gateway: link for %s: %w", id.Format(id.Agent, agent), a.Refusal)
		case a.Err != nil:
			return "", fmt.Errorf("gateway: link for %s: %w", id.Format(id.Agent, agent), a.Err)
		}
		return link, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// OpenAPI is the description of the REST API as JSON.
func OpenAPI(version string) ([]byte, error) { return rest.OpenAPI(version) }
