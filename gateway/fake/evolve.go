package fake

import (
	"parley/engine/event"
	"parley/engine/msg/conv"
)

// evolve applies an event to a view.
func evolve(v *conv.View, e *event.Event, m *conv.Event) {
	switch b := m.Body.(type) {
	case *conv.Event_Started:
		v.Status, v.StartedAt, v.Name, v.Email, v.Page = conv.Status_NEW, e.At.UnixMilli(), b.Started.Name, b.Started.Email, b.Started.Page
		v.Previous = b.Started.Previous
	case *conv.Event_Posted:
		if !b.Posted.Note {
			v.Last, v.LastAt, v.LastByCustomer = b.Posted, e.At.UnixMilli(), e.By.IsCustomer()
		}
	case *conv.Event_Queued:
		v.Route, v.Rank, v.N = conv.Route_QUEUED, b.Queued.Rank, b.Queued.N
	case *conv.Event_Offered:
		v.Route, v.R, v.OfferedTo, v.OfferUntil = conv.Route_OFFERED, b.Offered.R, b.Offered.Agent, b.Offered.Until
	case *conv.Event_OfferEnded:
		v.Route, v.R, v.OfferedTo = conv.Route_QUEUED, nil, nil
	case *conv.Event_Assigned:
		v.Route, v.Status, v.Agent, v.OfferedTo = conv.Route_ASSIGNED, conv.Status_OPEN, b.Assigned.Agent, nil
	case *conv.Event_Resolved:
		v.Route, v.Status, v.Survey = conv.Route_IDLE, conv.Status_RESOLVED, b.Resolved.Survey
	case *conv.Event_Closed:
		v.Route, v.Status = conv.Route_IDLE, conv.Status_CLOSED
	case *conv.Event_Rated:
		v.Score, v.Comment = b.Rated.Score, b.Rated.Comment
	case *conv.Event_CustomerConnected:
		v.CustomerConnected = true
	case *conv.Event_CustomerDisconnected:
		v.CustomerConnected = false
	}
}
