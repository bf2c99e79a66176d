package duck

import (
	"context"
	"database/sql"
	"sync"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Progress tells how far the statement that runs with it is. It may be asked
// from another goroutine at any time.
type Progress struct {
	mu   sync.Mutex
	conn *mapping.Connection // nil where nothing runs
}

type progressKey struct{}

// WithProgress is a context whose statements p follows.
func WithProgress(ctx context.Context, p *Progress) context.Context {
	return context.WithValue(ctx, progressKey{}, p)
}

// Percent is how much is done; false where that is not known.
func (p *Progress) Percent() (float64, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn == nil {
		return 0, false
	}
	progress := mapping.QueryProgress(*p.conn)
	percent, _, _ := mapping.QueryProgressTypeMembers(&progress)
	return percent, percent >= 0
}

// follow tells the Progress of ctx, if it has one, what runs on conn.
func follow(ctx context.Context, conn *sql.Conn) (leave func(), err error) {
	p, ok := ctx.Value(progressKey{}).(*Progress)
	if !ok {
		return func() {}, nil
	}
	err = conn.Raw(func(c any) error {
		of := connection(c)
		p.set(&of)
		return nil
	})
	return func() { p.set(nil) }, err
}

func (p *Progress) set(conn *mapping.Connection) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conn = conn
}
