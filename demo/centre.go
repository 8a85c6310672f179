// Package demo seeds a small contact centre, hands out its one-time links and plays simulated customers.
package demo

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"parley/actors"
	"parley/engine/centre"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/cfg"
)

// Asker sends a command to an entity; *actors.Node is one.
type Asker interface{ Ask(actors.Ask) }

// named makes the identifier of a seeded object: the same name is the same object at every start.
func named(what string) id.ID {
	sum := sha256.Sum256([]byte("parley demo: " + what))
	return id.FromBytes(sum[:16])
}

// The objects of the seeded centre.
var (
	Org       = id.Ref{Kind: id.Org, ID: id.ID{}}
	pool      = named("pool everybody")
	support   = named("queue support")
	sales     = named("queue sales")
	ShopInbox = named("inbox shop")
	OpenInbox = named("inbox advice")
)

// Person is one seeded agent.
type Person struct {
	ID   id.ID
	Name string
	Role centre.Role
}

// People are the seeded agents: two who answer, one who supervises, one who administers.
var People = []Person{
	{named("agent marta"), "Marta Kowalczyk", centre.Role_AGENT},
	{named("agent jonas"), "Jonas Berger", centre.Role_AGENT},
	{named("agent ines"), "Ines Vogt", centre.Role_SUPERVISOR},
	{named("agent lindiwe"), "Lindiwe Nkosi", centre.Role_ADMINISTRATOR},
}

func (p Person) login() string {
	for i := range p.Name {
		if p.Name[i] == ' ' {
			return string(p.Name[0]|0x20) + p.Name[1:i]
		}
	}
	return p.Name
}

// Seed makes the centre through the commands an administrator uses. Repeating it changes nothing that was not seeded.
func Seed(ctx context.Context, to Asker) error {
	commands := []*cfg.Command{
		{Body: &cfg.Command_PutSettings{PutSettings: &centre.Settings{Name: "Nordlicht Outdoor", Limit: 4, BreakReasons: []string{"Lunch", "Short break", "Training"}}}},
		{Body: &cfg.Command_PutPool{PutPool: &centre.Pool{Id: pool.Bytes(), Name: "Everybody"}}},
		{Body: &cfg.Command_PutQueue{PutQueue: &centre.Queue{Id: support.Bytes(), Name: "Support", Pool: pool.Bytes(), Greeting: "Hello. Somebody from Nordlicht is with you in a moment."}}},
		{Body: &cfg.Command_PutQueue{PutQueue: &centre.Queue{Id: sales.Bytes(), Name: "Sales", Pool: pool.Bytes(), Priority: 40}}},
		{Body: &cfg.Command_PutInbox{PutInbox: &centre.Inbox{Id: ShopInbox.Bytes(), Name: "Nordlicht Outdoor", Style: centre.Style_LIVE_RETURN, Queue: support.Bytes(), Rating: true, Peek: true, Brand: "#0b6c80"}}},
		{Body: &cfg.Command_PutInbox{PutInbox: &centre.Inbox{Id: OpenInbox.Bytes(), Name: "Nordlicht advice", Style: centre.Style_LIVE_RETURN, Queue: sales.Bytes(), Anonymous: true, Rating: true, Brand: "#0b6c80"}}},
	}
	for _, p := range People {
		a := &centre.Agent{Id: p.ID.Bytes(), Name: p.Name, Login: p.login(), Role: p.Role, Limit: -1}
		a.Queues = []*centre.Member{{Queue: support.Bytes(), Rank: 1}, {Queue: sales.Bytes(), Rank: 1}}
		commands = append(commands, &cfg.Command{Body: &cfg.Command_PutAgent{PutAgent: a}})
	}
	for _, c := range commands {
		if err := ask(ctx, to, Org, c); err != nil {
			return fmt.Errorf("seed the centre: %w", err)
		}
	}
	return nil
}

// Seeded reports whether the centre was made to the end: the last person is the last command of Seed. A node that was killed
// in the middle of it seeds again.
func Seeded(c *centre.Config) bool { return c.Agent(People[len(People)-1].ID) != nil }

// operator is who runs the node: the only actor that needs no sign-in.
var operator = event.Who{Kind: event.Actor_OPERATOR}

// ask sends one command and waits for its end.
func ask(ctx context.Context, to Asker, target id.Ref, body event.Message) error {
	done := make(chan actors.Answer, 1)
	to.Ask(actors.Ask{Target: target, By: operator, Body: body, Deadline: 10 * time.Second, Done: func(a actors.Answer) { done <- a }})
	select {
	case a := <-done:
		if a.Refusal != nil {
			return a.Refusal
		}
		return a.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}
