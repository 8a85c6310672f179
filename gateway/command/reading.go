package command

import (
	"context"
	"encoding/json"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/gateway/protocol"
	"parley/gateway/wire"
)

// readers are the commands that only read.
var readers = []*Command{
	read[protocol.History, protocol.HistoryOK](Command{Name: "history", From: Customer, Both: true, Does: "A page of a conversation's events, ascending."}, history),
	read[protocol.OfConv, protocol.RowOK](Command{Name: "view", From: Agent, Does: "A conversation as it is now."}, view),
	read[protocol.OfContact, protocol.CardOK](Command{Name: "card", From: Agent, Does: "A customer and its conversations."}, card),
}

// Pages of history.
const (
	pageDefault = 50
	pageMost    = 200
	pageBytes   = 64 << 10
)

func history(ctx context.Context, x *Exec, b *protocol.History) (*protocol.HistoryOK, *protocol.Error) {
	var r reader
	target := r.conv(b.Conv)
	limit := b.Limit
	if limit == 0 {
		limit = pageDefault
	}
	if limit < 1 || limit > pageMost || b.Before > 0 && b.After > 0 {
		r.fail("limit")
	}
	if r.err != nil {
		return nil, r.err
	}
	v, bad := x.view(ctx, target.ID)
	if bad != nil {
		return nil, bad
	}
	customer := x.Caller.Role == Customer
	h := actors.History{Target: target, Public: customer, After: b.After, Before: b.Before, Limit: limit + 1}
	if b.After == 0 && b.Before == 0 {
		h.Before = 1 << 62 // the newest of all
	}
	events, err := x.Backend.History(ctx, h)
	if err != nil {
		return nil, Fault(err)
	}
	more := len(events) > limit
	switch {
	case more && h.Before > 0:
		events = events[len(events)-limit:]
	case more:
		events = events[:limit]
	}
	page, cut := fitting(written(wire.ScopeOf(v, x.Backend.Config()), events, customer), h.Before > 0)
	return &protocol.HistoryOK{Events: page, More: more || cut}, nil
}

// fitting keeps of a page what pageBytes hold, and reports whether that was not all: the newest events when it was asked
// for backwards, else the oldest, and never none. A session's buffer is for several answers; a page of the longest texts
// would be larger than all of it.
func fitting(page []any, backwards bool) (kept []any, cut bool) {
	size := 0
	for n := range page {
		i := n
		if backwards {
			i = len(page) - 1 - n
		}
		b, err := json.Marshal(page[i])
		if size += len(b); n == 0 || err == nil && size <= pageBytes {
			continue
		}
		if backwards {
			return page[i+1:], true
		}
		return page[:i], true
	}
	return page, false
}

// written puts events into the words of an audience.
func written(s *wire.Scope, events []event.Event, customer bool) []any {
	out := make([]any, 0, len(events))
	for i := range events {
		if !customer {
			out = append(out, wire.Event(s, &events[i]))
		} else if e, ok := wire.Public(s, &events[i]); ok {
			out = append(out, e)
		}
	}
	return out
}

func view(ctx context.Context, x *Exec, b *protocol.OfConv) (*protocol.RowOK, *protocol.Error) {
	var r reader
	target := r.conv(b.Conv)
	if r.err != nil {
		return nil, r.err
	}
	row, err := x.Row(ctx, target.ID)
	if err != nil {
		return nil, err
	}
	return &protocol.RowOK{Row: row}, nil
}

// Row reads a conversation for an agent.
func (x *Exec) Row(ctx context.Context, c id.ID) (protocol.Row, *protocol.Error) {
	v, err := x.view(ctx, c)
	if err != nil {
		return protocol.Row{}, err
	}
	return x.row(ctx, v), nil
}

func (x *Exec) row(ctx context.Context, v *conv.View) protocol.Row {
	n := Numbers{Backend: x.Backend, View: v}
	return wire.Row(v, x.Backend.Config(), x.Caller.ID, func(pub uint64) uint64 { return n.Seq(ctx, pub) })
}

// cardMost is how many conversations a card shows.
const cardMost = 20

func card(ctx context.Context, x *Exec, b *protocol.OfContact) (*protocol.CardOK, *protocol.Error) {
	var r reader
	target := id.Ref{Kind: id.Contact, ID: r.id(id.Contact, "contact", b.Contact)}
	if r.err != nil {
		return nil, r.err
	}
	v, err := x.contact(ctx, target)
	if err != nil {
		return nil, err
	}
	ok := &protocol.CardOK{Contact: protocol.Contact{
		ID: b.Contact, Name: v.Name, Email: v.Email, EmailProven: v.EmailProven, Since: v.Since,
	}, Conversations: x.rows(ctx, v, cardMost), MaybeSame: []protocol.Row{}}
	for _, other := range v.MaybeSame[:min(cardMost, len(v.MaybeSame))] {
		if o, err := x.contact(ctx, id.Ref{Kind: id.Contact, ID: id.FromBytes(other)}); err == nil {
			ok.MaybeSame = append(ok.MaybeSame, x.rows(ctx, o, 1)...)
		}
	}
	return ok, nil
}

func (x *Exec) contact(ctx context.Context, ref id.Ref) (*ctc.View, *protocol.Error) {
	m, err := x.Backend.View(ctx, ref)
	if err != nil {
		return nil, Fault(err)
	}
	v, ok := m.(*ctc.View)
	if !ok {
		return nil, protocol.NewError(protocol.Internal)
	}
	return v, nil
}

// rows reads a contact's newest conversations, newest first; one that cannot be read is left out.
func (x *Exec) rows(ctx context.Context, v *ctc.View, most int) []protocol.Row {
	out := []protocol.Row{}
	for i := len(v.Conversations) - 1; i >= 0 && len(out) < most; i-- {
		if row, err := x.Row(ctx, id.FromBytes(v.Conversations[i].Conversation)); err == nil {
			out = append(out, row)
		}
	}
	return out
}
