package actors_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

// word is the toy's command, event, reply and view: one field with words apart by spaces.
type word struct{ text string }

func (w *word) MarshalVT() ([]byte, error) {
	return protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), w.text), nil
}

func (w *word) UnmarshalVT(data []byte) error {
	_, _, n := protowire.ConsumeTag(data)
	if n < 0 {
		return errors.New("toy: no tag")
	}
	s, m := protowire.ConsumeString(data[n:])
	if m < 0 {
		return errors.New("toy: no text")
	}
	w.text = s
	return nil
}

func (w *word) SizeVT() int { return len(w.text) + 3 }

func say(text string, args ...any) *word { return &word{fmt.Sprintf(text, args...)} }

// toy is a machine that does what its commands say:
//
//	add X            event X, reply "n X" with its number
//	refuse, none     a refusal; a plain yes
//	panic, spoil     a panic while deciding; an event that panics while evolving
//	send K ID X      effect X on that entity, answered with its verdict
//	wake MS          a deadline in that many milliseconds, which then adds "woke"
//	number           event with the next number people see
type toy struct {
	lines []string
	wake  time.Time
}

var errToy = entity.Refuse("toy_no", "the toy refuses")

func toyType(kind id.Kind, headEvery int) entity.Type {
	return entity.Type{Kind: kind, New: func() entity.Machine { return &toy{} },
		Command: func() event.Message { return &word{} }, Event: func() event.Message { return &word{} },
		Reply: func() event.Message { return &word{} }, HeadEvery: headEvery,
		Creates: func(c event.Message) bool { return c.(*word).text != "refuse-unknown" }}
}

func events(texts ...string) (out []entity.New) {
	for _, t := range texts {
		out = append(out, entity.New{Body: say("%s", t), Pub: !strings.HasPrefix(t, "note")})
	}
	return out
}

// Decide implements entity.Machine.
func (m *toy) Decide(in entity.Input, env *entity.Env) (entity.Outcome, error) {
	switch {
	case in.Wake:
		if m.wake.IsZero() || m.wake.After(env.Now) {
			return entity.Outcome{}, nil
		}
		return entity.Outcome{Events: events("woke " + strconv.FormatInt(env.Now.UnixMilli(), 10))}, nil
	case in.Answered != nil:
		return m.answered(in.Answered)
	}
	verb, rest, _ := strings.Cut(in.Body.(*word).text, " ")
	switch verb {
	case "add":
		return entity.Outcome{Events: events(rest), Reply: say("%d %s", len(m.lines)+1, rest)}, nil
	case "refuse", "refuse-unknown":
		return entity.Outcome{}, errToy.With(say("have %d", len(m.lines)))
	case "none":
		return entity.Outcome{Reply: say("have %d", len(m.lines))}, nil
	case "panic":
		panic("toy")
	case "spoil":
		return entity.Outcome{Events: events("spoil")}, nil
	case "send":
		f := strings.SplitN(rest, " ", 3)
		k, _ := strconv.Atoi(f[0])
		target, err := id.Parse(id.Kind(k), f[1])
		if err != nil {
			return entity.Outcome{}, entity.ErrInvalid
		}
		return entity.Outcome{Events: events("sent " + f[2]), Await: env.NextEffect,
			Effects: []entity.Send{{Target: id.Ref{Kind: id.Kind(k), ID: target}, Body: say("%s", f[2])}}}, nil
	case "wake":
		ms, _ := strconv.Atoi(rest)
		return entity.Outcome{Events: events(fmt.Sprintf("due %d", env.Now.Add(time.Duration(ms)*time.Millisecond).UnixMilli()))}, nil
	case "number":
		return entity.Outcome{Events: events(fmt.Sprintf("number %d", env.Number()))}, nil
	}
	return entity.Outcome{}, entity.ErrUnknownCommand
}

func (m *toy) answered(a *entity.Answered) (entity.Outcome, error) {
	text := a.Effect.Body.(*word).text
	if strings.HasSuffix(text, "quiet") {
		return entity.Outcome{}, nil
	}
	var reply word
	if len(a.Reply) > 0 {
		if err := reply.UnmarshalVT(a.Reply); err != nil {
			return entity.Outcome{}, err
		}
	}
	return entity.Outcome{Events: events(fmt.Sprintf("verdict %s %q", a.Code, reply.text)), Reply: say("told %s", reply.text)}, nil
}

// Evolve implements entity.Machine.
func (m *toy) Evolve(e *event.Event) {
	text := e.Body.(*word).text
	switch verb, rest, _ := strings.Cut(text, " "); verb {
	case "spoil":
		panic("toy: spoilt")
	case "due":
		ms, _ := strconv.ParseInt(rest, 10, 64)
		m.wake = time.UnixMilli(ms).UTC()
	case "woke":
		m.wake = time.Time{}
	}
	m.lines = append(m.lines, text)
}

// Wake, Dirty, Head, LoadHead, LoadRow and View implement entity.Machine and the host's viewer.
func (m *toy) Wake() time.Time     { return m.wake }
func (m *toy) Dirty() []entity.Row { return nil }
func (m *toy) Head() []byte {
	var ms int64
	if !m.wake.IsZero() {
		ms = m.wake.UnixMilli()
	}
	return []byte(fmt.Sprintf("%d\n%s", ms, strings.Join(m.lines, "\n")))
}

func (m *toy) LoadHead(head []byte) error {
	first, rest, _ := strings.Cut(string(head), "\n")
	ms, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return err
	}
	if ms != 0 {
		m.wake = time.UnixMilli(ms).UTC()
	}
	m.lines = strings.Split(rest, "\n")
	return nil
}

func (m *toy) LoadRow(rest, value []byte, session bool) error { return nil }
func (m *toy) View() event.Message                            { return say("%s", strings.Join(m.lines, "|")) }
