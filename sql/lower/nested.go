package lower

import (
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// deref reads a row's field; plain paths stay paths.
func (l *lowerer) deref(x *syntax.Deref) syntax.Expr {
	row := l.info.Types[x.Base]
	base := l.expr(x.Base)
	for i, f := range row.Elems {
		if !strings.EqualFold(f.Name, x.Field.Name) {
			continue
		}
		if d, ok := base.(*syntax.Deref); ok {
			return &syntax.Deref{Base: d, Field: *ident(funcs.FieldName(row, i))}
		}
		return extract(base, funcs.FieldName(row, i))
	}
	l.failAt(x, "No field %s in %s", x.Field.Name, row)
	return base
}

func (l *lowerer) row(x *syntax.RowLit) syntax.Expr {
	t := l.info.Types[x]
	out := &syntax.StructLit{Elems: l.exprs(x.Elems)}
	for i := range x.Elems {
		out.Names = append(out.Names, funcs.FieldName(t, i))
	}
	return out
}

// subscript is an error where Trino has one: outside an array, or on a key that
// a map has not. element_at is the function that gives NULL.
func (l *lowerer) subscript(x *syntax.Subscript) syntax.Expr {
	base := l.expr(x.Base)
	t := l.info.Type(x.Base)
	switch t.Kind {
	case schema.Row:
		n, _ := strconv.Atoi(bind.Unparen(x.Index).(*syntax.NumberLit).Text)
		return extract(base, funcs.FieldName(t, n-1))
	case schema.Map:
		out, err := funcs.LowerSubscript(base, l.expr(x.Index), t)
		l.check(x, err)
		return out
	}
	return arrayElement(base, l.operand(x.Index), t.Elem())
}

func arrayElement(base, index syntax.Expr, t schema.Type) syntax.Expr {
	const code = "INVALID_FUNCTION_ARGUMENT"
	length := call("len", base)
	text := func(x syntax.Expr) syntax.Expr { return castTo(x, schema.Text) }
	join := func(x, y syntax.Expr) syntax.Expr { return &syntax.Binary{Op: "||", X: x, Y: y} }
	cmp := func(op string, x, y syntax.Expr) syntax.Expr { return &syntax.Binary{Op: op, X: x, Y: y} }
	beyond := join(join(join(str("Array subscript must be less than or equal to array length: "), text(index)), str(" > ")), text(length))
	whens := []syntax.When{
		{Cond: cmp("=", index, num(0)), Result: fail(t, code, str("SQL array indices start at 1"))},
		{Cond: cmp("<", index, num(0)), Result: fail(t, code, join(str("Array subscript is negative: "), text(index)))},
		{Cond: cmp(">", index, length), Result: fail(t, code, beyond)},
	}
	if n, ok := index.(*syntax.NumberLit); ok && n.Text != "0" {
		whens = whens[2:]
	}
	return &syntax.Case{Whens: whens, Else: &syntax.Subscript{Base: base, Index: index}}
}

// subquery is a query as a value; of several columns it is a row.
func (l *lowerer) subquery(x *syntax.Subquery) syntax.Expr {
	q := l.query(x.Query)
	outs := l.info.Outputs[x.Query]
	if len(outs) == 1 {
		return &syntax.Subquery{Query: q}
	}
	alias := l.fresh("side")
	row := &syntax.StructLit{}
	for i, o := range outs {
		row.Names = append(row.Names, funcs.FieldName(l.info.Types[x], i))
		row.Elems = append(row.Elems, column(alias, o.Ref))
	}
	sel := &syntax.Select{Items: []syntax.SelectItem{selected(row, "row")}, From: derived(q, alias)}
	return &syntax.Subquery{Query: &syntax.Query{Body: sel}}
}

func isRow(x syntax.Expr) bool {
	_, ok := bind.Unparen(x).(*syntax.RowLit)
	return ok
}

// rowsEqual compares two rows as written field by field: DuckDB's structs are
// equal where both have a NULL, which in Trino is not known.
func (l *lowerer) rowsEqual(x, y syntax.Expr) syntax.Expr {
	t := l.info.Type(x)
	xs, ys := bind.Unparen(x).(*syntax.RowLit), bind.Unparen(y).(*syntax.RowLit)
	var all syntax.Expr
	for i, f := range t.Elems {
		a := l.cast(x, l.expr(xs.Elems[i]), l.info.Type(xs.Elems[i]), f.Type)
		b := l.cast(y, l.expr(ys.Elems[i]), l.info.Type(ys.Elems[i]), f.Type)
		all = and(all, l.compare("=", a, b, f.Type))
	}
	return all
}

func and(x, y syntax.Expr) syntax.Expr {
	if x == nil {
		return y
	}
	return &syntax.Logical{Op: "AND", X: x, Y: y}
}

// inNested is IN over arrays, maps and rows: one comparison after another, for
// their NULLs' sake.
func (l *lowerer) inNested(x *syntax.In) syntax.Expr {
	t := l.info.Type(x.X)
	var any syntax.Expr
	for _, item := range x.List {
		var equal syntax.Expr
		if isRow(x.X) && isRow(item) {
			equal = l.rowsEqual(x.X, item)
		} else {
			equal = l.compare("=", l.expr(x.X), l.expr(item), t)
		}
		if any == nil {
			any = equal
		} else {
			any = &syntax.Logical{Op: "OR", X: any, Y: equal}
		}
	}
	if x.Not {
		return &syntax.Not{X: any}
	}
	return any
}
