package stage

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/engine/entity"
	"parley/engine/event"
)

// Golden holds the stage's events and resulting state against a file of an earlier build: first that what stands there
// still replays to the same state, then that this build writes the same. With PARLEY_REWRITE=1 the file is written anew.
func (s *Stage) Golden(t *testing.T, name string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if os.Getenv("PARLEY_REWRITE") == "1" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(s.text()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := replayed(t, s.Type, string(want)); got != string(want) {
		t.Errorf("events of %s lead to another state:\n%s", path, got)
	}
	if got := s.text(); got != string(want) {
		t.Errorf("this build writes otherwise than %s:\n%s", path, got)
	}
}

// text is the log and the state after it, in hex.
func (s *Stage) text() string {
	var b strings.Builder
	for i := range s.Log {
		data, err := event.Encode(&s.Log[i])
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "event %x\n", data)
	}
	return b.String() + dump(s.Machine)
}

func replayed(t *testing.T, typ entity.Type, file string) string {
	t.Helper()
	m := typ.New()
	var b bytes.Buffer
	for line := range strings.Lines(file) {
		h, ok := strings.CutPrefix(strings.TrimSpace(line), "event ")
		if !ok {
			break
		}
		data, err := hex.DecodeString(h)
		if err != nil {
			t.Fatal(err)
		}
		e, err := event.Decode(data, typ.Event)
		if err != nil {
			t.Fatal(err)
		}
		m.Evolve(&e)
		again, err := event.Encode(&e)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "event %x\n", again)
	}
	return b.String() + dump(m)
}
