package cost

import (
	"math"
	"slices"
	"testing"
)

func TestBilled(t *testing.T) {
	for _, c := range []struct{ scanned, want int64 }{
		{0, 10 * MB},
		{1, 10 * MB},
		{10 * MB, 10 * MB},
		{10*MB + 1, 11 * MB},
		{3 * TB, 3 * TB},
	} {
		if got := Billed(c.scanned); got != c.want {
			t.Errorf("Billed(%d) = %d, want %d", c.scanned, got, c.want)
		}
	}
	if got := Charge(3*TB, 5); got != 15 {
		t.Errorf("3 TB at 5: %v", got)
	}
	if got := Charge(0, 5); math.Abs(got-0.0000476837) > 1e-9 {
		t.Errorf("the least charge: %v", got)
	}
}

func TestPack(t *testing.T) {
	sizes := []int64{0, 1, 300, math.MaxInt64}
	if got := unpack(pack(sizes)); !slices.Equal(got, sizes) {
		t.Errorf("%v", got)
	}
}
