package funcs

import (
	"logsql/convert/schema"
	"logsql/sql/syntax"
)

var conditionalFuncs = []*Func{
	{Name: "coalesce", Signatures: []string{"(T, T...) T"}},
	{Name: "nullif", Signatures: []string{"(T, U) T"}, Check: nullifTypes, Emit: emitNullif},
	{Name: "if", Signatures: []string{"(boolean, T) T", "(boolean, T, T) T"}, Emit: emitIf},
	{Name: "try", Signatures: []string{"(T) T"}, Emit: build(func(a []expr) expr { return tryOf(a[0]) })},
	{Name: "greatest", Signatures: []string{"(T, T...) T"}, Emit: emitExtreme(">")},
	{Name: "least", Signatures: []string{"(T, T...) T"}, Emit: emitExtreme("<")},
	{Name: "typeof", Signatures: []string{"(T) varchar"}, Emit: func(c *Call) (expr, error) {
		return str(c.Params[0].String()), nil
	}},
}

func nullifTypes(params []schema.Type) error {
	if _, err := BinaryType("=", params[0], params[1]); err != nil {
		return &syntax.Error{Code: "TYPE_MISMATCH", Msg: "Types are not comparable with NULLIF: " + params[0].String() + " vs " + params[1].String()}
	}
	return nil
}

// emitNullif compares in the common type and gives the first as it is.
func emitNullif(c *Call) (expr, error) {
	res, err := BinaryType("=", c.Params[0], c.Params[1])
	if err != nil {
		return nil, err
	}
	x, err := castExpr(c.Args[0], c.Params[0], res.Params[0])
	if err != nil {
		return nil, err
	}
	y, err := castExpr(c.Args[1], c.Params[1], res.Params[1])
	if err != nil {
		return nil, err
	}
	return when(compare("=", x, y, res.Params[0]), castTo(null(), DuckType(c.Result)), c.Args[0]), nil
}

func emitIf(c *Call) (expr, error) {
	if len(c.Args) == 3 {
		return when(c.Args[0], c.Args[1], c.Args[2]), nil
	}
	return when(c.Args[0], c.Args[1], nil), nil
}

// emitExtreme is greatest and least: NULL where any argument is, in DuckDB
// where all are.
func emitExtreme(op string) func(c *Call) (expr, error) {
	return func(c *Call) (expr, error) {
		key := func(x expr) expr {
			if len(c.Result.Elems) == 0 || op == "<" {
				return Comparable(x, c.Result)
			}
			return greatestKey(x, c.Result)
		}
		best := c.Args[0]
		for _, x := range c.Args[1:] {
			better := bin(op, key(x), key(best))
			if c.Result.Kind == schema.Double || c.Result.Kind == schema.Real {
				better = or(call("isnan", best), and(not(call("isnan", x)), better))
			}
			if len(c.Result.Elems) > 0 {
				better = and(notNull(compareOrder(op, x, best, c.Result)), better)
			}
			best = when(better, x, best)
		}
		return when(anyNull(c.Args...), castTo(null(), DuckType(c.Result)), best), nil
	}
}
