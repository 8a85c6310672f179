package gateway

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"parley/engine/id"
)

// hosts is what a Host header may look like before it stands in a policy.
var hosts = regexp.MustCompile(`^[A-Za-z0-9.\-]+(:[0-9]+)?$|^\[[0-9A-Fa-f:.]+\](:[0-9]+)?$`)

// pages serves the built pages with what browsers are told about them.
func (g *Gateway) pages(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	ancestors := "'none'"
	switch {
	case r.URL.Path == "/widget.js" || strings.HasPrefix(r.URL.Path, "/widget/assets/"):
		h.Set("Cross-Origin-Resource-Policy", "cross-origin") // foreign sites load the loader
		h.Set("Access-Control-Allow-Origin", "*")             // and may check its integrity
	case strings.HasPrefix(r.URL.Path, "/widget"):
		ancestors = g.ancestors(r)
	default:
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
	}
	h.Set("Content-Security-Policy", policy(r.Host, ancestors))
	g.ui.ServeHTTP(w, r)
}

// policy is the Content-Security-Policy of a page: everything from here, nothing else. Styles are written by the pages'
// own code, which needs 'unsafe-inline'; scripts never are.
func policy(host, ancestors string) string {
	sockets := ""
	if hosts.MatchString(host) {
		sockets = fmt.Sprintf(" ws://%s wss://%s", host, host)
	}
	return "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; " +
		"media-src 'self' data: blob:; connect-src 'self'" + sockets + "; frame-src 'self'; manifest-src 'self'; worker-src 'self'; " +
		"base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors " + ancestors
}

// ancestors are the sites that may show the widget of the inbox named in the address; an inbox without a list of sites
// may be shown anywhere, one that nobody knows by us alone.
func (g *Gateway) ancestors(r *http.Request) string {
	i, err := id.Parse(id.Inbox, r.URL.Query().Get("key"))
	b := g.options.Backend.Config().Inbox(i)
	switch {
	case err != nil || b == nil:
		return "'self'"
	case len(b.Origins) == 0:
		return "*"
	}
	out := []string{"'self'"}
	for _, o := range b.Origins {
		if origins.MatchString(o) {
			out = append(out, o)
		}
	}
	return strings.Join(out, " ")
}

// origins is what a site looks like in a policy; org checks them when they are written, and this is the last door.
var origins = regexp.MustCompile(`^https?://[A-Za-z0-9.\-]+(:[0-9]+)?$`)
