package main

import (
	"bytes"
	"context"
	"time"

	"parley/actors"
	"parley/engine/id"
	"parley/engine/msg/conv"
)

// sweepEvery is how often uploads that nobody named are looked for. They are removed a day after they came.
const sweepEvery = time.Hour

// sweepFiles removes, until ctx ends, attachments that no message names: a customer chose a file and never sent it.
func (n *node) sweepFiles(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		removed, err := n.journal.SweepFiles(wallClock(), func(_ uint16, c id.ID, hash [32]byte) bool { return n.named(ctx, c, hash) })
		switch {
		case err != nil:
			n.log.Warn("uploads were not swept", "err", err)
		case removed > 0:
			n.log.Info("uploads that nobody sent are removed", "files", removed)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// named reports whether a message of the conversation names the file. What cannot be read counts as named: a sweep must
// never remove what somebody was shown.
func (n *node) named(ctx context.Context, c id.ID, hash [32]byte) bool {
	for after := uint64(0); ; {
		events, err := n.actors.History(ctx, actors.History{Target: id.Ref{Kind: id.Conversation, ID: c}, After: after, Limit: 1000})
		if err != nil {
			return true
		}
		for _, e := range events {
			body, _ := e.Body.(*conv.Event)
			for _, a := range body.GetPosted().GetAttachments() {
				if bytes.Equal(a.Hash, hash[:]) {
					return true
				}
			}
			after = e.Seq
		}
		if len(events) < 1000 {
			return false
		}
	}
}
