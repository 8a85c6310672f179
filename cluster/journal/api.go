package journal

import (
	"errors"
	"time"

	"parley/engine/id"
)

// Sub is a sub-range of a shard's state, one byte in the key.
type Sub uint8

// The sub-ranges entities may keep rows in. The numbers are part of the disk format.
const (
	SubRows     Sub = 0x10 // rows of entities: head row (empty rest) and one per waiting conversation, reservation, object
	SubSessions Sub = 0x11 // live sessions, scanned when a shard opens
	SubNumbers  Sub = 0x12 // number -> conversation, of the whole shard (kind byte and id are the conversation's)
)

// Row is one put or delete. Key of the row: sub, kind, id of the entity, then Rest.
type Row struct {
	Sub    Sub
	Rest   []byte
	Value  []byte
	Delete bool
}

// Event is one event as it is stored: the encoded envelope.
type Event struct {
	Seq  uint64 // Version+1, Version+2, …
	Pub  uint64 // public number, 0 = not public. Rises with seq and is never ahead of it
	Data []byte
}

// Effect is a message to another entity, kept until it is finished. Seq runs per source entity and is never reused.
type Effect struct {
	Seq  uint64
	Data []byte
}

// EffectRef names an effect of an entity of the same shard.
type EffectRef struct {
	Entity id.Ref
	Seq    uint64
}

// ClientKey remembers a client's command for 24 h: same key, same answer; another hash is a misuse of the key.
type ClientKey struct {
	Sender id.ID // who sent it; keys of two senders never meet
	Key    id.ID
	Hash   uint64 // of the command's body
	Answer []byte
	At     time.Time
}

// Received remembers an effect of another entity for 24 h, so that a repeat gets the same verdict.
type Received struct {
	Source id.Ref
	Seq    uint64
	Answer []byte
	At     time.Time
}

// Batch is one entry of the log: what one entity decided, or the shard itself (id.Shard).
// Applied as a whole or not at all. At most 256 KB, 256 events, 256 effects.
type Batch struct {
	Shard    uint16
	Entity   id.Ref
	Epoch    uint64 // the term it was decided in; another term refuses it
	Version  uint64 // the entity's last seq when it was decided; another version refuses it. The shard's own batches are not fenced by version
	Events   []Event
	Rows     []Row
	Effects  []Effect
	Finished []EffectRef // effects that have been answered: deleted
	Keys     []ClientKey
	Received []Received
	Expire   []ExpiredKey // keys and received marks to forget (batches of the shard only)
	Wake     Wake
}

// ExpiredKey names one ClientKey or Received row to delete.
type ExpiredKey struct {
	Entity   id.Ref
	Received bool
	Sender   id.ID  // of a ClientKey
	Key      id.ID  // of a ClientKey
	Source   id.Ref // of a Received
	Seq      uint64 // of a Received
}

// Wake sets, keeps or clears the one wake-up of the entity.
type Wake struct {
	Set bool      // false: as it was
	Due time.Time // zero: none. Millisecond resolution
}

// Outcome is how a proposal ended.
type Outcome uint8

// Applied and Refused come in log order; Dropped and Unknown when the term ends, after them; nothing follows Unknown.
const (
	Applied Outcome = iota + 1 // committed and applied
	Refused                    // a fence refused it when applied: decided again
	Dropped                    // certainly not in the log: decided again
	Unknown                    // may or may not be in the log
)

// Result is told to Proposal.Done exactly once.
type Result struct {
	Outcome Outcome
	Term    uint64
	Index   uint64
}

// Proposal hands a batch to the shard's group. Done is called from the apply goroutine in log order and must only enqueue.
// The batch must not be changed after Propose.
type Proposal struct {
	Batch *Batch
	Done  func(Result)
}

// Entry is an applied batch as the apply stream shows it: whoever proposed it.
type Entry struct {
	Term, Index uint64
	Batch       *Batch
}

// Leadership tells that this node opened a shard in a term (an entry of that term is applied) or lost it.
type Leadership struct {
	Shard uint16
	Term  uint64
	Open  bool
}

// Watcher follows the shards this node leads. Both are called from the apply goroutine in log order and must only enqueue.
type Watcher struct {
	Lead    func(Leadership)
	Applied func(shard uint16, e Entry)
}

// Errors of Propose and of opening. Each says what to do in its text where it is shown.
var (
	ErrNotLeader = errors.New("journal: not the leader of the shard")
	ErrBusy      = errors.New("journal: too much in flight")
	ErrStopped   = errors.New("journal: stopped")
	ErrDiskFull  = errors.New("journal: disk reserve reached")
	ErrTooLarge  = errors.New("journal: batch over 256 KB, 256 events or 256 effects")
	ErrNewer     = errors.New("journal: data folder of a newer format")
	ErrLocked    = errors.New("journal: data folder in use by another process")
	ErrForeign   = errors.New("journal: not a parley data folder")
	ErrCorrupt   = errors.New("journal: checksum does not match")
)

// Loaded is what an entity's actor starts from. Slices are copies the caller may keep.
type Loaded struct {
	Version   uint64   // last seq, 0 = the entity does not exist
	EffectSeq uint64   // highest effect seq ever used
	Rows      []Row    // SubRows and SubSessions of the entity, in key order
	Events    []Event  // those after the seq asked for
	Effects   []Effect // not finished
	Keys      []ClientKey
	Received  []Received
	Wake      time.Time // zero: none
}

// DueWake is one entity whose wake-up is due.
type DueWake struct {
	Entity id.Ref
	Due    time.Time
}
