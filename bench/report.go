package bench

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Quantiles are milliseconds.
type Quantiles struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
}

// Report is the result of one scenario, as --json writes it.
type Report struct {
	Scenario      string    `json:"scenario"`
	Conversations int       `json:"conversations"` // at the same time
	Finished      int64     `json:"finished"`      // dialogues from first line to closed
	Agents        int       `json:"agents"`
	Seconds       float64   `json:"seconds"`
	Messages      int64     `json:"messages"` // acknowledged and delivered
	Rate          float64   `json:"rate_per_s"`
	Ack           Quantiles `json:"ack_ms"`
	Deliver       Quantiles `json:"deliver_ms"`
	Offer         Quantiles `json:"offer_ms"` // start sent to offer frame at the agent
	Lost          int64     `json:"lost"`
	Duplicated    int64     `json:"duplicated"`
	OutOfOrder    int64     `json:"out_of_order"`
	Failed        int64     `json:"failed"` // commands refused; not part of lost
	ServerCPU     float64   `json:"server_cpu_us_per_message"`
	ClientCPU     float64   `json:"client_cpu_us_per_message"`
	ServerRSS     float64   `json:"server_rss_bytes_per_connection"`
	Fdatasync     Quantiles `json:"fdatasync_ms"`
	Commit        string    `json:"commit"`
	LoadAverage   float64   `json:"load_average"`
	Durable       bool      `json:"durable"` // acknowledged means on disk
	Started       time.Time `json:"started"`
	FirstFault    string    `json:"first_fault,omitempty"`
}

// OK reports whether nothing was lost, doubled or out of order.
func (r *Report) OK() bool { return r.Lost == 0 && r.Duplicated == 0 && r.OutOfOrder == 0 }

// Write prints the report for people.
func (r *Report) Write(w io.Writer) {
	fmt.Fprintf(w, "%s: %d conversations at a time, %d agents, %.1f s, load %.2f, commit %s\n", r.Scenario, r.Conversations, r.Agents, r.Seconds, r.LoadAverage, r.Commit)
	fmt.Fprintf(w, "  messages        %d (%.0f/s), %d dialogues finished\n", r.Messages, r.Rate, r.Finished)
	for _, q := range []struct {
		name string
		q    Quantiles
	}{{"send to ack", r.Ack}, {"send to deliver", r.Deliver}, {"start to offer", r.Offer}, {"fdatasync 256 B", r.Fdatasync}} {
		fmt.Fprintf(w, "  %-15s p50 %.2f  p99 %.2f  p99.9 %.2f ms\n", q.name, q.q.P50, q.q.P99, q.q.P999)
	}
	fmt.Fprintf(w, "  server          %.0f us CPU per message, %.1f KB per connection (client %.0f us)\n", r.ServerCPU, r.ServerRSS/1024, r.ClientCPU)
	fmt.Fprintf(w, "  lost %d, duplicated %d, out of order %d, refused %d\n", r.Lost, r.Duplicated, r.OutOfOrder, r.Failed)
	if r.FirstFault != "" {
		fmt.Fprintf(w, "  first fault: %s\n", r.FirstFault)
	}
}

// clock collects latencies from many goroutines, 1 us to 100 s with three digits.
type clock struct {
	mu struct {
		sync.Mutex
		h *hdrhistogram.Histogram
	}
}

func newClock() *clock {
	c := &clock{}
	c.mu.h = hdrhistogram.New(1, int64(100*time.Second/time.Microsecond), 3)
	return c
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.mu.h.RecordValue(max(1, d.Microseconds())) // beyond 100 s counts as lost elsewhere
}

func (c *clock) quantiles() Quantiles {
	c.mu.Lock()
	defer c.mu.Unlock()
	ms := func(q float64) float64 { return float64(c.mu.h.ValueAtQuantile(q)) / 1000 }
	return Quantiles{P50: ms(50), P99: ms(99), P999: ms(99.9)}
}
