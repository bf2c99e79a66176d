package lower

import (
	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

func (l *lowerer) values(v *syntax.Values) syntax.Body {
	rows := &syntax.Values{}
	outs := l.info.Outputs[v]
	for _, row := range v.Rows {
		rows.Rows = append(rows.Rows, &syntax.RowLit{Elems: l.cells(row, len(outs))})
	}
	var names []syntax.Ident
	for _, o := range outs {
		names = append(names, *ident(o.Ref))
	}
	return &syntax.Select{
		Items: []syntax.SelectItem{{Star: true}},
		From:  derived(rows, l.fresh("v"), names...),
	}
}

// cells is a row of VALUES; one that is not written out is taken apart.
func (l *lowerer) cells(row syntax.Expr, n int) []syntax.Expr {
	t := l.info.Type(row)
	if isRow(row) || t.Kind != schema.Row {
		return l.exprs(bind.Cells(row))
	}
	return l.fields(row)
}

// fields is a row's fields as expressions of their own, cast to what the row is.
func (l *lowerer) fields(row syntax.Expr) []syntax.Expr {
	t := l.info.Type(row)
	out := make([]syntax.Expr, len(t.Elems))
	if lit, ok := bind.Unparen(row).(*syntax.RowLit); ok {
		for i, x := range lit.Elems {
			out[i] = l.cast(row, l.expr(x), l.info.Type(x), t.Elems[i].Type)
		}
		return out
	}
	whole := l.expr(row)
	for i := range out {
		out[i] = extract(whole, funcs.FieldName(t, i))
	}
	return out
}

// inQuery is IN over a query. A row of one field goes by that field; for longer
// ones NULLs are values like others, in Trino as in DuckDB.
func (l *lowerer) inQuery(x *syntax.In) syntax.Expr {
	return &syntax.In{Not: x.Not, X: l.rowKey(x.X), Query: l.keyQuery(x.X, x.Query, false)}
}

// quantified is a comparison with a query. Trino orders no rows with NULLs in
// them, and takes = ALL and <> ANY for questions of order.
func (l *lowerer) quantified(x *syntax.Quantified) syntax.Expr {
	all := x.Quantifier == "ALL"
	ordered := x.Op != "=" && x.Op != "<>" || (x.Op == "=") == all
	return &syntax.Quantified{Op: x.Op, Quantifier: x.Quantifier, X: l.rowKey(x.X), Query: l.keyQuery(x.X, x.Query, ordered)}
}

func (l *lowerer) rowKey(x syntax.Expr) syntax.Expr {
	t := l.info.Type(x)
	if t.Kind == schema.Row && len(t.Elems) == 1 {
		return funcs.Comparable(l.fields(x)[0], t.Elems[0].Type)
	}
	return l.key(x)
}

// keyQuery is the query that x is compared with as one column of x's type.
func (l *lowerer) keyQuery(x syntax.Expr, q *syntax.Query, ordered bool) *syntax.Query {
	out := l.query(q)
	have := l.info.Outputs[q]
	t := l.info.Type(x)
	if t.Kind != schema.Row {
		if sameInDuck(have[0].Type, t) && !funcs.Keyed(t) {
			return out
		}
		t = schema.RowOf(schema.Field{Type: t})
	}
	alias := l.fresh("side")
	row := &syntax.StructLit{}
	var unordered syntax.Expr
	for i, o := range have {
		value := l.cast(q, column(alias, o.Ref), o.Type, t.Elems[i].Type)
		row.Names = append(row.Names, funcs.FieldName(t, i))
		row.Elems = append(row.Elems, value)
		unordered = or(unordered, &syntax.IsNull{X: value})
	}
	key := funcs.Comparable(row.Elems[0], t.Elems[0].Type)
	if len(have) > 1 {
		key = funcs.Comparable(row, t)
	}
	if len(have) > 1 && ordered {
		failed := fail(t, notSupported, str("ROW comparison not supported for fields with null elements"))
		key = &syntax.Case{Whens: []syntax.When{{Cond: unordered, Result: failed}}, Else: key}
	}
	return &syntax.Query{Body: &syntax.Select{Items: []syntax.SelectItem{selected(key, have[0].Ref)}, From: derived(out, alias)}}
}

func or(x, y syntax.Expr) syntax.Expr {
	if x == nil {
		return y
	}
	return &syntax.Logical{Op: "OR", X: x, Y: y}
}

// ties is a query with FETCH FIRST … WITH TIES: rows are ranked by its ORDER BY,
// after OFFSET, and those kept whose rank is within the count.
func (l *lowerer) ties(q *syntax.Query, info *bind.Query) *syntax.Query {
	alias, ranked, rank := l.fresh("rows"), l.fresh("ranked"), l.fresh("rank")
	keys := l.tieKeys(q, info, alias)
	inner := &syntax.Query{With: q.With, Body: q.Body}
	if q.Offset != nil {
		inner.OrderBy, inner.Offset = q.OrderBy, q.Offset
	}
	place := call("rank")
	place.Over = &syntax.Window{Bracketed: true, OrderBy: keys}
	rows := &syntax.Select{
		Items: []syntax.SelectItem{{Star: true}, selected(place, rank)},
		From:  derived(inner, alias),
	}
	out := &syntax.Select{From: derived(rows, ranked)}
	out.Where = &syntax.Binary{Op: "<=", X: column(ranked, rank), Y: q.Limit}
	for _, o := range info.Outputs {
		out.Items = append(out.Items, selected(column(ranked, o.Ref), o.Ref))
	}
	return &syntax.Query{Body: out, OrderBy: []syntax.SortItem{{Expr: column(ranked, rank), Nulls: "LAST"}}}
}

// tieKeys are the sort keys as columns of the rows they sort: those that are not
// selected are added to the select list.
func (l *lowerer) tieKeys(q *syntax.Query, info *bind.Query, alias string) []syntax.SortItem {
	sel, plain := q.Body.(*syntax.Select)
	plain = plain && !sel.Distinct
	var keys []syntax.SortItem
	for i, item := range q.OrderBy {
		key := item
		n, isOrdinal := item.Expr.(*syntax.NumberLit)
		switch {
		case isOrdinal:
			for place, o := range info.Outputs {
				if n.Text == num(place+1).(*syntax.NumberLit).Text {
					key.Expr = column(alias, o.Ref)
				}
			}
		case plain:
			name := l.fresh("key")
			sel.Items = append(sel.Items, selected(item.Expr, name))
			key.Expr = column(alias, name)
			q.OrderBy[i].Expr = num(len(sel.Items))
		default:
			l.failAt(nil, "FETCH FIRST … WITH TIES sorted by an expression of a set operation is not supported yet")
		}
		keys = append(keys, key)
	}
	return keys
}

// distinctSets are the grouping sets of GROUP BY DISTINCT, each once.
func (l *lowerer) distinctSets(sel *syntax.Select, info *bind.Select) *syntax.GroupBy {
	sets := [][]*bind.Item{{}}
	for _, g := range info.Groups {
		var product [][]*bind.Item
		for _, left := range sets {
			for _, right := range setsOf(g) {
				product = append(product, append(left[:len(left):len(left)], right...))
			}
		}
		sets = product
	}
	el := syntax.GroupElement{Kind: "GROUPING SETS"}
	var seen [][]*bind.Item
	for _, set := range sets {
		set = l.uniqueItems(set)
		known := false
		for _, s := range seen {
			known = known || len(s) == len(set) && len(l.uniqueItems(append(s[:len(s):len(s)], set...))) == len(s)
		}
		if known {
			continue
		}
		seen = append(seen, set)
		keys := []syntax.Expr{}
		for _, it := range set {
			keys = append(keys, l.groupKey(sel, it))
		}
		el.Sets = append(el.Sets, keys)
	}
	return &syntax.GroupBy{Elements: []syntax.GroupElement{el}}
}

func (l *lowerer) uniqueItems(items []*bind.Item) []*bind.Item {
	var unique []*bind.Item
	for _, it := range items {
		known := false
		for _, u := range unique {
			known = known || l.info.SameItems(u, it)
		}
		if !known {
			unique = append(unique, it)
		}
	}
	return unique
}

// setsOf writes ROLLUP and CUBE out.
func setsOf(g bind.Group) [][]*bind.Item {
	switch g.Kind {
	case "ROLLUP":
		sets := [][]*bind.Item{{}}
		var all []*bind.Item
		for _, s := range g.Sets {
			all = append(all[:len(all):len(all)], s...)
			sets = append(sets, all)
		}
		return sets
	case "CUBE":
		sets := [][]*bind.Item{{}}
		for _, s := range g.Sets {
			for _, without := range sets[:len(sets):len(sets)] {
				sets = append(sets, append(without[:len(without):len(without)], s...))
			}
		}
		return sets
	}
	return g.Sets
}
