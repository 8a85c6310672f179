package conversation

import (
	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
)

// customerPost takes a message of the customer, connected or not. A resolved conversation comes back to life (T14, T15),
// a closed one sends the message on to a new conversation (T18), an owner who was lost is given up (T21).
//
// Errors: what CheckPost returns, entity.ErrForbidden for a note.
func (d *draft) customerPost(p *conv.Post) error {
	if p.GetNote() {
		return entity.ErrForbidden
	}
	if err := CheckPost(p); err != nil {
		return err
	}
	if d.status == conv.Status_CLOSED {
		d.moveOn(p)
		return nil
	}
	d.emit(posted(p))
	d.answer()
	switch {
	case d.status == conv.Status_RESOLVED:
		d.emit(&conv.Event{Body: &conv.Event_Reopened{Reopened: &conv.Reopened{ByCustomer: true}}})
		d.seekReturn()
	case d.lost:
		d.giveUpOwner()
		d.seekReturn()
	}
	return nil
}

// moveOn asks the contact for a new conversation after this one; the answer waits for its verdict. Nothing is written here.
func (d *draft) moveOn(p *conv.Post) {
	d.out.Await = d.send(id.Contact, d.contact, &ctc.Command{Body: &ctc.Command_Start{Start: &ctc.Start{
		Inbox: d.inbox.Bytes(), Message: p, Key: d.in.Key.Bytes(), After: d.env.Self.ID.Bytes(), Language: d.language,
	}}})
}

// moved is the verdict on moveOn.
func (d *draft) moved(a *entity.Answered) error {
	var r ctc.Reply
	if err := r.UnmarshalVT(a.Reply); err != nil {
		return entity.ErrInvalid
	}
	d.out.Reply = &conv.Reply{Moved: a.Code == "", Conversation: r.Conversation, Number: r.Number, Pub: r.Pub, Seq: r.Seq, At: r.At}
	return nil
}

// agentPost takes an agent's answer or note. Only the owner speaks to the customer; members and supervisors leave notes,
// also when the conversation has ended (F43).
//
// Errors: what CheckPost returns, ErrNotOwner, ErrNotMember.
func (d *draft) agentPost(who *centre.Agent, p *conv.Post) error {
	if err := CheckPost(p); err != nil {
		return err
	}
	me := d.in.By.ID
	switch {
	case p.Note && !leads(who) && !d.serves(me) && d.owner != me:
		return ErrNotMember
	case !p.Note && d.owner != me:
		return ErrNotOwner.With(&conv.Reply{Agent: d.owner.Bytes()})
	}
	d.emit(posted(p))
	d.answer()
	return nil
}
