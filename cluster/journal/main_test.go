package journal_test

import (
	"flag"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if raceEnabled {
		set("rapid.checks", "3")
		set("rapid.steps", "12")
	} else {
		set("rapid.checks", "20")
	}
	flag.Parse()
	os.Exit(m.Run())
}

// set gives a flag another default.
func set(name, value string) {
	if err := flag.Set(name, value); err != nil {
		panic(err)
	}
}
