package lake

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"

	"logsql/ingest/mirror"
)

// Hold makes the caller a reader: the files of parts that Parts tells from now
// on stay until release, also where a compaction replaces them.
func (l *Lake) Hold(ctx context.Context) (release func() error, err error) {
	if l.absent != nil {
		return func() error { return nil }, nil
	}
	generation, err := l.generation(ctx)
	if err != nil {
		return nil, err
	}
	return l.m.HoldGeneration(generation)
}

func (l *Lake) generation(ctx context.Context) (n int64, err error) {
	err = l.m.DB().QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM compactions").Scan(&n)
	return n, err
}

// newGeneration begins one in the transaction that takes parts out of the lake.
const newGeneration = "INSERT INTO compactions (compacted) VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER))"

// retire takes the parts that a condition says out of the lake, in the
// transaction of what replaces or forgets them. Nothing removes their files as
// long as somebody may read them: they are superseded.
func retire(ctx context.Context, tx *sql.Tx, which string, args ...any) error {
	var any bool
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM parts WHERE "+which+")", args...).Scan(&any); err != nil || !any {
		return err
	}
	if _, err := tx.ExecContext(ctx, newGeneration); err != nil {
		return err
	}
	for _, query := range []string{
		"INSERT OR REPLACE INTO superseded SELECT path, " + generation + " FROM parts WHERE ",
		"DELETE FROM parts WHERE ",
	} {
		if _, err := tx.ExecContext(ctx, query+which, args...); err != nil {
			return err
		}
	}
	return nil
}

// removeSuperseded removes the files of former parts that no reader of an older
// generation can still want. The caller holds the writer's lock.
func (l *Lake) removeSuperseded(ctx context.Context) error {
	generation, err := l.generation(ctx)
	if err != nil {
		return err
	}
	oldest, err := l.m.OldestReader(generation)
	if err != nil {
		return err
	}
	// Work that was done again gives a part its old name.
	const query = `SELECT path FROM superseded s WHERE generation <= ?
		AND NOT EXISTS (SELECT 1 FROM parts p WHERE p.path = s.path)`
	var paths []string
	err = each(ctx, l.m.DB(), query, func(rows *sql.Rows) (bool, error) {
		var path string
		err := rows.Scan(&path)
		paths = append(paths, path)
		return true, err
	}, oldest)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := os.Remove(l.m.Path(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		mirror.Step(CompactSteps[4])
	}
	_, err = l.m.DB().ExecContext(ctx, "DELETE FROM superseded WHERE generation <= ?", oldest)
	return err
}
