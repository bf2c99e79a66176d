// Package catalogtest has what the tests of bind and lower share: a catalog of
// made-up parts, and cases in files.
package catalogtest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/convert/schema"
	"logsql/sql/catalog"
)

var update = flag.Bool("update", false, "write what the tests see into testdata")

// Run feeds the cases of the files that match glob to answer, a subtest each. A
// file is cases like
//
//	SELECT 1
//	----
//	_col0 integer
//
// ended by a blank line; lines before a case that begin with # are comments.
// With -update the answers are written back.
func Run(t *testing.T, glob string, answer func(sql string) string) {
	files, err := filepath.Glob(glob)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files at %s: %v", glob, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { runFile(t, file, answer) })
	}
}

func runFile(t *testing.T, file string, answer func(sql string) string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	rest := string(data)
	for {
		head, tail, found := strings.Cut(rest, "\n----\n")
		if !found {
			out.WriteString(strings.TrimLeft(rest, "\n"))
			break
		}
		want, next := "", tail
		if !strings.HasPrefix(tail, "\n") {
			want, next, _ = strings.Cut(tail, "\n\n")
		}
		rest = next
		head = strings.TrimLeft(head, "\n")
		sql := head
		for strings.HasPrefix(sql, "#") {
			_, sql, _ = strings.Cut(sql, "\n")
		}
		got := strings.TrimRight(answer(sql), "\n")
		if want = strings.TrimRight(want, "\n"); got != want && !*update {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", sql, got, want)
		}
		out.WriteString(head + "\n----\n" + got + "\n\n")
	}
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Catalog has the built-in tables with a few parts each, and in database
// default tables of every type.
func Catalog() *catalog.Catalog {
	c := catalog.New()
	for _, t := range logtype.Types {
		c.Add(catalog.BuiltinTable(t.Name, t.Columns, t.Partition, parts(t)))
	}
	for _, t := range []struct{ name, columns string }{
		{"t", "a int, b varchar, c double, d decimal(10,2), e date, f timestamp(3), g timestamp(3) with time zone, h boolean, i bigint, j json"},
		{"n", "id int, tags map(varchar, integer), list array(integer), pair row(x integer, y row(z varchar)), pairs array(row(x integer, y varchar))"},
		{"u", "id int, a bigint, name varchar(10), at timestamp(3) with time zone"},
	} {
		table := &catalog.Table{Catalog: catalog.Name, Database: catalog.Default, Name: t.name}
		for _, f := range schema.MustParse("row(" + t.columns + ")").Elems {
			table.Columns = append(table.Columns, schema.Column(f))
		}
		c.Add(table)
	}
	addViews(c)
	return c
}

// addViews adds views to database views, good and bad.
func addViews(c *catalog.Catalog) {
	for _, v := range []struct{ name, columns, text string }{
		{"plain", "a int, name varchar", "SELECT a, b AS name FROM t WHERE a > 1"},
		{"wide", "x bigint", "SELECT a FROM t"}, // t.a is an int now
		{"nested", "y bigint", "WITH t AS (SELECT x FROM views.wide) SELECT sum(x) AS y FROM t"},
		{"gone", "a int", "SELECT gone FROM t"},
		{"stale", "a int", "SELECT b AS a FROM t"},
		{"short", "a int", "SELECT a, b FROM t"},
		{"self", "a int", "SELECT a FROM views.other"},
		{"other", "a int", "SELECT a FROM views.self"},
	} {
		view := &catalog.Table{
			Catalog: catalog.Name, Database: "views", Name: v.name,
			View: &catalog.View{Text: v.text, Database: catalog.Default},
		}
		for _, f := range schema.MustParse("row(" + v.columns + ")").Elems {
			view.Columns = append(view.Columns, schema.Column(f))
		}
		c.Add(view)
	}
}

// parts are five days of one bucket; the third day's files have one column
// more, the last has fewer.
func parts(t *logtype.Type) []lake.Part {
	var list []lake.Part
	for i, day := range []string{"04", "05", "06", "07", "08"} {
		values := map[string]string{"account": "123456789012", "region": "cn-north-1", "year": "2021", "month": "12", "day": day}
		p := lake.Part{ID: int64(i + 1), Table: t.Name, Bucket: "logs", Columns: t.Columns, Rows: 10, Bytes: 1000}
		p.Path = "lake/" + t.Name
		for _, k := range t.Partition {
			p.Partition = append(p.Partition, values[k])
			p.Path += "/" + k + "=" + values[k]
		}
		p.Path += "/p" + day + ".parquet"
		switch day {
		case "06":
			p.Columns = append(p.Columns[:len(p.Columns):len(p.Columns)], schema.Column{Name: "novel_field", Type: schema.Text})
		case "08":
			p.Columns = p.Columns[:5]
		}
		list = append(list, p)
	}
	return list
}
