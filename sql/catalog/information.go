package catalog

import (
	"slices"
	"strconv"
	"strings"

	"logsql/convert/schema"
)

// informationNames are the tables of information_schema.
var informationNames = []string{"columns", "schemata", "tables", "views"}

var informationColumns = map[string][]string{
	"columns": {
		"table_catalog", "table_schema", "table_name", "column_name", "ordinal_position",
		"column_default", "is_nullable", "data_type", "comment", "extra_info",
	},
	"schemata": {"catalog_name", "schema_name"},
	"tables":   {"table_catalog", "table_schema", "table_name", "table_type"},
	"views":    {"table_catalog", "table_schema", "table_name", "view_definition"},
}

func informationTable(name string) *Table {
	t := &Table{Catalog: Name, Database: InfoName, Name: name, Rows: [][]string{}}
	for _, c := range informationColumns[name] {
		typ := schema.Text
		if c == "ordinal_position" {
			typ = schema.Of(schema.BigInt)
		}
		t.Columns = append(t.Columns, schema.Column{Name: c, Type: typ})
	}
	return t
}

// information makes a table of information_schema; nil where it has none of
// that name.
func (c *Catalog) information(name string) (*Table, error) {
	if !slices.Contains(informationNames, name) {
		return nil, nil
	}
	t := informationTable(name)
	for _, db := range c.Databases() {
		if name == "schemata" {
			t.Rows = append(t.Rows, []string{Name, db})
			continue
		}
		list, err := c.informationAbout(db, name == "columns")
		if err != nil {
			return nil, err
		}
		for _, of := range list {
			t.Rows = append(t.Rows, informationRows[name](of)...)
		}
	}
	return t, nil
}

// informationAbout lists the tables of a database; those that are no views can
// go without their columns, and the built-in ones then without their parts.
func (c *Catalog) informationAbout(database string, columns bool) ([]*Table, error) {
	if database != InfoName && (columns || database != Builtin) {
		return c.Tables(database)
	}
	var list []*Table
	for _, name := range c.Names(database) {
		t := &Table{Catalog: Name, Database: database, Name: name}
		if database == InfoName {
			t = informationTable(name)
		}
		list = append(list, t)
	}
	return list, nil
}

var informationRows = map[string]func(*Table) [][]string{
	"columns": columnRows,
	"tables": func(t *Table) [][]string {
		kind := "BASE TABLE"
		if t.View != nil {
			kind = "VIEW"
		}
		return [][]string{{Name, t.Database, t.Name, kind}}
	},
	"views": func(t *Table) [][]string {
		if t.View == nil {
			return nil
		}
		return [][]string{{Name, t.Database, t.Name, t.View.Text}}
	},
}

func columnRows(t *Table) (rows [][]string) {
	for i, c := range t.Columns {
		extra := ""
		if t.PartitionIndex(c.Name) >= 0 {
			extra = "partition key"
		}
		rows = append(rows, []string{
			Name, t.Database, t.Name, c.Name, strconv.Itoa(i + 1), "", "YES", c.Type.String(), t.Comments[c.Name], extra,
		})
	}
	return rows
}

// partitionsSuffix makes a table's name that of the table of its partitions.
const partitionsSuffix = "$partitions"

// partitionsOf is "table$partitions": its columns are the partition columns.
func (c *Catalog) partitionsOf(database, name string) (*Table, error) {
	of, err := c.Lookup(database, name)
	if err != nil || of == nil || len(of.Partition) == 0 {
		return nil, err
	}
	t := &Table{Catalog: Name, Database: database, Name: name + partitionsSuffix, Rows: [][]string{}, Of: of}
	for _, col := range of.Columns {
		if of.PartitionIndex(col.Name) >= 0 {
			t.Columns = append(t.Columns, col)
		}
	}
	if of.External == nil {
		for _, p := range of.Parts {
			t.Rows = append(t.Rows, p.Partition)
		}
		slices.SortFunc(t.Rows, slices.Compare)
		t.Rows = slices.CompactFunc(t.Rows, slices.Equal)
		return t, nil
	}
	partitions, err := of.AllPartitions(nil)
	for _, p := range partitions {
		row := slices.Clone(p.Values)
		for i, v := range row {
			if v == HiveDefault {
				row[i] = ""
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, err
}

// HiveDefault is how Hive names the partition of NULL.
const HiveDefault = "__HIVE_DEFAULT_PARTITION__"

// PartitionName is k=v/k2=v2, escaped as Hive does.
func PartitionName(columns, values []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = escapePath(c) + "=" + escapePath(values[i])
	}
	return strings.Join(parts, "/")
}

const escapedInPaths = "\"#%'*/:=?\\{[]^\x7f"

func escapePath(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || strings.IndexByte(escapedInPaths, c) >= 0 {
			b.WriteString("%" + strings.ToUpper(strconv.FormatInt(int64(c)+0x100, 16)[1:]))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// UnescapePath undoes what Hive does to names in paths.
func UnescapePath(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
