package lake

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"path"
	"time"

	"logsql/convert/batch"
	"logsql/ingest/mirror"
)

// CompactSteps are the steps of a compaction, in order, as mirror.Step calls
// them.
var CompactSteps = []string{"compact.written", "compact.renaming", "compact.renamed", "compact.committed", "compact.removing"}

// Merging says which parts Compact merges.
type Merging struct {
	Sort  string // the column to sort by, "" for as they come
	Least int    // how many parts of a partition it takes to merge them; at least 2
	Below int64  // without Sort, parts of as many bytes are left as they are
}

// Merged is what a compaction did.
type Merged struct {
	Before, After           int // parts: those that were merged, and what they became
	BytesBefore, BytesAfter int64
}

// Add adds what another compaction did.
func (m *Merged) Add(o Merged) {
	m.Before, m.After = m.Before+o.Before, m.After+o.After
	m.BytesBefore, m.BytesAfter = m.BytesBefore+o.BytesBefore, m.BytesAfter+o.BytesAfter
}

// Compact merges parts of the same partition, bucket and columns, and makes the
// units one: a unit's objects are then still in its parts and in no others.
// Nothing is edited in place: readers go on in the files they know, which the
// next Sweep that finds no such reader removes. What is merged already stays as
// it is. The caller holds the writer's lock.
func (l *Lake) Compact(ctx context.Context, units []int64, o Merging) (Merged, error) {
	groups, err := l.mergeable(ctx, units, o)
	if err != nil || len(groups) == 0 {
		return Merged{}, err
	}
	var done Merged
	var old []Part
	var merged []*PartWriter
	defer func() {
		for _, w := range merged {
			w.Abort()
		}
	}()
	for _, g := range groups {
		w, err := l.merge(ctx, g, o.Sort)
		if err != nil {
			return Merged{}, err
		}
		merged = append(merged, w)
		old = append(old, g...)
		done.After++
		done.BytesAfter += w.part.Bytes
	}
	for _, p := range old {
		done.Before++
		done.BytesBefore += p.Bytes
	}
	return done, l.supersede(context.WithoutCancel(ctx), units, old, merged)
}

// supersede puts the merged parts in the place of the old ones.
func (l *Lake) supersede(ctx context.Context, units []int64, old []Part, merged []*PartWriter) error {
	mirror.Step(CompactSteps[0])
	if err := place(merged[:1]); err != nil {
		return err
	}
	mirror.Step(CompactSteps[1])
	if err := place(merged); err != nil {
		return err
	}
	mirror.Step(CompactSteps[2])
	err := l.transact(ctx, func(tx *sql.Tx) error {
		unit, err := mergeUnits(ctx, tx, units)
		if err != nil {
			return err
		}
		if err := retireParts(ctx, tx, old); err != nil {
			return err
		}
		for _, w := range merged {
			if err := insertPart(ctx, tx, unit, w.part, w.file.Sum()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record compaction: %w", err)
	}
	mirror.Step(CompactSteps[3])
	return nil
}

func retireParts(ctx context.Context, tx *sql.Tx, old []Part) error {
	ids := make([]int64, len(old))
	for i, p := range old {
		ids[i] = p.ID
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	return retire(ctx, tx, "id IN (SELECT value FROM json_each(?))", string(list))
}

// mergeUnits makes units one. One alone stays what it is.
func mergeUnits(ctx context.Context, tx *sql.Tx, units []int64) (int64, error) {
	if len(units) == 1 {
		return units[0], nil
	}
	list, err := json.Marshal(units)
	if err != nil {
		return 0, err
	}
	const insert = `INSERT INTO units (tbl, converted, objects, broken, stored, bad)
		SELECT min(tbl), ?, sum(objects), sum(broken), sum(stored), sum(bad) FROM units WHERE id IN (SELECT value FROM json_each(?))`
	res, err := tx.ExecContext(ctx, insert, time.Now().UnixMilli(), string(list))
	if err != nil {
		return 0, err
	}
	unit, err := res.LastInsertId()
	if err != nil {
		return 0, err
	}
	for _, change := range []string{
		"INSERT OR REPLACE INTO merged SELECT id, converted, ? FROM units WHERE id IN (SELECT value FROM json_each(?))",
		"UPDATE merged SET became = ? WHERE became IN (SELECT value FROM json_each(?))",
		"UPDATE conversions SET unit = ? WHERE unit IN (SELECT value FROM json_each(?))",
		"UPDATE parts SET unit = ? WHERE unit IN (SELECT value FROM json_each(?))",
	} {
		if _, err := tx.ExecContext(ctx, change, unit, string(list)); err != nil {
			return 0, err
		}
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM units WHERE id IN (SELECT value FROM json_each(?))", string(list))
	return unit, err
}

// maxSorted bounds what is sorted at once: the merge of its sorted runs has a
// piece of each in memory. maxMerged bounds a part.
const (
	maxSorted = 512 << 20
	maxMerged = 1 << 30
)

// mergeable are the parts of units that are to be merged, those together that
// become one part.
func (l *Lake) mergeable(ctx context.Context, units []int64, o Merging) ([][]Part, error) {
	parts, err := l.partsOf(ctx, units)
	if err != nil {
		return nil, err
	}
	limit := int64(maxMerged)
	if o.Sort != "" {
		limit = maxSorted
	}
	var groups, worth [][]Part
	var size int64
	for _, p := range parts {
		if p.Sorted != "" && p.Sorted == o.Sort || o.Sort == "" && (p.Sorted != "" || p.Bytes >= o.Below) {
			continue
		}
		last := len(groups) - 1
		if last < 0 || !together(groups[last][0], p) || size+p.Bytes > limit {
			groups, size = append(groups, nil), 0
			last++
		}
		groups[last] = append(groups[last], p)
		size += p.Bytes
	}
	for _, g := range groups {
		if len(g) >= max(o.Least, 2) || o.Sort != "" && hasColumn(g[0], o.Sort) {
			worth = append(worth, g)
		}
	}
	return worth, nil
}

func together(a, b Part) bool {
	return path.Dir(a.Path) == path.Dir(b.Path) && a.Bucket == b.Bucket && len(a.Columns) == len(b.Columns) &&
		(len(a.Columns) == 0 || &a.Columns[0] == &b.Columns[0])
}

func hasColumn(p Part, name string) bool {
	for _, c := range p.Columns {
		if c.Name == name {
			return true
		}
	}
	return false
}

// partsOf are the parts of units, those that may be merged side by side, oldest
// first.
func (l *Lake) partsOf(ctx context.Context, units []int64) ([]Part, error) {
	list, err := json.Marshal(units)
	if err != nil {
		return nil, err
	}
	lists, err := l.columnLists(ctx)
	if err != nil {
		return nil, err
	}
	const query = "SELECT " + partColumns + " FROM parts WHERE unit IN (SELECT value FROM json_each(?)) ORDER BY tbl, partition, bucket, columns, id"
	var parts []Part
	err = each(ctx, l.m.DB(), query, func(rows *sql.Rows) (bool, error) {
		p, err := l.scanPart(ctx, rows, lists)
		parts = append(parts, p)
		return true, err
	}, string(list))
	return parts, err
}

// mergedName comes from the parts: the same work gives the same file.
func mergedName(parts []Part, sortBy string) string {
	h := sha256.New()
	fmt.Fprintf(h, "merged %q %d\n", sortBy, batch.Encoding)
	for _, p := range parts {
		io.WriteString(h, path.Base(p.Path)+"\n")
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// UnitHead is a unit and one of its objects: all of them are of one log type,
// bucket and day.
type UnitHead struct {
	Unit   int64
	Table  string
	Object mirror.Object
	Pruned bool // it has an object whose raw file is gone: it cannot be made again
}

// UnitHeads yields the units of tables, of all where none is named, that have a
// part in a partition which has least of them, of the same bucket and columns,
// smaller than below and not merged before.
func (l *Lake) UnitHeads(ctx context.Context, tables []string, least int, below int64) iter.Seq2[UnitHead, error] {
	const unmerged = "unit NOT IN (SELECT became FROM merged)"
	const query = "SELECT " + mirror.ObjectColumns + `, units.id, units.tbl, ` + hasPruned + ` FROM units
		JOIN objects o ON o.id = (SELECT min(c.object) FROM conversions c WHERE c.unit = units.id)
		WHERE (?1 = '[]' OR units.tbl IN (SELECT value FROM json_each(?1))) AND (?2 <= 1 OR units.id IN (
			SELECT p.unit FROM parts p JOIN (SELECT tbl, partition, bucket, columns FROM parts WHERE bytes < ?3 AND ` + unmerged + `
				GROUP BY tbl, partition, bucket, columns HAVING count(*) >= ?2) g USING (tbl, partition, bucket, columns) WHERE ` + unmerged + `))
		ORDER BY units.id`
	return func(yield func(UnitHead, error) bool) {
		list, err := json.Marshal(append([]string{}, tables...))
		if err != nil {
			yield(UnitHead{}, err)
			return
		}
		err = each(ctx, l.m.DB(), query, func(rows *sql.Rows) (bool, error) {
			var h UnitHead
			var err error
			h.Object, err = mirror.ScanObject(rows, &h.Unit, &h.Table, &h.Pruned)
			return err == nil && yield(h, nil), err
		}, string(list), least, below)
		if err != nil {
			yield(UnitHead{}, err)
		}
	}
}
