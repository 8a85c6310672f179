package config_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/config"
)

func TestDefaultIsValid(t *testing.T) {
	if err := config.Default().Validate(); err != nil {
		t.Fatal(err)
	}
}

func TestLaterSourceWins(t *testing.T) {
	port := 3
	file := "# mine\nport: 1\nops_port: 11\nlimits:\n  ping: 7s\n  frame: 8 KiB\n"
	l, err := config.Load(config.Sources{
		FileName: "parley.yaml", File: []byte(file),
		Environ: map[string]string{"PARLEY_PORT": "2", "PARLEY_LIMITS_PING": "9s", "PARLEY_LOG_LEVEL": "debug", "PARLEY_SERVICE_HOST": "10.0.0.1"},
		Flags:   config.Flags{Port: &port},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ key, got, want, origin string }{
		{"port", text(&l.Config, "port"), "3", "flag --port"},
		{"ops_port", text(&l.Config, "ops_port"), "11", "file parley.yaml:3"},
		{"limits.ping", text(&l.Config, "limits.ping"), "9s", "env PARLEY_LIMITS_PING"},
		{"limits.frame", text(&l.Config, "limits.frame"), "8KiB", "file parley.yaml:6"},
		{"log.level", text(&l.Config, "log.level"), "debug", "env PARLEY_LOG_LEVEL"},
		{"limits.dead", text(&l.Config, "limits.dead"), "35s", "default"},
	} {
		if c.got != c.want || l.Origin[c.key] != c.origin {
			t.Errorf("%s = %s from %q, want %s from %q", c.key, c.got, l.Origin[c.key], c.want, c.origin)
		}
	}
}

// text finds one setting by its key.
func text(c *config.Config, key string) string {
	for _, f := range config.Fields(c) {
		if f.Key == key {
			return f.Text()
		}
	}
	return "no such key"
}

func TestFileErrorsShowTheLine(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"unknown key", "port: 1\nlimits:\n  pnig: 7s\n", "[3:3] unknown field \"pnig\""},
		{"caret", "port: 1\nlimits:\n  pnig: 7s\n", "pnig: 7s\n         ^"},
		{"duration without unit", "limits:\n  ping: 7\n", "[2:9] \"7\" is not a length of time"},
		{"size", "limits:\n  frame: 7kb\n", "[2:10] \"7kb\" is not a size"},
		{"word for a number", "port: many\n", "[1:7]"},
		{"twice", "port: 1\nport: 2\n", "[2:1] mapping key \"port\" already defined"},
		{"section without settings", "port: 1\nlimits:\n", "[2:1] limits has no value"},
		{"broken", "port: [1\n", "[1:7]"},
		{"two documents", "port: 1\n---\nport: 2\n", "one is allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := config.Load(config.Sources{FileName: "x.yaml", File: []byte(c.file)})
			if !errors.Is(err, config.ErrFile) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v\nwant ErrFile with %q", err, c.want)
			}
		})
	}
}

func TestEmptyFileIsDefault(t *testing.T) {
	for _, file := range []string{"", "\n", "# nothing\n", "---\n"} {
		l, err := config.Load(config.Sources{FileName: "x.yaml", File: []byte(file)})
		if err != nil || l.Config != config.Default() {
			t.Errorf("%q: %v %+v", file, err, l.Config)
		}
	}
}

func TestBadEnvironmentIsNamed(t *testing.T) {
	_, err := config.Load(config.Sources{Environ: map[string]string{"PARLEY_PORT": "tcp://10.0.0.7:8080"}})
	if err == nil || !strings.Contains(err.Error(), "PARLEY_PORT") {
		t.Fatalf("got %v, want an error that names PARLEY_PORT", err)
	}
}

func TestValidateListsEveryFault(t *testing.T) {
	c := config.Default()
	c.Data, c.Name, c.Bind, c.Port = "", "a b", "local host", 70000
	c.Log.Format = "xml"
	c.Limits.Ping = config.Duration(40 * time.Second)
	c.Limits.NodeBytes = 4 * config.MiB
	c.Limits.ShardBytes = 8 * config.MiB
	before := c
	var faults config.Faults
	if !errors.As(c.Validate(), &faults) {
		t.Fatal("no faults")
	}
	if c != before {
		t.Error("Validate changed the configuration")
	}
	got := map[string]bool{}
	for _, f := range faults {
		got[f.Key] = true
	}
	for _, key := range []string{"data", "name", "bind", "port", "log.format", "limits.dead", "limits.node_bytes"} {
		if !got[key] {
			t.Errorf("no fault for %s in\n%v", key, faults)
		}
	}
	if len(faults) != 7 {
		t.Errorf("%d faults:\n%v", len(faults), faults)
	}
}

func TestSamePortTwice(t *testing.T) {
	for _, c := range []struct {
		name, bind, ops string
		port            int
		fault           bool
	}{
		{"same address", "127.0.0.1", "127.0.0.1", 80, true},
		{"all addresses", "0.0.0.0", "127.0.0.1", 80, true},
		{"two addresses", "10.0.0.1", "127.0.0.1", 80, false},
		{"any free", "127.0.0.1", "127.0.0.1", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := config.Default()
			cfg.Bind, cfg.OpsBind, cfg.Port, cfg.OpsPort = c.bind, c.ops, c.port, c.port
			if err := cfg.Validate(); (err != nil) != c.fault {
				t.Error(err)
			}
		})
	}
}

func TestFaultNamesItsOrigin(t *testing.T) {
	_, err := config.Load(config.Sources{FileName: "p.yaml", File: []byte("\nport: -1\n")})
	if err == nil || !strings.Contains(err.Error(), "(file p.yaml:2)") {
		t.Fatal(err)
	}
}
