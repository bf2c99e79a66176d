package duck

import (
	"sync/atomic"

	"logsql/sql/funcs"
)

// past are errors of Go functions that go past TRY. DuckDB does not say on whose
// behalf a function runs: of two statements at a time in one database with TRY,
// an error of one may end the other, and none is lost.
type past struct {
	count atomic.Int64
	last  atomic.Pointer[error]
}

// note keeps err, marked, where TRY must not catch it.
func (p *past) note(err error) {
	if p == nil || err == nil || funcs.TryCatches(err) {
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
