package sql

import (
	"context"
	"fmt"
	"strings"

	"logsql/convert/schema"
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
	switch strings.ToUpper(stmt.What) {
	case "DATABASES", "SCHEMAS":
		return textRows([]string{"database_name"}, oneColumn(cat.Databases(), matches)), nil
	case "TABLES":
		return s.showTables(stmt, cat, matches)
	case "COLUMNS":
		return s.describe(stmt, stmt.From, cat)
	case "FUNCTIONS":
		return textRows([]string{"function"}, oneColumn(funcs.Names(), matches)), nil
	}
	return nil, syntax.ErrorAt(stmt, "NOT_SUPPORTED", "SHOW %s is not supported yet", strings.ToUpper(stmt.What))
}

func (s *Session) showTables(stmt *syntax.Show, cat *catalog.Catalog, matches func(string) bool) (*Rows, error) {
	database := s.database
	if len(stmt.From) > 0 {
		from := stmt.From[len(stmt.From)-1]
		database = strings.ToLower(from.Name)
		if !cat.HasDatabase(database) {
			return nil, syntax.ErrorAt(&from, "SCHEMA_NOT_FOUND", "Schema '%s' does not exist", database)
		}
	}
	var names []string
	for _, t := range cat.Tables(database) {
		names = append(names, t.Name)
	}
	rows := textRows([]string{"tab_name"}, oneColumn(names, matches))
	if database != catalog.Builtin && len(stmt.From) == 0 {
		rows.Notes = append(rows.Notes, "the built-in tables are in database "+catalog.Builtin+" and are found without its name: SHOW TABLES IN "+catalog.Builtin)
	}
	return rows, nil
}

// describe lists columns: name and type, partition columns again after them, as
// Athena's DESCRIBE does.
func (s *Session) describe(at syntax.Node, name syntax.Name, cat *catalog.Catalog) (*Rows, error) {
	if len(name) == 0 {
		return nil, syntax.ErrorAt(at, "SYNTAX_ERROR", "Say which table: SHOW COLUMNS IN table")
	}
	t, err := cat.Table(s.database, name)
	if err != nil {
		return nil, err
	}
	_, isDescribe := at.(*syntax.Describe)
	var lines [][]string
	for _, c := range t.Columns {
		if isDescribe {
			lines = append(lines, []string{c.Name, c.Type.Hive(), partitionNote(t, c)})
		} else {
			lines = append(lines, []string{c.Name})
		}
	}
	if isDescribe {
		return textRows([]string{"col_name", "data_type", "comment"}, lines), nil
	}
	return textRows([]string{"field"}, lines), nil
}

func partitionNote(t *catalog.Table, c schema.Column) string {
	if t.PartitionIndex(c.Name) >= 0 {
		return "partition column"
	}
	return ""
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
func (s *Session) explain(_ context.Context, stmt *syntax.Explain, cat *catalog.Catalog) (*Rows, error) {
	q, ok := stmt.Of.(*syntax.Query)
	if !ok || stmt.Analyze {
		return nil, syntax.ErrorAt(stmt, "NOT_SUPPORTED", "EXPLAIN is supported for queries, without ANALYZE")
	}
	info, err := bind.Bind(q, cat, s.database)
	if err != nil {
		return nil, err
	}
	text, err := lower.Lower(q, info, nil)
	if err != nil {
		return nil, err
	}
	lines := [][]string{}
	for _, scan := range info.Scans {
		lines = append(lines, []string{fmt.Sprintf("table %s: %d of %d parts", scan.Table.FullName(), len(scan.Parts), len(scan.Table.Parts))})
	}
	for _, line := range strings.Split(text, "\n") {
		lines = append(lines, []string{line})
	}
	return textRows([]string{"query plan"}, lines), nil
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
