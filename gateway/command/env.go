package command

import (
	"context"
	"time"

	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/backend"
	"parley/gateway/protocol"
)

// Env is what commands work with; one per gateway.
type Env struct {
	Backend   backend.Backend
	Now       func() time.Time
	TextLimit int // code points of a message
	// Files checks the files that a message names and says what they really are. It reads, so it may block.
	Files func(ctx context.Context, conversation id.ID, named []protocol.File) ([]*conv.Attachment, *protocol.Error)
	// Carry brings files of one conversation into another. It reads and writes, so it may block.
	Carry func(from, to id.ID, named []*conv.Attachment) *protocol.Error
	// Link makes the secret of a one-time link out of the key of its command: a repeat gives the same link.
	Link func(agent, key id.ID) (link string, hash []byte)
	// Password hashes a password. It computes for a while, so it may block. Errors: invalid.
	Password func(ctx context.Context, key id.ID, password string) (encoded string, err *protocol.Error)
}

// Exec is one command on its way.
type Exec struct {
	*Env
	Caller *Caller
	Key    id.ID
	// Talk finds a conversation for a volatile command; nil when the caller does not follow it.
	Talk func(conversation id.ID) Talk
}

// view reads a conversation that the caller may see.
func (x *Exec) view(ctx context.Context, c id.ID) (*conv.View, *protocol.Error) {
	m, err := x.Backend.View(ctx, id.Ref{Kind: id.Conversation, ID: c})
	if err != nil {
		return nil, Fault(err)
	}
	v, ok := m.(*conv.View)
	if !ok {
		return nil, protocol.NewError(protocol.Internal)
	}
	return v, x.Caller.may(v)
}
