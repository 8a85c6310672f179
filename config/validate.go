package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// Fault is one thing that is wrong with a configuration.
type Fault struct {
	Key     string `json:"key"`     // as in the file
	Problem string `json:"problem"` // a sentence without the key
	Origin  string `json:"origin,omitempty"`
}

// Faults is every fault of a configuration, in the order of the struct. It is an error; there is never an empty one.
type Faults []Fault

// Error writes one fault a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Key + ": " + fault.Problem
		if fault.Origin != "" {
			lines[i] += " (" + fault.Origin + ")"
		}
	}
	return strings.Join(lines, "\n")
}

// Validate returns nil or Faults with everything that is wrong. It changes nothing and asks nobody: whether the port
// is free or the folder writable is the doctor's question.
func (c Config) Validate() error {
	var faults Faults
	add := func(key, format string, args ...any) {
		faults = append(faults, Fault{Key: key, Problem: fmt.Sprintf(format, args...)})
	}
	for _, f := range Fields(&c) {
		if problem := f.fault(); problem != "" {
			add(f.Key, "%s", problem)
		}
	}
	if c.Data == "" {
		add("data", "is empty")
	}
	if c.Name != "" && !isName(c.Name) {
		add("name", "%q is not 1 to 63 letters, digits, points or hyphens", c.Name)
	}
	for _, b := range []struct{ key, host string }{{"bind", c.Bind}, {"ops_bind", c.OpsBind}} {
		if _, err := netip.ParseAddr(b.host); err != nil && !isName(b.host) {
			add(b.key, "%q is neither an IP address nor a host name", b.host)
		}
	}
	if c.Port != 0 && c.Port == c.OpsPort && (c.Bind == c.OpsBind || anyAddress(c.Bind) || anyAddress(c.OpsBind)) {
		add("ops_port", "%d is also port", c.OpsPort)
	}
	if c.Limits.Dead <= c.Limits.Ping {
		add("limits.dead", "%s is not more than limits.ping, %s", c.Limits.Dead, c.Limits.Ping)
	}
	if c.Limits.NodeBytes < c.Limits.ShardBytes {
		add("limits.node_bytes", "%s is less than limits.shard_bytes, %s", c.Limits.NodeBytes, c.Limits.ShardBytes)
	}
	if faults == nil {
		return nil
	}
	return faults
}

// isName reports whether s may be a host or node name.
func isName(s string) bool {
	if s == "" || len(s) > 63 {
		return false
	}
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-') {
			return false
		}
	}
	return true
}

// anyAddress reports whether the host stands for every address of the machine.
func anyAddress(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsUnspecified()
}
