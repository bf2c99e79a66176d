package bind

import (
	"strconv"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// constant is what an expression without columns is: nil for NULL, a string, an
// int64 or a day; false where that is not known before the query runs.
func (b *binder) constant(x syntax.Expr) (any, bool) {
	return (&pruner{info: b.info}).value(x)
}

// rowCount is the number of rows of LIMIT and its like, which may stand in a
// parameter. Complaints are about at.
func (b *binder) rowCount(at syntax.Node, x syntax.Expr, clause string) int64 {
	if x == nil || b.err != nil {
		return 0
	}
	if n, ok := x.(*syntax.NumberLit); ok {
		count, err := strconv.ParseInt(n.Text, 10, 64)
		if err != nil {
			b.failAt(n, "SYNTAX_ERROR", "Invalid row count: %s", n.Text)
		}
		b.info.Counts[x] = strconv.FormatInt(count, 10)
		return count
	}
	t := b.exprs(&scope{}, clause).expr(x)
	v, known := b.constant(x)
	n, whole := v.(int64)
	switch {
	case b.err != nil:
	case known && v == nil:
		b.failAt(at, "INVALID_ARGUMENTS", "Parameter value provided for %s is NULL: null", clause)
	case !t.IsInteger():
		b.failAt(x, typeMismatch, "Cannot cast type %s to bigint", t)
	case !known || !whole:
		b.failAt(x, notSupported, "%s of anything but a number is not supported yet", clause)
	case n < 0:
		b.failAt(at, "NUMERIC_VALUE_OUT_OF_RANGE", "%s row count must be greater or equal to 0 (actual value: %d)", clause, n)
	}
	b.info.Counts[x] = strconv.FormatInt(n, 10)
	return n
}

// sample binds TABLESAMPLE, whose percentage is known before the query runs.
func (b *binder) sample(r *syntax.Sample, s *scope, hint string) []field {
	fields := b.relation(r.Of, s, hint)
	x := r.Percentage
	e := b.exprs(&scope{fields: s.fields, parent: s.parent}, "TABLESAMPLE")
	if holdsColumn(x) {
		b.failAt(x, "EXPRESSION_NOT_CONSTANT", "Sample percentage cannot contain column references")
	}
	t := e.expr(x)
	if b.err != nil {
		return nil
	}
	text, known := b.percentage(x)
	percent, err := strconv.ParseFloat(text, 64)
	switch {
	case t.Kind == schema.Unknown:
		b.failAt(x, "INVALID_ARGUMENTS", "Sample percentage cannot be NULL")
	case !t.IsNumber():
		b.failAt(x, typeMismatch, "Sample percentage should be a numeric expression")
	case !known || err != nil:
		b.failAt(x, notSupported, "A sample percentage that is not written out is not supported yet")
	case percent < 0:
		b.failAt(x, "NUMERIC_VALUE_OUT_OF_RANGE", "Sample percentage must be greater than or equal to 0")
	case percent > 100:
		b.failAt(x, "NUMERIC_VALUE_OUT_OF_RANGE", "Sample percentage must be less than or equal to 100")
	}
	b.info.Counts[x] = text
	return fields
}

func (b *binder) percentage(x syntax.Expr) (text string, known bool) {
	switch x := x.(type) {
	case *syntax.NumberLit:
		return x.Text, true
	case *syntax.TypedLit:
		return x.Value, true
	case *syntax.Param:
		return b.percentage(b.info.Params[x])
	}
	v, _ := b.constant(x)
	n, known := v.(int64)
	return strconv.FormatInt(n, 10), known
}

func holdsColumn(x syntax.Expr) bool {
	found := false
	syntax.Walk(x, func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.Ident, *syntax.Deref:
			found = true
		}
		return !found
	})
	return found
}
