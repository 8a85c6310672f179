package journal_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"parley/cluster/journal"
	"parley/cluster/journal/journaltest"
)

func TestMetricsAreCleanAndCount(t *testing.T) {
	reg := prometheus.NewPedanticRegistry()
	h := journaltest.Open(t, func(o *journal.Options) { o.Registerer = reg })
	journaltest.Commit(t, h, event(h, conv(1), 0))
	journaltest.Commit(t, h, event(h, conv(1), 7))
	journaltest.Commit(t, h, event(h, conv(1), 1))
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	if problems, err := promlint.NewWithMetricFamilies(families).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("lint: %v %v", problems, err)
	}
	want := map[string]float64{"parley_journal_applied_total": 2, "parley_journal_refused_total": 1}
	for _, f := range families {
		if n, ok := want[f.GetName()]; ok {
			if got := f.GetMetric()[0].GetCounter().GetValue(); got != n {
				t.Errorf("%s is %v, want %v", f.GetName(), got, n)
			}
			delete(want, f.GetName())
		}
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	h.Close()
	if families, _ := reg.Gather(); len(families) > 0 {
		t.Errorf("%d metrics are left after Close", len(families))
	}
}
