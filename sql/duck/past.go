package duck

import (
	"errors"
	"sync/atomic"

	"logsql/sql/syntax"
)

// caught are the codes that Trino's TRY makes NULL of. DuckDB's TRY does so of
// every error.
var caught = map[string]bool{
	"DIVISION_BY_ZERO": true, "INVALID_CAST_ARGUMENT": true, "INVALID_FUNCTION_ARGUMENT": true, "NUMERIC_VALUE_OUT_OF_RANGE": true,
}

// past are errors of Go functions that go past TRY. DuckDB does not say on whose
// behalf a function runs: of two statements at a time in one database with TRY,
// an error of one may end the other, and none is lost.
type past struct {
	count atomic.Int64
	last  atomic.Pointer[error]
}

// note keeps err, marked, where TRY must not catch it.
func (p *past) note(err error) {
	var known *syntax.Error
	if p == nil || err == nil || errors.As(err, &known) && caught[known.Code] {
		return
	}
	err = marked(err)
	p.last.Store(&err)
	p.count.Add(1)
}

// since is an error noted after the first n, nil for none.
func (p *past) since(n int64) error {
	if p == nil || p.count.Load() == n {
		return nil
	}
	return *p.last.Load()
}
