package explorer

import (
	"encoding/binary"
	"slices"
)

// world is everything at one moment: the states, what is under way between them, and what may still go wrong.
// It is never changed: a step works on a copy.
type world struct {
	states [entities]uint32
	lanes  []post   // effects not finished, in order within a lane; only the first of a lane is under way
	parked []post   // given up for now: they hold nothing back
	soft   []uint32 // letters of the distributor under way
	late   []uint32 // copies that may still come
	nextR  uint8
	left   Budget
}

// post is one letter and, once the target has decided, the verdict that is on its way back.
type post struct {
	letter  uint32
	verdict uint32 // 0 = none yet
}

// Budget says how often each thing may still happen. It is part of the state.
type Budget struct {
	Reserve  uint8 // the distributor asks an agent
	Double   uint8 // a letter is delivered twice
	Late     uint8 // a copy of a letter stays behind and may come at any later time
	Park     uint8 // an effect is given up until somebody retries it
	Restart  uint8 // what is only in memory is lost: soft letters, verdicts under way
	Decline  uint8
	Lapse    uint8 // deadlines of conversations
	Ask      uint8 // deadlines of agents
	Close    uint8
	Assign   uint8 // by hand
	Unassign uint8
	Break    uint8 // presence changes of an agent
	SignOut  uint8
	Post     uint8 // an agent answers, a customer writes after the end or to an owner who is lost
}

func (b *Budget) fields() [14]*uint8 {
	return [14]*uint8{&b.Reserve, &b.Double, &b.Late, &b.Park, &b.Restart, &b.Decline, &b.Lapse, &b.Ask, &b.Close, &b.Assign, &b.Unassign, &b.Break, &b.SignOut, &b.Post}
}

func (w *world) clone() *world {
	c := *w
	c.lanes, c.parked = slices.Clone(w.lanes), slices.Clone(w.parked)
	c.soft, c.late = slices.Clone(w.soft), slices.Clone(w.late)
	return &c
}

// encode writes a world in one way only.
func (x *Explorer) encode(w *world) []byte {
	slices.SortStableFunc(w.lanes, func(a, b post) int { return int(x.letters[a.letter].lane) - int(x.letters[b.letter].lane) })
	slices.SortFunc(w.parked, func(a, b post) int { return int(a.letter) - int(b.letter) })
	slices.Sort(w.soft)
	slices.Sort(w.late)
	b := make([]byte, 0, 96)
	for _, s := range w.states {
		b = binary.AppendUvarint(b, uint64(s))
	}
	for _, posts := range [2][]post{w.lanes, w.parked} {
		b = binary.AppendUvarint(b, uint64(len(posts)))
		for _, p := range posts {
			b = binary.AppendUvarint(b, uint64(p.letter))
			b = binary.AppendUvarint(b, uint64(p.verdict))
		}
	}
	for _, letters := range [2][]uint32{w.soft, w.late} {
		b = binary.AppendUvarint(b, uint64(len(letters)))
		for _, l := range letters {
			b = binary.AppendUvarint(b, uint64(l))
		}
	}
	b = append(b, w.nextR)
	for _, f := range w.left.fields() {
		b = append(b, *f)
	}
	return b
}

// decodeWorld reads what encode wrote.
func decodeWorld(b []byte) *world {
	w := &world{}
	next := func() uint32 {
		n, l := binary.Uvarint(b)
		b = b[l:]
		return uint32(n)
	}
	for i := range w.states {
		w.states[i] = next()
	}
	for _, posts := range [2]*[]post{&w.lanes, &w.parked} {
		for range next() {
			*posts = append(*posts, post{letter: next(), verdict: next()})
		}
	}
	for _, letters := range [2]*[]uint32{&w.soft, &w.late} {
		for range next() {
			*letters = append(*letters, next())
		}
	}
	w.nextR = b[0]
	for i, f := range w.left.fields() {
		*f = b[1+i]
	}
	return w
}

// first reports whether a letter is the first of its lane: the one under way.
func (x *Explorer) first(w *world, i int) bool {
	lane := x.letters[w.lanes[i].letter].lane
	for _, p := range w.lanes[:i] {
		if x.letters[p.letter].lane == lane {
			return false
		}
	}
	return true
}
