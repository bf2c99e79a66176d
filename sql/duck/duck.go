// Package duck is the only one that knows DuckDB: it opens a database in
// memory behind a fence, registers the Go functions of package funcs, runs
// lowered SQL and turns what comes back into a small closed set of Go values
// and Trino's errors.
package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"logsql/sql/serde"
)

// Options say where a database may read and how much it may use.
type Options struct {
	Dir     string // the one folder whose files can be read; "" for none
	Memory  string // such as 2GB, the default
	TempDir string // where it spills to; a folder of its own is made below it
	Threads int    // 0: one for each core
	Try     bool   // for statements with TRY, out of which DuckDB else takes what occurs twice, error and all

	Progress bool // statements tell a Progress how far they are
}

// DB is an open database. It may be used from many goroutines.
type DB struct {
	db   *sql.DB
	base string
	temp tempFolder
	most int64    // how many bytes the process may take
	root *os.Root // of Options.Dir, for raw files; nil for none
	past *past    // the errors that TRY must let through; nil without TRY

	contexts *contexts
	names    names
}

const (
	defaultMemory = "2GB"
	maxSpill      = "50GB"
)

// Open opens a database in memory. Nothing outside o.Dir and its own temporary
// folder can be read or written, no extension can be loaded, and no statement
// can change that. Close removes the temporary folder.
func Open(ctx context.Context, o Options) (*DB, error) {
	temp, err := newTemp(o.TempDir)
	if err != nil {
		return nil, err
	}
	d := &DB{temp: temp, contexts: &contexts{}}
	if err := d.open(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("open DuckDB: %w", err), d.Close())
	}
	return d, nil
}

func (d *DB) open(ctx context.Context, o Options) error {
	memory := o.Memory
	if memory == "" {
		memory = defaultMemory
	}
	d.most = memoryBytes(memory) + unlimited
	var err error
	if d.base, err = readable(o.Dir, d.temp.path); err != nil {
		return err
	}
	if o.Dir != "" {
		if d.root, err = os.OpenRoot(o.Dir); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	connector, err := duckdb.NewConnector("?autoinstall_known_extensions=false&autoload_known_extensions=false", nil)
	if err != nil {
		return err
	}
	d.db = sql.OpenDB(connector)
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if o.Try {
		d.past = &past{}
	}
	if err := registerScan(conn, d.root); err != nil {
		return fmt.Errorf("register %s: %w", serde.Function, err)
	}
	for _, statement := range d.settings(o, memory) {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// settings end with the fence: what comes after it cannot be set any more.
func (d *DB) settings(o Options, memory string) []string {
	list := []string{
		"SET TimeZone = 'UTC'",
		"SET default_null_order = 'NULLS_LAST'",
		"SET memory_limit = " + quote(memory),
		"SET temp_directory = " + quote(filepath.Join(d.temp.path, "spill")),
		"SET max_temp_directory_size = " + quote(maxSpill),
	}
	if o.Try {
		list = append(list, "SET disabled_optimizers = 'common_subexpressions'")
	}
	if o.Progress {
		list = append(list, "SET enable_progress_bar = true", "SET enable_progress_bar_print = false")
	}
	if o.Threads > 0 {
		list = append(list, "SET threads = "+strconv.Itoa(o.Threads))
	}
	allowed := []string{quote(d.temp.path + "/spill/"), quote(d.temp.path + "/" + resultFolder + "/")}
	if d.base != "" {
		allowed = append(allowed, quote(d.base+"/"))
	}
	return append(list,
		"SET allowed_directories = ["+strings.Join(allowed, ", ")+"]",
		"SET enable_external_access = false",
		"SET lock_configuration = true",
	)
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// readable is the path DuckDB is given for dir. DuckDB takes the values of
// partitions from the outermost key=value in a path, so a folder below one,
// such as /data/year=1999/mirror, is reached through a link that has none; the
// same for characters that it would expand.
func readable(dir, temp string) (string, error) {
	if dir == "" {
		return "", nil
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if !strings.ContainsAny(abs, "=*?[]{}") {
		return abs, nil
	}
	link := filepath.Join(temp, "mirror")
	if strings.ContainsAny(link, "=*?[]{}") {
		return "", fmt.Errorf("neither the mirror's path %s nor the temporary folder's %s may hold = or wildcards: set TMPDIR to another folder", abs, temp)
	}
	return link, os.Symlink(abs, link)
}

const resultFolder = "results"

// Scratch is the path of a new file that a statement may write; Close removes
// it.
func (d *DB) Scratch() (string, error) {
	dir := filepath.Join(d.temp.path, resultFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "*.parquet")
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// Path is what lowered SQL calls a file of Options.Dir, named relative to it.
func (d *DB) Path(rel string) string { return d.base + "/" + rel }

// Close ends the database and removes its temporary folder.
func (d *DB) Close() error {
	var err error
	if d.db != nil {
		err = d.db.Close()
	}
	if d.root != nil {
		err = errors.Join(err, d.root.Close())
	}
	return errors.Join(err, d.temp.remove())
}

// Query runs a lowered statement. The rows must be read to the end or closed;
// cancelling ctx interrupts the query. Errors are *syntax.Error.
func (d *DB) Query(ctx context.Context, statement string, args ...any) (*Rows, error) {
	ctx, open := withScans(ctx)
	ctx, stop := watched(ctx, d.most)
	r := &Rows{ctx: ctx, scans: open, stop: stop, past: d.past}
	if err := r.begin(d, statement, args); err != nil {
		err = trinoError(ctx, err)
		r.Close()
		return nil, err
	}
	return r, nil
}

// begin plans the statement and starts it. Planning computes what is constant
// and drops its errors, so those of TRY count from there on.
func (r *Rows) begin(d *DB, statement string, args []any) error {
	if err := r.connect(d); err != nil {
		return err
	}
	err := d.register(r.conn, statement)
	if err != nil {
		return err
	}
	if r.past == nil {
		r.rows, err = r.conn.QueryContext(r.ctx, statement, args...)
	} else if r.stmt, err = r.conn.PrepareContext(r.ctx, statement); err == nil {
		r.before = r.past.count.Load()
		r.rows, err = r.stmt.QueryContext(r.ctx, args...)
	}
	if err != nil {
		return err
	}
	columns, err := r.rows.Columns()
	r.columns = len(columns)
	return err
}

// connect takes a connection and tells the Go functions whose statement runs on
// it.
func (r *Rows) connect(d *DB) error {
	var err error
	if r.conn, err = d.db.Conn(r.ctx); err != nil {
		return err
	}
	id, err := duckdb.ConnId(r.conn)
	if err != nil {
		return err
	}
	unfollow, err := follow(r.ctx, r.conn)
	d.contexts.byID.Store(id, r.ctx)
	r.leave = func() { d.contexts.byID.Delete(id); unfollow() }
	return err
}

// Rows are a query's rows.
type Rows struct {
	ctx     context.Context
	conn    *sql.Conn
	leave   func()
	stmt    *sql.Stmt // with TRY
	rows    *sql.Rows
	columns int
	scans   *scans
	stop    func()
	past    *past
	before  int64 // how many errors past had
}

// Next gives the next row, or false at the end and on an error: see Err. Its
// values are nil, bool, int64, float32, float64, string, []byte (BLOB, UUID), time.Time
// (UTC, also for dates and times), Decimal as string, Interval, []any for a
// LIST, map[string]any for a STRUCT and Map for a MAP.
func (r *Rows) Next() ([]any, bool) {
	if !r.rows.Next() || r.past.since(r.before) != nil {
		return nil, false
	}
	row := make([]any, r.columns)
	into := make([]any, r.columns)
	for i := range row {
		into[i] = &row[i]
	}
	if err := r.rows.Scan(into...); err != nil {
		return nil, false
	}
	for i, v := range row {
		row[i] = plain(v)
	}
	return row, true
}

// Err is what ended the rows early, nil at their end.
func (r *Rows) Err() error {
	if err := r.rows.Err(); err != nil {
		return trinoError(r.ctx, err)
	}
	if err := r.past.since(r.before); err != nil {
		return trinoError(r.ctx, err)
	}
	return nil
}

// Close ends the query.
func (r *Rows) Close() error {
	var err error
	if r.rows != nil {
		err = r.rows.Close()
	}
	if r.stmt != nil {
		err = errors.Join(err, r.stmt.Close())
	}
	if r.leave != nil {
		r.leave()
	}
	if r.conn != nil {
		err = errors.Join(err, r.conn.Close())
	}
	r.stop()
	r.scans.close()
	return err
}
