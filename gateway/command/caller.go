// Package command is the one table of what clients may ask for. It drives WebSocket, REST, authorisation and the
// reference pages: there is no second place that decides who may do what.
package command

import (
	"slices"
	"time"

	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/protocol"
)

// Role is what a caller is. The order of agents' roles is their power: each may do what those before it may.
type Role uint8

// The roles. Nobody has not signed in.
const (
	Nobody Role = iota
	Customer
	Agent
	Supervisor
	Administrator
)

var roleWords = []string{"nobody", "customer", "agent", "supervisor", "administrator"}

// String is the role's word in the protocol.
func (r Role) String() string { return roleWords[r] }

// RoleOf reads a role's word; Nobody for any other.
func RoleOf(word string) Role { return Role(max(0, slices.Index(roleWords, word))) }

// Caller is who asks, as the one path of signing in found out.
type Caller struct {
	Role      Role
	ID        id.ID  // contact or agent
	Inbox     id.ID  // of a customer
	Session   id.ID  // live session, zero over REST
	TokenHash []byte // of an agent's session token
	Until     int64  // when that token ends, unix ms; 0 = never (customers)
}

// Who is the caller as the engine sees it.
func (c *Caller) Who() event.Who {
	if c.Role == Customer {
		return event.Customer(c.ID)
	}
	return event.Agent(c.ID)
}

// Ended reports whether the caller's token has run out.
func (c *Caller) Ended(now time.Time) bool { return c.Until > 0 && now.UnixMilli() >= c.Until }

// Kind is the kind of the caller's entity.
func (c *Caller) Kind() id.Kind {
	if c.Role == Customer {
		return id.Contact
	}
	return id.Agent
}

// Own is the caller's own entity.
func (c *Caller) Own() id.Ref { return id.Ref{Kind: c.Kind(), ID: c.ID} }

// Talk is a conversation as somebody follows it: enough to judge and number what is volatile, without asking anybody.
type Talk interface {
	// Contact is the customer.
	Contact() id.ID
	// Peek reports whether its inbox allows to see what is being typed.
	Peek() bool
	// Seq and Pub translate positions between the audiences: the last one that is not behind it.
	Seq(pub uint64) uint64
	Pub(seq uint64) uint64
}

// may reports whether a customer's conversation is its own; agents may read all.
func (c *Caller) may(v *conv.View) *protocol.Error {
	if c.Role == Customer && id.FromBytes(v.Contact) != c.ID {
		return protocol.NewError(protocol.NotFound)
	}
	return nil
}
