package lake

import (
	"context"
	"database/sql"
	"errors"
	"iter"

	"logsql/ingest/mirror"
)

// ErrReplaced says that a unit to be replaced is no longer there.
var ErrReplaced = errors.New("the unit was replaced by somebody else meanwhile")

func deleteUnit(ctx context.Context, tx *sql.Tx, unit int64) error {
	if err := retire(ctx, tx, "unit = ?", unit); err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, "DELETE FROM units WHERE id = ?", unit)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(ErrReplaced, err)
	}
	return nil
}

// UnitObject is an object of a unit.
type UnitObject struct {
	mirror.Object
	Unit  int64
	Table string
}

// UnitObjects yields the objects of all units, of those with a bad line or a
// broken object where onlyBad is set; by unit, bucket and key. A unit with
// objects that the mirror does not have any more is left out: they cannot be
// read again. It holds a read transaction while it goes on.
func (l *Lake) UnitObjects(ctx context.Context, onlyBad bool) iter.Seq2[UnitObject, error] {
	const query = "SELECT " + mirror.ObjectColumns + `, units.id, units.tbl FROM units
		JOIN conversions c ON c.unit = units.id JOIN objects o ON o.id = c.object
		WHERE NOT EXISTS (SELECT 1 FROM conversions g WHERE g.unit = units.id AND NOT EXISTS (SELECT 1 FROM objects WHERE id = g.object))
		AND NOT ` + hasPruned + ` AND (units.bad + units.broken > 0 OR NOT ?) ORDER BY units.id, o.bucket, o.key`
	return func(yield func(UnitObject, error) bool) {
		if err := each(ctx, l.m.DB(), query, func(rows *sql.Rows) (bool, error) {
			var u UnitObject
			var err error
			u.Object, err = mirror.ScanObject(rows, &u.Unit, &u.Table)
			return err == nil && yield(u, nil), err
		}, onlyBad); err != nil {
			yield(UnitObject{}, err)
		}
	}
}

// ForgetSkipped makes objects that were no logs pending again; not those whose
// records are in the lake from an earlier version of the object.
func (l *Lake) ForgetSkipped(ctx context.Context) error {
	return l.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM conversions WHERE outcome = 'skipped' AND unit IS NULL AND reason <> ?", prunedMates)
		return err
	})
}
