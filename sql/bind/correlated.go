package bind

import "logsql/sql/syntax"

// Places where a query stands in another.
const (
	asValue = iota
	asTable // LATERAL
	asList  // of IN
	asBound // of ALL, ANY
	asExists
)

// checkCorrelated refuses the queries that read columns of the one around them
// in a way that Trino has no plan for. What it cannot judge it lets pass.
func (b *binder) checkCorrelated(at syntax.Node, q *syntax.Query, place int) {
	if b.err != nil {
		return
	}
	c := &correlation{info: b.info, own: map[*Relation]bool{}, place: place}
	syntax.Walk(q, func(n syntax.Node) bool {
		if r, ok := n.(syntax.Relation); ok && b.info.Relations[r] != nil {
			c.own[b.info.Relations[r]] = true
		}
		return true
	})
	if c.reads(q) && c.unplanned(q) {
		if place != asList {
			at = q
		}
		b.failAt(at, notSupported, "Given correlated subquery is not supported")
	}
}

// correlation is what a query reads of those around it.
type correlation struct {
	info  *Info
	own   map[*Relation]bool
	place int
}

func (c *correlation) outer(col *Column) bool {
	for _, u := range col.Using {
		if c.outer(u) {
			return true
		}
	}
	return col.Relation != nil && !c.own[col.Relation]
}

// reads reports whether a column of a query around is read under n.
func (c *correlation) reads(n syntax.Node) bool {
	found := false
	syntax.Walk(n, func(n syntax.Node) bool {
		if x, ok := n.(syntax.Expr); ok && c.info.Columns[x] != nil {
			found = found || c.outer(c.info.Columns[x])
		}
		sel, ok := n.(*syntax.Select)
		found = found || ok && c.selects(sel)
		return !found
	})
	return found
}

// selects reports whether a * stands for a column of a query around.
func (c *correlation) selects(sel *syntax.Select) bool {
	for _, it := range c.info.Selects[sel].Items {
		if it.Column != nil && c.outer(it.Column) {
			return true
		}
	}
	return false
}

func (c *correlation) unplanned(q *syntax.Query) bool {
	switch body := q.Body.(type) {
	case *syntax.SetOp:
		return true
	case *syntax.Values:
		return c.place == asList || c.place == asBound || c.place == asTable && len(body.Rows) > 1
	case *syntax.Select:
		return c.selectUnplanned(q, body)
	}
	return false
}

func (c *correlation) selectUnplanned(q *syntax.Query, sel *syntax.Select) bool {
	info := c.info.Selects[sel]
	where := sel.Where != nil && c.reads(sel.Where)
	grouped := sel.GroupBy != nil
	switch {
	case c.place != asExists && c.itemsUnplanned(sel, info, where):
		return true
	case !where || sel.From == nil:
		return false
	case windowed(sel) && c.place != asExists:
		return true
	case (c.place == asList || c.place == asBound) && (info.Aggregated || q.Limit != nil):
		return true
	case c.place == asList && sel.Distinct, sel.Having != nil && !grouped:
		return true
	case grouped && c.place == asTable:
		return manySets(sel.GroupBy)
	case grouped || sel.Distinct && c.place != asTable:
		return !c.onlyEqual(sel.Where, false, c.keys(info))
	}
	return q.Limit != nil && !info.Aggregated && c.limitUnplanned(q, sel)
}

func manySets(g *syntax.GroupBy) bool {
	for _, el := range g.Elements {
		if el.Kind == "GROUPING SETS" || el.Kind == "CUBE" || el.Kind == "ROLLUP" {
			return true
		}
	}
	return false
}

// itemsUnplanned is of a select list that reads columns from around: it may
// where there is but one row.
func (c *correlation) itemsUnplanned(sel *syntax.Select, info *Select, where bool) bool {
	inItems := c.selects(sel)
	for i := range sel.Items {
		inItems = inItems || c.reads(&sel.Items[i])
	}
	switch {
	case !inItems || sel.GroupBy != nil:
		return false
	case c.place == asList || c.place == asBound:
		return !info.Aggregated
	case info.Aggregated:
		return c.aggregatesRead(sel)
	case sel.From == nil:
		return where
	}
	return !c.reads(sel.From) && (!c.always(sel.Where) || !oneRow(sel.From))
}

// aggregatesRead reports whether an aggregate reads columns from around, unless
// it reads others too and FROM depends on the query around. One that reads no
// others DuckDB would take for an aggregate of that query.
func (c *correlation) aggregatesRead(sel *syntax.Select) bool {
	found := false
	for i := range sel.Items {
		syntax.Walk(&sel.Items[i], func(n syntax.Node) bool {
			call, ok := n.(*syntax.Call)
			if !ok || call.Over != nil || !(&binder{info: c.info}).isAggregate(call) {
				return true
			}
			found = found || c.reads(call) && (!c.readsOwn(call) || sel.From == nil || !c.reads(sel.From))
			return false
		})
	}
	return found
}

// windowed reports whether a window function is selected.
func windowed(sel *syntax.Select) bool {
	found := false
	for i := range sel.Items {
		syntax.Walk(&sel.Items[i], func(n syntax.Node) bool {
			call, ok := n.(*syntax.Call)
			found = found || ok && call.Over != nil
			_, isQuery := n.(*syntax.Query)
			return !isQuery
		})
	}
	return found
}

// always reports whether a condition is true as it is written.
func (c *correlation) always(x syntax.Expr) bool {
	return x == nil || (&pruner{info: c.info}).truth(x) == isTrue
}

// oneRow reports whether FROM is sure to have one row, or may be for all that
// is known.
func oneRow(r syntax.Relation) bool {
	if a, ok := r.(*syntax.Aliased); ok {
		r = a.Of
	}
	switch r := r.(type) {
	case *syntax.Table:
		return false
	case *syntax.SubqueryRel:
		v, ok := r.Query.Body.(*syntax.Values)
		return !ok || len(v.Rows) == 1
	}
	return true
}

func (c *correlation) limitUnplanned(q *syntax.Query, sel *syntax.Select) bool {
	for i := range q.OrderBy {
		if c.reads(&q.OrderBy[i]) {
			return true
		}
	}
	if len(q.OrderBy) == 0 && c.place != asExists {
		return true
	}
	return !c.onlyEqual(sel.Where, true, nil)
}

// onlyEqual reports whether columns from around are only compared by = with
// something of the query's own, or alone; strictly, with a column of the same
// type. What is compared with keys of a grouping may be compared in any way.
func (c *correlation) onlyEqual(x syntax.Expr, strictly bool, keys map[*Column]bool) bool {
	x = Unparen(x)
	if l, ok := x.(*syntax.Logical); ok && l.Op == "AND" {
		return c.onlyEqual(l.X, strictly, keys) && c.onlyEqual(l.Y, strictly, keys)
	}
	if !c.reads(x) || !c.readsOwnBut(x, keys) {
		return true
	}
	eq, ok := x.(*syntax.Binary)
	if !ok || eq.Op != "=" {
		return false
	}
	inner, around := eq.X, eq.Y
	if c.reads(inner) {
		inner, around = around, inner
	}
	_, cast := c.info.Coerce[inner]
	plain := c.info.Columns[Unparen(inner)] != nil && !cast
	return !c.reads(inner) && !c.readsOwn(around) && (plain || !strictly)
}

// keys are the columns that a query is grouped by or makes distinct.
func (c *correlation) keys(info *Select) map[*Column]bool {
	keys := map[*Column]bool{}
	items := info.Items
	if len(info.Groups) > 0 {
		items = nil
	}
	for _, g := range info.Groups {
		for _, set := range g.Sets {
			items = append(items, set...)
		}
	}
	for _, it := range items {
		if it.Column != nil {
			keys[it.Column] = true
		} else if col := c.info.Columns[Unparen(it.Expr)]; col != nil {
			keys[col] = true
		}
	}
	return keys
}

func (c *correlation) readsOwn(n syntax.Node) bool { return c.readsOwnBut(n, nil) }

// readsOwnBut reports whether a column of the query itself, not one of some, is
// read under n.
func (c *correlation) readsOwnBut(n syntax.Node, some map[*Column]bool) bool {
	found := false
	syntax.Walk(n, func(n syntax.Node) bool {
		if x, ok := n.(syntax.Expr); ok && c.info.Columns[x] != nil {
			col := c.info.Columns[x]
			found = found || !c.outer(col) && !some[col]
		}
		return !found
	})
	return found
}
