package ops_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"parley/ops"
)

func TestOwnRegistryIsClean(t *testing.T) {
	ops.LintMetrics(t, ops.NewRegistry("1.2.3"))
}

// recorder takes the place of a test that LintMetrics would fail.
type recorder struct{ problems []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, a ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, a...))
}

func TestLintSeesProblems(t *testing.T) {
	for _, c := range []struct {
		name   string
		metric prometheus.Collector
		want   string
	}{
		{"no help", counter("parley_x_total", ""), "no help text"},
		{"counter without total", counter("parley_x", "x"), `should have "_total" suffix`},
		{"milliseconds", counter("parley_x_milliseconds_total", "x"), "use base unit"},
		{"foreign name", counter("chat_x_total", "x"), "begins with none of"},
		{"id as label", labelled("conv"), "label conv is an id"},
		{"…_id as label", labelled("visitor_id"), "label visitor_id is an id"},
		{"queue as label", labelled("queue"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			registry := prometheus.NewRegistry()
			registry.MustRegister(c.metric)
			var r recorder
			ops.LintMetrics(&r, registry)
			if got := strings.Join(r.problems, "; "); c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func counter(name, help string) prometheus.Collector {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

func labelled(label string) prometheus.Collector {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "parley_x_total", Help: "x"}, []string{label})
	v.WithLabelValues("1").Inc()
	return v
}
