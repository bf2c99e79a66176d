package lake

import (
	"context"
	"database/sql"
	"iter"
)

// UnitPart is a part's file and the unit it is of.
type UnitPart struct {
	Path string // relative to the mirror, with slashes
	Unit int64
}

// DayParts yields the parts of a table that have records of a day, written as
// 2006-01-02.
func (l *Lake) DayParts(ctx context.Context, table, day string) iter.Seq2[UnitPart, error] {
	const query = "SELECT path, unit FROM parts WHERE tbl = ? AND day = ? ORDER BY path"
	return func(yield func(UnitPart, error) bool) {
		if err := each(ctx, l.m.DB(), query, func(rows *sql.Rows) (bool, error) {
			var p UnitPart
			err := rows.Scan(&p.Path, &p.Unit)
			return err == nil && yield(p, nil), err
		}, table, day); err != nil {
			yield(UnitPart{}, err)
		}
	}
}
