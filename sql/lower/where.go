package lower

import (
	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/syntax"
)

// where lowers WHERE. Trino does not move a condition that can fail to before a
// join or EXISTS; DuckDB does, and would fail on rows that are not asked for.
func (l *lowerer) where(sel *syntax.Select, x syntax.Expr) syntax.Expr {
	var exist, failing, others syntax.Expr
	for _, c := range conjuncts(x, nil) {
		switch out := l.expr(c); {
		case isExists(c):
			exist = and(exist, out)
		case l.mayFail(c, out):
			failing = and(failing, l.behindJoin(c, out, sel.From, sel.From, sel.Where))
		default:
			others = and(others, out)
		}
	}
	last := exist
	switch {
	case failing != nil && exist != nil:
		last = &syntax.Case{Whens: []syntax.When{{Cond: exist, Result: failing}}}
	case failing != nil:
		last = failing
	}
	if last == nil {
		return others
	}
	return and(others, last)
}

func isExists(x syntax.Expr) bool {
	_, ok := bind.Unparen(x).(*syntax.Exists)
	return ok
}

func conjuncts(x syntax.Expr, found []syntax.Expr) []syntax.Expr {
	if and, ok := bind.Unparen(x).(*syntax.Logical); ok && and.Op == "AND" {
		return conjuncts(and.Y, conjuncts(and.X, found))
	}
	return append(found, x)
}

// on lowers the condition of an inner join, which DuckDB takes for WHERE.
func (l *lowerer) on(r *syntax.Join) syntax.Expr {
	var all syntax.Expr
	for _, c := range conjuncts(r.On, nil) {
		out := l.expr(c)
		if l.mayFail(c, out) {
			out = l.behindJoin(c, out, r, r.On)
		}
		all = and(all, out)
	}
	return all
}

// behindJoin ties a condition on one relation to a column of another, which one
// of the nodes reads.
func (l *lowerer) behindJoin(x, out syntax.Expr, from syntax.Relation, readers ...syntax.Node) syntax.Expr {
	if _, joined := from.(*syntax.Join); !joined {
		return out
	}
	other := l.columnOfOther(from, x, readers)
	if other == nil {
		return out
	}
	known := &syntax.IsNull{Not: true, X: call("hash", l.column(other))}
	return &syntax.Case{Whens: []syntax.When{{Cond: known, Result: out}}}
}

// mayFail reports whether there are rows on which x, lowered as out, fails.
func (l *lowerer) mayFail(x, out syntax.Expr) bool {
	return l.castsText(x) || !holds(out, isQuery) && holds(out, func(n syntax.Node) bool {
		c, ok := n.(*syntax.Call)
		return ok && (c.Name[0].Name == "trino_fail" || isGoCall(c))
	})
}

// castsText reports whether x casts text to something that not all text is.
func (l *lowerer) castsText(x syntax.Expr) bool {
	casts := holds(x, func(n syntax.Node) bool {
		c, ok := n.(*syntax.Cast)
		return ok && !c.Try && l.info.Type(c.X).IsText() && !l.info.Types[c].IsText() && l.info.Types[c].Kind != schema.Varbinary
	})
	return casts && !holds(x, isQuery)
}

// columnOfOther is a column that the readers read, of a relation of from that x
// reads nothing of; nil where there is none.
func (l *lowerer) columnOfOther(from syntax.Relation, x syntax.Expr, readers []syntax.Node) *bind.Column {
	mine := map[*bind.Relation]bool{}
	l.eachColumn(x, func(c *bind.Column) { mine[c.Relation] = true })
	here := l.relationsIn(from)
	syntax.Walk(from, func(n syntax.Node) bool {
		if u, ok := n.(*syntax.Unnest); ok {
			delete(here, l.info.Relations[u]) // conditions do move to before an UNNEST
		}
		return true
	})
	var other *bind.Column
	pick := func(c *bind.Column) {
		if other == nil && c.Relation != nil && here[c.Relation] && !mine[c.Relation] {
			other = c
		}
	}
	if len(mine) == 1 {
		for _, n := range readers {
			l.eachColumn(n, pick)
		}
	}
	return other
}

// eachColumn calls do for the columns read under n outside of its queries, and
// for the sides of those merged by USING.
func (l *lowerer) eachColumn(n syntax.Node, do func(*bind.Column)) {
	syntax.Walk(n, func(n syntax.Node) bool {
		if j, ok := n.(*syntax.Join); ok {
			for i := range j.Using {
				for _, side := range l.info.Columns[&j.Using[i]].Using {
					do(side)
				}
			}
		}
		if x, ok := n.(syntax.Expr); ok && l.info.Columns[x] != nil {
			do(l.info.Columns[x])
		}
		return !isQuery(n)
	})
}

// unnestBeside puts a row of its own before a lone UNNEST in FROM whose SELECT
// reads other columns of the query around: DuckDB loses those otherwise.
func (l *lowerer) unnestBeside(sel *syntax.Select, from syntax.Relation) syntax.Relation {
	a, ok := sel.From.(*syntax.Aliased)
	if !ok {
		return from
	}
	if _, ok := a.Of.(*syntax.Unnest); !ok || !l.readsAround(sel, a) {
		return from
	}
	one := &syntax.Select{Items: []syntax.SelectItem{selected(num(1), "one")}}
	return &syntax.Join{Kind: "CROSS", Left: derived(one, l.fresh("one")), Right: from}
}

// readsAround reports whether both a SELECT's list and its FROM read columns
// that are none of FROM's.
func (l *lowerer) readsAround(sel *syntax.Select, from syntax.Relation) bool {
	own := l.relationsIn(from)
	around := func(n syntax.Node) bool {
		found := false
		l.eachColumn(n, func(c *bind.Column) { found = found || c.Relation != nil && !own[c.Relation] })
		return found
	}
	inItems := false
	for i := range sel.Items {
		inItems = inItems || around(&sel.Items[i])
	}
	return inItems && around(from)
}
