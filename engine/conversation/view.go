package conversation

import "parley/engine/msg/conv"

// View is the conversation as it is now, without its lines and its id, which the host knows. Who may see which
// field is the gateway's to say.
func (s *State) View() *conv.View {
	v := &conv.View{
		Number: s.number, Contact: s.contact.Bytes(), Inbox: s.inbox.Bytes(), Queue: s.queue.Bytes(),
		Style: s.style, Status: s.status, Route: s.route, Activity: s.activity, CloseReason: s.reason,
		Agent: s.owner.Bytes(), OfferedTo: s.offeredTo.Bytes(), R: s.r.Bytes(), OfferUntil: s.offerUntil, N: s.n,
		Name: s.name, Email: s.email, Page: s.page, Language: s.language, Previous: s.previous.Bytes(),
		Seq: s.seq, Pub: s.pub, StartedAt: s.startedAt, AssignedAt: s.assignedAt, EndedAt: s.endedAt,
		UnansweredSince: s.unansweredSince, Last: s.last, LastAt: s.lastAt, LastByCustomer: s.lastByCustomer,
		CustomerConnected: len(s.sessions) > 0, Survey: s.survey, Score: s.score, Comment: s.comment,
		Rank: s.rank.message(), Marks: s.marksMessage(), Messages: s.messages,
	}
	if s.route == conv.Route_QUEUED || s.route == conv.Route_OFFERED {
		v.QueuedAt = s.rank.since
	}
	return v
}
