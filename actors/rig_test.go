package actors_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"

	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/prometheus/client_golang/prometheus"

	"parley/actors"
	"parley/cluster/journal"
	"parley/cluster/journal/journaltest"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

// rig is a node on a journal in memory, inside a synctest bubble.
type rig struct {
	t    *testing.T
	fs   *vfs.MemFS
	host *journal.Host
	node *actors.Node
	tap  *tap
	reg  *prometheus.Registry
	opts func(*actors.Options)
	jopt func(*journal.Options)
	down bool
}

// seeded is randomness from a seed; the journal and the node read it from several goroutines.
type seeded struct {
	sync.Mutex
	*rand.ChaCha8
}

func (s *seeded) Read(b []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	return s.ChaCha8.Read(b)
}

func randomness() *seeded { return &seeded{ChaCha8: rand.NewChaCha8([32]byte{7})} }

// toyKinds host the toy; org is a toy too, so that the host is tested without the real rules.
func toyKinds() []entity.Type {
	return []entity.Type{toyType(id.Identity, 4), toyType(id.Contact, 1), toyType(id.Org, 1)}
}

func newFS() *vfs.MemFS { return vfs.NewCrashableMem() }

func newRig(t *testing.T, opts func(*actors.Options)) *rig {
	r := &rig{t: t, fs: newFS(), opts: opts}
	r.start()
	return r
}

func (r *rig) start() {
	r.t.Helper()
	r.reg = prometheus.NewRegistry()
	o := actors.Options{Types: toyKinds(), Now: time.Now, Rand: randomness(), Registerer: r.reg,
		Logger: slog.New(slog.NewTextHandler(testLog{r.t}, &slog.HandlerOptions{Level: slog.LevelError}))}
	if r.opts != nil {
		r.opts(&o)
	}
	n, err := actors.New(o)
	if err != nil {
		r.t.Fatal(err)
	}
	r.node = n
	jo := journaltest.Options(r.fs)
	jo.Now, jo.Rand = time.Now, randomness()
	jo.Watcher = n.Watcher()
	if r.jopt != nil {
		r.jopt(&jo)
	}
	h, err := journal.Open(jo)
	if err != nil {
		r.t.Fatal(err)
	}
	r.host = h
	r.tap = &tap{Host: h}
	n.Start(r.tap)
	if err := h.Start(); err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := n.Ready(ctx); err != nil {
		println("not ready")
		r.t.Fatal("not ready: ", err)
	}
	r.down = false
}

func (r *rig) stop() {
	if r.down {
		return
	}
	r.down = true
	r.node.Stop()
	r.host.Close()
}

// kill leaves what a power cut at this moment would leave and starts again on it.
func (r *rig) kill() {
	fs := r.fs.CrashClone(vfs.CrashCloneCfg{})
	r.stop()
	r.fs = fs
	r.start()
}

// tap stands between node and journal: it may refuse, hold or count proposals.
type tap struct {
	*journal.Host
	mu      sync.Mutex
	propose func(p journal.Proposal, pass func(journal.Proposal) error) error
	batches []*journal.Batch
}

func (t *tap) Propose(p journal.Proposal) error {
	t.mu.Lock()
	f := t.propose
	t.batches = append(t.batches, p.Batch)
	t.mu.Unlock()
	if f != nil {
		return f(p, t.Host.Propose)
	}
	return t.Host.Propose(p)
}

func (t *tap) set(f func(p journal.Proposal, pass func(journal.Proposal) error) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.propose = f
}

type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	line, _, _ := strings.Cut(string(b), `\n`)
	l.t.Log(strings.TrimSpace(line))
	return len(b), nil
}

func toyRef(n int) id.Ref { return ref(id.Identity, n) }
func ref(k id.Kind, n int) id.Ref {
	var i id.ID
	copy(i[:], fmt.Sprintf("entity-%09d", n))
	return id.Ref{Kind: k, ID: i}
}

func key(n int) id.ID {
	var i id.ID
	copy(i[:], fmt.Sprintf("key----%09d", n))
	return i
}

var sender = event.Customer(id.ID{1})

// send asks and returns where the answer will be.
func (r *rig) send(target id.Ref, k id.ID, text string, args ...any) chan actors.Answer {
	got := make(chan actors.Answer, 2)
	r.node.Ask(actors.Ask{Target: target, By: sender, Key: k, Body: say(text, args...), Done: func(a actors.Answer) { got <- a }})
	return got
}

func (r *rig) ask(target id.Ref, text string, args ...any) actors.Answer {
	return <-r.send(target, id.ID{}, text, args...)
}

func (r *rig) reply(target id.Ref, text string, args ...any) string {
	r.t.Helper()
	return show(r.ask(target, text, args...))
}

// show makes an answer readable.
func show(a actors.Answer) string {
	s := "ok"
	switch {
	case a.Err != nil:
		s = a.Err.Error()
	case a.Refusal != nil:
		s = string(a.Refusal.Code)
	}
	if w, ok := a.Reply.(*word); ok && w != nil {
		s += ": " + w.text
	}
	return s
}

func (r *rig) view(target id.Ref) string {
	r.t.Helper()
	v, err := r.node.View(context.Background(), target)
	if err != nil {
		return err.Error()
	}
	return v.(*word).text
}

func (r *rig) metric(name string) float64 {
	all, err := r.reg.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	sum := 0.0
	for _, f := range all {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return sum
}

// bubble runs a test in a synctest bubble and stops the rig at its end.
func bubble(t *testing.T, opts func(*actors.Options), f func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, opts)
		defer r.stop()
		f(r)
	})
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
