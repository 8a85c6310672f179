package conversation

import (
	"fmt"
	"slices"

	"parley/engine/entity"
	"parley/engine/id"
	"parley/engine/msg/conv"
)

// rowMarks is the row of the marks; a session's row is the session's 16 bytes.
const rowMarks = "m"

// Dirty returns the rows of marks and sessions that changed since it was last asked.
func (s *State) Dirty() []entity.Row {
	var rows []entity.Row
	if s.dirtyMarks {
		rows = append(rows, entity.Row{Rest: []byte(rowMarks), Value: encode(s.marksMessage())})
	}
	changed := make([]id.ID, 0, len(s.dirtySessions))
	for x := range s.dirtySessions {
		changed = append(changed, x)
	}
	slices.SortFunc(changed, compareIDs)
	for _, x := range changed {
		row := entity.Row{Rest: x.Bytes(), Session: true}
		if contains(s.sessions, x) {
			row.Value = []byte{1}
		}
		rows = append(rows, row)
	}
	s.dirtyMarks, s.dirtySessions = false, nil
	return rows
}

func (s *State) touchSession(x id.ID) {
	if s.dirtySessions == nil {
		s.dirtySessions = map[id.ID]bool{}
	}
	s.dirtySessions[x] = true
}

// LoadRow takes back what Dirty returned.
func (s *State) LoadRow(rest, value []byte, session bool) error {
	switch {
	case session && len(rest) == len(id.ID{}):
		s.sessions = with(s.sessions, id.FromBytes(rest))
		return nil
	case !session && string(rest) == rowMarks:
		if err := s.loadMarks(value); err != nil {
			return fmt.Errorf("conversation: marks: %w", err)
		}
		return nil
	}
	return fmt.Errorf("conversation: unknown row %q", rest)
}

// encode cannot fail: what it is given is built here, and text in it was checked.
func encode(m interface{ MarshalVT() ([]byte, error) }) []byte {
	b, err := m.MarshalVT()
	if err != nil {
		panic("conversation: encoding a row: " + err.Error())
	}
	return b
}

// Head encodes all that is in no other row.
func (s *State) Head() []byte {
	m := &conv.State{
		Seq: s.seq, Pub: s.pub, Number: s.number, Contact: s.contact.Bytes(), Inbox: s.inbox.Bytes(), Queue: s.queue.Bytes(),
		Style: s.style, Name: s.name, Email: s.email, Page: s.page, Language: s.language, Previous: s.previous.Bytes(), Key: s.key.Bytes(),
		Status: s.status, Route: s.route, Activity: s.activity, Reason: s.reason,
		N: s.n, QueuedN: s.queuedN, Rank: s.rank.message(), R: s.r.Bytes(), OfferedTo: s.offeredTo.Bytes(),
		Owner: s.owner.Bytes(), LastAgent: s.lastAgent.Bytes(), Seek: s.seek.message(),
		OfferUntil: s.offerUntil, WaitUntil: s.waitUntil, ReturnUntil: s.returnUntil, GraceUntil: s.graceUntil, CloseAt: s.closeAt,
		ReturnWaited: s.returnWaited, Lost: s.lost, Answered: s.answered, Survey: s.survey, Score: s.score, Comment: s.comment,
		RatedAt: s.ratedAt, StartedAt: s.startedAt, AssignedAt: s.assignedAt, EndedAt: s.endedAt, UnansweredSince: s.unansweredSince,
		Last: s.last, LastAt: s.lastAt, LastByCustomer: s.lastByCustomer, Messages: s.messages,
	}
	for _, r := range s.notHeld {
		m.NotHeld = append(m.NotHeld, r.Bytes())
	}
	m.ProtoReflect().SetUnknown(s.unknown)
	return encode(m)
}

// LoadHead takes back what Head returned. Fields of a newer version are kept for the next Head.
func (s *State) LoadHead(head []byte) error {
	var m conv.State
	if err := m.UnmarshalVT(head); err != nil {
		return fmt.Errorf("conversation: head row: %w", err)
	}
	s.core = core{
		seq: m.Seq, pub: m.Pub, number: m.Number, contact: idOf(m.Contact), inbox: idOf(m.Inbox), queue: idOf(m.Queue),
		style: m.Style, name: m.Name, email: m.Email, page: m.Page, language: m.Language, previous: idOf(m.Previous), key: idOf(m.Key),
		status: m.Status, route: m.Route, activity: m.Activity, reason: m.Reason,
		n: m.N, queuedN: m.QueuedN, rank: rankOf(m.Rank), r: idOf(m.R), offeredTo: idOf(m.OfferedTo),
		owner: idOf(m.Owner), lastAgent: idOf(m.LastAgent), seek: seekOf(m.Seek),
		offerUntil: m.OfferUntil, waitUntil: m.WaitUntil, returnUntil: m.ReturnUntil, graceUntil: m.GraceUntil, closeAt: m.CloseAt,
		returnWaited: m.ReturnWaited, lost: m.Lost, answered: m.Answered, survey: m.Survey, score: m.Score, comment: m.Comment,
		ratedAt: m.RatedAt, startedAt: m.StartedAt, assignedAt: m.AssignedAt, endedAt: m.EndedAt, unansweredSince: m.UnansweredSince,
		last: m.Last, lastAt: m.LastAt, lastByCustomer: m.LastByCustomer, messages: m.Messages,
		sessions: s.sessions,
	}
	for _, r := range m.NotHeld {
		s.notHeld = append(s.notHeld, idOf(r))
	}
	s.unknown = m.ProtoReflect().GetUnknown()
	return nil
}

func (k seek) message() *conv.Seeking {
	if k.r.IsZero() {
		return nil
	}
	return &conv.Seeking{R: k.r.Bytes(), Agent: k.agent.Bytes(), N: k.n, By: k.by.Bytes(), Forced: k.forced, How: k.how, Until: k.until}
}

func seekOf(m *conv.Seeking) seek {
	return seek{r: idOf(m.GetR()), agent: idOf(m.GetAgent()), n: m.GetN(), by: idOf(m.GetBy()), forced: m.GetForced(), how: m.GetHow(), until: m.GetUntil()}
}
