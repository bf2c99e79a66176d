package lower

import (
	"strconv"
	"strings"

	"logsql/sql/bind"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// outsideTry are the parts of TRY's argument that are computed before it, where
// there is one that DuckDB takes in no TRY: an aggregate, a window function, a
// query. Trino computes these outside too, and their errors go through.
func (l *lowerer) outsideTry(arg syntax.Expr) []syntax.Expr {
	parts, needed := l.parts(arg)
	if !needed {
		return nil
	}
	return parts
}

// outsideLambda are the parts of a call's arguments where one is a lambda that
// reads a column of a query around, which DuckDB looks for in the lambda's own.
func (l *lowerer) outsideLambda(args []syntax.Expr) []syntax.Expr {
	var all []syntax.Expr
	needed := false
	for _, a := range args {
		parts, _ := l.parts(a)
		all = append(all, parts...)
		if f, ok := a.(*syntax.Lambda); ok {
			read, _ := l.parts(f.Body)
			for _, x := range read {
				c := l.info.Columns[x]
				needed = needed || c != nil && c.Item == nil && l.apart[x] == nil && !isOf(c, l.here)
			}
		}
	}
	if !needed {
		return nil
	}
	return all
}

// parts are the columns, group keys, aggregates, window functions and queries
// that arg is made of, and whether there is one of the last three.
func (l *lowerer) parts(arg syntax.Expr) (parts []syntax.Expr, computed bool) {
	syntax.Walk(arg, func(n syntax.Node) bool {
		x, ok := n.(syntax.Expr)
		switch {
		case !ok:
			return true
		case l.isComputed(x):
			computed = true
		case l.isKey(x):
		case l.info.Columns[x] == nil || l.info.Columns[x].Lambda:
			return true
		}
		parts = append(parts, x)
		return false
	})
	return parts, computed
}

// isComputed reports whether x is an aggregate, a window function or a query.
func (l *lowerer) isComputed(x syntax.Expr) bool {
	if c := l.info.Calls[x]; c != nil {
		node, ok := x.(*syntax.Call)
		return ok && (c.Func == nil || c.Func.Kind == funcs.Aggregate || node.Over != nil)
	}
	switch x := x.(type) {
	case *syntax.In:
		return x.Query != nil
	case *syntax.Exists, *syntax.Quantified, *syntax.Subquery:
		return true
	}
	return false
}

func (l *lowerer) isKey(x syntax.Expr) bool {
	for _, k := range l.keys {
		if l.info.SameItem(k, x) {
			return true
		}
	}
	return false
}

// beside is an expression in a lambda over one row of its parts. All columns are
// among them, as DuckDB finds no group key in a lambda.
func (l *lowerer) beside(parts []syntax.Expr, build func() syntax.Expr) syntax.Expr {
	row := &syntax.StructLit{}
	for i, x := range parts {
		row.Names = append(row.Names, "p"+strconv.Itoa(i+1))
		row.Elems = append(row.Elems, l.uncast(x))
	}
	name := l.fresh("parts")
	for i, x := range parts {
		l.apart[x] = extract(ident(name), row.Names[i])
	}
	grouped := l.grouped
	l.grouped = nil
	body := build()
	l.grouped = grouped
	for _, x := range parts {
		delete(l.apart, x)
	}
	fn := &syntax.Lambda{Params: []syntax.Ident{*ident(name)}, Body: body}
	return &syntax.Subscript{Base: call("list_transform", &syntax.ArrayLit{Elems: []syntax.Expr{row}}, fn), Index: num(1)}
}

// keysOf are the group keys of a SELECT.
func keysOf(info *bind.Select) []*bind.Item {
	var keys []*bind.Item
	for _, g := range info.Groups {
		for _, set := range g.Sets {
			keys = append(keys, set...)
		}
	}
	return keys
}

// constantTries keeps DuckDB from computing a TRY that reads no column when it
// plans, where errors are dropped: those that TRY lets through must be met later.
func (l *lowerer) constantTries(q *syntax.Query) {
	syntax.Walk(q, func(n syntax.Node) bool {
		c, ok := n.(*syntax.Call)
		switch {
		case !ok:
			_, lambda := n.(*syntax.Lambda)
			return !lambda // in which DuckDB takes no queries
		case c.Name[0].Name != "try":
			return true
		case holds(c.Args[0], isDeref) || holds(c.Args[0], isQuery) || !holds(c.Args[0], passesTry):
			return false
		}
		name := l.fresh("one")
		one := &syntax.Query{Body: &syntax.Select{Items: []syntax.SelectItem{selected(num(1), name)}}}
		later := &syntax.Case{Whens: []syntax.When{{Cond: &syntax.Binary{Op: "=", X: ident(name), Y: num(1)}, Result: c.Args[0]}}}
		fn := &syntax.Lambda{Params: []syntax.Ident{*ident(name)}, Body: call("try", later)}
		each := call("list_transform", &syntax.ArrayLit{Elems: []syntax.Expr{&syntax.Subquery{Query: one}}}, fn)
		*c = *call("list_extract", each, num(1))
		return false
	})
}

// noCoalesce takes coalesce out of DuckDB's TRY: where a row fails DuckDB 1.5
// goes on row by row, and coalesce of something that is CASE or coalesce itself
// then reads and writes memory that is not its own. What is tested is computed
// twice.
func noCoalesce(q *syntax.Query) {
	syntax.Walk(q, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.Call); !ok || c.Name[0].Name != "try" {
			return true
		}
		syntax.Walk(n, func(n syntax.Node) bool {
			if c, ok := n.(*syntax.Call); ok && c.Name[0].Name == "coalesce" && len(c.Args) > 1 {
				*c = *firstThatIs(c.Args)
			}
			return true
		})
		return false
	})
}

func firstThatIs(xs []syntax.Expr) *syntax.Call {
	var rest syntax.Expr = xs[len(xs)-1]
	if len(xs) > 2 {
		rest = firstThatIs(xs[1:])
	}
	return call("if", &syntax.IsNull{X: xs[0], Not: true}, xs[0], rest)
}

// passesTry reports whether n is a call with errors that TRY lets through.
func passesTry(n syntax.Node) bool {
	c, ok := n.(*syntax.Call)
	if !ok {
		return false
	}
	if code, ok := first(c.Args).(*syntax.StringLit); ok && c.Name[0].Name == "trino_fail" {
		return code.Value == notSupported
	}
	return strings.HasPrefix(c.Name[0].Name, "trino_json_") && isGoCall(c)
}

func first(xs []syntax.Expr) syntax.Expr {
	if len(xs) == 0 {
		return nil
	}
	return xs[0]
}

func isDeref(n syntax.Node) bool {
	_, ok := n.(*syntax.Deref)
	return ok
}
