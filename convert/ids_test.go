package convert

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

// TestIDSet holds a set that spills a hundred times to a map.
func TestIDSet(t *testing.T) {
	defer LimitIDs(50)()
	s := &idSet{spill: func() (spillFile, error) { return os.CreateTemp(t.TempDir(), "ids") }}
	want := map[string]uint64{}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range uint64(20_000) {
		id := fmt.Sprint(r.IntN(8000))
		var k idKey
		k.add([]byte(id), true)
		pass, ok, err := s.find(k)
		if was, known := want[id]; err != nil || ok != known || pass != was {
			t.Fatalf("%d: %s is of pass %d, %v, want %d; error %v", i, id, pass, ok, was, err)
		}
		if ok && i%3 > 0 {
			continue
		}
		want[id] = i
		if err := s.put(k, i); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.runs) < 100 {
		t.Errorf("%d runs", len(s.runs))
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

func TestIDKey(t *testing.T) {
	key := func(columns ...string) (k idKey) {
		for i, c := range columns {
			k.add([]byte(c), i == 0)
		}
		return k
	}
	if key("a", "b") == (idKey{}) || key("a", "b") == key("b", "a") || key("a", "b") == key("ab", "") || key("a") == key("b") {
		t.Error("keys do not tell ids apart")
	}
	if !key("", "b").none() || !key("-", "b").none() || key("a", "-").none() || key("a", "").none() {
		t.Error("an id without its first column, or one taken for such")
	}
}
