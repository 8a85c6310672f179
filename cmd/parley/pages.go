package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// pages puts the demo's own page beside the gateway. Its state holds sign-in links, so it is told only to a page of this
// machine that was opened under a loopback name: a foreign page whose name was pointed here gets nothing.
func (n *node) pages() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", n.gateway)
	mux.HandleFunc("GET /demo/state", func(w http.ResponseWriter, r *http.Request) {
		page := n.page.Load()
		if page == nil || !loopback(r.RemoteAddr) || !loopback(r.Host) {
			http.NotFound(w, r)
			return
		}
		state, err := page.state(r.Context())
		if err != nil {
			n.log.Warn("the demo's page has no links", "err", err)
			http.Error(w, "no sign-in links right now; reload in a moment", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(state) // the reader is gone, there is nobody to tell
	})
	return mux
}

// loopback reports whether host:port is this machine itself.
func loopback(hostPort string) bool {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = hostPort
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// samePort reports whether an address has that port.
func samePort(address string, port int) bool {
	u, err := url.Parse(address)
	return err == nil && u.Port() == strconv.Itoa(port)
}
