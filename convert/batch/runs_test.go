package batch_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"logsql/convert/batch"
)

// TestRuns writes dictionaries of every width, with NULLs and without, whose
// values repeat for a while and change for a while: they come back.
func TestRuns(t *testing.T) {
	for distinct := 2; distinct <= 5000; distinct = distinct*3/2 + 1 {
		for _, nulls := range []int{0, 3, 90} { // of a hundred
			t.Run(fmt.Sprintf("%d values, %d %% NULL", distinct, nulls), func(t *testing.T) {
				r := rand.New(rand.NewPCG(uint64(distinct), uint64(nulls)))
				b := batch.New(columns("n bigint", "s string"))
				var want []string
				for len(want) < 20_000 {
					value, times := r.Int64N(int64(distinct))*1_000_003, 1
					if r.IntN(20) == 0 {
						times = 1 << r.IntN(12)
					}
					for range times {
						if r.IntN(100) < nulls {
							b.Leaf("n").Null()
							b.Leaf("s").Null()
							want = append(want, "0:<null>/0/0 1:<null>/0/0")
						} else {
							b.Leaf("n").Int(value)
							b.Leaf("s").Text([]byte(fmt.Sprint("text ", value)))
							want = append(want, fmt.Sprintf("0:%d/1/0 1:text %d/1/0", value, value))
						}
						b.EndRecord()
					}
				}
				file := encode(t, columns("n bigint", "s string"), b)
				if got := inGo(t, file); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%d records of %d in Go, or other ones", len(got), len(want))
				}
				got := inDuck(t, file, "SELECT format('0:{} 1:{}', coalesce(n::VARCHAR, '<null>/0/0'), coalesce(s, '<null>/0/0')) FROM FILE")
				for i, w := range want {
					if w != "0:<null>/0/0 1:<null>/0/0" {
						var n int64
						fmt.Sscanf(w, "0:%d/", &n)
						w = fmt.Sprintf("0:%d 1:text %d", n, n)
					}
					if i >= len(got) || got[i] != w {
						t.Fatalf("record %d of %d in DuckDB is not %s", i, len(got), w)
					}
				}
			})
		}
	}
}
