package bind

import (
	"fmt"
	"slices"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

const badArgument = "INVALID_FUNCTION_ARGUMENT"

// A table function is called with constants, a table or names of columns: what
// it gives is known here.
type tableFunc struct {
	params []tableParam
	bind   func(b *binder, r *syntax.TableFunc, args []syntax.Expr, s *scope, rel *Relation)
}

type tableParam struct {
	name     string
	kind     string // expression, table or descriptor
	optional bool
}

// tableFuncs is filled by init, as binding an argument may meet another one.
var tableFuncs map[string]tableFunc

func init() {
	tableFuncs = map[string]tableFunc{
		"sequence": {
			params: []tableParam{{"START", "expression", true}, {"STOP", "expression", false}, {"STEP", "expression", true}},
			bind:   (*binder).sequence,
		},
		"exclude_columns": {
			params: []tableParam{{"INPUT", "table", false}, {"COLUMNS", "descriptor", false}},
			bind:   (*binder).excludeColumns,
		},
	}
}

func (b *binder) tableFunc(r *syntax.TableFunc, s *scope, hint string) []field {
	name := strings.ToLower(syntax.Print(r.Call.Name))
	f, ok := tableFuncs[strings.TrimPrefix(name, "system.builtin.")]
	if !ok {
		b.failAt(r.Call, "FUNCTION_NOT_FOUND", "Table function '%s' not registered", name)
		return nil
	}
	args := b.tableArgs(r.Call, f.params)
	rel := &Relation{Alias: b.alias(hint, "f")}
	if b.err == nil {
		f.bind(b, r, args, s, rel)
	}
	if b.err != nil {
		return nil
	}
	return b.add(r, rel)
}

// tableArgs are the arguments in the order of the parameters, nil for what is
// left out.
func (b *binder) tableArgs(c *syntax.Call, params []tableParam) []syntax.Expr {
	out := make([]syntax.Expr, len(params))
	at := syntax.Node(c)
	named := 0
	for i, a := range c.Args {
		at = c.Args[0]
		if _, ok := a.(*syntax.NamedArg); ok && i < len(params) {
			named++
		}
	}
	switch {
	case len(c.Args) > len(params):
		b.failAt(at, "INVALID_ARGUMENTS", "Too many arguments. Expected at most %d arguments, got %d arguments", len(params), len(c.Args))
		return nil
	case named > 0 && named < len(c.Args):
		b.failAt(at, "INVALID_ARGUMENTS", "All arguments must be passed by name or all must be passed positionally")
		return nil
	}
	for i, a := range c.Args {
		if n, ok := a.(*syntax.NamedArg); ok {
			name := strings.ToUpper(n.Name)
			i = slices.IndexFunc(params, func(p tableParam) bool { return p.name == name })
			switch {
			case i < 0:
				b.failAt(a, badArgument, "Unexpected argument name: %s", name)
				return nil
			case out[i] != nil:
				b.failAt(a, badArgument, "Duplicate argument name: %s", name)
				return nil
			}
			out[i] = n.Value
		} else {
			out[i] = a
		}
		if kind := tableArgKind(out[i]); kind != params[i].kind {
			b.failAt(a, badArgument, "Invalid argument %s. Expected %s, got %s", params[i].name, params[i].kind, kind)
		}
	}
	for i, p := range params {
		if out[i] == nil && !p.optional {
			b.failAt(at, "MISSING_ARGUMENT", "Missing argument: %s", p.name)
		}
	}
	return out
}

// tableArgKind tells TABLE(…), whose tree is a query's, from a query in brackets
// by where it begins.
func tableArgKind(x syntax.Expr) string {
	switch x := x.(type) {
	case *syntax.Subquery:
		if x.Table {
			return "table"
		}
	case *syntax.Call:
		if strings.EqualFold(x.Name[0].Name, "descriptor") {
			return "descriptor"
		}
	}
	return "expression"
}

// sequence is TABLE(sequence(start, stop, step)): numbers in one column.
func (b *binder) sequence(r *syntax.TableFunc, args []syntax.Expr, _ *scope, rel *Relation) {
	series := [3]int64{0, 0, 1}
	for i, name := range []string{"Start", "Stop", "Step"} {
		if args[i] != nil {
			series[i] = b.tableNumber(args[i], name)
		}
	}
	start, stop, step := series[0], series[1], series[2]
	switch {
	case b.err != nil:
	case start < stop && step <= 0:
		b.failPlain(badArgument, "Step must be positive for sequence [%d, %d]", start, stop)
	case start > stop && step >= 0:
		b.failPlain(badArgument, "Step must be negative for sequence [%d, %d]", start, stop)
	case start == stop:
		series[2] = 1
	}
	rel.Series = &series
	rel.Columns = []*Column{{Name: "sequential_number", Ref: "sequential_number", Type: schema.Of(schema.BigInt)}}
}

// failPlain is for errors that Trino's table functions have by themselves, with
// no place.
func (b *binder) failPlain(code, format string, args ...any) {
	b.fail(&syntax.Error{Code: code, Msg: fmt.Sprintf(format, args...)})
}

func (b *binder) tableNumber(x syntax.Expr, name string) int64 {
	holds := false
	syntax.Walk(x, func(n syntax.Node) bool {
		_, query := n.(*syntax.Query)
		holds = holds || query
		return true
	})
	if holds {
		b.failAt(x, "EXPRESSION_NOT_CONSTANT", "Constant expression cannot contain a subquery")
		return 0
	}
	t := b.exprs(&scope{}, "TABLE").expr(x)
	v, known := b.constant(x)
	n, whole := v.(int64)
	switch {
	case b.err != nil:
	case !t.IsInteger() && t.Kind != schema.Unknown:
		b.failAt(x, typeMismatch, "Cannot cast type %s to bigint", t)
	case known && v == nil:
		b.failPlain(badArgument, "%s is null", name)
	case !known || !whole:
		b.failAt(x, notSupported, "An argument of a table function that is not written out is not supported yet")
	}
	return n
}

// excludeColumns is a table without some of its columns.
func (b *binder) excludeColumns(r *syntax.TableFunc, args []syntax.Expr, s *scope, rel *Relation) {
	rel.Input = args[0].(*syntax.Subquery).Query
	gone := map[string]bool{}
	outs := b.query(rel.Input, s.parent)
	var missing []string
	for _, x := range args[1].(*syntax.Call).Args {
		id, ok := x.(*syntax.Ident)
		if !ok {
			b.failAt(x, "SYNTAX_ERROR", "A descriptor holds names of columns")
			return
		}
		name := strings.ToLower(id.Name)
		gone[name] = true
		if !slices.ContainsFunc(outs, func(o Output) bool { return o.Name == name }) {
			missing = append(missing, name)
		}
	}
	for _, c := range columnsOf(outs) {
		if c.Name == "" || !gone[c.Name] {
			rel.Columns = append(rel.Columns, c)
		}
	}
	switch {
	case b.err != nil:
	case missing != nil:
		b.failPlain(badArgument, "Excluded columns: [%s] not present in the table", strings.Join(missing, ", "))
	case rel.Columns == nil:
		b.failPlain(badArgument, "All columns are excluded")
	}
}
