package catalog

import (
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// Table finds the table that name means in a statement whose current database
// is database. The built-in tables are also found unqualified, after the
// current database. The error is a *syntax.Error with Trino's code and words
// and without a place.
func (c *Catalog) Table(database string, name syntax.Name) (*Table, error) {
	catalog, table := Name, strings.ToLower(name[len(name)-1].Name)
	if len(name) > 1 {
		database = name[len(name)-2].Name
	}
	if len(name) > 2 {
		catalog = strings.ToLower(name[len(name)-3].Name)
	}
	database = strings.ToLower(database)
	if catalog != Name || len(name) > 3 {
		return nil, &syntax.Error{Code: "CATALOG_NOT_FOUND", Msg: "Catalog '" + catalog + "' not found", Hint: "the only catalog is " + Name}
	}
	if t, ok := c.Lookup(database, table); ok {
		return t, nil
	}
	if t, ok := c.Lookup(Builtin, table); ok && len(name) == 1 {
		return t, nil
	}
	return nil, c.notFound(database, table)
}

func (c *Catalog) notFound(database, table string) error {
	if !c.HasDatabase(database) {
		return &syntax.Error{
			Code: "SCHEMA_NOT_FOUND", Msg: "Schema '" + database + "' does not exist",
			Hint: c.elsewhere(table, DidYouMean(database, c.Databases())),
		}
	}
	var names []string
	for _, db := range []string{database, Builtin} {
		for _, t := range c.Tables(db) {
			names = append(names, t.Name)
		}
	}
	return &syntax.Error{
		Code: "TABLE_NOT_FOUND", Msg: "Table '" + Name + "." + database + "." + table + "' does not exist",
		Hint: c.elsewhere(table, DidYouMean(table, names)),
	}
}

// elsewhere prefers to say in which database a table of that very name is.
func (c *Catalog) elsewhere(table, otherwise string) string {
	for _, db := range c.Databases() {
		if t, ok := c.Lookup(db, table); ok {
			return "did you mean " + t.Database + "." + t.Name + "?"
		}
	}
	return otherwise
}

// information makes the tables of information_schema.
func (c *Catalog) information() []*Table {
	tables := informationTable("tables", "table_catalog", "table_schema", "table_name", "table_type")
	columns := informationTable("columns", "table_catalog", "table_schema", "table_name", "column_name",
		"ordinal_position", "column_default", "is_nullable", "data_type")
	columns.Columns[4].Type = schema.Of(schema.BigInt)
	schemata := informationTable("schemata", "catalog_name", "schema_name")
	all := []*Table{columns, schemata, tables}
	for _, db := range c.Databases() {
		schemata.Rows = append(schemata.Rows, []string{Name, db})
		list := all
		if db != InfoName {
			list = c.Tables(db)
		}
		for _, t := range list {
			tables.Rows = append(tables.Rows, []string{Name, db, t.Name, "BASE TABLE"})
			for i, col := range t.Columns {
				columns.Rows = append(columns.Rows, []string{
					Name, db, t.Name, col.Name, strconv.Itoa(i + 1), "", "YES", col.Type.String(),
				})
			}
		}
	}
	return all
}

func informationTable(name string, columns ...string) *Table {
	t := &Table{Catalog: Name, Database: InfoName, Name: name}
	for _, c := range columns {
		t.Columns = append(t.Columns, schema.Column{Name: c, Type: schema.Text})
	}
	return t
}
