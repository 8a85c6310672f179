package order_test

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley/engine/order"
)

// A list does what a sorted slice does.
func TestListIsASortedSlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := order.New(cmp.Compare[int])
		var model []int
		span := rapid.SampledFrom([]int{8, 3000}).Draw(t, "span")
		steps := rapid.IntRange(1, span).Draw(t, "prefill")
		for i := range steps {
			v := (i * 7919) % span
			if at, found := slices.BinarySearch(model, v); !found {
				model = slices.Insert(model, at, v)
				l.Insert(v)
			}
		}
		value := rapid.IntRange(0, span)
		t.Repeat(map[string]func(*rapid.T){
			"insert": func(t *rapid.T) {
				v := value.Draw(t, "v")
				at, found := slices.BinarySearch(model, v)
				if !found {
					model = slices.Insert(model, at, v)
				}
				if l.Insert(v) == found {
					t.Fatalf("insert %d: found %v", v, found)
				}
			},
			"delete": func(t *rapid.T) {
				v := value.Draw(t, "v")
				at, found := slices.BinarySearch(model, v)
				if found {
					model = slices.Delete(model, at, at+1)
				}
				if l.Delete(v) != found {
					t.Fatalf("delete %d: found %v", v, found)
				}
			},
			"": func(t *rapid.T) {
				v := value.Draw(t, "v")
				at, _ := slices.BinarySearch(model, v)
				if l.Rank(v) != at || l.Len() != len(model) {
					t.Fatalf("rank %d, want %d; len %d, want %d", l.Rank(v), at, l.Len(), len(model))
				}
				first, ok := l.First()
				if ok != (len(model) > 0) || ok && first != model[0] {
					t.Fatalf("first %d %v", first, ok)
				}
				if len(model) > 0 && l.At(len(model)/2) != model[len(model)/2] {
					t.Fatal("middle differs")
				}
			},
		})
		if got := slices.Collect(l.All()); !slices.Equal(got, model) {
			t.Fatalf("list %v, model %v", got, model)
		}
	})
}
