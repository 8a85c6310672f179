package session

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	sessions *prometheus.GaugeVec
	closes   *prometheus.CounterVec
	commands *prometheus.CounterVec
	ack      prometheus.Histogram
	resumes  *prometheus.CounterVec
	refused  *prometheus.CounterVec
	bytes    prometheus.Counter
	letGo    prometheus.Counter
	slow     prometheus.Counter
	fills    prometheus.Counter
	writers  prometheus.Gauge
}

func newMetrics(r prometheus.Registerer) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "parley_session_" + name, Help: help})
	}
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "parley_session_" + name, Help: help}, labels)
	}
	m := &metrics{
		sessions: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "parley_sessions", Help: "WebSocket connections by who is on them."}, []string{"role"}),
		closes:   vec("closes_total", "Connections closed by this side, by close code.", "code"),
		commands: vec("commands_total", "Commands by name and how they ended: ok or the code of the error.", "command", "result"),
		ack: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "parley_session_ack_seconds", Help: "From a command's frame to its answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}),
		resumes: vec("resumes_total", "Conversations named in a hello: resumed or too_old.", "result"),
		refused: vec("refused_total", "Connections and frames refused, by reason.", "reason"),
		bytes:   counter("written_bytes_total", "Bytes written to WebSockets."),
		letGo:   counter("buffers_let_go_total", "Buffers of slow readers let go, to be caught up from the log."),
		slow:    counter("too_slow_total", "Sessions closed because they stayed slow."),
		fills:   counter("catch_ups_total", "Catch-ups from the log."),
		writers: prometheus.NewGauge(prometheus.GaugeOpts{Name: "parley_session_writers", Help: "Goroutines that wait for busy sockets."}),
	}
	if r != nil {
		r.MustRegister(m.sessions, m.closes, m.commands, m.ack, m.resumes, m.refused, m.bytes, m.letGo, m.slow, m.fills, m.writers)
	}
	return m
}

func (m *metrics) answered(command, result string, took time.Duration) {
	m.commands.WithLabelValues(command, result).Inc()
	m.ack.Observe(took.Seconds())
}
