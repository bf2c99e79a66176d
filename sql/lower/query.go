package lower

import (
	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

func (l *lowerer) query(q *syntax.Query) *syntax.Query {
	info := l.info.Queries[q]
	out := &syntax.Query{}
	if q.With != nil {
		out.With = &syntax.With{}
		for i, p := range q.With.Parts {
			if cte := info.CTEs[i]; cte.Step != nil {
				out.With.Parts = append(out.With.Parts, l.recursion(cte)...)
				continue
			}
			part := &syntax.WithPart{Name: *ident(info.CTEs[i].Name), Query: l.query(p.Query)}
			out.With.Parts = append(out.With.Parts, part)
		}
	}
	grouped, keys, here := l.grouped, l.keys, l.here
	out.Body = l.body(q.Body)
	wrapped := ""
	if l.sortsInstants(q, info) {
		wrapped = l.fresh("sorted")
		out.Body = &syntax.Select{Items: []syntax.SelectItem{{Star: true}}, From: derived(out.Body, wrapped)}
	}
	for i, o := range info.Order {
		out.OrderBy = l.order(out.OrderBy, q.OrderBy[i], o, info, wrapped)
	}
	l.grouped, l.keys, l.here = grouped, keys, here
	out.Offset = l.count(q.Offset)
	out.Limit = l.count(q.Limit)
	if q.Ties {
		return l.ties(out, info)
	}
	return out
}

func (l *lowerer) count(x syntax.Expr) syntax.Expr {
	if x == nil {
		return nil
	}
	return &syntax.NumberLit{Text: l.info.Counts[x]}
}

// sortsInstants reports whether a result has to be wrapped to be sorted: by a
// timestamp with time zone where ORDER BY can only name the columns.
func (l *lowerer) sortsInstants(q *syntax.Query, info *bind.Query) bool {
	if s, ok := q.Body.(*syntax.Select); ok && !s.Distinct {
		return false
	}
	for _, o := range info.Order {
		if funcs.Keyed(o.Type) {
			return true
		}
	}
	return false
}

// order adds one ORDER BY item. What is the same on every row is left out:
// DuckDB takes a bare literal for a mistake.
func (l *lowerer) order(items []syntax.SortItem, item syntax.SortItem, o bind.Order, info *bind.Query, wrapped string) []syntax.SortItem {
	var x syntax.Expr
	switch {
	case wrapped != "" && o.Ordinal > 0:
		x = funcs.Comparable(column(wrapped, info.Outputs[o.Ordinal-1].Ref), o.Type)
	case wrapped != "":
		l.failAt(item.Expr, "Sorting a set operation with a timestamp with time zone by an expression is not supported yet")
		return nil
	case o.Ordinal > 0 && !funcs.Keyed(o.Type):
		x = num(o.Ordinal)
	case o.Ordinal > 0 && l.info.Columns[bind.Unparen(o.Expr)] == nil:
		x = funcs.Comparable(l.item(info.Items[o.Ordinal-1]), o.Type)
	default:
		x = funcs.Comparable(l.expr(o.Expr), o.Type)
		if isLiteral(x) {
			return items
		}
	}
	return append(items, syntax.SortItem{Expr: x, Desc: item.Desc, Nulls: nulls(item)})
}

// nulls is where a sort item has its NULLs: last, unless said otherwise.
func nulls(item syntax.SortItem) string {
	if item.Nulls == "" {
		return "LAST"
	}
	return item.Nulls
}

func isLiteral(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.NumberLit, *syntax.StringLit, *syntax.BoolLit, *syntax.NullLit, *syntax.TypedLit, *syntax.IntervalLit, *syntax.BinaryLit:
		return true
	case *syntax.Cast:
		return isLiteral(x.X)
	case *syntax.Unary:
		return isLiteral(x.X)
	}
	return false
}

func (l *lowerer) body(body syntax.Body) syntax.Body {
	switch body := body.(type) {
	case *syntax.Select:
		return l.selectBody(body)
	case *syntax.SetOp:
		return l.setOp(body)
	case *syntax.Values:
		return l.values(body)
	case *syntax.TableBody:
		return l.selectBody(l.info.Expanded[body])
	case *syntax.Query:
		return l.query(body)
	}
	l.failAt(body, "%T is not supported yet", body)
	return &syntax.Select{}
}

func (l *lowerer) selectBody(sel *syntax.Select) syntax.Body {
	info := l.info.Selects[sel]
	out := &syntax.Select{Distinct: sel.Distinct}
	l.keys, l.here = nil, nil
	if sel.From != nil {
		l.here = l.relationsIn(sel.From)
		out.From = l.relation(sel.From)
	}
	l.grouped = nil
	l.keys = keysOf(info)
	out.From = l.unnestBeside(sel, out.From)
	if sel.Where != nil {
		out.Where = l.where(sel, sel.Where)
	}
	out.GroupBy = l.groupBy(sel, info)
	if sel.Having != nil {
		out.Having = l.expr(sel.Having)
	}
	zoned := false
	for _, it := range info.Items {
		out.Items = append(out.Items, selected(l.item(it), it.Out.Ref))
		zoned = zoned || funcs.Keyed(it.Out.Type)
	}
	if sel.Distinct {
		if zoned {
			out.Distinct = false
			return l.distinct(out, l.info.Outputs[sel])
		}
	}
	return out
}

// distinct makes rows distinct that hold timestamps with time zone, which go by
// their instant and keep some zone of those seen.
func (l *lowerer) distinct(body syntax.Body, outs []bind.Output) syntax.Body {
	alias := l.fresh("all_rows")
	out := &syntax.Select{From: derived(body, alias), GroupBy: &syntax.GroupBy{}}
	for _, o := range outs {
		value := column(alias, o.Ref)
		key := funcs.Comparable(value, o.Type)
		out.GroupBy.Elements = append(out.GroupBy.Elements, syntax.GroupElement{Sets: [][]syntax.Expr{{key}}})
		if funcs.Keyed(o.Type) {
			value = call("any_value", value)
		}
		out.Items = append(out.Items, selected(value, o.Ref))
	}
	return out
}

// item is a thing selected, without its name.
func (l *lowerer) item(it *bind.Item) syntax.Expr {
	var x syntax.Expr
	if it.Column != nil {
		x = l.column(it.Column)
		for _, k := range l.grouped {
			if l.info.SameItems(k, it) {
				return call("any_value", x)
			}
		}
	} else {
		x = l.expr(it.Expr)
	}
	if it.Field != "" {
		x = extract(x, it.Field)
	}
	return x
}

// groupBy writes the keys out where the query has ordinals, and remembers those
// whose selected values must be picked by any_value.
func (l *lowerer) groupBy(sel *syntax.Select, info *bind.Select) *syntax.GroupBy {
	if sel.GroupBy == nil {
		return nil
	}
	out := &syntax.GroupBy{}
	var picked []*bind.Item
	for _, g := range info.Groups {
		el := syntax.GroupElement{Kind: g.Kind}
		for _, set := range g.Sets {
			keys := make([]syntax.Expr, len(set))
			for i, it := range set {
				keys[i] = l.groupKey(sel, it)
				if funcs.Keyed(it.Out.Type) {
					picked = append(picked, it)
				}
			}
			el.Sets = append(el.Sets, keys)
		}
		out.Elements = append(out.Elements, el)
	}
	l.grouped = picked
	if sel.GroupBy.Distinct {
		return l.distinctSets(sel, info)
	}
	return out
}

func (l *lowerer) groupKey(sel *syntax.Select, it *bind.Item) syntax.Expr {
	if n := l.subqueryPlace(sel, it); n > 0 {
		return num(n)
	}
	x := l.item(it)
	if isLiteral(x) {
		return castTo(x, it.Out.Type) // DuckDB takes a bare number for a place in the select list
	}
	return funcs.Comparable(x, it.Out.Type)
}

// subqueryPlace is the place in the select list, from 1, of a group key with a
// subquery in it, whose copies DuckDB does not know for the same; 0 for any other
// key.
func (l *lowerer) subqueryPlace(sel *syntax.Select, it *bind.Item) int {
	if it.Expr == nil || !holds(it.Expr, isQuery) {
		return 0
	}
	for i, picked := range l.info.Selects[sel].Items {
		if picked == it && !funcs.Keyed(it.Out.Type) {
			return i + 1
		}
	}
	return 0
}

func (l *lowerer) setOp(op *syntax.SetOp) syntax.Body {
	outs := l.info.Outputs[op]
	matched := l.info.Matched[op]
	out := &syntax.SetOp{Op: op.Op, All: op.All, Left: l.side(op.Left, outs, matched[0]), Right: l.side(op.Right, outs, matched[1])}
	if op.All {
		return out
	}
	zoned := false
	for _, o := range outs {
		zoned = zoned || funcs.Keyed(o.Type)
	}
	switch {
	case zoned && op.Op != "UNION":
		l.failAt(op, "%s of maps or timestamps with time zone is not supported yet", op.Op)
	case zoned:
		out.All = true
		return l.distinct(out, outs)
	}
	return out
}

// side is one side of a set operation, cast to the common types; with places,
// only those columns of it.
func (l *lowerer) side(body syntax.Body, want []bind.Output, places []int) syntax.Body {
	out := l.body(body)
	have := l.info.Outputs[body]
	needed := len(places) > 0
	if needed {
		picked := make([]bind.Output, len(places))
		for i, p := range places {
			picked[i] = have[p]
		}
		have = picked
	}
	for i := range have {
		needed = needed || !sameInDuck(have[i].Type, want[i].Type)
	}
	if needed {
		return l.castAll(out, have, want)
	}
	if _, ok := out.(*syntax.SetOp); ok {
		return &syntax.Query{Body: out}
	}
	return out
}

// castAll wraps a body so that its columns are cast.
func (l *lowerer) castAll(body syntax.Body, have, want []bind.Output) syntax.Body {
	alias := l.fresh("side")
	out := &syntax.Select{From: derived(body, alias)}
	for i := range have {
		x := l.cast(body, column(alias, have[i].Ref), have[i].Type, want[i].Type)
		out.Items = append(out.Items, selected(x, want[i].Ref))
	}
	return out
}

// fetchable wraps a statement whose maps the driver would not take, by their
// keys; package sql makes maps of the entries again.
func (l *lowerer) fetchable(q *syntax.Query, outs []bind.Output) *syntax.Query {
	alias, needed := "", false
	for _, o := range outs {
		needed = needed || funcs.OddMap(o.Type)
	}
	if !needed {
		return q
	}
	alias = l.fresh("fetched")
	sel := &syntax.Select{From: derived(q, alias)}
	for _, o := range outs {
		sel.Items = append(sel.Items, selected(funcs.Entries(column(alias, o.Ref), o.Type), o.Ref))
	}
	return &syntax.Query{Body: sel}
}

// sameInDuck reports whether an implicit cast changes nothing.
func sameInDuck(from, to schema.Type) bool {
	return from.Equal(to) || from.Kind == schema.Varchar && to.Kind == schema.Varchar
}
