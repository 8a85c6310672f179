package conversation

import (
	"parley/engine/event"
	"parley/engine/msg/conv"
)

// mark is how far a participant has received and read. Marks are watermarks, not events: newest wins, and after a crash
// the client tells them again.
type mark struct {
	delivered uint64 // pub for the customer, seq for agents
	seen      uint64
}

// Mark raises a participant's marks and reports whether one moved. They never go down and never beyond the last event; what is seen is
// delivered. A stranger's marks, and those of more than 64 participants, are not kept.
func (s *State) Mark(by event.Who, delivered, seen uint64) bool {
	var who string
	last := s.seq
	switch {
	case by.IsCustomer() && by.ID == s.contact:
		who, last = "c", s.pub
	case by.IsAgent():
		who = by.ID.String()
	default:
		return false
	}
	old, known := s.marks[who]
	if !known && len(s.marks) >= maxMarks {
		return false
	}
	seen = max(old.seen, min(seen, last))
	m := mark{delivered: max(old.delivered, min(delivered, last), seen), seen: seen}
	if m == old {
		return false
	}
	if s.marks == nil {
		s.marks = map[string]mark{}
	}
	s.marks[who], s.dirtyMarks = m, true
	return true
}

func (s *State) marksMessage() *conv.Marks {
	if len(s.marks) == 0 {
		return nil
	}
	of := make(map[string]*conv.Mark, len(s.marks))
	for who, m := range s.marks {
		of[who] = &conv.Mark{Delivered: m.delivered, Seen: m.seen}
	}
	return &conv.Marks{Of: of}
}

func (s *State) loadMarks(value []byte) error {
	var m conv.Marks
	if err := m.UnmarshalVT(value); err != nil {
		return err
	}
	s.marks = make(map[string]mark, len(m.Of))
	for who, x := range m.Of {
		s.marks[who] = mark{delivered: x.GetDelivered(), seen: x.GetSeen()}
	}
	return nil
}
