package main

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2" // a reader of the lake that is not ours
	"github.com/rogpeppe/go-internal/testscript"
)

// duckCSV runs a query on DuckDB itself, without any of ours in between, and
// returns the answer as logsql prints CSV of plain values.
func duckCSV(query string) (string, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return "", err
	}
	defer db.Close()
	rows, err := db.Query("SELECT columns(*)::VARCHAR FROM (" + query + ")")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(strings.Join(names, ",") + "\n")
	cells, into := make([]sql.NullString, len(names)), make([]any, len(names))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return "", err
		}
		for i, c := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(c.String)
		}
		b.WriteByte('\n')
	}
	return b.String(), rows.Err()
}

// duck is duckCSV for tests that are no scripts.
func duck(t *testing.T, query string) string {
	t.Helper()
	out, err := duckCSV(query)
	if err != nil {
		t.Fatalf("duckdb: %v", err)
	}
	return out
}

// scriptDuck runs the query in a file on DuckDB: duck query.sql. $WORK and other
// variables in it are replaced.
func scriptDuck(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 || neg {
		ts.Fatalf("usage: duck FILE")
	}
	out, err := duckCSV(os.Expand(ts.ReadFile(args[0]), ts.Getenv))
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), out)
}
