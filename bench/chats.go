// Package bench drives a server through its public protocol and reports what it did.
package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"parley/ops/probe"
)

// Chats is the scenario of dialogues without pauses: the next line goes when the last is acknowledged and delivered.
type Chats struct {
	URL           string        // base of the server
	Token         string        // of an administrator
	PID           int           // of the server, for CPU and memory; 0 = not told
	Conversations int           // at the same time
	Duration      time.Duration // of the measurement, after everybody sits
	Corpus        []Dialogue
	Dir           string // folder on the disk to probe
	Commit        string
	Progress      func(stage string, done, of int) // may be nil
}

// Run plays the scenario. A report with faults is no error; an error means that nothing could be measured.
func (c Chats) Run(ctx context.Context) (*Report, error) {
	if c.Progress == nil {
		c.Progress = func(string, int, int) {}
	}
	rep := &Report{Scenario: "chats", Conversations: c.Conversations, Commit: c.Commit, Durable: true, Started: time.Now().UTC()}
	if err := c.probe(rep); err != nil {
		return nil, err
	}
	all := &faults{}
	desk := newDesk(all)
	stage, err := prepare(ctx, c.URL, c.Token, c.Conversations, func(done, of int) { c.Progress("seating agents", done, of) })
	if err != nil {
		return nil, err
	}
	rep.Agents = len(stage.tokens)
	before, _ := c.usage()
	for _, token := range stage.tokens {
		s, err := desk.sit(ctx, c.URL, token)
		if err != nil {
			return nil, fmt.Errorf("seat an agent: %w", err)
		}
		defer s.conn.Close()
	}
	talks, err := c.connect(ctx, desk, stage.inbox)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, t := range talks {
			t.conn.Close()
		}
	}()
	// Connections alone: once they talk, the memory of log and entities grows with what was said.
	if after, err := c.usage(); err == nil && c.PID != 0 {
		rep.ServerRSS = float64(after.rss-before.rss) / float64(len(talks)+len(stage.tokens))
	}
	c.measure(ctx, rep, talks, all)
	return rep, ctx.Err()
}

func (c Chats) usage() (usage, error) {
	if c.PID == 0 {
		return usage{}, nil
	}
	return readUsage(c.PID)
}

func (c Chats) probe(rep *Report) error {
	r, err := probe.Sync(c.Dir, 200, time.Now)
	if err != nil {
		return err
	}
	ms := func(q float64) float64 { return float64(r.Quantile(q).Microseconds()) / 1000 }
	rep.Fdatasync = Quantiles{P50: ms(0.5), P99: ms(0.99), P999: ms(0.999)}
	return nil
}

func (c Chats) connect(ctx context.Context, desk *desk, inbox string) ([]*talk, error) {
	ack, deliver, offer := newClock(), newClock(), newClock()
	var messages, finished atomic.Int64
	talks := make([]*talk, c.Conversations)
	for i := range talks {
		talks[i] = &talk{desk: desk, ack: ack, deliver: deliver, offer: offer, messages: &messages, finished: &finished}
		if err := talks[i].dial(ctx, c.URL, inbox); err != nil {
			return nil, fmt.Errorf("connect customer %d: %w", i+1, err)
		}
		c.Progress("connecting customers", i+1, len(talks))
	}
	return talks, nil
}

// measure runs all talks until the time is up and every line under way has ended.
func (c Chats) measure(ctx context.Context, rep *Report, talks []*talk, all *faults) {
	server, _ := c.usage()
	self, _ := readUsage(os.Getpid())
	begin := time.Now()
	more := func() bool { return time.Since(begin) < c.Duration && ctx.Err() == nil }
	var wg sync.WaitGroup
	for i, t := range talks {
		wg.Go(func() { c.play(ctx, t, i, more, all) })
	}
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	finished := make(chan struct{})
	go func() { wg.Wait(); close(finished) }()
	for running := true; running; {
		select {
		case <-ticks.C:
			c.Progress("talking", int(min(time.Since(begin), c.Duration).Seconds()), int(c.Duration.Seconds()))
		case <-finished:
			running = false
		}
	}
	t := talks[0]
	rep.Seconds = time.Since(begin).Seconds()
	rep.Messages, rep.Finished = t.messages.Load(), t.finished.Load()
	rep.Rate = float64(rep.Messages) / rep.Seconds
	rep.Ack, rep.Deliver, rep.Offer = t.ack.quantiles(), t.deliver.quantiles(), t.offer.quantiles()
	rep.Lost, rep.Duplicated, rep.OutOfOrder, rep.Failed = all.lost.Load(), all.duplicated.Load(), all.outOfOrder.Load(), all.failed.Load()
	rep.FirstFault, rep.LoadAverage = all.firstFault(), loadAverage()
	if n := float64(rep.Messages); n > 0 {
		if after, err := c.usage(); err == nil && c.PID != 0 {
			rep.ServerCPU = float64((after.cpu - server.cpu).Microseconds()) / n
		}
		if after, err := readUsage(os.Getpid()); err == nil {
			rep.ClientCPU = float64((after.cpu - self.cpu).Microseconds()) / n
		}
	}
}

// play replays dialogues in an order of this talk's own, the same in every run. A dialogue that breaks ends the talk: what
// was lost is counted, and a customer who lost the thread cannot tell what the next line should be.
func (c Chats) play(ctx context.Context, t *talk, i int, more func() bool, all *faults) {
	order := rand.New(rand.NewPCG(uint64(i), 1))
	for more() {
		if err := t.replay(ctx, c.Corpus[order.IntN(len(c.Corpus))], more); err != nil {
			if ctx.Err() == nil {
				all.note(&all.failed, "%v", err)
			}
			return
		}
	}
}
