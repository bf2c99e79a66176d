// Package catalog knows the databases, tables and partitions that statements
// name: the built-in tables of the lake in database logsql, and
// information_schema, which is made of the same lists.
package catalog

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/convert/schema"
	"logsql/ingest/mirror"
)

// Names that are always there.
const (
	Name     = "awsdatacatalog" // the only catalog
	Builtin  = "logsql"         // the database of the built-in tables
	Default  = "default"        // the database statements start in
	InfoName = "information_schema"
)

// Names of the hidden columns and of the file column behind both.
const (
	ObjectColumn = "$object"
	PathColumn   = "$path"
	SourceColumn = "source_object"

	SizeColumn      = "$file_size"
	ModifiedColumn  = "$file_modified_time"
	PartitionColumn = "$partition"
)

// Table is a table as a statement sees it.
type Table struct {
	Catalog, Database, Name string

	Columns   []schema.Column // partition columns last
	Hidden    []schema.Column // answer by name and are not part of *
	Partition []string        // names of the partition columns, in the order of Part.Partition
	Parts     []lake.Part

	Comment  string
	Comments map[string]string // of columns, by name
	Created  time.Time
	id       int64 // in state.db

	// External is how a user's table lies over the mirror's objects; nil for
	// the tables of the lake, which have Parts instead.
	External *External
	// View is the query of a view; it has nothing else but Columns.
	View *View

	// Rows is the content of a table of information_schema, as text; such a
	// table has no parts.
	Rows [][]string

	Of *Table // whose partitions the rows are, of "…$partitions"
}

// All is every column that can be read: the visible ones, then the hidden.
func (t *Table) All() []schema.Column {
	return append(slices.Clip(slices.Clone(t.Columns)), t.Hidden...)
}

// PartitionIndex is the place of a column among the partition columns, -1 for
// one that comes out of the file.
func (t *Table) PartitionIndex(column string) int { return slices.Index(t.Partition, column) }

// FullName is the table's name with catalog and database, as errors give it.
func (t *Table) FullName() string { return t.Catalog + "." + t.Database + "." + t.Name }

// Catalog is the state of the mirror's tables as one statement sees it: names
// are read when it is opened, a table when it is asked for. It is used by one
// goroutine.
type Catalog struct {
	tables map[string]map[string]*Table // database → name → table, nil while it is not read
	load   func(database, name string) (*Table, error)

	// Now is the clock of the statement, in UTC; zero where there is none.
	Now time.Time
}

// Open reads the names of a mirror's tables; a missing mirror has the built-in
// ones, empty.
func Open(ctx context.Context, m *mirror.Mirror) (*Catalog, error) {
	store, err := OpenStore(ctx, m)
	if err != nil {
		return nil, err
	}
	c := New()
	c.Now = time.Now().UTC()
	c.load = func(database, name string) (*Table, error) { return store.load(ctx, database, name) }
	for _, t := range logtype.Types {
		c.tables[Builtin][t.Name] = nil
	}
	return c, store.names(ctx, c)
}

// names fills in the databases and tables there are.
func (s *Store) names(ctx context.Context, c *Catalog) error {
	if s.absent {
		return nil
	}
	rows, err := s.m.DB().QueryContext(ctx, "SELECT name, '' FROM databases UNION ALL SELECT db, name FROM tables")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var database, table string
		if err := rows.Scan(&database, &table); err != nil {
			return err
		}
		if c.tables[database] == nil {
			c.tables[database] = map[string]*Table{}
		}
		if table != "" {
			c.tables[database][table] = nil
		}
	}
	return rows.Err()
}

// load reads one table with its parts or partitions.
func (s *Store) load(ctx context.Context, database, name string) (*Table, error) {
	if database == Builtin {
		return loadBuiltin(ctx, s.m, name)
	}
	t, err := loadTable(ctx, s.m.DB(), database, name)
	if err != nil || t == nil || t.External == nil {
		return t, err
	}
	e := t.External
	if len(t.Partition) == 0 {
		e.Partitions = []Partition{{Location: e.Location}}
		return t, nil
	}
	if e.Projection, err = ProjectionOf(t); err != nil || e.Projection != nil {
		return t, err
	}
	e.Partitions, err = loadPartitions(ctx, s.m.DB(), t)
	return t, err
}

func loadBuiltin(ctx context.Context, m *mirror.Mirror, name string) (*Table, error) {
	l, err := lake.Open(ctx, m)
	if err != nil {
		return nil, err
	}
	for _, t := range logtype.Types {
		if t.Name != name {
			continue
		}
		parts, err := l.Parts(ctx, t.Name)
		if err != nil {
			return nil, fmt.Errorf("read parts of %s: %w", t.Name, err)
		}
		return BuiltinTable(t.Name, t.Columns, t.Partition, parts), nil
	}
	return nil, nil
}

// New returns a catalog of the given tables, with the databases that are always
// there.
func New(tables ...*Table) *Catalog {
	c := &Catalog{tables: map[string]map[string]*Table{Default: {}, Builtin: {}}}
	for _, t := range tables {
		c.Add(t)
	}
	return c
}

// Add puts a table into its database, which comes to be with it.
func (c *Catalog) Add(t *Table) {
	if c.tables[t.Database] == nil {
		c.tables[t.Database] = map[string]*Table{}
	}
	c.tables[t.Database][t.Name] = t
}

// additional is the prefix of the columns that hold what a record has beyond
// the documented ones; they stay behind every named column.
const additional = "additional_"

// BuiltinTable makes the table of a log type: the documented columns first, then
// those that only parts have in the order in which they came about, then
// additional_fields, partition columns last.
func BuiltinTable(name string, documented []schema.Column, partition []string, parts []lake.Part) *Table {
	t := &Table{
		Catalog: Name, Database: Builtin, Name: name, Partition: partition, Parts: parts,
		Hidden: []schema.Column{{Name: ObjectColumn, Type: schema.Text}, {Name: PathColumn, Type: schema.Text}},
	}
	seen := map[string]bool{SourceColumn: true}
	for _, p := range partition {
		seen[p] = true
	}
	var last []schema.Column
	add := func(columns []schema.Column) {
		for _, c := range columns {
			key := strings.ToLower(c.Name)
			if seen[key] {
				continue
			}
			seen[key] = true
			c.Name = key
			if strings.HasPrefix(key, additional) {
				last = append(last, c)
			} else {
				t.Columns = append(t.Columns, c)
			}
		}
	}
	add(documented)
	for _, p := range parts {
		add(p.Columns)
	}
	t.Columns = append(t.Columns, last...)
	for _, p := range partition {
		t.Columns = append(t.Columns, schema.Column{Name: p, Type: schema.Text})
	}
	return t
}

// Databases lists the databases in order of name.
func (c *Catalog) Databases() []string {
	names := []string{InfoName}
	for name := range c.tables {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// HasDatabase reports whether there is such a database; the name is matched
// without case.
func (c *Catalog) HasDatabase(name string) bool {
	return slices.Contains(c.Databases(), strings.ToLower(name))
}

// Names lists the tables and views of a database in order of name.
func (c *Catalog) Names(database string) []string {
	database = strings.ToLower(database)
	if database == InfoName {
		return slices.Clone(informationNames)
	}
	return slices.Sorted(maps.Keys(c.tables[database]))
}

// Tables reads all tables of a database, in order of name.
func (c *Catalog) Tables(database string) ([]*Table, error) {
	var tables []*Table
	for _, name := range c.Names(database) {
		t, err := c.Lookup(database, name)
		if err != nil {
			return nil, err
		}
		if t != nil {
			tables = append(tables, t)
		}
	}
	return tables, nil
}

// Has reports whether there is a table of exactly this database and name,
// matched without case, and does not read it.
func (c *Catalog) Has(database, name string) bool {
	database, name = strings.ToLower(database), strings.ToLower(name)
	if database == InfoName {
		return slices.Contains(informationNames, name)
	}
	_, ok := c.tables[database][name]
	return ok
}

// Lookup finds a table by exact database and name, matched without case; nil
// where there is none.
func (c *Catalog) Lookup(database, name string) (*Table, error) {
	database, name = strings.ToLower(database), strings.ToLower(name)
	if database == InfoName {
		return c.information(name)
	}
	t, known := c.tables[database][name]
	if t == nil && known {
		var err error
		if t, err = c.load(database, name); err != nil {
			return nil, err
		}
		c.tables[database][name] = t
	}
	if of, ok := strings.CutSuffix(name, partitionsSuffix); ok && !known {
		return c.partitionsOf(database, of)
	}
	return t, nil
}
