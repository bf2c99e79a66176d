package batch

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"logsql/convert/schema"
)

// TestReadColumns reads back what Writer declares, and refuses what is no
// Parquet file.
func TestReadColumns(t *testing.T) {
	columns := []schema.Column{
		{Name: "Id", Type: schema.Of(schema.BigInt)},
		{Name: "n", Type: schema.Of(schema.Integer)},
		{Name: "ok", Type: schema.Of(schema.Boolean)},
		{Name: "what", Type: schema.Text},
		{Name: "at", Type: schema.Type{Kind: schema.Timestamp, Precision: 6}},
		{Name: "day", Type: schema.Of(schema.Date)},
		{Name: "who", Type: schema.MustParse("row(name varchar, tags array(row(k varchar, v double)))")},
		{Name: "m", Type: schema.MustParse("map(varchar, array(bigint))")},
	}
	path := filepath.Join(t.TempDir(), "a.parquet")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := NewWriter(f, columns)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	got, err := ReadColumns(path)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(got, columns, func(a, b schema.Column) bool { return a.Name == b.Name && a.Type.Equal(b.Type) }) {
		t.Errorf("got %v; want %v", got, columns)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadColumns(path); err == nil {
			t.Errorf("the first %d bytes are taken for a file", n)
		}
	}
}
