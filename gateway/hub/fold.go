package hub

import (
	"bytes"
	"slices"

	"google.golang.org/protobuf/proto"

	"parley/engine/event"
	"parley/engine/msg/agt"
)

// fold applies an event to an agent's view, so that an offer shows in the moment it is there: views come a few times a
// second, and each replaces what was folded.
func fold(v *agt.View, e *event.Event, m *agt.Event) *agt.View {
	if v == nil || e.Seq <= v.Version {
		return v
	}
	n := proto.CloneOf(v)
	n.Version = e.Seq
	at := func(r []byte) int {
		return slices.IndexFunc(n.Reservations, func(x *agt.Reservation) bool { return bytes.Equal(x.R, r) })
	}
	switch b := m.Body.(type) {
	case *agt.Event_Reserved:
		r := b.Reserved
		n.Reservations = append(n.Reservations, &agt.Reservation{
			R: r.R, Conversation: r.Conversation, N: r.N, Queue: r.Queue, Weight: r.Weight, Since: e.At.UnixMilli(), Until: r.Until,
		})
		n.Workload += max(1, r.Weight)
	case *agt.Event_Confirmed:
		if i := at(b.Confirmed.R); i >= 0 {
			n.Reservations[i].Confirmed, n.Reservations[i].Since = true, e.At.UnixMilli()
		}
	case *agt.Event_Released:
		if i := at(b.Released.R); i >= 0 {
			n.Workload -= max(1, n.Reservations[i].Weight)
			n.Reservations = slices.Delete(n.Reservations, i, i+1)
		}
	case *agt.Event_PresenceSet:
		p := b.PresenceSet
		n.Presence, n.Reason, n.Automatic, n.PresenceSince = p.Presence, p.Reason, p.Automatic, e.At.UnixMilli()
	case *agt.Event_WentOffline:
		n.Presence, n.Reason, n.PresenceSince = agt.Presence_OFFLINE, "", e.At.UnixMilli()
	case *agt.Event_SessionConnected:
		n.Connected = true
	case *agt.Event_SessionDisconnected:
		n.Connected = b.SessionDisconnected.GraceUntil == 0
	case *agt.Event_TokenOpened:
		n.Tokens = append(n.Tokens, &agt.Token{TokenHash: b.TokenOpened.TokenHash, Until: b.TokenOpened.Until})
	case *agt.Event_TokenClosed:
		n.Tokens = slices.DeleteFunc(n.Tokens, func(t *agt.Token) bool { return bytes.Equal(t.TokenHash, b.TokenClosed.TokenHash) })
	}
	return n
}
