package ingest

import (
	"runtime"
	"testing"
)

func TestEnoughProcessors(t *testing.T) {
	for _, c := range []struct {
		has, most int
		busy      float64
		want      int
	}{
		{1, 8, 0.5, 1},
		{1, 8, 0.9, 2},
		{1, 1, 1, 1},
		{2, 2, 2, 2},
		{2, 3, 1.9, 3},
		{4, 8, 3.9, 8},
		{8, 8, 4, 8},
		{8, 8, 2, 4},
		{2, 8, 0.75, 2}, // one would be as good as busy
		{2, 8, 0.6, 1},
		{3, 3, 0.5, 1},
	} {
		if got := enough(c.has, c.most, c.busy); got != c.want {
			t.Errorf("%.2f of %d busy, of %d: %d processors, want %d", c.busy, c.has, c.most, got, c.want)
		}
	}
}

// Not parallel: the setting is the process's.
func TestProcessorsGivenBack(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	before := runtime.GOMAXPROCS(3)
	defer runtime.GOMAXPROCS(before)
	var p processors
	slow := false
	first := p.begin(func() bool { return slow })
	if n := runtime.GOMAXPROCS(0); n != 1 {
		t.Errorf("it begins with %d", n)
	}
	second := p.begin(nil)
	p.set(p.done, 1)
	if n := runtime.GOMAXPROCS(0); n != 2 {
		t.Errorf("one is busy: %d", n)
	}
	p.set(p.done, 0.5)
	if n := runtime.GOMAXPROCS(0); n != 1 {
		t.Errorf("half of one is busy: %d", n)
	}
	slow = true
	p.set(p.done, 0.5)
	if n := runtime.GOMAXPROCS(0); n != 3 {
		t.Errorf("files are slow: %d", n)
	}
	slow = false
	p.set(p.done, 1.5)
	first()
	if n := runtime.GOMAXPROCS(0); n != 3 {
		t.Errorf("the first has left, the second has %d", n)
	}
	second()
	if n := runtime.GOMAXPROCS(0); n != 3 {
		t.Errorf("all have left: %d", n)
	}

	t.Setenv("GOMAXPROCS", "3")
	leave := p.begin(nil)
	if n := runtime.GOMAXPROCS(0); n != 3 {
		t.Errorf("the user wants 3, it has %d", n)
	}
	leave()
}
