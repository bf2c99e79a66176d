package sql

import (
	"context"
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// execute runs a prepared statement, or the text of EXECUTE IMMEDIATE; only a
// query takes parameters.
func (s *Session) execute(ctx context.Context, stmt *syntax.Execute, cat *catalog.Catalog) (*Rows, error) {
	of, err := s.executed(stmt)
	if err != nil {
		return nil, err
	}
	if wanted := len(params(of)); wanted != len(stmt.Using) {
		return nil, syntax.ErrorAt(stmt, "INVALID_PARAMETER_USAGE", "Incorrect number of parameters: expected %d but found %d", wanted, len(stmt.Using))
	}
	switch of := of.(type) {
	case *syntax.Query:
		return s.query(ctx, of, cat, stmt.Using...)
	case *syntax.CreateTableAs:
		return s.createTableAs(ctx, of, cat, stmt.Using...)
	case *syntax.Insert:
		return s.insert(ctx, of, cat, stmt.Using...)
	case *syntax.Unload:
		return s.unload(ctx, of, cat, stmt.Using...)
	}
	return s.Query(ctx, of)
}

func (s *Session) executed(stmt *syntax.Execute) (syntax.Statement, error) {
	if stmt.Text != nil {
		return immediate(stmt)
	}
	p, err := s.lookupPrepared(&stmt.Name)
	if err != nil {
		return nil, err
	}
	return p.Of, nil
}

// immediate parses the text of EXECUTE IMMEDIATE behind as much blank as stands
// before it, so that errors have their place in the whole statement.
func immediate(stmt *syntax.Execute) (syntax.Statement, error) {
	at := stmt.Text.From
	lines := at.Line - 1
	blank := strings.Repeat(" ", max(0, at.Offset+1-at.Col-lines)) + strings.Repeat("\n", lines) + strings.Repeat(" ", at.Col)
	list, err := syntax.Parse(blank + stmt.Text.Value)
	switch {
	case err != nil:
		return nil, err
	case len(list) != 1:
		return nil, syntax.ErrorAt(stmt.Text, "SYNTAX_ERROR", "EXECUTE IMMEDIATE takes one statement")
	}
	switch list[0].(type) {
	case *syntax.Prepare, *syntax.Execute, *syntax.Deallocate:
		return nil, syntax.ErrorAt(stmt.Text, "NOT_SUPPORTED", "Invalid statement type for EXECUTE IMMEDIATE")
	}
	return list[0], nil
}

// params are the ? of a statement, in order.
func params(stmt syntax.Statement) []*syntax.Param {
	var found []*syntax.Param
	syntax.Walk(stmt, func(n syntax.Node) bool {
		if p, ok := n.(*syntax.Param); ok {
			found = append(found, p)
		}
		return true
	})
	return found
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

// describePrepared lists the columns of a prepared query, or its parameters
// with the types that their places ask for.
func (s *Session) describePrepared(stmt *syntax.DescribePrepared, cat *catalog.Catalog) (*Rows, error) {
	p, err := s.lookupPrepared(&stmt.Name)
	if err != nil {
		return nil, err
	}
	wanted := params(p.Of)
	nulls := make([]syntax.Expr, len(wanted))
	for i := range nulls {
		nulls[i] = &syntax.NullLit{}
	}
	info := &bind.Info{}
	if q, ok := p.Of.(*syntax.Query); ok {
		if info, err = bind.Analyze(q, cat, s.database, nulls...); err != nil {
			return nil, err
		}
	}
	var lines [][]string
	if stmt.What == "INPUT" {
		for i, param := range wanted {
			lines = append(lines, []string{strconv.Itoa(i), info.Type(param).String()})
		}
		return textRows([]string{"Position", "Type"}, lines), nil
	}
	for _, c := range info.Output {
		lines = append(lines, []string{c.Name, "", "", "", c.Type.String(), typeSize(c.Type), "false"})
	}
	return textRows([]string{"Column Name", "Catalog", "Schema", "Table", "Type", "Type Size", "Aliased"}, lines), nil
}

// typeSize is the bytes of a value of a type that always has as many, else 0.
func typeSize(t schema.Type) string {
	switch t.Kind {
	case schema.Boolean, schema.TinyInt:
		return "1"
	case schema.SmallInt:
		return "2"
	case schema.Integer, schema.Real, schema.Date:
		return "4"
	case schema.BigInt, schema.Double, schema.Timestamp:
		return "8"
	}
	return "0"
}
