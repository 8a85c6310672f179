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

// Each scenario sees its share of the states; none ends before.
func TestExplorer(t *testing.T) {
	share := (*states + len(scenarios) - 1) / len(scenarios)
	for i, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			x := explorer.New(explorer.None)
			n, err := x.Explore(s.budget, share, dice(*seed+uint64(i)))
			if err != nil {
				t.Fatalf("after %d states: %v", n, err)
			}
			if n < share {
				t.Fatalf("only %d states", n)
			}
			t.Logf("%d states, %d quiet", n, x.Quiet)
		})
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
