package agent_test

import (
	"testing"
	"time"

	"parley/engine/agent"
	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/stage"
)

var (
	ana   = stage.ID(1)
	boss  = stage.ID(2)
	sales = stage.ID(10) // limit 2 per agent
	care  = stage.ID(11)
	other = stage.ID(12) // ana does not serve it
	talk  = event.Entity(id.Ref{Kind: id.Conversation, ID: stage.ID(100)})
)

func config() *centre.Config {
	return &centre.Config{
		Settings: &centre.Settings{Limit: 3, BreakReasons: []string{"lunch", ""}},
		Queues: map[id.ID]*centre.Queue{
			sales: {Id: sales.Bytes(), Limit: 2}, care: {Id: care.Bytes()}, other: {Id: other.Bytes()},
		},
		Agents: map[id.ID]*centre.Agent{
			ana: {Id: ana.Bytes(), Limit: -1, Role: centre.Role_AGENT, Queues: []*centre.Member{
				{Queue: sales.Bytes(), Rank: 2}, {Queue: care.Bytes()}}},
			boss: {Id: boss.Bytes(), Role: centre.Role_ADMINISTRATOR},
		},
	}
}

func begin() *stage.Stage {
	return stage.New(agent.Type(), id.Ref{Kind: id.Agent, ID: ana}, config())
}

// ready is an agent who is connected and accepting.
func ready(t testing.TB) *stage.Stage {
	s := begin()
	must(t, s, event.Agent(ana), connect(1))
	must(t, s, event.Agent(ana), presence(agt.Presence_ACCEPTING, ""))
	return s
}

func must(t testing.TB, s *stage.Stage, by event.Who, c *agt.Command) entity.Outcome {
	t.Helper()
	out, err := s.Command(by, c)
	if err != nil {
		t.Fatalf("%v: %v", c, err)
	}
	return out
}

func connect(n uint64) *agt.Command {
	return &agt.Command{Body: &agt.Command_Connected{Connected: &agt.Connected{Session: stage.ID(n).Bytes()}}}
}

func disconnect(n uint64, gone time.Duration) *agt.Command {
	return &agt.Command{Body: &agt.Command_Disconnected{Disconnected: &agt.Disconnected{Session: stage.ID(n).Bytes(), GoneMs: gone.Milliseconds()}}}
}

func presence(p agt.Presence, reason string) *agt.Command {
	return &agt.Command{Body: &agt.Command_SetPresence{SetPresence: &agt.SetPresence{Presence: p, Reason: reason}}}
}

func reserve(r, conversation uint64, queue id.ID) *agt.Reserve {
	return &agt.Reserve{R: stage.ID(r).Bytes(), Conversation: stage.ID(conversation).Bytes(), N: 1, Queue: queue.Bytes(), LeaseMs: 30_000}
}

func res(r *agt.Reserve) *agt.Command {
	return &agt.Command{Body: &agt.Command_Reserve{Reserve: r}}
}

func confirm(r uint64) *agt.Command {
	return &agt.Command{Body: &agt.Command_Confirm{Confirm: &agt.Confirm{R: stage.ID(r).Bytes()}}}
}

func release(r uint64, why agt.ReleaseWhy) *agt.Command {
	return &agt.Command{Body: &agt.Command_Release{Release: &agt.Release{R: stage.ID(r).Bytes(), Why: why}}}
}

func view(s *stage.Stage) *agt.View {
	return s.Machine.(*agent.Machine).View(ana, s.Config)
}

// answer gives the verdict on an effect.
func answer(t testing.TB, s *stage.Stage, e entity.Send, code entity.Code, reply *conv.Reply) entity.Outcome {
	t.Helper()
	var data []byte
	if reply != nil {
		var err error
		if data, err = reply.MarshalVT(); err != nil {
			t.Fatal(err)
		}
	}
	out, err := s.Do(entity.Input{By: event.System, Answered: &entity.Answered{Effect: e, Code: code, Reply: data}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
