package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is the release; the linker sets it for a release build.
var version = "0.1.0-dev"

// build says what this binary was made from. Commit is empty where neither the build nor the checkout tells.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Modified bool   `json:"modified"` // there were changes on top of the commit
	Go       string `json:"go"`
	System   string `json:"system"`
}

func thisBuild() build {
	b := build{Version: version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Commit = s.Value
			case "vcs.modified":
				b.Modified = s.Value == "true"
			}
		}
	}
	if b.Commit == "" {
		b.Commit, b.Modified = checkoutCommit()
	}
	return b
}

func (b build) String() string {
	commit := b.Commit
	if len(commit) > 12 {
		commit = commit[:12]
	}
	if commit == "" {
		commit = "unknown"
	}
	if b.Modified {
		commit += " with changes"
	}
	return fmt.Sprintf("parley %s, commit %s, %s, %s", b.Version, commit, b.Go, b.System)
}

type versionCmd struct {
	JSON bool `name:"json" help:"Print one JSON object."`
}

func (c *versionCmd) Run(s streams) error {
	if c.JSON {
		return writeJSON(s.Out, thisBuild())
	}
	_, err := fmt.Fprintln(s.Out, thisBuild())
	return err
}
