package batch_test

import (
	"bytes"
	"crypto/md5"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"logsql/convert/batch"
	"logsql/convert/schema"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/parquet-go/parquet-go"
)

func columns(defs ...string) []schema.Column {
	var cs []schema.Column
	for _, d := range defs {
		name, typ, _ := strings.Cut(d, " ")
		cs = append(cs, schema.Column{Name: name, Type: schema.MustParse(typ)})
	}
	return cs
}

// encode writes the batches as row groups of one file.
func encode(t testing.TB, cs []schema.Column, batches ...*batch.Batch) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := batch.NewWriter(&buf, cs)
	for _, b := range batches {
		if err := w.WriteRowGroup(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if int64(buf.Len()) != w.Bytes() {
		t.Errorf("Bytes is %d, the file has %d", w.Bytes(), buf.Len())
	}
	return buf.Bytes()
}

func duck(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// inDuck asks DuckDB for each record of the file as JSON.
func inDuck(t testing.TB, file []byte, query string) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.parquet")
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
	rows, err := duck(t).Query(strings.ReplaceAll(query, "FILE", "read_parquet('"+path+"')"))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var s sql.NullString
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		got = append(got, s.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return got
}

const asJSON = "SELECT CAST(to_json(record) AS VARCHAR) FROM FILE record"

// inGo reads the file with parquet-go and returns each record as the values of
// its leaves with their levels.
func inGo(t testing.TB, file []byte) []string {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range f.RowGroups() {
		rows := g.Rows()
		buf := make([]parquet.Row, 100)
		for {
			n, err := rows.ReadRows(buf)
			for _, r := range buf[:n] {
				var s strings.Builder
				for _, v := range r {
					fmt.Fprintf(&s, "%d:%v/%d/%d ", v.Column(), v, v.DefinitionLevel(), v.RepetitionLevel())
				}
				got = append(got, strings.TrimSpace(s.String()))
			}
			if err != nil {
				break
			}
		}
		rows.Close()
	}
	return got
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestPlainTypes(t *testing.T) {
	cs := columns("s varchar", "i int", "b bigint", "d double", "o boolean", "y date", "t timestamp(6)", "n varchar")
	b := batch.New(cs)
	for i := range 3 {
		b.Leaf("s").Text([]byte{byte('x' + i)})
		b.Leaf("i").Int(int64(-i))
		b.Leaf("b").Int(1 << (40 + i))
		b.Leaf("d").Double(float64(i) / 4)
		b.Leaf("o").Bool(i == 1)
		b.Leaf("y").Int(int64(20000 + i))
		b.Leaf("t").Int(int64(1700000000000000 + i))
		b.EndRecord()
	}
	b.EndRecord() // a record of nothing
	b.Leaf("s").Text(nil)
	b.Leaf("i").Null()
	b.EndRecord()
	file := encode(t, cs, b)
	equal(t, "DuckDB", inDuck(t, file, asJSON), []string{
		`{"s":"x","i":0,"b":1099511627776,"d":0.0,"o":false,"y":"2024-10-04","t":"2023-11-14 22:13:20","n":null}`,
		`{"s":"y","i":-1,"b":2199023255552,"d":0.25,"o":true,"y":"2024-10-05","t":"2023-11-14 22:13:20.000001","n":null}`,
		`{"s":"z","i":-2,"b":4398046511104,"d":0.5,"o":false,"y":"2024-10-06","t":"2023-11-14 22:13:20.000002","n":null}`,
		`{"s":null,"i":null,"b":null,"d":null,"o":null,"y":null,"t":null,"n":null}`,
		`{"s":"","i":null,"b":null,"d":null,"o":null,"y":null,"t":null,"n":null}`,
	})
	equal(t, "types", inDuck(t, file, "SELECT typeof(COLUMNS(*)) || '' FROM (SELECT s FROM FILE) LIMIT 1"), []string{"VARCHAR"})
	if n := len(inGo(t, file)); n != 5 {
		t.Errorf("parquet-go reads %d records, want 5", n)
	}
}

func TestNested(t *testing.T) {
	cs := columns("u struct<arn:string,ctx:struct<mfa:string>>", "r array<struct<arn:string,kind:string>>", "m map<string,string>", "l array<bigint>")
	b := batch.New(cs)
	if l := b.Leaf("r", "element", "arn"); l.MaxDef != 4 || l.MaxRep != 1 {
		t.Fatalf("r.element.arn has levels %d, %d", l.MaxDef, l.MaxRep)
	}
	if l := b.Leaf("m", "key"); l.MaxDef != 2 || l.MaxRep != 1 {
		t.Fatalf("m.key has levels %d, %d", l.MaxDef, l.MaxRep)
	}
	if b.Leaf("u", "nothing") != nil {
		t.Fatal("a leaf that is not there is there")
	}
	arn, kind := b.Leaf("r", "element", "arn"), b.Leaf("r", "element", "kind")
	// 1: everything
	b.Leaf("u", "arn").Text([]byte("a1"))
	b.Leaf("u", "ctx", "mfa").Text([]byte("true"))
	arn.TextAt([]byte("r1"), 0)
	kind.NullAt(3, 0)
	arn.NullAt(2, 1) // a null struct as the second element
	kind.NullAt(2, 1)
	arn.TextAt([]byte("r3"), 1)
	kind.TextAt([]byte("k3"), 1)
	b.Leaf("m", "key").TextAt([]byte("k"), 0)
	b.Leaf("m", "value").TextAt([]byte("v"), 0)
	b.Leaf("m", "key").TextAt([]byte("k2"), 1)
	b.Leaf("m", "value").NullAt(2, 1)
	b.Leaf("l", "element").IntAt(0, 0)
	b.EndRecord()
	// 2: nothing
	b.EndRecord()
	// 3: a struct of nulls, empty list and map
	b.Leaf("u", "arn").NullAt(1, 0)
	b.Leaf("u", "ctx", "mfa").NullAt(2, 0)
	arn.NullAt(1, 0)
	kind.NullAt(1, 0)
	b.Leaf("m", "key").NullAt(1, 0)
	b.Leaf("m", "value").NullAt(1, 0)
	b.EndRecord()
	file := encode(t, cs, b)
	equal(t, "DuckDB", inDuck(t, file, asJSON), []string{
		`{"u":{"arn":"a1","ctx":{"mfa":"true"}},"r":[{"arn":"r1","kind":null},null,{"arn":"r3","kind":"k3"}],"m":{"k":"v","k2":null},"l":[0]}`,
		`{"u":null,"r":null,"m":null,"l":null}`,
		`{"u":{"arn":null,"ctx":{"mfa":null}},"r":[],"m":{},"l":null}`,
	})
	equal(t, "parquet-go", inGo(t, file), []string{
		"0:a1/2/0 1:true/3/0 2:r1/4/0 2:<null>/2/1 2:r3/4/1 3:<null>/3/0 3:<null>/2/1 3:k3/4/1 4:k/2/0 4:k2/2/1 5:v/3/0 5:<null>/2/1 6:0/3/0",
		"0:<null>/0/0 1:<null>/0/0 2:<null>/0/0 3:<null>/0/0 4:<null>/0/0 5:<null>/0/0 6:<null>/0/0",
		"0:<null>/1/0 1:<null>/2/0 2:<null>/1/0 3:<null>/1/0 4:<null>/1/0 5:<null>/1/0 6:<null>/0/0",
	})
}

// TestMany holds every encoding against DuckDB's arithmetic: dictionaries of 1,
// few and many entries, fallback, deltas, nulls in runs and scattered, several
// pages and row groups.
func TestMany(t *testing.T) {
	cs := columns("one varchar", "few varchar", "many varchar", "unique varchar", "late varchar", "start bigint",
		"port int", "wide bigint", "half bigint", "flag boolean", "x double", "none varchar", "list array<bigint>")
	const n = 150_000
	b := batch.New(cs)
	var batches []*batch.Batch
	for i := range n {
		if i == 90_000 {
			batches = append(batches, b)
			b = batch.New(cs)
		}
		b.Leaf("one").Text([]byte("same"))
		b.Leaf("few").Text(fmt.Appendf(nil, "few-%d", i%7))
		b.Leaf("many").Text(fmt.Appendf(nil, "10.0.%d.%d", i%50, i%211))
		b.Leaf("unique").Text(fmt.Appendf(nil, "id-%d", i))
		if i < 60_000 {
			b.Leaf("late").Text([]byte("a"))
		} else {
			b.Leaf("late").Text(fmt.Appendf(nil, "late-%d", i))
		}
		b.Leaf("start").Int(int64(1_700_000_000 + i/3))
		b.Leaf("port").Int(int64(i * 31 % 65536))
		b.Leaf("wide").Int(int64(i) * 1_000_003 * int64(1-2*(i%2)))
		if i%2 == 0 {
			b.Leaf("half").Int(int64(i))
		} else if i%3 == 0 {
			b.Leaf("half").Null()
		}
		b.Leaf("flag").Bool(i%5 == 0)
		b.Leaf("x").Double(float64(i) + 0.5)
		for j := range i % 4 {
			b.Leaf("list", "element").IntAt(int64(i+j), min(j, 1))
		}
		b.EndRecord()
	}
	file := encode(t, cs, append(batches, b)...)
	got := inDuck(t, file, `SELECT to_json({n: count(*), one: count(distinct one), few: sum(CAST(few[5:] AS INT)), many: count(distinct many),
		uniq: sum(CAST("unique"[4:] AS BIGINT)), late: sum(CASE WHEN late = 'a' THEN 1 ELSE CAST(late[6:] AS BIGINT) END), start: sum(start), port: sum(port),
		wide: sum(wide), half: sum(half), halves: count(half), flag: count(*) FILTER (flag), x: sum(x), nones: count(none),
		list: sum(list_sum(list)), lists: count(list)})::VARCHAR FROM FILE`)
	var sums struct{ few, uniq, late, start, port, wide, half, list int64 }
	for i := range int64(n) {
		sums.few += i % 7
		sums.uniq += i
		if i < 60_000 {
			sums.late++
		} else {
			sums.late += i
		}
		sums.start += 1_700_000_000 + i/3
		sums.port += i * 31 % 65536
		sums.wide += i * 1_000_003 * (1 - 2*(i%2))
		if i%2 == 0 {
			sums.half += i
		}
		for j := range i % 4 {
			sums.list += i + j
		}
	}
	want := fmt.Sprintf(`{"n":%d,"one":1,"few":%d,"many":%d,"uniq":%d,"late":%d,"start":%d,"port":%d,"wide":%d,"half":%d,"halves":%d,"flag":%d,"x":%d.0,"nones":0,"list":%d,"lists":%d}`,
		n, sums.few, 50*211, sums.uniq, sums.late, sums.start, sums.port, sums.wide, sums.half, n/2, n/5, sums.uniq+n/2, sums.list, n-n/4)
	equal(t, "DuckDB", got, []string{want})

	equal(t, "filters", inDuck(t, file, `SELECT count(*) FROM FILE WHERE start = 1700000000 OR "unique" = 'id-149999' OR many = '10.0.49.210' OR wide = -1000003`),
		[]string{fmt.Sprint(3 + 1 + n/(50*211))})
	if n := len(inGo(t, file)); n != 150_000 {
		t.Errorf("parquet-go reads %d records", n)
	}
}

func TestDrop(t *testing.T) {
	cs := columns("s varchar", "i int", "l array<string>")
	b := batch.New(cs)
	put := func(s string, i int64) {
		b.Leaf("s").Text([]byte(s))
		b.Leaf("i").Int(i)
		b.Leaf("l", "element").TextAt([]byte(s+"0"), 0)
		b.Leaf("l", "element").TextAt([]byte(s+"1"), 1)
	}
	put("bad", -5)
	b.Drop()
	put("m", 1)
	b.EndRecord()
	put("z-bad", 999)
	b.Drop()
	b.EndRecord()
	put("twice", 3)
	put("n", 2)
	b.EndRecord()
	put("zzz", 1000) // never ended
	if b.Len() != 3 {
		t.Errorf("Len is %d, want 3", b.Len())
	}
	file := encode(t, cs, b)
	equal(t, "DuckDB", inDuck(t, file, asJSON), []string{
		`{"s":"m","i":1,"l":["m0","m1"]}`, `{"s":null,"i":null,"l":null}`, `{"s":"n","i":2,"l":["n0","n1"]}`,
	})
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	s := f.Metadata().RowGroups[0].Columns[0].MetaData.Statistics
	if string(s.MinValue) != "m" || string(s.MaxValue) != "n" || s.NullCount != 1 {
		t.Errorf("bounds %q … %q, %d nulls; want m … n, 1: dropped values must not show", s.MinValue, s.MaxValue, s.NullCount)
	}
}

func TestReset(t *testing.T) {
	cs := columns("s varchar", "i bigint")
	b := batch.New(cs)
	var buf bytes.Buffer
	w := batch.NewWriter(&buf, cs)
	for round := range 4 {
		for i := range 5000 {
			b.Leaf("s").Text(fmt.Appendf(nil, "%d-%d", round, i))
			if i%2 == 0 {
				b.Leaf("i").Int(int64(i))
			}
			b.EndRecord()
		}
		if err := w.WriteRowGroup(b); err != nil {
			t.Fatal(err)
		}
		if round == 1 {
			b.Release()
		} else {
			b.Reset()
		}
		if b.Len() != 0 || b.Size() != 0 {
			t.Errorf("after Reset Len is %d, Size %d", b.Len(), b.Size())
		}
	}
	if err := errJoin(w.WriteRowGroup(b), w.Close()); err != nil {
		t.Fatal(err)
	}
	if w.Rows() != 20000 {
		t.Errorf("Rows is %d", w.Rows())
	}
	equal(t, "DuckDB", inDuck(t, buf.Bytes(), "SELECT count(*) || ' ' || count(distinct s) || ' ' || count(i) FROM FILE"), []string{"20000 20000 10000"})
	if err := w.Close(); err == nil || err.Error() != "the Parquet file is closed already" {
		t.Errorf("second Close: %v", err)
	}
}

func errJoin(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestEmptyFile(t *testing.T) {
	cs := columns("s varchar", "l array<string>")
	file := encode(t, cs)
	equal(t, "DuckDB", inDuck(t, file, "SELECT count(*) FROM FILE"), []string{"0"})
}

func TestWriteErrors(t *testing.T) {
	for _, c := range []struct {
		name, want string
		put        func(b *batch.Batch)
	}{
		{"latin 1", `column s: text "caf\xe9" is not UTF-8`, func(b *batch.Batch) { b.Leaf("s").Text([]byte("caf\xe9")) }},
		{"a character cut in two", `column s: text "\xe4" is not UTF-8`, func(b *batch.Batch) {
			b.Leaf("s").Text([]byte("\xe4"))
			b.EndRecord()
			b.Leaf("s").Text([]byte("\xb8\xad"))
		}},
		{"too large", "column i: 4294967296 … 4294967296 do not fit into 32 bits", func(b *batch.Batch) { b.Leaf("i").Int(1 << 32) }},
	} {
		b := batch.New(columns("s varchar", "i int"))
		c.put(b)
		b.EndRecord()
		err := batch.NewWriter(new(bytes.Buffer), b.Columns).WriteRowGroup(b)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v; want %s", c.name, err, c.want)
		}
	}
	b := batch.New(columns("s varchar"))
	err := batch.NewWriter(new(bytes.Buffer), columns("s varchar", "t varchar")).WriteRowGroup(b)
	if want := "a batch of 1 leaves for a file of 2"; err == nil || err.Error() != want {
		t.Errorf("another schema: %v; want %s", err, want)
	}
}

// TestLongBounds makes sure that a cut bound never hides a record.
func TestLongBounds(t *testing.T) {
	long := strings.Repeat("中", 40)
	for _, c := range []struct{ value, low, high string }{
		{"short", "short", "short"},
		{long, long[:63], long[:60] + "丮"},
		{strings.Repeat("a", 63) + "zz", strings.Repeat("a", 63) + "z", strings.Repeat("a", 63) + "{"},
		{strings.Repeat("\U0010FFFF", 20), "", ""},
		{strings.Repeat("b", 61) + "\uD7FF" + "x", strings.Repeat("b", 61) + "\uD7FF", strings.Repeat("b", 61) + "\uE000"},
	} {
		b := batch.New(columns("s varchar"))
		b.Leaf("s").Text([]byte(c.value))
		b.EndRecord()
		file := encode(t, b.Columns, b)
		f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		s := f.Metadata().RowGroups[0].Columns[0].MetaData.Statistics
		if string(s.MinValue) != c.low || string(s.MaxValue) != c.high {
			t.Errorf("bounds of %q are %q … %q, want %q … %q", c.value, s.MinValue, s.MaxValue, c.low, c.high)
		}
		equal(t, "DuckDB finds it", inDuck(t, file, "SELECT count(*) FROM FILE WHERE s = '"+c.value+"'"), []string{"1"})
	}
}

// TestLongRepeats has few texts, very long and repeated very often: they must
// not be written out, neither in memory nor in the file.
func TestLongRepeats(t *testing.T) {
	cs := columns("s varchar")
	b := batch.New(cs)
	long := bytes.Repeat([]byte("0123456789abcdef"), 1<<10)
	for i := range 20_000 {
		distinct := 400
		if i > 15_000 {
			distinct = 600 // the dictionary passes its bound when repeats are many
		}
		copy(long, fmt.Sprintf("%04d", i%distinct))
		b.Leaf("s").Text(long)
		b.EndRecord()
	}
	if b.Size() > 16<<20 {
		t.Fatalf("they take %d bytes", b.Size())
	}
	file := encode(t, cs, b)
	if len(file) > 2<<20 {
		t.Errorf("the file has %d bytes", len(file))
	}
	equal(t, "DuckDB", inDuck(t, file, "SELECT count(*) || ' ' || count(DISTINCT s[:4]) || ' ' || min(length(s)) FROM FILE"), []string{"20000 600 16384"})
}

// TestTextsOfAllLengths has texts shorter and longer than a block of memory and a
// piece of a page, once in a dictionary and once plain; every third is taken back.
func TestTextsOfAllLengths(t *testing.T) {
	cs := columns("id int", "often varchar", "once varchar")
	b := batch.New(cs)
	var want []string
	long := strings.Repeat("0123456789", 150_000)
	for round := range 2 { // the second with the memory of the first
		b.Reset()
		want = want[:0]
		for i := range 300 {
			n := i * i * i * 17 % len(long) >> (i % 12)
			often, once := long[:n*(i%20)/20], fmt.Sprintf("%d-%d ", round, i)+long[:n]
			b.Leaf("id").Int(int64(i))
			b.Leaf("often").Text([]byte(often))
			b.Leaf("once").Text([]byte(once))
			if i%3 == 0 {
				b.Drop()
				continue
			}
			b.EndRecord()
			want = append(want, fmt.Sprintf("%d %x %x", i, md5.Sum([]byte(often)), md5.Sum([]byte(once))))
		}
	}
	equal(t, "DuckDB", inDuck(t, encode(t, cs, b), "SELECT id || ' ' || md5(often) || ' ' || md5(once) FROM FILE"), want)
}

// FuzzTexts writes lines of any bytes as a text column, a binary one and a
// list, and reads them back with parquet-go.
func FuzzTexts(f *testing.F) {
	f.Add([]byte("a\nb\n\na"), 2)
	f.Add([]byte("\xff\n中\n"), 1)
	f.Add(bytes.Repeat([]byte("x\n"), 300), 7)
	f.Fuzz(func(t *testing.T, data []byte, nulls int) {
		cs := columns("v varbinary", "l array<varbinary>")
		b := batch.New(cs)
		var want []string
		for i, line := range bytes.Split(data, []byte("\n")) {
			if nulls > 0 && i%nulls == 0 {
				b.EndRecord()
				want = append(want, "null")
				continue
			}
			b.Leaf("v").Text(line)
			b.Leaf("l", "element").TextAt(line, 0)
			b.Leaf("l", "element").TextAt(line, 1)
			b.EndRecord()
			text, _ := json.Marshal(line)
			want = append(want, string(text))
		}
		file := encode(t, cs, b)
		r := parquet.NewReader(bytes.NewReader(file))
		for i, w := range want {
			rows := make([]parquet.Row, 1)
			if n, _ := r.ReadRows(rows); n != 1 {
				t.Fatalf("record %d is not there", i)
			}
			for _, v := range rows[0] {
				text, _ := json.Marshal(v.ByteArray())
				if v.IsNull() {
					text = []byte("null")
				}
				if string(text) != w {
					t.Fatalf("record %d: %s, want %s", i, text, w)
				}
			}
		}
	})
}
