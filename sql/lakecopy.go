package sql

import (
	"context"
	"fmt"
	"slices"

	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/lower"
)

// A table over raw logs can be answered from the lake where that has the rows
// its SerDe makes of the objects. Whether it does is not reasoned but tried: a
// statement compares some of the objects it reads, by a hash of all columns of
// all rows, and what was seen to agree is kept in state.db. What does not agree,
// was not tried yet or has bad lines is read itself.

// maxCompared is how many bytes of objects a statement compares on its way.
const maxCompared = 16 << 20

// fromLake gives those files of a scan to the lake that it has.
func (s *Session) fromLake(ctx context.Context, store *catalog.Store, scan *bind.Scan, compare bool) error {
	c, err := store.CopyOf(ctx, scan.Table, scan.Files)
	if err != nil || c == nil {
		return err
	}
	if compare && len(c.Untried) > 0 && !s.mirror.ReadOnly() {
		// It is a service: where state.db is busy, a later statement tries again.
		now, _ := some(c.Untried)
		if err := s.compareUnits(ctx, c, scan.Table, now); err != nil && ctx.Err() != nil {
			return err
		}
		if c, err = store.CopyOf(ctx, scan.Table, scan.Files); err != nil || c == nil {
			return err
		}
	}
	scan.Files, scan.Lake = c.Raw, c.LakeCopy
	return nil
}

// some takes files off the beginning of units that are enough for one
// comparison.
func some(units []catalog.LakeUnit) (now, rest []catalog.LakeUnit) {
	left := int64(maxCompared)
	for i, u := range units {
		u.Whole = false
		n := slices.IndexFunc(u.Files, func(f catalog.File) bool { left -= f.Size; return left < 0 })
		if n < 0 {
			now = append(now, u)
			continue
		}
		if n == 0 && now == nil {
			n = 1
		}
		first, others := u, u
		first.Files, others.Files = u.Files[:n], u.Files[n:]
		if n > 0 {
			now = append(now, first)
		}
		if len(others.Files) > 0 {
			rest = append(rest, others)
		}
		return now, append(rest, units[i+1:]...)
	}
	return now, nil
}

// Compare compares what was not yet compared of all tables over objects that the
// lake may answer for, so that no statement need do it. Between its steps it
// tells how many objects it has compared.
func (s *Session) Compare(ctx context.Context, compared func(objects int)) error {
	cat, err := catalog.Open(ctx, s.mirror)
	if err != nil || s.mirror.Empty() {
		return err
	}
	store, err := catalog.OpenStore(ctx, s.mirror)
	if err != nil {
		return err
	}
	objects := 0
	for _, database := range cat.Databases() {
		if slices.Contains(ours, database) {
			continue
		}
		tables, err := cat.Tables(database)
		if err != nil {
			return err
		}
		for _, t := range tables {
			err := s.compareTable(ctx, store, t, func(n int) { objects += n; compared(objects) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Session) compareTable(ctx context.Context, store *catalog.Store, t *catalog.Table, compared func(int)) error {
	if t.External == nil || t.External.IsParquet() {
		return nil
	}
	partitions, err := t.AllPartitions(nil)
	if err != nil {
		return nil // an injected column: only a statement says which partitions there are
	}
	files, err := store.Locate(ctx, partitions)
	if err != nil {
		return err
	}
	c, err := store.CopyOf(ctx, t, files)
	if err != nil || c == nil {
		return err
	}
	for now, rest := some(c.Untried); now != nil; now, rest = some(rest) {
		if err := s.compareUnits(ctx, c, t, now); err != nil {
			return err
		}
		for _, u := range now {
			compared(len(u.Files))
		}
	}
	return nil
}

// compareUnits keeps what it saw of the files. Where the SerDe cannot read them
// it tries fewer at once: the error is that of the query which reads the file.
func (s *Session) compareUnits(ctx context.Context, c *catalog.Copy, t *catalog.Table, units []catalog.LakeUnit) error {
	var files []catalog.File
	for _, u := range units {
		files = append(files, u.Files...)
	}
	raw, err := s.fingerprints(ctx, &bind.Scan{Table: t, Files: files})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return s.compareFewer(ctx, c, t, units, files)
	}
	var have [2]map[string]string
	for i, units := range [][]catalog.LakeUnit{units, catalog.Ruled(units)} {
		if i > 0 && len(c.Rule) == 0 {
			break
		}
		lake := c.LakeCopy
		lake.Units = units
		have[i], err = s.fingerprints(ctx, &bind.Scan{Table: t, Lake: lake})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			have[i] = nil
		}
	}
	return asError(c.Keep(ctx, t, files, func(f catalog.File) catalog.Agreement {
		for i, prints := range have {
			if prints != nil && raw[f.URI] == prints[f.URI] {
				return catalog.Agrees + catalog.Agreement(i)
			}
		}
		return catalog.Differs
	}))
}

func (s *Session) compareFewer(ctx context.Context, c *catalog.Copy, t *catalog.Table, units []catalog.LakeUnit, files []catalog.File) error {
	if len(files) == 1 {
		return asError(c.Keep(ctx, t, files, func(catalog.File) catalog.Agreement { return catalog.Differs }))
	}
	if len(units) == 1 {
		a, b := units[0], units[0]
		a.Files, b.Files = files[:len(files)/2], files[len(files)/2:]
		units = []catalog.LakeUnit{a, b}
	}
	for _, half := range [][]catalog.LakeUnit{units[:len(units)/2], units[len(units)/2:]} {
		if err := s.compareUnits(ctx, c, t, half); err != nil {
			return err
		}
	}
	return nil
}

// fingerprints are what tells the rows of each object of a scan apart from
// others.
func (s *Session) fingerprints(ctx context.Context, scan *bind.Scan) (map[string]string, error) {
	db, err := s.duck(ctx, false)
	if err != nil {
		return nil, internal(err)
	}
	rows, err := db.Query(ctx, lower.Fingerprints(scan).Text(db.Path))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	prints := map[string]string{}
	for row, ok := rows.Next(); ok; row, ok = rows.Next() {
		prints[fmt.Sprint(row[0])] = fmt.Sprint(row[1:]...)
	}
	return prints, rows.Err()
}
