package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

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
	m, err := mirror.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s, err := sql.Open(t.Context(), m, sql.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	statements, err := syntax.Parse("SELECT bytes FROM vpc_flow_logs")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.Query(t.Context(), statements[0])
	if err != nil {
		t.Fatal(err)
	}
	n, sum := 0, int64(0)
	for row, err := range rows.All {
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			logsql(t, "--mirror", dir, "compact")
			logsql(t, "--mirror", dir, "convert-parquet")
		}
		n++
		sum += row[0].(int64)
	}
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
