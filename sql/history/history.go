// Package history keeps in state.db which statements were run on a mirror, how
// they ended and how much they read.
package history

import (
	"context"
	"database/sql"
	"time"

	"logsql/ingest/mirror"
)

// Kept is how many statements are kept; older ones go.
const Kept = 10_000

// migrations are this package's table: began is in milliseconds since 1970,
// bytes are NULL where they are not known.
var migrations = []string{
	`CREATE TABLE history (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		began INTEGER NOT NULL,
		db TEXT NOT NULL,
		statement TEXT NOT NULL,
		state TEXT NOT NULL,
		error TEXT NOT NULL,
		rows INTEGER NOT NULL,
		seconds REAL NOT NULL,
		read_bytes INTEGER,
		raw_bytes INTEGER,
		parquet_bytes INTEGER
	);`,
}

// How a statement ended.
const (
	Succeeded = "succeeded"
	Failed    = "failed"
	Cancelled = "cancelled"
)

// Entry is one statement that was run. The bytes are package cost's, nil where
// they are not known or nothing was read.
type Entry struct {
	ID        int64     `json:"id"`
	Began     time.Time `json:"began"`
	Database  string    `json:"database"`
	Statement string    `json:"statement"`
	State     string    `json:"state"`
	Error     string    `json:"error,omitempty"`
	Rows      int64     `json:"rows"`
	Seconds   float64   `json:"seconds"`
	Read      *int64    `json:"read_bytes"`
	Raw       *int64    `json:"athena_raw_bytes"`
	Parquet   *int64    `json:"athena_parquet_bytes"`
}

// Keep adds a statement. It is one short transaction; a mirror that is not there
// or cannot be written keeps none, without an error.
func Keep(ctx context.Context, m *mirror.Mirror, e Entry) error {
	if m.Empty() || m.ReadOnly() {
		return nil
	}
	if err := m.Migrate(ctx, "history", migrations...); err != nil {
		return err
	}
	tx, err := m.DB().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	const insert = `INSERT INTO history (began, db, statement, state, error, rows, seconds, read_bytes, raw_bytes, parquet_bytes)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	r, err := tx.ExecContext(ctx, insert, e.Began.UnixMilli(), e.Database, e.Statement, e.State, e.Error, e.Rows, e.Seconds, e.Read, e.Raw, e.Parquet)
	if err != nil {
		return err
	}
	id, err := r.LastInsertId()
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM history WHERE id <= ?", id-Kept); err != nil {
		return err
	}
	return tx.Commit()
}

const columns = "id, began, db, statement, state, error, rows, seconds, read_bytes, raw_bytes, parquet_bytes"

// List gives the last statements, the newest last; limit 0 for all.
func List(ctx context.Context, m *mirror.Mirror, limit int) ([]Entry, error) {
	if limit <= 0 {
		limit = -1
	}
	return list(ctx, m, "SELECT * FROM (SELECT "+columns+" FROM history ORDER BY id DESC LIMIT ?) ORDER BY id", limit)
}

// Get gives one statement; false where there is none of that number.
func Get(ctx context.Context, m *mirror.Mirror, id int64) (Entry, bool, error) {
	found, err := list(ctx, m, "SELECT "+columns+" FROM history WHERE id = ?", id)
	if err != nil || len(found) == 0 {
		return Entry{}, false, err
	}
	return found[0], true, nil
}

func list(ctx context.Context, m *mirror.Mirror, query string, arg any) ([]Entry, error) {
	there := 0
	const have = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'history'"
	if err := m.DB().QueryRowContext(ctx, have).Scan(&there); err != nil || there == 0 {
		return nil, err
	}
	rows, err := m.DB().QueryContext(ctx, query, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var entries []Entry
	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, rows.Err()
}

func scan(rows *sql.Rows) (e Entry, err error) {
	var began int64
	err = rows.Scan(&e.ID, &began, &e.Database, &e.Statement, &e.State, &e.Error, &e.Rows, &e.Seconds, &e.Read, &e.Raw, &e.Parquet)
	e.Began = time.UnixMilli(began).UTC()
	return e, err
}
