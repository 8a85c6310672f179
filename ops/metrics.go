package ops

import (
	"fmt"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// NewRegistry makes the registry of a node, with the Go runtime's and the process's own metrics and parley_build_info.
// There is no global registry: two nodes in one process have one each.
func NewRegistry(version string) *prometheus.Registry {
	r := prometheus.NewRegistry()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "parley_build_info",
		Help:        "Always 1; the version is a label.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), build)
	return r
}

// tester is what LintMetrics needs of a *testing.T; the testing package stays out of the binary.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
}

// ownPrefixes are the only beginnings a metric's name may have.
var ownPrefixes = []string{"parley_", "go_", "process_"}

// idLabels would make one time series per entity, which is what ids as labels always end in.
var idLabels = []string{"id", "conv", "conversation", "agent", "contact", "session", "address"}

// LintMetrics fails the test for every metric that promlint complains about, is not named parley_…, or has an id for
// a label. A metric shows up here only once it has a value: touch the vectors first.
func LintMetrics(t tester, g prometheus.Gatherer) {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Errorf("gather: %v", err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil {
		t.Errorf("lint: %v", err)
	}
	for _, p := range problems {
		t.Errorf("metric %s: %s", p.Metric, p.Text)
	}
	for _, family := range families {
		name := family.GetName()
		if !hasPrefix(name, ownPrefixes) {
			t.Errorf("metric %s: begins with none of %v", name, ownPrefixes)
		}
		if family.GetHelp() == "" { // promlint takes an empty text for one
			t.Errorf("metric %s: no help text", name)
		}
		for _, metric := range family.GetMetric() {
			for _, pair := range metric.GetLabel() {
				if problem := labelProblem(pair.GetName()); problem != "" {
					t.Errorf("metric %s: %s", name, problem)
				}
			}
		}
	}
}

func hasPrefix(name string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

func labelProblem(label string) string {
	for _, id := range idLabels {
		if label == id || strings.HasSuffix(label, "_id") {
			return fmt.Sprintf("label %s is an id", label)
		}
	}
	return ""
}
