package journal_test

import (
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"parley/cluster/journal"
	"parley/cluster/journal/journaltest"
	"parley/engine/id"
)

// conv is the n-th conversation of the tests, all in shard 7.
func conv(n int) id.Ref {
	return id.Ref{Kind: id.Conversation, ID: id.ID{15: byte(n), 14: byte(n >> 8)}}
}

const shard7 = 7

// event builds a batch with one event that is also public.
func event(h *journal.Host, e id.Ref, version uint64) *journal.Batch {
	return &journal.Batch{Shard: shard7, Entity: e, Epoch: h.Term(shard7), Version: version,
		Events: []journal.Event{{Seq: version + 1, Pub: version + 1, Data: fmt.Appendf(nil, "event %d", version+1)}}}
}

func none([]journal.Row) uint64 { return 0 }

func TestLoadReturnsWhatWasApplied(t *testing.T) {
	h := journaltest.Open(t, nil)
	at := time.UnixMilli(1_700_000_000_000).UTC()
	e, peer := conv(1), conv(2)
	b := event(h, e, 0)
	b.Rows = []journal.Row{{Sub: journal.SubRows, Value: []byte("head")}, {Sub: journal.SubRows, Rest: []byte("a"), Value: []byte("1")},
		{Sub: journal.SubSessions, Rest: []byte("s"), Value: []byte("live")}, {Sub: journal.SubNumbers, Rest: []byte("42"), Value: []byte("n")}}
	b.Effects = []journal.Effect{{Seq: 1, Data: []byte("one")}, {Seq: 2, Data: []byte("two")}}
	b.Keys = []journal.ClientKey{{Sender: id.ID{1}, Key: id.ID{2}, Hash: 99, Answer: []byte("ok"), At: at}}
	b.Received = []journal.Received{{Source: peer, Seq: 8, Answer: []byte("granted"), At: at}}
	b.Wake = journal.Wake{Set: true, Due: at.Add(time.Minute)}
	if r := journaltest.Commit(t, h, b); r.Outcome != journal.Applied || r.Term != 5 || r.Index != 12 {
		t.Fatalf("commit: %+v", r)
	}
	want := journal.Loaded{Version: 1, EffectSeq: 2, Events: b.Events, Rows: b.Rows[:3], Effects: b.Effects, Keys: b.Keys, Received: b.Received, Wake: b.Wake.Due}
	got, err := h.Load(shard7, e, none)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("load: %v\ngot  %+v\nwant %+v", err, got, want)
	}
	if ref, v, ok := h.Number(shard7, []byte("42")); !ok || ref != e || string(v) != "n" {
		t.Errorf("number: %v %q %v", ref, v, ok)
	}
	if got, _ := h.Load(shard7, peer, nil); !reflect.DeepEqual(got, journal.Loaded{}) {
		t.Errorf("unknown entity: %+v", got)
	}
}

func TestFences(t *testing.T) {
	tests := []struct {
		name   string
		faults journal.Faults
		change func(*journal.Batch)
		want   journal.Outcome
	}{
		{"right version and term", journal.Faults{}, func(*journal.Batch) {}, journal.Applied},
		{"stale version", journal.Faults{}, func(b *journal.Batch) { b.Version = 0 }, journal.Refused},
		{"version ahead", journal.Faults{}, func(b *journal.Batch) { b.Version = 2 }, journal.Refused},
		{"older term", journal.Faults{}, func(b *journal.Batch) { b.Epoch-- }, journal.Refused},
		{"newer term", journal.Faults{}, func(b *journal.Batch) { b.Epoch++ }, journal.Refused},
		{"the shard itself has no version", journal.Faults{}, func(b *journal.Batch) { b.Entity, b.Version = id.Ref{Kind: id.Shard}, 9 }, journal.Applied},
		{"planted: no version fence", journal.Faults{NoVersionFence: true}, func(b *journal.Batch) { b.Version = 0 }, journal.Applied},
		{"planted: no epoch fence", journal.Faults{NoEpochFence: true}, func(b *journal.Batch) { b.Epoch-- }, journal.Applied},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := journaltest.Open(t, func(o *journal.Options) { o.Faults = tt.faults })
			e := conv(1)
			journaltest.Commit(t, h, event(h, e, 0))
			b := event(h, e, 1)
			tt.change(b)
			if r := journaltest.Commit(t, h, b); r.Outcome != tt.want {
				t.Fatalf("outcome %d, want %d", r.Outcome, tt.want)
			}
			if l, _ := h.Load(shard7, e, none); tt.want == journal.Refused && (l.Version != 1 || len(l.Events) != 1) {
				t.Errorf("a refused batch left something: %+v", l)
			}
		})
	}
}

func TestRestartRaisesTheTermAndKeepsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewMem()
		h := journaltest.OpenOn(t, fs, nil)
		for v := range uint64(10) {
			journaltest.Commit(t, h, event(h, conv(1), v))
		}
		key, node, cluster := h.ClusterKey(), h.NodeID(), h.ClusterID()
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		h = journaltest.OpenOn(t, fs, nil)
		if h.Term(shard7) != 6 || h.ClusterKey() != key || h.NodeID() != node || h.ClusterID() != cluster {
			t.Errorf("after restart: term %d, identities kept: %v %v %v", h.Term(shard7), h.ClusterKey() == key, h.NodeID() == node, h.ClusterID() == cluster)
		}
		if key == [32]byte{} || node.IsZero() || cluster.IsZero() {
			t.Error("identities are empty")
		}
		l, err := h.Load(shard7, conv(1), none)
		if err != nil || l.Version != 10 || len(l.Events) != 10 {
			t.Errorf("load: %v %+v", err, l)
		}
		if r := journaltest.Commit(t, h, event(h, conv(1), 10)); r.Outcome != journal.Applied || r.Term != 6 || r.Index != 11+10+2 {
			t.Errorf("first batch of the new term: %+v", r)
		}
		h.Close()
	})
}
