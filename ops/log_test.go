package ops_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"parley/ops"
)

func TestLogger(t *testing.T) {
	for _, c := range []struct {
		name, format, level string
		json                bool
		lines               int
	}{
		{"auto off a terminal is json", "auto", "info", true, 1},
		{"json", "json", "debug", true, 2},
		{"text", "text", "info", false, 1},
		{"level", "text", "error", false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			log, err := ops.NewLogger(&b, c.format, c.level)
			if err != nil {
				t.Fatal(err)
			}
			log.Info("offer lapsed", "queue", "Sales")
			log.Debug("detail")
			if got := strings.Count(b.String(), "\n"); got != c.lines {
				t.Errorf("%d lines, want %d: %s", got, c.lines, b.String())
			}
			var v map[string]any
			first, _, _ := strings.Cut(b.String(), "\n")
			if isJSON := json.Unmarshal([]byte(first), &v) == nil; isJSON != c.json {
				t.Errorf("json %v: %s", isJSON, first)
			}
			if strings.Contains(b.String(), "\x1b[") {
				t.Error("colours off a terminal")
			}
		})
	}
	if _, err := ops.NewLogger(&bytes.Buffer{}, "xml", "info"); err == nil {
		t.Error("xml accepted")
	}
	if _, err := ops.NewLogger(&bytes.Buffer{}, "json", "loud"); err == nil {
		t.Error("loud accepted")
	}
}
