package lower_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"logsql/sql/bind"
	"logsql/sql/catalog/catalogtest"
	"logsql/sql/lower"
	"logsql/sql/syntax"
)

// FuzzBindLower holds bind and lower to their contract: whatever parses is
// either lowered or refused with an error of Trino's, and lowering the same
// statement twice gives the same text.
func FuzzBindLower(f *testing.F) {
	for _, glob := range []string{"bind/*.txt", "lower/*.txt", "seeds/*.sql"} {
		files, err := filepath.Glob("../../testdata/sql/" + glob)
		if err != nil || len(files) == 0 {
			f.Fatalf("no cases at %s: %v", glob, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			for _, part := range strings.Split(string(data), "\n\n") {
				sql, _, _ := strings.Cut(part, "\n----")
				f.Add(sql)
			}
		}
	}
	cat := catalogtest.Catalog()
	f.Fuzz(func(t *testing.T, sql string) {
		stmts, err := syntax.Parse(sql)
		if err != nil {
			return
		}
		for _, stmt := range stmts {
			info, err := bind.Bind(stmt, cat, "default")
			if err != nil {
				checkError(t, err)
				continue
			}
			text, err := lower.Lower(stmt, info, nil)
			if err != nil {
				checkError(t, err)
				continue
			}
			if again, err := lower.Lower(stmt, info, nil); again != text {
				t.Errorf("lowered twice: %s\nthen %s, %v", text, again, err)
			}
		}
	})
}

func checkError(t *testing.T, err error) {
	var e *syntax.Error
	if !errors.As(err, &e) || e.Code == "" || e.Msg == "" {
		t.Errorf("not an error for users: %v", err)
	}
}
