package sql

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"logsql/convert/schema"
	"logsql/ingest/mirror"
	"logsql/sql/catalog"
	"logsql/sql/lower"
	"logsql/sql/serde"
	"logsql/sql/syntax"
)

func (s *Session) createTable(ctx context.Context, stmt *syntax.CreateTable, cat *catalog.Catalog) (*Rows, error) {
	t, err := s.tableOf(stmt)
	if err != nil {
		return nil, err
	}
	at := nameSpan(stmt.Name)
	made := false
	err = s.change(ctx, func(tx *catalog.Tx) error {
		if have, err := tx.HasDatabase(t.Database); err != nil {
			return err
		} else if !have {
			return noDatabase(at, t.Database)
		}
		old, err := tx.Table(t.Database, t.Name, false)
		switch {
		case err != nil:
			return err
		case old != nil && stmt.IfNotExists:
			return nil
		case old != nil:
			return failedTask(at, "AlreadyExistsException(message:Table %s already exists)", t.Name)
		}
		made = true
		return tx.PutTable(t)
	})
	if err != nil {
		return nil, err
	}
	rows := noRows()
	if made {
		rows.Notes, err = s.createdNotes(ctx, t, cat)
	}
	return rows, err
}

// createdNotes tell what may surprise of a new table: that it comes before a
// built-in one, that there is nothing at its location.
func (s *Session) createdNotes(ctx context.Context, t *catalog.Table, cat *catalog.Catalog) (notes []string, err error) {
	if note := brokenPattern(t.External); note != "" {
		notes = append(notes, note)
	}
	if cat.Has(catalog.Builtin, t.Name) {
		notes = append(notes, fmt.Sprintf("%s.%s now comes before the built-in table: %s.%s names that one", t.Database, t.Name, catalog.Builtin, t.Name))
	}
	store, err := catalog.OpenStore(ctx, s.mirror)
	if err != nil {
		return notes, internal(err)
	}
	any, err := store.HasFiles(ctx, t.External.Location)
	if err == nil && !any && t.External.Projection == nil {
		notes = append(notes, nothingMirrored(t.Database+"."+t.Name, t.External.Location))
	}
	return notes, asError(err)
}

// tableOf makes the table that CREATE TABLE describes and refuses what Athena
// would not take or what cannot be read.
func (s *Session) tableOf(stmt *syntax.CreateTable) (*catalog.Table, error) {
	at := nameSpan(stmt.Name)
	database, name, err := s.target(at, stmt.Name)
	if err != nil {
		return nil, err
	}
	if err := s.refuseOurs(at, database); err != nil {
		return nil, err
	}
	if err := unsupportedClauses(stmt); err != nil {
		return nil, err
	}
	t := &catalog.Table{Catalog: catalog.Name, Database: database, Name: name, Comment: textOf(stmt.Comment), Comments: map[string]string{}}
	if err := addColumns(t, stmt.Columns, stmt.PartitionedBy); err != nil {
		return nil, err
	}
	location, err := checkLocation(stmt.Location)
	if err != nil {
		return nil, err
	}
	t.External = &catalog.External{Location: location, SerdeProps: map[string]string{}, Properties: propertyMap(stmt.Properties)}
	takeComment(t)
	if err := setFormat(t.External, stmt); err != nil {
		return nil, err
	}
	if t.External.Projection, err = catalog.ProjectionOf(t); err != nil {
		return nil, placed(at, err)
	}
	if !t.External.IsParquet() {
		spec := lower.SpecOf(t, nil)
		if err := serde.Check(&spec); err != nil {
			return nil, placed(serdeNode(stmt), err)
		}
	}
	return t, nil
}

// takeComment makes the property comment, where Hive keeps it, the table's.
func takeComment(t *catalog.Table) {
	if comment, ok := t.External.Properties["comment"]; ok {
		t.Comment = comment
		delete(t.External.Properties, "comment")
	}
}

func serdeNode(stmt *syntax.CreateTable) syntax.Node {
	if stmt.RowFormat != nil && stmt.RowFormat.Serde != nil {
		return stmt.RowFormat.Serde
	}
	return nameSpan(stmt.Name)
}

// placed gives an error without a place that of n.
func placed(n syntax.Node, err error) error {
	e, ok := err.(*Error)
	if !ok {
		return &Error{Code: "INVALID_TABLE_PROPERTY", From: n.Pos(), To: n.End(), Msg: err.Error(), Err: err}
	}
	if e.From.IsValid() {
		return e
	}
	at := *e
	at.From, at.To = n.Pos(), n.End()
	return &at
}

func unsupportedClauses(stmt *syntax.CreateTable) error {
	at := nameSpan(stmt.Name)
	switch {
	case strings.EqualFold(propertyMap(stmt.Properties)["table_type"], "ICEBERG"):
		return syntax.ErrorAt(at, "NOT_SUPPORTED", "Iceberg tables are not supported")
	case !stmt.External:
		return syntax.ErrorAt(at, "NOT_SUPPORTED", "CREATE TABLE without EXTERNAL makes an Iceberg table, which is not supported: CREATE EXTERNAL TABLE %s", dotted(stmt.Name))
	case stmt.Location == nil:
		err := failed(at, "SemanticException: LOCATION is missing")
		err.Hint = "LOCATION 's3://bucket/prefix/' says where the table's objects are"
		return err
	}
	return nil
}

// addColumns takes over the columns; those of a Hive table are lower case.
func addColumns(t *catalog.Table, columns, partition []syntax.ColumnDef) error {
	for i, def := range append(slices.Clone(columns), partition...) {
		c, err := columnOf(&def)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(t.Columns, func(have schema.Column) bool { return have.Name == c.Name }) {
			if i >= len(columns) {
				return failed(&def, "SemanticException [Error 10035]: Column repeated in partitioning columns: %s", c.Name)
			}
			return failed(&def, "SemanticException [Error 10036]: Duplicate column name: %s", c.Name)
		}
		if i >= len(columns) {
			if len(c.Type.Elems) > 0 || c.Type.Kind == schema.Varbinary {
				return failed(&def, "SemanticException [Error 10126]: Partition column %s has the type %s, only primitive types are allowed", c.Name, c.Type.Hive())
			}
			t.Partition = append(t.Partition, c.Name)
		}
		t.Columns = append(t.Columns, c)
		if text := textOf(def.Comment); text != "" {
			t.Comments[c.Name] = text
		}
	}
	if len(columns) == 0 {
		return failed(&syntax.Ident{}, "SemanticException: a table needs columns")
	}
	return nil
}

func columnOf(def *syntax.ColumnDef) (schema.Column, error) {
	t, err := schema.Parse(def.Type.Text)
	if err != nil || !hiveType(t) {
		bad := failed(&def.Type, "ParseException: cannot recognize type '%s' of column %s", def.Type.Text, def.Name.Name)
		bad.Hint = "types are boolean, tinyint, smallint, int, bigint, float, double, decimal(p,s), string, varchar(n), char(n), binary, date, timestamp, array<…>, map<…,…> and struct<name:type,…>"
		return schema.Column{}, bad
	}
	return schema.Column{Name: strings.ToLower(def.Name.Name), Type: t}, nil
}

// hiveType reports whether Hive has the type.
func hiveType(t schema.Type) bool {
	switch t.Kind {
	case schema.Unknown, schema.Time, schema.TimeTZ, schema.TimestampTZ, schema.JSON, schema.IPAddress, schema.IPPrefix, schema.UUID, schema.Color,
		schema.IntervalDay, schema.IntervalYear, schema.Function:
		return false
	case schema.Timestamp:
		return t.Precision == 3
	case schema.Decimal:
		return t.Precision >= 1 && t.Precision <= 38 && t.Scale <= t.Precision
	}
	for _, e := range t.Elems {
		if !hiveType(e.Type) || t.Kind == schema.Row && e.Name == "" {
			return false
		}
	}
	return true
}

// placeholders are what a guide leaves to its reader in an address.
var placeholders = regexp.MustCompile(`<[^<>/]+>`)

// checkLocation holds LOCATION to s3://bucket/folder/.
func checkLocation(at *syntax.StringLit) (string, error) {
	location := strings.TrimSpace(at.Value)
	for _, scheme := range []string{"s3a://", "s3n://"} {
		if rest, ok := strings.CutPrefix(location, scheme); ok {
			location = "s3://" + rest
		}
	}
	bucket, key, ok := mirror.SplitURI(location)
	switch left := placeholders.FindAllString(location, -1); {
	case len(left) > 0:
		err := failedTask(at, "MetaException(message:Location '%s' holds a placeholder)", at.Value)
		err.Hint = "replace " + strings.Join(left, ", ")
		return "", err
	case !ok:
		err := failedTask(at, "MetaException(message:Location '%s' is not an S3 address)", at.Value)
		err.Hint = "it is s3://bucket/prefix/; for a folder: logsql sync FOLDER --as s3://bucket"
		return "", err
	case strings.ContainsAny(location, "*?<>"):
		err := failedTask(at, "MetaException(message:Location '%s' holds a wildcard)", at.Value)
		err.Hint = "a location is a folder: everything below it is read"
		return "", err
	}
	if key != "" && !strings.HasSuffix(key, "/") || location == "s3://"+bucket {
		location += "/"
	}
	return location, nil
}

// setFormat finds SerDe and format out of ROW FORMAT and STORED AS.
func setFormat(e *catalog.External, stmt *syntax.CreateTable) error {
	f := catalog.Formats[0]
	if stmt.StoredAs != "" {
		known := false
		if f, known = catalog.FormatOf(stmt.StoredAs); !known {
			err := failed(nameSpan(stmt.Name), "SemanticException: Unrecognized file format in STORED AS clause: '%s'", stmt.StoredAs)
			err.Hint = "it is PARQUET, TEXTFILE or JSONFILE; for CSV: ROW FORMAT DELIMITED FIELDS TERMINATED BY ',', or ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"
			return err
		}
	}
	e.Format, e.Serde = f.Name, f.Serde
	if stmt.InputFormat != nil {
		e.Format = stmt.InputFormat.Value
		if f, known := catalog.FormatOf(e.Format); known {
			e.Format, e.Serde = f.Name, f.Serde
		}
	}
	if stmt.OutputFormat != nil && stmt.OutputFormat.Value != f.Output {
		e.OutputFormat = stmt.OutputFormat.Value
	}
	r := stmt.RowFormat
	if r == nil {
		return nil
	}
	e.SerdeProps = propertyMap(r.Properties)
	if r.Serde != nil {
		e.Serde = r.Serde.Value
	}
	if !r.Delimited {
		return nil
	}
	e.Serde = catalog.LazySimpleSerDe
	delimited(e.SerdeProps, r)
	return nil
}

// delimiters are the clauses of ROW FORMAT DELIMITED as LazySimpleSerDe's
// properties; colelction is how Hive spells it.
var delimiters = []struct {
	key, clause string
	of          func(*syntax.RowFormat) *syntax.StringLit
}{
	{"field.delim", "FIELDS TERMINATED BY", func(r *syntax.RowFormat) *syntax.StringLit { return r.Fields }},
	{"escape.delim", "ESCAPED BY", func(r *syntax.RowFormat) *syntax.StringLit { return r.Escaped }},
	{"colelction.delim", "COLLECTION ITEMS TERMINATED BY", func(r *syntax.RowFormat) *syntax.StringLit { return r.Collection }},
	{"mapkey.delim", "MAP KEYS TERMINATED BY", func(r *syntax.RowFormat) *syntax.StringLit { return r.MapKeys }},
	{"line.delim", "LINES TERMINATED BY", func(r *syntax.RowFormat) *syntax.StringLit { return r.Lines }},
	{"serialization.null.format", "NULL DEFINED AS", func(r *syntax.RowFormat) *syntax.StringLit { return r.Null }},
}

func delimited(properties map[string]string, r *syntax.RowFormat) {
	for _, d := range delimiters {
		if s := d.of(r); s != nil {
			properties[d.key] = s.Value
		}
	}
	if s, ok := properties["field.delim"]; ok {
		properties["serialization.format"] = s
	}
}

// brokenPattern warns of a pattern that a document broke over lines: no line of
// a file has a line break in it, so it matches none.
func brokenPattern(e *catalog.External) string {
	pattern := e.SerdeProps["input.regex"]
	if !strings.ContainsAny(pattern, "\r\n") {
		return ""
	}
	joined := strings.NewReplacer("\r\n", " ", "\n", " ").Replace(pattern)
	return "input.regex is broken over lines and so matches no line; joined it is '" + strings.ReplaceAll(joined, `\`, `\\`) + "'"
}
