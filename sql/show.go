package sql

import (
	"context"
	"errors"
	"strings"

	"logsql/sql/catalog"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

func (s *Session) use(stmt *syntax.Use, cat *catalog.Catalog) (*Rows, error) {
	name := strings.ToLower(stmt.Database.Name)
	if !cat.HasDatabase(name) {
		return nil, syntax.ErrorAt(&stmt.Database, "SCHEMA_NOT_FOUND", "Schema '%s' does not exist", name)
	}
	s.database = name
	return noRows(), nil
}

func (s *Session) show(ctx context.Context, stmt *syntax.Show, cat *catalog.Catalog) (*Rows, error) {
	matches, err := likePattern(stmt.Like)
	if err != nil {
		return nil, err
	}
	what := strings.ToUpper(stmt.What)
	switch what {
	case "DATABASES", "SCHEMAS":
		return textRows([]string{"database_name"}, oneColumn(cat.Databases(), matches)), nil
	case "TABLES":
		return s.showTables(stmt, cat, matches)
	case "VIEWS":
		return s.showViews(stmt, cat, matches)
	case "FUNCTIONS":
		return textRows([]string{"function"}, oneColumn(funcs.Names(), matches)), nil
	}
	show, ok := showTable[what]
	if !ok {
		return nil, syntax.ErrorAt(stmt, "NOT_SUPPORTED", "SHOW %s is not supported yet", what)
	}
	t, err := s.tableOrFailed(stmt, stmt.From, cat)
	if err != nil {
		return nil, err
	}
	if what == "CREATE TABLE" && t.External == nil && t.View == nil {
		return s.showBuiltin(ctx, stmt, t)
	}
	rows, err := show(stmt, t)
	if err != nil || what != "PARTITIONS" || t.External == nil {
		return rows, err
	}
	note, err := s.prunedPartitions(ctx, t)
	if note != "" {
		rows.Notes = append(rows.Notes, note)
	}
	return rows, err
}

// showTable are the forms of SHOW that are about one table.
var showTable = map[string]func(*syntax.Show, *catalog.Table) (*Rows, error){
	"COLUMNS":       showColumns,
	"PARTITIONS":    showPartitions,
	"TBLPROPERTIES": showProperties,
	"CREATE TABLE":  showCreateTable,
	"CREATE VIEW":   showCreateView,
}

// tableOrFailed finds the table of a statement that Hive runs, whose error for
// a missing one is not Trino's.
func (s *Session) tableOrFailed(at syntax.Node, name syntax.Name, cat *catalog.Catalog) (*catalog.Table, error) {
	if len(name) == 0 {
		return nil, syntax.ErrorAt(at, "SYNTAX_ERROR", "Say which table: SHOW COLUMNS IN table")
	}
	t, err := cat.Table(s.database, name)
	var e *Error
	if errors.As(err, &e) && (e.Code == "TABLE_NOT_FOUND" || e.Code == "SCHEMA_NOT_FOUND") {
		return nil, s.noTable(cat, name)
	}
	if err != nil {
		return nil, placed(nameSpan(name), err)
	}
	return t, nil
}

// databaseOf is the database that SHOW … IN names, else the current one.
func (s *Session) databaseOf(stmt *syntax.Show, cat *catalog.Catalog) (string, error) {
	if len(stmt.From) == 0 {
		return s.database, nil
	}
	from := stmt.From[len(stmt.From)-1]
	if !cat.HasDatabase(from.Name) {
		return "", noDatabase(&from, strings.ToLower(from.Name))
	}
	return strings.ToLower(from.Name), nil
}

func (s *Session) showTables(stmt *syntax.Show, cat *catalog.Catalog, matches func(string) bool) (*Rows, error) {
	database, err := s.databaseOf(stmt, cat)
	if err != nil {
		return nil, err
	}
	rows := textRows([]string{"tab_name"}, oneColumn(cat.Names(database), matches))
	if database != catalog.Builtin && len(stmt.From) == 0 {
		rows.Notes = append(rows.Notes, "the built-in tables are in database "+catalog.Builtin+" and are found without its name: SHOW TABLES IN "+catalog.Builtin)
	}
	return rows, nil
}

func (s *Session) showViews(stmt *syntax.Show, cat *catalog.Catalog, matches func(string) bool) (*Rows, error) {
	database, err := s.databaseOf(stmt, cat)
	if err != nil {
		return nil, err
	}
	tables, err := cat.Tables(database)
	if err != nil {
		return nil, asError(err)
	}
	var names []string
	for _, t := range tables {
		if t.View != nil {
			names = append(names, t.Name)
		}
	}
	return textRows([]string{"views"}, oneColumn(names, matches)), nil
}

func oneColumn(names []string, matches func(string) bool) [][]string {
	var rows [][]string
	for _, name := range names {
		if matches(name) {
			rows = append(rows, []string{name})
		}
	}
	return rows
}

// likePattern is SHOW's LIKE: Athena takes Hive's * and | there, also as .*, Trino % and _.
func likePattern(like *syntax.StringLit) (func(string) bool, error) {
	if like == nil {
		return func(string) bool { return true }, nil
	}
	var alternatives []string
	for _, one := range strings.Split(strings.ToLower(like.Value), "|") {
		alternatives = append(alternatives, strings.ReplaceAll(strings.ReplaceAll(strings.Trim(one, "'"), ".*", "*"), "*", "%"))
	}
	return func(name string) bool {
		for _, pattern := range alternatives {
			if likeMatch(name, pattern) {
				return true
			}
		}
		return false
	}, nil
}

// likeMatch matches % against any text and everything else by itself: _ is a
// common part of names.
func likeMatch(name, pattern string) bool {
	head, rest, found := strings.Cut(pattern, "%")
	if !strings.HasPrefix(name, head) {
		return false
	}
	name = name[len(head):]
	if !found {
		return name == ""
	}
	for i := range len(name) + 1 {
		if likeMatch(name[i:], rest) {
			return true
		}
	}
	return false
}
