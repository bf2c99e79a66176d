package lower

import (
	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/syntax"
)

// where lowers WHERE. Trino does not move a condition that can fail to before a
// join; DuckDB does, and would cast text that no joined row has. A column of
// another relation keeps it behind the join.
func (l *lowerer) where(sel *syntax.Select, x syntax.Expr) syntax.Expr {
	if and, ok := x.(*syntax.Logical); ok && and.Op == "AND" {
		return &syntax.Logical{Op: "AND", X: l.where(sel, and.X), Y: l.where(sel, and.Y)}
	}
	out := l.expr(x)
	if _, joined := sel.From.(*syntax.Join); !joined || !l.castsText(x) {
		return out
	}
	other := l.columnOfOther(sel, x)
	if other == nil {
		return out
	}
	known := &syntax.IsNull{Not: true, X: call("hash", l.column(other))}
	return &syntax.Case{Whens: []syntax.When{{Cond: known, Result: out}}}
}

// castsText reports whether x casts text to something that not all text is.
func (l *lowerer) castsText(x syntax.Expr) bool {
	casts := holds(x, func(n syntax.Node) bool {
		c, ok := n.(*syntax.Cast)
		return ok && !c.Try && l.info.Type(c.X).IsText() && !l.info.Types[c].IsText() && l.info.Types[c].Kind != schema.Varbinary
	})
	return casts && !holds(x, isQuery)
}

// columnOfOther is a column that the joins or conditions of a SELECT read, of a
// relation that x reads nothing of; nil where there is none.
func (l *lowerer) columnOfOther(sel *syntax.Select, x syntax.Expr) *bind.Column {
	mine := map[*bind.Relation]bool{}
	l.eachColumn(x, func(c *bind.Column) { mine[c.Relation] = true })
	here := l.relationsIn(sel.From)
	var other *bind.Column
	pick := func(c *bind.Column) {
		if other == nil && c.Relation != nil && here[c.Relation] && !mine[c.Relation] {
			other = c
		}
	}
	if len(mine) == 1 {
		l.eachColumn(sel.From, pick)
		l.eachColumn(sel.Where, pick)
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
