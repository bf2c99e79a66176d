package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestDDLTogether: processes that change the catalog and write tables at the
// same time, while sync and convert-parquet go on, all get what they asked for.
func TestDDLTogether(t *testing.T) {
	dir := t.TempDir()
	logsql(t, "--mirror", dir, "sql", "-c", "CREATE EXTERNAL TABLE shared (a int) PARTITIONED BY (w int, n int) LOCATION 's3://b/t/'; CREATE TABLE filled AS SELECT -1 AS w, -1 AS n")
	const workers, rounds = 3, 20
	var wg, taking sync.WaitGroup
	done := make(chan struct{})
	together := func(what string, args ...string) {
		if res := (run{}).logsql(t, append([]string{"--mirror", dir}, args...)...); res.status != 0 {
			t.Errorf("%s: exit status %d: %s", what, res.status, res.stderr)
		}
	}
	taking.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				t.Logf("sync and convert-parquet ran %d times", n)
				return
			default:
				together("sync", "sync", bucketDir, "--as", fmt.Sprintf("s3://logs-%d", n))
				together("convert", "convert-parquet", "--workers", "1")
			}
		}
	})
	for w := range workers {
		wg.Go(func() { together(fmt.Sprintf("worker %d", w), "sql", "-c", changes(w, rounds)) })
	}
	wg.Wait()
	close(done)
	taking.Wait()
	for _, c := range []struct{ query, want string }{
		{`SELECT count(*) FROM "shared$partitions"`, fmt.Sprint(workers * rounds)},
		{"SELECT count(*) FROM filled", fmt.Sprint(workers*rounds + 1)},
		{"SELECT count(DISTINCT (w, n)) FROM filled", fmt.Sprint(workers*rounds + 1)},
		{"SELECT count(*) FROM information_schema.tables WHERE table_schema = 'default'", fmt.Sprint(workers*(2*rounds+1) + 2)},
		{"SELECT sum(a) FROM made_2_7", "7"},
	} {
		out := logsql(t, "--mirror", dir, "sql", "--output", "csv", "-c", c.query).stdout
		if _, have, _ := strings.Cut(strings.TrimSpace(out), "\n"); have != c.want {
			t.Errorf("%s: %s, want %s", c.query, have, c.want)
		}
	}
	logsql(t, "--mirror", dir, "sql", "-c", "CREATE TABLE next AS SELECT 1 AS a") // sweeps
	if left := strays(t, dir); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

// changes are a worker's statements, of every way to change the catalog.
func changes(w, rounds int) string {
	var all strings.Builder
	for n := range rounds {
		fmt.Fprintf(&all, `ALTER TABLE shared ADD PARTITION (w = %[1]d, n = %[2]d);
			CREATE TABLE made_%[1]d_%[2]d AS SELECT %[2]d AS a;
			CREATE EXTERNAL TABLE IF NOT EXISTS kept_%[1]d (a int) LOCATION 's3://b/t/';
			CREATE OR REPLACE VIEW seen_%[1]d_%[2]d AS SELECT a FROM kept_%[1]d;
			INSERT INTO filled VALUES (%[1]d, %[2]d);
			CREATE EXTERNAL TABLE gone_%[1]d (a int) LOCATION 's3://b/t/'; DROP TABLE gone_%[1]d;
			`, w, n)
	}
	return all.String()
}

// TestSameTableTogether: of statements that make the same table, or write to the
// same place, at the same time one does; IF NOT EXISTS is content with that.
func TestSameTableTogether(t *testing.T) {
	dir := t.TempDir()
	logsql(t, "--mirror", dir, "sql", "-c", "CREATE DATABASE d")
	for _, c := range []struct{ statement, refusal string }{
		{"CREATE TABLE d.%[1]s AS SELECT %[2]d AS a FROM UNNEST(sequence(1, 1000)) AS t (x)", "TABLE_ALREADY_EXISTS"},
		{"CREATE TABLE IF NOT EXISTS d.%[1]s AS SELECT %[2]d AS a FROM UNNEST(sequence(1, 1000)) AS t (x)", ""},
		{"CREATE TABLE d.%[1]s_%[2]d WITH (external_location = 's3://b/%[1]s/') AS SELECT 1 AS a", "HIVE_PATH_ALREADY_EXISTS"},
		{"UNLOAD (SELECT 1 AS a) TO 's3://b/%[1]s/' WITH (format = 'JSON')", "HIVE_PATH_ALREADY_EXISTS"},
	} {
		for round := range 3 {
			var wg sync.WaitGroup
			results := make([]result, 3)
			for w := range results {
				statement := fmt.Sprintf(c.statement, fmt.Sprintf("t%d_%d", len(c.statement), round), w)
				wg.Go(func() { results[w] = run{}.logsql(t, "--mirror", dir, "sql", "-c", statement) })
			}
			wg.Wait()
			done := 0
			for _, res := range results {
				if res.status == 0 {
					done++
				} else if c.refusal == "" || !strings.Contains(res.stderr, c.refusal) {
					t.Errorf("%s: %s", c.statement, res.stderr)
				}
			}
			if c.refusal != "" && done != 1 {
				t.Errorf("%s: %d of %d did it", c.statement, done, len(results))
			}
		}
	}
	logsql(t, "--mirror", dir, "sql", "-c", "CREATE TABLE next AS SELECT 1 AS a") // sweeps
	if left := strays(t, dir); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

// TestKilledCTAS kills CREATE TABLE AS at any moment: the table has all its rows
// or is not there.
func TestKilledCTAS(t *testing.T) {
	const (
		kills = 30
		rows  = 120_000
		make  = "CREATE TABLE big WITH (partitioned_by = ARRAY['p']) AS SELECT a * 10000 + b AS n, (a + b) % 5 AS p FROM UNNEST(sequence(0, 11)) AS t (a) CROSS JOIN UNNEST(sequence(0, 9999)) AS u (b)"
		query = "SELECT count(*), count(DISTINCT n), sum(n) FROM big"
	)
	dir := t.TempDir()
	want := fmt.Sprintf("_col0,_col1,_col2\n%d,%d,%d\n", rows, rows, rows*(rows-1)/2)
	took := logsql(t, "--mirror", dir, "sql", "-c", make).took
	random := rand.New(rand.NewPCG(5, 15))
	whole, litter := 0, 0
	for n := range kills {
		run{}.logsql(t, "--mirror", dir, "sql", "-c", "DROP TABLE IF EXISTS big")
		after := time.Duration(random.Int64N(int64(took)))
		if n%2 > 0 { // the end is where files are placed and recorded
			after = took*6/10 + after*4/10
		}
		killed(t, after, "--mirror", dir, "sql", "-c", make)
		if len(strays(t, dir)) > 0 {
			litter++
		}
		res := run{}.logsql(t, "--mirror", dir, "sql", "--output", "csv", "-c", query)
		switch {
		case res.status == 0 && res.stdout == want:
			whole++
		case !strings.Contains(res.stderr, "TABLE_NOT_FOUND"):
			t.Errorf("killed after %s: %s%s", after, res.stdout, res.stderr)
		}
	}
	t.Logf("of %d killed within %s, %d had made the table, %d left files behind", kills, took, whole, litter)
	logsql(t, "--mirror", dir, "sql", "-c", "DROP TABLE IF EXISTS big; "+make)
	if have := logsql(t, "--mirror", dir, "sql", "--output", "csv", "-c", query).stdout; have != want {
		t.Errorf("made again: %s", have)
	}
	if left := strays(t, dir); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

// killed runs logsql and kills it, as kill -9 does, if it has not ended by then.
func killed(t *testing.T, after time.Duration, args ...string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(cleanEnv(), asProgram+"=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	cmd.Process.Kill()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
}
