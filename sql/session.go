// Package sql answers statements: it parses, binds, lowers and runs them, and
// gives typed rows and Trino's errors. Statements come from syntax.Parse.
package sql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"logsql/convert/lake"
	"logsql/ingest/mirror"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/duck"
	"logsql/sql/lower"
	"logsql/sql/syntax"
)

// Error is what a user sees of a statement that does not run.
type Error = syntax.Error

// Options of a session.
type Options struct {
	Database string // the one it starts in; "" is default
	Memory   string // what DuckDB may use, such as 2GB, its default
	TempDir  string
	Threads  int
	Raw      bool // read tables over objects from the objects, also where the lake has them
	Progress bool // statements tell a Progress how far they are

	// ScanLimit refuses statements that would scan more bytes, as an Athena
	// workgroup does; 0 for none. It counts cost.Scanned.AsIs.
	ScanLimit int64
}

// Session runs statements on a mirror, one after the other: USE and PREPARE
// hold for those that follow.
type Session struct {
	mirror   *mirror.Mirror
	made     *mirror.Mirror // the mirror, where a statement of the session made it
	options  Options
	database string
	prepared map[string]*syntax.Prepare

	open sync.Mutex
	dbs  [2]*duck.DB // for statements without and with TRY
}

// Open begins a session. DuckDB is opened by the first statement that needs it.
func Open(ctx context.Context, m *mirror.Mirror, o Options) (*Session, error) {
	s := &Session{mirror: m, options: o, prepared: map[string]*syntax.Prepare{}}
	s.SetDatabase(o.Database)
	return s, ctx.Err()
}

// Database is the current database.
func (s *Session) Database() string { return s.database }

// SetDatabase changes the current database without asking whether it exists;
// USE does ask.
func (s *Session) SetDatabase(name string) {
	if name == "" {
		name = catalog.Default
	}
	s.database = strings.ToLower(name)
}

// Catalog is the catalog as a statement would see it now.
func (s *Session) Catalog(ctx context.Context) (*catalog.Catalog, error) {
	return catalog.Open(ctx, s.mirror)
}

// Close ends the session.
func (s *Session) Close() error {
	err := s.closeDuck()
	if s.made != nil {
		err = errors.Join(err, s.made.Close())
	}
	return err
}

func (s *Session) closeDuck() error {
	s.open.Lock()
	defer s.open.Unlock()
	var err error
	for i, db := range s.dbs {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
		s.dbs[i] = nil
	}
	return err
}

// asError is err as a user sees it.
func asError(err error) error {
	var e *Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	return internal(err)
}

// duck is the database for statements with TRY or without. They are two because
// what TRY needs is slow for the others and cannot be changed later.
func (s *Session) duck(ctx context.Context, try bool) (*duck.DB, error) {
	s.open.Lock()
	defer s.open.Unlock()
	db := &s.dbs[0]
	if try {
		db = &s.dbs[1]
	}
	if *db != nil {
		return *db, nil
	}
	dir := s.mirror.Dir()
	if s.mirror.Empty() {
		dir = ""
	}
	opened, err := duck.Open(ctx, duck.Options{Dir: dir, Memory: s.options.Memory, TempDir: s.options.TempDir, Threads: s.options.Threads, Try: try, Progress: s.options.Progress})
	*db = opened
	return opened, err
}

// Query runs a statement. Errors are *Error. The files that it reads stay until
// its rows are closed, whatever is compacted meanwhile. given are the values of
// its parameters; see Param.
func (s *Session) Query(ctx context.Context, stmt syntax.Statement, given ...Param) (*Rows, error) {
	release, err := s.hold(ctx)
	if err != nil {
		return nil, internal(err)
	}
	rows, err := s.run(ctx, stmt, given)
	if err != nil || rows.close == nil {
		if e := release(); err == nil && e != nil {
			err = internal(e)
		}
		return rows, err
	}
	end := rows.close
	rows.close = func() error { return errors.Join(end(), release()) }
	return rows, nil
}

// hold keeps the lake's files. Where the lake cannot be opened, only statements
// that read it say so.
func (s *Session) hold(ctx context.Context) (release func() error, err error) {
	l, err := lake.Open(ctx, s.mirror)
	if err != nil {
		return func() error { return nil }, nil
	}
	return l.Hold(ctx)
}

func (s *Session) run(ctx context.Context, stmt syntax.Statement, given []Param) (*Rows, error) {
	cat, err := catalog.Open(ctx, s.mirror)
	if err != nil {
		return nil, internal(err)
	}
	values, err := s.bound(stmt, given, cat)
	if err != nil {
		return nil, err
	}
	switch stmt := stmt.(type) {
	case *syntax.Query:
		return s.query(ctx, stmt, cat, values...)
	case *syntax.Explain:
		return s.explain(ctx, stmt, cat, values...)
	case *syntax.Use:
		return s.use(stmt, cat)
	case *syntax.Show:
		return s.show(ctx, stmt, cat)
	case *syntax.Describe:
		if stmt.Database {
			return s.describeDatabase(ctx, stmt, cat)
		}
		return s.describe(stmt, cat)
	case *syntax.CreateDatabase:
		return s.createDatabase(ctx, stmt)
	case *syntax.AlterDatabase:
		return s.alterDatabase(ctx, stmt)
	case *syntax.CreateTable:
		return s.createTable(ctx, stmt, cat)
	case *syntax.CreateTableAs:
		return s.createTableAs(ctx, stmt, cat, values...)
	case *syntax.CreateView:
		return s.createView(ctx, stmt, cat)
	case *syntax.Insert:
		return s.insert(ctx, stmt, cat, values...)
	case *syntax.Unload:
		return s.unload(ctx, stmt, cat, values...)
	case *syntax.Drop:
		return s.drop(ctx, stmt, cat)
	case *syntax.AlterTable:
		return s.alterTable(ctx, stmt, cat)
	case *syntax.Repair:
		return s.repair(ctx, stmt, cat)
	case *syntax.Prepare:
		s.prepared[strings.ToLower(stmt.Name.Name)] = stmt
		return noRows(), nil
	case *syntax.Execute:
		return s.execute(ctx, stmt, cat)
	case *syntax.DescribePrepared:
		return s.describePrepared(stmt, cat)
	case *syntax.Deallocate:
		return s.deallocate(stmt)
	case *syntax.Unsupported:
		return nil, syntax.ErrorAt(stmt, "NOT_SUPPORTED", "%s is not supported yet", stmt.Name)
	}
	return nil, syntax.ErrorAt(stmt, "NOT_SUPPORTED", "This statement is not supported yet")
}

func (s *Session) query(ctx context.Context, q *syntax.Query, cat *catalog.Catalog, params ...syntax.Expr) (*Rows, error) {
	info, err := bind.Bind(q, cat, s.database, params...)
	if err != nil {
		return nil, err
	}
	located, err := s.locate(ctx, info, true)
	if err != nil {
		return nil, err
	}
	if err := s.withinLimit(ctx, q, info); err != nil {
		return nil, err
	}
	scanned := s.scanned(info)
	text, db, err := s.lowered(ctx, q, info)
	if err != nil {
		return nil, err
	}
	notes, err := s.notes(ctx, info)
	if err != nil {
		return nil, internal(err)
	}
	notes = append(notes, located...)
	rows, err := db.Query(ctx, text)
	if err != nil {
		return nil, err
	}
	result := duckRows(info.Output, rows, notes)
	result.Scanned = scanned
	return result, nil
}

// lowered is the text that DuckDB gets of a bound query, and the database to
// run it in.
func (s *Session) lowered(ctx context.Context, q *syntax.Query, info *bind.Info) (string, *duck.DB, error) {
	tree, err := lower.Statement(q, info)
	if err != nil {
		return "", nil, err
	}
	db, err := s.duck(ctx, tree.HoldsTry())
	if err != nil {
		return "", nil, internal(err)
	}
	return tree.Text(db.Path), db, nil
}

// notes tell what the answer may lack: objects that are mirrored and not yet in
// the built-in tables it reads, or that those have nothing at all.
func (s *Session) notes(ctx context.Context, info *bind.Info) ([]string, error) {
	var notes []string
	reads := false
	for _, scan := range info.Scans {
		t := scan.Table
		if t.Database != catalog.Builtin {
			continue
		}
		reads = true
		if note := t.Name + " is empty"; len(t.Parts) == 0 && t.Rows == nil && !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
		if len(t.Parts) > 0 && len(scan.Parts) == 0 {
			note, err := s.prunedParts(ctx, t)
			if err != nil {
				return nil, err
			}
			if note != "" && !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	switch {
	case !reads:
		return nil, nil
	case s.mirror.Empty():
		return append(notes, "there is no mirror at "+s.mirror.Dir()+" yet: logsql sync s3://BUCKET/PREFIX, then logsql convert-parquet"), nil
	}
	l, err := lake.Open(ctx, s.mirror)
	if err != nil {
		return nil, err
	}
	n, err := l.Unconverted(ctx)
	if n > 0 {
		notes = append(notes, fmt.Sprintf("mirrored objects that are not converted yet, and so not in the answer: %d; logsql convert-parquet takes them in", n))
	}
	return notes, err
}
