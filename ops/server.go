package ops

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Server answers an operator: /metrics, /livez, /readyz and /debug/pprof/. It has no sign-in and belongs on loopback.
type Server struct {
	Metrics prometheus.Gatherer
	Checks  *Checks
	Log     *slog.Logger
	Version string // shown on the first page
}

// Serve answers on the listener until the context ends, then lets running answers finish for 2 s. It closes the
// listener and returns nil after a stop that was asked for.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 5 * time.Second, // the write side stays open: a profile takes its 30 s
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("ops: serve %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		_ = server.Close() // a profile still running is cut
	}
	<-failed
	return nil
}

// Handler is every page, without a listener.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{
		ErrorLog:      slog.NewLogLogger(s.Log.Handler(), slog.LevelError),
		ErrorHandling: promhttp.ContinueOnError,
	}))
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "parley %s\n/metrics\n/livez\n/readyz?verbose\n/debug/pprof/\n", s.Version)
	})
	return mux
}

// readyz is 200 when every check is fine and 503 otherwise. verbose lists every check, a line each; with
// "Accept: application/json" the list is JSON.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	results := s.Checks.Run(r.Context())
	status, word := http.StatusOK, "ok"
	for _, result := range results {
		if result.Error != "" {
			status, word = http.StatusServiceUnavailable, "not ready"
		}
	}
	if r.Header.Get("Accept") == "application/json" {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(results); err != nil {
			s.Log.Debug("readyz: answer not written", "err", err)
		}
		return
	}
	w.WriteHeader(status)
	if r.URL.Query().Has("verbose") {
		for _, result := range results {
			if result.Error == "" {
				fmt.Fprintf(w, "[+] %s ok\n", result.Name)
			} else {
				fmt.Fprintf(w, "[-] %s: %s\n", result.Name, result.Error)
			}
		}
	}
	fmt.Fprintln(w, word)
}
