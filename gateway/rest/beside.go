package rest

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/command"
	"parley/gateway/files"
	"parley/gateway/protocol"
	"parley/gateway/session"
	"parley/gateway/wire"
)

// inboxPath is what loaders ask from the sites they stand on.
const inboxPath = "/api/v1/inbox/"

// signWait bounds a sign-in: passwords are checked a few at a time.
const signWait = 15 * time.Second

// beside adds what is no command: signing in, files, what a loader asks.
func (a *API) beside() {
	a.operation(a.plain("login", http.MethodPost, "/api/v1/login", "Sign in with a password.",
		reflect.TypeFor[protocol.Login](), reflect.TypeFor[protocol.TokenOK]()), a.login)
	a.operation(a.plain("redeem", http.MethodPost, "/api/v1/redeem", "Sign in with a one-time link.",
		reflect.TypeFor[protocol.Redeem](), reflect.TypeFor[protocol.TokenOK]()), a.redeem)
	a.operation(a.upload(), a.put)
	a.operation(a.download(), a.get)
	inbox := a.plain("inbox", http.MethodGet, inboxPath+"{inbox}", "An entry point, for the loader. No sign-in.", nil, reflect.TypeFor[protocol.Inbox]())
	inbox.Parameters = []*huma.Param{path("inbox", "inb_…")}
	a.operation(inbox, a.inbox)
}

// network names the caller's address for the count of failures; empty for loopback.
func network(r *http.Request) string {
	addr, loopback := session.AddressOf(r.RemoteAddr)
	if loopback {
		return ""
	}
	return addr.String()
}

func (a *API) login(w http.ResponseWriter, r *http.Request) *protocol.Error {
	var b protocol.Login
	if err := a.read(w, r, &b); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), signWait)
	defer cancel()
	ok, err := a.Auth.Login(ctx, network(r), b.Login, b.Password)
	if err == nil {
		a.ok(w, ok)
	}
	return err
}

func (a *API) redeem(w http.ResponseWriter, r *http.Request) *protocol.Error {
	var b protocol.Redeem
	if err := a.read(w, r, &b); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), readWait)
	defer cancel()
	ok, err := a.Auth.Redeem(ctx, network(r), b.Link)
	if err == nil {
		a.ok(w, ok)
	}
	return err
}

func (a *API) read(w http.ResponseWriter, r *http.Request, v any) *protocol.Error {
	raw, err := a.body(w, r)
	if err != nil {
		return err
	}
	if err := protocol.Decode(raw, v); err != nil {
		return command.Unreadable(err)
	}
	return nil
}

// formRoom is what a form takes beside its file.
const formRoom = 64 << 10

// put takes a file in. The form's conv comes before its file, so that nothing is kept for a stranger.
func (a *API) put(w http.ResponseWriter, r *http.Request) *protocol.Error {
	caller, err := a.caller(r)
	if err != nil {
		return err
	}
	if addr, loopback := session.AddressOf(r.RemoteAddr); !loopback && addr.IsValid() {
		if wait, ok := a.commands.Take(caller.ID, a.Env.Now()); !ok {
			return protocol.NewError(protocol.RateLimited).After(wait)
		}
	}
	r.Body = http.MaxBytesReader(w, r.Body, a.Files.Bytes+formRoom)
	form, bad := r.MultipartReader()
	if bad != nil {
		return protocol.NewError(protocol.Invalid).With("field", "form")
	}
	c, err := a.formConv(r.Context(), form, &caller)
	if err != nil {
		return err
	}
	part, bad := form.NextPart()
	if bad != nil || part.FormName() != "file" {
		return protocol.NewError(protocol.Invalid).With("field", "file")
	}
	file, err := a.Files.Put(c, part.FileName(), part)
	if err == nil {
		a.ok(w, protocol.FileOK{File: file})
	}
	return err
}

func (a *API) formConv(ctx context.Context, form *multipart.Reader, caller *command.Caller) (id.ID, *protocol.Error) {
	part, err := form.NextPart()
	if err != nil || part.FormName() != "conv" {
		return id.ID{}, protocol.NewError(protocol.Invalid).With("field", "conv")
	}
	name, err := io.ReadAll(io.LimitReader(part, 64))
	if err != nil {
		return id.ID{}, protocol.NewError(protocol.Invalid).With("field", "conv")
	}
	v, bad := a.participant(ctx, string(name), caller)
	if bad != nil {
		return id.ID{}, bad
	}
	return id.FromBytes(v.Id), nil
}

// participant finds a conversation that the caller may see files of: its customer, and agents.
func (a *API) participant(ctx context.Context, name string, caller *command.Caller) (*conv.View, *protocol.Error) {
	c, bad := id.Parse(id.Conversation, name)
	if bad != nil {
		return nil, protocol.NewError(protocol.Invalid).With("field", "conv")
	}
	ctx, cancel := context.WithTimeout(ctx, readWait)
	defer cancel()
	m, err := a.Env.Backend.View(ctx, id.Ref{Kind: id.Conversation, ID: c})
	if err != nil {
		return nil, command.Fault(err)
	}
	v, ok := m.(*conv.View)
	if !ok || caller.Role == command.Customer && id.FromBytes(v.Contact) != caller.ID {
		return nil, protocol.NewError(protocol.NotFound)
	}
	return v, nil
}

// get gives a file out. Whatever it holds, a browser neither guesses its type nor runs anything in it.
func (a *API) get(w http.ResponseWriter, r *http.Request) *protocol.Error {
	caller, err := a.caller(r)
	if err != nil {
		return err
	}
	v, err := a.participant(r.Context(), r.PathValue("conv"), &caller)
	if err != nil {
		return err
	}
	hash, ok := files.ParseHash(r.PathValue("hash"))
	if !ok {
		return protocol.NewError(protocol.Invalid).With("field", "hash")
	}
	f, kind, err := a.Files.Open(id.FromBytes(v.Id), hash)
	if before := id.FromBytes(v.Previous); err != nil && !before.IsZero() {
		f, kind, err = a.Files.Open(before, hash) // on its way along: the same customer's, and named by its hash
	}
	if err != nil {
		return err
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", kind.String())
	h.Set("Content-Disposition", files.Disposition(kind, r.PathValue("hash")))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("Vary", "Authorization")
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// inbox tells a loader about its inbox, from the sites that may embed it.
func (a *API) inbox(w http.ResponseWriter, r *http.Request) *protocol.Error {
	i, bad := id.Parse(id.Inbox, r.PathValue("inbox"))
	c := a.Env.Backend.Config()
	b := c.Inbox(i)
	if bad != nil || b == nil {
		return protocol.NewError(protocol.NotFound)
	}
	w.Header().Set("Vary", "Origin")
	if origin := r.Header.Get("Origin"); origin != "" && (len(b.Origins) == 0 || slices.Contains(b.Origins, origin)) {
		w.Header().Set("Access-Control-Allow-Origin", origin)
	}
	a.ok(w, wire.Inbox(b, c))
	return nil
}
