package bind

import (
	"slices"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// exprs binds the expressions of one clause and gathers the aggregate and
// window calls in them, for the clause to judge.
type exprs struct {
	*binder
	scope      *scope
	clause     string
	aggregates []syntax.Expr
	windows    []syntax.Expr
	defined    []syntax.WindowDef // WINDOW clause in reach
}

func (b *binder) exprs(s *scope, clause string) *exprs {
	return &exprs{binder: b, scope: s, clause: clause}
}

func (e *exprs) all() []syntax.Expr {
	return append(e.aggregates[:len(e.aggregates):len(e.aggregates)], e.windows...)
}

// refuse complains of calls that n, an expression of a clause, must not hold.
func (e *exprs) refuse(n syntax.Node, calls []syntax.Expr, clause string) {
	if len(calls) == 0 {
		return
	}
	texts := make([]string, len(calls))
	for i, c := range calls {
		texts[i] = syntax.PrintMessage(c)
	}
	err := syntax.ErrorAt(operatorAt(n), notScalar, "%s cannot contain aggregations, window functions or grouping operations: [%s]", clause, strings.Join(texts, ", "))
	err.Hint = refusedHint(clause, calls)
	e.fail(err)
}

// coerce notes the implicit cast of x to t, which the caller knows to be
// allowed.
func (b *binder) coerce(x syntax.Expr, t schema.Type) {
	if b.info.Types[x].Equal(t) {
		delete(b.info.Coerce, x)
		return
	}
	b.info.Coerce[x] = t
}

// boolean checks a condition; format takes the type found.
func (b *binder) boolean(x syntax.Expr, t schema.Type, format string) {
	switch t.Kind {
	case schema.Boolean:
	case schema.Unknown:
		b.coerce(x, schema.Of(schema.Boolean))
	default:
		b.failAt(x, typeMismatch, format, t)
	}
}

// expr binds x and answers its type; unknown after an error.
func (e *exprs) expr(x syntax.Expr) schema.Type {
	if e.err != nil {
		return schema.Type{}
	}
	e.depth++
	defer func() { e.depth-- }()
	if e.depth > maxDepth {
		e.failAt(x, notSupported, "The expression is nested too deeply")
		return schema.Type{}
	}
	delete(e.info.Coerce, x) // of an earlier binding of the same lambda
	t := e.bind(x)
	if len(t.Elems) > 0 && deeper(t, maxNesting) {
		e.failAt(x, notSupported, "The type is nested deeper than %d levels", maxNesting)
		return schema.Type{}
	}
	e.info.Types[x] = t
	return t
}

// maxNesting bounds types within types: every expression that holds one is
// checked and cast level by level.
const maxNesting = 200

func deeper(t schema.Type, levels int) bool {
	return slices.ContainsFunc(t.Elems, func(f schema.Field) bool {
		return levels == 0 || deeper(f.Type, levels-1)
	})
}

// logical binds a chain of AND and OR, however long, without going deeper for
// each.
func (e *exprs) logical(x *syntax.Logical) schema.Type {
	chain := []*syntax.Logical{x}
	for {
		left, ok := chain[len(chain)-1].X.(*syntax.Logical)
		if !ok {
			break
		}
		chain = append(chain, left)
	}
	const term = "Logical expression term"
	e.term(chain[len(chain)-1].X, term)
	for i := len(chain) - 1; i >= 0; i-- {
		e.term(chain[i].Y, term)
		delete(e.info.Coerce, chain[i])
		e.info.Types[chain[i]] = schema.Of(schema.Boolean)
	}
	return schema.Of(schema.Boolean)
}

// bind is the one switch over expressions; Info.Types is filled by expr.
func (e *exprs) bind(x syntax.Expr) schema.Type {
	switch x := x.(type) {
	case *syntax.Ident:
		return e.ident(x)
	case *syntax.Deref:
		return e.deref(x)
	case *syntax.StringLit, *syntax.NumberLit, *syntax.BoolLit, *syntax.NullLit, *syntax.BinaryLit:
		return e.literal(x)
	case *syntax.TypedLit:
		return e.typedLiteral(x)
	case *syntax.IntervalLit:
		return e.interval(x)
	case *syntax.Unary:
		return e.unary(x)
	case *syntax.Binary:
		return e.binary(x)
	case *syntax.Logical:
		return e.logical(x)
	case *syntax.Not:
		e.term(x.X, "Value of logical NOT expression")
		return schema.Of(schema.Boolean)
	case *syntax.Between:
		return e.between(x)
	case *syntax.In:
		return e.in(x)
	case *syntax.Like:
		return e.like(x)
	case *syntax.IsNull:
		e.expr(x.X)
		return schema.Of(schema.Boolean)
	case *syntax.IsDistinct:
		return e.compared(x, x.X, x.Y)
	case *syntax.Exists:
		e.query(x.Query, e.scope)
		e.checkCorrelated(x, x.Query, asExists)
		return schema.Of(schema.Boolean)
	case *syntax.Quantified:
		return e.quantified(x)
	case *syntax.Call:
		return e.call(x)
	case *syntax.Cast:
		return e.cast(x)
	case *syntax.Case:
		return e.caseOf(x)
	case *syntax.ArrayLit:
		return schema.ArrayOf(e.single(x.Elems, "All ARRAY elements"))
	case *syntax.RowLit:
		return e.row(x)
	case *syntax.Subscript:
		return e.subscript(x)
	case *syntax.Extract:
		return e.extract(x)
	case *syntax.Subquery:
		return e.subquery(x)
	case *syntax.AtTimeZone:
		return e.atTimeZone(x)
	case *syntax.Special:
		return e.special(x)
	case *syntax.Paren:
		return e.paren(x)
	case *syntax.Param:
		return e.param(x)
	case *syntax.Lambda:
		e.failAt(x, typeMismatch, "Lambda expression should always be used inside a function")
	default:
		e.failAt(x, notSupported, "%T is not supported yet", x)
	}
	return schema.Type{}
}

// param is what a ? stands for, in which no column is in reach.
func (e *exprs) param(x *syntax.Param) schema.Type {
	if x.Index >= len(e.params) {
		e.failAt(x, "INVALID_PARAMETER_USAGE", "Incorrect number of parameters: expected %d but found %d", x.Index+1, len(e.params))
		return schema.Type{}
	}
	value := e.params[x.Index]
	e.info.Params[x] = value
	alone := e.exprs(&scope{}, "EXECUTE")
	t := alone.expr(value)
	alone.refuse(value, alone.all(), "EXECUTE USING")
	return t
}

func (e *exprs) paren(x *syntax.Paren) schema.Type { return e.expr(x.X) }

func (e *exprs) term(x syntax.Expr, what string) {
	e.boolean(x, e.expr(x), what+" must evaluate to a boolean (actual: %s)")
}

func (e *exprs) ident(x *syntax.Ident) schema.Type {
	name := []string{strings.ToLower(x.Name)}
	c := e.resolve(x, e.scope, name, x.Name)
	if c == nil {
		e.unresolved(x, e.scope, name, x.Name)
		return schema.Type{}
	}
	e.info.Columns[x] = c
	return c.Type
}

// deref is table.column before it is row.field.
func (e *exprs) deref(x *syntax.Deref) schema.Type {
	name, text, ok := path(x)
	if ok {
		if c := e.resolve(x, e.scope, name, text); c != nil || e.err != nil {
			if c == nil {
				return schema.Type{}
			}
			e.info.Columns[x] = c
			return c.Type
		}
		delete(e.info.Columns, x)
		if !e.columnInReach(name) {
			e.unresolved(x, e.scope, name, text)
			return schema.Type{}
		}
	}
	base := e.expr(x.Base)
	if e.err != nil {
		return base
	}
	if base.Kind != schema.Row {
		e.failAt(x.Base, typeMismatch, "Expression %s is not of type ROW", syntax.PrintMessage(x.Base))
		return schema.Type{}
	}
	if !ok {
		text = x.Field.Name
	}
	return e.field(x, base, text)
}

func (e *exprs) columnInReach(name []string) bool {
	for s := e.scope; s != nil; s = s.parent {
		if s.isPrefix(name) {
			return true
		}
	}
	return false
}

func (e *exprs) field(x *syntax.Deref, row schema.Type, text string) schema.Type {
	var found []schema.Type
	var known []string
	for _, f := range row.Elems {
		known = append(known, f.Name)
		if f.Name != "" && strings.EqualFold(f.Name, x.Field.Name) {
			found = append(found, f.Type)
		}
	}
	switch len(found) {
	case 0:
		err := syntax.ErrorAt(x, badColumnRef, "Column reference '%s' is invalid", text)
		err.Hint = didYouMean(x.Field.Name, known)
		e.fail(err)
		return schema.Type{}
	case 1:
		return found[0]
	}
	e.failAt(&x.Field, ambiguous, "Ambiguous row field reference: %s", x.Field.Name)
	return schema.Type{}
}

func (e *exprs) row(x *syntax.RowLit) schema.Type {
	fields := make([]schema.Field, len(x.Elems))
	for i, el := range x.Elems {
		fields[i].Type = e.expr(el)
	}
	return schema.RowOf(fields...)
}

func (e *exprs) subscript(x *syntax.Subscript) schema.Type {
	base, index := e.expr(x.Base), e.expr(x.Index)
	if e.err != nil {
		return schema.Type{}
	}
	switch {
	case base.Kind == schema.Array && schema.Coercible(index, schema.Of(schema.BigInt)):
		e.coerce(x.Index, schema.Of(schema.BigInt))
		return base.Elem()
	case base.Kind == schema.Map && schema.Coercible(index, base.Key()):
		e.coerce(x.Index, base.Key())
		return base.Value()
	case base.Kind == schema.Row:
		n, ok := ordinal(Unparen(x.Index))
		if !ok {
			e.failAt(x.Index, "EXPRESSION_NOT_CONSTANT", "Subscript expression on ROW requires a constant index")
			return schema.Type{}
		}
		if n < 1 || n > len(base.Elems) {
			e.failAt(x.Index, "INVALID_FUNCTION_ARGUMENT", "Subscript index out of bounds: %d, max value is %d", n, len(base.Elems))
			return schema.Type{}
		}
		return base.Elems[n-1].Type
	}
	e.failAt(x, typeMismatch, "Cannot use %s for subscript of %s", index, base)
	return schema.Type{}
}

// atTimeZone is at_timezone, which a timestamp without zone goes to with its
// own precision.
func (e *exprs) atTimeZone(x *syntax.AtTimeZone) schema.Type {
	if t := e.expr(x.X); e.err == nil && (t.Kind < schema.Time || t.Kind > schema.TimestampTZ) {
		e.failAt(x, typeMismatch, "Type of value must be a time or timestamp with or without time zone (actual %s)", t)
		return schema.Type{}
	}
	t := e.info.Types[x.X]
	if e.err != nil {
		return schema.Type{}
	}
	name := "at_timezone"
	if t.Kind == schema.Time || t.Kind == schema.TimeTZ {
		name = "$at_timezone"
	}
	result := e.function(x, name, x.X, x.Zone)
	if e.err != nil || funcs.GoesByInstant(t) {
		return result
	}
	t.Kind++
	e.coerce(x.X, t)
	call := e.info.Calls[x]
	call.Params[0], call.Result = t, t
	return t
}

// subquery is a query as a value; of more than one column it is a row.
func (e *exprs) subquery(x *syntax.Subquery) schema.Type {
	outs := e.query(x.Query, e.scope)
	e.checkCorrelated(x, x.Query, asValue)
	if e.err != nil {
		return schema.Type{}
	}
	if len(outs) == 1 {
		return outs[0].Type
	}
	return rowType(outs)
}
