package actors

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/engine/id"
)

// metrics of one node. Ids are never labels.
type metrics struct {
	decisions     *prometheus.CounterVec // kind
	answers       *prometheus.CounterVec // kind, result
	answerSeconds *prometheus.HistogramVec
	batches       *prometheus.CounterVec // outcome
	entities      *prometheus.GaugeVec   // kind
	panics        *prometheus.CounterVec // kind
	repeats       prometheus.Counter
	held          prometheus.Counter
	reloads       prometheus.Counter
	restarts      prometheus.Counter
	loads         prometheus.Histogram
	loadFailures  prometheus.Counter
	quarantined   prometheus.Gauge
	effects       prometheus.Gauge
	retries       prometheus.Counter
	parked        prometheus.Gauge
	wakeLate      prometheus.Histogram
	subscriptions prometheus.Gauge
	assignSeconds prometheus.Histogram
	reserves      *prometheus.CounterVec // result
}

func newMetrics(r prometheus.Registerer) *metrics {
	if r == nil {
		r = prometheus.NewRegistry()
	}
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
		r.MustRegister(c)
		return c
	}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
		r.MustRegister(c)
		return c
	}
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
		r.MustRegister(g)
		return g
	}
	seconds := func(name, help string) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
		r.MustRegister(h)
		return h
	}
	m := &metrics{
		decisions:     counters("parley_decisions_total", "Commands, effects, verdicts and wake-ups decided.", "kind"),
		answers:       counters("parley_answers_total", "Answers to commands of clients.", "kind", "result"),
		batches:       counters("parley_batches_total", "Batches proposed, by how they ended.", "outcome"),
		panics:        counters("parley_decision_panics_total", "Decisions that panicked.", "kind"),
		repeats:       counter("parley_repeats_total", "Commands and effects answered from memory."),
		held:          counter("parley_batches_held_total", "Batches the log had no room for at once."),
		reloads:       counter("parley_reloads_total", "States read anew after a batch was lost."),
		restarts:      counter("parley_actor_restarts_total", "Actors restarted after a panic."),
		loads:         seconds("parley_load_seconds", "Time to read an entity from its rows."),
		loadFailures:  counter("parley_load_failures_total", "Entities that could not be read."),
		quarantined:   gauge("parley_quarantined", "Entities in quarantine."),
		effects:       gauge("parley_effects", "Effects between entities that are not finished."),
		retries:       counter("parley_effect_retries_total", "Effects sent again."),
		parked:        gauge("parley_effects_parked", "Effects given up until an operator retries them."),
		wakeLate:      seconds("parley_wake_late_seconds", "How late entities are woken after their deadline."),
		subscriptions: gauge("parley_subscriptions", "Followers of entities."),
		assignSeconds: seconds("parley_assignment_seconds", "From eligible to reserved with an agent."),
		reserves:      counters("parley_reserves_total", "Agents asked by the distributor, by what they said.", "result"),
	}
	m.answerSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "parley_answer_seconds", Help: "From a command to its answer.", Buckets: buckets}, []string{"kind"})
	m.entities = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "parley_entities", Help: "Entities in memory."}, []string{"kind"})
	r.MustRegister(m.answerSeconds, m.entities)
	return m
}

// buckets reach from 100 us to 10 s.
var buckets = prometheus.ExponentialBuckets(0.0001, 2.5, 14)

func (m *metrics) answered(k id.Kind, a Answer, took time.Duration) {
	result := "done"
	switch {
	case a.Err != nil:
		result = resultName(a.Err)
	case a.Refusal != nil:
		result = "refused"
	}
	m.answers.WithLabelValues(k.String(), result).Inc()
	m.answerSeconds.WithLabelValues(k.String()).Observe(took.Seconds())
}

func resultName(err error) string {
	switch err {
	case ErrBusy:
		return "busy"
	case ErrNotHere:
		return "not_here"
	case ErrUnknown:
		return "unknown"
	case ErrInternal:
		return "internal"
	case ErrQuarantined:
		return "quarantined"
	case ErrDiskFull:
		return "disk_full"
	case ErrKeyReused:
		return "key_reused"
	case ErrStopped:
		return "stopped"
	}
	return "other"
}
