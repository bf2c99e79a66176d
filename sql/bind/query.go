package bind

import (
	"slices"
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// maxDepth bounds the nesting of queries and expressions, as the parser does.
const maxDepth = 2000

// query binds a query whose names may also mean columns of outer.
func (b *binder) query(q *syntax.Query, outer *scope) []Output {
	b.depth++
	defer func() { b.depth-- }()
	if b.depth > maxDepth {
		b.failAt(q, notSupported, "The query is nested too deeply")
		return nil
	}
	info := &Query{}
	b.info.Queries[q] = info
	s := outer
	if q.With != nil {
		s = b.with(q.With, info, outer)
	}
	if sel, ok := q.Body.(*syntax.Select); ok {
		info.Outputs = b.selectQuery(sel, q.OrderBy, info, s)
	} else {
		info.Outputs = b.body(q.Body, s)
		b.orderOutputs(q, info, s)
	}
	b.limit(q, s)
	b.info.Outputs[q] = info.Outputs
	return info.Outputs
}

func (b *binder) limit(q *syntax.Query, s *scope) {
	if q.Ties {
		b.failAt(q, notSupported, "FETCH FIRST … WITH TIES is not supported yet")
	}
	for _, e := range []syntax.Expr{q.Offset, q.Limit} {
		switch n := e.(type) {
		case nil:
		case *syntax.NumberLit:
			if _, err := strconv.ParseInt(n.Text, 10, 64); err != nil {
				b.failAt(n, "SYNTAX_ERROR", "Invalid row count: %s", n.Text)
			}
		default:
			b.failAt(e, notSupported, "LIMIT and OFFSET take a number")
		}
	}
}

// with binds the parts of WITH, each seeing those before it.
func (b *binder) with(w *syntax.With, info *Query, outer *scope) *scope {
	s := &scope{parent: outer, with: map[string]*CTE{}}
	if w.Recursive {
		b.failAt(w, notSupported, "WITH RECURSIVE is not supported yet")
	}
	for _, p := range w.Parts {
		name := strings.ToLower(p.Name.Name)
		if s.with[name] != nil {
			b.failAt(&p.Name, "DUPLICATE_NAMED_QUERY", "WITH query name '%s' specified more than once", name)
		}
		outs := slices.Clone(b.query(p.Query, s))
		if p.Columns != nil {
			outs = b.rename(outs, p.Columns)
		}
		cte := &CTE{Name: freeName(name, b.ctes), Outputs: outs}
		info.CTEs = append(info.CTEs, cte)
		s.with[name] = cte
	}
	return s
}

// rename gives outputs the names of a column list; their names in lowered SQL
// stay.
func (b *binder) rename(outs []Output, columns []syntax.Ident) []Output {
	if len(columns) != len(outs) {
		b.failAt(&columns[0], "MISMATCHED_COLUMN_ALIASES", "Column alias list has %d entries but relation has %d columns", len(columns), len(outs))
		return outs
	}
	for i, c := range columns {
		outs[i].Name = strings.ToLower(c.Name)
	}
	return outs
}

// body binds a query's body without its ORDER BY.
func (b *binder) body(body syntax.Body, s *scope) []Output {
	var outs []Output
	switch body := body.(type) {
	case *syntax.Select:
		outs = b.selectQuery(body, nil, &Query{}, s)
	case *syntax.SetOp:
		outs = b.setOp(body, s)
	case *syntax.Values:
		outs = b.values(body, s)
	case *syntax.TableBody:
		outs = b.tableBody(body, s)
	case *syntax.Query:
		outs = b.query(body, s)
	default:
		b.failAt(body, notSupported, "%T is not supported yet", body)
	}
	b.info.Outputs[body] = outs
	return outs
}

func (b *binder) setOp(op *syntax.SetOp, s *scope) []Output {
	if op.Corresponding {
		b.failAt(op, notSupported, "%s CORRESPONDING is not supported yet", op.Op)
	}
	left, right := b.body(op.Left, s), b.body(op.Right, s)
	if b.err != nil {
		return nil
	}
	if len(left) != len(right) {
		b.failAt(op, typeMismatch, "%s query has different number of fields: %d, %d", op.Op, len(left), len(right))
		return nil
	}
	outs := make([]Output, len(left))
	for i := range left {
		t, ok := schema.Common(left[i].Type, right[i].Type)
		if !ok {
			b.failAt(op, typeMismatch, "column %d in %s query has incompatible types: %s, %s", i+1, op.Op, left[i].Type, right[i].Type)
		}
		outs[i] = Output{Name: left[i].Name, Type: t}
	}
	return outputs(outs)
}

func (b *binder) values(v *syntax.Values, s *scope) []Output {
	var types []schema.Type
	e := b.exprs(s, "VALUES")
	for n, row := range v.Rows {
		cells := Cells(row)
		if n == 0 {
			types = make([]schema.Type, len(cells))
		}
		if len(cells) != len(types) {
			b.failAt(row, typeMismatch, "Values rows have mismatched sizes: %d vs %d", len(types), len(cells))
			return nil
		}
		for i, c := range cells {
			t, ok := schema.Common(types[i], e.expr(c))
			if c == row && e.info.Types[c].Kind == schema.Row {
				b.failAt(row, notSupported, "A row in VALUES that is not written out is not supported yet")
			}
			if !ok {
				b.failAt(c, typeMismatch, "Values rows have mismatched types: %s vs %s", types[i], b.info.Types[c])
			}
			types[i] = t
		}
	}
	for _, row := range v.Rows {
		for i, c := range Cells(row) {
			b.coerce(c, types[i])
		}
	}
	outs := make([]Output, len(types))
	for i, t := range types {
		outs[i].Type = t
	}
	return outputs(outs)
}

// Cells is a row of VALUES as its cells.
func Cells(row syntax.Expr) []syntax.Expr {
	if r, ok := Unparen(row).(*syntax.RowLit); ok {
		return r.Elems
	}
	return []syntax.Expr{row}
}

// tableBody is TABLE name: SELECT * FROM name.
func (b *binder) tableBody(body *syntax.TableBody, s *scope) []Output {
	sel := &syntax.Select{
		Span:  body.Span,
		Items: []syntax.SelectItem{{Span: body.Span, Star: true}},
		From:  &syntax.Table{Span: body.Span, Name: body.Name},
	}
	b.info.Expanded[body] = sel
	return b.body(sel, s)
}

// orderOutputs binds the ORDER BY of a query whose body is no SELECT: only its
// columns are in reach.
func (b *binder) orderOutputs(q *syntax.Query, info *Query, outer *scope) {
	s := &scope{parent: outer}
	for i := range info.Outputs {
		it := &Item{Out: info.Outputs[i]}
		c := &Column{Name: it.Out.Name, Ref: it.Out.Ref, Type: it.Out.Type, Item: it}
		s.fields = append(s.fields, field{name: c.Name, column: c})
	}
	e := b.exprs(s, "ORDER BY")
	for _, item := range q.OrderBy {
		info.Order = append(info.Order, b.order(e, item, info.Outputs))
		e.refuse(item.Expr, e.aggregates, "ORDER BY clause")
	}
}

// order binds one ORDER BY item: an ordinal, the plain name of an output
// column, or an expression.
func (b *binder) order(e *exprs, item syntax.SortItem, outs []Output) Order {
	if n, ok := ordinal(item.Expr); ok {
		if n < 1 || n > len(outs) {
			b.failAt(item.Expr, badColumnRef, "ORDER BY position %d is not in select list", n)
			return Order{}
		}
		b.orderable(item.Expr, outs[n-1].Type)
		return Order{Ordinal: n, Expr: item.Expr, Type: outs[n-1].Type}
	}
	o := Order{Expr: item.Expr, Type: e.expr(item.Expr)}
	if c := b.info.Columns[Unparen(item.Expr)]; c != nil && c.Item != nil {
		for i := range outs {
			if outs[i].Ref == c.Item.Out.Ref {
				o.Ordinal = i + 1
			}
		}
	}
	b.orderable(item.Expr, o.Type)
	return o
}

func (b *binder) orderable(n syntax.Node, t schema.Type) {
	if !isOrderable(t) {
		b.failAt(n, typeMismatch, "Type %s is not orderable, and therefore cannot be used in ORDER BY: %s", t, syntax.Print(n))
	}
}

func isOrderable(t schema.Type) bool {
	if t.Kind == schema.Map || t.Kind == schema.JSON || t.Kind == schema.Function {
		return false
	}
	for _, f := range t.Elems {
		if !isOrderable(f.Type) {
			return false
		}
	}
	return true
}

// ordinal is the number a bare integer in GROUP BY or ORDER BY stands for.
func ordinal(e syntax.Expr) (int, bool) {
	n, ok := e.(*syntax.NumberLit)
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(n.Text)
	return i, err == nil
}

// Unparen is the expression without the brackets around it.
func Unparen(e syntax.Expr) syntax.Expr {
	for {
		p, ok := e.(*syntax.Paren)
		if !ok {
			return e
		}
		e = p.X
	}
}
