package catalog

import (
	"errors"
	"strings"

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
	for _, db := range c.searched(database, len(name)) {
		if t, err := c.Lookup(db, table); t != nil || err != nil {
			return t, readError(err)
		}
	}
	return nil, c.notFound(database, table)
}

// searched are the databases in which a name of so many parts is looked for.
func (c *Catalog) searched(database string, parts int) []string {
	if parts == 1 {
		return []string{database, Builtin}
	}
	return []string{database}
}

// readError makes a *syntax.Error of what reading a table's definition ends in.
func readError(err error) error {
	var e *syntax.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	return &syntax.Error{Code: "GENERIC_INTERNAL_ERROR", Msg: err.Error(), Err: err}
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
		names = append(names, c.Names(db)...)
	}
	return &syntax.Error{
		Code: "TABLE_NOT_FOUND", Msg: "Table '" + Name + "." + database + "." + table + "' does not exist",
		Hint: c.elsewhere(table, DidYouMean(table, names)),
	}
}

// elsewhere prefers to say in which database a table of that very name is.
func (c *Catalog) elsewhere(table, otherwise string) string {
	for _, db := range c.Databases() {
		if c.Has(db, table) {
			return "did you mean " + db + "." + table + "?"
		}
	}
	return otherwise
}
