package batch_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"logsql/convert/batch"
	"logsql/convert/schema"

	"github.com/parquet-go/parquet-go"
)

var mixed = []string{
	"few varchar", "unique varchar", "start bigint", "port int", "wide bigint", "half bigint", "flag boolean", "x double",
	"none varchar", "list array<bigint>", "tags map<string,string>", "who struct<name:string,of:struct<id:bigint>>", "day date", "at timestamp",
}

// random is a batch of n records of every kind of column.
func random(t testing.TB, cs []schema.Column, seed, n int) *batch.Batch {
	t.Helper()
	r := rand.New(rand.NewPCG(1, uint64(seed)))
	b := batch.New(cs)
	text := func(of int) []byte { return fmt.Appendf(nil, "值-%d", r.IntN(of)) }
	for i := range n {
		b.Leaf("few").Text(text(7))
		b.Leaf("unique").Text(text(1 << 40))
		b.Leaf("start").Int(int64(1_700_000_000 + i/3))
		b.Leaf("port").Int(int64(r.IntN(65536)))
		b.Leaf("wide").Int(r.Int64() - r.Int64())
		if r.IntN(3) > 0 {
			b.Leaf("half").Int(int64(r.IntN(1000)))
		}
		b.Leaf("flag").Bool(r.IntN(2) == 0)
		b.Leaf("x").Double(r.Float64())
		for j := range r.IntN(4) {
			b.Leaf("list", "element").IntAt(int64(i+j), min(j, 1))
		}
		for j := range r.IntN(3) {
			b.Leaf("tags", "key").TextAt(text(5), min(j, 1))
			b.Leaf("tags", "value").TextAt(text(1<<20), min(j, 1))
		}
		if r.IntN(2) == 0 {
			b.Leaf("who", "name").Text(text(3))
			b.Leaf("who", "of", "id").NullAt(r.IntN(3), 0)
		} else {
			b.Leaf("who", "of", "id").Int(int64(i))
		}
		b.Leaf("day").Int(int64(r.IntN(30000)))
		b.Leaf("at").Int(r.Int64N(1 << 50))
		b.EndRecord()
	}
	return b
}

func reader(t testing.TB, file []byte, cs []schema.Column) *batch.Reader {
	t.Helper()
	r, err := batch.NewReader(bytes.NewReader(file), int64(len(file)), cs)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReader reads files back and writes them again, in other row groups: the
// records are the same, to another reader.
func TestReader(t *testing.T) {
	cs := columns(mixed...)
	for _, sizes := range [][]int{{1}, {3, 1, 2}, {5000, 300}, {70_000, 2}} {
		var batches []*batch.Batch
		for i, n := range sizes {
			batches = append(batches, random(t, cs, i, n))
		}
		file := encode(t, cs, batches...)
		r := reader(t, file, cs)
		b := batch.New(cs)
		for group := range r.Groups() {
			if err := r.Append(b, group); err != nil {
				t.Fatal(err)
			}
		}
		if again := encode(t, cs, b); !slices.Equal(inGo(t, again), inGo(t, file)) {
			t.Errorf("%v: other records", sizes)
		}
	}
}

// TestCopy copies row groups as they are encoded, bloom filters and all.
func TestCopy(t *testing.T) {
	cs := columns(mixed...)
	find := []string{"unique", "who.name", "start", "nothing"}
	write := func(fill func(*batch.Writer) error) []byte {
		var buf bytes.Buffer
		w := batch.NewWriter(&buf, cs)
		w.Find(find)
		if err := errJoin(fill(w), w.Close()); err != nil {
			t.Fatal(err)
		}
		return buf.Bytes()
	}
	whole := write(func(w *batch.Writer) error {
		return errJoin(w.WriteRowGroup(random(t, cs, 1, 3000)), w.WriteRowGroup(random(t, cs, 2, 10)))
	})
	copied := write(func(w *batch.Writer) error {
		r := reader(t, whole, cs)
		for _, group := range []int{1, 0} {
			if done, err := w.Copy(r, group); !done || err != nil {
				t.Fatal(done, err)
			}
		}
		if done, err := w.Copy(reader(t, encode(t, cs, random(t, cs, 3, 5)), cs), 0); done || err != nil {
			t.Errorf("a row group without bloom filters was copied: %v", err)
		}
		return nil
	})
	want := inGo(t, whole)
	if got := inGo(t, copied); !slices.Equal(got, append(slices.Clone(want[3000:]), want[:3000]...)) {
		t.Error("the copy has other records")
	}
	checkBlooms(t, copied)
}

// checkBlooms asks the filters with parquet-go: every value is found, and of a
// thousand others few are.
func checkBlooms(t *testing.T, file []byte) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range f.RowGroups() {
		for _, c := range g.ColumnChunks() {
			name := strings.Join(f.Schema().Columns()[c.Column()], ".")
			filter := c.BloomFilter()
			if filter == nil {
				if name == "unique" || name == "who.name" {
					t.Errorf("row group %d: no bloom filter of %s", i, name)
				}
				continue
			}
			found := 0
			for n := range 1000 {
				if ok, err := filter.Check(parquet.ValueOf(fmt.Sprintf("not there %d", n))); err != nil {
					t.Fatal(err)
				} else if ok {
					found++
				}
			}
			if found > 50 {
				t.Errorf("row group %d: the filter of %s finds %d of 1000 values that are not there", i, name, found)
			}
			checkFound(t, name, c, filter)
		}
	}
}

func checkFound(t *testing.T, name string, c parquet.ColumnChunk, filter parquet.BloomFilter) {
	t.Helper()
	pages := c.Pages()
	defer pages.Close()
	for {
		p, err := pages.ReadPage()
		if err != nil {
			return
		}
		values := make([]parquet.Value, p.NumValues())
		n, _ := p.Values().ReadValues(values)
		for _, v := range values[:n] {
			if v.IsNull() {
				continue
			}
			if ok, err := filter.Check(v); !ok || err != nil {
				t.Fatalf("the filter of %s lacks %v: %v", name, v, err)
			}
		}
	}
}

// TestPick sorts by columns of each kind: the records are all there, in order,
// those that are equal as they came.
func TestPick(t *testing.T) {
	cs := columns(mixed...)
	for _, by := range []string{"few", "unique", "start", "half", "flag"} {
		b := random(t, cs, 4, 4000)
		p, err := batch.NewPicker(b, by)
		if err != nil {
			t.Fatal(err)
		}
		sorted := batch.New(cs)
		var picks []batch.Pick
		for _, record := range p.Order() {
			picks = append(picks, batch.Pick{From: p, Record: record})
		}
		sorted.AppendPicks(picks[:1000])
		sorted.AppendPicks(picks[1000:])
		file := encode(t, cs, sorted)
		want := inGo(t, encode(t, cs, random(t, cs, 4, 4000)))
		order := inDuck(t, encode(t, cs, random(t, cs, 4, 4000)),
			`SELECT n::VARCHAR FROM (SELECT row_number() OVER () - 1 AS n, "`+by+`" AS k FROM FILE) ORDER BY k NULLS LAST, n`)
		for i, record := range inGo(t, file) {
			var from int
			fmt.Sscan(order[i], &from)
			if record != want[from] {
				t.Fatalf("by %s: record %d is not DuckDB's", by, i)
			}
		}
	}
	for _, by := range []string{"list", "who", "nothing"} {
		if _, err := batch.NewPicker(random(t, cs, 1, 1), by); err == nil {
			t.Errorf("sorted by %s", by)
		}
	}
}

// TestReadDamaged flips bytes: an error or other values, no panic.
func TestReadDamaged(t *testing.T) {
	cs := columns("a varchar", "n bigint", "l array<string>")
	b := batch.New(cs)
	for i := range 300 {
		b.Leaf("a").Text(fmt.Appendf(nil, "v%d", i%9))
		b.Leaf("n").Int(int64(i * i))
		b.Leaf("l", "element").TextAt([]byte("x"), 0)
		b.EndRecord()
	}
	file := encode(t, cs, b)
	for at := range file {
		damaged := slices.Clone(file)
		damaged[at] ^= 0x55
		r, err := batch.NewReader(bytes.NewReader(damaged), int64(len(damaged)), cs)
		if err != nil {
			continue
		}
		for group := range r.Groups() {
			r.Append(batch.New(cs), group)
		}
	}
	if _, err := batch.NewReader(bytes.NewReader(file), int64(len(file)), cs[:2]); err == nil {
		t.Error("a file of other columns was taken")
	}
}
