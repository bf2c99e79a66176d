package duck

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func open(t testing.TB, dir string) *DB {
	t.Helper()
	d, err := Open(context.Background(), Options{Dir: dir, Memory: "256MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func one(t testing.TB, d *DB, sql string) (any, error) {
	t.Helper()
	rows, err := d.Query(context.Background(), sql)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	row, ok := rows.Next()
	if !ok {
		return nil, rows.Err()
	}
	return row[0], nil
}

func TestValues(t *testing.T) {
	d := open(t, "")
	for _, c := range []struct {
		sql  string
		want any
	}{
		{"NULL", nil},
		{"true", true},
		{"7::TINYINT", int64(7)},
		{"7::BIGINT", int64(7)},
		{"1.5::FLOAT", float32(1.5)},
		{"1.5::DOUBLE", 1.5},
		{"'x'", "x"},
		{"'\\x01'::BLOB", []byte{1}},
		{"-0.05::DECIMAL(4,2)", "-0.05"},
		{"12::DECIMAL(38,0)", "12"},
		{"DATE '2021-12-04'", time.Date(2021, 12, 4, 0, 0, 0, 0, time.UTC)},
		{"TIMESTAMP '2021-12-04 01:02:03.5'", time.Date(2021, 12, 4, 1, 2, 3, 5e8, time.UTC)},
		{"INTERVAL '1' DAY + INTERVAL '1' SECOND", Interval{Micros: 86401000000}},
		{"INTERVAL '14' MONTH", Interval{Months: 14}},
		{"[1, NULL]", []any{int64(1), nil}},
		{"{'a': 1, 'b': ['x']}", map[string]any{"a": int64(1), "b": []any{"x"}}},
		{"map(['k'], [1])", Map{Keys: []any{"k"}, Values: []any{int64(1)}}},
		{"'01020304-0506-0708-090a-0b0c0d0e0f10'::UUID", []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
	} {
		got, err := one(t, d, "SELECT "+c.sql)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s = %#v, %v; want %#v", c.sql, got, err, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	d := open(t, "")
	for sql, want := range map[string]string{
		"trino_fail('DIVISION_BY_ZERO', 'Division by zero')": "DIVISION_BY_ZERO: Division by zero",
		"9223372036854775807::BIGINT + 1::BIGINT":            "NUMERIC_VALUE_OUT_OF_RANGE: bigint addition overflow: 9223372036854775807 + 1",
		"300::INTEGER::TINYINT":                              "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for tinyint: 300",
		"map([1, 1], [2, 3])":                                "INVALID_FUNCTION_ARGUMENT: Duplicate map keys are not allowed",
		"(SELECT x FROM range(2) t(x))":                      "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows",
	} {
		if _, err := one(t, d, "SELECT "+sql); err == nil || err.Error() != want {
			t.Errorf("%s: %v; want %s", sql, err, want)
		}
	}
	if got, err := one(t, d, "SELECT try(CASE WHEN x = 0 THEN trino_fail('A', 'b') ELSE 'c' END) FROM (VALUES (0)) t(x)"); got != nil || err != nil {
		t.Errorf("a failure inside TRY is %v, %v; want NULL", got, err)
	}
}

func TestFence(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside.csv")
	if err := os.WriteFile(outside, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mirror := t.TempDir()
	if err := os.WriteFile(filepath.Join(mirror, "in.csv"), []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := open(t, mirror)
	if got, err := one(t, d, "SELECT a FROM read_csv('"+d.Path("in.csv")+"')"); got != int64(1) || err != nil {
		t.Errorf("a file of the mirror: %v, %v", got, err)
	}
	for _, sql := range []string{
		"SELECT * FROM read_csv('" + outside + "')",
		"SELECT * FROM read_csv('" + d.Path("../"+filepath.Base(filepath.Dir(outside))+"/outside.csv") + "')",
		"COPY (SELECT 1) TO '" + filepath.Join(t.TempDir(), "out.csv") + "'",
		"ATTACH '" + filepath.Join(t.TempDir(), "x.db") + "'",
		"INSTALL httpfs",
		"LOAD httpfs",
		"SET enable_external_access = true",
		"SET memory_limit = '64GB'",
		"SET allowed_directories = ['/']",
		"SELECT * FROM read_text('/etc/passwd')",
		"SELECT * FROM glob('/*')",
	} {
		if got, err := one(t, d, sql); err == nil {
			t.Errorf("%s gives %v", sql, got)
		}
	}
}

// A mirror may lie below a folder such as year=1999: its parts' own values of
// partitions count.
func TestPartitionsOfAMirrorBelowKeyValueFolders(t *testing.T) {
	root := filepath.Join(t.TempDir(), "year=1999", "mirror")
	part := filepath.Join(root, "lake", "t", "year=2024")
	if err := os.MkdirAll(part, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(part, "p.csv"), []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := open(t, root)
	got, err := one(t, d, "SELECT year FROM read_csv(['"+d.Path("lake/t/year=2024/p.csv")+"'], hive_partitioning = true, hive_types = {'year': 'VARCHAR'})")
	if got != "2024" || err != nil {
		t.Errorf("year = %v, %v; want 2024", got, err)
	}
}

func TestCloseRemovesTheTemporaryFolder(t *testing.T) {
	temp := t.TempDir()
	d, err := Open(context.Background(), Options{TempDir: temp})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(temp); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A process that was killed leaves its folder, which the next one removes; what is
// in use, what is new and what is called otherwise stays.
func TestOpenSweepsTemporaryFolders(t *testing.T) {
	temp := t.TempDir()
	used, err := Open(context.Background(), Options{TempDir: temp})
	if err != nil {
		t.Fatal(err)
	}
	defer used.Close()
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(used.temp.path, long, long); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"logsql-duckdb-1/spill", "logsql-duckdb-2", "logsql-mirror", "logsql-duckdb-mine"} {
		if err := os.MkdirAll(filepath.Join(temp, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if folder, _, _ := strings.Cut(name, "/"); folder != "logsql-duckdb-2" {
			if err := os.Chtimes(filepath.Join(temp, folder), long, long); err != nil {
				t.Fatal(err)
			}
		}
	}
	next, err := Open(context.Background(), Options{TempDir: temp})
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Close(); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, _ := os.ReadDir(temp)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	want := []string{"logsql-duckdb-2", filepath.Base(used.temp.path), "logsql-duckdb-mine", "logsql-mirror"}
	slices.Sort(left)
	slices.Sort(want)
	if !slices.Equal(left, want) {
		t.Errorf("there are %q, want %q", left, want)
	}
}

func TestCancel(t *testing.T) {
	d := open(t, "")
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	rows, err := d.Query(ctx, "SELECT count(*) FROM range(100000000) a(x), range(100000) b(y) WHERE x * y % 7 = 1")
	if err == nil {
		rows.Next()
		err = rows.Err()
		rows.Close()
	}
	if err == nil || !strings.HasPrefix(err.Error(), "USER_CANCELED") {
		t.Errorf("cancelled: %v", err)
	}
}
