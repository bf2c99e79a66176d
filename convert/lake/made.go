package lake

import (
	"context"
	"encoding/json"
)

// UnitID names what was converted together; an id may be another unit's when its
// own is gone, so that only the two together say which it was.
type UnitID struct{ ID, Converted int64 }

// UnitsOf are the units that parts belong to, each once.
func (l *Lake) UnitsOf(ctx context.Context, parts []Part) ([]UnitID, error) {
	if l.absent != nil || len(parts) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(parts))
	for i, p := range parts {
		ids[i] = p.ID
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	const query = `SELECT DISTINCT u.id, u.converted FROM parts p JOIN units u ON u.id = p.unit
		WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY u.id`
	rows, err := l.m.DB().QueryContext(ctx, query, string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var units []UnitID
	for rows.Next() {
		var u UnitID
		if err := rows.Scan(&u.ID, &u.Converted); err != nil {
			return nil, err
		}
		units = append(units, u)
	}
	return units, rows.Err()
}

// ObjectBytes is how many bytes the objects of a unit have as stored.
func (l *Lake) ObjectBytes(ctx context.Context, u UnitID) (n int64, err error) {
	const query = `SELECT coalesce(sum(o.size), 0) FROM conversions c JOIN objects o ON o.id = c.object WHERE c.unit = ?`
	err = l.m.DB().QueryRowContext(ctx, query, u.ID).Scan(&n)
	return n, err
}
