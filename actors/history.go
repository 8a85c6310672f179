package actors

import (
	"context"
	"io"

	"parley/cluster/journal"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

// historyMost is the largest Limit.
const historyMost = 1000

// History reads committed events. It blocks: never from Done or a Sink.
// Errors: ErrNotHere, *entity.Refusal invalid or not_found, the context's.
func (n *Node) History(ctx context.Context, h History) ([]event.Event, error) {
	t, l := n.types[h.Target.Kind], n.leaseOf(h.Target)
	switch {
	case t == nil:
		return nil, entity.ErrUnknownEntity
	case h.Limit < 1 || h.Limit > historyMost:
		return nil, entity.ErrInvalid
	case l == nil:
		return nil, n.nowhere(h.Target)
	}
	type read struct {
		events []event.Event
		err    error
	}
	got := make(chan read, 1)
	n.loaders.do(func() {
		events, err := l.history(h, t)
		got <- read{events, err}
	})
	select {
	case r := <-got:
		return r.events, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *lease) history(h History, t *entity.Type) ([]event.Event, error) {
	j := l.node.journal
	var raw []journal.Event
	var err error
	switch {
	case h.Public && h.Before > 0:
		raw, err = j.EventsBeforeByPub(l.shard, h.Target, h.Before, h.Limit)
	case h.Public:
		raw, err = j.EventsByPub(l.shard, h.Target, h.After+1, h.Limit)
	case h.Before > 0:
		raw, err = j.EventsBefore(l.shard, h.Target, h.Before, h.Limit)
	default:
		raw, err = j.Events(l.shard, h.Target, h.After+1, h.Limit)
	}
	if err != nil {
		return nil, err
	}
	out := make([]event.Event, 0, len(raw))
	for _, r := range raw {
		e, err := event.Decode(r.Data, t.Event)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// Files keeps attachments.
func (n *Node) Files() Files { return files{n} }

type files struct{ node *Node }

// Put implements Files.
func (f files) Put(conv id.ID, r io.Reader, limit int64) (hash [32]byte, size int64, err error) {
	return f.node.journal.PutFile(id.ShardOf(id.Conversation, conv), conv, r, limit)
}

// Open implements Files.
func (f files) Open(conv id.ID, hash [32]byte) (io.ReadSeekCloser, int64, error) {
	return f.node.journal.OpenFile(id.ShardOf(id.Conversation, conv), conv, hash)
}
