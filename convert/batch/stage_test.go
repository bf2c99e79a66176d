package batch_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"logsql/convert/batch"
)

// TestStage makes the same records, half of them not made to their end or said
// twice, in a batch that puts texts aside and in one that does not.
func TestStage(t *testing.T) {
	cs := columns("often varchar", "once varchar", "rare varchar", "list array<varchar>", "row row(x varchar, y row(z varchar))", "number bigint")
	for i := range 20 { // it is for batches of many leaves
		cs = append(cs, columns(fmt.Sprintf("more%d varchar", i))...)
	}
	staged, plain := batch.New(cs), batch.New(cs)
	staged.Stage()
	text := strings.Repeat("0123456789", 40)
	for round := range 2 { // the second with the memory of the first
		staged.Reset()
		plain.Reset()
		for i := range 20_000 {
			seed := rand.Uint64()
			var newest [2][]byte
			for k, b := range []*batch.Batch{staged, plain} {
				r := rand.New(rand.NewPCG(seed, 1))
				putRecord(b, r, text, i)
				newest[k] = b.Leaf("often").Newest()
				if r.IntN(8) == 0 {
					b.Drop()
					continue
				}
				b.EndRecord()
			}
			if (newest[0] == nil) != (newest[1] == nil) || !bytes.Equal(newest[0], newest[1]) {
				t.Fatalf("record %d: the newest text is %q, want %q", i, newest[0], newest[1])
			}
		}
		if a, b := staged.Size(), plain.Size(); a > b+b/10+1<<20 || b > a+a/10+1<<20 {
			t.Errorf("round %d: the size is %d, without putting aside %d", round, a, b)
		}
	}
	equal(t, "parquet-go", inGo(t, encode(t, cs, staged)), inGo(t, encode(t, cs, plain)))
}

func putRecord(b *batch.Batch, r *rand.Rand, text string, i int) {
	for range 1 + r.IntN(9)/8 { // a second time what is there is replaced
		if r.IntN(10) > 0 {
			b.Leaf("often").Text([]byte(text[:r.IntN(200)]))
		}
		b.Leaf("once").Text(fmt.Appendf(nil, "%d %s", i, text[:r.IntN(len(text))]))
		if r.IntN(500) == 0 {
			b.Leaf("rare").Text([]byte(text))
		}
		for n := range r.IntN(4) {
			if r.IntN(5) == 0 {
				b.Leaf("list", "element").NullAt(2, min(n, 1))
			} else {
				b.Leaf("list", "element").TextAt([]byte(text[:r.IntN(30)]), min(n, 1))
			}
		}
		switch x, z := b.Leaf("row", "x"), b.Leaf("row", "y", "z"); r.IntN(4) {
		case 0:
			x.Text([]byte(text[:r.IntN(3)]))
			z.NullAt(1+r.IntN(2), 0)
		case 1:
			x.NullAt(1, 0)
			z.Text([]byte(text))
		case 2:
			x.Null()
			z.Null()
		}
		b.Leaf("number").Int(int64(i))
	}
}

// TestStageNothing puts records aside that have hardly any text, and long lists
// of nulls and of texts without a byte; some are taken back.
func TestStageNothing(t *testing.T) {
	cs := columns("list array<varchar>", "often varchar", "never varchar")
	for i := range 20 {
		cs = append(cs, columns(fmt.Sprintf("more%d varchar", i))...)
	}
	staged, plain := batch.New(cs), batch.New(cs)
	staged.Stage()
	for i := range 2000 {
		for _, b := range []*batch.Batch{staged, plain} {
			list := b.Leaf("list", "element")
			for n := range i % 40 {
				if n%13 > 9 {
					list.TextAt(nil, min(n, 1))
				} else {
					list.NullAt(2, min(n, 1))
				}
			}
			if i%3 > 0 {
				b.Leaf("often").Text([]byte("x")[:i%2])
			}
			if i%50 > 10 && i%7 == 0 {
				b.Drop()
				continue
			}
			b.EndRecord()
		}
	}
	equal(t, "parquet-go", inGo(t, encode(t, cs, staged)), inGo(t, encode(t, cs, plain)))
}
