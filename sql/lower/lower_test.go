package lower_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/catalog/catalogtest"
	"logsql/sql/lower"
	"logsql/sql/syntax"
)

func lowered(cat *catalog.Catalog, sql string) (string, error) {
	stmts, err := syntax.Parse(sql)
	if err != nil {
		return "", err
	}
	var out []string
	for _, stmt := range stmts {
		info, err := bind.Bind(stmt, cat, "default")
		if err != nil {
			return "", err
		}
		text, err := lower.Lower(stmt, info, nil)
		if err != nil {
			return "", err
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n"), nil
}

// TestLower prints the SQL that DuckDB gets.
func TestLower(t *testing.T) {
	cat := catalogtest.Catalog()
	catalogtest.Run(t, "../../testdata/sql/lower/*.txt", func(sql string) string {
		text, err := lowered(cat, sql)
		if err != nil {
			return err.Error()
		}
		return text
	})
}

// TestSeeds binds and lowers what people bring, table names exchanged.
func TestSeeds(t *testing.T) {
	cat := catalogtest.Catalog()
	for _, file := range seeds(t) {
		if _, err := lowered(cat, read(t, file)); err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
	}
}

func seeds(t testing.TB) []string {
	files, err := filepath.Glob("../../testdata/sql/seeds/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	return files
}

func read(t testing.TB, file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func BenchmarkSeeds(b *testing.B) {
	cat := catalogtest.Catalog()
	for _, file := range seeds(b) {
		sql := read(b, file)
		b.Run(strings.TrimSuffix(filepath.Base(file), ".sql"), func(b *testing.B) {
			for b.Loop() {
				if _, err := lowered(cat, sql); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
