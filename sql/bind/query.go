package bind

import (
	"math"
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
	b.limit(q)
	b.info.Outputs[q] = info.Outputs
	return info.Outputs
}

func (b *binder) limit(q *syntax.Query) {
	b.rowCount(q.Offset, q.Offset, "OFFSET")
	fetch := opSpan{q.Fetch, q.End()}
	switch {
	case q.Limit == nil:
	case !q.Fetch.IsValid():
		if n := b.rowCount(q.Limit, q.Limit, "LIMIT"); n > math.MaxInt32 && len(q.OrderBy) > 0 {
			b.fail(&syntax.Error{Code: notSupported, Msg: "ORDER BY LIMIT > 2147483647 is not supported"})
		}
	case q.Ties && len(q.OrderBy) == 0:
		b.failAt(fetch, "MISSING_ORDER_BY", "FETCH FIRST WITH TIES clause requires ORDER BY")
	case b.rowCount(fetch, q.Limit, "FETCH FIRST") == 0:
		b.failAt(fetch, "NUMERIC_VALUE_OUT_OF_RANGE", "FETCH FIRST row count must be positive (actual value: 0)")
	}
}

// with binds the parts of WITH, each seeing those before it.
func (b *binder) with(w *syntax.With, info *Query, outer *scope) *scope {
	s := &scope{parent: outer, with: map[string]*CTE{}}
	for _, p := range w.Parts {
		name := strings.ToLower(p.Name.Name)
		if s.with[name] != nil {
			b.failAt(&p.Name, "DUPLICATE_NAMED_QUERY", "WITH query name '%s' specified more than once", name)
		}
		if union := b.recursive(w, p); union != nil {
			cte := b.recursion(p, union, s, name)
			info.CTEs = append(info.CTEs, cte)
			s.with[name] = cte
			continue
		}
		cte, around := &CTE{query: p.Query}, b.within
		b.within = cte
		outs := slices.Clone(b.query(p.Query, s))
		b.within = around
		if p.Columns != nil {
			outs = b.rename(outs, p.Columns)
		}
		cte.Name, cte.Outputs = freeName(name, b.ctes), outs
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
	left, right := b.body(op.Left, s), b.body(op.Right, s)
	if b.err != nil {
		return nil
	}
	if op.Corresponding {
		left, right = b.corresponding(op, left, right)
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

// corresponding is the columns of a set operation's sides that have the same
// name, in the order of the left side.
func (b *binder) corresponding(op *syntax.SetOp, left, right []Output) (l, r []Output) {
	places := b.places(op, right)
	b.places(op, left)
	var matched [2][]int
	for i, out := range left {
		if j, ok := places[out.Name]; ok {
			l, r = append(l, out), append(r, right[j])
			matched[0], matched[1] = append(matched[0], i), append(matched[1], j)
		}
	}
	if len(l) == 0 {
		b.failAt(op, "MISMATCHED_COLUMN_ALIASES", "No corresponding columns")
	}
	b.info.Matched[op] = matched
	return l, r
}

func (b *binder) places(op *syntax.SetOp, outs []Output) map[string]int {
	places := map[string]int{}
	for i, out := range outs {
		if out.Name == "" {
			b.failAt(op, "MISSING_COLUMN_NAME", "Anonymous columns are not allowed in set operations with CORRESPONDING")
		}
		if _, twice := places[out.Name]; twice {
			b.failAt(op, ambiguous, "Duplicate columns found when using CORRESPONDING in set operations: %s", out.Name)
		}
		places[out.Name] = i
	}
	return places
}

// values binds VALUES: a row that is written out, or one whose type is a row,
// has a column for each field.
func (b *binder) values(v *syntax.Values, s *scope) []Output {
	var types []schema.Type
	e := b.exprs(s, "VALUES")
	for n, row := range v.Rows {
		have := e.rowTypes(row)
		if n == 0 {
			types = make([]schema.Type, len(have))
		}
		if len(have) != len(types) {
			b.failAt(v, typeMismatch, "Values rows have mismatched sizes: %d vs %d", len(types), len(have))
			return nil
		}
		for i, t := range have {
			common, ok := schema.Common(types[i], t)
			if !ok {
				b.failAt(v, typeMismatch, "Values rows have mismatched types: %s vs %s", rowOf(types), rowOf(have))
			}
			types[i] = common
		}
	}
	for _, row := range v.Rows {
		if !isRowLit(row) && b.info.Types[row].Kind == schema.Row {
			b.coerce(row, rowOf(types))
			continue
		}
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

// rowTypes binds a row of VALUES and gives the types of its columns.
func (e *exprs) rowTypes(row syntax.Expr) []schema.Type {
	if !isRowLit(row) {
		if t := e.expr(row); t.Kind == schema.Row {
			return fieldTypes(t)
		}
		return []schema.Type{e.info.Types[row]}
	}
	var types []schema.Type
	for _, c := range Cells(row) {
		types = append(types, e.expr(c))
	}
	return types
}

func fieldTypes(row schema.Type) []schema.Type {
	types := make([]schema.Type, len(row.Elems))
	for i, f := range row.Elems {
		types[i] = f.Type
	}
	return types
}

func rowOf(types []schema.Type) schema.Type {
	fields := make([]schema.Field, len(types))
	for i, t := range types {
		fields[i].Type = t
	}
	return schema.RowOf(fields...)
}

func isRowLit(x syntax.Expr) bool {
	_, ok := Unparen(x).(*syntax.RowLit)
	return ok
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
		b.failAt(n, typeMismatch, "Type %s is not orderable, and therefore cannot be used in ORDER BY: %s", t, syntax.PrintMessage(n))
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
