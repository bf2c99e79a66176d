package bind_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"logsql/sql/bind"
	"logsql/sql/catalog/catalogtest"
	"logsql/sql/syntax"
)

// TestBind prints the result's columns, or the error with the text it is about.
func TestBind(t *testing.T) {
	cat := catalogtest.Catalog()
	catalogtest.Run(t, "../../testdata/sql/bind/*.txt", func(sql string) string {
		stmts, err := syntax.Parse(sql)
		if err != nil {
			return err.Error()
		}
		var out strings.Builder
		for _, stmt := range stmts {
			info, err := bind.Bind(stmt, cat, "default")
			if err != nil {
				out.WriteString(describe(sql, err))
				continue
			}
			for _, c := range info.Output {
				fmt.Fprintf(&out, "%s %s\n", c.Name, c.Type)
			}
			for _, s := range info.Scans {
				if len(s.Parts) < len(s.Table.Parts) {
					fmt.Fprintf(&out, "%s: %d of %d parts\n", s.Table.Name, len(s.Parts), len(s.Table.Parts))
				}
			}
		}
		return out.String()
	})
}

func describe(sql string, err error) string {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return "not a syntax.Error: " + err.Error()
	}
	text := e.Error() + "\n"
	if e.From.IsValid() {
		text += "at: " + sql[e.From.Offset:e.To.Offset] + "\n"
	}
	if e.Hint != "" {
		text += "hint: " + e.Hint + "\n"
	}
	return text
}
