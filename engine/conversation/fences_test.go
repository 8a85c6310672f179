package conversation_test

import (
	"errors"
	"testing"
	"time"

	"parley/engine/centre"
	"parley/engine/conversation"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

func TestOffersThatAreRefused(t *testing.T) {
	tests := []struct {
		name string
		make func(t fataler) *talk
		r    id.ID
		n    uint64
		void bool
	}{
		{"an older attempt", func(t fataler) *talk {
			k := begun(t, centre.Style_LIVE_RETURN)
			k.do(fromAgent, offer(r1, ana, 1))
			k.do(event.Agent(ana), decline(r1))
			return k
		}, r2, 1, true},
		{"another is open", func(t fataler) *talk {
			k := begun(t, centre.Style_LIVE_RETURN)
			k.do(fromAgent, offer(r1, ana, 1))
			return k
		}, r2, 1, false},
		{"assigned", func(t fataler) *talk { return opened(t, centre.Style_LIVE_RETURN) }, r2, 1, true},
		{"resolved", func(t fataler) *talk { return resolved(t, centre.Style_LIVE_RETURN) }, r2, 1, true},
		{"closed", func(t fataler) *talk { return resolved(t, centre.Style_LIVE) }, r2, 1, true},
		{"disowned before", func(t fataler) *talk {
			k := begun(t, centre.Style_LIVE_RETURN)
			if r := k.do(fromAgent, holds(r2)); r.Held {
				k.t.Fatalf("held")
			}
			return k
		}, r2, 1, false},
		{"withdrawn before it came", func(t fataler) *talk {
			k := begun(t, centre.Style_LIVE_RETURN)
			k.do(fromAgent, withdraw(r2))
			return k
		}, r2, 1, false},
		{"its agent gone before it came", func(t fataler) *talk {
			k := begun(t, centre.Style_LIVE_RETURN)
			k.do(fromAgent, agentGone(r2))
			return k
		}, r2, 1, false},
		{"no reservation", func(t fataler) *talk { return begun(t, centre.Style_LIVE_RETURN) }, id.ID{}, 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := tt.make(t)
			_, err := k.try(fromAgent, offer(tt.r, bo, tt.n))
			var refusal *entity.Refusal
			if !errors.As(err, &refusal) || !errors.Is(err, conversation.ErrVoid) || refusal.Reply.(*conv.Reply).Void != tt.void {
				t.Fatalf("%v, want void %v", err, tt.void)
			}
		})
	}
}

func TestWordOfAnUnknownReservationFreesIt(t *testing.T) {
	for want, cmd := range map[string]*conv.Command{"WITHDRAWN": withdraw(r2), "GONE": agentGone(r2)} {
		k := begun(t, centre.Style_LIVE_RETURN)
		k.do(fromAgent, cmd)
		k.expect(t, []string{"NotHeld"}, []string{"agent.Release " + want})
		k.do(fromAgent, cmd)
		k.expect(t, nil, nil)
		k.do(customer, end)
		k.do(fromAgent, withdraw(r3)) // closed: every offer is refused, nothing needs to be remembered
		k.expect(t, nil, []string{"agent.Release WITHDRAWN"})
	}
}

func TestHoldsAnswersForOfferAndAssignmentOnly(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(fromAgent, offer(r1, ana, 1))
	if !k.do(fromAgent, holds(r1)).Held {
		t.Fatal("offered")
	}
	k.do(event.Agent(ana), accept(r1))
	if !k.do(fromAgent, holds(r1)).Held {
		t.Fatal("assigned")
	}
	if k.do(fromAgent, holds(r2)).Held {
		t.Fatal("unknown")
	}
	k.expect(t, []string{"NotHeld"}, nil)
	k.do(fromAgent, holds(r2))
	k.expect(t, nil, nil)
	k.do(event.Agent(ana), resolve)
	if k.do(fromAgent, holds(r1)).Held {
		t.Fatal("it ended with the resolve")
	}
}

func TestHoldsOfTheSoughtReservationEndsTheSearch(t *testing.T) {
	k := resolved(t, centre.Style_LIVE_RETURN)
	k.do(customer, say("Hello?"))
	r, _ := k.reserve()
	if k.do(fromAgent, holds(r)).Held {
		t.Fatal("not held yet")
	}
	k.expect(t, []string{"NotHeld", "SeekEnded", "Queued"}, []string{"queue.Enqueue 3"})
	if _, err := k.try(fromAgent, offer(r, ana, 2)); !errors.Is(err, conversation.ErrVoid) {
		t.Fatalf("offer %v", err)
	}
}

func TestOldReleaseTargetsItsOwnReservation(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(fromAgent, offer(r1, ana, 1))
	k.do(event.Agent(ana), decline(r1))
	if r := k.last[0].Body.(*agt.Command).GetRelease(); id.FromBytes(r.R) != r1 {
		t.Fatalf("release %v", r)
	}
	k.do(fromAgent, offer(r2, ana, 2))
	k.do(fromAgent, agentGone(r1)) // late
	k.is(t, conv.Status_NEW, conv.Route_OFFERED, none)
	k.do(fromAgent, withdraw(r1))
	k.is(t, conv.Status_NEW, conv.Route_OFFERED, none)
}

func TestConfirmOfAForgottenReservationRequeues(t *testing.T) {
	k := begun(t, centre.Style_LIVE_RETURN)
	k.do(fromAgent, offer(r1, ana, 1))
	k.do(event.Agent(ana), accept(r1))
	confirm := k.last[0]
	_, _ = k.answered(confirm, entity.CodeParked, nil)
	k.expect(t, nil, nil)
	_, _ = k.answered(confirm, "unknown_reservation", &agt.Reply{})
	k.expect(t, []string{"Unassigned", "Queued"}, []string{"agent.Release GONE", "queue.Enqueue 2"})
	_, _ = k.answered(confirm, "unknown_reservation", &agt.Reply{})
	k.expect(t, nil, nil)
}

func TestLateAnswersOfAgents(t *testing.T) {
	t.Run("taken by somebody", func(t *testing.T) {
		k := begun(t, centre.Style_LIVE_RETURN)
		k.do(fromAgent, offer(r1, ana, 1))
		k.advance(30 * time.Second)
		if _, err := k.try(event.Agent(ana), accept(r1)); !errors.Is(err, conversation.ErrLapsed) {
			t.Fatalf("nobody has it: %v", err)
		}
		k.do(fromAgent, offer(r2, bo, 2))
		k.do(event.Agent(bo), accept(r2))
		for _, cmd := range []*conv.Command{accept(r1), decline(r1)} {
			_, err := k.try(event.Agent(ana), cmd)
			var refusal *entity.Refusal
			if !errors.Is(err, conversation.ErrTaken) || !errors.As(err, &refusal) || id.FromBytes(refusal.Reply.(*conv.Reply).Agent) != bo {
				t.Fatalf("taken by bo: %v", err)
			}
		}
	})
	t.Run("at the very end of the lease", func(t *testing.T) {
		k := begun(t, centre.Style_LIVE_RETURN)
		k.do(fromAgent, offer(r1, ana, 1))
		k.now = k.now.Add(30 * time.Second) // the sweep has not come by yet
		if _, err := k.try(event.Agent(ana), accept(r1)); !errors.Is(err, conversation.ErrLapsed) {
			t.Fatalf("accept %v", err)
		}
	})
	t.Run("another agent's offer", func(t *testing.T) {
		k := begun(t, centre.Style_LIVE_RETURN)
		k.do(fromAgent, offer(r1, ana, 1))
		if _, err := k.try(event.Agent(bo), accept(r1)); !errors.Is(err, conversation.ErrLapsed) {
			t.Fatalf("accept %v", err)
		}
	})
}
