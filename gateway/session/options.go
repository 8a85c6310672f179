// Package session is one client on one WebSocket: its frames in, its frames out, what it follows.
package session

import (
	"context"
	"io"
	"log/slog"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/gateway/command"
	"parley/gateway/hub"
	"parley/gateway/limit"
	"parley/gateway/protocol"
)

// Limits bound what clients may do. Those per address and per customer do not count loopback.
type Limits struct {
	Frame       int           // bytes of a frame
	Text        int           // code points of a message
	FileBytes   int64         // of one file
	Files       int           // of one message
	OutBuffer   int           // bytes that may wait for one slow reader
	Hello       time.Duration // from the connection to its hello
	Ping        time.Duration // how long a connection may be silent before it is pinged
	Dead        time.Duration // how long before it is dead
	Connections int           // of this node
	PerAddress  int           // connections of one address
	Commands    int           // of one session in a second, with a burst of twice as many
	Messages    float64       // of one customer in a second
	Burst       int           // messages a customer may write at once
	Reading     int           // commands of one session that may wait for disk or peers at the same time
	TooOld      uint64        // events a resume may be behind
}

// DefaultLimits is what a gateway does when nothing is said.
func DefaultLimits() Limits {
	return Limits{
		Frame: 64 << 10, Text: 10_000, FileBytes: 25 << 20, Files: 10, OutBuffer: 256 << 10,
		Hello: 5 * time.Second, Ping: 25 * time.Second, Dead: 35 * time.Second,
		Connections: 10_000, PerAddress: 200, Commands: 50, Messages: 1, Burst: 20, Reading: 16, TooOld: 10_000,
	}
}

// Auth says who a caller is: the one path of signing in, for all transports.
type Auth interface {
	// Visitor knows a customer by the secret its browser made. Errors: not_found (no such inbox), invalid.
	Visitor(inbox, secret string) (command.Caller, *protocol.Error)
	// Token knows an agent by its session token; it may block. Errors: not_signed_in, and what Fault makes of the backend's.
	Token(ctx context.Context, token string) (command.Caller, *protocol.Error)
}

// Options is what a server of sessions is made of. Env, Hub, Auth and Rand have no default.
type Options struct {
	Env        *command.Env
	Hub        *hub.Hub
	Auth       Auth
	Starts     *limit.Buckets[netip.Addr] // conversations an address may start; shared with REST. nil = 20 a minute
	Rand       io.Reader                  // safe for use from several goroutines
	Limits     Limits
	Logger     *slog.Logger          // nil: discarded
	Registerer prometheus.Registerer // nil: metrics are kept and not published
	Lanes      int                   // goroutines that decode frames; 0 = four times the processors
	Reconnect  time.Duration         // spread of the times at which clients come back after a drain; 0 = 5 s
}

// StartsAMinute limits how many conversations an address may start.
func StartsAMinute(n int) *limit.Buckets[netip.Addr] {
	return &limit.Buckets[netip.Addr]{Rate: float64(n) / 60, Burst: n}
}
