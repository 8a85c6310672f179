//go:build !race

package explorer_test

import (
	"flag"
	"math/rand/v2"
	"testing"

	"parley/engine/explorer"
)

var (
	states = flag.Int("states", 500_000, "distinct states to explore, at least")
	seed   = flag.Uint64("seed", 0, "another order of the walk")
)

// scenarios allow a few kinds of trouble at a time, so that each is walked deep, and one allows all.
var scenarios = []struct {
	name   string
	budget explorer.Budget
}{
	{"letters doubled and late", explorer.Budget{Reserve: 3, Double: 1, Late: 1, Lapse: 1, Ask: 1, Close: 1}},
	{"given up and retried", explorer.Budget{Reserve: 3, Park: 2, Decline: 1, Ask: 1, Close: 1}},
	{"assigned by hand", explorer.Budget{Reserve: 2, Late: 1, Park: 1, Assign: 1, Unassign: 1, Lapse: 1, Ask: 1}},
	{"signed out and on a break", explorer.Budget{Reserve: 3, Late: 1, Break: 1, SignOut: 1, Ask: 2, Close: 1}},
	{"restart", explorer.Budget{Reserve: 3, Restart: 2, Double: 1, Decline: 1, Ask: 1, Close: 1}},
	{"customers come back", explorer.Budget{Reserve: 3, Late: 1, Park: 1, Lapse: 1, Ask: 1, Close: 1, Post: 2, SignOut: 1, Break: 1}},
	{"everything", explorer.Budget{Reserve: 4, Double: 1, Late: 2, Park: 1, Restart: 1, Decline: 1, Lapse: 2, Ask: 2, Close: 2, Assign: 1, Unassign: 1, Break: 1, SignOut: 1, Post: 1}},
}

func dice(seed uint64) func(int) int { return rand.New(rand.NewPCG(seed, 1)).IntN }

func TestExplorer(t *testing.T) {
	x := explorer.New(explorer.None)
	total := 0
	for i, s := range scenarios {
		n, err := x.Explore(s.budget, (*states-total)/(len(scenarios)-i), dice(*seed+uint64(i)))
		if err != nil {
			t.Fatalf("%s, after %d states: %v", s.name, n, err)
		}
		total += n
		t.Logf("%s: %d states, %d quiet so far", s.name, n, x.Quiet)
	}
	if total < *states {
		t.Fatalf("only %d states", total)
	}
}

func TestExplorerFindsPlantedFaults(t *testing.T) {
	for name, f := range map[string]explorer.Fault{
		"old release frees the newer":  explorer.ReleaseFreesNewer,
		"confirm takes an unknown one": explorer.ConfirmTakesUnknown,
		"offers of any attempt":        explorer.AttemptFenceOff,
	} {
		t.Run(name, func(t *testing.T) {
			for i, s := range scenarios {
				n, err := explorer.New(f).Explore(s.budget, 50_000, dice(uint64(i)))
				if err != nil {
					t.Logf("%s, after %d states: %v", s.name, n, err)
					return
				}
			}
			t.Fatal("not found")
		})
	}
}
