package bench

import "testing"

// The bench must see what it says is not there: each number once, none left out.
func TestTrack(t *testing.T) {
	tests := []struct {
		name                   string
		seqs                   []uint64
		duplicated, outOfOrder int64
	}{
		{"in order", []uint64{1, 2, 3}, 0, 0},
		{"from the middle", []uint64{7, 8}, 0, 0},
		{"one twice", []uint64{1, 2, 2, 3}, 1, 0},
		{"one left out", []uint64{1, 3}, 0, 1},
		{"an old one late", []uint64{1, 3, 2}, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var all faults
			tr := track{who: "somebody", conv: "cnv", all: &all}
			for _, seq := range tt.seqs {
				tr.saw(seq)
			}
			if d, o := all.duplicated.Load(), all.outOfOrder.Load(); d != tt.duplicated || o != tt.outOfOrder {
				t.Errorf("duplicated %d, out of order %d; want %d, %d", d, o, tt.duplicated, tt.outOfOrder)
			}
			if (all.firstFault() == "") != (tt.duplicated+tt.outOfOrder == 0) {
				t.Errorf("first fault %q", all.firstFault())
			}
		})
	}
}

func TestReportWithFaultsIsNotOK(t *testing.T) {
	for _, r := range []Report{{Lost: 1}, {Duplicated: 1}, {OutOfOrder: 1}} {
		if r.OK() {
			t.Errorf("%+v is OK", r)
		}
	}
	if r := (Report{Failed: 1}); !r.OK() {
		t.Error("a refused command is not a lost message")
	}
}
