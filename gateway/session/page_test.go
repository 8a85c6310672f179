package session_test

import (
	"encoding/json"
	"strings"
	"testing"

	"parley/gateway/fake"
	"parley/gateway/protocol"
)

// A page of the longest texts is larger than all that may wait for a session: it comes in smaller pages, and the session
// lives.
func TestPagesOfTheLongestTextsFit(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		ok, cid := c.start("Hello")
		const lines = 30
		for range lines {
			r.post(cid, strings.Repeat("漢", 10_000), false)
		}
		a, _ := r.agent(fake.Ana)
		for _, who := range []*client{a, c} {
			for _, backwards := range []bool{true, false} {
				seen := map[uint64]bool{}
				ask := protocol.History{Conv: ok.Conv, Limit: 200}
				if !backwards {
					ask.After = 1
				}
				for more := true; more; {
					page := must[struct {
						Events []struct {
							Seq uint64 `json:"seq"`
						} `json:"events"`
						More bool `json:"more"`
					}](who, "history", ask)
					if len(page.Events) == 0 {
						t.Fatal("an empty page that says there is more")
					}
					for i, e := range page.Events {
						if seen[e.Seq] || i > 0 && e.Seq != page.Events[i-1].Seq+1 {
							t.Fatalf("event %d twice, or a hole before it", e.Seq)
						}
						seen[e.Seq] = true
					}
					more = page.More
					ask.Before, ask.After = page.Events[0].Seq, 0
					if !backwards {
						ask.Before, ask.After = 0, page.Events[len(page.Events)-1].Seq
					}
				}
				if len(seen) < lines+1 {
					t.Errorf("backwards %v: %d events", backwards, len(seen))
				}
			}
		}
		if g := a.call("history", json.RawMessage(`{"conv":"`+ok.Conv+`","limit":1}`)); g.Error != nil {
			t.Error(g.Error)
		}
	})
}
