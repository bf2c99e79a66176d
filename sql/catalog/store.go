package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"logsql/convert/schema"
	"logsql/ingest/mirror"
)

// migrations are this package's tables.
//
// definition is a Definition as JSON. vals is a partition's values as a JSON
// list. written has the files below tables/, which statements wrote: what lies
// there and has no row is garbage. footers keeps the columns of Parquet files
// by path; version is what makes a file another one. agreed tells of an object, as
// of its version and conversion, whether the lake has the rows that the SerDe of
// a table of that shape makes.
var migrations = []string{
	`CREATE TABLE databases (
		name TEXT PRIMARY KEY,
		comment TEXT NOT NULL,
		location TEXT NOT NULL,
		properties TEXT NOT NULL
	) WITHOUT ROWID;
	CREATE TABLE tables (
		id INTEGER PRIMARY KEY,
		db TEXT NOT NULL,
		name TEXT NOT NULL,
		kind TEXT NOT NULL CHECK (kind IN ('table', 'view')),
		created INTEGER NOT NULL,
		definition TEXT NOT NULL,
		UNIQUE (db, name)
	);
	CREATE TABLE partitions (
		tbl INTEGER NOT NULL REFERENCES tables ON DELETE CASCADE,
		vals TEXT NOT NULL,
		location TEXT NOT NULL,
		PRIMARY KEY (tbl, vals)
	) WITHOUT ROWID;
	CREATE TABLE written (
		uri TEXT PRIMARY KEY,
		path TEXT NOT NULL UNIQUE,
		size INTEGER NOT NULL,
		modified INTEGER NOT NULL
	) WITHOUT ROWID;
	CREATE TABLE footers (
		path TEXT PRIMARY KEY,
		version TEXT NOT NULL,
		columns TEXT NOT NULL
	) WITHOUT ROWID;`,
	`CREATE TABLE shapes (
		id INTEGER PRIMARY KEY,
		text TEXT NOT NULL UNIQUE
	);
	CREATE TABLE agreed (
		shape INTEGER NOT NULL REFERENCES shapes ON DELETE CASCADE,
		object INTEGER NOT NULL,
		version TEXT NOT NULL,
		unit INTEGER NOT NULL,
		converted INTEGER NOT NULL,
		agrees INTEGER NOT NULL,
		PRIMARY KEY (shape, object)
	) WITHOUT ROWID;`,
}

// Store is the catalog as state.db keeps it.
type Store struct {
	m      *mirror.Mirror
	absent bool // the mirror cannot be written and never had a catalog
}

// OpenStore opens the catalog of m, whatever m is: missing, read-only, without
// any.
func OpenStore(ctx context.Context, m *mirror.Mirror) (*Store, error) {
	err := m.Migrate(ctx, "catalog", migrations...)
	if err == nil {
		return &Store{m: m}, nil
	}
	n := 0
	const have = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'databases'"
	if m.DB().QueryRowContext(ctx, have).Scan(&n) == nil && n == 0 && ctx.Err() == nil {
		return &Store{m: m, absent: true}, nil
	}
	return nil, err
}

// Database is a database that a statement made.
type Database struct {
	Name, Comment, Location string
	Properties              map[string]string
}

// querier is a database or a transaction of it.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Tx is one statement's change of the catalog: all of it or none. It is short,
// as it keeps other writers out of state.db.
type Tx struct {
	ctx context.Context
	q   querier
}

// Update runs change as one transaction.
func (s *Store) Update(ctx context.Context, change func(*Tx) error) error {
	tx, err := s.m.DB().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := change(&Tx{ctx, tx}); err != nil {
		return err
	}
	return tx.Commit()
}

// HasDatabase reports whether there is such a database.
func (tx *Tx) HasDatabase(name string) (bool, error) {
	if name == Default || name == Builtin || name == InfoName {
		return true, nil
	}
	n := 0
	err := tx.q.QueryRowContext(tx.ctx, "SELECT count(*) FROM databases WHERE name = ?", name).Scan(&n)
	return n > 0, err
}

// PutDatabase makes a database or changes one.
func (tx *Tx) PutDatabase(d Database) error {
	const put = `INSERT INTO databases VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE
		SET comment = excluded.comment, location = excluded.location, properties = excluded.properties`
	_, err := tx.q.ExecContext(tx.ctx, put, d.Name, d.Comment, d.Location, jsonText(d.Properties))
	return err
}

// Database reads a database; false where no statement made it.
func (tx *Tx) Database(name string) (d Database, ok bool, err error) {
	var properties string
	const get = "SELECT name, comment, location, properties FROM databases WHERE name = ?"
	err = tx.q.QueryRowContext(tx.ctx, get, name).Scan(&d.Name, &d.Comment, &d.Location, &properties)
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	if err != nil {
		return d, false, err
	}
	return d, true, json.Unmarshal([]byte(properties), &d.Properties)
}

// Database reads a database as a statement made it; one that is always there has
// nothing but its name.
func (s *Store) Database(ctx context.Context, name string) (Database, error) {
	if s.absent {
		return Database{Name: name}, nil
	}
	d, _, err := (&Tx{ctx, s.m.DB()}).Database(name)
	return d, err
}

// TablesIn counts a database's tables and views.
func (tx *Tx) TablesIn(database string) (n int, err error) {
	err = tx.q.QueryRowContext(tx.ctx, "SELECT count(*) FROM tables WHERE db = ?", database).Scan(&n)
	return n, err
}

// DropDatabase drops a database with what is in it.
func (tx *Tx) DropDatabase(name string) error {
	if _, err := tx.q.ExecContext(tx.ctx, "DELETE FROM tables WHERE db = ?", name); err != nil {
		return err
	}
	_, err := tx.q.ExecContext(tx.ctx, "DELETE FROM databases WHERE name = ?", name)
	return err
}

// Table reads a table or view that a statement made, with its partitions where
// they are wanted; nil where there is none.
func (tx *Tx) Table(database, name string, partitions bool) (*Table, error) {
	t, err := loadTable(tx.ctx, tx.q, database, name)
	if err != nil || t == nil || t.External == nil || !partitions {
		return t, err
	}
	t.External.Partitions, err = loadPartitions(tx.ctx, tx.q, t)
	return t, err
}

// PutTable makes a table or view, or changes the one of that name. It does not
// touch its partitions.
func (tx *Tx) PutTable(t *Table) error {
	kind := "table"
	if t.View != nil {
		kind = "view"
	}
	if t.Created.IsZero() {
		t.Created = time.Now()
	}
	const put = `INSERT INTO tables (db, name, kind, created, definition) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (db, name) DO UPDATE SET kind = excluded.kind, definition = excluded.definition`
	_, err := tx.q.ExecContext(tx.ctx, put, t.Database, t.Name, kind, t.Created.Unix(), jsonText(definitionOf(t)))
	return err
}

// DropTable drops a table or view, if there is one.
func (tx *Tx) DropTable(database, name string) error {
	_, err := tx.q.ExecContext(tx.ctx, "DELETE FROM tables WHERE db = ? AND name = ?", database, name)
	return err
}

// HasPartition reports whether t has the partition of these values.
func (tx *Tx) HasPartition(t *Table, values []string) (bool, error) {
	n := 0
	err := tx.q.QueryRowContext(tx.ctx, "SELECT count(*) FROM partitions WHERE tbl = ? AND vals = ?", t.id, jsonText(values)).Scan(&n)
	return n > 0, err
}

// PutPartition adds a partition or changes its location.
func (tx *Tx) PutPartition(t *Table, p Partition) error {
	_, err := tx.q.ExecContext(tx.ctx, "INSERT OR REPLACE INTO partitions VALUES (?, ?, ?)", t.id, jsonText(p.Values), p.Location)
	return err
}

// PartitionLocation is where the partition of these values lies.
func (tx *Tx) PartitionLocation(t *Table, values []string) (location string, err error) {
	const get = "SELECT location FROM partitions WHERE tbl = ? AND vals = ?"
	err = tx.q.QueryRowContext(tx.ctx, get, t.id, jsonText(values)).Scan(&location)
	return location, err
}

// DropPartition drops a partition, if there is one.
func (tx *Tx) DropPartition(t *Table, values []string) error {
	_, err := tx.q.ExecContext(tx.ctx, "DELETE FROM partitions WHERE tbl = ? AND vals = ?", t.id, jsonText(values))
	return err
}

// definition is what a row of tables holds of a Table.
type definition struct {
	Comment      string            `json:",omitempty"`
	Columns      [][3]string       // name, type, comment; partition columns last
	Partition    []string          `json:",omitempty"`
	Location     string            `json:",omitempty"`
	Format       string            `json:",omitempty"`
	OutputFormat string            `json:",omitempty"`
	Serde        string            `json:",omitempty"`
	SerdeProps   map[string]string `json:",omitempty"`
	Properties   map[string]string `json:",omitempty"`
	View         *View             `json:",omitempty"`
}

func definitionOf(t *Table) definition {
	d := definition{Comment: t.Comment, Partition: t.Partition, View: t.View}
	for _, c := range t.Columns {
		d.Columns = append(d.Columns, [3]string{c.Name, c.Type.String(), t.Comments[c.Name]})
	}
	if e := t.External; e != nil {
		d.Location, d.Format, d.OutputFormat, d.Serde = e.Location, e.Format, e.OutputFormat, e.Serde
		d.SerdeProps, d.Properties = e.SerdeProps, e.Properties
	}
	return d
}

// fill takes over what the definition says.
func (t *Table) fill(d definition) error {
	t.Comment, t.Partition, t.View, t.Comments = d.Comment, d.Partition, d.View, map[string]string{}
	for _, c := range d.Columns {
		typ, err := schema.Parse(c[1])
		if err != nil {
			return fmt.Errorf("column %s of %s: %w", c[0], t.FullName(), err)
		}
		t.Columns = append(t.Columns, schema.Column{Name: c[0], Type: typ})
		if c[2] != "" {
			t.Comments[c[0]] = c[2]
		}
	}
	if d.View != nil {
		return nil
	}
	t.External = &External{
		Location: d.Location, Format: d.Format, OutputFormat: d.OutputFormat, Serde: d.Serde,
		SerdeProps: d.SerdeProps, Properties: d.Properties,
	}
	t.Hidden = externalHidden(len(d.Partition) > 0)
	return nil
}

// externalHidden are the columns of a table over objects that answer by name.
func externalHidden(partitioned bool) []schema.Column {
	columns := []schema.Column{
		{Name: PathColumn, Type: schema.Text},
		{Name: SizeColumn, Type: schema.Of(schema.BigInt)},
		{Name: ModifiedColumn, Type: schema.Of(schema.TimestampTZ)},
	}
	if partitioned {
		columns = append(columns, schema.Column{Name: PartitionColumn, Type: schema.Text})
	}
	return columns
}

func loadTable(ctx context.Context, q querier, database, name string) (*Table, error) {
	t := &Table{Catalog: Name, Database: database, Name: name}
	var text string
	var created int64
	const get = "SELECT id, created, definition FROM tables WHERE db = ? AND name = ?"
	err := q.QueryRowContext(ctx, get, database, name).Scan(&t.id, &created, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t.Created = time.Unix(created, 0).UTC()
	var d definition
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return nil, fmt.Errorf("definition of %s: %w", t.FullName(), err)
	}
	return t, t.fill(d)
}

func loadPartitions(ctx context.Context, q querier, t *Table) ([]Partition, error) {
	rows, err := q.QueryContext(ctx, "SELECT vals, location FROM partitions WHERE tbl = ? ORDER BY vals", t.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Partition
	for rows.Next() {
		var p Partition
		var values string
		if err := rows.Scan(&values, &p.Location); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(values), &p.Values); err != nil {
			return nil, fmt.Errorf("partition of %s: %w", t.FullName(), err)
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// jsonText is v as JSON; maps come out in order of their keys.
func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(text)
}
