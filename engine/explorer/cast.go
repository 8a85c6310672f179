// Package explorer walks the states that conversations, agents and queues can reach together when messages are
// reordered, lost, doubled and late, and looks for a reservation that leaks or a conversation that is stuck.
package explorer

import (
	"encoding/binary"
	"time"

	"parley/engine/agent"
	"parley/engine/centre"
	"parley/engine/conversation"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/queue"
)

// The cast: two conversations, two agents who serve both queues, two queues. A supervisor assigns by hand and is no
// entity here.
const (
	conv0 = iota
	conv1
	agent0
	agent1
	queue0
	queue1
	entities
)

// start is when everything happens that no deadline causes. Entities have clocks of their own: a deadline fires whenever
// the explorer says so, at its own time, and then it is start again. So no state differs from another by its age.
var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func num(n uint64) id.ID {
	var i id.ID
	binary.BigEndian.PutUint64(i[8:], n)
	return i
}

var (
	boss = num(30)
	site = [2]id.ID{num(31), num(32)} // of the two conversations: one ends for good, one may come back
	refs = [entities]id.Ref{
		{Kind: id.Conversation, ID: num(1)}, {Kind: id.Conversation, ID: num(2)},
		{Kind: id.Agent, ID: num(11)}, {Kind: id.Agent, ID: num(12)},
		{Kind: id.Queue, ID: num(21)}, {Kind: id.Queue, ID: num(22)},
	}
	types = [entities]entity.Type{
		conversation.Type(), conversation.Type(), agent.Type(), agent.Type(), queue.Type(), queue.Type(),
	}
	queueOf   = [2]int{queue0, queue1} // of the two conversations
	customers = [2]id.ID{num(41), num(42)}
)

// reservation is the n-th random r of a walk.
func reservation(n uint8) id.ID { return num(1000 + uint64(n)) }

// who turns a reference into its place in the cast; -1 = not in it (a contact).
func who(r id.Ref) int {
	for i, x := range refs {
		if x == r {
			return i
		}
	}
	return -1
}

// config gives each agent room for one conversation, so that the two conversations need both.
func config() *centre.Config {
	c := &centre.Config{
		Version:  1,
		Settings: &centre.Settings{Limit: 1},
		Inboxes: map[id.ID]*centre.Inbox{
			site[0]: {Id: site[0].Bytes(), Style: centre.Style_LIVE}, site[1]: {Id: site[1].Bytes(), Style: centre.Style_LIVE_RETURN},
		},
		Queues: map[id.ID]*centre.Queue{},
		Agents: map[id.ID]*centre.Agent{boss: {Id: boss.Bytes(), Role: centre.Role_SUPERVISOR}},
	}
	for _, q := range queueOf {
		i := refs[q].ID
		c.Queues[i] = &centre.Queue{Id: i.Bytes()}
	}
	for _, a := range []int{agent0, agent1} {
		i := refs[a].ID
		c.Agents[i] = &centre.Agent{Id: i.Bytes(), Limit: -1, Role: centre.Role_AGENT, Queues: []*centre.Member{
			{Queue: refs[queue0].ID.Bytes()}, {Queue: refs[queue1].ID.Bytes()}}}
	}
	return c
}

// opening is what happens before a walk: two customers begin, two agents are there and accept.
func opening() []stepInput {
	var in []stepInput
	for c, q := range queueOf {
		in = append(in, stepInput{to: c, by: event.Entity(id.Ref{Kind: id.Contact, ID: customers[c]}), body: &conv.Command{
			Body: &conv.Command_Start{Start: &conv.Start{Contact: customers[c].Bytes(), Inbox: site[c].Bytes(), Queue: refs[q].ID.Bytes(),
				Message: &conv.Post{Text: "hello"}}}}})
	}
	for _, a := range []int{agent0, agent1} {
		in = append(in, stepInput{to: a, by: event.Agent(refs[a].ID), body: connect()},
			stepInput{to: a, by: event.Agent(refs[a].ID), body: presence(agt.Presence_ACCEPTING)})
	}
	return in
}

type stepInput struct {
	to   int
	by   event.Who
	body event.Message
}

func connect() *agt.Command {
	return &agt.Command{Body: &agt.Command_Connected{Connected: &agt.Connected{Session: num(50).Bytes()}}}
}

func presence(p agt.Presence) *agt.Command {
	return &agt.Command{Body: &agt.Command_SetPresence{SetPresence: &agt.SetPresence{Presence: p}}}
}
