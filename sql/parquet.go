package sql

import (
	"context"
	"io"
	"os"
	"strconv"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/duck"
	"logsql/sql/funcs"
	"logsql/sql/lower"
	"logsql/sql/syntax"
)

// Parquet runs a query and writes its rows to out as one Parquet file, which
// DuckDB makes. What Parquet has no type for becomes text as CAST makes it; times
// with time zone of up to 6 digits are instants in UTC.
//
// The result has no rows; the number is how many were written.
func (s *Session) Parquet(ctx context.Context, q *syntax.Query, out io.Writer, given ...Param) (*Rows, int64, error) {
	release, err := s.hold(ctx)
	if err != nil {
		return nil, 0, internal(err)
	}
	defer release()
	cat, err := catalog.Open(ctx, s.mirror)
	if err != nil {
		return nil, 0, internal(err)
	}
	values, err := s.bound(q, given, cat)
	if err != nil {
		return nil, 0, err
	}
	w, err := s.newWriter(q, q, cat, values)
	if err != nil {
		return nil, 0, err
	}
	if err := w.setResult(q, w.info); err != nil {
		return nil, 0, err
	}
	if err := w.stream(ctx, out); err != nil {
		return nil, 0, err
	}
	rows := noRows()
	rows.Notes, rows.Scanned = w.notes, w.read
	return rows, w.rows, nil
}

// setResult says that the columns of a query are written to Parquet.
func (w *writer) setResult(n syntax.Node, info *bind.Info) error {
	w.Writing = lower.Writing{Format: "PARQUET", Codec: "snappy"}
	taken := map[string]bool{}
	for _, c := range info.Output {
		taken[c.Name] = true
	}
	seen := map[string]bool{}
	for i, c := range info.Output {
		t, err := parquetType(n, c)
		if err != nil {
			return err
		}
		name := c.Name
		for k := 1; seen[name] || k > 1 && taken[name]; k++ {
			name = c.Name + "_" + strconv.Itoa(k)
		}
		seen[name] = true
		w.Columns = append(w.Columns, schema.Column{Name: name, Type: t})
		w.Places = append(w.Places, i)
	}
	return nil
}

// parquetType is the type that a column is written as.
func parquetType(n syntax.Node, c schema.Column) (schema.Type, error) {
	t := c.Type
	switch {
	case t.Kind == schema.Unknown, t.Kind == schema.TimeTZ, t.Kind == schema.IPAddress, funcs.IsFine(t):
		return schema.Text, nil
	case t.Kind == schema.TimestampTZ, plainInParquet(t):
		return t, nil
	}
	err := syntax.ErrorAt(n, "NOT_SUPPORTED", "Column %s of type %s cannot be written to Parquet", c.Name, t)
	err.Hint = "CAST(… AS varchar), or of a nested value CAST(… AS json)"
	return t, err
}

func plainInParquet(t schema.Type) bool {
	for _, e := range t.Elems {
		if !plainInParquet(e.Type) {
			return false
		}
	}
	switch t.Kind {
	case schema.Time, schema.Timestamp:
		return !funcs.IsFine(t)
	case schema.Boolean, schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt, schema.Real, schema.Double, schema.Decimal,
		schema.Varchar, schema.Char, schema.Varbinary, schema.JSON, schema.UUID, schema.Date, schema.Array, schema.Map, schema.Row:
		return true
	}
	return false
}

// stream has DuckDB write the rows into a file of its temporary folder and copies
// that to out.
func (w *writer) stream(ctx context.Context, out io.Writer) error {
	var path string
	err := w.copyTo(ctx, func(db *duck.DB) (string, error) {
		var err error
		path, err = db.Scratch()
		return path, err
	})
	if path != "" {
		defer os.Remove(path)
	}
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return internal(err)
	}
	defer f.Close()
	_, err = io.Copy(out, f)
	return err
}
