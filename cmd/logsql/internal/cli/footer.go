package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"logsql/ingest/mirror"
	"logsql/sql"
	"logsql/sql/cost"
	"logsql/sql/history"
	"logsql/sql/syntax"
)

// run is one statement that was run, and what became of it.
type run struct {
	began   time.Time
	took    time.Duration
	rows    int
	scanned func(context.Context) (cost.Scanned, error)
}

// account is where statements are accounted for: in the history of the mirror,
// and in a footer below their results.
type account struct {
	mirror  *mirror.Mirror
	history bool
	stats   bool
	brief   bool // the footer leaves out what was read
	price   func() price
}

// accountOf says what is accounted for: a footer where a person sees it.
func (a *app) accountOf(ctx context.Context, m *mirror.Mirror, o sqlOptions, prompt bool) *account {
	of := &account{mirror: m, history: !o.noHistory}
	of.stats = o.stats || prompt || isTerminal(a.out) && isTerminal(a.err) && o.outputFile == ""
	of.price = sync.OnceValue(func() price {
		if p, err := parsePrice(o.price); err == nil && o.price != "" {
			return p
		}
		return priceOf(ctx, m)
	})
	return of
}

// unasked is how long the bytes of a statement may be looked for where nobody
// asked for them: what is known by then is known sooner next time.
const unasked = 200 * time.Millisecond

// settle accounts for a run that ended with err.
func (a *app) settle(ctx context.Context, session *sql.Session, r *run, text string, out *output, err error) {
	of := out.account
	if of == nil || !of.stats && !of.history {
		return
	}
	if screen, ok := out.w.(interface{ Settle() }); ok && err == nil {
		screen.Settle() // the answer does not wait for its footer
	}
	read := of.read(ctx, r)
	if of.history {
		of.keep(ctx, session, r, text, read, err)
	}
	if of.stats && err == nil {
		if of.brief {
			read = nil
		}
		fmt.Fprint(a.err, footer(r.rows, r.took, read, of.price))
	}
}

// read is how much a run read, nil where it read no table, failed before it could
// or it would take long to know.
func (of *account) read(ctx context.Context, r *run) *cost.Scanned {
	if r.scanned == nil || ctx.Err() != nil {
		return nil
	}
	if !of.stats {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, unasked)
		defer cancel()
	}
	read, err := r.scanned(ctx)
	if err != nil {
		return nil
	}
	return &read
}

// keep is a service: a statement whose answer was given does not fail because a
// sync holds state.db.
func (of *account) keep(ctx context.Context, session *sql.Session, r *run, text string, read *cost.Scanned, err error) {
	e := history.Entry{
		Began: r.began, Database: session.Database(), Statement: text,
		State: history.Succeeded, Rows: int64(r.rows), Seconds: r.took.Seconds(),
	}
	var known *syntax.Error
	switch {
	case err == nil:
	case ctx.Err() != nil, errors.As(err, &known) && known.Code == sql.ScanLimitCode:
		e.State, e.Error = history.Cancelled, message(err)
	default:
		e.State, e.Error = history.Failed, message(err)
	}
	if read != nil {
		e.Read, e.Raw = &read.Bytes, &read.Raw
		if !read.NoParquet {
			e.Parquet = &read.Parquet
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = history.Keep(ctx, of.mirror, e)
}

// footer says of a statement how many rows it gave and how long it took, how much
// was read, and what Athena would have scanned and charged.
func footer(rows int, took time.Duration, read *cost.Scanned, priced func() price) string {
	line := fmt.Sprintf("(%s, %s", count(rows, "row"), rounded(took))
	if read == nil || read.OfFiles == 0 {
		return line + ")\n"
	}
	line += fmt.Sprintf("; read %s of %s, %s of %s)\n", grouped(read.Files), count(read.OfFiles, "file"), size(read.Bytes), size(read.OfBytes))
	p := priced()
	parts := []string{"raw objects " + scan(read.Raw, p)}
	if !read.NoParquet {
		parts = append(parts, "Parquet "+scan(read.Parquet, p))
	}
	return line + "(Athena would scan: " + strings.Join(parts, "; ") + ")\n"
}

func scan(n int64, p price) string {
	text := size(n)
	if money := p.charge(n); money != "" {
		text += ", " + money
	}
	return text
}

func rounded(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}
