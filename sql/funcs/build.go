package funcs

import (
	"strconv"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// The builders below make nodes of lowered SQL. They have no places.

type expr = syntax.Expr

func call(name string, args ...expr) *syntax.Call {
	return &syntax.Call{Name: syntax.Name{{Name: name}}, Args: args}
}

func str(s string) expr { return &syntax.StringLit{Value: s} }

func num(n int) expr {
	if n < 0 {
		return &syntax.Unary{Op: "-", X: num(-n)}
	}
	return &syntax.NumberLit{Text: strconv.Itoa(n)}
}

func null() expr { return &syntax.NullLit{} }

func boolean(v bool) expr { return &syntax.BoolLit{Value: v} }

func id(name string) expr { return &syntax.Ident{Name: name, Quoted: true} }

func bin(op string, x, y expr) expr { return &syntax.Binary{Op: op, X: x, Y: y} }

func and(x, y expr) expr { return &syntax.Logical{Op: "AND", X: x, Y: y} }

func or(x, y expr) expr { return &syntax.Logical{Op: "OR", X: x, Y: y} }

func not(x expr) expr { return &syntax.Not{X: x} }

func isNull(x expr) expr { return &syntax.IsNull{X: x} }

func notNull(x expr) expr { return &syntax.IsNull{X: x, Not: true} }

// when is CASE WHEN cond THEN yes ELSE no END; no may be nil for NULL.
func when(cond, yes, no expr) expr {
	return &syntax.Case{Whens: []syntax.When{{Cond: cond, Result: yes}}, Else: no}
}

func castTo(x expr, duck string) expr {
	return &syntax.Cast{X: x, Type: &syntax.TypeName{Text: duck}}
}

func typed(x expr, t schema.Type) expr { return castTo(x, DuckType(t)) }

func array(elems ...expr) expr { return &syntax.ArrayLit{Elems: elems} }

func at(base, index expr) expr { return &syntax.Subscript{Base: base, Index: index} }

func lambda(body expr, params ...string) expr {
	l := &syntax.Lambda{Body: body}
	for _, p := range params {
		l.Params = append(l.Params, syntax.Ident{Name: p, Quoted: true})
	}
	return l
}

func structOf(names []string, elems ...expr) expr {
	return &syntax.StructLit{Names: names, Elems: elems}
}

// field reads a field of a struct, at once where the struct is made here: the
// instant of a parsed time is then computed without its zone.
func field(x expr, name string) expr {
	if c, ok := x.(*syntax.Case); ok && len(c.Whens) == 1 && c.Operand == nil {
		s, made := c.Else.(*syntax.StructLit)
		test, guarded := c.Whens[0].Cond.(*syntax.IsNull)
		if made && guarded && !test.Not && len(s.Elems) == 2 && test.X == s.Elems[0] {
			if name == s.Names[0] {
				return s.Elems[0]
			}
			return when(test, null(), s.Elems[1])
		}
	}
	if s, ok := x.(*syntax.StructLit); ok {
		for i, n := range s.Names {
			if n == name {
				return s.Elems[i]
			}
		}
	}
	return call("struct_extract", x, str(name))
}

// fail is an expression of type t that ends the query with Trino's error, or
// is NULL inside TRY. DuckDB's own error() is volatile, which TRY refuses.
func fail(t schema.Type, code string, msg expr) expr {
	return typed(call(failName, str(code), msg), t)
}

const failName = "trino_fail"

// anyNull tells whether one of xs is NULL.
func anyNull(xs ...expr) expr {
	var test expr = isNull(xs[0])
	for _, x := range xs[1:] {
		test = or(test, isNull(x))
	}
	return test
}

func isLiteral(x expr) bool {
	switch x := x.(type) {
	case *syntax.NumberLit, *syntax.StringLit, *syntax.BoolLit, *syntax.NullLit:
		return true
	case *syntax.Unary:
		return isLiteral(x.X)
	case *syntax.Cast:
		return isLiteral(x.X)
	case *syntax.Paren:
		return isLiteral(x.X)
	}
	return false
}

// isNullLiteral tells whether x is NULL as written, cast or not.
func isNullLiteral(x expr) bool {
	switch x := x.(type) {
	case *syntax.NullLit:
		return true
	case *syntax.Cast:
		return isNullLiteral(x.X)
	}
	return false
}

// isNumber tells whether x is a number as written, which NaN is not.
func isNumber(x expr) bool {
	switch x := x.(type) {
	case *syntax.NumberLit:
		return true
	case *syntax.Unary:
		return isNumber(x.X)
	case *syntax.Cast:
		return isNumber(x.X)
	}
	return false
}

// The emitters below are values of Func.Emit.

type emit = func(c *Call) (syntax.Expr, error)

// native calls DuckDB's function of this name with the same arguments.
func native(name string) emit {
	return func(c *Call) (expr, error) { return c.with(name, c.Args...), nil }
}

// with is a call of name that keeps DISTINCT, ORDER BY, FILTER and OVER.
func (c *Call) with(name string, args ...expr) *syntax.Call {
	out := call(name, args...)
	if o := c.Out; o != nil {
		out.Distinct, out.OrderBy, out.Within = o.Distinct, o.OrderBy, o.Within
		out.Filter, out.Nulls, out.Over, out.Star = o.Filter, o.Nulls, o.Over, o.Star && len(args) == 0
	}
	return out
}

// as is with, cast to the result's type.
func as(name string) emit {
	return func(c *Call) (expr, error) { return typed(c.with(name, c.Args...), c.Result), nil }
}

// build makes an emitter of an expression over the arguments.
func build(f func(a []expr) expr) emit {
	return func(c *Call) (expr, error) { return f(c.Args), nil }
}

// elemVar is the parameter of lambdas made here; no column can be called so by
// accident.
const elemVar = "$e"

func elem() expr { return id(elemVar) }
