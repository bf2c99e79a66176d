package lake_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"logsql/convert/batch"
	"logsql/convert/lake"
	"logsql/convert/schema"
	"logsql/ingest/mirror"
)

var columns = []schema.Column{
	{Name: "srcaddr", Type: schema.Text},
	{Name: "tags", Type: schema.MustParse("map<string,string>")},
	{Name: lake.ObjectColumn, Type: schema.Text},
}

var keys = []string{"year", "month", "day"}

func newLake(t *testing.T) (*mirror.Mirror, *lake.Lake) {
	t.Helper()
	m, err := mirror.Create(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	l, err := lake.Open(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return m, l
}

// objects records n objects of a bucket and returns their ids.
func objects(t *testing.T, m *mirror.Mirror, bucket string, n int) []int64 {
	t.Helper()
	var ids []int64
	for i := range n {
		key := fmt.Sprintf("log-%02d", i)
		res, err := m.DB().Exec("INSERT INTO objects (bucket, key, path, size, etag, modified, synced) VALUES (?, ?, ?, 1, '', 0, 0)",
			bucket, key, "s3/"+bucket+"/"+key)
		if err != nil {
			t.Fatal(err)
		}
		id, err := res.LastInsertId()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

func part(t *testing.T, l *lake.Lake, day, name string, records int) *lake.PartWriter {
	t.Helper()
	w, err := l.NewPart("vpc_flow_logs", keys, []string{"2026", "01", day}, "logs", columns, name)
	if err != nil {
		t.Fatal(err)
	}
	b := batch.New(columns)
	for range records {
		b.Leaf("srcaddr").Text([]byte("10.0.0.1"))
		b.EndRecord()
	}
	if err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	return w
}

func files(t *testing.T, m *mirror.Mirror) []string {
	t.Helper()
	var found []string
	filepath.WalkDir(m.Path(mirror.LakeDir), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(m.Dir(), path)
			found = append(found, filepath.ToSlash(rel))
		}
		return err
	})
	return found
}

func paths(t *testing.T, l *lake.Lake) []string {
	t.Helper()
	parts, err := l.Parts(t.Context(), "vpc_flow_logs")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, p := range parts {
		found = append(found, p.Path)
	}
	return found
}

func TestCommit(t *testing.T) {
	m, l := newLake(t)
	ids := objects(t, m, "logs", 4)
	err := l.Commit(t.Context(), lake.Unit{
		Table: "vpc_flow_logs",
		Parts: []*lake.PartWriter{part(t, l, "02", "bb", 3), part(t, l, "01", "aa", 5)},
		Objects: []lake.Conversion{
			{Object: ids[0], Outcome: lake.Converted, Version: 1, Stored: 7},
			{Object: ids[1], Outcome: lake.Broken, Reason: "gzip: unexpected EOF", Version: 1, Stored: 1, Bad: 2},
		},
		Bad: []lake.BadLine{{ObjectID: ids[1], Line: 9, Reason: "too few fields", Text: []byte("2 x\xff")}, {ObjectID: ids[1], Line: 10, Reason: "gzip: unexpected EOF"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Skip(t.Context(), []lake.Conversion{{Object: ids[2], Outcome: lake.Skipped, Reason: "CloudTrail digest"}}); err != nil {
		t.Fatal(err)
	}
	parts, err := l.Parts(t.Context(), "vpc_flow_logs")
	if err != nil {
		t.Fatal(err)
	}
	if len(parts) != 2 {
		t.Fatalf("%d parts, want 2", len(parts))
	}
	p := parts[0]
	p.ID = 0
	want := lake.Part{
		Table: "vpc_flow_logs", Path: "lake/vpc_flow_logs/year=2026/month=01/day=01/aa.parquet", Bucket: "logs",
		Partition: []string{"2026", "01", "01"}, Columns: columns[:2], Rows: 5, Bytes: p.Bytes,
	}
	if info, err := os.Stat(m.Path(p.Path)); err != nil || info.Size() != p.Bytes || !reflect.DeepEqual(p, want) {
		t.Errorf("part %+v (%v), want %+v", p, err, want)
	}
	if &parts[0].Columns[0] != &parts[1].Columns[0] {
		t.Error("parts with the same columns do not share them")
	}
	s, err := l.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantStats := lake.Stats{
		Tables: []lake.TableStats{{
			Table: "vpc_flow_logs", Objects: 2, Broken: 1, Records: 10, Stored: 8, Bad: 2,
			Partitions: 2, Parts: 2, Bytes: parts[0].Bytes + parts[1].Bytes, FirstDay: "2026-01-01", LastDay: "2026-01-02",
		}},
		Skipped:     []lake.SkipStats{{Reason: "CloudTrail digest", Objects: 1}},
		Unconverted: 1,
	}
	if !reflect.DeepEqual(s, wantStats) {
		t.Errorf("stats %+v\nwant  %+v", s, wantStats)
	}
	var bad []string
	for b, err := range l.BadLines(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		bad = append(bad, fmt.Sprintf("%s %s %d %s %q", b.Table, b.Object, b.Line, b.Reason, b.Text))
	}
	wantBad := []string{
		`vpc_flow_logs s3://logs/log-01 9 too few fields "2 x\xff"`,
		`vpc_flow_logs s3://logs/log-01 10 gzip: unexpected EOF ""`,
	}
	if !reflect.DeepEqual(bad, wantBad) {
		t.Errorf("bad lines %q, want %q", bad, wantBad)
	}
	for range l.BadLines(t.Context(), "s3_access_logs") {
		t.Error("a bad line of another table")
	}
	for o, err := range l.Pending(t.Context()) {
		if err != nil || o.ID != ids[3] {
			t.Errorf("pending %d, %v; want %d alone", o.ID, err, ids[3])
		}
	}
}

// TestCommitAgain: an object is converted once, however often it is tried, and
// nothing of the second try stays.
func TestCommitAgain(t *testing.T) {
	m, l := newLake(t)
	ids := objects(t, m, "logs", 1)
	unit := func(name string) lake.Unit {
		return lake.Unit{
			Table: "vpc_flow_logs", Parts: []*lake.PartWriter{part(t, l, "01", name, 1)},
			Objects: []lake.Conversion{{Object: ids[0], Outcome: lake.Converted, Stored: 1}},
		}
	}
	if err := l.Commit(t.Context(), unit("one")); err != nil {
		t.Fatal(err)
	}
	if err := l.Commit(t.Context(), unit("two")); err == nil {
		t.Fatal("an object was converted twice")
	}
	if got := paths(t, l); len(got) != 1 || !strings.HasSuffix(got[0], "/one.parquet") {
		t.Errorf("parts %q", got)
	}
	if err := l.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := files(t, m); !reflect.DeepEqual(got, paths(t, l)) {
		t.Errorf("files %q, parts %q", got, paths(t, l))
	}
}

func TestSweep(t *testing.T) {
	m, l := newLake(t)
	ids := objects(t, m, "logs", 2)
	commit := func(id int64, parts ...*lake.PartWriter) {
		u := lake.Unit{
			Table: "vpc_flow_logs", Parts: parts, Objects: []lake.Conversion{{Object: id, Outcome: lake.Converted, Stored: 1, Bad: 1}},
			Bad: []lake.BadLine{{ObjectID: id, Line: 1, Reason: "x"}},
		}
		if err := l.Commit(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	commit(ids[0], part(t, l, "01", "a", 1), part(t, l, "02", "b", 1))
	commit(ids[1], part(t, l, "02", "c", 1))
	day := "lake/vpc_flow_logs/year=2026/month=01/day=02/"
	for _, name := range []string{"stray.parquet", "left.tmp", "notes.txt"} {
		if err := os.WriteFile(m.Path(day+name), []byte("PAR1"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name    string
		damage  func()
		pending int
		files   []string
	}{
		{
			"strays go, other people's files stay", func() {}, 0,
			[]string{"lake/vpc_flow_logs/year=2026/month=01/day=01/a.parquet", day + "b.parquet", day + "c.parquet", day + "notes.txt"},
		},
		{"a unit goes as a whole", func() { os.Remove(m.Path(day + "b.parquet")) }, 1, []string{day + "c.parquet", day + "notes.txt"}},
		{"a cut file is none", func() { os.Truncate(m.Path(day+"c.parquet"), 10) }, 2, []string{day + "notes.txt"}},
		{"no lake at all", func() { os.RemoveAll(m.Path("lake")) }, 2, nil},
	} {
		c.damage()
		if err := l.Sweep(t.Context()); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := files(t, m); !reflect.DeepEqual(got, c.files) {
			t.Errorf("%s: files %q, want %q", c.name, got, c.files)
		}
		n := 0
		for range l.Pending(t.Context()) {
			n++
		}
		if n != c.pending {
			t.Errorf("%s: %d objects pending, want %d", c.name, n, c.pending)
		}
		var rows int
		if err := m.DB().QueryRow("SELECT count(*) FROM bad_lines").Scan(&rows); err != nil || rows != 2-c.pending {
			t.Errorf("%s: %d bad lines, %v", c.name, rows, err)
		}
	}
}

// What is left of a unit that was damaged stays for who reads it.
func TestSweepWhileReading(t *testing.T) {
	m, l := newLake(t)
	u := lake.Unit{
		Table: "vpc_flow_logs", Parts: []*lake.PartWriter{part(t, l, "01", "a", 1), part(t, l, "02", "b", 1)},
		Objects: []lake.Conversion{{Object: objects(t, m, "logs", 1)[0], Outcome: lake.Converted, Stored: 2}},
	}
	if err := l.Commit(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	release, err := l.Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(m.Path("lake/vpc_flow_logs/year=2026/month=01/day=02/b.parquet"))
	sweep := func(want ...string) {
		t.Helper()
		for range 2 {
			if err := l.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := files(t, m); !slices.Equal(got, want) || len(paths(t, l)) != 0 {
				t.Errorf("files %q, want %q; parts %q", got, want, paths(t, l))
			}
		}
	}
	sweep("lake/vpc_flow_logs/year=2026/month=01/day=01/a.parquet")
	if err := release(); err != nil {
		t.Fatal(err)
	}
	sweep()
}

func TestPartitionPath(t *testing.T) {
	m, l := newLake(t)
	for _, c := range []struct {
		values     []string
		path, kept string
	}{
		{[]string{"123456789012", "cn-north-1"}, "account=123456789012/region=cn-north-1", "123456789012 cn-north-1"},
		{[]string{"", "x"}, "account=__HIVE_DEFAULT_PARTITION__/region=x", " x"},
		{[]string{"../../etc", "a/b=c%"}, "account=..%2F..%2Fetc/region=a%2Fb%3Dc%25", "../../etc a/b=c%"},
		{[]string{"北京", "a b\x00"}, "account=%E5%8C%97%E4%BA%AC/region=a%20b%00", "北京 a b\x00"},
		{[]string{strings.Repeat("9", 81), "x"}, "account=__HIVE_DEFAULT_PARTITION__/region=x", " x"},
	} {
		w, err := l.NewPart("t", []string{"account", "region"}, c.values, "b", columns, "p")
		if err != nil {
			t.Errorf("%q: %v", c.values, err)
			continue
		}
		if err := w.Finish(); err != nil {
			t.Fatal(err)
		}
		if err := l.Commit(t.Context(), lake.Unit{Table: "t", Parts: []*lake.PartWriter{w}}); err != nil {
			t.Errorf("%q: %v", c.values, err)
		}
		parts, err := l.Parts(t.Context(), "t")
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, p := range parts {
			if p.Path == "lake/t/"+c.path+"/p.parquet" {
				found = strings.Join(p.Partition, " ") == c.kept
			}
		}
		if !found {
			t.Errorf("%q is not at %s with %q: %+v", c.values, c.path, c.kept, parts)
		}
		if _, err := m.DB().Exec("DELETE FROM units"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOpen opens lakes that are not there.
func TestOpen(t *testing.T) {
	check := func(name string, m *mirror.Mirror, unconverted int64) {
		t.Helper()
		l, err := lake.Open(t.Context(), m)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s, err := l.Stats(t.Context())
		if err != nil || len(s.Tables) != 0 || s.Unconverted != unconverted {
			t.Errorf("%s: stats %+v, %v", name, s, err)
		}
		if parts, err := l.Parts(t.Context(), "vpc_flow_logs"); err != nil || len(parts) != 0 {
			t.Errorf("%s: parts %v, %v", name, parts, err)
		}
		for b, err := range l.BadLines(t.Context(), "") {
			t.Errorf("%s: bad line %v, %v", name, b, err)
		}
	}
	missing, err := mirror.Open(t.Context(), filepath.Join(t.TempDir(), "nothing"))
	if err != nil {
		t.Fatal(err)
	}
	defer missing.Close()
	check("missing", missing, 0)

	dir := t.TempDir()
	synced, err := mirror.Create(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	objects(t, synced, "logs", 3)
	if err := synced.Close(); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		return // root writes to everything: nothing is read-only
	}
	if err := os.Chmod(filepath.Join(dir, "state.db"), 0o444); err != nil {
		t.Fatal(err)
	}
	readOnly, err := mirror.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	check("read-only, never converted", readOnly, 3)
}
