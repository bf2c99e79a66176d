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
// removed files: units with a part that is not there as it was written, or with
// an object that is another by now, are forgotten, so that their objects are
// converted again, and Parquet files that are no part are removed. A unit whose
// raw files were pruned could not be made again: what is left of it stays. The
// caller holds the writer's lock.
func (l *Lake) Sweep(ctx context.Context) error {
	if l.absent != nil {
		return l.absent
	}
	if err := l.forgetGone(ctx); err != nil {
		return fmt.Errorf("forget objects that were replaced: %w", err)
	}
	lost, err := l.lostUnits(ctx)
	if err != nil {
		return err
	}
	for _, unit := range lost {
		if err := l.transact(ctx, func(tx *sql.Tx) error { return forgetUnits(ctx, tx, "id = ?", unit) }); err != nil {
			return fmt.Errorf("forget a unit whose parts are gone: %w", err)
		}
	}
	if err := l.removeSuperseded(ctx); err != nil {
		return fmt.Errorf("remove what was compacted: %w", err)
	}
	known, err := l.m.Paths(ctx, "SELECT path FROM parts UNION SELECT path FROM superseded UNION SELECT path FROM doomed")
	if err != nil {
		return err
	}
	return l.removeUnknown(known)
}

// hasPruned tells whether a unit has an object whose raw file was pruned.
const hasPruned = "EXISTS (SELECT 1 FROM conversions c JOIN objects o ON o.id = c.object WHERE c.unit = units.id AND o.pruned)"

const prunedMates = "the lake keeps the first version: it was converted together with objects whose raw files are pruned"

// forgetUnits forgets those of some units that can be made again. What is left
// of their files stays for who reads it.
func forgetUnits(ctx context.Context, tx *sql.Tx, which string, args ...any) error {
	which += " AND NOT " + hasPruned
	if err := retire(ctx, tx, "unit IN (SELECT id FROM units WHERE "+which+")", args...); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM units WHERE "+which, args...)
	return err
}

// forgetGone forgets the units of objects that are not in the mirror any more.
// Of a unit that cannot be made again all records stay, and the object that took
// the place of the one in it is skipped: its records would be there twice.
func (l *Lake) forgetGone(ctx context.Context) error {
	n := 0
	if err := l.m.DB().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM gone)").Scan(&n); err != nil || n == 0 {
		return err
	}
	return l.transact(ctx, func(tx *sql.Tx) error {
		err := forgetUnits(ctx, tx, "id IN (SELECT c.unit FROM gone g JOIN conversions c ON c.object = g.object)")
		if err != nil {
			return err
		}
		for _, query := range []string{
			`INSERT OR IGNORE INTO conversions SELECT o.id, NULL, '', 'skipped', '` + prunedMates + `', c.version, 0, 0
				FROM gone g JOIN conversions c ON c.object = g.object AND c.unit IS NOT NULL
				JOIN objects o ON o.bucket = g.bucket AND o.key = g.key`,
			"DELETE FROM conversions WHERE unit IS NULL AND object IN (SELECT object FROM gone)",
			"DELETE FROM gone",
		} {
			if _, err := tx.ExecContext(ctx, query); err != nil {
				return err
			}
		}
		return nil
	})
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
