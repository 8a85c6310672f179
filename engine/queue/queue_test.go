package queue_test

import (
	"errors"
	"testing"
	"time"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/engine/msg/que"
	"parley/engine/queue"
	"parley/engine/stage"
)

var (
	self = stage.ID(10)
	talk = event.Entity(id.Ref{Kind: id.Conversation, ID: stage.ID(100)})
)

func begin() *stage.Stage {
	return stage.New(queue.Type(), id.Ref{Kind: id.Queue, ID: self}, &centre.Config{
		Queues: map[id.ID]*centre.Queue{self: {Id: self.Bytes()}},
	})
}

func machine(s *stage.Stage) *queue.Machine { return s.Machine.(*queue.Machine) }

func must(t testing.TB, s *stage.Stage, c *que.Command) entity.Outcome {
	t.Helper()
	out, err := s.Command(talk, c)
	if err != nil {
		t.Fatalf("%v: %v", c, err)
	}
	return out
}

func enqueue(c, n uint64, rank *conv.Rank) *que.Command {
	return &que.Command{Body: &que.Command_Enqueue{Enqueue: &que.Enqueue{Conversation: stage.ID(c).Bytes(), N: n, Rank: rank}}}
}

func passing(c, n uint64, agent id.ID, d time.Duration) *que.Command {
	e := enqueue(c, n, &conv.Rank{SinceMs: 1})
	e.GetEnqueue().Exclude, e.GetEnqueue().ExcludeMs = agent.Bytes(), d.Milliseconds()
	return e
}

func remove(c, n uint64, why que.LeftWhy) *que.Command {
	return &que.Command{Body: &que.Command_Remove{Remove: &que.Remove{Conversation: stage.ID(c).Bytes(), N: n, Why: why}}}
}

func offered(c, n, r uint64) *que.Command {
	return &que.Command{Body: &que.Command_Offered{Offered: &que.Offered{Conversation: stage.ID(c).Bytes(), N: n, R: stage.ID(r).Bytes(), Agent: stage.ID(1).Bytes()}}}
}

func position(t *testing.T, s *stage.Stage, c uint64, want int) {
	t.Helper()
	if got := machine(s).Position(stage.ID(c)); got != want {
		t.Errorf("%d stands at %d, want %d", c, got, want)
	}
}

func TestOrder(t *testing.T) {
	s := begin()
	for c, r := range map[uint64]*conv.Rank{
		5: {QueuePriority: 50, SinceMs: 200},
		4: {QueuePriority: 50, SinceMs: 100},
		6: {QueuePriority: 50, SinceMs: 200},
		3: {QueuePriority: 50, Priority: 9, SinceMs: 900}, // any priority goes before none
		2: {QueuePriority: 1, SinceMs: 999},
		1: {QueuePriority: 99, SinceMs: 999, Head: true},
	} {
		must(t, s, enqueue(c, 1, r))
	}
	for c := uint64(1); c <= 6; c++ {
		position(t, s, c, int(c))
	}
	if out := must(t, s, enqueue(7, 1, &conv.Rank{QueuePriority: 50, SinceMs: 150})); out.Reply.(*que.Reply).Position != 5 {
		t.Fatalf("told %v", out.Reply)
	}
	position(t, s, 7, 5)
	if out := must(t, s, enqueue(1, 2, &conv.Rank{QueuePriority: 50, SinceMs: 150})); out.Reply.(*que.Reply).Position != 4 {
		t.Fatalf("told %v", out.Reply)
	}
	position(t, s, 1, 4)
}

func TestAttempts(t *testing.T) {
	s := begin()
	rank := &conv.Rank{SinceMs: 1}
	must(t, s, enqueue(1, 3, rank))
	must(t, s, enqueue(1, 2, rank)) // a late copy
	must(t, s, enqueue(1, 3, rank))
	if len(s.Log) != 1 {
		t.Fatalf("%d events", len(s.Log))
	}
	must(t, s, offered(1, 2, 7)) // of an earlier attempt
	must(t, s, remove(1, 2, que.LeftWhy_ENDED))
	if w, _ := machine(s).Waiting(self, stage.ID(1)); w.Offered || w.N != 3 {
		t.Fatalf("%+v", w)
	}
	must(t, s, offered(1, 3, 7))
	must(t, s, offered(1, 3, 7))
	if w, _ := machine(s).Waiting(self, stage.ID(1)); !w.Offered {
		t.Fatal("no offer out")
	}
	must(t, s, enqueue(1, 4, rank))
	if w, _ := machine(s).Waiting(self, stage.ID(1)); w.Offered || w.N != 4 {
		t.Fatalf("%+v", w)
	}
	must(t, s, remove(1, 5, que.LeftWhy_ASSIGNED))
	must(t, s, enqueue(1, 5, rank)) // late: it has left
	position(t, s, 1, 0)
	must(t, s, enqueue(1, 6, rank))
	position(t, s, 1, 1)
	if d := machine(s).Digest(self); d.Assigned != 1 || d.Ended != 0 {
		t.Fatalf("digest %v", d)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}

// A parked Enqueue that is repeated after its Remove brings nobody back.
func TestRemoveBeforeEnqueue(t *testing.T) {
	s := begin()
	must(t, s, remove(1, 1, que.LeftWhy_ENDED))
	must(t, s, enqueue(1, 1, &conv.Rank{}))
	position(t, s, 1, 0)
	if d := machine(s).Digest(self); d.Ended != 0 {
		t.Fatal("counted one who never waited")
	}
	for c := uint64(1000); c < 1000+1024; c++ {
		must(t, s, remove(c, 1, que.LeftWhy_VOID))
	}
	if got := machine(s).Known(stage.ID(1)); got != 0 {
		t.Fatalf("still known: %d", got)
	}
	if len(s.Rows) != 1024 {
		t.Fatalf("%d rows", len(s.Rows))
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestExclusionsAccumulateAndEnd(t *testing.T) {
	s := begin()
	must(t, s, passing(1, 1, stage.ID(1), 0))
	s.Advance(40 * time.Second)
	must(t, s, passing(1, 2, stage.ID(2), 10*time.Second))
	w, _ := machine(s).Waiting(self, stage.ID(1))
	if len(w.Exclude) != 2 || !w.Exclude[0].Until.Equal(s.Now.Add(20*time.Second)) || !w.Exclude[1].Until.Equal(s.Now.Add(10*time.Second)) {
		t.Fatalf("%+v", w.Exclude)
	}
	s.Advance(20 * time.Second)
	must(t, s, passing(1, 3, stage.ID(3), time.Second))
	if w, _ := machine(s).Waiting(self, stage.ID(1)); len(w.Exclude) != 1 {
		t.Fatalf("%+v", w.Exclude)
	}
}

func TestRefusals(t *testing.T) {
	s := begin()
	for name, tt := range map[string]struct {
		by   event.Who
		cmd  *que.Command
		want error
	}{
		"no conversation": {talk, &que.Command{Body: &que.Command_Enqueue{Enqueue: &que.Enqueue{N: 1, Rank: &conv.Rank{}}}}, entity.ErrInvalid},
		"no attempt":      {talk, enqueue(1, 0, &conv.Rank{}), entity.ErrInvalid},
		"no rank":         {talk, enqueue(1, 1, nil), entity.ErrInvalid},
		"no r":            {talk, &que.Command{Body: &que.Command_Offered{Offered: &que.Offered{}}}, entity.ErrInvalid},
		"remove nothing":  {talk, remove(1, 0, 0), entity.ErrInvalid},
		"nothing":         {talk, &que.Command{}, entity.ErrUnknownCommand},
		"customer":        {event.Customer(stage.ID(1)), remove(1, 1, 0), entity.ErrForbidden},
		"agent":           {event.Agent(stage.ID(1)), remove(1, 1, 0), entity.ErrForbidden},
	} {
		if _, err := s.Command(tt.by, tt.cmd); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if out := s.Wake(); len(out.Events) != 0 || !s.Machine.Wake().IsZero() {
		t.Errorf("a queue has no deadline: %v", out.Events)
	}
	delete(s.Config.Queues, self)
	if _, err := s.Command(talk, enqueue(1, 1, &conv.Rank{})); !errors.Is(err, queue.ErrGone) {
		t.Errorf("gone: %v", err)
	}
}

func TestDigest(t *testing.T) {
	s := begin()
	for c := uint64(1); c <= 1000; c++ {
		must(t, s, enqueue(c, 1, &conv.Rank{QueuePriority: 50, SinceMs: int64(c)}))
	}
	for c := uint64(1); c <= 30; c++ {
		s.Advance(2 * time.Second)
		must(t, s, remove(c, 1, que.LeftWhy_ASSIGNED))
	}
	must(t, s, remove(31, 1, que.LeftWhy_ENDED))
	must(t, s, offered(32, 1, 7))
	d := machine(s).Digest(self)
	if d.Waiting != 969 || d.OldestSince != 32 || len(d.First) != 20 || d.Assigned != 30 || d.Ended != 1 || d.PerAssignmentMs != 2000 {
		t.Fatalf("digest: %d waiting since %d, first %d, assigned %d, ended %d, every %d ms",
			d.Waiting, d.OldestSince, len(d.First), d.Assigned, d.Ended, d.PerAssignmentMs)
	}
	if id.FromBytes(d.First[0].R) != stage.ID(7) || id.FromBytes(d.First[0].Conversation) != stage.ID(32) {
		t.Fatalf("first %v", d.First[0])
	}
	if len(d.Marks) < 200 || len(d.Marks) > 245 || d.Marks[0].Rank.SinceMs != int64(31+d.Marks[0].Position) {
		t.Fatalf("%d marks, first %v", len(d.Marks), d.Marks[0])
	}
	n := 0
	for w := range machine(s).All(self) {
		if n++; w.Queue != self || n == 1 && !w.Offered {
			t.Fatalf("%+v", w)
		}
	}
	if n != 969 {
		t.Fatalf("walked %d", n)
	}
}

func TestGolden(t *testing.T) {
	s := begin()
	must(t, s, enqueue(1, 1, &conv.Rank{QueuePriority: 50, Priority: 2, SinceMs: 5}))
	must(t, s, passing(2, 1, stage.ID(1), time.Minute))
	must(t, s, offered(1, 1, 7))
	must(t, s, enqueue(3, 2, &conv.Rank{QueuePriority: 50, SinceMs: 5, Head: true}))
	must(t, s, remove(1, 1, que.LeftWhy_ASSIGNED))
	must(t, s, remove(9, 4, que.LeftWhy_VOID))
	must(t, s, remove(3, 2, que.LeftWhy_ENDED))
	s.Golden(t, "queue")
}
