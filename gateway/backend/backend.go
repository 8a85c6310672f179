// Package backend is what gateways need of whoever runs the entities: the only door from a client to the engine.
package backend

import (
	"context"

	"parley/actors"
	"parley/engine/centre"
	"parley/engine/event"
	"parley/engine/id"
)

// Backend runs the entities of a contact centre. All methods may be called from any goroutine at any time.
type Backend interface {
	// Ask sends a command and returns at once; a.Done is called exactly once and must only hand over.
	Ask(a actors.Ask)
	// View reads an entity's committed View (conv.View, agt.View, que.Digest, ctc.View); it may block, so never from Done
	// or a Sink. Errors: a *entity.Refusal not_found for an entity that does not exist, the sentinels of actors, the context's.
	View(ctx context.Context, ref id.Ref) (event.Message, error)
	// Mark keeps how far a participant has received and read (v.By, both numberings) and tells all who follow the
	// conversation, as Volatile does.
	Mark(conv id.ID, v actors.Volatile)
	// Volatile tells all who follow the conversation, on every node; never logged.
	Volatile(conv id.ID, v actors.Volatile)
	// Subscribe follows an entity until cancel is called. The sink is told Opened first, from a goroutine of the
	// backend's, never from within Subscribe. After cancel has returned the sink may see one more call.
	Subscribe(ref id.Ref, sink actors.Sink) (cancel func())
	// History reads committed events; it may block. Errors: as View.
	History(ctx context.Context, h actors.History) ([]event.Event, error)
	// Beat lists all live sessions of this gateway; it comes every 5 s.
	Beat(live []actors.SessionPair)
	// Config is the present configuration, never nil and never changed.
	Config() *centre.Config
	// OnConfig calls f with each later configuration, in order, until cancel is called; f must only hand over.
	OnConfig(f func(*centre.Config)) (cancel func())
	// Derive is the cluster's keyed hash: the same purpose and value give the same identifier on every node.
	Derive(purpose string, value []byte) id.ID
	// Files keeps attachments.
	Files() actors.Files
}
