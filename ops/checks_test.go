package ops_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/ops"
)

func TestChecks(t *testing.T) {
	fine := func(context.Context) error { return nil }
	broken := func(context.Context) error { return errors.New("17 of 128 open") }
	for _, c := range []struct {
		name  string
		setup func(*ops.Checks)
		want  string // within the error; empty: ready
	}{
		{"none", func(*ops.Checks) {}, ""},
		{"fine", func(c *ops.Checks) { c.Add("disk", fine) }, ""},
		{"one of two", func(c *ops.Checks) { c.Add("disk", fine); c.Add("shards", broken) }, "shards: 17 of 128 open"},
		{"replaced", func(c *ops.Checks) { c.Add("shards", broken); c.Add("shards", fine) }, ""},
		{"panic", func(c *ops.Checks) { c.Add("shards", func(context.Context) error { panic("bad") }) }, "shards: panic: bad"},
		{"draining", func(c *ops.Checks) { c.Add("disk", fine); c.Drain("SIGTERM") }, "draining: SIGTERM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var checks ops.Checks
			c.setup(&checks)
			err := checks.Ready(t.Context())
			if c.want == "" && err == nil {
				return
			}
			if c.want == "" || !errors.Is(err, ops.ErrNotReady) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// A check that hangs costs 2 s, not the answer; the others are still told.
func TestSlowCheckIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var checks ops.Checks
		checks.Add("a-fine", func(context.Context) error { return nil })
		checks.Add("b-stuck", func(ctx context.Context) error { time.Sleep(time.Minute); return nil })
		start := time.Now()
		results := checks.Run(t.Context())
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("took %s", took)
		}
		if len(results) != 2 || results[0].Error != "" || !strings.Contains(results[1].Error, "no answer") {
			t.Errorf("%+v", results)
		}
		time.Sleep(time.Minute) // the stuck check ends, and nothing else happens
	})
}
