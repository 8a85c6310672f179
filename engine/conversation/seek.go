package conversation

import (
	"time"

	"parley/engine/entity"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/engine/msg/que"
)

// seekWait is how long an agent asked by the conversation itself may stay silent. An answer takes milliseconds; a shard
// that has no leader takes a few seconds; a customer who comes back must not wait for longer than that.
const seekWait = 10 * time.Second

// seekAgent asks one agent for a reservation (design: routing, the conversation as the asker) and returns the number of
// the effect. The owner, and the place in the queue, stay until the agent has it.
func (d *draft) seekAgent(agent, by id.ID, how conv.How, forced bool) uint64 {
	r := d.env.NewID()
	n := d.n + 1
	d.emit(&conv.Event{Body: &conv.Event_Seeking{Seeking: &conv.Seeking{
		R: r.Bytes(), Agent: agent.Bytes(), N: n, By: by.Bytes(), Forced: forced, How: how, Until: d.after(seekWait),
	}}})
	lease := d.env.Config.Queue(d.queue).OfferLease()
	return d.send(id.Agent, agent, &agt.Command{Body: &agt.Command_Reserve{Reserve: &agt.Reserve{
		R: r.Bytes(), Conversation: d.env.Self.ID.Bytes(), N: n, Queue: d.queue.Bytes(), Weight: 1,
		LeaseMs: lease.Milliseconds(), Forced: forced, Returning: how == conv.How_RETURNED,
	}}})
}

// found makes the sought reservation the assignment: no yes is asked.
func (d *draft) found() {
	s, queued, oldOwner, oldR := d.seek, d.queuedN, d.owner, d.r
	if d.route == conv.Route_OFFERED {
		d.endOffer(conv.OfferEnd_SUPERSEDED)
	}
	if d.status == conv.Status_RESOLVED {
		d.emit(&conv.Event{Body: &conv.Event_Reopened{Reopened: &conv.Reopened{}}})
	}
	d.emit(&conv.Event{Body: &conv.Event_Assigned{Assigned: &conv.Assigned{R: s.r.Bytes(), Agent: s.agent.Bytes(), How: s.how, By: s.by.Bytes()}}})
	d.confirm(s.agent, s.r)
	if !oldOwner.IsZero() {
		d.release(oldOwner, oldR, agt.ReleaseWhy_MOVED)
	}
	d.leaveQueue(queued, que.LeftWhy_MOVED)
}

// seekReturn sends a returning customer to the agent who had them (T14), or, when there is none to ask, to the head of
// the queue (T15). Somebody who is being asked already is asked on.
func (d *draft) seekReturn() {
	if !d.seek.r.IsZero() {
		return
	}
	a := d.env.Config.Agent(d.lastAgent)
	if a == nil || a.Deactivated || !d.serves(d.lastAgent) {
		d.enqueue(wait{head: true})
		return
	}
	d.seekAgent(d.lastAgent, id.ID{}, conv.How_RETURNED, false)
}

// verdict is the answer to an effect of ours.
func (d *draft) verdict(a *entity.Answered) error {
	switch body := a.Effect.Body.(type) {
	case *agt.Command:
		if c := body.GetReserve(); c != nil {
			d.reserveVerdict(a, idOf(c.R))
		} else if c := body.GetConfirm(); c != nil {
			d.confirmVerdict(a, idOf(c.R))
		}
	case *ctc.Command:
		if body.GetStart() != nil {
			return d.moved(a)
		}
	}
	return nil
}

// reserveVerdict: granted means that the agent's offer of r follows; refused ends the search.
func (d *draft) reserveVerdict(a *entity.Answered, r id.ID) {
	if a.Code == "" || d.seek.r != r {
		return
	}
	var reply agt.Reply
	if reply.UnmarshalVT(a.Reply) != nil {
		reply.Presence = agt.Presence_OFFLINE
	}
	d.seekFailed(string(a.Code), reply.Presence)
}

// confirmVerdict: an agent that does not know the reservation it is the owner by has lost it. Nobody would look after the
// customer, so the conversation goes to the head of the queue.
func (d *draft) confirmVerdict(a *entity.Answered, r id.ID) {
	if a.Code == "" || a.Code == entity.CodeParked || d.route != conv.Route_ASSIGNED || d.r != r {
		return
	}
	d.giveUpOwner()
	d.enqueue(wait{head: true})
}

// seekFailed ends a search. A conversation that waits in no queue meanwhile goes to the head of one (T15), after an owner
// on a break was waited for once.
func (d *draft) seekFailed(code string, presence agt.Presence) {
	how := d.seek.how
	d.endSeek(code)
	if d.status != conv.Status_NEW || d.route != conv.Route_IDLE {
		return
	}
	if how == conv.How_RETURNED && presence == agt.Presence_BREAK && !d.returnWaited {
		until := d.after(d.env.Config.Queue(d.queue).BreakReturn())
		d.emit(&conv.Event{Body: &conv.Event_ReturnWaits{ReturnWaits: &conv.ReturnWaits{Until: until}}})
		return
	}
	d.enqueue(wait{head: true})
}

func (d *draft) endSeek(code string) {
	if d.seek.r.IsZero() {
		return
	}
	d.emit(&conv.Event{Body: &conv.Event_SeekEnded{SeekEnded: &conv.SeekEnded{R: d.seek.r.Bytes(), Code: code}}})
}
