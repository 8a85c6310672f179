package command

import (
	"context"

	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/gateway/protocol"
	"parley/gateway/wire"
)

// customers are the commands of customers; agents send too.
var customers = []*Command{
	ask[protocol.Start, protocol.StartOK](Command{Name: "start", From: Customer, Does: "Begin a conversation with its first message."}, start),
	withFiles(ask[protocol.Send, protocol.SendOK](Command{Name: "send", From: Customer, Both: true,
		Does: "Write a message. A message to a closed conversation begins a new one, linked to it."}, send)),
	ask[protocol.OfConv, protocol.Empty](Command{Name: "end", From: Customer, Does: "End the conversation."}, end),
	ask[protocol.Rate, protocol.Empty](Command{Name: "rate", From: Customer, Does: "Give a score after the end."}, rate),
}

func start(_ context.Context, x *Exec, b *protocol.Start) (plan, *protocol.Error) {
	var r reader
	s := &ctc.Start{
		Inbox: x.Caller.Inbox.Bytes(), Name: r.most("name", b.Name, 200), Email: r.most("email", b.Email, 254), Page: r.most("page", b.Page, 2000),
		Language: r.most("language", b.Language, 35), Key: x.Key.Bytes(), Session: x.Caller.Session.Bytes(),
		Message: &conv.Post{Text: r.text(b.Text, 0, x.TextLimit)},
	}
	if len(b.Files) > 0 {
		r.fail("files")
	}
	return plan{x.Caller.Own(), &ctc.Command{Body: &ctc.Command_Start{Start: s}}, startOK, nil}, r.err
}

func startOK(reply event.Message) any {
	r, _ := reply.(*ctc.Reply)
	return &protocol.StartOK{Conv: id.Format(id.Conversation, id.FromBytes(r.GetConversation())), Number: r.GetNumber(), Seq: r.GetPub(), At: r.GetAt()}
}

func send(ctx context.Context, x *Exec, b *protocol.Send) (plan, *protocol.Error) {
	return post(ctx, x, b, false)
}

func post(ctx context.Context, x *Exec, b *protocol.Send, note bool) (plan, *protocol.Error) {
	var r reader
	target := r.conv(b.Conv)
	p := &conv.Post{Text: r.text(b.Text, len(b.Files), x.TextLimit), Note: note}
	if r.err == nil && len(b.Files) > 0 {
		if _, r.err = x.view(ctx, target.ID); r.err == nil { // what lies in a foreign conversation is nobody's business
			p.Attachments, r.err = x.Files(ctx, target.ID, b.Files)
		}
	}
	return plan{target, &conv.Command{Body: &conv.Command_Post{Post: p}}, x.sendOK, x.carry(target.ID, p.Attachments)}, r.err
}

// carry takes the files of a message that began a new conversation along to it: they were stored for the closed one.
// When that fails the outcome is unknown to the client, and the repeat of its key tries again.
func (x *Exec) carry(from id.ID, named []*conv.Attachment) func(event.Message) func() *protocol.Error {
	if len(named) == 0 {
		return nil
	}
	return func(reply event.Message) func() *protocol.Error {
		r, _ := reply.(*conv.Reply)
		if !r.GetMoved() {
			return nil
		}
		return func() *protocol.Error { return x.Carry(from, id.FromBytes(r.Conversation), named) }
	}
}

// sendOK tells the position in the caller's own numbers.
func (x *Exec) sendOK(reply event.Message) any {
	r, _ := reply.(*conv.Reply)
	ok := &protocol.SendOK{Seq: x.position(r), At: r.GetAt()}
	if r.GetMoved() {
		ok.Moved = &protocol.Moved{Conv: id.Format(id.Conversation, id.FromBytes(r.Conversation)), Number: r.Number}
	}
	return ok
}

func (x *Exec) position(r *conv.Reply) uint64 {
	if x.Caller.Role == Customer {
		return r.GetPub()
	}
	return r.GetSeq()
}

// withFiles marks a command that blocks when its message names files: they are looked at.
func withFiles(c *Command) *Command {
	c.blocks = func(body any) bool { return len(body.(*protocol.Send).Files) > 0 }
	return c
}

func end(_ context.Context, _ *Exec, b *protocol.OfConv) (plan, *protocol.Error) {
	var r reader
	return plan{r.conv(b.Conv), &conv.Command{Body: &conv.Command_End{End: &conv.End{}}}, nil, nil}, r.err
}

func rate(_ context.Context, _ *Exec, b *protocol.Rate) (plan, *protocol.Error) {
	var r reader
	score, ok := wire.ScoreOf(b.Score)
	if !ok {
		r.fail("score")
	}
	target := r.conv(b.Conv)
	c := &conv.Rate{Score: score, Comment: r.most("comment", b.Comment, 2000)}
	return plan{target, &conv.Command{Body: &conv.Command_Rate{Rate: c}}, nil, nil}, r.err
}
