package conversation

import (
	"fmt"
	"reflect"

	"google.golang.org/protobuf/proto"

	"parley/engine/event"
	"parley/engine/id"
)

// Differ says how two states differ, "" when they do not.
func Differ(a, b *State) string {
	x, y := a.core, b.core
	if !proto.Equal(x.last, y.last) {
		return fmt.Sprintf("last line: %v and %v", x.last, y.last)
	}
	x.last, y.last = nil, nil
	if !reflect.DeepEqual(x, y) {
		return fmt.Sprintf("%+v\nand\n%+v", x, y)
	}
	if len(a.marks)+len(b.marks) > 0 && !reflect.DeepEqual(a.marks, b.marks) {
		return fmt.Sprintf("marks: %v and %v", a.marks, b.marks)
	}
	return ""
}

// Broken says which rule of the state's shape is broken, "" when none is.
func Broken(s *State) string {
	c := &s.core
	switch {
	case (c.route == 3) != !c.owner.IsZero():
		return "owner without assignment, or the other way round"
	case (c.route == 2) != !c.offeredTo.IsZero() || (c.route == 2) != (c.offerUntil != 0):
		return "offer without route, or the other way round"
	case (c.route >= 2) != !c.r.IsZero():
		return "a reservation is held exactly while offered or assigned"
	case (c.status == 3) != (c.route == 3):
		return "open exactly while assigned"
	case c.ended() && (c.route != 0 || !c.seek.r.IsZero() && c.status == 8):
		return "ended and still routed"
	case c.status == 2 && c.route == 0 && c.seek.r.IsZero() && c.returnUntil == 0:
		return "new, in no queue, and nobody is asked: stuck"
	case c.queuedN > c.n || (c.route == 1 || c.route == 2) != (c.queuedN != 0):
		return "attempts"
	case c.status == 8 && (c.deadline() != 0 || len(c.sessions) > 0):
		return "closed with a deadline or a session"
	case len(c.notHeld) > maxNotHeld || len(c.sessions) > maxSessions || len(s.marks) > maxMarks:
		return "a bound"
	case c.returnUntil != 0 && (c.status != 2 || c.route != 0 || !c.seek.r.IsZero()):
		return "a return waits that does not"
	case c.lost && c.status != 3, c.returnWaited && (c.status != 2 || c.route != 0), c.rank.head && c.status != 2:
		return "lost, waited or head left over"
	case !s.Wake().IsZero() && s.Wake().UnixMilli() != slowest(c):
		return "wake is not the earliest deadline"
	}
	return ""
}

func slowest(c *core) int64 {
	all := []int64{c.offerUntil, c.seek.until, c.returnUntil, c.graceUntil, c.closeAt}
	if c.route == 1 {
		all = append(all, c.waitUntil)
	}
	var first int64
	for _, x := range all {
		if x != 0 && (first == 0 || x < first) {
			first = x
		}
	}
	return first
}

// Sought is the reservation the conversation itself asks for.
func Sought(s *State) id.ID { return s.seek.r }

// WhoWrote is the judge of an event's actor.
func WhoWrote(s *State, w event.Who) bool { return s.byCustomer(w) }
