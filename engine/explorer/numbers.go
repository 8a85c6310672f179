package explorer

import (
	"fmt"

	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/msg/que"
)

func (x *Explorer) verdictNumber(v verdict) uint32 {
	n, ok := x.verdictNumbers[v]
	if !ok {
		n = uint32(len(x.verdicts))
		x.verdicts = append(x.verdicts, v)
		x.verdictNumbers[v] = n
	}
	return n
}

func (x *Explorer) letterNumber(from, to int, subject id.ID, body event.Message) uint32 {
	lane := fmt.Sprint(from, to, subject)
	l, ok := x.lanes[lane]
	if !ok {
		l = uint32(len(x.lanes))
		x.lanes[lane] = l
	}
	key := lane + " " + string(encoded(body))
	n, ok := x.letterNumbers[key]
	if !ok {
		n = uint32(len(x.letters))
		sender := "distributor"
		if from >= 0 {
			sender = names[from]
		}
		x.letters = append(x.letters, letter{from: from, to: to, lane: l, body: body, ignored: ignored(body), name: fmt.Sprintf("%s -> %s: %v", sender, names[to], body)})
		x.letterNumbers[key] = n
	}
	return n
}

// ignored reports whether the sender does nothing with the verdict on a letter. Such a verdict arrives at once: when it
// does makes no difference, and a second delivery of the letter is a late copy.
func ignored(body event.Message) bool {
	switch m := body.(type) {
	case *que.Command:
		return true
	case *agt.Command:
		return m.GetRelease() != nil
	case *conv.Command:
		return m.GetWithdraw() != nil || m.GetAgentGone() != nil
	}
	return false
}

func (x *Explorer) commandNumber(by event.Who, body event.Message) uint32 {
	key := fmt.Sprint(by.Kind, by.ID) + string(encoded(body))
	n, ok := x.commandNumbers[key]
	if !ok {
		n = uint32(len(x.commands))
		x.commands = append(x.commands, stepInput{by: by, body: body})
		x.commandNumbers[key] = n
	}
	return n
}
