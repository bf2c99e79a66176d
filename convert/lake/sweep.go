package lake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"logsql/ingest/mirror"
)

// Sweep brings lake/ and state.db together after a crash or after someone
// removed files: units with a part that is not there as it was written are
// forgotten, so that their objects are converted again, and Parquet files that
// are no part are removed. The caller holds the writer's lock.
func (l *Lake) Sweep(ctx context.Context) error {
	if l.absent != nil {
		return l.absent
	}
	lost, err := l.lostUnits(ctx)
	if err != nil {
		return err
	}
	for _, unit := range lost {
		if _, err := l.m.DB().ExecContext(ctx, "DELETE FROM units WHERE id = ?", unit); err != nil {
			return fmt.Errorf("forget a unit whose parts are gone: %w", err)
		}
	}
	known, err := l.m.Paths(ctx, "SELECT path FROM parts")
	if err != nil {
		return err
	}
	return l.removeUnknown(known)
}

func (l *Lake) lostUnits(ctx context.Context) ([]int64, error) {
	rows, err := l.m.DB().QueryContext(ctx, "SELECT unit, path, bytes FROM parts ORDER BY unit")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lost []int64
	for rows.Next() {
		var unit, bytes int64
		var path string
		if err := rows.Scan(&unit, &path, &bytes); err != nil {
			return nil, err
		}
		info, err := os.Stat(l.m.Path(path))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		whole := err == nil && info.Size() == bytes
		if !whole && (len(lost) == 0 || lost[len(lost)-1] != unit) {
			lost = append(lost, unit)
		}
	}
	return lost, rows.Err()
}

// removeUnknown leaves files of other kinds alone: they are not ours, and
// readers of the folder do not take them for parts.
func (l *Lake) removeUnknown(known map[string]bool) error {
	root := l.m.Path(mirror.LakeDir)
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(l.m.Dir(), path)
		if err != nil {
			return err
		}
		ours := strings.HasSuffix(path, ".parquet") || strings.HasSuffix(path, ".tmp")
		if !ours || known[filepath.ToSlash(rel)] {
			return nil
		}
		return os.Remove(path)
	})
}

// Pending yields the objects that no conversion has dealt with, by bucket and
// key. It holds a read transaction while it goes on.
func (l *Lake) Pending(ctx context.Context) iter.Seq2[mirror.Object, error] {
	const query = "SELECT " + mirror.ObjectColumns + ` FROM objects o
		WHERE NOT EXISTS (SELECT 1 FROM conversions c WHERE c.object = o.id) ORDER BY o.bucket, o.key`
	return func(yield func(mirror.Object, error) bool) {
		if err := each(ctx, l.m.DB(), query, func(rows *sql.Rows) (bool, error) {
			o, err := mirror.ScanObject(rows)
			return err == nil && yield(o, nil), err
		}); err != nil {
			yield(mirror.Object{}, err)
		}
	}
}

// each calls do with each row until it says no more or an error.
func each(ctx context.Context, db *sql.DB, query string, do func(*sql.Rows) (more bool, err error), args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if more, err := do(rows); err != nil || !more {
			return err
		}
	}
	return rows.Err()
}
