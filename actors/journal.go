package actors

import (
	"io"
	"time"

	"parley/cluster/journal"
	"parley/engine/id"
)

// Journal is what the actors need of the log of this node: cluster/journal's Host. Reads may block on the disk, so they
// are made by loaders, never by an actor.
type Journal interface {
	// Propose hands a batch to the log and returns at once. Errors: ErrNotLeader, ErrBusy, ErrDiskFull, ErrTooLarge, ErrStopped.
	Propose(p journal.Proposal) error
	// Load reads an entity: all rows, and the events behind the seq that head finds in them.
	Load(shard uint16, ref id.Ref, head func(rows []journal.Row) uint64) (journal.Loaded, error)

	Events(shard uint16, ref id.Ref, fromSeq uint64, limit int) ([]journal.Event, error)
	EventsBefore(shard uint16, ref id.Ref, beforeSeq uint64, limit int) ([]journal.Event, error)
	EventsByPub(shard uint16, ref id.Ref, fromPub uint64, limit int) ([]journal.Event, error)
	EventsBeforeByPub(shard uint16, ref id.Ref, beforePub uint64, limit int) ([]journal.Event, error)

	DueWakes(shard uint16, now time.Time, after journal.DueWake, limit int) ([]journal.DueWake, error)
	NextWake(shard uint16) (time.Time, bool)
	Sessions(shard uint16) ([]journal.SessionRow, error)
	Effects(shard uint16) ([]journal.StoredEffect, error)
	Expired(shard uint16, before time.Time, limit int) ([]journal.ExpiredKey, error)

	// ReadIndex calls done once everything committed before the call is applied here and the node still leads the shard in
	// that term; an error otherwise. done must only enqueue.
	ReadIndex(shard uint16, term uint64, done func(error))

	ClusterKey() [32]byte
	PutFile(shard uint16, conv id.ID, r io.Reader, limit int64) (hash [32]byte, size int64, err error)
	OpenFile(shard uint16, conv id.ID, hash [32]byte) (io.ReadSeekCloser, int64, error)
}
