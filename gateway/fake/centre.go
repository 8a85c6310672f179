package fake

import (
	"parley/engine/centre"
	"parley/engine/id"
)

// The identifiers of Centre.
var (
	Inbox  = id.ID{1: 1, 15: 1}
	Other  = id.ID{1: 1, 15: 2} // an inbox that one site alone may embed
	Queue  = id.ID{1: 2, 15: 1}
	Pool   = id.ID{1: 3, 15: 1}
	Ana    = id.ID{1: 4, 15: 1} // agent
	Bo     = id.ID{1: 4, 15: 2} // agent
	Sofia  = id.ID{1: 4, 15: 3} // supervisor
	Adam   = id.ID{1: 4, 15: 4} // administrator
	Origin = "https://shop.example"
)

// Centre is a small centre: two inboxes, one queue, two agents, a supervisor, an administrator.
func Centre() *centre.Config {
	agent := func(i id.ID, name, login string, role centre.Role) *centre.Agent {
		return &centre.Agent{Id: i.Bytes(), Name: name, Login: login, Role: role, Limit: -1, Queues: []*centre.Member{{Queue: Queue.Bytes()}}}
	}
	return &centre.Config{
		Version:  1,
		Settings: &centre.Settings{Name: "Acme", BreakReasons: []string{"lunch"}},
		Inboxes: map[id.ID]*centre.Inbox{
			Inbox: {Id: Inbox.Bytes(), Name: "Shop", Queue: Queue.Bytes(), Anonymous: true, Peek: true, Rating: true, Style: centre.Style_LIVE_RETURN, Origins: []string{Origin}},
			Other: {Id: Other.Bytes(), Name: "Help", Queue: Queue.Bytes(), Anonymous: true},
		},
		Queues: map[id.ID]*centre.Queue{Queue: {Id: Queue.Bytes(), Name: "Support", Pool: Pool.Bytes()}},
		Pools:  map[id.ID]*centre.Pool{Pool: {Id: Pool.Bytes(), Name: "All"}},
		Agents: map[id.ID]*centre.Agent{
			Ana: agent(Ana, "Ana", "ana", centre.Role_AGENT), Bo: agent(Bo, "Bo", "bo", centre.Role_AGENT),
			Sofia: agent(Sofia, "Sofia", "sofia", centre.Role_SUPERVISOR), Adam: agent(Adam, "Adam", "adam", centre.Role_ADMINISTRATOR),
		},
	}
}
