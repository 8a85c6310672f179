package hub

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	topics  prometheus.Gauge
	encoded prometheus.Counter
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		topics: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "parley_hub_conversations", Help: "Conversations that sessions of this node follow."}),
		encoded: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "parley_hub_encoded_events_total", Help: "Events encoded, once per audience, catch-ups included."}),
	}
	if r != nil {
		r.MustRegister(m.topics, m.encoded)
	}
	return m
}
