package command

import (
	"slices"

	"parley/gateway/protocol"
)

// Table is every command, in the order of the reference pages.
var Table = slices.Concat(customers, agents, readers, views, volatiles, configuration, accounts)

// views are the commands that change what a session follows.
var views = []*Command{
	session[protocol.OfConv, protocol.RowOK](Command{Name: "open", From: Agent, Does: "Follow a conversation that is not one's own."}),
	session[protocol.OfConv, protocol.Empty](Command{Name: "close", From: Agent, Does: "Follow it no longer."}),
	session[protocol.Watch, protocol.Empty](Command{Name: "watch", From: Agent, Does: "Get a view as pushes: queues, or (supervisors) agents."}),
	session[protocol.Watch, protocol.Empty](Command{Name: "unwatch", From: Agent, Does: "Get it no longer."}),
}

var byName = func() map[string]*Command {
	m := make(map[string]*Command, len(Table))
	for _, c := range Table {
		m[c.Name] = c
	}
	return m
}()

// Find returns a command by its name; nil when there is none.
func Find(name string) *Command { return byName[name] }
