package actors_test

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
)

// Customers come, agents accept what they are offered and resolve it, the plug is pulled again and again while the disk
// is slow: no agent holds more than its limit, no conversation is stuck, no reservation leaks.
func TestCentreOverKills(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const agents, customers = 2, 12
		s := &shop{rig: &rig{t: t, fs: newFS(), opts: realKinds, jopt: slowCommit}, queue: named("queue"), inbox: named("inbox"), pool: named("pool")}
		s.start()
		defer func() { s.stop() }()
		s.seed(agents)
		var pairs []actors.SessionPair
		for n := range agents {
			s.accepting(n)
			pairs = append(pairs, pair(id.Agent, agentID(n), key(9000+n)))
		}
		rng := rand.New(rand.NewPCG(8, 9))
		var talks []id.Ref
		for n := range customers {
			talks = append(talks, s.begin(n))
			pairs = append(pairs, pair(id.Conversation, talks[n].ID, key(5000+n)))
		}
		kills := 0
		for turn := 0; turn < 400; turn++ {
			open := s.serve(talks, rng)
			if open == 0 {
				break
			}
			if turn%3 == 1 && kills < 3 {
				kills++
				s.kill()
			}
			if turn%50 == 0 {
				s.node.Beat(pairs)
			}
			time.Sleep(time.Duration(5+rng.IntN(60)) * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		for _, c := range talks {
			want(t, "status", s.talk(c).Status, conv.Status_RESOLVED)
		}
		for n := range agents {
			want(t, "workload", s.agent(n).Workload, 0)
		}
		want(t, "unfinished effects", s.metric("parley_effects"), 0)
		want(t, "kills", kills, 3)
	})
}

// serve lets agents do one thing for each conversation and returns how many are not resolved.
func (s *shop) serve(talks []id.Ref, rng *rand.Rand) (open int) {
	for n := 0; ; n++ {
		v, err := s.node.View(s.t.Context(), id.Ref{Kind: id.Agent, ID: agentID(n)})
		if err != nil {
			break
		}
		if w := v.(interface{ GetWorkload() int32 }).GetWorkload(); w > 4 {
			s.t.Fatalf("agent %d holds %d", n, w)
		}
	}
	for _, c := range talks {
		v := s.talk(c)
		if v.Status != conv.Status_RESOLVED {
			open++
		}
		if rng.IntN(3) > 0 {
			continue
		}
		switch v.Route {
		case conv.Route_OFFERED:
			s.tell(c, event.Agent(id.FromBytes(v.OfferedTo)), &conv.Command{Body: &conv.Command_Accept{Accept: &conv.Accept{R: v.R}}})
		case conv.Route_ASSIGNED:
			s.tell(c, event.Agent(id.FromBytes(v.Agent)), &conv.Command{Body: &conv.Command_Resolve{Resolve: &conv.Resolve{}}})
		}
	}
	return open
}

// tell asks without waiting for the answer.
func (s *shop) tell(c id.Ref, by event.Who, body event.Message) {
	s.node.Ask(actors.Ask{Target: c, By: by, Body: body, Done: func(actors.Answer) {}})
}
