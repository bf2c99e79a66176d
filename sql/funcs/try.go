package funcs

import (
	"errors"
	"strings"

	"logsql/sql/syntax"
)

// The functions that read a value out of text, for CAST, have twins for
// TRY_CAST: DuckDB's TRY goes row by row, an exception for each it catches.
const (
	parseName = "trino_parse_"
	tryName   = "trino_try_parse_"
)

// total is f with NULL for an error.
func (f GoFunc) total() GoFunc {
	call := f.Call // none of them is Long
	f.Name, f.Total = tryName+strings.TrimPrefix(f.Name, parseName), true
	f.Call = func(args []any) (any, error) {
		v, err := call(args)
		var known *syntax.Error
		if errors.As(err, &known) {
			return nil, nil
		}
		return v, err
	}
	return f
}

// tryOf is TRY of a value. A cast of a column's text goes by the twins of its
// functions that have NULL for an error.
func tryOf(e expr) expr {
	parses := textCast(e)
	if parses == nil {
		return call("try", e)
	}
	parses.Name = syntax.Name{{Name: tryName + strings.TrimPrefix(parses.Name[0].Name, parseName)}}
	return e
}

// textCast is the call that reads the text in what fromText made of a column,
// nil for anything else.
func textCast(e expr) *syntax.Call {
	if c, ok := e.(*syntax.Case); ok && len(c.Whens) == 1 {
		cond, ok := c.Whens[0].Cond.(*syntax.Call)
		if !ok || cond.Name[0].Name != "regexp_full_match" {
			return nil
		}
		e = c.Else
	}
	if c, ok := e.(*syntax.Cast); ok {
		e = c.X
	}
	c, ok := e.(*syntax.Call)
	if !ok || !strings.HasPrefix(c.Name[0].Name, parseName) {
		return nil
	}
	if _, ok := c.Args[0].(*syntax.Deref); !ok {
		return nil
	}
	return c
}
