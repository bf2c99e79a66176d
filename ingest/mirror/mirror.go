// Package mirror is the local folder that holds everything logsql keeps: the
// objects' files below s3/, the lake, and the state database. It knows how a
// file comes to be whole or absent, who may write, and where an object's file
// lies; what the tables of other packages mean it does not know.
package mirror

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
	"golang.org/x/sys/unix"
)

// Folders and files of a mirror, relative to it.
const (
	ObjectsDir = "s3"
	LakeDir    = "lake"
	TablesDir  = "tables"
	stateFile  = "state.db"
	lockFile   = "lock"
)

// Mirror is an open mirror. It may be used from many goroutines.
type Mirror struct {
	dir      string
	root     *os.Root // nil while there is no mirror
	db       *sql.DB
	readOnly bool
	empty    bool
	waiting  bool                    // Lock left doomed files to readers
	folders  sync.Map                // see fresh
	temps    atomic.Pointer[os.File] // tmp/, once something was written
	calls    brisk
}

// Open opens the mirror at dir for reading and for short transactions. A
// missing mirror is an empty one: nothing is made on disk and DB answers from
// memory. A mirror on media that cannot be written is opened immutable.
func Open(ctx context.Context, dir string) (*Mirror, error) {
	state := filepath.Join(dir, stateFile)
	if _, err := os.Stat(state); errors.Is(err, fs.ErrNotExist) {
		return open(ctx, dir, ":memory:", nil)
	} else if err != nil {
		return nil, err
	}
	if writable(state) && writable(dir) {
		return open(ctx, dir, state, url.Values{"mode": {"rw"}})
	}
	params := url.Values{"mode": {"ro"}}
	if log, err := os.Stat(state + "-wal"); err != nil || log.Size() == 0 {
		// Nobody is writing, and SQLite could not make the files it would need to
		// find that out.
		params.Set("immutable", "1")
	}
	return open(ctx, dir, state, params)
}

func writable(path string) bool { return unix.Access(path, unix.W_OK) == nil }

// Create opens the mirror at dir and makes it where it does not exist. Commands
// that write call it; see Lock.
func Create(ctx context.Context, dir string) (*Mirror, error) {
	for _, sub := range []string{ObjectsDir, LakeDir} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	if !writable(dir) {
		return nil, fmt.Errorf("the mirror %s cannot be written: it is on read-only media or belongs to somebody else", dir)
	}
	return open(ctx, dir, filepath.Join(dir, stateFile), url.Values{"mode": {"rwc"}})
}

func open(ctx context.Context, dir, state string, params url.Values) (*Mirror, error) {
	m := &Mirror{dir: dir, empty: state == ":memory:", readOnly: params.Get("mode") == "ro"}
	dsn := state
	if !m.empty {
		if !m.readOnly {
			params.Set("_journal_mode", "WAL")
			params.Set("_busy_timeout", "10000")
			params.Set("_synchronous", "FULL")
			params.Set("_txlock", "immediate")
			// A batch touches more pages than SQLite's own 2 MB: they would be
			// written several times.
			params.Set("_cache_size", "-16000")
		}
		params.Set("_foreign_keys", "on")
		params.Set("_mutex", "no") // database/sql lends a connection to one goroutine at a time
		dsn = (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: state}).EscapedPath(), RawQuery: params.Encode()}).String()
	}
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, err
	}
	m.db = db
	if err := m.start(ctx, state); err != nil {
		m.shut()
		return nil, m.Explain(err)
	}
	return m, nil
}

func (m *Mirror) start(ctx context.Context, state string) (err error) {
	if m.empty {
		m.db.SetMaxOpenConns(1) // each connection to :memory: is a database of its own
	} else if m.root, err = os.OpenRoot(m.dir); err != nil {
		return err
	}
	if err := m.db.PingContext(ctx); err != nil {
		return fmt.Errorf("open %s: %w", state, err)
	}
	if m.readOnly {
		return nil
	}
	return m.Migrate(ctx, "mirror", migrations...)
}

// shut closes what is open and leaves the write-ahead log alone.
func (m *Mirror) shut() error {
	err := m.db.Close()
	if dir := m.temps.Swap(nil); dir != nil {
		dir.Close()
	}
	if m.root != nil {
		err = errors.Join(err, m.root.Close())
	}
	return err
}

// Dir is the mirror's folder.
func (m *Mirror) Dir() string { return m.dir }

// Empty reports whether there is no mirror at Dir yet.
func (m *Mirror) Empty() bool { return m.empty }

// ReadOnly reports whether state.db cannot be written.
func (m *Mirror) ReadOnly() bool { return m.readOnly }

// DB is the state database. Each package owns its tables in it; see Migrate.
func (m *Mirror) DB() *sql.DB { return m.db }

// Path is the place in the file system of a mirror path such as Object.Path.
func (m *Mirror) Path(rel string) string { return filepath.Join(m.dir, filepath.FromSlash(rel)) }

// Close leaves the mirror. The write-ahead log is moved into state.db and
// truncated, so that a mirror nobody writes is complete in its files and may be
// copied; another process at work keeps it, and does so itself when it leaves.
func (m *Mirror) Close() error {
	var err error
	if !m.readOnly && !m.empty {
		// Without waiting: who is still at work does it.
		_, err = m.db.Exec("PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return m.Explain(errors.Join(err, m.shut()))
}

// Migrate brings owner's tables up to date: steps are SQL scripts in the order
// in which they came about, each run once in the life of a mirror.
// On a mirror opened immutable it only checks.
func (m *Mirror) Migrate(ctx context.Context, owner string, steps ...string) error {
	if m.readOnly {
		return m.checkVersion(ctx, owner, len(steps))
	}
	if m.checkVersion(ctx, owner, len(steps)) == nil {
		return nil // the usual case waits for no writer
	}
	tx, err := m.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	const table = "CREATE TABLE IF NOT EXISTS migrations (owner TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID"
	if _, err := tx.ExecContext(ctx, table); err != nil {
		return err
	}
	done := 0
	err = tx.QueryRowContext(ctx, "SELECT version FROM migrations WHERE owner = ?", owner).Scan(&done)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if done > len(steps) {
		return newerError(owner, done, len(steps))
	}
	if done == len(steps) {
		return nil
	}
	for _, step := range steps[done:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("migrate %s: %w", owner, err)
		}
	}
	const set = "INSERT INTO migrations VALUES (?, ?) ON CONFLICT (owner) DO UPDATE SET version = excluded.version"
	if _, err := tx.ExecContext(ctx, set, owner, len(steps)); err != nil {
		return err
	}
	return tx.Commit()
}

func (m *Mirror) checkVersion(ctx context.Context, owner string, known int) error {
	done := 0
	err := m.db.QueryRowContext(ctx, "SELECT version FROM migrations WHERE owner = ?", owner).Scan(&done)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && done < known:
		return fmt.Errorf("the mirror was written by an older logsql and cannot be brought up to date on read-only media: copy it to a disk that can be written")
	case err == nil && done > known:
		return newerError(owner, done, known)
	}
	return err
}

func newerError(owner string, have, known int) error {
	return fmt.Errorf("the mirror was written by a newer logsql (%s tables are at version %d, this one knows %d): update logsql", owner, have, known)
}

// URI is the s3:// address of an object.
func URI(bucket, key string) string { return "s3://" + bucket + "/" + key }

// SplitURI takes s3://bucket/key apart; the key may be empty.
func SplitURI(uri string) (bucket, key string, ok bool) {
	rest, ok := strings.CutPrefix(uri, "s3://")
	if !ok {
		return "", "", false
	}
	bucket, key, _ = strings.Cut(rest, "/")
	return bucket, key, bucket != ""
}
