package sql

import (
	"context"
	"fmt"
	"iter"
	"time"

	"logsql/convert/schema"
	"logsql/sql/cost"
	"logsql/sql/duck"
	"logsql/sql/funcs"
)

// Rows is the result of a statement. All must be ranged over once, to its end
// or not, or Close be called; a statement without a result has no columns.
//
// A value is one of: nil, bool, int64 (all integers), float32 (real), float64,
// string (varchar, char, json, uuid; decimals, times of more than 6 digits and
// times with time zone, with all their digits),
// []byte (varbinary, ipaddress), time.Time (date, time and timestamp to 6 digits,
// the wall clock as if in UTC), Zoned, Interval, []any (array; row by position)
// and Map. Text writes any of them.
type Rows struct {
	Columns []schema.Column
	All     iter.Seq2[[]any, error]
	Notes   []string // what the user should know, such as that a table is empty

	// Plain is for results that are lines of text rather than a table, as of
	// DESCRIBE: Athena shows them without the columns' names.
	Plain bool

	// Scanned tells how much the statement reads; nil for one that reads no
	// tables' rows, which Athena does not charge for.
	Scanned func(context.Context) (cost.Scanned, error)

	close func() error
}

// Zoned is a timestamp with time zone.
type Zoned = funcs.Zoned

// Progress tells how far the statement that runs with it is.
type Progress = duck.Progress

// WithProgress is a context whose statements p follows.
func WithProgress(ctx context.Context, p *Progress) context.Context { return duck.WithProgress(ctx, p) }

// Interval is an interval: months of year to month, microseconds of day to
// second.
type Interval = duck.Interval

// Map is a map's entries.
type Map []Entry

// Entry is one of a Map.
type Entry struct{ Key, Value any }

// Close frees what the rows hold; All does so at its end. It may be called more
// than once.
func (r *Rows) Close() error {
	if r.close == nil {
		return nil
	}
	err := r.close()
	r.close = nil
	return err
}

// textRows is a result of text columns made here, such as SHOW's.
func textRows(columns []string, rows [][]string) *Rows {
	r := &Rows{}
	for _, name := range columns {
		r.Columns = append(r.Columns, schema.Column{Name: name, Type: schema.Text})
	}
	r.All = func(yield func([]any, error) bool) {
		for _, texts := range rows {
			row := make([]any, len(texts))
			for i, s := range texts {
				row[i] = s
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return r
}

// noRows is the result of a statement that has none.
// plainRows is a textRows of lines.
func plainRows(columns []string, rows [][]string) *Rows {
	r := textRows(columns, rows)
	r.Plain = true
	return r
}

func noRows() *Rows { return textRows(nil, nil) }

// duckRows gives a DuckDB result the types that bind found.
func duckRows(columns []schema.Column, rows *duck.Rows, notes []string) *Rows {
	r := &Rows{Columns: columns, Notes: notes, close: rows.Close}
	r.All = func(yield func([]any, error) bool) {
		defer r.Close()
		for {
			row, ok := rows.Next()
			if !ok {
				break
			}
			for i := range row {
				row[i] = value(row[i], columns[i].Type)
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
	return r
}

// value turns DuckDB's structs and maps into rows, maps and zoned timestamps.
func value(v any, t schema.Type) any {
	switch v := v.(type) {
	case map[string]any:
		switch {
		case t.Kind == schema.TimeTZ:
			utc, _ := v["t"].(int64)
			minutes, _ := v["z"].(int64)
			return funcs.ZonedClockText(utc, minutes, t.Precision)
		case funcs.IsFine(t):
			epoch, _ := v["t"].(string)
			z, _ := v["z"].(string)
			return funcs.FineText(epoch, z, t.Precision)
		case t.Kind == schema.TimestampTZ:
			t, _ := v["t"].(time.Time)
			z, _ := v["z"].(string)
			return Zoned{Time: t, Zone: z}
		}
		row := make([]any, len(t.Elems))
		for i, f := range t.Elems {
			row[i] = value(v[funcs.FieldName(t, i)], f.Type)
		}
		return row
	case duck.Map:
		m := make(Map, len(v.Keys))
		for i := range m {
			m[i] = Entry{Key: value(v.Keys[i], t.Key()), Value: value(v.Values[i], t.Value())}
		}
		return m
	case string:
		if funcs.IsFine(t) {
			return funcs.FineText(v, "", t.Precision)
		}
	case int64:
		if funcs.IsFine(t) {
			return funcs.ClockText(v, t.Precision)
		}
	case []byte:
		if t.Kind == schema.UUID && len(v) == 16 {
			return fmt.Sprintf("%x-%x-%x-%x-%x", v[:4], v[4:6], v[6:8], v[8:10], v[10:])
		}
	case []any:
		if t.Kind == schema.Map {
			return entries(v, t)
		}
		for i := range v {
			v[i] = value(v[i], t.Elem())
		}
	}
	return v
}

// entries makes a map of a list of entries, which is how one comes that the
// driver does not take.
func entries(list []any, t schema.Type) Map {
	m := make(Map, len(list))
	for i, x := range list {
		pair, _ := x.(map[string]any)
		m[i] = Entry{Key: value(pair["key"], t.Key()), Value: value(pair["value"], t.Value())}
	}
	return m
}
