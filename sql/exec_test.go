package sql

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"logsql/ingest/mirror"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

const execDir = "../testdata/sql/exec"

// execCase is one statement of testdata/sql/exec: the statement, a line ----,
// the types of its columns, then its rows tab by tab; or "error CODE". All of
// it is Trino's answer. Where ours is knowingly another one, a line
// "diverges: reason" follows and then ours.
type execCase struct{ file, sql, want, diverges string }

func execCases(t *testing.T) []execCase {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(execDir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", execDir, err)
	}
	var cases []execCase
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(strings.TrimSpace(string(content)), "\n\n") {
			statement, want, ok := strings.Cut(strings.TrimSuffix(block, "\n"), "\n----\n")
			if !ok {
				t.Fatalf("%s: no ---- in %q", file, block)
			}
			c := execCase{file: filepath.Base(file), sql: statement, want: want}
			if _, rest, ok := strings.Cut(want, "\ndiverges: "); ok {
				c.diverges, c.want, _ = strings.Cut(rest, "\n")
			}
			cases = append(cases, c)
		}
	}
	return cases
}

func emptySession(t testing.TB) *Session {
	t.Helper()
	m, err := mirror.Open(context.Background(), filepath.Join(t.TempDir(), "none"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	s, err := Open(context.Background(), m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// answer runs one statement and writes what comes as execCase has it.
func answer(s *Session, statement string) string {
	text, err := tryAnswer(s, statement)
	var known *Error
	if errors.As(err, &known) {
		return "error " + known.Code
	}
	if err != nil {
		return "error: " + err.Error()
	}
	return text
}

func tryAnswer(s *Session, statement string) (string, error) {
	statements, err := syntax.Parse(statement)
	if err != nil {
		return "", err
	}
	rows, err := s.Query(context.Background(), statements[0])
	if err != nil {
		return "", err
	}
	var lines []string
	var types []string
	for _, c := range rows.Columns {
		types = append(types, c.Type.String())
	}
	lines = append(lines, strings.Join(types, ", "))
	for row, err := range rows.All {
		if err != nil {
			return "", err
		}
		cells := make([]string, len(row))
		for i, v := range row {
			text, ok := Text(v, rows.Columns[i].Type)
			if !ok {
				text = "NULL"
			}
			cells[i] = text
		}
		lines = append(lines, strings.Join(cells, "\t"))
	}
	return strings.Join(lines, "\n"), nil
}

func TestExec(t *testing.T) {
	s := emptySession(t)
	for _, c := range execCases(t) {
		if got := answer(s, c.sql); got != c.want {
			t.Errorf("%s: %s\n got %s\nwant %s", c.file, c.sql, got, c.want)
		}
	}
}

// Every function of the table has a case.
func TestEveryFunctionHasACase(t *testing.T) {
	var all strings.Builder
	for _, c := range execCases(t) {
		all.WriteString(strings.ToLower(c.sql) + "\n")
	}
	for _, name := range funcs.Names() {
		name = strings.TrimPrefix(name, "$") // what an operator stands for
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(all.String()) {
			t.Errorf("function %s has no case in %s", name, execDir)
		}
	}
}
