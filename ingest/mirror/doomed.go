package mirror

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"math"
	"path"
	"strings"
	"time"
)

// PruneSteps are the steps of a prune, in order, for tests to crash at. The
// transaction before the second is the commit point: from then on nothing names
// the files, which are removed by whoever locks the mirror next and finds nobody
// who may still read them.
var PruneSteps = []string{"prune.planned", "prune.committed", "prune.removing", "prune.removed"}

// RemoveDoomed removes the files that are in the table doomed, but for those that
// a reader of an older generation of the lake may want. The caller holds the
// writer's lock; Lock does it too.
func (m *Mirror) RemoveDoomed() error { return m.removeDoomed() }

func (m *Mirror) removeDoomed() error {
	if m.empty {
		return nil
	}
	oldest := int64(-1)
	for {
		list, err := m.doomed(context.Background(), oldest)
		if err != nil || len(list) == 0 {
			return err
		}
		if oldest < 0 { // nobody asked yet
			if oldest, err = m.OldestReader(math.MaxInt64); err != nil {
				return err
			}
			m.waiting = oldest != math.MaxInt64
			continue
		}
		for i, rel := range list {
			if err := m.remove(rel); err != nil {
				return err
			}
			if i == 0 {
				Step("prune.removing")
			}
		}
		Step("prune.removed")
		const done = "DELETE FROM doomed WHERE path <= ? AND generation <= ?"
		if _, err := m.db.Exec(done, list[len(list)-1], oldest); err != nil {
			return err
		}
	}
}

// doomed are the first of the files to remove, in order, of those that readers of
// a generation do not want; of all below zero.
func (m *Mirror) doomed(ctx context.Context, oldest int64) (list []string, err error) {
	const query = "SELECT path FROM doomed WHERE generation <= ?1 OR ?1 < 0 ORDER BY path LIMIT 10000"
	rows, err := m.db.QueryContext(ctx, query, oldest)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var rel string
		if err := rows.Scan(&rel); err != nil {
			return nil, err
		}
		list = append(list, rel)
	}
	return list, rows.Err()
}

func (m *Mirror) isDoomed(rel string) (is bool) {
	err := m.db.QueryRow("SELECT EXISTS (SELECT 1 FROM doomed WHERE path = ?)", rel).Scan(&is)
	return is || err != nil
}

// remove drops a file, and the folders that held nothing else, up to those that
// every bucket and table of the lake has.
func (m *Mirror) remove(rel string) error {
	root, err := m.writeRoot()
	if err != nil {
		return err
	}
	if err := root.Remove(rel); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for dir := path.Dir(rel); strings.Count(dir, "/") > 1; dir = path.Dir(dir) {
		if root.Remove(dir) != nil {
			break
		}
	}
	return nil
}

// Forget is the mirror's part of a prune: in conn's transaction it dooms the
// files of the objects whose ids the query set gives, from a generation of the
// lake on. With rawOnly the objects stay known, else days of their buckets before
// day are not synced again.
func Forget(ctx context.Context, conn *sql.Conn, set, generation string, day time.Time, rawOnly bool) error {
	const others = "SELECT v.id FROM versions v JOIN objects o ON o.bucket = v.bucket AND o.key = v.key WHERE o.id IN "
	type stmt struct {
		query string
		args  []any
	}
	list := []stmt{{"INSERT OR REPLACE INTO doomed SELECT path, " + generation + " FROM objects WHERE NOT pruned AND id IN " + set, nil}}
	if rawOnly {
		list = append(list, stmt{"UPDATE objects SET pruned = ? WHERE id IN " + set, []any{time.Now().UnixMilli()}})
	} else {
		list = append(
			list,
			stmt{"INSERT OR REPLACE INTO doomed SELECT path, " + generation + " FROM versions WHERE id IN (" + others + set + ")", nil},
			stmt{"DELETE FROM versions WHERE id IN (" + others + set + ")", nil},
			stmt{`INSERT INTO prunes SELECT DISTINCT bucket, ? FROM objects WHERE true
				ON CONFLICT DO UPDATE SET before = max(before, excluded.before)`, []any{day.Format(time.DateOnly)}},
			stmt{"DELETE FROM objects WHERE id IN " + set, nil},
			stmt{"DELETE FROM gone WHERE object IN " + set, nil},
		)
	}
	for _, s := range list {
		if _, err := conn.ExecContext(ctx, s.query, s.args...); err != nil {
			return err
		}
	}
	return nil
}
