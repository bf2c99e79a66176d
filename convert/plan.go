package convert

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"time"

	"logsql/convert/batch"
	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/ingest/layout"
	"logsql/ingest/mirror"
)

const (
	// A unit is committed as one; a crash costs at most the units in work.
	maxUnitObjects = 1000
	maxUnitBytes   = 96 << 20
	// sniffSize is how much of an object is looked at where its key says
	// nothing.
	sniffSize = 16 << 10
	// skipBatch is how many skipped objects are recorded at once, and how many
	// others are put into the plan.
	skipBatch = 1000
)

// unit is objects of one log type, one bucket and one day that are converted
// and committed together, by key.
type unit struct {
	typ      *logtype.Type
	objects  []planned
	replaces int64 // the id of the unit in the lake that this one does again, or 0
}

type planned struct {
	mirror.Object
	doubt *doubt // once a try has shown that part of it is not to be believed
}

// plan is which objects are to be converted, as a temporary table of the state
// database: it has no bound in memory, the database sorts it into units, and
// reading it holds up nobody.
type plan struct {
	run   *run
	conn  *sql.Conn // temporary tables belong to a connection
	body  *body     // for sniffing
	start [sniffSize]byte
	added int    // objects of which only rows knows as yet
	rows  []byte // JSON: their ids, types, days and units
}

// plan goes through the objects without a conversion, puts those that are logs
// into the plan and records the others as skipped.
func (r *run) plan(ctx context.Context) (*plan, error) {
	conn, err := r.m.DB().Conn(ctx)
	if err != nil {
		return nil, err
	}
	p := &plan{run: r, conn: conn, body: newBody(nil)}
	if err := p.fill(ctx); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *plan) close() {
	// The connection goes back to the pool: without its table.
	p.conn.ExecContext(context.Background(), "DROP TABLE IF EXISTS temp.plan")
	p.conn.Close()
}

func (p *plan) fill(ctx context.Context) (err error) {
	const create = `DROP TABLE IF EXISTS temp.plan;
		CREATE TEMP TABLE plan (id INTEGER PRIMARY KEY, bucket, key, path, size, etag, modified, type, day, unit INTEGER)`
	if _, err := p.conn.ExecContext(ctx, create); err != nil {
		return err
	}
	// A plain BEGIN, not a transaction of database/sql, which would take the
	// write lock of the whole database.
	if _, err := p.conn.ExecContext(ctx, "BEGIN DEFERRED"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			p.conn.ExecContext(context.Background(), "ROLLBACK")
		}
	}()
	if err := p.again(ctx); err != nil {
		return err
	}
	skips := skipper{run: p.run}
	for o, err := range p.run.lake.Pending(ctx) {
		if err != nil {
			return err
		}
		if err := p.take(ctx, o, &skips); err != nil {
			return err
		}
	}
	if err := skips.flush(ctx); err != nil {
		return err
	}
	if err := p.flush(ctx); err != nil {
		return err
	}
	_, err = p.conn.ExecContext(ctx, "COMMIT")
	return err
}

// again puts the units into the plan that are to be converted once more.
func (p *plan) again(ctx context.Context) error {
	o := p.run.options
	if o.Again == OnlyNew {
		return nil
	}
	if len(o.Types) == 0 && o.Since.IsZero() && o.Until.IsZero() { // else they would be nobody's
		if err := p.run.lake.ForgetSkipped(ctx); err != nil {
			return err
		}
	}
	var u []lake.UnitObject
	for o, err := range p.run.lake.UnitObjects(ctx, o.Again == WhatWasBad) {
		if err != nil {
			return err
		}
		if len(u) > 0 && u[0].Unit != o.Unit {
			if err := p.takeUnit(ctx, u); err != nil {
				return err
			}
			u = u[:0]
		}
		u = append(u, o)
	}
	return p.takeUnit(ctx, u)
}

// takeUnit takes all objects of a unit, if one of them is wanted.
func (p *plan) takeUnit(ctx context.Context, objects []lake.UnitObject) error {
	wanted := slices.ContainsFunc(objects, func(o lake.UnitObject) bool {
		return slices.Contains(p.run.types, logtype.ByName(o.Table)) && p.run.wantsDay(dayOf(o.Object, layout.Parse(o.Key)))
	})
	if !wanted {
		return nil
	}
	for _, o := range objects {
		if err := p.add(ctx, o.Object, logtype.ByName(o.Table), dayOf(o.Object, layout.Parse(o.Key)), o.Unit); err != nil {
			return err
		}
	}
	return nil
}

// take decides about one object.
func (p *plan) take(ctx context.Context, o mirror.Object, skips *skipper) error {
	r := p.run
	m := layout.Parse(o.Key)
	day := dayOf(o, m)
	if !r.wantsDay(day) {
		return nil
	}
	typ, reason, err := p.classify(o, m)
	switch {
	case err != nil:
		r.missing(o, err)
		return nil
	case typ == nil && len(r.options.Types) > 0:
		return nil // it may be a stranger or not; nobody asked
	case typ == nil:
		return skips.add(ctx, o, reason)
	case !slices.Contains(r.types, typ):
		return nil
	}
	return p.add(ctx, o, typ, day, 0)
}

func (p *plan) add(ctx context.Context, o mirror.Object, typ *logtype.Type, day time.Time, unit int64) error {
	p.rows = fmt.Appendf(p.rows, `,[%d,%d,"%s",%d]`, o.ID, slices.Index(logtype.Types, typ), day.Format(time.DateOnly), unit)
	p.added++
	p.run.progress.AllObjects++
	p.run.progress.AllBytes += o.Size
	p.run.tell()
	if p.added < skipBatch {
		return nil
	}
	return p.flush(ctx)
}

// flush puts many objects into the plan at once: with tiny ones, a statement for
// each is a tenth of a run.
func (p *plan) flush(ctx context.Context) error {
	if p.added == 0 {
		return nil
	}
	p.rows[0] = '['
	p.rows = append(p.rows, ']')
	const insert = "INSERT INTO temp.plan SELECT " + mirror.ObjectColumns + `, value->>1, value->>2, value->>3
		FROM json_each(?) JOIN objects o ON o.id = value->>0`
	res, err := p.conn.ExecContext(ctx, insert, string(p.rows))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != int64(p.added) {
		return errors.Join(fmt.Errorf("state.db has %d of %d objects that are to be converted", n, p.added), err)
	}
	p.added, p.rows = 0, p.rows[:0]
	return nil
}

func dayOf(o mirror.Object, m layout.Match) time.Time {
	if day, ok := m.Date(); ok {
		return day
	}
	return o.LastModified.UTC().Truncate(24 * time.Hour)
}

// Day is the day that Options.Since and Until look at: the key's, else the one
// on which the object was last modified.
func Day(key string, modified time.Time) time.Time {
	return dayOf(mirror.Object{LastModified: modified}, layout.Parse(key))
}

func (r *run) wantsDay(day time.Time) bool { return r.options.wantsDay(day) }

func (o *Options) wantsDay(day time.Time) bool {
	return (o.Since.IsZero() || !day.Before(o.Since)) && (o.Until.IsZero() || !day.After(o.Until))
}

// classify tells the log type of an object, else why it is none. The error is
// of reading its file.
func (p *plan) classify(o mirror.Object, m layout.Match) (*logtype.Type, string, error) {
	switch {
	case m.Neighbour != "":
		return nil, m.Neighbour, nil
	case m.Type != "":
		return p.byKey(o, logtype.ByName(m.Type))
	case strings.HasSuffix(o.Key, "/") && o.Size == 0:
		return nil, "folder marker", nil
	case o.Size == 0:
		return nil, "empty object", nil
	}
	head, err := p.head(o)
	if err != nil {
		return nil, "", err
	}
	t, err := p.byContent(o, head, logtype.Types)
	switch {
	case err != nil || t != nil:
		return t, "", err
	case bytes.HasPrefix(head, []byte(parquetMagic)):
		return nil, notText, nil
	}
	return nil, "no known log, by key or content", nil
}

// byKey is the type that the key tells, or another with such keys.
func (p *plan) byKey(o mirror.Object, t *logtype.Type) (*logtype.Type, string, error) {
	alike := t.Alike()
	if len(alike) == 0 || o.Size == 0 {
		return t, "", nil
	}
	head, err := p.head(o)
	if err != nil {
		return nil, "", err
	}
	if other, err := p.byContent(o, head, alike); other != nil || err != nil {
		return other, "", err
	}
	return t, "", nil
}

// byContent is which of types an object that begins with head is, or nil.
func (p *plan) byContent(o mirror.Object, head []byte, types []*logtype.Type) (*logtype.Type, error) {
	if !bytes.HasPrefix(head, []byte(parquetMagic)) {
		i := slices.IndexFunc(types, func(t *logtype.Type) bool { return t.Sniff(head) })
		if i < 0 {
			return nil, nil
		}
		return types[i], nil
	}
	columns, err := batch.ReadColumns(p.run.m.Path(o.Path))
	var path *os.PathError
	if errors.As(err, &path) {
		return nil, path.Err
	}
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	i := slices.IndexFunc(types, func(t *logtype.Type) bool { return t.Named != nil && t.Named(names) })
	if err != nil || i < 0 {
		return nil, nil // a broken footer is the decoder's to tell
	}
	return types[i], nil
}

// head is the beginning of an object's content, decompressed. What breaks on
// the way is left to the conversion.
func (p *plan) head(o mirror.Object) ([]byte, error) {
	f, err := openFile(p.run.m.Path(o.Path), o.Size)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer f.Close()
	p.body.reset(f, nil)
	p.body.onlyHead = true
	n, _ := io.ReadFull(p.body, p.start[:])
	return p.start[:n], nil
}

// withoutPath takes the machine's path off an error of opening a file: the
// object is named beside it.
func withoutPath(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// skipper records skipped objects, many at once.
type skipper struct {
	run     *run
	pending []lake.Conversion
	listed  []Skipped
}

func (s *skipper) add(ctx context.Context, o mirror.Object, reason string) error {
	s.pending = append(s.pending, lake.Conversion{Object: o.ID, Outcome: lake.Skipped, Reason: reason})
	s.listed = append(s.listed, Skipped{o.URI(), reason})
	if len(s.pending) < skipBatch {
		return nil
	}
	return s.flush(ctx)
}

func (s *skipper) flush(ctx context.Context) error {
	if len(s.pending) == 0 {
		return nil
	}
	if err := s.run.lake.Skip(ctx, s.pending); err != nil {
		return err
	}
	s.run.skip(s.listed...)
	s.pending, s.listed = s.pending[:0], s.listed[:0]
	return nil
}

// replaced are the units of the lake that the plan does once more, but for those
// that will stay, as a file of theirs is gone.
func (p *plan) replaced(ctx context.Context) (map[int64]bool, error) {
	rows, err := p.conn.QueryContext(ctx, "SELECT unit, path FROM temp.plan WHERE unit <> 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	units := map[int64]bool{}
	for rows.Next() {
		var unit int64
		var path string
		if err := rows.Scan(&unit, &path); err != nil {
			return nil, err
		}
		if whole, seen := units[unit]; !seen || whole {
			_, err := os.Stat(p.run.m.Path(path))
			units[unit] = err == nil
		}
	}
	return units, rows.Err()
}

// units yields the plan in units. The same plan gives the same units.
func (p *plan) units(ctx context.Context) iter.Seq2[*unit, error] {
	const query = "SELECT " + mirror.ObjectColumns + `, o.type, o.day, o.unit FROM temp.plan o
		ORDER BY o.unit, o.type, o.day, o.bucket, o.key`
	return func(yield func(*unit, error) bool) {
		rows, err := p.conn.QueryContext(ctx, query)
		if err != nil {
			yield(nil, err)
			return
		}
		defer rows.Close()
		var g grouper
		for rows.Next() {
			var c class
			o, err := mirror.ScanObject(rows, &c.typ, &c.day, &c.unit)
			if err != nil {
				yield(nil, err)
				return
			}
			if full := g.add(o, c); full != nil && !yield(full, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		} else if g.unit != nil {
			yield(g.unit, nil)
		}
	}
}

// class is what the objects of a unit have in common.
type class struct {
	typ         int
	bucket, day string
	unit        int64 // in the lake; one that is done again stays what it was
}

type grouper struct {
	unit  *unit
	class class
	bytes int64
}

// add puts an object into the current unit. It returns the unit before when the
// object does not go with it.
func (g *grouper) add(o mirror.Object, c class) (full *unit) {
	if c.bucket = o.Bucket; c.unit != 0 {
		c = class{typ: c.typ, unit: c.unit}
	}
	isFull := c.unit == 0 && g.unit != nil && (len(g.unit.objects) >= maxUnitObjects || g.bytes+o.Size > maxUnitBytes)
	if g.unit != nil && (c != g.class || isFull) {
		full, g.unit = g.unit, nil
	}
	if g.unit == nil {
		g.unit, g.class, g.bytes = &unit{typ: logtype.Types[c.typ], replaces: c.unit}, c, 0
	}
	g.unit.objects = append(g.unit.objects, planned{Object: o})
	g.bytes += o.Size
	return full
}
