package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"time"

	"parley/config"
)

// This file is where the world enters: clock, environment, files. Everything below main gets them handed in, so
// that a test or a simulation can put its own in their place; a lint test keeps it so.

var clock struct {
	steadyClock
	read time.Time // the last reading, with what the runtime adds to measure lengths
}

// wallClock is the machine's clock in UTC, which is not set back while the process lives.
func wallClock() time.Time {
	clock.mu.Lock()
	defer clock.mu.Unlock()
	now := time.Now()
	ran := now.Sub(clock.read)
	clock.read = now
	return clock.at(now.Round(0).UTC(), ran)
}

// environ is the process environment as a map.
func environ() map[string]string {
	m := map[string]string{}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		m[name] = value
	}
	return m
}

// loadConfig puts together file, environment and flags. An empty file name means there is none.
func loadConfig(file string, flags config.Flags) (config.Loaded, error) {
	s := config.Sources{FileName: file, Environ: environ(), Flags: flags}
	if s.FileName != "" {
		text, err := os.ReadFile(s.FileName)
		if err != nil {
			return config.Loaded{}, fmt.Errorf("configuration: %w", err)
		}
		s.File = text
	}
	return config.Load(s)
}

// checkoutCommit is the commit of the checkout one stands in, for go run, which notes none; empty when this is not
// parley's checkout or git does not answer. changed: there are changes on top of it.
func checkoutCommit() (commit string, changed bool) {
	module, err := os.ReadFile("go.mod")
	if err != nil || !strings.HasPrefix(string(module), "module parley\n") {
		return "", false
	}
	head, err := exec.Command("git", "rev-parse", "HEAD").Output()
	if err != nil {
		return "", false
	}
	status, err := exec.Command("git", "status", "--porcelain", "--untracked-files=no").Output()
	return strings.TrimSpace(string(head)), err != nil || len(status) > 0
}

// createFile makes a new file and writes it; one that is there is never overwritten.
func createFile(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// writeJSON prints v as one indented object, the form of every --json.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// fatal ends the process after the log of this node failed: what is on disk is not known any more, and nothing that is in
// memory may be answered. It must not be a panic, which the supervision of an actor could catch.
func fatal(log *slog.Logger, err error) {
	log.Error("the log of this node failed: the process ends, and starts clean once the disk is well", "err", err)
	os.Exit(1)
}
