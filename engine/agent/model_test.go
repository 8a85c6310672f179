package agent_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/engine/agent"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
	"parley/engine/stage"
)

// model is the agent as one would write it without a log: the obvious slow way.
type model struct {
	now       time.Time
	presence  agt.Presence
	sessions  map[uint64]bool
	graceEnds time.Time
	held      []slot
	released  map[uint64]time.Time // before they came, and until when that is known
	misses    int
}

type slot struct {
	r         uint64
	queue     id.ID
	confirmed bool
	asks      time.Time
}

func (m *model) find(r uint64) *slot {
	for i := range m.held {
		if m.held[i].r == r {
			return &m.held[i]
		}
	}
	return nil
}

func (m *model) drop(r uint64) {
	for i := range m.held {
		if m.held[i].r == r {
			m.held = append(m.held[:i:i], m.held[i+1:]...)
			return
		}
	}
}

func (m *model) count(queue id.ID) (all, own int) {
	for _, s := range m.held {
		all++
		if s.queue == queue {
			own++
		}
	}
	return all, own
}

// may is the answer to a reservation, nil = granted.
func (m *model) may(r uint64, queue id.ID, byName, returning, forced bool) error {
	if m.find(r) != nil {
		return nil
	}
	if until, ok := m.released[r]; ok && m.now.Before(until) {
		return agent.ErrReleased
	}
	if m.presence == agt.Presence_OFFLINE || len(m.sessions) == 0 {
		return agent.ErrOffline
	}
	if m.presence == agt.Presence_CALL {
		return agent.ErrOnCall
	}
	chosen := byName && !returning
	if m.presence == agt.Presence_BREAK && !chosen {
		return agent.ErrOnBreak
	}
	if m.presence == agt.Presence_NOT_ACCEPTING && !byName && !returning {
		return agent.ErrNotAccepting
	}
	all, own := m.count(queue)
	if !forced && !returning && (all >= 3 || queue == sales && own >= 2) {
		return agent.ErrFull
	}
	return nil
}

func (m *model) prune() {
	for r, until := range m.released {
		if !m.now.Before(until) {
			delete(m.released, r)
		}
	}
}

// The machine does what the model does, at every step, and equals itself loaded from rows and replayed from events.
func TestAgentIsItsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := begin()
		m := &model{now: s.Now, sessions: map[uint64]bool{}, released: map[uint64]time.Time{}}
		rs := rapid.Uint64Range(1, 12)
		run := func(by event.Who, c *agt.Command) error {
			before := len(s.Log)
			_, err := s.Command(by, c)
			if len(s.Log) > before {
				m.prune()
			}
			return err
		}
		t.Repeat(map[string]func(*rapid.T){
			"reserve": func(t *rapid.T) {
				r, queue := rs.Draw(t, "r"), rapid.SampledFrom([]id.ID{sales, care}).Draw(t, "queue")
				who := rapid.SampledFrom([]string{"distributor", "by name", "returning", "forced"}).Draw(t, "who")
				c, by := reserve(r, 100+r, queue), event.System
				if who != "distributor" {
					by = talk
				}
				c.Returning, c.Forced = who == "returning", who == "forced"
				want := m.may(r, queue, who != "distributor", c.Returning, c.Forced)
				if err := run(by, res(c)); !errors.Is(err, want) {
					t.Fatalf("%s reserves %d: %v, model %v", who, r, err, want)
				}
				if want == nil && m.find(r) == nil {
					m.held = append(m.held, slot{r: r, queue: queue, asks: m.now.Add(35 * time.Second)})
				}
			},
			"confirm": func(t *rapid.T) {
				r := rs.Draw(t, "r")
				err := run(talk, confirm(r))
				if (err == nil) != (m.find(r) != nil) {
					t.Fatalf("confirm %d: %v", r, err)
				}
				if h := m.find(r); h != nil && !h.confirmed {
					h.confirmed, m.misses = true, 0
				}
			},
			"release": func(t *rapid.T) {
				r := rs.Draw(t, "r")
				why := rapid.SampledFrom([]agt.ReleaseWhy{agt.ReleaseWhy_DECLINED, agt.ReleaseWhy_LAPSED, agt.ReleaseWhy_ENDED}).Draw(t, "why")
				known := m.find(r) != nil
				if err := run(talk, release(r, why)); err != nil {
					t.Fatal(err)
				}
				if !known {
					if until, ok := m.released[r]; !ok || !m.now.Before(until) {
						m.released[r] = m.now.Add(10 * time.Minute)
					}
					return
				}
				m.drop(r)
				if why != agt.ReleaseWhy_LAPSED {
					return
				}
				m.misses++
				if m.presence == agt.Presence_ACCEPTING && m.misses >= 2 {
					m.presence, m.misses = agt.Presence_BREAK, 0
				}
			},
			"presence": func(t *rapid.T) {
				p := agt.Presence(rapid.Int32Range(1, 4).Draw(t, "presence"))
				err := run(event.Agent(ana), presence(p, ""))
				if (err == nil) != (m.presence != agt.Presence_OFFLINE) {
					t.Fatalf("%v while %v: %v", p, m.presence, err)
				}
				if err == nil && p != m.presence {
					m.presence, m.misses = p, 0
				}
			},
			"connect": func(t *rapid.T) {
				n := rapid.Uint64Range(1, 3).Draw(t, "session")
				if err := run(event.Agent(ana), connect(n)); err != nil {
					t.Fatal(err)
				}
				m.sessions[n], m.graceEnds = true, time.Time{}
				if m.presence == agt.Presence_OFFLINE {
					m.presence, m.misses = agt.Presence_NOT_ACCEPTING, 0
				}
			},
			"disconnect": func(t *rapid.T) {
				n := rapid.Uint64Range(1, 3).Draw(t, "session")
				if err := run(event.Agent(ana), disconnect(n, 0)); err != nil {
					t.Fatal(err)
				}
				if m.sessions[n] && len(m.sessions) == 1 && m.presence != agt.Presence_OFFLINE {
					m.graceEnds = m.now.Add(30 * time.Second)
				}
				delete(m.sessions, n)
			},
			"time": func(t *rapid.T) {
				d := time.Duration(rapid.Int64Range(0, 40_000).Draw(t, "ms")) * time.Millisecond
				s.Advance(d)
				m.now = s.Now
				before := len(s.Log)
				out := s.Wake()
				if len(s.Log) > before {
					m.prune()
				}
				if !m.graceEnds.IsZero() && !m.now.Before(m.graceEnds) {
					if len(out.Effects) != len(m.held) {
						t.Fatalf("offline tells %d of %d conversations", len(out.Effects), len(m.held))
					}
					m.presence, m.graceEnds, m.misses = agt.Presence_OFFLINE, time.Time{}, 0
					return
				}
				asked := 0
				for i := range m.held {
					if h := &m.held[i]; !h.confirmed && !m.now.Before(h.asks) {
						h.asks = m.now.Add(75 * time.Second)
						asked++
					}
				}
				if len(out.Effects) != asked {
					t.Fatalf("asked about %d, model %d", len(out.Effects), asked)
				}
			},
			"offer refused": func(t *rapid.T) {
				r := rs.Draw(t, "r")
				e := entity.Send{Body: &conv.Command{Body: &conv.Command_Offer{Offer: &conv.Offer{R: stage.ID(r).Bytes()}}}}
				before := len(s.Log)
				if _, err := s.Do(entity.Input{By: event.System, Answered: &entity.Answered{Effect: e, Code: "offer_void"}}); err != nil {
					t.Fatal(err)
				}
				if len(s.Log) > before {
					m.prune()
				}
				m.drop(r)
			},
			"": func(t *rapid.T) {
				v := view(s)
				if v.Presence != m.presence || int(v.Workload) != len(m.held) || int(v.Misses) != m.misses || v.Connected != (len(m.sessions) > 0) {
					t.Fatalf("view %v\nmodel %+v", v, m)
				}
				for _, r := range v.Reservations {
					if h := m.find(lowest(r.R)); h == nil || h.confirmed != r.Confirmed {
						t.Fatalf("reservation %v, model %+v", r, m.held)
					}
				}
				if err := s.Check(); err != nil {
					t.Fatal(err)
				}
			},
		})
	})
}

// lowest reads the small number an identifier of a test was made from.
func lowest(b []byte) uint64 {
	var n uint64
	for _, x := range b[8:] {
		n = n<<8 | uint64(x)
	}
	return n
}
