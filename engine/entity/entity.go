// Package entity is the contract between a pure state machine and whoever hosts it.
package entity

import (
	"time"

	"parley/engine/centre"
	"parley/engine/event"
	"parley/engine/id"
)

// Version is the cluster version of this build: the newest kinds of events it may write.
const Version = 1

// Input is one thing to decide on: a client's command, an effect of another entity, the verdict on an own effect, or a wake-up.
type Input struct {
	By    event.Who
	Key   id.ID         // the client's key, zero = none
	Cause event.Source  // the effect this is, zero = none
	Body  event.Message // the entity's Command; nil for Verdict and Wake

	Answered *Answered // the verdict on an own effect
	Wake     bool      // a deadline may be due
}

// Answered is the verdict on an effect this entity sent.
type Answered struct {
	Seq    uint64 // of the effect
	Effect Send   // as it was sent
	Code   Code   // empty = done. CodeParked: given up after a minute, counted, an operator retries
	Detail string
	Reply  []byte // encoded Reply of the target
}

// Send is an effect in memory, before and after the log.
type Send struct {
	Target  id.Ref
	Subject id.ID
	Body    event.Message // the target's Command
}

// Env is what a decision may know beside the state. Nothing in it changes while deciding.
type Env struct {
	Self           id.Ref
	Now            time.Time // UTC, milliseconds, not before the entity's last event
	NewID          func() id.ID
	Derive         func(purpose string, value []byte) id.ID // the cluster's HMAC: the same value gives the same id on every node
	Number         func() uint64                            // next number people see (k x 128 + shard); conversations only
	Config         *centre.Config
	ClusterVersion uint32
	NextEffect     uint64 // seq the first effect of this outcome will get
}

// New is an event to be appended; seq, public number, time and cause are the host's, and actor and key unless given here.
type New struct {
	Body event.Message
	Pub  bool      // customers may see it: gets the next public number
	By   event.Who // whose deed it is when somebody else brings it: the customer's first message comes from the contact; zero = the input's
	Key  id.ID     // the client's key of that deed; zero = the input's
}

// Outcome is what a command leads to. An outcome without events, effects and reply is a plain yes.
type Outcome struct {
	Events  []New
	Effects []Send
	Reply   event.Message // to who asked; nil = plain done
	// Await is the effect (Env.NextEffect + index) with whose verdict the answer is given; 0 = answer now. The answer is then
	// the Reply of the decision on that verdict: as done, or as refused with the verdict's code when it was refused.
	Await uint64
}

// Row is one row of an entity's state, put or (Value nil) deleted. Rest empty = the head row.
// A row with Session set lies in the sub-range that is scanned when a shard opens.
type Row struct {
	Rest    []byte
	Value   []byte
	Session bool
}

// Machine is one entity as its host runs it. Decide reads only; Evolve changes in place and never fails;
// everything else derives from the state. A state that loaded rows and events equals one that replayed all events.
type Machine interface {
	// Decide judges an input. A refusal is a *Refusal and changes nothing.
	Decide(in Input, env *Env) (Outcome, error)
	// Evolve applies one event. Unknown kinds are kept out by the host.
	Evolve(e *event.Event)
	// Wake is the earliest deadline in the state, zero = none.
	Wake() time.Time
	// Dirty returns the rows (not the head row) that events changed since the last call and forgets them.
	Dirty() []Row
	// Head encodes all that is not in other rows. The host writes it per HeadEvery.
	Head() []byte
	// LoadHead and LoadRow rebuild a state from rows; LoadHead comes first and is left out when there is none.
	LoadHead(head []byte) error
	LoadRow(rest, value []byte, session bool) error
}

// Type describes the machines of one kind for their host.
type Type struct {
	Kind      id.Kind
	New       func() Machine
	Command   func() event.Message // empty Command
	Event     func() event.Message // empty Event
	Reply     func() event.Message // empty Reply
	HeadEvery int                  // events between two head rows; 1 = in each batch
	// MustExist refuses every command but those for which Creates is true while the entity has no event (unknown id).
	Creates func(cmd event.Message) bool
}
