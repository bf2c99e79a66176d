// Package catalog knows the databases, tables and partitions that statements
// name: the built-in tables of the lake in database logsql, and
// information_schema, which is made of the same lists.
package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
)

// Table is a table as a statement sees it.
type Table struct {
	Catalog, Database, Name string

	Columns   []schema.Column // partition columns last
	Hidden    []schema.Column // answer by name and are not part of *
	Partition []string        // names of the partition columns, in the order of Part.Partition
	Parts     []lake.Part

	// External is how a user's table lies over the mirror's objects; nil for
	// the tables of the lake, which have Parts instead.
	External *External
	// View is the query of a view; it has nothing else but Columns.
	View *View

	// Rows is the content of a table of information_schema, as text; such a
	// table has no parts.
	Rows [][]string
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

// Catalog is the state of the mirror's tables at one moment. It is not changed
// after Open and may be used from many goroutines.
type Catalog struct {
	tables map[string]map[string]*Table // database → name → table
}

// Open reads the catalog of a mirror; a missing mirror has the built-in tables,
// empty.
func Open(ctx context.Context, m *mirror.Mirror) (*Catalog, error) {
	l, err := lake.Open(ctx, m)
	if err != nil {
		return nil, err
	}
	c := New()
	for _, t := range logtype.Types {
		parts, err := l.Parts(ctx, t.Name)
		if err != nil {
			return nil, fmt.Errorf("read parts of %s: %w", t.Name, err)
		}
		c.Add(BuiltinTable(t.Name, t.Columns, t.Partition, parts))
	}
	return c, nil
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

// Tables lists a database's tables in order of name.
func (c *Catalog) Tables(database string) []*Table {
	database = strings.ToLower(database)
	if database == InfoName {
		return c.information()
	}
	tables := make([]*Table, 0, len(c.tables[database]))
	for _, t := range c.tables[database] {
		tables = append(tables, t)
	}
	slices.SortFunc(tables, func(a, b *Table) int { return strings.Compare(a.Name, b.Name) })
	return tables
}

// Lookup finds a table by exact database and name, matched without case.
func (c *Catalog) Lookup(database, name string) (*Table, bool) {
	database, name = strings.ToLower(database), strings.ToLower(name)
	if database == InfoName {
		for _, t := range c.information() {
			if t.Name == name {
				return t, true
			}
		}
		return nil, false
	}
	t, ok := c.tables[database][name]
	return t, ok
}
