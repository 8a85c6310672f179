// Package config is what one node must know before it starts: its folder, its addresses, its limits.
//
// Everything about the contact centre itself (inboxes, queues, hours, offer and grace times) is not here: it is
// decided by the org entity and changed by commands, so that all nodes agree on it. See DESIGN.md.
package config

import "time"

// Config is the whole configuration of a node. A zero Config is not usable: start from Default.
//
// Tags: yaml names the key in the file, doc is the line of the reference page, range gives the least and the
// greatest value (both allowed) and oneof the allowed words. The environment variable is PARLEY_ and the key in
// capitals, limits.ping being PARLEY_LIMITS_PING.
type Config struct {
	Data    string `yaml:"data" doc:"Folder of this node's log, rows and files. Made when missing."`
	Name    string `yaml:"name" doc:"Name of this node as people type it; empty means the host name."`
	Bind    string `yaml:"bind" doc:"Address that serves browsers: pages, API and WebSocket. An IP address or a host name of this machine."`
	Port    int    `yaml:"port" range:"0..65535" doc:"Port for browsers; 0 takes any free one."`
	OpsBind string `yaml:"ops_bind" doc:"Address of metrics, health and profiles. Has no sign-in: keep it on loopback or behind a firewall."`
	OpsPort int    `yaml:"ops_port" range:"0..65535" doc:"Port of metrics, health and profiles; 0 takes any free one."`
	Log     Log    `yaml:"log"`
	Limits  Limits `yaml:"limits"`
}

// Log says what is written to standard error.
type Log struct {
	Level  string `yaml:"level" oneof:"debug info warn error" doc:"Least serious line that is written."`
	Format string `yaml:"format" oneof:"auto json text" doc:"json: one object a line. text: for people. auto: text on a terminal, else json."`
}

// Limits bound what one node takes on. Zero never means unlimited: zero is outside every range, except where the
// range says so.
type Limits struct {
	Frame        Bytes    `yaml:"frame" range:"4KiB..1MiB" doc:"Largest WebSocket frame and REST body; a larger one ends the connection or gets 413."`
	Text         int      `yaml:"text" range:"1..100000" doc:"Longest message, in characters (code points)."`
	Upload       Bytes    `yaml:"upload" range:"1KiB..1GiB" doc:"Largest file a customer or an agent may send."`
	OutBuffer    Bytes    `yaml:"out_buffer" range:"16KiB..16MiB" doc:"What may wait for one slow reader before it is caught up from the log instead."`
	Hello        Duration `yaml:"hello" range:"1s..1m" doc:"How long a new connection may take to say hello."`
	Ping         Duration `yaml:"ping" range:"1s..5m" doc:"How often an idle connection is pinged."`
	Dead         Duration `yaml:"dead" range:"2s..10m" doc:"A connection silent for this long is dead. More than ping."`
	Connections  int      `yaml:"connections" range:"1..10000000" doc:"Connections of this node, all addresses together."`
	PerAddress   int      `yaml:"per_address" range:"1..1000000" doc:"Connections from one address; loopback is not counted."`
	StartsMinute int      `yaml:"starts_minute" range:"1..1000000" doc:"Conversations one address may start in a minute; loopback is not counted."`
	Commands     int      `yaml:"commands" range:"1..1000000" doc:"Commands of one session in a second, with a burst of twice as many."`
	Passwords    int      `yaml:"passwords" range:"1..64" doc:"Passwords checked at the same time; each takes 19 MiB of memory."`
	ShardBatches int      `yaml:"shard_batches" range:"16..65536" doc:"Batches in flight per shard before commands are told to wait."`
	ShardBytes   Bytes    `yaml:"shard_bytes" range:"1MiB..256MiB" doc:"Bytes in flight per shard before commands are told to wait."`
	NodeBytes    Bytes    `yaml:"node_bytes" range:"4MiB..4GiB" doc:"Bytes in flight on the whole node. At least shard_bytes."`
	DiskReserve  Bytes    `yaml:"disk_reserve" range:"0B..1TiB" doc:"New commands are refused with disk_full when less than this is free."`
}

// Default is what a node does when nothing is said. It is the only place that knows these values.
func Default() Config {
	return Config{
		Data:    "data",
		Bind:    "127.0.0.1",
		Port:    8080,
		OpsBind: "127.0.0.1",
		OpsPort: 9090,
		Log:     Log{Level: "info", Format: "auto"},
		Limits: Limits{
			Frame:        64 * KiB,
			Text:         10_000,
			Upload:       25 * MiB,
			OutBuffer:    256 * KiB,
			Hello:        Duration(5 * time.Second),
			Ping:         Duration(25 * time.Second),
			Dead:         Duration(35 * time.Second),
			Connections:  10_000,
			PerAddress:   200,
			StartsMinute: 20,
			Commands:     50,
			Passwords:    2,
			ShardBatches: 4096,
			ShardBytes:   4 * MiB,
			NodeBytes:    64 * MiB,
			DiskReserve:  512 * MiB,
		},
	}
}
