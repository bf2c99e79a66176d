package cost

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"logsql/convert/batch"
	"logsql/convert/lake"
	"logsql/ingest/mirror"
	"logsql/sql/catalog"
)

// migrations are this package's tables: what takes long to add up anew. Both are
// found out again where they are missing. part_columns has the bytes of a
// Parquet file's columns in its order, as uvarints; version is what makes a file
// another one.
var migrations = []string{
	`CREATE TABLE part_columns (
		path TEXT PRIMARY KEY,
		version TEXT NOT NULL,
		sizes BLOB NOT NULL
	) WITHOUT ROWID;
	CREATE TABLE unit_bytes (
		unit INTEGER NOT NULL,
		converted INTEGER NOT NULL,
		bytes INTEGER NOT NULL,
		PRIMARY KEY (unit, converted)
	) WITHOUT ROWID;`,
}

// weigher knows the bytes of columns and of objects, and keeps what it had to
// find out.
type weigher struct {
	m      *mirror.Mirror
	lake   *lake.Lake
	absent bool // the mirror cannot be written and has none of the tables

	parts map[string]weight // found out anew, by path
	units map[lake.UnitID]int64
}

type weight struct {
	version string
	sizes   []int64
}

func newWeigher(ctx context.Context, m *mirror.Mirror) (*weigher, error) {
	l, err := lake.Open(ctx, m)
	if err != nil {
		return nil, err
	}
	w := &weigher{m: m, lake: l, parts: map[string]weight{}, units: map[lake.UnitID]int64{}}
	w.absent = m.Migrate(ctx, "cost", migrations...) != nil
	return w, ctx.Err()
}

// columns adds up the bytes that the named columns have in parts.
func (w *weigher) columns(ctx context.Context, parts []lake.Part, named func(lake.Part) []string) (int64, error) {
	var n int64
	for _, p := range parts {
		names := named(p)
		if len(names) == 0 {
			continue // a count of rows reads the footers only
		}
		sizes, err := w.sizes(ctx, p.Path, fmt.Sprint(p.Bytes))
		if err != nil {
			return 0, err
		}
		for i, size := range sizes {
			name := lake.ObjectColumn
			if i < len(p.Columns) {
				name = p.Columns[i].Name
			}
			if slices.ContainsFunc(names, func(s string) bool { return strings.EqualFold(s, name) }) {
				n += size
			}
		}
	}
	return n, nil
}

// files adds up the bytes that columns have in Parquet files.
func (w *weigher) files(ctx context.Context, files []catalog.File, used map[string]bool) (int64, error) {
	var n int64
	for _, f := range files {
		sizes, err := w.sizes(ctx, f.Path, fmt.Sprint(f.Size, " ", f.Modified.UnixMilli()))
		if err != nil {
			return 0, err
		}
		for i, size := range sizes {
			if i < len(f.Columns) && used[strings.ToLower(f.Columns[i].Name)] {
				n += size
			}
		}
	}
	return n, nil
}

func (w *weigher) sizes(ctx context.Context, path, version string) ([]int64, error) {
	if have, ok := w.parts[path]; ok {
		return have.sizes, nil
	}
	var packed []byte
	const query = "SELECT sizes FROM part_columns WHERE path = ? AND version = ?"
	if !w.absent && w.m.DB().QueryRowContext(ctx, query, path, version).Scan(&packed) == nil {
		return unpack(packed), nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sizes, err := batch.ColumnBytes(w.m.Path(path))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	w.parts[path] = weight{version, sizes}
	return sizes, nil
}

// objects adds up the objects that parts were made of, those of a unit once.
func (w *weigher) objects(ctx context.Context, parts []lake.Part) (int64, error) {
	units, err := w.lake.UnitsOf(ctx, parts)
	if err != nil {
		return 0, err
	}
	var n int64
	for _, u := range units {
		bytes, err := w.unit(ctx, u)
		if err != nil {
			return 0, err
		}
		n += bytes
	}
	return n, nil
}

func (w *weigher) unit(ctx context.Context, u lake.UnitID) (n int64, err error) {
	if n, ok := w.units[u]; ok {
		return n, nil
	}
	const query = "SELECT bytes FROM unit_bytes WHERE unit = ? AND converted = ?"
	if !w.absent && w.m.DB().QueryRowContext(ctx, query, u.ID, u.Converted).Scan(&n) == nil {
		return n, nil
	}
	if n, err = w.lake.ObjectBytes(ctx, u); err == nil {
		w.units[u] = n
	}
	return n, err
}

// keep is a service: where state.db is busy, a later statement finds it out
// again.
func (w *weigher) keep(ctx context.Context) {
	if w.absent || w.m.ReadOnly() || w.m.Empty() || len(w.parts)+len(w.units) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	tx, err := w.m.DB().BeginTx(ctx, nil)
	if err != nil {
		return
	}
	defer tx.Rollback()
	for path, p := range w.parts {
		if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO part_columns VALUES (?, ?, ?)", path, p.version, pack(p.sizes)); err != nil {
			return
		}
	}
	for u, n := range w.units {
		if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO unit_bytes VALUES (?, ?, ?)", u.ID, u.Converted, n); err != nil {
			return
		}
	}
	tx.Commit()
}

func pack(sizes []int64) []byte {
	var b []byte
	for _, n := range sizes {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return b
}

func unpack(b []byte) (sizes []int64) {
	for len(b) > 0 {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			return sizes
		}
		sizes, b = append(sizes, int64(n)), b[size:]
	}
	return sizes
}
