// Package ops is what an operator sees of a node: metrics, health, profiles and the log's form.
//
// It knows nothing of chat. Other packages hand in their metrics (a prometheus.Registerer) and their checks (Checks.Add).
package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// checkTimeout bounds one check: a load balancer asks every few seconds and must get an answer.
const checkTimeout = 2 * time.Second

// Check reports nil when its part of the node can serve. It may block; it gets 2 s and must end with its context.
type Check func(ctx context.Context) error

// ErrNotReady is what Ready wraps: at least one check failed, or the node drains.
var ErrNotReady = errors.New("ops: not ready")

// Checks is the list behind /readyz. The zero value is ready. Safe for use by many goroutines.
type Checks struct {
	mu struct {
		sync.Mutex
		byName   map[string]Check
		draining string // why; empty while the node serves
	}
}

// Result is the outcome of one check.
type Result struct {
	Name  string `json:"name"`
	Error string `json:"error,omitempty"` // empty: fine
}

// Add registers a check; a second one of the same name replaces the first. Names are short words: "shards", "disk".
func (c *Checks) Add(name string, check Check) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.byName == nil {
		c.mu.byName = map[string]Check{}
	}
	c.mu.byName[name] = check
}

// Drain makes the node not ready from now on, whatever the checks say; reason is shown. It is the first step of
// stopping: load balancers look away before connections end.
func (c *Checks) Drain(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.draining = reason
}

// Run asks every check at the same time and returns the results by name. A check that is not done in 2 s, or panics,
// has failed; its goroutine ends when the check returns.
func (c *Checks) Run(ctx context.Context) []Result {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	c.mu.Lock()
	checks := make(map[string]Check, len(c.mu.byName))
	for name, check := range c.mu.byName {
		checks[name] = check
	}
	draining := c.mu.draining
	c.mu.Unlock()

	answers := make(chan Result, len(checks))
	for name, check := range checks {
		go func() { answers <- Result{name, text(ask(ctx, check))} }()
	}
	late := make(map[string]bool, len(checks))
	for name := range checks {
		late[name] = true
	}
	results := []Result{}
	if draining != "" {
		results = append(results, Result{"draining", draining})
	}
	for len(late) > 0 {
		select {
		case r := <-answers:
			results = append(results, r)
			delete(late, r.Name)
			continue
		case <-ctx.Done():
		}
		for name := range late {
			results = append(results, Result{name, "no answer: " + ctx.Err().Error()})
		}
		break
	}
	slices.SortFunc(results, func(a, b Result) int { return strings.Compare(a.Name, b.Name) })
	return results
}

// Ready is nil when every check is, else ErrNotReady with the names and reasons.
func (c *Checks) Ready(ctx context.Context) error {
	var failed []string
	for _, r := range c.Run(ctx) {
		if r.Error != "" {
			failed = append(failed, r.Name+": "+r.Error)
		}
	}
	if failed == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrNotReady, strings.Join(failed, "; "))
}

// ask runs the check and takes a panic for a failure: health must not end the node.
func ask(ctx context.Context, check Check) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return check(ctx)
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
