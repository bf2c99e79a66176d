package lower

import (
	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/syntax"
)

// recursion writes a recursive part of WITH out as a part for what it starts
// from and one for each step, as Trino plans it: DuckDB's own recursion ends
// where a step has no rows, and knows no depth. More rows than the last step
// allowed may have are an error.
func (l *lowerer) recursion(cte *bind.CTE) []*syntax.WithPart {
	base := l.info.Outputs[cte.Union.Left]
	parts := []*syntax.WithPart{part(cte.Steps[0], l.body(cte.Union.Left))}
	last := len(cte.Steps) - 1
	for i, name := range cte.Steps[1:] {
		l.steps[cte] = cte.Steps[i]
		step := l.castAll(l.body(cte.Step), l.info.Outputs[cte.Step], base)
		parts = append(parts, part(name, step))
	}
	delete(l.steps, cte)
	var all syntax.Body
	for _, name := range cte.Steps[:last] {
		all = union(all, allOf(name), cte.Union.All)
	}
	return append(parts, part(cte.Name, union(all, l.tooDeep(cte, base), cte.Union.All)))
}

func part(name string, body syntax.Body) *syntax.WithPart {
	q, ok := body.(*syntax.Query)
	if !ok {
		q = &syntax.Query{Body: body}
	}
	return &syntax.WithPart{Name: *ident(name), Query: q}
}

func allOf(name string) *syntax.Select {
	return &syntax.Select{Items: []syntax.SelectItem{{Star: true}}, From: &syntax.Table{Name: syntax.Name{*ident(name)}}}
}

func union(x, y syntax.Body, all bool) syntax.Body {
	if x == nil {
		return y
	}
	return &syntax.SetOp{Op: "UNION", All: all, Left: x, Right: y}
}

// tooDeep has no rows, or fails where the step beyond the last one has some.
func (l *lowerer) tooDeep(cte *bind.CTE, outs []bind.Output) *syntax.Select {
	alias := l.fresh("deeper")
	beyond := &syntax.Aliased{Of: &syntax.Table{Name: syntax.Name{*ident(cte.Steps[len(cte.Steps)-1])}}, Name: *ident(alias)}
	first := outs[0]
	msg := call("concat", str("Recursion depth limit exceeded (10). Use 'max_recursion_depth' session property to modify the limit."),
		call("left", castTo(column(alias, first.Ref), schema.Text), num(0)))
	out := &syntax.Select{From: beyond}
	for i, o := range outs {
		value := column(alias, o.Ref)
		if i == 0 {
			value = fail(first.Type, notSupported, msg)
		}
		out.Items = append(out.Items, selected(value, o.Ref))
	}
	return out
}
