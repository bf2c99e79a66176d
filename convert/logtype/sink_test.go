package logtype_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"logsql/convert/batch"
	"logsql/convert/logtype"
	"logsql/convert/schema"
	"logsql/ingest/layout"
	"logsql/ingest/mirror"

	_ "github.com/duckdb/duckdb-go/v2"
)

// sink keeps what a decoder finds.
type sink struct {
	parts  []*part
	stored int
	bad    []string // line: reason
	texts  []string // of the bad lines
	failAt int      // Record fails there; 0 is never
}

type part struct {
	partition []string
	columns   []schema.Column
	batch     *batch.Batch
}

func (s *sink) Batch(partition []string, columns []schema.Column) (*batch.Batch, error) {
	for _, p := range s.parts {
		if slices.Equal(p.partition, partition) && slices.EqualFunc(p.columns, columns, sameColumn) {
			return p.batch, nil
		}
	}
	p := &part{slices.Clone(partition), columns, batch.New(columns)}
	s.parts = append(s.parts, p)
	return p.batch, nil
}

func sameColumn(a, b schema.Column) bool { return a.Name == b.Name && a.Type.Equal(b.Type) }

func (s *sink) Record(b *batch.Batch) error {
	if s.stored++; s.stored == s.failAt {
		return errSink
	}
	b.EndRecord()
	return nil
}

var errSink = fmt.Errorf("the disk is full")

func (s *sink) Bad(line int64, reason string, text []byte) error {
	s.bad = append(s.bad, fmt.Sprintf("%d: %s", line, reason))
	s.texts = append(s.texts, string(text))
	return nil
}

// rows are the stored records as DuckDB reads them from Parquet: JSON objects,
// NULL columns left out, with the partition under its own name.
func (s *sink) rows(t testing.TB) []string {
	t.Helper()
	var rows []string
	for _, p := range s.parts {
		if p.batch.Len() == 0 {
			continue
		}
		var file bytes.Buffer
		w := batch.NewWriter(&file, p.columns)
		if err := w.WriteRowGroup(p.batch); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for _, row := range duckRows(t, file.Bytes()) {
			rows = append(rows, `{"partition":"`+strings.Join(p.partition, "/")+`"`+row+"}")
		}
	}
	return rows
}

func duckRows(t testing.TB, file []byte) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "part.parquet")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT CAST(to_json(record) AS VARCHAR) FROM read_parquet('" + path + "', hive_partitioning = false) record")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, withoutNulls(t, text))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// withoutNulls is a JSON object's members that are not null, each with a comma
// before it.
func withoutNulls(t testing.TB, object string) string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(object))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			t.Fatal(err)
		}
		if string(value) != "null" {
			fmt.Fprintf(&b, ",%q:%s", key, value)
		}
	}
	return b.String()
}

// day is when the objects of the tests were last modified.
var day = time.Date(2026, 1, 20, 10, 0, 0, 0, time.UTC)

func decode(t testing.TB, typ, key, text string) (*sink, error) {
	t.Helper()
	s := &sink{}
	return s, decodeTo(t, s, typ, key, text)
}

func decodeTo(t testing.TB, s *sink, typ, key, text string) error {
	t.Helper()
	in := &logtype.Input{
		Object: mirror.Object{Bucket: "logs", Key: key, LastModified: day},
		Match:  layout.Parse(key),
		Body:   strings.NewReader(text),
	}
	return logtype.ByName(typ).Decode(t.Context(), in, s)
}

// decoded is a test of what an object decodes to.
type decoded struct {
	name string
	key  string
	text string
	rows []string // the partition, then the columns that are not NULL
	bad  []string
	err  string
}

func (d decoded) run(t *testing.T, typ string) {
	t.Run(d.name, func(t *testing.T) {
		for _, body := range []io.Reader{strings.NewReader(d.text), inMemory{strings.NewReader(d.text), []byte(d.text)}} {
			s := &sink{}
			in := &logtype.Input{Object: mirror.Object{Bucket: "logs", Key: d.key, LastModified: day}, Match: layout.Parse(d.key), Body: body}
			err := logtype.ByName(typ).Decode(t.Context(), in, s)
			if got := errText(err); got != d.err {
				t.Errorf("%T: error:\n got %s\nwant %s", body, got, d.err)
			}
			compare(t, "rows", s.rows(t), d.rows)
			compare(t, "bad lines", s.bad, d.bad)
		}
	})
}

// inMemory is a body that lies in memory as a whole; nobody reads it.
type inMemory struct {
	io.Reader
	text []byte
}

func (m inMemory) Whole() ([]byte, bool) { return m.text, true }

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func compare(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}
