package sql

import (
	"context"
	"errors"
	"slices"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/lower"
	"logsql/sql/serde"
	"logsql/sql/syntax"
)

// tablesBucket holds the tables that CREATE TABLE AS makes without a location.
const tablesBucket = "logsql-tables"

func (s *Session) createTableAs(ctx context.Context, stmt *syntax.CreateTableAs, cat *catalog.Catalog, params ...syntax.Expr) (*Rows, error) {
	t, err := s.newTable(stmt.Name, stmt.Comment)
	if err != nil {
		return nil, err
	}
	if have, err := cat.Lookup(t.Database, t.Name); err != nil {
		return nil, internal(err)
	} else if have != nil {
		if stmt.IfNotExists {
			return noRows(), nil
		}
		return nil, syntax.ErrorAt(stmt, "TABLE_ALREADY_EXISTS", "Destination table '%s' already exists", have.FullName())
	}
	w, err := s.newWriter(stmt, stmt.Query, cat, params)
	if err != nil {
		return nil, err
	}
	if err := w.describe(ctx, stmt, t); err != nil {
		return nil, err
	}
	put := func(tx *catalog.Tx) error { return w.put(tx, stmt, t) }
	rows := noRows()
	if stmt.NoData {
		err = s.change(ctx, put)
	} else {
		rows, err = w.run(ctx, put)
	}
	if errors.Is(err, errMade) {
		return noRows(), nil
	}
	return rows, err
}

// errMade ends a statement with IF NOT EXISTS when another one made the table
// meanwhile.
var errMade = &Error{Code: "TABLE_ALREADY_EXISTS", Msg: "the table was made meanwhile"}

func (s *Session) newWriter(stmt syntax.Node, q *syntax.Query, cat *catalog.Catalog, params []syntax.Expr) (*writer, error) {
	info, err := bind.Bind(q, cat, s.database, params...)
	if err != nil {
		return nil, err
	}
	return &writer{s: s, q: q, info: info}, nil
}

// describe finds out what table the statement makes and how it is written.
func (w *writer) describe(ctx context.Context, stmt *syntax.CreateTableAs, t *catalog.Table) error {
	columns, err := bind.NamedColumns(stmt, stmt.Query, stmt.Columns, w.info)
	if err != nil {
		return err
	}
	o, err := optionsOf(stmt, stmt.Options, "format", "external_location", "partitioned_by", "write_compression", "parquet_compression",
		"orc_compression", "compression_level", "field_delimiter", "bucketed_by", "bucket_count", "table_type", "is_external", "location")
	if err != nil {
		return err
	}
	if err := o.refused(); err != nil {
		return err
	}
	if t.External, err = o.setFormat(&w.Writing); err != nil {
		return err
	}
	if t.Partition, err = o.partition(columns); err != nil {
		return err
	}
	if err := w.setDestination(ctx, o, "external_location", t); err != nil {
		return err
	}
	t.Columns, t.External.Location = columns, w.location
	if err := readable(stmt, t); err != nil {
		return err
	}
	return w.setColumns(stmt, columns, t.Partition)
}

// readable refuses to write what could not be read again.
func readable(n syntax.Node, t *catalog.Table) error {
	if t.External.IsParquet() {
		return nil
	}
	spec := lower.SpecOf(t, nil)
	if err := serde.Check(&spec); err != nil {
		return placed(n, err)
	}
	return nil
}

// partition is partitioned_by, which names the last columns in their order.
func (o *writeOptions) partition(columns []schema.Column) ([]string, error) {
	names, err := o.names("partitioned_by")
	if err != nil || names == nil {
		return nil, err
	}
	at := o.node("partitioned_by")
	for _, name := range names {
		if !slices.ContainsFunc(columns, func(c schema.Column) bool { return c.Name == name }) {
			return nil, syntax.ErrorAt(at, "INVALID_TABLE_PROPERTY", "Partition columns [%s] not present in schema", name)
		}
	}
	if len(names) >= len(columns) {
		return nil, syntax.ErrorAt(at, "INVALID_TABLE_PROPERTY", "Table contains only partition columns")
	}
	last := columns[len(columns)-len(names):]
	for i, c := range last {
		if c.Name != names[i] {
			return nil, syntax.ErrorAt(at, "HIVE_COLUMN_ORDER_MISMATCH",
				"Partition keys must be the last columns in the table and in the same order as the table properties: [%s]", strings.Join(names, ", "))
		}
		if len(c.Type.Elems) > 0 || c.Type.Kind == schema.Varbinary {
			return nil, syntax.ErrorAt(at, "NOT_SUPPORTED", "Unsupported type [%s] for partition: %s", c.Type, c.Name)
		}
	}
	return names, nil
}

// setDestination finds where the statement writes to, a folder with nothing in
// it.
func (w *writer) setDestination(ctx context.Context, o *writeOptions, option string, t *catalog.Table) error {
	text, given, err := o.text(option)
	if err != nil {
		return err
	}
	if !given {
		w.location = "s3://" + tablesBucket + "/" + t.Database + "/" + t.Name + "/" + randomText() + "/"
		return nil
	}
	opt := o.list[option]
	return w.setFolder(ctx, &syntax.StringLit{Span: opt.Span, Value: text}, "'"+t.FullName()+"'")
}

// setFolder takes a folder that has no files for what is written; run looks
// again when it records them.
func (w *writer) setFolder(ctx context.Context, at *syntax.StringLit, table string) (err error) {
	if w.location, err = checkLocation(at); err != nil {
		return err
	}
	store, err := w.s.store(ctx)
	if err != nil {
		return err
	}
	w.taken = syntax.ErrorAt(at, "HIVE_PATH_ALREADY_EXISTS", "Target directory for table %[1]s already exists: %[2]s. "+
		"You may need to manually clean the data at location '%[2]s' before retrying.", table, w.location)
	full, err := store.HasFiles(ctx, w.location)
	if err != nil {
		return internal(err)
	}
	if full {
		return w.taken
	}
	return nil
}

// put records the table that was made, unless another statement was faster.
func (w *writer) put(tx *catalog.Tx, stmt *syntax.CreateTableAs, t *catalog.Table) error {
	if err := mayMake(tx, stmt.Name, t); err != nil {
		return err
	}
	old, err := tx.Table(t.Database, t.Name, false)
	if err != nil {
		return err
	}
	if old != nil && stmt.IfNotExists {
		return errMade
	}
	if old != nil {
		return syntax.ErrorAt(stmt, "TABLE_ALREADY_EXISTS", "Destination table '%s' already exists", t.FullName())
	}
	if err := tx.PutTable(t); err != nil {
		return err
	}
	return w.putPartitions(tx, t)
}

// putPartitions adds the partitions that got their first files.
func (w *writer) putPartitions(tx *catalog.Tx, t *catalog.Table) error {
	t, err := tx.Table(t.Database, t.Name, false)
	if err != nil {
		return err
	}
	for _, p := range w.parts {
		have, err := tx.HasPartition(t, p.Values)
		if err != nil {
			return err
		}
		if have {
			if at, err := tx.PartitionLocation(t, p.Values); err != nil {
				return err
			} else if strings.TrimSuffix(at, "/") != strings.TrimSuffix(p.Location, "/") {
				return &Error{Code: "NOT_SUPPORTED", Msg: "Inserting into a partition with a location of its own is not supported: " + at}
			}
			continue
		}
		if err := tx.PutPartition(t, p); err != nil {
			return err
		}
	}
	return nil
}
