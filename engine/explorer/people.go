package explorer

import (
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

// command lets somebody do something; left is its budget, nil = none. Nothing comes of a refusal.
func (k *walk) command(name string, to int, by event.Who, body event.Message, left func(*Budget) *uint8) {
	if left != nil && *left(&k.w.left) == 0 {
		return
	}
	n, out := k.x.apply(k.w, to, input{kind: byCommand, number: k.x.commandNumber(by, body)})
	if out.refused || out.state == k.w.states[to] && len(out.letters) == 0 {
		return
	}
	if left != nil {
		*left(&n.left)--
	}
	k.add(name, n)
}

// people: agents answer offers, resolve, give back, change presence, sign out; the customer ends it; a supervisor assigns.
func (k *walk) people() {
	for c := range 2 {
		s := k.x.snapshots[k.w.states[c]].conv
		r, name := s.R, names[c]
		switch s.Route {
		case conv.Route_OFFERED:
			by := event.Agent(id.FromBytes(s.OfferedTo))
			k.command("accept "+name, c, by, &conv.Command{Body: &conv.Command_Accept{Accept: &conv.Accept{R: r}}}, nil)
			k.command("decline "+name, c, by, &conv.Command{Body: &conv.Command_Decline{Decline: &conv.Decline{R: r}}},
				func(b *Budget) *uint8 { return &b.Decline })
		case conv.Route_ASSIGNED:
			by := event.Agent(id.FromBytes(s.Owner))
			k.command("resolve "+name, c, by, &conv.Command{Body: &conv.Command_Resolve{Resolve: &conv.Resolve{}}},
				func(b *Budget) *uint8 { return &b.Close })
			k.command("give back "+name, c, by, &conv.Command{Body: &conv.Command_Unassign{Unassign: &conv.Unassign{}}},
				func(b *Budget) *uint8 { return &b.Unassign })
			if s.LastByCustomer {
				k.command("answer in "+name, c, by, line(), func(b *Budget) *uint8 { return &b.Post })
			}
		}
		if s.Status == conv.Status_RESOLVED || s.Lost {
			k.command("customer writes again in "+name, c, event.Customer(customers[c]), line(), func(b *Budget) *uint8 { return &b.Post })
		}
		k.command("customer ends "+name, c, event.Customer(customers[c]), &conv.Command{Body: &conv.Command_End{End: &conv.End{}}},
			func(b *Budget) *uint8 { return &b.Close })
		for _, a := range []int{agent0, agent1} {
			k.command("assign "+name+" to "+names[a], c, event.Agent(boss), &conv.Command{Body: &conv.Command_Assign{Assign: &conv.Assign{Agent: refs[a].ID.Bytes()}}},
				func(b *Budget) *uint8 { return &b.Assign })
		}
	}
	for _, a := range []int{agent0, agent1} {
		self := event.Agent(refs[a].ID)
		k.command(names[a]+" takes a break", a, self, presence(agt.Presence_BREAK), func(b *Budget) *uint8 { return &b.Break })
		k.command(names[a]+" accepts work", a, self, presence(agt.Presence_ACCEPTING), nil)
		k.command(names[a]+" signs out", a, self, &agt.Command{Body: &agt.Command_SignOut{SignOut: &agt.SignOut{All: true}}},
			func(b *Budget) *uint8 { return &b.SignOut })
		k.command(names[a]+" loses the connection", a, self, &agt.Command{Body: &agt.Command_Disconnected{Disconnected: &agt.Disconnected{Session: num(50).Bytes()}}},
			func(b *Budget) *uint8 { return &b.SignOut })
		k.command(names[a]+" connects", a, self, connect(), nil)
	}
}

func line() *conv.Command {
	return &conv.Command{Body: &conv.Command_Post{Post: &conv.Post{Text: "hello"}}}
}

// deadlines: any deadline of any entity may be the next to fire.
func (k *walk) deadlines() {
	for e := range queue0 {
		if k.x.snapshots[k.w.states[e]].machine.Wake().IsZero() {
			continue
		}
		n, out := k.x.apply(k.w, e, input{kind: byWake})
		if out.state == k.w.states[e] {
			continue
		}
		left := &n.left.Lapse
		if e >= agent0 {
			left = &n.left.Ask
		}
		if *left == 0 {
			continue
		}
		*left--
		k.add("deadline of "+names[e], n)
	}
}
