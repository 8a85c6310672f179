package conversation_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/engine/centre"
	"parley/engine/conversation"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

// world drives one conversation and its model through the same steps.
type world struct {
	*talk
	m       *model
	known   []id.ID       // reservations that were ever named
	reserve []entity.Send // asked and not answered
}

// does runs a command and compares the answer.
func (w *world) does(by event.Who, cmd *conv.Command, want string) {
	w.t.Helper()
	_, err := w.try(by, cmd)
	var refusal *entity.Refusal
	got := ""
	if errors.As(err, &refusal) {
		got = string(refusal.Code)
	}
	if got != want {
		w.t.Fatalf("%v by %q: %q, want %q (model %+v)", cmd, by.ID, got, want, w.m)
	}
	w.settle()
}

// settle learns the number of a reservation that was just asked for.
func (w *world) settle() {
	if w.m.seek == pending {
		r, e := w.talk.reserve()
		w.m.seek, w.reserve, w.known = r, append(w.reserve, e), append(w.known, r)
	}
}

func (w *world) agree() {
	w.t.Helper()
	v := w.s.View()
	if !w.m.agrees(v) || conversation.Sought(w.s) != w.m.seek {
		w.t.Fatalf("model %+v\nstate %v, seeks %q", w.m, v, conversation.Sought(w.s))
	}
}

// goes lets time pass to just after the earliest deadline, or a little, and says to the model what that means.
func (w *world) goes(rt *rapid.T) {
	deadline := w.s.Wake()
	if deadline.IsZero() || rapid.IntRange(0, 2).Draw(rt, "wait") == 0 {
		d := time.Duration(rapid.IntRange(1, 4000).Draw(rt, "ms")) * time.Millisecond
		if deadline.IsZero() || w.now.Add(d).Before(deadline) {
			w.advance(d)
			return
		}
	}
	before := w.s.View()
	w.advance(deadline.Sub(w.now))
	for _, name := range w.wrote() {
		switch name {
		case "OfferEnded":
			if w.wrote()[1] != "Closed" {
				w.m.backToQueue()
			}
		case "SeekEnded":
			if w.s.View().Status != conv.Status_CLOSED {
				w.m.seekFailed(false)
			}
		case "Seeking":
			w.m.look()
		case "Closed":
			abandons := before.Status == conv.Status_NEW && before.Style != centre.Style_MESSAGING
			if before.Status != conv.Status_RESOLVED && !abandons && w.s.View().CloseReason != conv.CloseReason_MAX_WAIT {
				w.t.Fatalf("closed from %v", before)
			}
			w.m.finish(true)
		}
	}
	w.settle()
}

func TestRandomWalkAgainstThePlainModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		style := rapid.SampledFrom([]centre.Style{centre.Style_LIVE, centre.Style_LIVE_RETURN, centre.Style_MESSAGING}).Draw(rt, "style")
		w := &world{talk: newTalk(rt), m: &model{style: style, disowned: map[id.ID]bool{}}, known: []id.ID{name("rx")}}
		if rapid.Bool().Draw(rt, "longest wait") {
			w.cfg.Queues[support].MaxWaitMs = 90_000
		}
		w.do(event.Entity(id.Ref{Kind: id.Contact, ID: contact}), start(style))
		w.m.queue()
		w.m.customerLast = true

		agent := rapid.SampledFrom([]id.ID{ana, bo, sue})
		one := func(rt *rapid.T) id.ID { return agent.Draw(rt, "agent") }
		r := func(rt *rapid.T) id.ID { return rapid.SampledFrom(w.known).Draw(rt, "r") }
		rt.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) { w.agree() },
			"customer says": func(*rapid.T) {
				w.does(customer, say("hello"), w.m.customerSays())
			},
			"agent says": func(rt *rapid.T) {
				a := one(rt)
				w.does(event.Agent(a), say("hello"), w.m.agentSays(a))
			},
			"note": func(rt *rapid.T) { w.does(event.Agent(one(rt)), note("x"), yes) },
			"fresh offer": func(rt *rapid.T) {
				r, a := id.ID{'o', byte(len(w.known)), byte(len(w.known) >> 8)}, one(rt)
				w.known = append(w.known, r)
				n := w.m.attempt + uint64(rapid.IntRange(-1, 1).Draw(rt, "off")&^1)
				w.does(fromAgent, offer(r, a, n), w.m.offer(r, a, n))
			},
			"offer of a known one": func(rt *rapid.T) {
				r, a := r(rt), one(rt)
				if r == w.m.seek {
					a = w.m.seeker
				}
				w.does(fromAgent, offer(r, a, w.m.attempt), w.m.offer(r, a, w.m.attempt))
			},
			"accept": func(rt *rapid.T) {
				a, r := w.mostly(rt, one(rt), r(rt))
				w.does(event.Agent(a), accept(r), w.m.accept(a, r))
			},
			"decline": func(rt *rapid.T) {
				a, r := w.mostly(rt, one(rt), r(rt))
				w.does(event.Agent(a), decline(r), w.m.decline(a, r))
			},
			"holds": func(rt *rapid.T) {
				_, r := w.mostly(rt, ana, r(rt))
				reply := w.do(fromAgent, holds(r))
				if reply.Held != (r == w.m.r) {
					rt.Fatalf("held %v", reply.Held)
				}
				if r != w.m.r {
					w.m.disown(r)
				}
			},
			"withdraw": func(rt *rapid.T) {
				_, r := w.mostly(rt, ana, r(rt))
				w.m.withdraw(r)
				w.does(fromAgent, withdraw(r), yes)
			},
			"agent gone": func(rt *rapid.T) {
				_, r := w.mostly(rt, ana, r(rt))
				w.m.gone(r)
				w.does(fromAgent, agentGone(r), yes)
			},
			"resolve": func(rt *rapid.T) {
				a := one(rt)
				rarely(rt)
				w.does(event.Agent(a), resolve, w.m.resolve(a))
			},
			"unassign": func(rt *rapid.T) {
				a := one(rt)
				w.does(event.Agent(a), unassign, w.m.unassign(a))
			},
			"assign": func(rt *rapid.T) {
				a, to := one(rt), one(rt)
				w.does(event.Agent(a), assign(to), w.m.hand(a, to, false))
			},
			"reopen": func(rt *rapid.T) {
				a := one(rt)
				w.does(event.Agent(a), reopen, w.m.hand(a, a, true))
			},
			"seek answered": func(rt *rapid.T) {
				if len(w.reserve) == 0 {
					rt.Skip()
				}
				e := w.reserve[0]
				w.reserve = w.reserve[1:]
				asked := id.FromBytes(e.Body.(*agt.Command).GetReserve().R)
				p := rapid.SampledFrom([]agt.Presence{agt.Presence_OFFLINE, agt.Presence_BREAK, agt.Presence_CALL}).Draw(rt, "presence")
				code := rapid.SampledFrom([]entity.Code{"", "full", entity.CodeParked}).Draw(rt, "code")
				if code != "" && asked == w.m.seek {
					w.m.seekFailed(p == agt.Presence_BREAK)
				}
				if _, err := w.answered(e, code, &agt.Reply{Presence: p}); err != nil {
					rt.Fatalf("verdict: %v", err)
				}
			},
			"confirm answered": func(rt *rapid.T) {
				_, r := w.mostly(rt, ana, r(rt))
				rarely(rt)
				e := entity.Send{Target: id.Ref{Kind: id.Agent, ID: ana}, Subject: self.ID,
					Body: &agt.Command{Body: &agt.Command_Confirm{Confirm: &agt.Confirm{R: r.Bytes()}}}}
				if w.m.at == "open" && w.m.r == r {
					w.m.backToQueue()
				}
				if _, err := w.answered(e, "unknown_reservation", &agt.Reply{}); err != nil {
					rt.Fatalf("verdict: %v", err)
				}
			},
			"end": func(rt *rapid.T) {
				rarely(rt)
				w.does(customer, end, w.m.end())
			},
			"time":      w.goes,
			"more time": w.goes,
			"rate": func(rt *rapid.T) {
				if v := w.s.View(); v.Survey && w.now.Sub(time.UnixMilli(v.EndedAt)) < time.Hour {
					w.does(customer, rate(2), yes)
				}
			},
			"session": func(rt *rapid.T) {
				s := rapid.SampledFrom([]id.ID{session, name("s2"), name("s3")}).Draw(rt, "session")
				if rapid.Bool().Draw(rt, "comes") {
					w.does(customer, connected(s), yes)
				} else {
					w.does(fromHost, disconnected(s), yes)
				}
			},
			"mark": func(rt *rapid.T) {
				who := rapid.SampledFrom([]event.Who{customer, event.Agent(ana)}).Draw(rt, "who")
				if w.s.Mark(who, rapid.Uint64Range(0, 60).Draw(rt, "delivered"), rapid.Uint64Range(0, 60).Draw(rt, "seen")) {
					for _, row := range w.s.Dirty() {
						w.rows[string(row.Rest)] = row
					}
				}
			},
			"head row": func(*rapid.T) { w.saveHead() },
		})
	})
}

// rarely skips what ends a walk early, nine times in ten.
func rarely(rt *rapid.T) {
	if rapid.IntRange(0, 9).Draw(rt, "rarely") > 0 {
		rt.Skip()
	}
}

// mostly returns who and what the open offer or assignment is about, sometimes somebody or something else.
func (w *world) mostly(rt *rapid.T, agent, r id.ID) (id.ID, id.ID) {
	if w.m.r.IsZero() || rapid.IntRange(0, 3).Draw(rt, "stray") == 0 {
		return agent, r
	}
	if !w.m.asked.IsZero() {
		return w.m.asked, w.m.r
	}
	return w.m.owner, w.m.r
}
