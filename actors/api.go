// Package actors hosts the pure entities of the engine on supervised actors: one shard actor per led shard, its entities
// as children, and beside them distributor, publisher, outbox and wake-ups. The only user of protoactor.
package actors

import (
	"errors"
	"io"
	"time"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

// Ask is a command to one entity. Done is called exactly once, from an actor's goroutine, and must only hand over.
type Ask struct {
	Target   id.Ref
	By       event.Who
	Key      id.ID         // the client's key, zero = none: then a repeat is another command
	Body     event.Message // the target's Command
	Deadline time.Duration // how long the caller waits, zero = 5 s; past it the answer is ErrUnknown
	Done     func(Answer)
}

// Answer ends an Ask: done, refused, or not decided. It comes after everything it rests on is committed.
type Answer struct {
	Reply      event.Message   // the target's Reply, nil = plain done; with a refusal what it tells
	Refusal    *entity.Refusal // nil unless refused
	Err        error           // one of the sentinels below, nil unless not decided
	RetryAfter time.Duration   // with ErrBusy
}

// What may be wrong beside a refusal. Each has a row in the gateway's table.
var (
	ErrBusy        = errors.New("actors: busy")                    // same key again after RetryAfter
	ErrNotHere     = errors.New("actors: not led here")            // certainly not executed
	ErrUnknown     = errors.New("actors: outcome unknown")         // same key again
	ErrInternal    = errors.New("actors: internal")                // a panic while deciding; nothing changed
	ErrQuarantined = errors.New("actors: entity is in quarantine") // lifted by an operator
	ErrDiskFull    = errors.New("actors: disk full")               // nothing changed
	ErrKeyReused   = errors.New("actors: key used with another body")
	ErrStopped     = errors.New("actors: stopping")
)

// Volatile is what is never logged: newest wins, sent to whoever follows the conversation at the moment.
type Volatile struct {
	By   event.Who
	Kind string // typing, peek, marks, online
	On   bool
	Note bool // typing in a note: never to customers
	Text string
	Delivered,
	Seen uint64 // marks, as agents' seq and
	DeliveredPub,
	SeenPub uint64 // as public numbers
}

// Sink receives what happens to one entity, in order, from a publisher's goroutine. It must only hand over.
type Sink interface {
	// Opened comes first (and again after Lost was healed): the entity's committed View.
	Opened(view event.Message)
	// Events are those after the view, each once, without a gap.
	Events(events []event.Event)
	// View comes for agents and queues some time after events, coalesced: agents' View at most 4 a second, queues' Digest every 2 s.
	View(view event.Message)
	Volatile(v Volatile)
	// Lost: this node no longer leads it, or it does not exist (err); subscribe again unless err is final.
	Lost(err error)
}

// History asks for events of an entity. Exactly one of After and Before counts: After when Before is 0.
type History struct {
	Target id.Ref
	Public bool   // After and Before are public numbers, and only public events are wanted
	After  uint64 // those behind it, oldest first
	Before uint64 // the newest Limit ones before it, ascending
	Limit  int    // 1 to 1,000
}

// SessionPair is a live session of an entity, as a gateway lists them every 5 s.
type SessionPair struct {
	Entity  id.Ref
	Session id.ID
}

// Files keeps attachments beside the log.
type Files interface {
	Put(conv id.ID, r io.Reader, limit int64) (hash [32]byte, size int64, err error)
	Open(conv id.ID, hash [32]byte) (io.ReadSeekCloser, int64, error)
}
