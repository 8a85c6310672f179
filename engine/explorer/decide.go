package explorer

import (
	"errors"
	"fmt"
	"time"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

// Fault is a defect planted between the messages and the real Decide functions, to see that the explorer finds it.
type Fault int

// The planted defects.
const (
	None                Fault = iota
	ReleaseFreesNewer         // an old Release frees whatever the conversation has reserved by now
	ConfirmTakesUnknown       // Confirm of an unknown reservation takes the room
	AttemptFenceOff           // the conversation takes an offer of any attempt
)

// letter is a message between two of the cast. Equal ones are kept once.
type letter struct {
	from, to int    // from -1 = the distributor
	lane     uint32 // number of (from, to, subject)
	body     event.Message
	ignored  bool // the sender does nothing with the verdict
	name     string
}

// verdict is the answer to a letter. Equal ones are kept once; number 0 is "none yet".
type verdict struct {
	code  entity.Code
	reply string
}

// input is everything a decision depends on beside the state. It is comparable: decisions are kept.
type input struct {
	kind    inputKind
	number  uint32 // of the letter or of the command
	verdict uint32
}

type inputKind uint8

const (
	byLetter inputKind = iota
	bySystem           // a letter of the distributor
	byAnswer           // the verdict on an own letter
	byWake
	byCommand
)

type question struct {
	state uint32
	in    input
	nextR uint8
}

// outcome is what a decision leads to.
type outcome struct {
	state   uint32
	letters []uint32
	verdict uint32
	refused bool
	usedR   uint8
}

type viewer interface {
	View(id.ID, *centre.Config) *agt.View
}

func timeAt(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// decide asks the real machine once per state and input.
func (x *Explorer) decide(q question) outcome {
	if out, ok := x.decisions[q]; ok {
		return out
	}
	s := x.snapshots[q.state]
	in := x.input(s, q.in)
	used := uint8(0)
	env := &entity.Env{
		Self: refs[s.who], Now: start, Config: x.config, ClusterVersion: entity.Version, NextEffect: 1,
		NewID:  func() id.ID { used++; return reservation(q.nextR + used - 1) },
		Number: func() uint64 { return 1 },
	}
	if in.Wake {
		env.Now = s.machine.Wake()
	}
	out, err := s.machine.Decide(in, env)
	out, err = x.spoil(s, in, out, err)
	result := x.result(s, in, out, err, env.Now.UnixMilli())
	result.usedR = used
	x.decisions[q] = result
	return result
}

func (x *Explorer) result(s *snapshot, in entity.Input, out entity.Outcome, err error, now int64) outcome {
	state := s.number
	if err != nil {
		var r *entity.Refusal
		if !errors.As(err, &r) {
			panic(fmt.Sprintf("%v is no refusal", err))
		}
		v := verdict{code: r.Code}
		if r.Reply != nil {
			reply, err := r.Reply.MarshalVT()
			if err != nil {
				panic(err)
			}
			v.reply = string(reply)
		}
		return outcome{state: state, verdict: x.verdictNumber(v), refused: true}
	}
	result := outcome{state: state}
	if len(out.Events) > 0 {
		for i := range out.Events {
			if out.Events[i].By == (event.Who{}) {
				out.Events[i].By = in.By
			}
		}
		result.state = x.evolve(s, s.who, out.Events, now)
	}
	for _, e := range out.Effects {
		if to := who(e.Target); to >= 0 {
			result.letters = append(result.letters, x.letterNumber(s.who, to, e.Subject, e.Body))
		}
	}
	v := verdict{}
	if out.Reply != nil {
		v.reply = string(encoded(reduced(out.Reply)))
	}
	result.verdict = x.verdictNumber(v)
	return result
}

// reduced leaves out of a reply what the asker does not look at.
func reduced(m event.Message) event.Message {
	switch r := m.(type) {
	case *agt.Reply:
		r.Version = 0
	case *conv.Reply:
		r.Seq, r.Pub, r.At = 0, 0, 0
	}
	return m
}

func (x *Explorer) input(s *snapshot, in input) entity.Input {
	switch in.kind {
	case byWake:
		return entity.Input{By: event.System, Wake: true}
	case byCommand:
		c := x.commands[in.number]
		return entity.Input{By: c.by, Body: c.body}
	}
	l := x.letters[in.number]
	switch in.kind {
	case bySystem:
		return entity.Input{By: event.System, Body: l.body}
	case byAnswer:
		v := x.verdicts[in.verdict]
		return entity.Input{By: event.System, Answered: &entity.Answered{
			Effect: entity.Send{Target: refs[l.to], Body: l.body}, Code: v.code, Reply: []byte(v.reply)}}
	default:
		from := refs[l.from]
		return entity.Input{By: event.Entity(from), Cause: event.Source{Ref: from, Seq: 1}, Body: l.body}
	}
}

// spoil plants the fault: it changes what the machine said, as the faulty machine would have said it.
func (x *Explorer) spoil(s *snapshot, in entity.Input, out entity.Outcome, err error) (entity.Outcome, error) {
	switch x.fault {
	case ReleaseFreesNewer:
		if c := commandOf[*agt.Command](in).GetRelease(); c != nil && err == nil {
			for _, r := range s.agent.Reservations {
				if id.FromBytes(r.Conversation) == in.Cause.Ref.ID {
					freed := &agt.Event{Body: &agt.Event_Released{Released: &agt.Released{R: r.R, Why: c.Why}}}
					return entity.Outcome{Events: []entity.New{{Body: freed}}}, nil
				}
			}
		}
	case ConfirmTakesUnknown:
		if c := commandOf[*agt.Command](in).GetConfirm(); c != nil && err != nil {
			taken := &agt.Event{Body: &agt.Event_Reserved{Reserved: &agt.Reserved{R: c.R, Conversation: in.Cause.Ref.ID.Bytes(), Weight: 1}}}
			sure := &agt.Event{Body: &agt.Event_Confirmed{Confirmed: &agt.Confirmed{R: c.R}}}
			return entity.Outcome{Events: []entity.New{{Body: taken}, {Body: sure}}}, nil
		}
	case AttemptFenceOff:
		if c := commandOf[*conv.Command](in).GetOffer(); c != nil && err != nil && s.conv.Route == conv.Route_QUEUED {
			again := &conv.Command{Body: &conv.Command_Offer{Offer: &conv.Offer{R: c.R, Agent: c.Agent, N: s.conv.QueuedN, LeaseMs: c.LeaseMs}}}
			return s.machine.Decide(entity.Input{By: in.By, Cause: in.Cause, Body: again}, &entity.Env{Self: refs[s.who], Now: start, Config: x.config, NextEffect: 1})
		}
	}
	return out, err
}

// commandOf returns the input's command when it is of that kind; the getters of the zero value return nil.
func commandOf[M event.Message](in entity.Input) M {
	m, _ := in.Body.(M)
	return m
}
