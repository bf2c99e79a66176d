package mirror

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
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
