package render

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"logsql/convert/schema"
	"logsql/sql"
)

func rowsOf(rows ...[]any) func(func([]any, error) bool) {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

var plain = Result{
	Columns: []schema.Column{{Name: "n", Type: schema.Of(schema.BigInt)}, {Name: "text", Type: schema.Text}},
	Rows: rowsOf(
		[]any{int64(1), "plain"},
		[]any{int64(-20), "a \"q\", b|c\nd\te\\f"},
		[]any{nil, ""},
		[]any{int64(3), nil},
		[]any{int64(4), "日志"},
	),
}

// golden is what each format makes of plain. A format without a line here fails
// TestFormats.
var golden = map[string]string{
	"box": `
┌──────┬────────────────────┐
│    n │ text               │
├──────┼────────────────────┤
│    1 │ plain              │
│  -20 │ a "q", b|c\nd\te\f │
│ NULL │                    │
│    3 │ NULL               │
│    4 │ 日志               │
└──────┴────────────────────┘
`[1:],
	"table": `
+------+--------------------+
|    n | text               |
+------+--------------------+
|    1 | plain              |
|  -20 | a "q", b|c\nd\te\f |
| NULL |                    |
|    3 | NULL               |
|    4 | 日志               |
+------+--------------------+
`[1:],
	"markdown": `
|    n | text                 |
| ---- | -------------------- |
|    1 | plain                |
|  -20 | a "q", b\|c<br>d e\f |
| NULL |                      |
|    3 | NULL                 |
|    4 | 日志                 |
`[1:],
	"csv":        "n,text\n1,plain\n-20,\"a \"\"q\"\", b|c\nd\te\\f\"\n,\"\"\n3,\n4,日志\n",
	"tsv":        "n\ttext\n1\tplain\n-20\ta \"q\", b|c\\nd\\te\\\\f\n\t\n3\t\n4\t日志\n",
	"athena-csv": "\"n\",\"text\"\n\"1\",\"plain\"\n\"-20\",\"a \"\"q\"\", b|c\nd\te\\f\"\n,\"\"\n\"3\",\n\"4\",\"日志\"\n",
	"json":       "[\n{\"n\":1,\"text\":\"plain\"},\n{\"n\":-20,\"text\":\"a \\\"q\\\", b|c\\nd\\te\\\\f\"},\n{\"n\":null,\"text\":\"\"},\n{\"n\":3,\"text\":null},\n{\"n\":4,\"text\":\"日志\"}\n]\n",
	"jsonl":      "{\"n\":1,\"text\":\"plain\"}\n{\"n\":-20,\"text\":\"a \\\"q\\\", b|c\\nd\\te\\\\f\"}\n{\"n\":null,\"text\":\"\"}\n{\"n\":3,\"text\":null}\n{\"n\":4,\"text\":\"日志\"}\n",
	"line":       "   n = 1\ntext = plain\n\n   n = -20\ntext = a \"q\", b|c\nd\te\\f\n\n   n = NULL\ntext = \n\n   n = 3\ntext = NULL\n\n   n = 4\ntext = 日志\n",
}

func TestFormats(t *testing.T) {
	for _, f := range Formats {
		want, ok := golden[f.Name]
		if !ok {
			t.Errorf("%s has no golden text", f.Name)
			continue
		}
		var b strings.Builder
		if err := f.Write(&b, plain, Options{}); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("%s:\n%s\nwant\n%s\n%q", f.Name, b.String(), want, b.String())
		}
	}
}

func TestJSONValues(t *testing.T) {
	varchar, bigint := schema.Text, schema.Of(schema.BigInt)
	row := schema.RowOf(schema.Field{Name: "id", Type: bigint}, schema.Field{Name: "name", Type: varchar})
	nameless := schema.RowOf(schema.Field{Type: bigint}, schema.Field{Type: varchar})
	for _, c := range []struct {
		value any
		typ   schema.Type
		want  string
	}{
		{nil, bigint, `null`},
		{true, schema.Of(schema.Boolean), `true`},
		{int64(9223372036854775807), bigint, `9223372036854775807`},
		{1.5, schema.Of(schema.Double), `1.5`},
		{math.NaN(), schema.Of(schema.Double), `"NaN"`},
		{math.Inf(-1), schema.Of(schema.Double), `"-Infinity"`},
		{float32(0.1), schema.Of(schema.Real), `0.1`},
		{"12345678901234567890.10", schema.Type{Kind: schema.Decimal, Precision: 22, Scale: 2}, `12345678901234567890.10`},
		{"a\"\\\n\x01<é", varchar, `"a\"\\\n\u0001<é"`},
		{"\xff", varchar, `"` + "\uFFFD" + `"`},
		{`{"a": [1, 2.50]}`, schema.Of(schema.JSON), `{"a":[1,2.50]}`},
		{[]any{int64(1), nil}, schema.ArrayOf(bigint), `[1,null]`},
		{[]any{int64(1), "x"}, row, `{"id":1,"name":"x"}`},
		{[]any{int64(1), "x"}, nameless, `[1,"x"]`},
		{[]any{[]any{int64(1), nil}}, schema.ArrayOf(row), `[{"id":1,"name":null}]`},
		{sql.Map{{Key: "k", Value: []any{"v"}}}, schema.MapOf(varchar, schema.ArrayOf(varchar)), `{"k":["v"]}`},
		{sql.Map{{Key: int64(7), Value: nil}}, schema.MapOf(bigint, varchar), `{"7":null}`},
		{time.Date(2021, 12, 4, 1, 2, 3, 0, time.UTC), schema.Of(schema.Timestamp), `"2021-12-04 01:02:03.000"`},
	} {
		if got := string(appendValue(nil, c.value, c.typ)); got != c.want {
			t.Errorf("%v as %s: %s, want %s", c.value, c.typ, got, c.want)
		}
	}
}

// TestJSONKeys: columns of one name would be one member of the object.
func TestJSONKeys(t *testing.T) {
	var columns []schema.Column
	for _, name := range []string{"a", "a", "a_1", "a", `"`} {
		columns = append(columns, schema.Column{Name: name, Type: schema.Text})
	}
	if got, want := fmt.Sprint(jsonKeys(columns)), `["a" "a_2" "a_1" "a_3" "\""]`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestLongTable: rows after the sample are written as they come, and a wider
// value is not cut.
func TestLongTable(t *testing.T) {
	rows := make([][]any, 0, sample+2)
	for range sample + 1 {
		rows = append(rows, []any{int64(1), "x"})
	}
	rows = append(rows, []any{int64(2), "wider than the rest"})
	var b strings.Builder
	f, _ := ByName("table")
	if err := f.Write(&b, Result{Columns: plain.Columns, Rows: rowsOf(rows...)}, Options{}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != sample+2+4 || lines[len(lines)-2] != "| 2 | wider than the rest |" {
		t.Errorf("%d lines, last row %q", len(lines), lines[len(lines)-2])
	}
}

// TestFailingRows: an error in the rows is the writer's error, in every format,
// and a table does not look whole then.
func TestFailingRows(t *testing.T) {
	broken := errors.New("broken")
	r := Result{Columns: plain.Columns, Rows: func(yield func([]any, error) bool) {
		if yield([]any{int64(1), "x"}, nil) {
			yield(nil, broken)
		}
	}}
	for _, f := range Formats {
		var b strings.Builder
		if err := f.Write(&b, r, Options{}); !errors.Is(err, broken) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestFullDisk(t *testing.T) {
	for _, f := range Formats {
		if err := f.Write(full{}, plain, Options{}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

// TestHarmless: what a terminal would obey is shown, not done.
func TestHarmless(t *testing.T) {
	hostile := Result{Columns: []schema.Column{{Name: "v", Type: schema.Text}}, Rows: rowsOf([]any{"\x1b[2J\x07\x00\u009b1m\u202eexe"})}
	for _, name := range []string{"box", "table", "markdown", "line"} {
		var b strings.Builder
		f, _ := ByName(name)
		if err := f.Write(&b, hostile, Options{}); err != nil {
			t.Fatal(err)
		}
		if want := `\x1b[2J\a\x00\u009b1m\u202eexe`; !strings.Contains(b.String(), want) {
			t.Errorf("%s: %q has no %s", name, b.String(), want)
		}
	}
}

func TestColor(t *testing.T) {
	var b strings.Builder
	f, _ := ByName("box")
	if err := f.Write(&b, Result{Columns: plain.Columns, Rows: rowsOf([]any{nil, "x"})}, Options{Color: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "│ \x1b[2mNULL\x1b[0m │ x    │") {
		t.Errorf("no dim NULL:\n%s", b.String())
	}
}
