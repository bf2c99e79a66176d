package mirror

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"path"
	"strings"
	"time"
)

// PruneSteps are the steps of a prune, in order, for tests to crash at. The
// transaction before the second is the commit point: from then on nothing names
// the files, which are removed by whoever locks the mirror next.
var PruneSteps = []string{"prune.planned", "prune.committed", "prune.removing", "prune.removed"}

// RemoveDoomed removes the files that are in the table doomed. The caller holds
// the writer's lock; Lock does it too, before anybody can put another file under
// such a name.
func (m *Mirror) RemoveDoomed() error { return m.removeDoomed() }

func (m *Mirror) removeDoomed() error {
	if m.empty {
		return nil
	}
	for {
		list, err := m.doomed(context.Background())
		if err != nil || len(list) == 0 {
			return err
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
		const done = "DELETE FROM doomed WHERE path <= ?"
		if _, err := m.db.Exec(done, list[len(list)-1]); err != nil {
			return err
		}
	}
}

// doomed are the first of the files to remove, in order.
func (m *Mirror) doomed(ctx context.Context) (list []string, err error) {
	rows, err := m.db.QueryContext(ctx, "SELECT path FROM doomed ORDER BY path LIMIT 10000")
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
// files of the objects whose ids the query set gives. With rawOnly the objects
// stay known, else days of their buckets before day are not synced again.
func Forget(ctx context.Context, conn *sql.Conn, set string, day time.Time, rawOnly bool) error {
	const others = "SELECT v.id FROM versions v JOIN objects o ON o.bucket = v.bucket AND o.key = v.key WHERE o.id IN "
	type stmt struct {
		query string
		args  []any
	}
	list := []stmt{{"INSERT OR IGNORE INTO doomed SELECT path FROM objects WHERE NOT pruned AND id IN " + set, nil}}
	if rawOnly {
		list = append(list, stmt{"UPDATE objects SET pruned = ? WHERE id IN " + set, []any{time.Now().UnixMilli()}})
	} else {
		list = append(
			list,
			stmt{"INSERT OR IGNORE INTO doomed SELECT path FROM versions WHERE id IN (" + others + set + ")", nil},
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
