package batch

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestNotASCII(t *testing.T) {
	for n := range 100 {
		text := bytes.Repeat([]byte{0x7f}, n)
		if notASCII(text) {
			t.Errorf("%d bytes of ASCII are not", n)
		}
		for i := range n {
			text[i] = 0x80
			if !notASCII(text) {
				t.Errorf("byte %d of %d is not ASCII", i, n)
			}
			text[i] = 0x7f
		}
	}
}

// TestFirstBytes compares texts by their first bytes where those differ.
func TestFirstBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := func() []byte {
		v := make([]byte, r.IntN(12))
		for i := range v {
			v[i] = "\x00\x01a\xff"[r.IntN(4)]
		}
		return v
	}
	for range 20_000 {
		v, w := text(), text()
		if a, b := firstBytes(v), firstBytes(w); a < b && bytes.Compare(v, w) >= 0 || a > b && bytes.Compare(v, w) <= 0 {
			t.Fatalf("%q and %q: %x and %x", v, w, a, b)
		}
	}
}
