package main

import (
	"regexp"
	"testing"

	"logsql/ingest/mirror"
)

// TestLocked: one writer at a time; the other is told who is at work, and
// reading goes on meanwhile.
func TestLocked(t *testing.T) {
	dir := t.TempDir()
	m, err := mirror.Create(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	release, err := m.Lock("logsql sync")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	want := regexp.MustCompile(`^logsql: the mirror is in use: logsql sync, process \d+, since .*Z\nhint: let it finish, or stop it; reading \(sql, tables, status\) goes on meanwhile\n$`)
	for _, args := range [][]string{{"sync", bucketDir, "--as", "s3://example-logs"}, {"convert-parquet"}} {
		res := run{}.logsql(t, append([]string{"--mirror", dir}, args...)...)
		if res.status != 1 || !want.MatchString(res.stderr) {
			t.Errorf("%s: exit status %d: %s", args[0], res.status, res.stderr)
		}
	}
	logsql(t, "--mirror", dir, "sql", "-c", "SELECT count(*) FROM vpc_flow_logs")
	logsql(t, "--mirror", dir, "tables")
	logsql(t, "--mirror", dir, "status")
}
