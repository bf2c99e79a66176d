package batch

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestKey has texts of every length that keys have, each with all texts of its
// length and near to it that differ from it in one byte, or are one byte shorter.
func TestKey(t *testing.T) {
	var room [24]byte
	r := rand.New(rand.NewPCG(1, 2))
	for n := range maxKey + 1 {
		v := make([]byte, n)
		for i := range v {
			v[i] = byte(r.IntN(3)) * 0x61
		}
		k := keyOf(v)
		for i := range room {
			room[i] = 0xee // of a text before
		}
		if got := k.text(&room); !bytes.Equal(got, v) {
			t.Errorf("the text of the key of %q is %q", v, got)
		}
		if n > 0 && keyOf(v[1:]) == k || n > 0 && keyOf(v[:n-1]) == k {
			t.Errorf("%q without a byte has its key", v)
		}
		for i := range v {
			other := bytes.Clone(v)
			for v[i]++; v[i] != other[i]; v[i]++ {
				if keyOf(v) == k {
					t.Errorf("%q and %q have one key", v, other)
				}
			}
		}
		if k[2] == longKey {
			t.Errorf("%q has the key of those that have none", v)
		}
	}
}
