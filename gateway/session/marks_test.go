package session_test

import (
	"testing"
	"testing/synctest"

	"parley/gateway/fake"
	"parley/gateway/protocol"
)

// An agent's mark that rises over notes alone tells the customer nothing: not even that there are notes.
func TestReadingNotesMovesNothingForTheCustomer(t *testing.T) {
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		ok, cid := c.start("Hello")
		a, _ := r.agent(fake.Ana)
		row := must[protocol.RowOK](a, "open", protocol.OfConv{Conv: ok.Conv}).Row
		synctest.Wait() // both follow it by now: a mark told while one begins is told by what it begins with
		must[protocol.Empty](a, "marks", protocol.Marks{Conv: ok.Conv, Delivered: row.Seq, Seen: row.Seq})
		c.until(func(g got) bool { return g.Ev == "marks" })
		for i := range uint64(5) {
			r.post(cid, "psst", true)
			a.until(func(g got) bool { return g.Seq == row.Seq+1+i })
			must[protocol.Empty](a, "marks", protocol.Marks{Conv: ok.Conv, Delivered: row.Seq + 1 + i, Seen: row.Seq + 1 + i})
		}
		r.post(cid, "Dear", false)
		c.until(func(g got) bool { return g.Ev == "message" && g.Seq == 3 })
		var marks []string
		for _, p := range c.pushes {
			if p.Ev == "marks" {
				marks = append(marks, string(p.Body))
			}
		}
		if len(marks) != 1 {
			t.Errorf("the customer was told %d marks, want 1: %v", len(marks), marks)
		}
	})
}
