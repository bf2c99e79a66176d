package lower

import (
	"logsql/sql/bind"
	"logsql/sql/syntax"
)

// subqueriesApart computes the subqueries in the ON of an outer join, which
// DuckDB has no plan for there, beside the side whose columns they are compared
// with.
func (l *lowerer) subqueriesApart(r *syntax.Join, out *syntax.Join) {
	sides := [2]map[*bind.Relation]bool{l.relationsIn(r.Left), l.relationsIn(r.Right)}
	var items [2][]syntax.SelectItem
	aliases := [2]string{l.besideAlias(out.Left), l.besideAlias(out.Right)}
	for _, x := range outermostSubqueries(r.On) {
		side := 0
		if l.reads(x, sides[1]) {
			side = 1
		}
		switch {
		case l.readInside(x, sides) != nil:
			c := l.readInside(x, sides)
			l.failAt(c, "Reference to column '%s' from outer scope not allowed in this context", syntax.Print(c))
		case side == 1 && l.reads(x, sides[0]):
			l.failAt(x, "A subquery compared with columns of both sides of an outer join is not supported yet")
		}
		name := l.fresh("found")
		items[side] = append(items[side], selected(l.expr(x), name))
		l.apart[x] = column(aliases[side], name)
	}
	beside := func(side int, rel syntax.Relation) syntax.Relation {
		if items[side] == nil {
			return rel
		}
		if a, ok := rel.(*syntax.Aliased); ok && aliases[side] == a.Name.Name {
			all := syntax.SelectItem{Expr: ident(a.Name.Name), Star: true}
			return derived(&syntax.Select{Items: append([]syntax.SelectItem{all}, items[side]...), From: a}, a.Name.Name)
		}
		q := &syntax.Query{Body: &syntax.Select{Items: items[side]}}
		return &syntax.Join{Kind: "CROSS", Left: rel, Right: l.lateral(q, aliases[side])}
	}
	out.Left, out.Right = beside(0, out.Left), beside(1, out.Right)
}

// besideAlias is where what is computed beside a relation is found: in the
// relation itself where it is one, which DuckDB plans more surely than LATERAL.
func (l *lowerer) besideAlias(r syntax.Relation) string {
	if a, ok := r.(*syntax.Aliased); ok {
		if _, lateral := a.Of.(*syntax.Lateral); !lateral {
			return a.Name.Name
		}
	}
	return l.fresh("beside")
}

func (l *lowerer) relationsIn(r syntax.Relation) map[*bind.Relation]bool {
	found := map[*bind.Relation]bool{}
	syntax.Walk(r, func(n syntax.Node) bool {
		if rel, ok := n.(syntax.Relation); ok && l.info.Relations[rel] != nil {
			found[l.info.Relations[rel]] = true
		}
		return true
	})
	return found
}

// outermostSubqueries are the predicates and values made of a query.
func outermostSubqueries(x syntax.Expr) []syntax.Expr {
	var found []syntax.Expr
	syntax.Walk(x, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.In:
			if n.Query == nil {
				return true
			}
			found = append(found, n)
			return false
		case *syntax.Exists, *syntax.Quantified, *syntax.Subquery:
			found = append(found, n.(syntax.Expr))
			return false
		}
		return true
	})
	return found
}

// reads reports whether a column of one of the relations is read under n.
func (l *lowerer) reads(n syntax.Node, of map[*bind.Relation]bool) bool {
	return l.firstRead(n, of) != nil
}

func (l *lowerer) firstRead(n syntax.Node, of map[*bind.Relation]bool) syntax.Expr {
	var found syntax.Expr
	syntax.Walk(n, func(n syntax.Node) bool {
		if x, ok := n.(syntax.Expr); ok && found == nil && l.info.Columns[x] != nil && isOf(l.info.Columns[x], of) {
			found = x
		}
		return found == nil
	})
	return found
}

func isOf(c *bind.Column, of map[*bind.Relation]bool) bool {
	for _, u := range c.Using {
		if isOf(u, of) {
			return true
		}
	}
	return of[c.Relation]
}

// readInside is a column of either side that a query in x reads, nil where none
// does.
func (l *lowerer) readInside(x syntax.Expr, sides [2]map[*bind.Relation]bool) syntax.Expr {
	var found syntax.Expr
	syntax.Walk(x, func(n syntax.Node) bool {
		q, ok := n.(*syntax.Query)
		for _, side := range sides {
			if ok && found == nil {
				found = l.firstRead(q, side)
			}
		}
		return !ok
	})
	return found
}
