// Package lower rewrites a bound query for DuckDB: it builds a new tree out of
// what bind learnt, in which every name is unique in the statement, every cast
// is written out and every function is one that DuckDB has. It does no I/O.
package lower

import (
	"maps"
	"strconv"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// Lower is the DuckDB text of a query, or of the query inside EXPLAIN; stmt
// must be the statement info was made of. path makes a part's path in the
// mirror one that DuckDB reads; nil leaves it as it is. The error is a
// *syntax.Error.
func Lower(stmt syntax.Statement, info *bind.Info, path func(rel string) string) (string, error) {
	t, err := Statement(stmt, info)
	if err != nil {
		return "", err
	}
	return t.Text(path), nil
}

// Tree is a lowered statement whose files are not yet named: what runs it
// depends on what is in it, and their names on what runs it.
type Tree struct {
	Query *syntax.Query
	Copy  *syntax.Copy // what writes Query's rows, nil for none
	files []file
}

// file is where a file's name stands.
type file struct {
	at      *syntax.StringLit
	rel     string
	literal bool // not to be taken for wildcards
}

// Text prints the tree. path makes a part's path in the mirror one that DuckDB
// reads; nil leaves it as it is.
func (t *Tree) Text(path func(rel string) string) string {
	for _, f := range t.files {
		f.at.Value = f.rel
		if path != nil {
			f.at.Value = path(f.rel)
		}
		if f.literal {
			f.at.Value = literalPath.Replace(f.at.Value)
		}
	}
	if t.Copy != nil {
		return syntax.PrintDuckDB(t.Copy)
	}
	return syntax.PrintDuckDB(t.Query)
}

// Statement lowers as Lower does.
func Statement(stmt syntax.Statement, info *bind.Info) (*Tree, error) {
	for {
		explain, ok := stmt.(*syntax.Explain)
		if !ok {
			break
		}
		stmt = explain.Of
	}
	q, ok := stmt.(*syntax.Query)
	if !ok {
		return nil, syntax.ErrorAt(stmt, notSupported, "This statement is not a query")
	}
	l := &lowerer{info: info, aliases: maps.Clone(info.Aliases), steps: map[*bind.CTE]string{}, apart: map[syntax.Expr]syntax.Expr{}}
	out := l.fetchable(l.query(q), info.Outputs[q])
	if l.err != nil {
		return nil, l.err
	}
	noCoalesce(out)
	l.constantTries(out)
	guard(out)
	return &Tree{Query: out, files: l.files}, nil
}

// HoldsTry reports whether there is a TRY in it.
func (t *Tree) HoldsTry() bool {
	found := false
	syntax.Walk(t.Query, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.Call); ok && c.Name[0].Name == "try" {
			found = true
		}
		return !found
	})
	return found
}

const notSupported = "NOT_SUPPORTED"

// lowerer holds what lowering one statement needs. The first error sticks, and
// what is lowered after it is thrown away.
type lowerer struct {
	info    *bind.Info
	files   []file
	aliases map[string]bool
	apart   map[syntax.Expr]syntax.Expr // subqueries in ON that were computed beside one side
	grouped []*bind.Item                // group keys of the SELECT at hand that go by their instant
	keys    []*bind.Item                // all group keys of the SELECT at hand
	here    map[*bind.Relation]bool     // what the SELECT at hand reads
	steps   map[*bind.CTE]string        // what a recursive part of WITH goes by in the step at hand
	err     error
}

func (l *lowerer) failAt(n syntax.Node, format string, args ...any) {
	if l.err == nil {
		l.err = syntax.ErrorAt(n, notSupported, format, args...)
	}
}

// check gives an error of funcs the place of n.
func (l *lowerer) check(n syntax.Node, err error) {
	if err != nil && l.err == nil {
		l.err = bind.At(n, err)
	}
}

// file is the name of a file of the mirror.
func (l *lowerer) file(rel string, literal bool) syntax.Expr {
	f := file{at: &syntax.StringLit{Value: rel}, rel: rel, literal: literal}
	l.files = append(l.files, f)
	return f.at
}

// fresh is an alias that no relation of the statement has.
func (l *lowerer) fresh(name string) string {
	free := name
	for n := 2; l.aliases[free]; n++ {
		free = name + "_" + strconv.Itoa(n)
	}
	l.aliases[free] = true
	return free
}

// Builders of nodes; nodes of lowered SQL have no places.

func ident(name string) *syntax.Ident { return &syntax.Ident{Name: name, Quoted: true} }

func column(relation, name string) syntax.Expr {
	return &syntax.Deref{Base: ident(relation), Field: *ident(name)}
}

func str(s string) syntax.Expr { return &syntax.StringLit{Value: s} }

func num(n int) syntax.Expr { return &syntax.NumberLit{Text: strconv.Itoa(n)} }

func call(name string, args ...syntax.Expr) *syntax.Call {
	return &syntax.Call{Name: syntax.Name{{Name: name}}, Args: args}
}

func castTo(x syntax.Expr, t schema.Type) syntax.Expr {
	return &syntax.Cast{X: x, Type: &syntax.TypeName{Text: funcs.DuckType(t)}}
}

func extract(x syntax.Expr, field string) syntax.Expr { return call("struct_extract", x, str(field)) }

func selected(x syntax.Expr, as string) syntax.SelectItem {
	return syntax.SelectItem{Expr: x, Alias: ident(as)}
}

// derived is (body) AS alias, in FROM.
func derived(body syntax.Body, alias string, columns ...syntax.Ident) syntax.Relation {
	q, ok := body.(*syntax.Query)
	if !ok {
		q = &syntax.Query{Body: body}
	}
	return &syntax.Aliased{Of: &syntax.SubqueryRel{Query: q}, Name: *ident(alias), Columns: columns}
}

// fail ends the query with Trino's error.
func fail(t schema.Type, code string, msg syntax.Expr) syntax.Expr {
	return castTo(call("trino_fail", str(code), msg), t)
}
