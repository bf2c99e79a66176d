package bind

import (
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// Bind resolves a query, or the query inside EXPLAIN, against the catalog;
// unqualified tables are looked for in database first. The error is a
// *syntax.Error with Trino's code, words and place. Statements that are no
// queries are the session's business and NOT_SUPPORTED here. params are what
// the ? of the statement stand for.
func Bind(stmt syntax.Statement, cat *catalog.Catalog, database string, params ...syntax.Expr) (*Info, error) {
	b, err := analyze(stmt, cat, database, params)
	if err != nil {
		return nil, err
	}
	if b.prune(); b.err != nil {
		return nil, b.err
	}
	b.countReads()
	return b.info, nil
}

// Analyze is Bind for a query that is not to run now, such as a view's: it
// chooses no partitions, which an injected column has none of by itself.
func Analyze(stmt syntax.Statement, cat *catalog.Catalog, database string, params ...syntax.Expr) (*Info, error) {
	b, err := analyze(stmt, cat, database, params)
	if err != nil {
		return nil, err
	}
	return b.info, nil
}

func analyze(stmt syntax.Statement, cat *catalog.Catalog, database string, params []syntax.Expr) (*binder, error) {
	b := &binder{info: newInfo(), cat: cat, database: database, params: params, ctes: map[string]bool{}, views: map[string]bool{}}
	b.info.Now = cat.Now
	switch s := stmt.(type) {
	case *syntax.Query:
		b.statement(s)
	case *syntax.Explain:
		if s.Analyze {
			return nil, syntax.ErrorAt(s, notSupported, "EXPLAIN ANALYZE is not supported yet")
		}
		return analyze(s.Of, cat, database, params)
	case *syntax.Unsupported:
		return nil, syntax.ErrorAt(s, notSupported, "%s is not supported yet", s.Name)
	default:
		return nil, syntax.ErrorAt(stmt, notSupported, "This statement is not a query")
	}
	if b.err != nil {
		return nil, b.err
	}
	return b, nil
}

// Trino's codes for what bind finds.
const (
	notSupported  = "NOT_SUPPORTED"
	typeMismatch  = "TYPE_MISMATCH"
	noColumn      = "COLUMN_NOT_FOUND"
	noFunction    = "FUNCTION_NOT_FOUND"
	ambiguous     = "AMBIGUOUS_NAME"
	badColumnRef  = "INVALID_COLUMN_REFERENCE"
	notScalar     = "EXPRESSION_NOT_SCALAR"
	notAggregate  = "EXPRESSION_NOT_AGGREGATE"
	notInDistinct = "EXPRESSION_NOT_IN_DISTINCT"
)

// binder holds what binding one statement needs. The first error sticks: what
// is bound after it has the unknown type, which nothing complains about, so no
// method returns an error.
type binder struct {
	within   *CTE // the WITH part that is being bound
	info     *Info
	cat      *catalog.Catalog
	database string
	params   []syntax.Expr
	ctes     map[string]bool // names of WITH parts taken in lowered SQL
	views    map[string]bool // the views, by full name, inside whose queries it is
	viewAt   *syntax.Table   // the outermost of them
	depth    int
	err      error
}

func (b *binder) fail(err *syntax.Error) {
	if b.err == nil {
		b.err = err
	}
}

// failAt reports an error about n; one about an operator or a predicate stands,
// as Trino's do, at its sign or word.
func (b *binder) failAt(n syntax.Node, code, format string, args ...any) {
	b.fail(syntax.ErrorAt(operatorAt(n), code, format, args...))
}

func (b *binder) failWith(n syntax.Node, err error) {
	if b.err == nil {
		b.err = At(n, err)
	}
}

// withHint adds a hint to an error that has none.
func withHint(err error, hint string) error {
	if e, ok := err.(*syntax.Error); ok && e.Hint == "" {
		hinted := *e
		hinted.Hint = hint
		return &hinted
	}
	return err
}

// At gives an error of a package that knows no places the place of n. A bad
// argument is one that Trino finds as the statement runs, and names no place of.
func At(n syntax.Node, err error) error {
	if e, ok := err.(*syntax.Error); ok && !e.From.IsValid() && n != nil {
		placed := *e
		placed.From, placed.To = n.Pos(), n.End()
		placed.Placeless = e.Code == "INVALID_FUNCTION_ARGUMENT"
		return &placed
	}
	return err
}

func (b *binder) statement(q *syntax.Query) {
	for _, out := range b.query(q, nil) {
		name := out.Name
		if name == "" {
			name = "_col" + strconv.Itoa(len(b.info.Output))
		}
		b.info.Output = append(b.info.Output, schema.Column{Name: name, Type: out.Type})
	}
}

// reserved are the names no alias may take: DuckDB would read alias.column.field
// as schema.table.column.
func reserved() map[string]bool {
	return map[string]bool{"main": true, "temp": true, "system": true, "memory": true, "pg_catalog": true, "information_schema": true}
}

// unique makes an alias out of the user's name that no other relation or
// lambda of the statement has, so that lowered SQL needs no scopes.
func (b *binder) unique(hint string) string {
	hint = strings.ToLower(hint)
	return freeName(hint, b.info.Aliases)
}

func freeName(name string, taken map[string]bool) string {
	free := name
	for n := 2; taken[free]; n++ {
		free = name + "_" + strconv.Itoa(n)
	}
	taken[free] = true
	return free
}

// outputs gives each column its unique name in lowered SQL.
func outputs(outs []Output) []Output {
	taken := map[string]bool{}
	for i := range outs {
		name := outs[i].Name
		if name == "" {
			name = "_col" + strconv.Itoa(i)
		}
		outs[i].Ref = freeName(name, taken)
	}
	return outs
}
