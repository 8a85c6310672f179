package journal

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	reg     prometheus.Registerer
	all     []prometheus.Collector
	fsync   prometheus.Histogram
	entries prometheus.Histogram
	age     prometheus.Histogram
	applied prometheus.Counter
	refused prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, disk *diskProbe) *metrics {
	seconds := prometheus.ExponentialBuckets(0.0001, 2, 16) // 0.1 ms to 3.3 s
	m := &metrics{
		reg: reg,
		fsync: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "parley_journal_fsync_seconds", Help: "Time of one synced commit of the log, all shards together.", Buckets: seconds}),
		entries: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "parley_journal_batch_entries", Help: "Log entries per synced commit.", Buckets: prometheus.ExponentialBuckets(1, 2, 13)}),
		age: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "parley_journal_queue_age_seconds", Help: "How long the oldest entry of a commit waited for the writer.", Buckets: seconds}),
		applied: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "parley_journal_applied_total", Help: "Batches applied."}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "parley_journal_refused_total", Help: "Batches refused by a fence when applied."}),
	}
	free := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "parley_journal_disk_free_bytes", Help: "Free space of the data folder's disk."}, func() float64 { return float64(disk.bytes()) })
	m.all = []prometheus.Collector{m.fsync, m.entries, m.age, m.applied, m.refused, free}
	if reg != nil {
		reg.MustRegister(m.all...)
	}
	return m
}

func (m *metrics) unregister() {
	if m == nil || m.reg == nil {
		return
	}
	for _, c := range m.all {
		m.reg.Unregister(c)
	}
}

func (m *metrics) wrote(began, ended time.Time, items []*item) {
	m.fsync.Observe(ended.Sub(began).Seconds())
	m.entries.Observe(float64(len(items)))
	m.age.Observe(began.Sub(items[0].at).Seconds())
}

func (m *metrics) ended(out Outcome) {
	if out == Applied {
		m.applied.Inc()
		return
	}
	m.refused.Inc()
}
