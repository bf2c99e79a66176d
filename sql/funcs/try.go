package funcs

import (
	"errors"
	"strings"

	"logsql/sql/syntax"
)

// A Go function has twins with NULL for an error: DuckDB's own TRY goes row by
// row, an exception for each that it catches. That of TRY_CAST hides every
// error, that of TRY those which Trino's catches.
const (
	goName      = "trino_"
	tryCastName = "trino_try_"
	tryName     = "trino_quiet_"
)

// caught are the codes that Trino's TRY makes NULL of.
var caught = map[string]bool{
	"DIVISION_BY_ZERO": true, "INVALID_CAST_ARGUMENT": true, "INVALID_FUNCTION_ARGUMENT": true, "NUMERIC_VALUE_OUT_OF_RANGE": true,
}

// TryCatches reports whether Trino's TRY makes NULL of an error.
func TryCatches(err error) bool {
	var known *syntax.Error
	return errors.As(err, &known) && caught[known.Code]
}

// allCaught are functions that have no errors but those which TRY catches, so
// that the twin which hides all of them will do. It can run on the values of a
// Parquet dictionary.
var allCaught = namesIn(`trino_parse_integer trino_parse_double trino_parse_real trino_parse_decimal trino_parse_boolean trino_parse_date
trino_parse_time trino_parse_timestamp trino_parse_ip trino_parse_uuid`)

// twin names f's twin; "" where it has none.
func (f GoFunc) twin(prefix string) string {
	if f.Total || f.Nulls || f.Volatile || f.Long != nil || f.Name == failName {
		return ""
	}
	if allCaught[f.Name] {
		prefix = tryCastName
	}
	return prefix + strings.TrimPrefix(f.Name, goName)
}

// twins are f's.
func (f GoFunc) twins() []GoFunc {
	if f.twin(tryName) == "" {
		return nil
	}
	all, some := f, f
	all.Name, all.Total = f.twin(tryCastName), true
	all.Call = f.nullFor(func(err error) bool { var known *syntax.Error; return errors.As(err, &known) })
	if some.Name = f.twin(tryName); some.Name == all.Name {
		return []GoFunc{all}
	}
	some.Call = f.nullFor(TryCatches)
	return []GoFunc{all, some}
}

// nullFor is f's Call with NULL for some errors.
func (f GoFunc) nullFor(hidden func(error) bool) func([]any) (any, error) {
	call := f.Call
	return func(args []any) (any, error) {
		v, err := call(args)
		if err != nil && hidden(err) {
			return nil, nil
		}
		return v, err
	}
}

// tryOf is TRY of a value.
func tryOf(e expr) expr {
	t := tries{prefix: tryName}
	if q := t.quiet(e); !t.stuck {
		return q
	}
	return call("try", e)
}

// tryCastOf is TRY_CAST: e is made of x, whose own errors go through.
func tryCastOf(e, x expr) expr {
	t := tries{prefix: tryCastName, given: map[syntax.Node]bool{}}
	syntax.Walk(x, func(n syntax.Node) bool {
		t.given[n] = true
		return true
	})
	if q := t.quiet(e); !t.stuck {
		return q
	}
	return call("try", e)
}
