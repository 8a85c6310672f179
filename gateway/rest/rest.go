// Package rest is the command table over HTTP, with signing in, files and the description of it all.
package rest

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"parley/engine/id"
	"parley/gateway/auth"
	"parley/gateway/command"
	"parley/gateway/files"
	"parley/gateway/limit"
	"parley/gateway/protocol"
	"parley/gateway/session"
)

// Options is what the API is made of. Env, Auth, Files and Starts have no default.
type Options struct {
	Env        *command.Env
	Auth       *auth.Auth
	Files      *files.Store
	Limits     session.Limits
	Starts     *limit.Buckets[netip.Addr]
	Logger     *slog.Logger          // nil: discarded
	Registerer prometheus.Registerer // nil: metrics are kept and not published
	Version    string                // shown in the description
}

// API answers everything below /api/.
type API struct {
	Options
	mux      *http.ServeMux
	doc      huma.API
	commands limit.Buckets[id.ID] // by caller
	messages limit.Buckets[id.ID] // by customer
	answers  *prometheus.CounterVec
}

// New builds the routes out of the command table.
func New(o Options) *API {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	a := &API{Options: o, mux: http.NewServeMux()}
	a.commands.Rate, a.commands.Burst = float64(o.Limits.Commands), 2*o.Limits.Commands
	a.messages.Rate, a.messages.Burst = o.Limits.Messages, o.Limits.Burst
	a.answers = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "parley_rest_answers_total", Help: "Answers over REST by operation and how they ended: ok or the code of the error."}, []string{"operation", "result"})
	if o.Registerer != nil {
		o.Registerer.MustRegister(a.answers)
	}
	a.describe()
	for _, c := range command.Table {
		if c.Kind == command.Sessions {
			a.handle("POST /api/v1/"+c.Name, c.Name, func(http.ResponseWriter, *http.Request) *protocol.Error {
				return protocol.NewError(protocol.OnlySocket)
			})
			continue
		}
		a.command(c)
	}
	a.beside()
	a.handle("/api/", "unknown", func(http.ResponseWriter, *http.Request) *protocol.Error {
		return protocol.NewError(protocol.UnknownCommand)
	})
	a.mux.HandleFunc("GET /api/docs", a.page)
	return a
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !a.ours(r) {
		a.problem(w, "origin", protocol.NewError(protocol.OriginRefused))
		return
	}
	a.mux.ServeHTTP(w, r)
}

// ours reports whether the request comes from a page that may: our own, a site of an inbox, or no page at all. What the
// loader asks from any site says itself who may read it.
func (a *API) ours(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	u, err := url.Parse(origin)
	if origin == "" || err == nil && strings.EqualFold(u.Host, r.Host) || strings.HasPrefix(r.URL.Path, inboxPath) {
		return true
	}
	for _, b := range a.Env.Backend.Config().Inboxes {
		if slices.Contains(b.Origins, origin) {
			return true
		}
	}
	return false
}

// handle adds a route whose error becomes a problem.
func (a *API) handle(pattern, name string, do func(http.ResponseWriter, *http.Request) *protocol.Error) {
	a.mux.HandleFunc(pattern, a.wrap(name, do))
}

func (a *API) wrap(name string, do func(http.ResponseWriter, *http.Request) *protocol.Error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := do(w, r); err != nil {
			a.problem(w, name, err)
			return
		}
		a.answers.WithLabelValues(name, "ok").Inc()
	}
}

// operation adds a route that the description knows.
func (a *API) operation(op huma.Operation, do func(http.ResponseWriter, *http.Request) *protocol.Error) {
	a.doc.OpenAPI().AddOperation(&op)
	handler := a.wrap(op.OperationID, do)
	a.doc.Adapter().Handle(&op, func(ctx huma.Context) {
		r, w := humago.Unwrap(ctx)
		handler(w, r)
	})
}

// Problem is an error over REST (RFC 9457).
type Problem struct {
	Type         string         `json:"type"`
	Title        string         `json:"title" doc:"what happened, for people"`
	Status       int            `json:"status"`
	Code         string         `json:"code" doc:"of the one table of codes"`
	RetryAfterMS int64          `json:"retry_after_ms,omitempty"`
	Details      map[string]any `json:"details,omitempty"`
}

func (a *API) problem(w http.ResponseWriter, name string, e *protocol.Error) {
	a.answers.WithLabelValues(name, e.Code).Inc()
	row := e.Row()
	if e.RetryAfterMS > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt((e.RetryAfterMS+999)/1000, 10))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(row.Status)
	a.encode(w, Problem{Type: "about:blank", Title: e.Message, Status: row.Status, Code: e.Code, RetryAfterMS: e.RetryAfterMS, Details: e.Details})
}

func (a *API) ok(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	a.encode(w, v)
}

func (a *API) encode(w http.ResponseWriter, v any) {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		a.Logger.Debug("answer not written", "err", err)
	}
}

// readWait bounds what a request waits for disk and peers.
const readWait = 5 * time.Second

// caller signs the request in. Errors: not_signed_in, invalid, not_found, and what the backend says.
func (a *API) caller(r *http.Request) (command.Caller, *protocol.Error) {
	kind, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(kind, "bearer"):
		return a.Auth.Token(r.Context(), value)
	case strings.EqualFold(kind, "visitor"):
		inbox, secret, _ := strings.Cut(value, ":")
		return a.Auth.Visitor(inbox, secret)
	}
	return command.Caller{}, protocol.NewError(protocol.NotSignedIn)
}
