package probe_test

import (
	"os"
	"testing"
	"time"

	"parley/ops/probe"
)

func TestSyncMeasuresAndCleansUp(t *testing.T) {
	dir := t.TempDir()
	var now time.Time
	var step time.Duration
	tick := func() time.Time { // each write takes 1 ms longer than the one before
		step += time.Millisecond / 2
		now = now.Add(step)
		return now
	}
	r, err := probe.Sync(dir, 10, tick)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		q    float64
		want time.Duration
	}{{0, time.Millisecond}, {0.5, 6 * time.Millisecond}, {0.99, 10 * time.Millisecond}, {1, 10 * time.Millisecond}} {
		if got := r.Quantile(c.q); got != c.want {
			t.Errorf("quantile %g is %s, want %s", c.q, got, c.want)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := probe.Sync(dir+"/missing", 1, tick); err == nil {
		t.Error("a missing folder was measured")
	}
	if got := (probe.SyncResult{}).Quantile(0.5); got != 0 {
		t.Errorf("nothing measured: %s", got)
	}
}

func TestLimitsOfThisMachine(t *testing.T) {
	if free, err := probe.FreeBytes(t.TempDir()); err != nil || free == 0 {
		t.Errorf("%d %v", free, err)
	}
	if n, err := probe.OpenFiles(); err != nil || n < 16 {
		t.Errorf("%d %v", n, err)
	}
	if _, err := probe.FreeBytes("/no/such/folder"); err == nil {
		t.Error("a missing folder has space")
	}
}
