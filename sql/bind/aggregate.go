package bind

import (
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// groupBy binds GROUP BY: ordinals mean the select list, names only the columns
// of FROM.
func (b *binder) groupBy(sel *syntax.Select, info *Select, from *scope) {
	g := sel.GroupBy
	if g == nil {
		return
	}
	e := b.exprs(from, "GROUP BY")
	for _, el := range g.Elements {
		if el.Kind == "AUTO" {
			info.Groups = append(info.Groups, Group{Sets: [][]*Item{b.autoKeys(info, e)}})
			continue
		}
		group := Group{Kind: el.Kind}
		for _, set := range el.Sets {
			keys := make([]*Item, len(set))
			for i, x := range set {
				keys[i] = b.groupKey(x, info, e)
				if el.Kind != "" && b.info.Columns[Unparen(x)] == nil {
					b.failAt(x, "INVALID_COLUMN_REFERENCE", "GROUP BY expression must be a column reference: %s", syntax.Print(Unparen(x)))
				}
			}
			group.Sets = append(group.Sets, keys)
		}
		info.Groups = append(info.Groups, group)
	}
}

// autoKeys are the keys of GROUP BY AUTO: all that is selected but aggregates and
// window functions.
func (b *binder) autoKeys(info *Select, e *exprs) []*Item {
	keys := []*Item{}
	for _, it := range info.Items {
		if it.Expr == nil {
			keys = append(keys, it)
			continue
		}
		calls := b.aggregatesIn(it.Expr)
		if len(calls) > 0 && calls[0] == Unparen(it.Expr) {
			continue
		}
		e.refuse(it.Expr, calls, "GROUP BY clause")
		keys = append(keys, it)
	}
	return keys
}

func (b *binder) groupKey(x syntax.Expr, info *Select, e *exprs) *Item {
	n, ok := ordinal(x)
	if !ok {
		if it := copied(x, info.Items); it != nil {
			return it
		}
		t := e.expr(x)
		e.comparable(x, t)
		e.refuse(x, e.all(), "GROUP BY clause")
		return &Item{Expr: x, Out: Output{Type: t}}
	}
	if n < 1 || n > len(info.Items) {
		b.failAt(x, badColumnRef, "GROUP BY position %d is not in select list", n)
		return &Item{Expr: x}
	}
	it := info.Items[n-1]
	if it.Expr != nil {
		if calls := b.aggregatesIn(it.Expr); len(calls) > 0 {
			e.refuse(it.Expr, calls, "GROUP BY clause")
		}
	}
	return it
}

// copied is the thing selected that a group key with a subquery in it writes out
// again: of two subqueries only the text says that they are the same.
func copied(x syntax.Expr, items []*Item) *Item {
	holdsQuery := false
	syntax.Walk(x, func(n syntax.Node) bool {
		_, isQuery := n.(*syntax.Query)
		holdsQuery = holdsQuery || isQuery
		return !holdsQuery
	})
	for _, it := range items {
		if holdsQuery && it.Expr != nil && it.Field == "" && syntax.Print(it.Expr) == syntax.Print(x) {
			return it
		}
	}
	return nil
}

// aggregatesIn is the aggregate and window calls in an expression, those of its
// subqueries aside.
func (b *binder) aggregatesIn(x syntax.Expr) []syntax.Expr {
	var found []syntax.Expr
	syntax.Walk(x, func(n syntax.Node) bool {
		if _, ok := n.(*syntax.Query); ok {
			return false
		}
		if c, ok := n.(*syntax.Call); ok && b.isAggregate(c) {
			found = append(found, c)
			return false
		}
		return true
	})
	return found
}

func (b *binder) isAggregate(c *syntax.Call) bool {
	call := b.info.Calls[c]
	return call != nil && (call.Func == nil || c.Over != nil || call.Func.Kind == funcs.Aggregate)
}

// aggregation is what the check of one aggregated SELECT needs.
type aggregation struct {
	*binder
	sel   *syntax.Select
	keys  []*Item
	local map[*Column]bool // columns of its FROM
}

// checkAggregated holds what is computed after grouping to the group keys and
// aggregates.
func (b *binder) checkAggregated(sel *syntax.Select, info *Select, from *scope, order []Order) {
	a := &aggregation{binder: b, sel: sel, local: map[*Column]bool{}}
	for _, f := range from.fields {
		a.local[f.column] = true
	}
	for _, g := range info.Groups {
		for _, set := range g.Sets {
			a.keys = append(a.keys, set...)
		}
	}
	for _, it := range info.Items {
		if it.Column != nil {
			a.checkStar(sel, from, it)
			continue
		}
		a.check(it.Expr)
	}
	if sel.Having != nil {
		a.check(sel.Having)
	}
	for _, o := range order {
		if o.Ordinal == 0 {
			a.check(o.Expr)
		}
	}
}

func (a *aggregation) checkStar(sel *syntax.Select, from *scope, it *Item) {
	for _, k := range a.keys {
		if a.info.SameItems(k, it) {
			return
		}
	}
	if a.local[it.Column] {
		name := field{name: it.Out.Name}
		for _, f := range from.fields {
			if f.column == it.Column {
				name = f
			}
		}
		err := syntax.ErrorAt(star(sel), notAggregate, "Column '%s' not in GROUP BY clause", name.fullName())
		err.Placeless = true
		a.fail(err)
	}
}

// star is the place of the first * of a select list.
func star(sel *syntax.Select) syntax.Node {
	for i := range sel.Items {
		if sel.Items[i].Star {
			return &sel.Items[i]
		}
	}
	return sel
}

func (a *aggregation) check(x syntax.Expr) {
	var bad syntax.Expr
	inSubquery := false
	a.walk(x, false, func(col syntax.Expr, sub bool) { bad, inSubquery = col, sub })
	switch {
	case bad == nil:
	case inSubquery:
		a.failAt(bad, notAggregate, "Subquery uses '%s' which must appear in GROUP BY clause", syntax.PrintMessage(bad))
	default:
		err := syntax.ErrorAt(operatorAt(x), notAggregate, "'%s' must be an aggregate expression or appear in GROUP BY clause", syntax.PrintMessage(x))
		err.Hint = ungroupedHint(a.sel, bad)
		a.fail(err)
	}
}

// walk calls report for each column of the SELECT that is read outside the
// group keys and aggregates.
func (a *aggregation) walk(x syntax.Node, sub bool, report func(col syntax.Expr, sub bool)) {
	syntax.Walk(x, func(n syntax.Node) bool {
		if q, ok := n.(*syntax.Query); ok && !sub {
			a.walk(q, true, report)
			return false
		}
		e, ok := n.(syntax.Expr)
		if !ok {
			return true
		}
		if a.isKey(e) {
			return false
		}
		if c, ok := e.(*syntax.Call); ok && !sub && c.Over == nil && a.isAggregate(c) {
			return false
		}
		if col := a.info.Columns[e]; col != nil {
			if a.local[col] {
				report(e, sub)
			}
			return false
		}
		return true
	})
}

func (a *aggregation) isKey(e syntax.Expr) bool {
	for _, k := range a.keys {
		if a.info.SameItem(k, e) {
			return true
		}
	}
	return false
}
