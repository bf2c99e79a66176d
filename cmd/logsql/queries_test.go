package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"logsql/sql/queries"
)

// TestNamedQueries runs every named query as it comes, on the example bucket
// (its first rows), on logs made by hand for the cases that the questions are
// about (testdata/queries/bucket), and on no mirror at all. Its rows stand in
// testdata/queries/rows; go test -update writes them anew.
func TestNamedQueries(t *testing.T) {
	testdata := absolute(t, "../../testdata")
	example := mirrorOf(t, filepath.Join(testdata, "bucket"))
	cases := mirrorOf(t, filepath.Join(testdata, "queries", "bucket"))
	for _, q := range queries.Embedded() {
		t.Run(q.Name, func(t *testing.T) {
			got := "example bucket:\n" + answered(t, example, q, fewer(q)...) + "\ncases made by hand:\n" + answered(t, cases, q)
			golden := filepath.Join(testdata, "queries", "rows", q.Name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			header, _, _ := strings.Cut(got[strings.Index(got, "\n")+1:], "\n")
			if nothing := answered(t, filepath.Join(t.TempDir(), "none"), q); !strings.HasPrefix(nothing, header+"\n") {
				t.Errorf("without a mirror: %q, want the header %q", nothing, header)
			}
		})
	}
}

// TestNamedQueriesAreWhole holds the embedded queries to what those of one's own
// may leave out, and has each say something about the cases made by hand.
func TestNamedQueriesAreWhole(t *testing.T) {
	list := queries.Embedded()
	if len(list) < 50 {
		t.Fatalf("%d queries are embedded", len(list))
	}
	for _, q := range list {
		if q.Err != nil || q.Title == "" || q.LogType == "" || len(q.Columns) == 0 {
			t.Errorf("%s lacks title, log_type or columns, or %v", q.Name, q.Err)
		}
		for _, p := range q.Parameters {
			if p.About == "" {
				t.Errorf("%s says nothing about parameter %s", q.Name, p.Name)
			}
		}
		rows, err := os.ReadFile("../../testdata/queries/rows/" + q.Name + ".txt")
		if err != nil {
			t.Error(err)
		}
		_, cases, _ := strings.Cut(string(rows), "cases made by hand:\n")
		if strings.Count(cases, "\n") < 2 {
			t.Errorf("%s has no row on the cases made by hand: add one to testdata/queries/bucket", q.Name)
		}
	}
}

// askNamed has every named query about a table, or about all where it is empty,
// answer from a mirror: other people's logs are not what the queries were tried on.
func askNamed(t *testing.T, mirror, table string) {
	t.Helper()
	for _, q := range queries.Embedded() {
		if table != "" && q.LogType != table {
			continue
		}
		t.Run(q.Name, func(t *testing.T) {
			if got := answered(t, mirror, q); !strings.Contains(got, "\n") {
				t.Errorf("not even a header: %q", got)
			}
		})
	}
}

func mirrorOf(t *testing.T, folder string) string {
	t.Helper()
	mirror := filepath.Join(t.TempDir(), "mirror")
	logsql(t, "--mirror", mirror, "sync", folder, "--as", "s3://example-logs")
	logsql(t, "--mirror", mirror, "convert-parquet")
	return mirror
}

// fewer asks for 8 rows where a query has a parameter for that.
func fewer(q queries.Query) []string {
	if slices.ContainsFunc(q.Parameters, func(p queries.Parameter) bool { return p.Name == "rows" }) {
		return []string{"--param", "rows=8"}
	}
	return nil
}

func answered(t *testing.T, mirror string, q queries.Query, flags ...string) string {
	t.Helper()
	r := run{env: []string{"XDG_CONFIG_HOME=" + t.TempDir()}}
	res := r.logsql(t, append([]string{"--mirror", mirror, "queries", "run", q.Name, "--output", "csv"}, flags...)...)
	if res.status != 0 {
		t.Fatalf("exit status %d: %s", res.status, res.stderr)
	}
	return res.stdout
}
