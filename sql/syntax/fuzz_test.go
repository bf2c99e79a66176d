package syntax

import (
	"os"
	"testing"
)

// FuzzParsePrint: what parses prints, and what was printed parses and prints
// the same.
func FuzzParsePrint(f *testing.F) {
	for _, c := range allCases() {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if _, err := Parse(src); err != nil {
			if e, ok := err.(*Error); !ok || e.From.Offset > e.To.Offset || e.To.Offset > len(src) || e.Msg == "" {
				t.Fatalf("%q: error %#v", src, err)
			}
			return
		}
		if err := reprints(src); err != nil {
			t.Fatalf("%q: %v", src, err)
		}
	})
}

// FuzzTokens: tokens follow one another and, with blanks, make up the source.
func FuzzTokens(f *testing.F) {
	for _, c := range allCases() {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, src string) {
		end := 0
		for tok := range Tokens(src) {
			if tok.From.Offset < end || tok.To.Offset <= tok.From.Offset || src[tok.From.Offset:tok.To.Offset] != tok.Text {
				t.Fatalf("%q: token %+v after %d", src, tok, end)
			}
			end = tok.To.Offset
		}
	})
}

func BenchmarkParse(b *testing.B) {
	src, err := os.ReadFile("testdata/seeds/queries.sql")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(string(src)); err != nil {
			b.Fatal(err)
		}
	}
}
