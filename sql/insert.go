package sql

import (
	"context"
	"slices"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

func (s *Session) insert(ctx context.Context, stmt *syntax.Insert, cat *catalog.Catalog, params ...syntax.Expr) (*Rows, error) {
	t, err := cat.Table(s.database, stmt.Table)
	if err != nil {
		return nil, bind.At(stmt, err)
	}
	if err := insertable(stmt, t); err != nil {
		return nil, err
	}
	w, err := s.newWriter(stmt, stmt.Query, cat, params)
	if err != nil {
		return nil, err
	}
	if err := w.setColumns(stmt, t.Columns, t.Partition); err != nil {
		return nil, err
	}
	if err := w.match(stmt, t); err != nil {
		return nil, err
	}
	if err := w.formatOf(stmt, t); err != nil {
		return nil, err
	}
	w.location = t.External.Location
	return w.run(ctx, func(tx *catalog.Tx) error {
		now, err := tx.Table(t.Database, t.Name, false)
		if err != nil {
			return err
		}
		if now == nil || now.External == nil || now.External.Location != w.location {
			return syntax.ErrorAt(stmt, "TRANSACTION_CONFLICT", "Table '%s' was changed by another statement", t.FullName())
		}
		if t.External.Projection != nil {
			return nil
		}
		return w.putPartitions(tx, t)
	})
}

// insertable refuses what is no table over a location of its own.
func insertable(stmt *syntax.Insert, t *catalog.Table) error {
	switch {
	case t.View != nil:
		return syntax.ErrorAt(stmt, "NOT_SUPPORTED", "Inserting into views is not supported")
	case t.External == nil:
		return syntax.ErrorAt(stmt, "NOT_SUPPORTED", "Table %s is built in: logsql convert-parquet fills it", t.Name)
	case t.External.Projection != nil && t.External.Projection.Template != "":
		return syntax.ErrorAt(stmt, "NOT_SUPPORTED", "Inserting into a table with storage.location.template is not supported")
	}
	return nil
}

// match finds the query's column for each of the table's and holds their types
// to what can be assigned.
func (w *writer) match(stmt *syntax.Insert, t *catalog.Table) error {
	outs := w.info.Outputs[stmt.Query]
	targets, err := insertColumns(stmt, t)
	if err != nil {
		return err
	}
	var have, want []string
	fits := len(outs) == len(targets)
	for _, i := range targets {
		want = append(want, t.Columns[i].Type.String())
	}
	for i, out := range outs {
		have = append(have, out.Type.String())
		if fits {
			to := t.Columns[targets[i]].Type
			fits = assignable(out.Type, to) || out.Type.IsText() && to.IsText()
		}
	}
	if !fits {
		return syntax.ErrorAt(stmt, "TYPE_MISMATCH", "Insert query has mismatched column types: Table: [%s], Query: [%s]", strings.Join(want, ", "), strings.Join(have, ", "))
	}
	for i := range w.Places {
		w.Places[i] = -1
	}
	for place, i := range targets {
		w.Places[i] = place
	}
	return nil
}

// assignable reports whether INSERT casts from to to: numbers and times among
// themselves, whatever gets lost.
func assignable(from, to schema.Type) bool {
	isTime := func(t schema.Type) bool {
		return t.Kind == schema.Date || t.Kind == schema.Timestamp || t.Kind == schema.TimestampTZ
	}
	if from.Equal(to) || schema.Coercible(from, to) || from.IsNumber() && to.IsNumber() || isTime(from) && isTime(to) {
		return true
	}
	if from.Kind != to.Kind || len(from.Elems) == 0 || len(from.Elems) != len(to.Elems) {
		return false
	}
	for i := range from.Elems {
		if !assignable(from.Elems[i].Type, to.Elems[i].Type) {
			return false
		}
	}
	return true
}

// insertColumns are the places of the columns that are given: those named, or
// all.
func insertColumns(stmt *syntax.Insert, t *catalog.Table) ([]int, error) {
	var targets []int
	if stmt.Columns == nil {
		for i := range t.Columns {
			targets = append(targets, i)
		}
		return targets, nil
	}
	seen := map[string]bool{}
	for i := range stmt.Columns {
		id := &stmt.Columns[i]
		name, at := strings.ToLower(id.Name), -1
		var names []string
		for j, c := range t.Columns {
			names = append(names, c.Name)
			if c.Name == name {
				at = j
			}
		}
		switch {
		case at < 0:
			err := syntax.ErrorAt(id, "COLUMN_NOT_FOUND", "Insert column name does not exist in target table: %s", name)
			err.Hint = catalog.DidYouMean(name, names)
			return nil, err
		case seen[name]:
			return nil, syntax.ErrorAt(id, "DUPLICATE_COLUMN_NAME", "Insert column name is specified more than once: %s", name)
		}
		seen[name] = true
		targets = append(targets, at)
	}
	return targets, nil
}

// unwritable are properties of text tables that what is written would have to
// follow, and does not.
var unwritable = []string{"skip.", "mapping.", "timestamp.formats", "serialization.encoding", "ignore.malformed.json", "dots.in.keys", "case.insensitive"}

func (w *writer) plainText(stmt *syntax.Insert, e *catalog.External) error {
	for _, properties := range []map[string]string{e.Properties, e.SerdeProps} {
		for key, value := range properties {
			if slices.ContainsFunc(unwritable, func(p string) bool { return strings.HasPrefix(key, p) }) && value != "0" {
				return syntax.ErrorAt(stmt, "NOT_SUPPORTED", "Inserting into a table with property '%s' is not supported", key)
			}
		}
	}
	return nil
}

// formatOf finds how the files of a table that is there are written.
func (w *writer) formatOf(stmt *syntax.Insert, t *catalog.Table) error {
	e := t.External
	switch {
	case e.IsParquet():
		w.Format, w.Codec = "PARQUET", "snappy"
	case e.Serde == catalog.LazySimpleSerDe && e.Format == "TEXTFILE":
		w.Format, w.Codec = "TEXTFILE", "none"
		if line := e.SerdeProps["line.delim"]; line != "" && line != "\n" {
			return syntax.ErrorAt(stmt, "NOT_SUPPORTED", "Inserting into a table with another line delimiter is not supported")
		}
		w.Text = textFormat(e.SerdeProps)
	case strings.HasSuffix(e.Serde, ".JsonSerDe"):
		w.Format, w.Codec = "JSON", "none"
	case e.Serde == openCSV && e.SerdeProps["separatorChar"]+e.SerdeProps["quoteChar"]+e.SerdeProps["escapeChar"] == "":
		w.Format, w.Codec = "CSV", "none"
	default:
		return syntax.ErrorAt(stmt, "NOT_SUPPORTED", "Inserting into a table of %s is not supported", e.Serde)
	}
	if err := w.storedCodec(stmt, e); err != nil {
		return err
	}
	if w.Format != "PARQUET" {
		if err := w.plainText(stmt, e); err != nil {
			return err
		}
	}
	return readable(stmt, t)
}

// storedCodec follows the compression that a table's properties ask of those
// who write into it.
func (w *writer) storedCodec(stmt *syntax.Insert, e *catalog.External) error {
	name := e.Properties["write.compression"]
	if w.Format == "PARQUET" && name == "" {
		name = e.Properties["parquet.compression"]
	}
	if name == "" {
		return nil
	}
	for _, f := range writeFormats {
		for _, codec := range f.codecs {
			if f.name == w.Format && strings.EqualFold(codec[0], name) {
				w.Codec = codec[1]
				return nil
			}
		}
	}
	return syntax.ErrorAt(stmt, "NOT_SUPPORTED", "Inserting into a %s table with compression %s is not supported", w.Format, strings.ToUpper(name))
}

func (s *Session) unload(ctx context.Context, stmt *syntax.Unload, cat *catalog.Catalog, params ...syntax.Expr) (*Rows, error) {
	w, err := s.newWriter(stmt, stmt.Query, cat, params)
	if err != nil {
		return nil, err
	}
	o, err := optionsOf(stmt, stmt.Options, "format", "partitioned_by", "compression", "compression_level", "field_delimiter")
	if err != nil {
		return nil, err
	}
	if _, given := o.list["format"]; !given {
		return nil, syntax.ErrorAt(stmt, "INVALID_TABLE_PROPERTY", "UNLOAD needs WITH (format = …)")
	}
	if _, err := o.setFormat(&w.Writing); err != nil {
		return nil, err
	}
	names, err := o.partition(w.info.Output)
	if err != nil {
		return nil, err
	}
	if err := w.setColumns(stmt, w.info.Output, names); err != nil {
		return nil, err
	}
	if err := w.setFolder(ctx, &stmt.To, "unload"); err != nil {
		return nil, err
	}
	return w.run(ctx, func(*catalog.Tx) error { return nil })
}
