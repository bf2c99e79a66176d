package lower

import (
	"strconv"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/syntax"
)

func (l *lowerer) relation(r syntax.Relation) syntax.Relation {
	switch r := r.(type) {
	case *syntax.Aliased:
		return l.relation(r.Of)
	case *syntax.Table:
		rel := l.info.Relations[r]
		if rel.CTE != nil {
			name := rel.CTE.Name
			if step, ok := l.steps[rel.CTE]; ok {
				name = step
			}
			return &syntax.Aliased{Of: &syntax.Table{Name: syntax.Name{*ident(name)}}, Name: *ident(rel.Alias)}
		}
		if rel.View != nil {
			return l.view(r, rel)
		}
		return derived(l.scan(r, rel.Scan), rel.Alias)
	case *syntax.SubqueryRel:
		return derived(l.query(r.Query), l.info.Relations[r].Alias)
	case *syntax.Lateral:
		return l.lateral(l.query(r.Query), l.info.Relations[r].Alias)
	case *syntax.Unnest:
		return l.lateral(&syntax.Query{Body: l.unnest(r)}, l.info.Relations[r].Alias)
	case *syntax.JSONTable:
		return l.jsonTable(r)
	case *syntax.TableFunc:
		return l.tableFunc(l.info.Relations[r])
	case *syntax.Join:
		return l.join(r)
	case *syntax.Sample:
		return l.sample(r)
	}
	l.failAt(r, "%T is not supported yet", r)
	return r
}

// tableFunc is a table less some columns, or numbers in a row.
func (l *lowerer) tableFunc(rel *bind.Relation) syntax.Relation {
	if rel.Input != nil {
		return derived(l.query(rel.Input), rel.Alias)
	}
	series := call("generate_series")
	for _, n := range rel.Series {
		number := castTo(str(strconv.FormatInt(n, 10)), schema.Of(schema.BigInt))
		series.Args = append(series.Args, number)
	}
	return &syntax.Aliased{Of: &syntax.TableFunc{Call: series}, Name: *ident(rel.Alias), Columns: []syntax.Ident{*ident(rel.Columns[0].Ref)}}
}

// view is a view's query, with the types that the view has. An error in it
// stands where the view is named.
func (l *lowerer) view(r *syntax.Table, rel *bind.Relation) syntax.Relation {
	failed := l.err != nil
	grouped := l.grouped
	l.grouped = nil
	var body syntax.Body = l.query(rel.View)
	l.grouped = grouped
	have, same := l.info.Outputs[rel.View], true
	want := make([]bind.Output, len(have))
	for i, c := range rel.Columns {
		want[i] = bind.Output{Name: c.Name, Ref: c.Ref, Type: c.Type}
		same = same && sameInDuck(have[i].Type, c.Type)
	}
	if !same {
		body = l.castAll(body, have, want)
	}
	if e, ok := l.err.(*syntax.Error); ok && !failed {
		at := *e
		at.From, at.To = r.Pos(), r.End()
		l.err = &at
	}
	return derived(body, rel.Alias)
}

// sample takes a share of the rows; DuckDB takes samples of relations with a
// name only.
func (l *lowerer) sample(r *syntax.Sample) syntax.Relation {
	of := l.relation(r.Of)
	if _, ok := of.(*syntax.Aliased); !ok {
		l.failAt(r, "TABLESAMPLE of a join is not supported yet")
	}
	return &syntax.Sample{Of: of, Method: r.Method, Percentage: &syntax.NumberLit{Text: l.info.Counts[r.Percentage]}}
}

func (l *lowerer) lateral(q *syntax.Query, alias string) syntax.Relation {
	return &syntax.Aliased{Of: &syntax.Lateral{Query: q}, Name: *ident(alias)}
}

func (l *lowerer) join(r *syntax.Join) syntax.Relation {
	out := &syntax.Join{Kind: r.Kind, Left: l.relation(r.Left), Right: l.relation(r.Right)}
	if bind.IsLateral(r.Right) {
		// To Trino each row on the left is a side of its own.
		switch r.Kind {
		case "RIGHT":
			out.Kind = "INNER"
		case "FULL":
			out.Kind = "LEFT"
		}
	}
	if on, ok := r.On.(*syntax.BoolLit); ok && on.Value && l.givesRow(r.Right) {
		out.Kind = "CROSS"
		return out
	}
	if r.On != nil {
		if r.Kind == "INNER" {
			out.On = l.on(r)
		} else {
			l.subqueriesApart(r, out)
			out.On = l.expr(r.On)
		}
	}
	for i := range r.Using {
		merged := l.info.Columns[&r.Using[i]]
		x, y := l.mergedSide(merged, 0), l.mergedSide(merged, 1)
		eq := l.compare("=", x, y, merged.Type)
		out.On = and(out.On, eq)
	}
	return out
}

// mergedSide is the left (0) or right (1) column of a JOIN USING column, cast
// to the common type.
func (l *lowerer) mergedSide(c *bind.Column, side int) syntax.Expr {
	return l.cast(nil, l.column(c.Using[side]), c.Using[side].Type, c.Type)
}

// givesRow reports whether r, on the right of a LEFT JOIN, has a row for every
// row on the left, so that a CROSS JOIN is the same: DuckDB's LEFT JOIN LATERAL
// gives an UNNEST's elements in no order, and NULLs for the constants beside an
// aggregate of no rows.
func (l *lowerer) givesRow(r syntax.Relation) bool {
	if a, ok := r.(*syntax.Aliased); ok {
		r = a.Of
	}
	lateral, ok := r.(*syntax.Lateral)
	if !ok {
		rel := l.info.Relations[r]
		return rel != nil && rel.Outer
	}
	sel, ok := lateral.Query.Body.(*syntax.Select)
	return ok && sel.GroupBy == nil && sel.Having == nil && l.info.Selects[sel].Aggregated &&
		lateral.Query.Limit == nil && lateral.Query.Offset == nil
}

// unnest is UNNEST as a SELECT of one column for each expression: DuckDB's
// unnest in a select list walks several lists in step and fills the shorter
// with NULLs, as Trino's does.
func (l *lowerer) unnest(r *syntax.Unnest) *syntax.Select {
	out := &syntax.Select{}
	here := l.here
	l.here = nil
	defer func() { l.here = here }()
	lists := make([]syntax.Expr, len(r.Exprs))
	var longest syntax.Expr
	for i, x := range r.Exprs {
		lists[i] = l.expr(x)
		if l.info.Type(x).Kind == schema.Map {
			lists[i] = call("map_entries", lists[i])
		}
		n := call("coalesce", call("len", lists[i]), num(0))
		if longest == nil {
			longest = n
		} else {
			longest = call("greatest", longest, n)
		}
	}
	for i, list := range lists {
		if i == 0 && l.info.Relations[r].Outer {
			none := &syntax.Binary{Op: "=", X: longest, Y: num(0)}
			list = &syntax.Case{Whens: []syntax.When{{Cond: none, Result: &syntax.ArrayLit{Elems: []syntax.Expr{&syntax.NullLit{}}}}}, Else: list}
		}
		out.Items = append(out.Items, selected(call("unnest", list), bind.UnnestRef(i)))
	}
	if r.Ordinality {
		steps := call("unnest", call("range", num(1), &syntax.Binary{Op: "+", X: longest, Y: num(1)}))
		out.Items = append(out.Items, selected(steps, bind.OrdinalityRef))
	}
	return out
}

// column reads a column.
func (l *lowerer) column(c *bind.Column) syntax.Expr {
	switch {
	case c.Lambda:
		return ident(c.Ref)
	case c.Item != nil && (c.Item.Column != nil || c.Item.Expr != nil):
		return l.item(c.Item)
	case c.Item != nil:
		return ident(c.Ref) // of a set operation: ORDER BY names its column
	case c.Using != nil:
		return call("coalesce", l.mergedSide(c, 0), l.mergedSide(c, 1))
	}
	if c.JSON != nil {
		return l.jsonColumn(c)
	}
	x := column(c.Relation.Alias, c.Ref)
	if c.Field != "" {
		x = extract(x, c.Field)
	}
	return x
}
