package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"parley/config"
	"parley/ops/probe"
)

// doctorCmd is `parley doctor`: it looks at the machine the way serve will need it, and changes nothing but a probe
// file that it removes.
type doctorCmd struct {
	config.Flags
	Config string `help:"Configuration file." placeholder:"FILE" env:"PARLEY_CONFIG"`
	JSON   bool   `name:"json" help:"Print one JSON object."`
}

// finding is what one look has shown.
type finding struct {
	Name   string  `json:"name"`
	Status verdict `json:"status"`
	Detail string  `json:"detail"`
	Hint   string  `json:"hint,omitempty"` // what to do about it
}

// verdict is ok, warn (it will run, and you should know) or fail (it will not run).
type verdict string

const (
	ok   verdict = "ok"
	warn verdict = "warn"
	fail verdict = "fail"
)

// slowSync is where a disk becomes what people wait for: each message waits for one or two syncs.
const slowSync = 20 * time.Millisecond

func (c *doctorCmd) Run(ctx context.Context, s streams) error {
	l, err := loadConfig(c.Config, c.Flags)
	if err != nil {
		return err
	}
	findings := examine(ctx, l.Config)
	failed := false
	for _, f := range findings {
		failed = failed || f.Status == fail
	}
	if c.JSON {
		err = writeJSON(s.Out, map[string]any{"ok": !failed, "checks": findings})
	} else {
		err = printFindings(s, findings)
	}
	if err == nil && failed {
		return errSilent
	}
	return err
}

func printFindings(s streams, findings []finding) error {
	for _, f := range findings {
		if _, err := fmt.Fprintf(s.Out, "%-4s  %-10s  %s\n", f.Status, f.Name, f.Detail); err != nil {
			return err
		}
		if f.Hint != "" {
			if _, err := fmt.Fprintf(s.Out, "%18s-> %s\n", "", f.Hint); err != nil {
				return err
			}
		}
	}
	return nil
}

// examine takes every look. The folder's own come first: without it the disk cannot be asked.
func examine(ctx context.Context, c config.Config) []finding {
	dir, folder := examineFolder(c.Data)
	findings := []finding{folder}
	if folder.Status == ok {
		findings = append(findings, examineSpace(dir, c.Limits.DiskReserve), examineSync(dir))
	}
	return append(findings,
		examinePort(ctx, "port", "--port", c.Bind, c.Port),
		examinePort(ctx, "ops-port", "--ops-port", c.OpsBind, c.OpsPort),
		examineClock(dir),
		examineFiles(c.Limits.Connections),
		finding{Name: "build", Status: ok, Detail: thisBuild().String()},
	)
}

// examineFolder returns the folder to ask the disk about: the data folder, or its nearest parent while it is still
// to be made.
func examineFolder(data string) (string, finding) {
	f := finding{Name: "data", Status: ok, Detail: data}
	dir, err := filepath.Abs(data)
	if err != nil {
		return data, finding{Name: "data", Status: fail, Detail: err.Error()}
	}
	for {
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			return dir, finding{Name: "data", Status: fail, Detail: dir + " is a file", Hint: "name a folder with --data"}
		}
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			return dir, finding{Name: "data", Status: fail, Detail: err.Error(), Hint: "name a folder with --data"}
		}
		f.Detail = data + " is not there yet and will be made"
		dir = filepath.Dir(dir)
	}
	probeFile, err := os.CreateTemp(dir, "write-probe-")
	if err != nil {
		return dir, finding{Name: "data", Status: fail, Detail: "cannot be written: " + err.Error(), Hint: "give the folder to the user that runs parley"}
	}
	_ = probeFile.Close()
	if err := os.Remove(probeFile.Name()); err != nil {
		return dir, finding{Name: "data", Status: fail, Detail: err.Error()}
	}
	return dir, f
}

func examineSpace(dir string, reserve config.Bytes) finding {
	free, err := probe.FreeBytes(dir)
	if err != nil {
		return finding{Name: "space", Status: warn, Detail: err.Error()}
	}
	f := finding{Name: "space", Status: ok, Detail: fmt.Sprintf("%d MiB free, reserve %s", free>>20, reserve)}
	switch {
	case free < uint64(reserve):
		f.Status, f.Hint = fail, "new commands would be refused with disk_full: make room, or lower limits.disk_reserve"
	case free < 4*uint64(reserve):
		f.Status, f.Hint = warn, "little above the reserve"
	}
	return f
}

func examineSync(dir string) finding {
	r, err := probe.Sync(dir, 50, wallClock)
	if err != nil {
		return finding{Name: "sync", Status: fail, Detail: err.Error()}
	}
	p50, p99 := r.Quantile(0.5), r.Quantile(0.99)
	f := finding{Name: "sync", Status: ok, Detail: fmt.Sprintf("fdatasync p50 %.2f ms, p99 %.2f ms of 50 writes",
		p50.Seconds()*1e3, p99.Seconds()*1e3)}
	if p50 > slowSync {
		f.Status, f.Hint = warn, "every message waits for this disk"
	}
	return f
}

func examinePort(ctx context.Context, name, flag, host string, port int) finding {
	address := net.JoinHostPort(host, strconv.Itoa(port))
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return finding{Name: name, Status: fail, Detail: err.Error(), Hint: "choose another with " + flag + ", or 0 for any free one"}
	}
	_ = l.Close()
	if port == 0 {
		return finding{Name: name, Status: ok, Detail: "any free one on " + host}
	}
	return finding{Name: name, Status: ok, Detail: address + " is free"}
}

// examineClock looks for a clock that stands before the program was written or before the folder's newest file, and
// asks the kernel whether anybody keeps it in step.
func examineClock(dir string) finding {
	now := wallClock()
	f := finding{Name: "clock", Status: ok, Detail: now.Format(time.RFC3339)}
	written := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	if now.Before(written) {
		f.Status, f.Hint = fail, "the clock stands before this program was written: set it"
		return f
	}
	entries, err := os.ReadDir(dir)
	if err == nil {
		for _, e := range entries {
			if info, err := e.Info(); err == nil && info.ModTime().After(now.Add(time.Minute)) {
				f.Status, f.Hint = warn, e.Name()+" in the data folder is from the future: has the clock been set back?"
				return f
			}
		}
	}
	if synchronised, known := probe.ClockSynchronised(); known && !synchronised {
		f.Detail += ", kept in step by no time service that the kernel knows of"
	}
	return f
}

// examineFiles compares the limit of open files with the connections that may come; the log takes a few hundred.
func examineFiles(connections int) finding {
	const own = 1024
	n, err := probe.OpenFiles()
	if err != nil {
		return finding{Name: "files", Status: warn, Detail: err.Error()}
	}
	f := finding{Name: "files", Status: ok, Detail: fmt.Sprintf("%d may be open, limits.connections is %d", n, connections)}
	if n < uint64(connections)+own {
		f.Status, f.Hint = warn, "raise it (ulimit -n, LimitNOFILE=) or lower limits.connections"
	}
	return f
}
