//go:build race

package journal_test

// raceEnabled: under the race detector Pebble checks its own invariants at every step and is some fifty times slower.
const raceEnabled = true
