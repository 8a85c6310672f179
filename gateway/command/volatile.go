package command

import (
	"parley/actors"
	"parley/engine/id"
	"parley/gateway/protocol"
)

// volatiles are told to who is there and never kept, marks apart.
var volatiles = []*Command{
	tell(Command{Name: "marks", From: Customer, Both: true, Does: "Tell how far one has received and read."}, marks),
	tell(Command{Name: "typing", From: Customer, Both: true, Does: "Tell that one writes."}, typing),
	tell(Command{Name: "peek", From: Customer, Does: "Show what one types, whole; empty clears."}, peek),
}

// talk finds the conversation, which the caller must follow; a customer follows its own alone.
func (x *Exec) talk(s string) (id.ID, Talk, *protocol.Error) {
	var r reader
	c := r.conv(s).ID
	if r.err != nil {
		return c, nil, r.err
	}
	t := x.Talk(c)
	if t == nil {
		return c, nil, protocol.NewError(protocol.NotFound)
	}
	return c, t, nil
}

func marks(x *Exec, b *protocol.Marks) *protocol.Error {
	c, t, err := x.talk(b.Conv)
	if err != nil {
		return err
	}
	v := actors.Volatile{By: x.Caller.Who(), Kind: "marks"}
	if x.Caller.Role == Customer {
		v.DeliveredPub, v.SeenPub = b.Delivered, b.Seen
		v.Delivered, v.Seen = t.Seq(b.Delivered), t.Seq(b.Seen)
	} else {
		v.Delivered, v.Seen = b.Delivered, b.Seen
		v.DeliveredPub, v.SeenPub = t.Pub(b.Delivered), t.Pub(b.Seen)
	}
	x.Backend.Mark(c, v)
	return nil
}

func typing(x *Exec, b *protocol.Typing) *protocol.Error {
	c, _, err := x.talk(b.Conv)
	if err != nil {
		return err
	}
	x.Backend.Volatile(c, actors.Volatile{By: x.Caller.Who(), Kind: "typing", On: b.On, Note: b.Note && x.Caller.Role != Customer})
	return nil
}

func peek(x *Exec, b *protocol.Peek) *protocol.Error {
	c, t, err := x.talk(b.Conv)
	if err != nil {
		return err
	}
	if !t.Peek() {
		return protocol.NewError(protocol.Forbidden)
	}
	var r reader
	r.most("text", b.Text, x.TextLimit)
	if r.err != nil {
		return r.err
	}
	x.Backend.Volatile(c, actors.Volatile{By: x.Caller.Who(), Kind: "peek", Text: b.Text})
	return nil
}
