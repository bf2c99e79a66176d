package sql

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/funcs"
	"logsql/sql/lower"
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

func (s *Session) show(stmt *syntax.Show, cat *catalog.Catalog) (*Rows, error) {
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
	return show(stmt, t)
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
	if errors.As(err, &e) && e.Code == "TABLE_NOT_FOUND" {
		missing := noTable(nameSpan(name), name)
		missing.Hint = e.Hint
		return nil, missing
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

// likePattern is SHOW's LIKE: Athena takes Hive's * and | there, Trino % and _.
func likePattern(like *syntax.StringLit) (func(string) bool, error) {
	if like == nil {
		return func(string) bool { return true }, nil
	}
	var alternatives []string
	for _, one := range strings.Split(strings.ToLower(like.Value), "|") {
		alternatives = append(alternatives, strings.ReplaceAll(strings.Trim(one, "'"), "*", "%"))
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

// explain shows the SQL that DuckDB gets and the parts it will read.
func (s *Session) explain(ctx context.Context, stmt *syntax.Explain, cat *catalog.Catalog) (*Rows, error) {
	q, ok := stmt.Of.(*syntax.Query)
	if !ok || stmt.Analyze {
		return nil, syntax.ErrorAt(stmt, "NOT_SUPPORTED", "EXPLAIN is supported for queries, without ANALYZE")
	}
	info, err := bind.Bind(q, cat, s.database)
	if err != nil {
		return nil, err
	}
	notes, err := s.locate(ctx, info)
	if err != nil {
		return nil, err
	}
	text, err := lower.Lower(q, info, nil)
	if err != nil {
		return nil, err
	}
	lines := [][]string{}
	for _, scan := range info.Scans {
		lines = append(lines, []string{"table " + scan.Table.FullName() + ": " + readOf(scan)})
	}
	for _, line := range strings.Split(text, "\n") {
		lines = append(lines, []string{line})
	}
	rows := textRows([]string{"query plan"}, lines)
	rows.Notes = notes
	return rows, nil
}

// readOf says how much of a table is read.
func readOf(scan *bind.Scan) string {
	e := scan.Table.External
	if e == nil {
		return fmt.Sprintf("%d of %d parts", len(scan.Parts), len(scan.Table.Parts))
	}
	var bytes int64
	for _, f := range scan.Files {
		bytes += f.Size
	}
	of := fmt.Sprintf("%d files, %d bytes", len(scan.Files), bytes)
	switch {
	case len(scan.Table.Partition) == 0:
		return of
	case e.Projection != nil:
		return fmt.Sprintf("%s of %d projected partitions", of, len(scan.Partitions))
	}
	return fmt.Sprintf("%s of %d of %d partitions", of, len(scan.Partitions), len(e.Partitions))
}

// execute runs a prepared statement; only a query takes parameters.
func (s *Session) execute(ctx context.Context, stmt *syntax.Execute, cat *catalog.Catalog) (*Rows, error) {
	p, err := s.lookupPrepared(&stmt.Name)
	if err != nil {
		return nil, err
	}
	wanted := 0
	syntax.Walk(p.Of, func(n syntax.Node) bool {
		if _, ok := n.(*syntax.Param); ok {
			wanted++
		}
		return true
	})
	if wanted != len(stmt.Using) {
		return nil, syntax.ErrorAt(stmt, "INVALID_PARAMETER_USAGE", "Incorrect number of parameters: expected %d but found %d", wanted, len(stmt.Using))
	}
	if q, ok := p.Of.(*syntax.Query); ok {
		return s.query(ctx, q, cat, stmt.Using...)
	}
	return s.Query(ctx, p.Of)
}

func (s *Session) deallocate(stmt *syntax.Deallocate) (*Rows, error) {
	if _, err := s.lookupPrepared(&stmt.Name); err != nil {
		return nil, err
	}
	delete(s.prepared, strings.ToLower(stmt.Name.Name))
	return noRows(), nil
}

func (s *Session) lookupPrepared(name *syntax.Ident) (*syntax.Prepare, error) {
	p, ok := s.prepared[strings.ToLower(name.Name)]
	if !ok {
		return nil, syntax.ErrorAt(name, "NOT_FOUND", "Prepared statement not found: %s", name.Name)
	}
	return p, nil
}
