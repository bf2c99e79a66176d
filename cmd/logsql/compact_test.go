package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"logsql/convert"
	"logsql/convert/logtype"
	"logsql/ingest/mirror"
	"logsql/sql"
	"logsql/sql/syntax"
)

// manyParts converts a day of flow logs in pieces.
func manyParts(t *testing.T, pieces, records int) (dir string) {
	t.Helper()
	dir, bucket := filepath.Join(t.TempDir(), "mirror"), t.TempDir()
	for i := range pieces {
		key := filepath.Join(bucket, fmt.Sprintf("AWSLogs/123456789012/vpcflowlogs/cn-north-1/2021/12/04/123456789012_vpcflowlogs_cn-north-1_fl-1_20211204T%02d00Z_00000000.log", i))
		text := []byte(flowHeader)
		for j := range records {
			text = fmt.Appendf(text, "2 123456789012 eni-1 10.0.0.%d 10.0.0.2 443 50000 6 %d %d 1638576000 1638576060 ACCEPT OK\n", j%250, i, j)
		}
		if err := os.MkdirAll(filepath.Dir(key), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(key, text, 0o644); err != nil {
			t.Fatal(err)
		}
		logsql(t, "--mirror", dir, "sync", bucket, "--as", "s3://flows")
		logsql(t, "--mirror", dir, "convert-parquet")
	}
	return dir
}

// TestCompactWhileReading: a statement that has begun reads the files it knows,
// also after they were merged.
func TestCompactWhileReading(t *testing.T) {
	dir := manyParts(t, 4, 40_000)
	n, sum := readMeanwhile(t, dir, sql.Options{Threads: 1}, "SELECT bytes FROM vpc_flow_logs", func() {
		logsql(t, "--mirror", dir, "compact")
		logsql(t, "--mirror", dir, "convert-parquet")
		if files, _ := filepath.Glob(dir + "/lake/*/*/*/*/*.parquet"); len(files) != 5 {
			t.Errorf("files of the lake while the statement runs: %q, want the four that it reads and the merged one", files)
		}
	})
	if want := int64(4 * 40_000 * 39_999 / 2); n != 160_000 || sum != want {
		t.Errorf("%d rows, sum %d, want 160000 and %d", n, sum, want)
	}
	logsql(t, "--mirror", dir, "convert-parquet")
	if files, _ := filepath.Glob(dir + "/lake/*/*/*/*/*.parquet"); len(files) != 1 {
		t.Errorf("files of the lake: %q", files)
	}
	if rows := rowsOf(t, dir, "SELECT count(*) AS n, sum(bytes) AS s FROM vpc_flow_logs"); !slices.Contains(rows, fmt.Sprintf(`{"n":160000,"s":%d}`, sum)) {
		t.Errorf("afterwards %q", rows)
	}
}

// TestCompactRawTable: what was seen to agree of a table over raw logs does so
// after a compaction too.
func TestCompactRawTable(t *testing.T) {
	dir := manyParts(t, 3, 500)
	table := rawTables(t, dir, "flows")[0]
	for range 2 {
		if fromLake, files := sameRaw(t, dir, table); fromLake != 3 || files != 3 {
			t.Errorf("%d of %d files from the lake", fromLake, files)
		}
		logsql(t, "--mirror", dir, "compact")
		logsql(t, "--mirror", dir, "compact", "--sort", "bytes")
		plan := logsql(t, "--mirror", dir, "sql", "--output", "tsv", "-c", "EXPLAIN SELECT * FROM "+table).stdout
		if m := readFromLake.FindStringSubmatch(plan); m == nil || m[2] != "3" {
			t.Errorf("after a compaction:\n%s", plan)
		}
	}
}

// TestReadersGoOn: a statement that has begun has its files until it ends,
// whatever a writer does meanwhile; then they go.
func TestReadersGoOn(t *testing.T) {
	const key = "s3/flows/AWSLogs/123456789012/vpcflowlogs/cn-north-1/2021/12/04/*T0100Z_00000000.log"
	glob := func(t *testing.T, dir, pattern string) []string {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	for _, tt := range []struct {
		name string
		do   func(t *testing.T, dir string)
		raw  bool // reads the raw files
		s3   int  // of them, afterwards
		lake int
	}{
		{"reconvert by a newer decoder", func(t *testing.T, dir string) {
			m, err := mirror.Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			flow := logtype.ByName("vpc_flow_logs") // what it makes has other names
			flow.Version++
			defer func() { flow.Version-- }()
			if _, err := convert.Run(t.Context(), m, convert.Options{Again: convert.Everything}); err != nil {
				t.Error(err)
			}
		}, false, 4, 4},
		{"an object that was replaced", func(t *testing.T, dir string) {
			file := glob(t, dir, key)[0]
			folder := t.TempDir()
			changed := filepath.Join(folder, filepath.Base(file))
			if err := os.WriteFile(changed, []byte(flowHeader), 0o644); err != nil {
				t.Fatal(err)
			}
			logsql(t, "--mirror", dir, "sync", "--accept", folder, "--as", "s3://flows/AWSLogs/123456789012/vpcflowlogs/cn-north-1/2021/12/04")
		}, false, 4, 3},
		{"prune", func(t *testing.T, dir string) { logsql(t, "--mirror", dir, "prune", "--before", "2022-01-01", "--yes") }, false, 0, 0},
		{"prune, the raw files being read", func(t *testing.T, dir string) { logsql(t, "--mirror", dir, "prune", "--before", "2022-01-01", "--yes") }, true, 0, 0},
		{"prune --raw-only", func(t *testing.T, dir string) {
			logsql(t, "--mirror", dir, "prune", "--before", "2022-01-01", "--raw-only", "--yes")
		}, true, 0, 4},
		{"prune, and all is asked for again", func(t *testing.T, dir string) {
			logsql(t, "--mirror", dir, "prune", "--before", "2022-01-01", "--yes")
			logsql(t, "--mirror", dir, "sync", "--since", "2021-12-01")
		}, true, 4, 1},
		{"prune --raw-only, and all is asked for again", func(t *testing.T, dir string) {
			logsql(t, "--mirror", dir, "prune", "--before", "2022-01-01", "--raw-only", "--yes")
			logsql(t, "--mirror", dir, "sync", "--since", "2021-12-01")
		}, true, 4, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := manyParts(t, 4, 2000)
			options, statement := sql.Options{Threads: 1}, "SELECT bytes FROM vpc_flow_logs"
			if tt.raw {
				statement, options.Raw = "SELECT bytes FROM "+rawTables(t, dir, "flows")[0], true
			}
			n, sum := readMeanwhile(t, dir, options, statement, func() {
				before := files(t, dir)
				tt.do(t, dir)
				logsql(t, "--mirror", dir, "convert-parquet")
				after := files(t, dir)
				for _, file := range before {
					if !slices.Contains(after, file) {
						t.Errorf("%s was taken from the reader", file)
					}
				}
			})
			if want := int64(4 * 2000 * 1999 / 2); n != 8000 || sum != want {
				t.Errorf("%d rows, sum %d, want 8000 and %d", n, sum, want)
			}
			logsql(t, "--mirror", dir, "convert-parquet")
			if s3, lake := glob(t, dir, "s3/flows/*/*/*/*/*/*/*/*"), glob(t, dir, "lake/*/*/*/*/*.parquet"); len(s3) != tt.s3 || len(lake) != tt.lake {
				t.Errorf("afterwards %d raw files, want %d; lake %q, want %d", len(s3), tt.s3, lake, tt.lake)
			}
			logsql(t, "--mirror", dir, "verify")
		})
	}
}

// readMeanwhile sums up the rows of a statement, which are read after the first
// when do has been done.
func readMeanwhile(t *testing.T, dir string, o sql.Options, statement string, do func()) (n int, sum int64) {
	t.Helper()
	m, err := mirror.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s, err := sql.Open(t.Context(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	statements, err := syntax.Parse(statement)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.Query(t.Context(), statements[0])
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range rows.All {
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			do()
		}
		n++
		sum += row[0].(int64)
	}
	return n, sum
}
