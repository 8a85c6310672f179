package journal_test

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"pgregory.net/rapid"

	"parley/cluster/journal"
	"parley/cluster/journal/journaltest"
	"parley/engine/id"
)

// model is the obvious, slow journal of one shard: what was applied, batch after batch.
type model struct {
	t       *testing.T
	fs      *vfs.MemFS
	h       *journal.Host
	batches []*journal.Batch
}

var (
	modelStart = time.UnixMilli(1_700_000_000_000).UTC()
	modelKinds = []id.Kind{id.Conversation, id.Agent, id.Queue}
)

func drawEntity(t *rapid.T) id.Ref {
	return id.Ref{Kind: rapid.SampledFrom(modelKinds).Draw(t, "kind"), ID: id.ID{15: rapid.ByteRange(1, 3).Draw(t, "entity")}}
}

func drawMoment(t *rapid.T) time.Time {
	return modelStart.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "second")) * time.Second)
}

func (m *model) version(e id.Ref) (v uint64, effects uint64) {
	for _, b := range m.batches {
		if b.Entity == e {
			v += uint64(len(b.Events))
			effects += uint64(len(b.Effects))
		}
	}
	return v, effects
}

// draw makes a batch an entity might decide now.
func (m *model) draw(t *rapid.T) *journal.Batch {
	e := drawEntity(t)
	version, effects := m.version(e)
	b := &journal.Batch{Shard: shard7, Entity: e, Epoch: m.h.Term(shard7), Version: version}
	var pub uint64
	if all := m.pubs(e); len(all) > 0 {
		pub = all[len(all)-1].Pub
	}
	for n := range rapid.IntRange(0, 3).Draw(t, "events") {
		ev := journal.Event{Seq: version + 1 + uint64(n), Data: fmt.Appendf(nil, "%d", version)}
		if rapid.Bool().Draw(t, "public") {
			// Numbers may have holes and are never ahead of the seq.
			pub = min(pub+rapid.Uint64Range(1, 2).Draw(t, "hole"), ev.Seq)
			ev.Pub = pub
		}
		b.Events = append(b.Events, ev)
	}
	for range rapid.IntRange(0, 2).Draw(t, "rows") {
		b.Rows = append(b.Rows, m.row(t, e))
	}
	for n := range rapid.IntRange(0, 2).Draw(t, "effects") {
		b.Effects = append(b.Effects, journal.Effect{Seq: effects + 1 + uint64(n), Data: []byte{byte(n)}})
	}
	if open := m.effects(); len(open) > 0 && rapid.Bool().Draw(t, "finish") {
		b.Finished = []journal.EffectRef{rapid.SampledFrom(open).Draw(t, "finished").EffectRef}
	}
	if rapid.Bool().Draw(t, "key") {
		b.Keys = []journal.ClientKey{{Sender: id.ID{1}, Key: id.ID{rapid.ByteRange(1, 4).Draw(t, "key")}, Hash: version, Answer: []byte("a"), At: drawMoment(t)}}
	}
	if rapid.Bool().Draw(t, "received") {
		b.Received = []journal.Received{{Source: drawEntity(t), Seq: version + 1, Answer: []byte("r"), At: drawMoment(t)}}
	}
	if rapid.Bool().Draw(t, "wake") {
		b.Wake.Set = true
		if rapid.Bool().Draw(t, "due") {
			b.Wake.Due = drawMoment(t)
		}
	}
	return b
}

func (m *model) row(t *rapid.T, e id.Ref) journal.Row {
	r := journal.Row{Sub: rapid.SampledFrom([]journal.Sub{journal.SubRows, journal.SubSessions, journal.SubNumbers}).Draw(t, "sub")}
	if r.Sub == journal.SubNumbers {
		r.Rest = append([]byte{byte(e.Kind)}, e.ID[15])
	} else if n := rapid.ByteRange(0, 3).Draw(t, "rest"); n > 0 {
		r.Rest = []byte{n}
	}
	if r.Delete = rapid.Bool().Draw(t, "delete"); !r.Delete {
		r.Value = []byte{rapid.ByteRange(1, 9).Draw(t, "value")}
	}
	return r
}

func (m *model) pubs(e id.Ref) (out []journal.Event) {
	for _, ev := range m.events(e) {
		if ev.Pub > 0 {
			out = append(out, ev)
		}
	}
	return out
}

func (m *model) events(e id.Ref) (out []journal.Event) {
	for _, b := range m.batches {
		if b.Entity == e {
			out = append(out, b.Events...)
		}
	}
	return out
}

func compareRefs(a, b id.Ref) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), slices.Compare(a.ID[:], b.ID[:]))
}

func (m *model) effects() (out []journal.StoredEffect) {
	open := map[journal.EffectRef][]byte{}
	for _, b := range m.batches {
		for _, e := range b.Effects {
			open[journal.EffectRef{Entity: b.Entity, Seq: e.Seq}] = e.Data
		}
		for _, f := range b.Finished {
			delete(open, f)
		}
	}
	for ref, data := range open {
		out = append(out, journal.StoredEffect{EffectRef: ref, Data: data})
	}
	slices.SortFunc(out, func(a, b journal.StoredEffect) int {
		return cmp.Or(compareRefs(a.Entity, b.Entity), cmp.Compare(a.Seq, b.Seq))
	})
	return out
}

// rows of a sub-range in key order, by entity.
func (m *model) rows(sub journal.Sub) (out []journal.SessionRow) {
	type key struct {
		e    id.Ref
		rest string
	}
	all := map[key][]byte{}
	for _, b := range m.batches {
		for _, r := range b.Rows {
			if r.Sub != sub {
				continue
			}
			if k := (key{b.Entity, string(r.Rest)}); r.Delete {
				delete(all, k)
			} else {
				all[k] = r.Value
			}
		}
	}
	for k, v := range all {
		out = append(out, journal.SessionRow{Entity: k.e, Rest: append([]byte(nil), k.rest...), Value: v})
	}
	slices.SortFunc(out, func(a, b journal.SessionRow) int {
		return cmp.Or(compareRefs(a.Entity, b.Entity), slices.Compare(a.Rest, b.Rest))
	})
	return out
}

func (m *model) wakes() (out []journal.DueWake) {
	due := map[id.Ref]time.Time{}
	for _, b := range m.batches {
		if b.Wake.Set {
			due[b.Entity] = b.Wake.Due
		}
	}
	for e, d := range due {
		if !d.IsZero() {
			out = append(out, journal.DueWake{Entity: e, Due: d})
		}
	}
	slices.SortFunc(out, func(a, b journal.DueWake) int { return cmp.Or(a.Due.Compare(b.Due), compareRefs(a.Entity, b.Entity)) })
	return out
}

// answers are the keys and marks that were not expired, and when each was made.
func (m *model) answers() map[journal.ExpiredKey]time.Time {
	out := map[journal.ExpiredKey]time.Time{}
	for _, b := range m.batches {
		for _, k := range b.Keys {
			out[journal.ExpiredKey{Entity: b.Entity, Sender: k.Sender, Key: k.Key}] = k.At
		}
		for _, r := range b.Received {
			out[journal.ExpiredKey{Entity: b.Entity, Received: true, Source: r.Source, Seq: r.Seq}] = r.At
		}
		for _, x := range b.Expire {
			delete(out, x)
		}
	}
	return out
}

func (m *model) commit(t *rapid.T, b *journal.Batch, want journal.Outcome) {
	if r := journaltest.Commit(m.t, m.h, b); r.Outcome != want {
		t.Fatalf("outcome %d, want %d: %+v", r.Outcome, want, b)
	}
	if want == journal.Applied {
		m.batches = append(m.batches, b)
	}
}

func (m *model) reopen(fs *vfs.MemFS) {
	m.h.Close()
	m.fs, m.h = fs, journaltest.OpenOn(m.t, fs, nil)
}

// TestJournalAgainstModel does random things to a shard and after each compares all that can be read with the model.
func TestJournalAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{t: t, fs: vfs.NewCrashableMem()}
		m.h = journaltest.OpenOn(t, m.fs, nil)
		defer func() { m.h.Close() }()
		rt.Repeat(map[string]func(*rapid.T){
			"commit":  func(t *rapid.T) { m.commit(t, m.draw(t), journal.Applied) },
			"commit2": func(t *rapid.T) { m.commit(t, m.draw(t), journal.Applied) },
			"commit3": func(t *rapid.T) { m.commit(t, m.draw(t), journal.Applied) },
			"refuse": func(t *rapid.T) {
				b := m.draw(t)
				if rapid.Bool().Draw(t, "fence") {
					b.Version++
				} else {
					b.Epoch--
				}
				m.commit(t, b, journal.Refused)
			},
			"expire": func(t *rapid.T) {
				gone, err := m.h.Expired(shard7, drawMoment(t), rapid.IntRange(0, 3).Draw(t, "limit"))
				if err != nil {
					t.Fatal(err)
				}
				m.commit(t, &journal.Batch{Shard: shard7, Entity: id.Ref{Kind: id.Shard}, Epoch: m.h.Term(shard7), Expire: gone}, journal.Applied)
			},
			"restart":   func(*rapid.T) { m.reopen(m.fs) },
			"powerLoss": func(*rapid.T) { m.reopen(m.fs.CrashClone(vfs.CrashCloneCfg{})) },
			"":          m.compare,
		})
	})
}

func same[T any](t *rapid.T, what string, got, want []T, err error) {
	t.Helper()
	if err != nil || len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: %v\ngot  %+v\nwant %+v", what, err, got, want)
	}
}

func (m *model) compare(t *rapid.T) {
	effects, err := m.h.Effects(shard7)
	same(t, "effects", effects, m.effects(), err)
	sessions, err := m.h.Sessions(shard7)
	same(t, "sessions", sessions, m.rows(journal.SubSessions), err)
	m.compareWakes(t)
	for _, r := range m.rows(journal.SubNumbers) {
		if e, v, ok := m.h.Number(shard7, r.Rest); !ok || e != r.Entity || !slices.Equal(v, r.Value) {
			t.Fatalf("number %x: %v %x %v, want %+v", r.Rest, e, v, ok, r)
		}
	}
	for _, kind := range modelKinds {
		var got, want []journal.SessionRow
		err := m.h.ScanRows(shard7, kind, func(e id.Ref, r journal.Row) bool {
			got = append(got, journal.SessionRow{Entity: e, Rest: r.Rest, Value: r.Value})
			return true
		})
		for _, r := range m.rows(journal.SubRows) {
			if r.Entity.Kind == kind {
				want = append(want, r)
			}
		}
		same(t, "rows", got, want, err)
		for n := range byte(3) {
			m.compareEntity(t, id.Ref{Kind: kind, ID: id.ID{15: n + 1}})
		}
	}
}

func (m *model) compareWakes(t *rapid.T) {
	all := m.wakes()
	now := drawMoment(t)
	due := slices.DeleteFunc(slices.Clone(all), func(w journal.DueWake) bool { return w.Due.After(now) })
	got, err := m.h.DueWakes(shard7, now, journal.DueWake{}, 0)
	same(t, "due", got, due, err)
	if len(due) > 1 {
		got, err = m.h.DueWakes(shard7, now, due[0], 1)
		same(t, "due behind the first", got, due[1:2], err)
	}
	next, ok := m.h.NextWake(shard7)
	if ok != (len(all) > 0) || ok && !next.Equal(all[0].Due) {
		t.Fatalf("next wake %v %v, want first of %v", next, ok, all)
	}
}

func (m *model) compareEntity(t *rapid.T, e id.Ref) {
	l, err := m.h.Load(shard7, e, func([]journal.Row) uint64 { return 1 })
	events, pubs := m.events(e), m.pubs(e)
	version, effectSeq := m.version(e)
	if l.Version != version || l.EffectSeq != effectSeq {
		t.Fatalf("%s: version %d, effects %d, want %d, %d", e, l.Version, l.EffectSeq, version, effectSeq)
	}
	same(t, "events behind the head", l.Events, events[min(1, len(events)):], err)
	answers := 0
	for x, at := range m.answers() {
		if x.Entity == e {
			answers++
			if !has(l, x, at) {
				t.Fatalf("%s lacks %+v of %v", e, x, at)
			}
		}
	}
	if answers != len(l.Keys)+len(l.Received) {
		t.Fatalf("%s: %d keys and %d marks, want %d in all", e, len(l.Keys), len(l.Received), answers)
	}
	at, limit := rapid.Uint64Range(1, 8).Draw(t, "at"), rapid.IntRange(1, 3).Draw(t, "limit")
	bySeq := func(ev journal.Event) bool { return ev.Seq >= at }
	byPub := func(ev journal.Event) bool { return ev.Pub >= at }
	got, err := m.h.Events(shard7, e, at, limit)
	same(t, "events", got, head(behind(events, bySeq), limit), err)
	got, err = m.h.EventsBefore(shard7, e, at, limit)
	same(t, "events before", got, tail(before(events, bySeq), limit), err)
	got, err = m.h.EventsByPub(shard7, e, at, limit)
	same(t, "public events", got, head(behind(pubs, byPub), limit), err)
	got, err = m.h.EventsBeforeByPub(shard7, e, at, limit)
	same(t, "public events before", got, tail(before(pubs, byPub), limit), err)
	got, err = m.h.EventsBeforeByPub(shard7, e, math.MaxUint64, limit)
	same(t, "last public events", got, tail(pubs, limit), err)
	got, err = m.h.EventsBefore(shard7, e, 0, limit)
	same(t, "last events", got, tail(events, limit), err)
}

func has(l journal.Loaded, x journal.ExpiredKey, at time.Time) bool {
	if x.Received {
		return slices.ContainsFunc(l.Received, func(r journal.Received) bool { return r.Source == x.Source && r.Seq == x.Seq && r.At.Equal(at) })
	}
	return slices.ContainsFunc(l.Keys, func(k journal.ClientKey) bool { return k.Sender == x.Sender && k.Key == x.Key && k.At.Equal(at) })
}

func behind(list []journal.Event, from func(journal.Event) bool) []journal.Event {
	if n := slices.IndexFunc(list, from); n >= 0 {
		return list[n:]
	}
	return nil
}

func before(list []journal.Event, from func(journal.Event) bool) []journal.Event {
	if n := slices.IndexFunc(list, from); n >= 0 {
		return list[:n]
	}
	return list
}

func head(list []journal.Event, n int) []journal.Event { return list[:min(n, len(list))] }
func tail(list []journal.Event, n int) []journal.Event { return list[max(0, len(list)-n):] }
