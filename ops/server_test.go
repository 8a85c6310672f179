package ops_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"parley/ops"
)

func newServer() *ops.Server {
	return &ops.Server{Metrics: ops.NewRegistry("1.2.3"), Checks: &ops.Checks{}, Log: slog.New(slog.DiscardHandler), Version: "1.2.3"}
}

func TestPages(t *testing.T) {
	s := newServer()
	s.Checks.Add("disk", func(context.Context) error { return nil })
	h := s.Handler()
	get := func(target, accept string) (int, string) {
		r := httptest.NewRequest("GET", target, nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	check := func(target, accept string, wantCode int, want string) {
		t.Helper()
		if code, body := get(target, accept); code != wantCode || !strings.Contains(body, want) {
			t.Errorf("%s: %d %q, want %d with %q", target, code, body, wantCode, want)
		}
	}
	check("/livez", "", 200, "ok\n")
	check("/readyz", "", 200, "ok\n")
	check("/readyz?verbose", "", 200, "[+] disk ok\nok\n")
	check("/metrics", "", 200, `parley_build_info{version="1.2.3"} 1`)
	check("/metrics", "", 200, "go_goroutines")
	check("/debug/pprof/", "", 200, "goroutine")
	check("/", "", 200, "/readyz?verbose")
	check("/nowhere", "", 404, "")

	s.Checks.Add("shards", func(context.Context) error { return errors.New("3 closed") })
	check("/readyz", "", 503, "not ready\n")
	check("/readyz?verbose", "", 503, "[+] disk ok\n[-] shards: 3 closed\nnot ready\n")
	check("/readyz", "application/json", 503, `{"name":"shards","error":"3 closed"}`)
	check("/livez", "", 200, "ok\n") // alive all the same: a restart would help nobody
}

// Serve ends with its context, leaves no goroutine behind and frees the port.
func TestServeStops(t *testing.T) {
	defer goleak.VerifyNone(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- newServer().Serve(ctx, l) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + l.Addr().String() + "/livez")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, bufio.NewReader(response.Body)); err != nil {
		t.Error(err)
	}
	_ = response.Body.Close()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	again, err := net.Listen("tcp", l.Addr().String())
	if err != nil {
		t.Fatalf("the port is still taken: %v", err)
	}
	_ = again.Close()
}

// A listener that breaks ends Serve with its error, and the waiting goroutine with it.
func TestServeReportsABrokenListener(t *testing.T) {
	defer goleak.VerifyNone(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	if err := newServer().Serve(t.Context(), l); err == nil {
		t.Error("no error")
	}
}
