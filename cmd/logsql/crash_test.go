package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/ingest/mirror"
	"logsql/sql"
)

// TestCrash kills sync and convert-parquet at every step of their commits, as
// kill -9 does, and runs them again: the lake holds each record once, and the
// same rows as if nothing had happened.
func TestCrash(t *testing.T) {
	whole := t.TempDir()
	takeIn(t, whole)
	want := lakeRows(t, whole)
	if len(want) < 100 {
		t.Fatalf("only %d rows to compare", len(want))
	}
	for _, step := range slices.Concat(mirror.Steps, lake.Steps) {
		t.Run(step, func(t *testing.T) {
			dir := t.TempDir()
			if !crash(t, dir, step) {
				t.Fatalf("no command came to the step %s", step)
			}
			takeIn(t, dir)
			if have := lakeRows(t, dir); !slices.Equal(have, want) {
				t.Errorf("%d rows, want %d; first difference: %s", len(have), len(want), firstDifference(have, want))
			}
		})
	}
}

// takeIn syncs and converts the example bucket.
func takeIn(t *testing.T, dir string) {
	t.Helper()
	logsql(t, "--mirror", dir, "sync", bucketDir, "--as", "s3://example-logs")
	logsql(t, "--mirror", dir, "convert-parquet", "--workers", "1")
}

// crash runs sync, then convert-parquet, and reports whether one of them was
// killed at step.
func crash(t *testing.T, dir, step string) bool {
	t.Helper()
	r := run{env: []string{"LOGSQL_CRASH_AT=" + step}}
	for _, args := range [][]string{
		{"--mirror", dir, "sync", bucketDir, "--as", "s3://example-logs"},
		{"--mirror", dir, "convert-parquet", "--workers", "1"},
	} {
		res := r.logsql(t, args...)
		if res.signal == syscall.SIGKILL {
			return true
		}
		if res.status != 0 {
			t.Fatalf("logsql %s: exit status %d\n%s", strings.Join(args, " "), res.status, res.stderr)
		}
	}
	return false
}

// lakeRows are all rows of all tables, each with its object, in a fixed order.
func lakeRows(t *testing.T, dir string) []string {
	t.Helper()
	var rows []string
	for _, table := range logtype.Types {
		out := logsql(t, "--mirror", dir, "sql", "--output", "jsonl", "-c", `SELECT *, "$object" FROM `+table.Name).stdout
		for line := range strings.Lines(out) {
			rows = append(rows, table.Name+" "+line)
		}
	}
	slices.Sort(rows)
	return rows
}

func firstDifference(have, want []string) string {
	for i := range min(len(have), len(want)) {
		if have[i] != want[i] {
			return have[i] + "want " + want[i]
		}
	}
	return "one is the other's beginning"
}

// TestCrashOfWriting kills statements that write at every step: the table is
// whole or not there, and the statement can be run again.
func TestCrashOfWriting(t *testing.T) {
	make := "CREATE TABLE made WITH (partitioned_by = ARRAY['b']) AS SELECT * FROM (VALUES (1, 'x'), (2, 'y'), (3, 'x')) AS t (a, b)"
	more := "INSERT INTO made VALUES (4, 'z'), (5, 'x')"
	for _, step := range sql.WriteSteps {
		t.Run(step, func(t *testing.T) {
			dir := t.TempDir()
			for _, c := range []struct{ statement, before, after string }{
				{make, "", "a,b\n1,x\n2,y\n3,x\n"},
				{more, "a,b\n1,x\n2,y\n3,x\n", "a,b\n1,x\n2,y\n3,x\n4,z\n5,x\n"},
			} {
				res := run{env: []string{"LOGSQL_CRASH_AT=" + step}}.logsql(t, "--mirror", dir, "sql", "-c", c.statement)
				if res.signal != syscall.SIGKILL {
					t.Fatalf("did not come to the step %s: %s", step, res.stderr)
				}
				want := c.before
				if step == sql.WriteSteps[len(sql.WriteSteps)-1] {
					want = c.after
				}
				if have := made(t, dir); have != want {
					t.Errorf("after the crash:\n%swant\n%s", have, want)
				}
				if want == c.before {
					logsql(t, "--mirror", dir, "sql", "-c", c.statement)
				}
				if have := made(t, dir); have != c.after {
					t.Errorf("after the second try:\n%swant\n%s", have, c.after)
				}
			}
			logsql(t, "--mirror", dir, "sql", "-c", "CREATE TABLE next AS SELECT 1 AS a") // sweeps
			if left := strays(t, dir); len(left) > 0 {
				t.Errorf("left behind: %s", left)
			}
		})
	}
}

// TestCrashOfChange kills statements that change the catalog before and after
// their commit: the catalog is as before or as after, with nothing in between,
// and the next statement works.
func TestCrashOfChange(t *testing.T) {
	const (
		table      = "CREATE EXTERNAL TABLE d.t (a int) PARTITIONED BY (p int) LOCATION 's3://b/t/'"
		partitions = "ALTER TABLE d.t ADD PARTITION (p = 1) PARTITION (p = 2) LOCATION 's3://b/two/' PARTITION (p = 3)"
	)
	for _, step := range sql.ChangeSteps {
		t.Run(step, func(t *testing.T) {
			dir, objects := t.TempDir(), t.TempDir()
			if err := writeFile(filepath.Join(objects, "p=9", "x"), strings.NewReader("1\n")); err != nil {
				t.Fatal(err)
			}
			logsql(t, "--mirror", dir, "sync", objects, "--as", "s3://b/t")
			logsql(t, "--mirror", dir, "sql", "-c", "SHOW TABLES")
			state := "databases: \ntables: \npartitions: "
			for _, c := range []struct{ statement, after string }{
				{"CREATE DATABASE d", "databases: d\ntables: \npartitions: "},
				{table, "databases: d\ntables: t(a integer, p integer)\npartitions: "},
				{partitions, "databases: d\ntables: t(a integer, p integer)\npartitions: s3://b/t/p=1/ s3://b/two/ s3://b/t/p=3/"},
				{"ALTER TABLE d.t DROP PARTITION (p = 1), PARTITION (p = 3)", "databases: d\ntables: t(a integer, p integer)\npartitions: s3://b/two/"},
				{"MSCK REPAIR TABLE d.t", "databases: d\ntables: t(a integer, p integer)\npartitions: s3://b/two/ s3://b/t/p=9/"},
				{"ALTER TABLE d.t ADD COLUMNS (b string, c date)", "databases: d\ntables: t(a integer, b varchar, c date, p integer)\npartitions: s3://b/two/ s3://b/t/p=9/"},
				{"ALTER TABLE d.t CHANGE COLUMN c c string FIRST", "databases: d\ntables: t(c varchar, a integer, b varchar, p integer)\npartitions: s3://b/two/ s3://b/t/p=9/"},
				{"ALTER TABLE d.t REPLACE COLUMNS (a int)", "databases: d\ntables: t(a integer, p integer)\npartitions: s3://b/two/ s3://b/t/p=9/"},
				{"ALTER TABLE d.t PARTITION (p = 9) RENAME TO PARTITION (p = 8)", "databases: d\ntables: t(a integer, p integer)\npartitions: s3://b/two/ s3://b/t/p=9/"},
				{"CREATE VIEW d.v AS SELECT a FROM d.t", "databases: d\ntables: t(a integer, p integer) v(a integer)\npartitions: s3://b/two/ s3://b/t/p=9/"},
				{"CREATE TABLE d.none AS SELECT 1 AS a WITH NO DATA", "databases: d\ntables: none(a integer) t(a integer, p integer) v(a integer)\npartitions: s3://b/two/ s3://b/t/p=9/"},
				{"DROP TABLE d.none", "databases: d\ntables: t(a integer, p integer) v(a integer)\npartitions: s3://b/two/ s3://b/t/p=9/"},
				{"DROP DATABASE d CASCADE", "databases: \ntables: \npartitions: "},
			} {
				res := run{env: []string{"LOGSQL_CRASH_AT=" + step}}.logsql(t, "--mirror", dir, "sql", "-c", c.statement)
				if res.signal != syscall.SIGKILL {
					t.Fatalf("%s did not come to the step %s: %s", c.statement, step, res.stderr)
				}
				if step == "ddl.committed" {
					state = c.after
				}
				if have := catalogState(t, dir); have != state {
					t.Errorf("%s: after the crash\n%s\nwant\n%s", c.statement, have, state)
				}
				if state != c.after {
					logsql(t, "--mirror", dir, "sql", "-c", c.statement)
				}
				if state = catalogState(t, dir); state != c.after {
					t.Errorf("%s: after the second try\n%s\nwant\n%s", c.statement, state, c.after)
				}
			}
		})
	}
}

// catalogState is what the catalog's rows hold.
func catalogState(t *testing.T, dir string) string {
	t.Helper()
	m, err := mirror.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var state, check string
	const get = `SELECT 'databases: ' || coalesce((SELECT group_concat(name, ' ' ORDER BY name) FROM databases), '') || char(10)
		|| 'tables: ' || coalesce((SELECT group_concat(name || '(' || (SELECT group_concat(c.value ->> 0 || ' ' || (c.value ->> 1), ', ')
			FROM json_each(definition, '$.Columns') c) || ')', ' ' ORDER BY name) FROM tables), '') || char(10)
		|| 'partitions: ' || coalesce((SELECT group_concat(location, ' ' ORDER BY vals) FROM partitions), '')`
	err = errors.Join(m.DB().QueryRow(get).Scan(&state), m.DB().QueryRow("PRAGMA integrity_check").Scan(&check))
	if err != nil || check != "ok" {
		t.Fatalf("%v, integrity: %s", err, check)
	}
	return state
}

// strays are the files and empty folders below tables/ and tmp/ that state.db
// does not know.
func strays(t *testing.T, dir string) []string {
	t.Helper()
	m, err := mirror.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var left []string
	for _, top := range []string{mirror.TablesDir, "tmp"} {
		err := fs.WalkDir(os.DirFS(dir), top, func(rel string, d fs.DirEntry, err error) error {
			if err != nil || rel == top {
				return err
			}
			n := 0
			const count = "SELECT count(*) FROM written WHERE path = ?1 OR substr(path, 1, length(?1) + 1) = ?1 || '/'"
			err = m.DB().QueryRow(count, rel).Scan(&n)
			if n == 0 {
				left = append(left, rel)
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return left
}

// made is what the table made holds, "" where there is none.
func made(t *testing.T, dir string) string {
	t.Helper()
	return run{}.logsql(t, "--mirror", dir, "sql", "--output", "csv", "-c", "SELECT * FROM made ORDER BY a").stdout
}

// TestCrashOfPrune kills prune at every step: before the commit nothing is gone,
// after it everything is with the next writer, whatever that does.
func TestCrashOfPrune(t *testing.T) {
	whole := t.TempDir()
	takeIn(t, whole)
	before := files(t, whole)
	logsql(t, "--mirror", whole, "prune", "--before", "2021-12-05", "--yes")
	after, rows := files(t, whole), lakeRows(t, whole)
	if len(after) == len(before) || len(rows) == 0 {
		t.Fatalf("%d files of %d stay, %d rows", len(after), len(before), len(rows))
	}
	for i, step := range mirror.PruneSteps {
		t.Run(step, func(t *testing.T) {
			dir := t.TempDir()
			takeIn(t, dir)
			res := run{env: []string{"LOGSQL_CRASH_AT=" + step}}.logsql(t, "--mirror", dir, "prune", "--before", "2021-12-05", "--yes")
			if res.signal != syscall.SIGKILL {
				t.Fatalf("did not come to the step %s: %s%s", step, res.stdout, res.stderr)
			}
			if i == 0 {
				if have := files(t, dir); !slices.Equal(have, before) {
					t.Errorf("before the commit: %d files, want %d", len(have), len(before))
				}
				logsql(t, "--mirror", dir, "prune", "--before", "2021-12-05", "--yes")
			} else if have := lakeRows(t, dir); !slices.Equal(have, rows) {
				t.Errorf("after the crash: %d rows, want %d", len(have), len(rows))
			}
			logsql(t, "--mirror", dir, "sync")
			if have := files(t, dir); !slices.Equal(have, after) {
				t.Errorf("%d files, want %d", len(have), len(after))
			}
			if have := lakeRows(t, dir); !slices.Equal(have, rows) {
				t.Errorf("%d rows, want %d", len(have), len(rows))
			}
			run{}.logsql(t, "--mirror", dir, "verify")
		})
	}
}

// files are those below s3/ and lake/.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	for _, top := range []string{mirror.ObjectsDir, mirror.LakeDir} {
		err := fs.WalkDir(os.DirFS(dir), top, func(rel string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, rel)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// TestCrashOfAccept kills sync --accept at every step: the table holds the first
// version or the other, and the other once it is run again.
func TestCrashOfAccept(t *testing.T) {
	const name = "AWSLogs/1/vpcflowlogs/cn-north-1/2021/12/04/1_vpcflowlogs_cn-north-1_fl-0a_20211204T0000Z_0a.log"
	log := func(t *testing.T, folder, bytes string) {
		t.Helper()
		text := "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n" +
			"2 1 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 " + bytes + " 1638576000 1638576060 ACCEPT OK\n"
		if err := writeFile(filepath.Join(folder, name), strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range mirror.Steps {
		t.Run(step, func(t *testing.T) {
			dir, folder := t.TempDir(), t.TempDir()
			log(t, folder, "10")
			logsql(t, "--mirror", dir, "sync", folder, "--as", "s3://logs")
			logsql(t, "--mirror", dir, "convert-parquet")
			log(t, folder, "1000")
			res := run{env: []string{"LOGSQL_CRASH_AT=" + step}}.logsql(t, "--mirror", dir, "sync", "--accept")
			if res.signal != syscall.SIGKILL {
				t.Fatalf("did not come to the step %s: %s%s", step, res.stdout, res.stderr)
			}
			for _, want := range []string{"10", "1000"} {
				logsql(t, "--mirror", dir, "convert-parquet")
				logsql(t, "--mirror", dir, "verify")
				if have := logsql(t, "--mirror", dir, "sql", "--output", "csv", "-c", "SELECT sum(bytes) AS n FROM vpc_flow_logs").stdout; have != "n\n"+want+"\n" {
					t.Errorf("%s, want %s", have, want)
				}
				logsql(t, "--mirror", dir, "sync", "--accept")
			}
		})
	}
}
