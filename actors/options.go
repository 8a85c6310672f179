package actors

import (
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/engine/entity"
)

// Options is what a Node is made of. Types, Now and Rand have no default.
type Options struct {
	Types      []entity.Type
	Now        func() time.Time
	Rand       io.Reader             // randomness for ids; used from several goroutines behind a lock
	Logger     *slog.Logger          // nil: discarded
	Registerer prometheus.Registerer // nil: metrics are kept and not published

	Idle      time.Duration // an entity without traffic for this long is passivated; 0 = 5 min
	Loaders   int           // goroutines that read entities from disk; 0 = 4
	ShardCap  int           // calls queued at one shard; 0 = 4,096
	EntityCap int           // calls queued or undecided at one entity; 0 = 1,024
	FlightCap int           // batches of one entity in flight; 0 = 256
	KeyCap    int           // client keys kept per sender and entity; 0 = 4,096

	Faults Faults // planted faults of tests; the zero value is the product
}

// Faults plants the faults that tests must catch.
type Faults struct {
	AnswerBeforeGround bool // answers leave before what they rest on is committed
	DedupeOff          bool // client keys and effects already received are decided again
}

// EnsureDefaults fills in what was left out. It is called by New.
func (o *Options) EnsureDefaults() {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	or := func(n *int, def int) {
		if *n == 0 {
			*n = def
		}
	}
	or(&o.Loaders, 4)
	or(&o.ShardCap, 4096)
	or(&o.EntityCap, 1024)
	or(&o.FlightCap, 256)
	or(&o.KeyCap, 4096)
	if o.Idle == 0 {
		o.Idle = 5 * time.Minute
	}
}

// Validate lists every fault of the options and changes nothing.
func (o *Options) Validate() error {
	var errs []error
	if len(o.Types) == 0 {
		errs = append(errs, errors.New("actors: Types: no kind of entity to host"))
	}
	if o.Now == nil || o.Rand == nil {
		errs = append(errs, errors.New("actors: Now and Rand are needed"))
	}
	if o.Idle < 0 || o.Loaders < 0 || o.ShardCap < 0 || o.EntityCap < 0 || o.FlightCap < 0 || o.KeyCap < 0 {
		errs = append(errs, errors.New("actors: a bound is negative"))
	}
	return errors.Join(errs...)
}
