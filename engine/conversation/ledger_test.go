package conversation_test

import (
	"parley/engine/entity"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/ctc"
	"parley/engine/msg/que"
)

// ledger is what the others believe from the effects they got: who holds a reservation, whether the queue has it. It must
// agree with the conversation after every step, or a slot leaks or a customer waits nowhere.
type ledger struct {
	live    id.ID  // reservation not released yet
	confirm id.ID  // reservation confirmed
	queued  uint64 // attempt in the queue, 0 = none
	ended   int
}

func (l *ledger) post(t fataler, effects []entity.Send, v *conv.View) {
	t.Helper()
	for _, e := range effects {
		if e.Subject != self.ID {
			t.Fatalf("subject %v of %s", e.Subject, effectName(e))
		}
		switch c := e.Body.(type) {
		case *agt.Command:
			if r := id.FromBytes(c.GetRelease().GetR()); r == l.live && c.GetRelease() != nil {
				l.live = id.ID{}
			}
			if c.GetConfirm() != nil {
				l.confirm = id.FromBytes(c.GetConfirm().R)
			}
		case *que.Command:
			if q := c.GetEnqueue(); q != nil {
				if q.N <= l.queued {
					t.Fatalf("attempt %d after %d", q.N, l.queued)
				}
				l.queued = q.N
			}
			if q := c.GetRemove(); q != nil && q.N >= l.queued {
				l.queued = 0
			}
		case *ctc.Command:
			if c.GetEnded() != nil {
				l.ended++
			}
		}
	}
	held := id.FromBytes(v.R)
	if !l.live.IsZero() && l.live != held {
		t.Fatalf("reservation %q leaks: the conversation holds %q", l.live, held)
	}
	l.live = held
	if v.Route == conv.Route_ASSIGNED && l.confirm != held {
		t.Fatalf("owner of %q was never confirmed", held)
	}
	if waits := v.Route == conv.Route_QUEUED || v.Route == conv.Route_OFFERED; waits != (l.queued != 0) {
		t.Fatalf("waits %v, the queue has attempt %d", waits, l.queued)
	}
	if closed := v.Status == conv.Status_CLOSED; closed != (l.ended == 1) {
		t.Fatalf("closed %v, the contact was told %d times", closed, l.ended)
	}
}
