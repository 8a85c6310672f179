package actors_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
)

// Who is not listed for 10 s is gone, then the grace runs; a crash makes nobody gone who is listed afterwards.
func TestPresence(t *testing.T) {
	centreBubble(t, 2, func(s *shop) {
		s.accepting(0)
		s.accepting(1)
		stop := s.beat(pair(id.Agent, agentID(0), key(9000)))
		time.Sleep(9 * time.Second)
		want(t, "silent for 9 s", s.agent(1).Connected, true)
		time.Sleep(3 * time.Second)
		want(t, "silent for 12 s", s.agent(1).Connected, false)
		want(t, "presence within the grace", s.agent(1).Presence, agt.Presence_ACCEPTING)
		time.Sleep(30 * time.Second)
		want(t, "presence after the grace", s.agent(1).Presence, agt.Presence_OFFLINE)
		want(t, "the listed one", s.agent(0).Connected, true)
		stop()
		s.kill()
		stop = s.beat(pair(id.Agent, agentID(0), key(9000)))
		time.Sleep(time.Minute)
		want(t, "listed after a crash", s.agent(0).Presence, agt.Presence_ACCEPTING)
		stop()
		s.kill()
		time.Sleep(time.Minute)
		want(t, "not listed after a crash", s.agent(0).Presence, agt.Presence_OFFLINE)
	})
}

// poison is a follower that breaks the goroutine that tells it.
type poison struct{ recorder }

func (p *poison) Events([]event.Event) { panic("poison") }

// A shard actor that panics restarts with its children: nothing that was acknowledged is missing, nothing is stuck, and
// its followers are told to come again.
func TestShardRestarts(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		a, b := toyRef(1), toyRef(2)
		r.reply(a, "add one")
		r.reply(a, "wake 5000")
		other := &recorder{}
		r.node.Subscribe(a, other)
		r.node.Subscribe(a, &poison{})
		synctest.Wait()
		got := r.send(a, key(1), "send %d %s add two", id.Identity, b)
		time.Sleep(10 * time.Second)
		want(t, "restarts", r.metric("parley_actor_restarts_total") > 0, true)
		if s := show(<-got); s != "ok: told 1 two" && s != actors.ErrUnknown.Error() {
			t.Error(s)
		}
		want(t, "same key", show(<-r.send(a, key(1), "send %d %s add two", id.Identity, b)), "ok: told 1 two")
		want(t, "the effect is done once", r.view(b), "two")
		if v := r.view(a); !strings.HasPrefix(v, "one|due") || strings.Count(v, "woke") != 1 {
			t.Errorf("view %s", v)
		}
		want(t, "the other follower", other.lost, error(actors.ErrNotHere))
		want(t, "unfinished effects", r.metric("parley_effects"), 0)
	})
}
