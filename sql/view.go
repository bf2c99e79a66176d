package sql

import (
	"context"

	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/lower"
	"logsql/sql/syntax"
)

func (s *Session) createView(ctx context.Context, stmt *syntax.CreateView, cat *catalog.Catalog) (*Rows, error) {
	t, err := s.newTable(stmt.Name, stmt.Comment)
	if err != nil {
		return nil, err
	}
	info, err := bind.Analyze(stmt.Query, cat, s.database)
	if err != nil {
		return nil, err
	}
	if r := info.Views[t.FullName()]; r != nil {
		return nil, syntax.ErrorAt(r, "VIEW_IS_RECURSIVE", "Statement would create a recursive view")
	}
	if t.Columns, err = bind.NamedColumns(stmt, stmt.Query, nil, info); err != nil {
		return nil, err
	}
	if _, err := lower.Statement(stmt.Query, info); err != nil {
		return nil, err
	}
	t.View = &catalog.View{Text: stmt.Text, Database: s.database}
	err = s.change(ctx, func(tx *catalog.Tx) error {
		if err := mayMake(tx, stmt.Name, t); err != nil {
			return err
		}
		old, err := tx.Table(t.Database, t.Name, false)
		switch {
		case err != nil:
			return err
		case old != nil && old.View == nil:
			return syntax.ErrorAt(stmt, "TABLE_ALREADY_EXISTS", "Table already exists: '%s'", t.FullName())
		case old != nil && !stmt.OrReplace:
			err := syntax.ErrorAt(stmt, "TABLE_ALREADY_EXISTS", "View already exists: '%s'", t.FullName())
			err.Hint = "CREATE OR REPLACE VIEW changes it"
			return err
		}
		return tx.PutTable(t)
	})
	return noRows(), err
}

// newTable is a table of that name that does not hold anything yet.
func (s *Session) newTable(name syntax.Name, comment *syntax.StringLit) (*catalog.Table, error) {
	at := nameSpan(name)
	database, table, err := s.target(at, name)
	if err != nil {
		return nil, err
	}
	if err := s.refuseOurs(at, database); err != nil {
		return nil, err
	}
	return &catalog.Table{
		Catalog: catalog.Name, Database: database, Name: table, Comment: textOf(comment), Comments: map[string]string{},
	}, nil
}

// mayMake refuses a table in a database that is not there.
func mayMake(tx *catalog.Tx, name syntax.Name, t *catalog.Table) error {
	have, err := tx.HasDatabase(t.Database)
	if err == nil && !have {
		return syntax.ErrorAt(nameSpan(name), "SCHEMA_NOT_FOUND", "Schema %s not found", t.Database)
	}
	return err
}
