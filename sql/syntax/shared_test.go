package syntax

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// sharedCase is a line of the shared files of statements.
type sharedCase struct {
	ID     string
	Kind   string
	SQL    string
	Parses bool
	Error  string
}

// shared reads a file of the folder LOGSQL_SHARED names; without that it skips.
func shared(t *testing.T, name string) []sharedCase {
	t.Helper()
	folder := os.Getenv("LOGSQL_SHARED")
	if folder == "" {
		t.Skip("LOGSQL_SHARED is not set")
	}
	f, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var cases []sharedCase
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var c sharedCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

// TestSharedCorpus parses and reprints each statement Trino took. floor is how
// many did when last counted: all but those with row patterns in a window.
func TestSharedCorpus(t *testing.T) {
	for _, tt := range []struct {
		file  string
		floor int
	}{
		{"sql/corpus/functions.jsonl.gz", 4872},
		{"sql/corpus/queries.jsonl.gz", 1838},
	} {
		t.Run(tt.file, func(t *testing.T) {
			good, refused := 0, 0
			for _, c := range shared(t, tt.file) {
				if c.Error == "SYNTAX_ERROR" {
					if _, err := Parse(c.SQL); err == nil {
						t.Errorf("%s: parses, and should not\n%s", c.ID, c.SQL)
					}
					continue
				}
				if notSupported(c.SQL) {
					refused++
					continue
				}
				if err := reprints(c.SQL); err != nil {
					t.Errorf("%s: %v\n%s", c.ID, err, c.SQL)
					continue
				}
				good++
			}
			if good < tt.floor {
				t.Errorf("%d parse, %d did before", good, tt.floor)
			}
			t.Logf("%d parse, %d are refused as not supported", good, refused)
		})
	}
}

func notSupported(src string) bool {
	var e *Error
	_, err := Parse(src)
	return errors.As(err, &e) && e.Code == "NOT_SUPPORTED"
}

var update = flag.Bool("update", false, "write the golden files anew")

// TestSharedStatements parses and reprints the statements of AWS's guides and
// compares what became of each with the golden list.
func TestSharedStatements(t *testing.T) {
	const golden = "../../testdata/sql/statements.txt"
	var got strings.Builder
	for _, c := range shared(t, "sql/statements.jsonl.gz") {
		fmt.Fprintf(&got, "%s\t%s\n", c.ID, outcome(c.SQL))
		if _, err := Parse(c.SQL); err != nil {
			continue
		}
		if err := reprints(c.SQL); err != nil {
			t.Errorf("%s (parses: %v): %v\n%s", c.ID, c.Parses, err, c.SQL)
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	wantLines := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got.String(), "\n") {
		if i >= len(wantLines) || line != wantLines[i] {
			t.Errorf("got  %s\nwant %s", line, strings.Join(wantLines[min(i, len(wantLines)):min(i+1, len(wantLines))], ""))
		}
	}
}

// outcome is the kinds of statements that src is, or its error.
func outcome(src string) string {
	script, err := ParseScript(src)
	if err != nil {
		return err.Error()
	}
	var parts []string
	for _, st := range script.Statements {
		kind := reflect.TypeOf(st).Elem().Name()
		if u, ok := st.(*Unsupported); ok {
			kind = "not supported: " + u.Name
		}
		parts = append(parts, kind)
	}
	for _, w := range script.Warnings {
		parts = append(parts, fmt.Sprintf("warning at %d:%d: %s", w.Pos.Line, w.Pos.Col, w.Msg))
	}
	return strings.Join(parts, ", ")
}
