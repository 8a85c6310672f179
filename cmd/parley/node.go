package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/actors"
	"parley/cluster/journal"
	"parley/config"
	"parley/engine/agent"
	"parley/engine/contact"
	"parley/engine/conversation"
	"parley/engine/entity"
	"parley/engine/identity"
	"parley/engine/org"
	"parley/engine/queue"
	"parley/gateway"
	"parley/ops"
	"parley/web"
)

// node is one running parley: log, actors, gateway and the two listeners, started and stopped in one order.
type node struct {
	conf      config.Config
	log       *slog.Logger
	journal   *journal.Host
	actors    *actors.Node
	gateway   *gateway.Gateway
	checks    ops.Checks
	clients   net.Listener
	ops       net.Listener
	server    *http.Server
	stopOps   context.CancelFunc
	stopSweep context.CancelFunc
	opsEnded  chan error
	page      atomic.Pointer[demoPage] // set by the demo
}

// stopWithin bounds each step of stopping: a client that does not read must not keep a node alive.
const stopWithin = 5 * time.Second

// Bounds of plain HTTP; a WebSocket leaves them behind with its upgrade. readWithin is a 25 MB file over 700 kbit/s.
const (
	readWithin = 5 * time.Minute
	idleWithin = time.Minute
)

// startNode starts in the order in which each part needs the one before: addresses first, since a taken port is the
// most common fault and must leave the folder alone; then the log, the actors that read it, the gateway that asks them;
// and the door is opened last.
func startNode(ctx context.Context, conf config.Config, clients, opsListener net.Listener, stderr io.Writer) (*node, error) {
	log, err := ops.NewLogger(stderr, conf.Log.Format, conf.Log.Level)
	if err != nil {
		return nil, err
	}
	slog.SetDefault(log)
	n := &node{conf: conf, log: log, clients: clients, ops: opsListener, opsEnded: make(chan error, 1)}
	registry := ops.NewRegistry(version)
	if err := n.startEngine(ctx, registry); err != nil {
		return nil, err
	}
	n.gateway = gateway.New(gateway.Options{
		Backend: n.actors, UI: web.Handler(), Now: wallClock, Rand: rand.Reader, Limits: limits(conf), Logger: log, Registerer: registry, Version: version,
	})
	n.serveOps(registry)
	n.server = &http.Server{
		Handler: n.pages(), ReadHeaderTimeout: time.Duration(conf.Limits.Hello), ReadTimeout: readWithin, IdleTimeout: idleWithin, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	go func() {
		if err := n.server.Serve(clients); !errors.Is(err, http.ErrServerClosed) {
			log.Error("clients are served no more", "err", err)
		}
	}()
	return n, nil
}

// startEngine opens the folder and waits until every shard is led and the configuration is known.
func (n *node) startEngine(ctx context.Context, registry prometheus.Registerer) (err error) {
	n.actors, err = actors.New(actors.Options{
		Types: []entity.Type{org.Type(), queue.Type(), agent.Type(), contact.Type(), identity.Type(), conversation.Type()},
		Now:   wallClock, Rand: rand.Reader, Logger: n.log, Registerer: registry,
	})
	if err != nil {
		return err
	}
	if n.journal, err = journal.Open(journal.Options{
		Dir: n.conf.Data, Now: wallClock, Logger: n.log, Registerer: registry, Watcher: n.actors.Watcher(),
		ReserveBytes: reserve(int64(n.conf.Limits.DiskReserve)), Fatal: func(err error) { fatal(n.log, err) },
	}); err != nil {
		return err
	}
	n.actors.Start(n.journal)
	if err := n.journal.Start(); err != nil {
		return errors.Join(err, n.stopEngine())
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := n.actors.Ready(ctx); err != nil {
		return errors.Join(fmt.Errorf("the shards did not open: %w", err), n.stopEngine())
	}
	sweeping, stop := context.WithCancel(context.Background())
	n.stopSweep = stop
	go n.sweepFiles(sweeping)
	n.checks.Add("shards", n.actors.Ready)
	n.checks.Add("journal", func(context.Context) error { return n.journal.Stats().Failed })
	return nil
}

// reserve turns the configuration's zero, which means none, into the journal's.
func reserve(bytes int64) int64 {
	if bytes == 0 {
		return -1
	}
	return bytes
}

func (n *node) serveOps(registry *prometheus.Registry) {
	ctx, cancel := context.WithCancel(context.Background())
	n.stopOps = cancel
	server := &ops.Server{Metrics: registry, Checks: &n.checks, Log: n.log, Version: version}
	go func() { n.opsEnded <- server.Serve(ctx, n.ops) }()
}

// url is where clients reach the node; an address for all interfaces is shown as loopback.
func (n *node) url() string { return "http://" + shown(n.clients.Addr()) }

func (n *node) opsURL() string { return "http://" + shown(n.ops.Addr()) }

func shown(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return a.String()
	}
	host := tcp.IP.String()
	if tcp.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}

// stop says not ready, tells clients when to come back, refuses new commands, waits for those under way, and closes the
// log last, so that whatever was acknowledged is on disk.
func (n *node) stop() error {
	n.checks.Drain("the node is stopping")
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	n.gateway.Close(ctx)
	err := n.server.Shutdown(ctx)
	if err != nil {
		err = n.server.Close()
	}
	err = errors.Join(err, n.stopEngine())
	n.stopOps()
	return errors.Join(err, <-n.opsEnded)
}

func (n *node) stopEngine() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	if n.journal == nil {
		return nil
	}
	if n.stopSweep != nil {
		n.stopSweep()
	}
	err := n.actors.Drain(ctx)
	n.actors.Stop()
	return errors.Join(err, n.journal.Close())
}

// limits are the gateway's, out of the configuration.
func limits(c config.Config) gateway.Limits {
	l := gateway.DefaultLimits()
	l.Frame, l.Text, l.FileBytes, l.OutBuffer = int(c.Limits.Frame), c.Limits.Text, int64(c.Limits.Upload), int(c.Limits.OutBuffer)
	l.Hello, l.Ping, l.Dead = time.Duration(c.Limits.Hello), time.Duration(c.Limits.Ping), time.Duration(c.Limits.Dead)
	l.Connections, l.PerAddress, l.Commands = c.Limits.Connections, c.Limits.PerAddress, c.Limits.Commands
	l.StartsMinute, l.Passwords = c.Limits.StartsMinute, c.Limits.Passwords
	return l
}
