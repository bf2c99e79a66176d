package bind

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

func didYouMean(name string, known []string) string { return catalog.DidYouMean(name, known) }

// opSpan is the place Trino names in complaints about an operator.
type opSpan struct{ from, to syntax.Pos }

func (s opSpan) Pos() syntax.Pos { return s.from }
func (s opSpan) End() syntax.Pos { return s.to }

// operatorAt is the place of n's operator, from which the other operand and
// all else of it follows; n itself where it has none.
func operatorAt(n syntax.Node) syntax.Node {
	var from syntax.Pos
	to := n.End()
	switch x := n.(type) {
	case *syntax.Binary:
		from, to = x.OpPos, x.OpPos
		to.Offset += len(x.Op)
		to.Col += len(x.Op)
	case *syntax.Between:
		from = x.OpPos
	case *syntax.In:
		from = x.OpPos
	case *syntax.Like:
		from = x.OpPos
	case *syntax.IsNull:
		from = x.OpPos
	case *syntax.IsDistinct:
		from = x.OpPos
	case *syntax.Quantified:
		from = x.OpPos
	case *syntax.SetOp:
		from, to = x.OpPos, x.OpPos
		to.Offset += len(x.Op)
		to.Col += len(x.Op)
	}
	if !from.IsValid() {
		return n
	}
	return opSpan{from, to}
}

func (e *exprs) binary(x *syntax.Binary) schema.Type {
	xt, yt := e.expr(x.X), e.expr(x.Y)
	if e.err != nil {
		return schema.Type{}
	}
	res, err := funcs.BinaryType(x.Op, xt, yt)
	if err != nil {
		e.failWith(operatorAt(x), withHint(err, operandHint(x.Op, x.X, x.Y, xt, yt)))
		return schema.Type{}
	}
	if err := badDecimal(res.Result); err != nil {
		e.failWith(operatorAt(x), err)
		return schema.Type{}
	}
	e.coerce(x.X, res.Params[0])
	e.coerce(x.Y, res.Params[1])
	return res.Result
}

func (e *exprs) unary(x *syntax.Unary) schema.Type {
	if n, ok := unparenNumber(x); ok && x.Op == "-" {
		t, err := numberType("-" + n.Text)
		if err != nil {
			e.failAt(x, "SYNTAX_ERROR", "Invalid numeric literal: -%s", n.Text)
		}
		e.info.Types[n] = t
		return t
	}
	t := e.expr(x.X)
	switch {
	case t.IsNumber(), t.Kind == schema.IntervalDay, t.Kind == schema.IntervalYear:
		return t
	case t.Kind == schema.Unknown && e.err == nil:
		e.coerce(x.X, schema.Of(schema.Integer))
		return schema.Of(schema.Integer)
	case x.Op == "-":
		e.failAt(x, typeMismatch, "Cannot negate %s", t)
	default:
		e.failAt(x, typeMismatch, "Unary '+' operator cannot by applied to %s type", t)
	}
	return schema.Type{}
}

func unparenNumber(x *syntax.Unary) (*syntax.NumberLit, bool) {
	n, ok := x.X.(*syntax.NumberLit)
	return n, ok
}

// single gives expressions that must agree their common type.
func (e *exprs) single(xs []syntax.Expr, what string) schema.Type {
	for _, x := range xs {
		e.expr(x)
	}
	if e.err != nil {
		return schema.Type{}
	}
	return e.agree(xs, what)
}

// agree is single for what is bound already.
func (e *exprs) agree(xs []syntax.Expr, what string) schema.Type {
	var common schema.Type
	var all []schema.Type
	for _, x := range xs {
		all = addType(all, e.info.Types[x])
	}
	for _, x := range xs {
		t := e.info.Types[x]
		wider, ok := schema.Common(common, t)
		if !ok {
			err := syntax.ErrorAt(operatorAt(x), typeMismatch,
				"%s must be the same type or coercible to a common type. Cannot find common type between %s and %s, all types (without duplicates): [%s]",
				what, common, t, typeList(all))
			err.Hint = agreeHint(what, xs[0], x, e.info.Types[xs[0]], t)
			e.fail(err)
			return schema.Type{}
		}
		common = wider
	}
	for _, x := range xs {
		e.coerce(x, common)
	}
	return common
}

// conditional words complaints about the functions that are expressions of
// their own in Trino's grammar; the arguments are bound.
func (e *exprs) conditional(x syntax.Expr, name string, args []syntax.Expr) {
	switch {
	case name == "coalesce" && len(args) > 1:
		e.agree(args, "All COALESCE operands")
	case name == "if" && (len(args) == 2 || len(args) == 3):
		e.boolean(args[0], e.info.Types[args[0]], "IF condition must evaluate to a boolean (actual: %s)")
		if len(args) == 3 {
			e.failAt(x, typeMismatch, "Result types for IF must be the same: %s vs %s", e.info.Types[args[1]], e.info.Types[args[2]])
		}
	}
}

func addType(seen []schema.Type, t schema.Type) []schema.Type {
	for _, s := range seen {
		if s.Equal(t) {
			return seen
		}
	}
	return append(seen, t)
}

func typeList(types []schema.Type) string {
	texts := make([]string, len(types))
	for i, t := range types {
		texts[i] = t.String()
	}
	return strings.Join(texts, ", ")
}

// compared is a comparison that is no Binary: both sides get a common type that
// = takes.
func (e *exprs) compared(n syntax.Node, x, y syntax.Expr) schema.Type {
	xt, yt := e.expr(x), e.expr(y)
	if e.err != nil {
		return schema.Type{}
	}
	res, err := funcs.BinaryType("=", xt, yt)
	if err != nil {
		e.failAt(n, typeMismatch, "Cannot check if %s is identical to %s", xt, yt)
		return schema.Type{}
	}
	e.coerce(x, res.Params[0])
	e.coerce(y, res.Params[1])
	return res.Result
}

func (e *exprs) between(x *syntax.Between) schema.Type {
	xt, low, high := e.expr(x.X), e.expr(x.Low), e.expr(x.High)
	if e.err != nil {
		return schema.Type{}
	}
	common, ok := schema.Common(xt, low)
	if ok {
		common, ok = schema.Common(common, high)
	}
	if ok {
		_, err := funcs.BinaryType("<=", common, common)
		ok = err == nil
	}
	if !ok {
		err := syntax.ErrorAt(operatorAt(x), typeMismatch, "Cannot check if %s is BETWEEN %s and %s", xt, low, high)
		err.Hint = operandHint("<=", x.X, x.Low, xt, low)
		e.fail(err)
		return schema.Type{}
	}
	for _, part := range []syntax.Expr{x.X, x.Low, x.High} {
		e.coerce(part, common)
	}
	return schema.Of(schema.Boolean)
}

func (e *exprs) in(x *syntax.In) schema.Type {
	if x.Query == nil {
		t := e.single(append([]syntax.Expr{x.X}, x.List...), "IN value and list items")
		e.comparable(x, t)
		return schema.Of(schema.Boolean)
	}
	xt := e.expr(x.X)
	e.againstQuery(x, x.X, xt, x.Query, asList)
	return schema.Of(schema.Boolean)
}

func (e *exprs) comparable(n syntax.Node, t schema.Type) {
	if e.err != nil || t.Kind == schema.Unknown {
		return
	}
	if _, err := funcs.BinaryType("=", t, t); err != nil {
		e.failAt(n, typeMismatch, "Type %s is not comparable", t)
	}
}

// againstQuery gives a value and the columns of a query a common type: that of
// the one column, or of the row that several columns are. A row is compared
// with the columns too.
func (e *exprs) againstQuery(n syntax.Node, x syntax.Expr, xt schema.Type, q *syntax.Query, place int) {
	outs := e.query(q, e.scope)
	e.checkCorrelated(n, q, place)
	if e.err != nil {
		return
	}
	asRow := xt.Kind == schema.Row || len(outs) != 1
	have := rowType(outs)
	value := xt
	if !asRow || xt.Kind != schema.Row && xt.Kind != schema.Unknown {
		value = schema.RowOf(schema.Field{Type: xt})
	}
	t, ok := schema.Common(value, have)
	if !ok {
		e.failAt(n, typeMismatch, "Value expression and result of subquery must be of the same type: %s vs %s", value, have)
		return
	}
	if !asRow {
		t = t.Elems[0].Type
		have = outs[0].Type
	}
	e.comparable(n, t)
	e.coerce(x, t)
	if !have.Equal(t) {
		e.info.Coerce[q] = t
	}
}

// rowType is the columns of a query as a row.
func rowType(outs []Output) schema.Type {
	fields := make([]schema.Field, len(outs))
	for i, o := range outs {
		fields[i] = schema.Field{Name: o.Name, Type: o.Type}
	}
	return schema.RowOf(fields...)
}

func (e *exprs) quantified(x *syntax.Quantified) schema.Type {
	xt := e.expr(x.X)
	place := asBound
	if x.Op == "=" && x.Quantifier != "ALL" || x.Op == "<>" && x.Quantifier == "ALL" {
		place = asList
	}
	e.againstQuery(x, x.X, xt, x.Query, place)
	if e.err != nil {
		return schema.Type{}
	}
	if _, err := funcs.BinaryType(x.Op, e.info.Type(x.X), e.info.Type(x.X)); err != nil {
		e.failWith(x, err)
	}
	return schema.Of(schema.Boolean)
}

func (e *exprs) like(x *syntax.Like) schema.Type {
	t := e.expr(x.X)
	if t.Kind == schema.Unknown {
		e.coerce(x.X, schema.Text)
	} else if !t.IsText() {
		e.failAt(x.X, typeMismatch, "Left side of LIKE expression must evaluate to a varchar (actual: %s)", t)
	}
	e.text(x.Pattern, "Pattern for LIKE expression must evaluate to a varchar (actual: %s)")
	if x.Escape != nil {
		e.text(x.Escape, "Escape for LIKE expression must evaluate to a varchar (actual: %s)")
	}
	return schema.Of(schema.Boolean)
}

func (e *exprs) text(x syntax.Expr, format string) {
	switch t := e.expr(x); {
	case t.Kind == schema.Varchar:
	case t.Kind == schema.Unknown:
		e.coerce(x, schema.Text)
	default:
		e.failAt(x, typeMismatch, format, t)
	}
}

func (e *exprs) caseOf(x *syntax.Case) schema.Type {
	if x.Operand != nil {
		e.operand(x)
	}
	var results []syntax.Expr
	for i := range x.Whens {
		if x.Operand == nil {
			e.term(x.Whens[i].Cond, "CASE WHEN clause")
		}
		results = append(results, x.Whens[i].Result)
	}
	if x.Else != nil {
		results = append(results, x.Else)
	}
	return e.single(results, "All CASE results")
}

// operand gives the operand of a CASE and what it is compared with a common
// type.
func (e *exprs) operand(x *syntax.Case) {
	common := e.expr(x.Operand)
	for i := range x.Whens {
		cond := x.Whens[i].Cond
		t := e.expr(cond)
		wider, ok := schema.Common(common, t)
		if !ok {
			e.failAt(cond, typeMismatch, "CASE operand type does not match WHEN clause operand type: %s vs %s", common, t)
		}
		common = wider
	}
	e.comparable(x.Operand, common)
	e.coerce(x.Operand, common)
	for i := range x.Whens {
		e.coerce(x.Whens[i].Cond, common)
	}
}

func (e *exprs) cast(x *syntax.Cast) schema.Type {
	from := e.expr(x.X)
	to, ok := e.typeOf(x, x.Type)
	if !ok {
		return schema.Type{}
	}
	if e.err == nil && from.Kind != schema.Unknown {
		if _, err := funcs.LowerCast(&syntax.NullLit{}, from, to, x.Try); err != nil {
			e.failWith(x, err)
		}
	}
	return to
}
