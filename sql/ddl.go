package sql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// Errors of statements that change the catalog are worded as Hive's, which
// runs them on Athena: FAILED: SemanticException …

func failed(n syntax.Node, format string, args ...any) *Error {
	return &Error{Code: syntax.Hive, From: n.Pos(), To: n.End(), Msg: fmt.Sprintf(format, args...)}
}

// failedTask is an error that Hive found only when it ran the statement.
func failedTask(n syntax.Node, format string, args ...any) *Error {
	return failed(n, "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "+format, args...)
}

// target is the database and name that a statement's name means, lower case.
func (s *Session) target(n syntax.Node, name syntax.Name) (database, table string, err error) {
	database, table = s.database, strings.ToLower(name[len(name)-1].Name)
	if len(name) > 1 {
		database = strings.ToLower(name[len(name)-2].Name)
	}
	if len(name) > 3 || len(name) == 3 && !strings.EqualFold(name[0].Name, catalog.Name) {
		return "", "", syntax.ErrorAt(n, "CATALOG_NOT_FOUND", "Catalog '%s' not found", strings.ToLower(name[0].Name))
	}
	return database, table, nil
}

// ours are the databases in which nothing can be made or changed.
var ours = []string{catalog.Builtin, catalog.InfoName}

func (s *Session) refuseOurs(n syntax.Node, database string) error {
	if !slices.Contains(ours, database) {
		return nil
	}
	err := syntax.ErrorAt(n, "PERMISSION_DENIED", "Database %s is built in and cannot be changed", database)
	err.Hint = "a table of the same name in another database comes before a built-in one"
	return err
}

// lastIdent is a name's own part.
func lastIdent(name syntax.Name) *syntax.Ident { return &name[len(name)-1] }

func (s *Session) createDatabase(ctx context.Context, stmt *syntax.CreateDatabase) (*Rows, error) {
	at := lastIdent(stmt.Name)
	d := catalog.Database{Name: strings.ToLower(at.Name), Comment: textOf(stmt.Comment), Location: textOf(stmt.Location), Properties: propertyMap(stmt.Properties)}
	err := s.change(ctx, func(tx *catalog.Tx) error {
		have, err := tx.HasDatabase(d.Name)
		switch {
		case err != nil:
			return err
		case have && stmt.IfNotExists:
			return nil
		case have:
			return failedTask(at, "Database %s already exists", d.Name)
		}
		return tx.PutDatabase(d)
	})
	return noRows(), err
}

func (s *Session) alterDatabase(ctx context.Context, stmt *syntax.AlterDatabase) (*Rows, error) {
	at := lastIdent(stmt.Name)
	name := strings.ToLower(at.Name)
	err := s.change(ctx, func(tx *catalog.Tx) error {
		if err := s.refuseOurs(at, name); err != nil {
			return err
		}
		have, err := tx.HasDatabase(name)
		if err != nil {
			return err
		}
		if !have {
			return noDatabase(at, name)
		}
		d, _, err := tx.Database(name)
		if err != nil {
			return err
		}
		d.Name, d.Properties = name, merged(d.Properties, propertyMap(stmt.Properties))
		return tx.PutDatabase(d)
	})
	return noRows(), err
}

func noDatabase(n syntax.Node, name string) *Error {
	return failed(n, "SemanticException [Error 10072]: Database does not exist: %s", name)
}

// noTable is the error of a statement about a table that is not there; the hint
// is that of a query on it, or that the table is built in.
func (s *Session) noTable(cat *catalog.Catalog, name syntax.Name) *Error {
	err := failed(nameSpan(name), "SemanticException [Error 10001]: Table not found %s", strings.ToLower(dotted(name)))
	if _, missing := cat.Table(s.database, name); missing == nil {
		err.Hint = lastIdent(name).Name + " is built in: it needs no DDL, and its partitions are always known"
	} else if e, ok := missing.(*Error); ok {
		err.Hint = e.Hint
	}
	return err
}

func dotted(name syntax.Name) string {
	parts := make([]string, len(name))
	for i, p := range name {
		parts[i] = p.Name
	}
	return strings.Join(parts, ".")
}

func (s *Session) drop(ctx context.Context, stmt *syntax.Drop, cat *catalog.Catalog) (*Rows, error) {
	if stmt.What == "DATABASE" {
		return noRows(), s.dropDatabase(ctx, stmt)
	}
	at := nameSpan(stmt.Name)
	database, name, err := s.target(at, stmt.Name)
	if err != nil {
		return nil, err
	}
	err = s.change(ctx, func(tx *catalog.Tx) error {
		t, err := tx.Table(database, name, false)
		switch {
		case err != nil:
			return err
		case t == nil && stmt.IfExists:
			return nil
		case t == nil:
			return s.noTable(cat, stmt.Name)
		case t.View != nil && stmt.What == "TABLE":
			return failed(at, "SemanticException [Error 10110]: Cannot drop a view with DROP TABLE; use DROP VIEW %s", name)
		case t.View == nil && stmt.What == "VIEW":
			return failed(at, "SemanticException [Error 10111]: Cannot drop a base table with DROP VIEW; use DROP TABLE %s", name)
		}
		return tx.DropTable(database, name)
	})
	return noRows(), err
}

func (s *Session) dropDatabase(ctx context.Context, stmt *syntax.Drop) error {
	at := lastIdent(stmt.Name)
	name := strings.ToLower(at.Name)
	return s.change(ctx, func(tx *catalog.Tx) error {
		if name == catalog.Default {
			return failedTask(at, "MetaException(message:Can not drop default database)")
		}
		if err := s.refuseOurs(at, name); err != nil {
			return err
		}
		have, err := tx.HasDatabase(name)
		switch {
		case err != nil:
			return err
		case !have && stmt.IfExists:
			return nil
		case !have:
			return noDatabase(at, name)
		}
		if n, err := tx.TablesIn(name); err != nil {
			return err
		} else if n > 0 && !stmt.Cascade {
			err := failedTask(at, "InvalidOperationException(message:Database %s is not empty. One or more tables exist.)", name)
			err.Hint = "DROP DATABASE " + name + " CASCADE drops its tables too; what is mirrored stays"
			return err
		}
		return tx.DropDatabase(name)
	})
}

// nameSpan is a name as one node.
func nameSpan(name syntax.Name) syntax.Node {
	return &syntax.Ident{Span: syntax.Span{From: name[0].Pos(), To: name[len(name)-1].End()}}
}

func textOf(s *syntax.StringLit) string {
	if s == nil {
		return ""
	}
	return s.Value
}

func propertyMap(list []syntax.Property) map[string]string {
	m := map[string]string{}
	for _, p := range list {
		m[p.Key.Value] = p.Value.Value
	}
	return m
}

func merged(have, more map[string]string) map[string]string {
	if have == nil {
		have = map[string]string{}
	}
	for k, v := range more {
		have[k] = v
	}
	return have
}
