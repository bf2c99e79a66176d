package funcs

import (
	"fmt"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// BinaryType types x op y for + - * / % || and the comparisons. Params are
// what the operands are to be cast to before LowerBinary. The error is
// TYPE_MISMATCH, without a place.
func BinaryType(op string, x, y schema.Type) (Resolution, error) {
	switch op {
	case "=", "<>", "<", "<=", ">", ">=":
		return comparisonType(op, x, y)
	case "||":
		return concatType(x, y)
	}
	if res, ok := numericType(op, x, y); ok {
		if res.Result.Scale > 38 {
			return Resolution{}, invalid("DECIMAL scale must be in range [0, precision (38)]: %d", res.Result.Scale)
		}
		return res, nil
	}
	if res, ok := temporalType(op, x, y); ok {
		return res, nil
	}
	return Resolution{}, cannotApply(op, x, y)
}

// cannotApply names the operator as Trino does, which has no other comparisons
// than these inside.
func cannotApply(op string, x, y schema.Type) error {
	switch op {
	case ">", ">=":
		op = "<" + op[1:]
	case "<>":
		op = "="
	}
	return &syntax.Error{Code: "TYPE_MISMATCH", Msg: fmt.Sprintf("Cannot apply operator: %s %s %s", x, op, y)}
}

func comparisonType(op string, x, y schema.Type) (Resolution, error) {
	t, ok := schema.Common(x, y)
	if !ok || !comparable(t, op == "=" || op == "<>") {
		return Resolution{}, cannotApply(op, x, y)
	}
	return Resolution{Params: []schema.Type{t, t}, Result: schema.Of(schema.Boolean)}, nil
}

// comparable reports whether values of t are equal or not, or with !equality
// ordered.
func comparable(t schema.Type, equality bool) bool {
	if t.Kind == schema.Map && !equality || (t.Kind == schema.JSON || t.Kind == schema.Color) && !equality {
		return false
	}
	for _, e := range t.Elems {
		if !comparable(e.Type, equality) {
			return false
		}
	}
	return true
}

func concatType(x, y schema.Type) (Resolution, error) {
	if ambiguous(x, y) || ambiguous(y, x) {
		return Resolution{}, &syntax.Error{Code: "AMBIGUOUS_FUNCTION_CALL", Msg: "Could not choose a best candidate operator. Explicit type casts must be added."}
	}
	res, err := concatFunc.choose([]Arg{{Type: x}, {Type: y}})
	if err != nil {
		return Resolution{}, err
	}
	res.Result = concatResult(res.Params)
	return res, charsFit(res.Params)
}

// ambiguous tells whether x may be an array or an element, being NULL or an
// array of nothing else beside the array y.
func ambiguous(x, y schema.Type) bool {
	unknown := x.Kind == schema.Unknown || x.Kind == schema.Array && x.Elem().Kind == schema.Unknown
	return unknown && y.Kind == schema.Array && y.Elem().Kind != schema.Unknown
}

func numericType(op string, x, y schema.Type) (Resolution, bool) {
	if x.Kind == schema.Unknown && y.IsNumber() {
		x = y
	}
	if y.Kind == schema.Unknown && x.IsNumber() {
		y = x
	}
	if !x.IsNumber() || !y.IsNumber() {
		return Resolution{}, false
	}
	t, _ := schema.Common(x, y)
	if t.Kind != schema.Decimal {
		return Resolution{Params: []schema.Type{t, t}, Result: t}, true
	}
	x, y = asDecimal(x), asDecimal(y)
	return Resolution{Params: []schema.Type{x, y}, Result: decimalResult(op, x, y)}, true
}

func asDecimal(t schema.Type) schema.Type {
	if t.IsInteger() {
		return target(schema.Of(schema.Decimal), t)
	}
	return t
}

func decimalResult(op string, x, y schema.Type) schema.Type {
	s := max(x.Scale, y.Scale)
	switch op {
	case "*":
		return schema.DecimalOf(min(38, x.Precision+y.Precision), x.Scale+y.Scale)
	case "/":
		return schema.DecimalOf(min(38, x.Precision+y.Scale+max(0, y.Scale-x.Scale)), s)
	case "%":
		return schema.DecimalOf(min(y.Precision-y.Scale, x.Precision-x.Scale)+s, s)
	}
	return schema.DecimalOf(min(38, max(x.Precision-x.Scale, y.Precision-y.Scale)+s+1), s)
}

// temporalType types arithmetic with dates, times and intervals.
func temporalType(op string, x, y schema.Type) (Resolution, bool) {
	same := func(result schema.Type) (Resolution, bool) {
		if (x.Kind == schema.IntervalDay || y.Kind == schema.IntervalDay) && result.Kind >= schema.Time && result.Kind <= schema.TimestampTZ {
			result.Precision = max(result.Precision, 3) // intervals have milliseconds
		}
		return Resolution{Params: []schema.Type{x, y}, Result: result}, true
	}
	isInterval := func(t schema.Type) bool { return t.Kind == schema.IntervalDay || t.Kind == schema.IntervalYear }
	isClock := func(t schema.Type) bool { return t.Kind == schema.Time || t.Kind == schema.TimeTZ }
	switch {
	case isClock(x) && y.Kind == schema.IntervalYear, x.Kind == schema.IntervalYear && isClock(y):
		return Resolution{}, false
	case (op == "+" || op == "-") && isMoment(x) && isInterval(y):
		return same(x)
	case op == "+" && isInterval(x) && isMoment(y):
		return same(y)
	case (op == "+" || op == "-") && isInterval(x) && x.Equal(y):
		return same(x)
	case (op == "*" || op == "/") && isInterval(x) && (y.IsNumber() || y.Kind == schema.Unknown):
		return Resolution{Params: []schema.Type{x, schema.Of(schema.Double)}, Result: x}, true
	case op == "*" && isInterval(y) && (x.IsNumber() || x.Kind == schema.Unknown):
		return Resolution{Params: []schema.Type{schema.Of(schema.Double), y}, Result: y}, true
	case op == "-" && isMoment(x) && isMoment(y):
		if t, ok := commonMoment(x, y); ok {
			return Resolution{Params: []schema.Type{t, t}, Result: schema.Of(schema.IntervalDay)}, true
		}
	}
	return Resolution{}, false
}

func commonMoment(x, y schema.Type) (schema.Type, bool) {
	return schema.Common(x, y)
}

// LowerBinary says x op y in DuckDB, x and y having been cast to xt and yt, the
// Params of BinaryType.
func LowerBinary(op string, x, y syntax.Expr, xt, yt, result schema.Type) syntax.Expr {
	switch op {
	case "=", "<>", "<", "<=", ">", ">=":
		return compare(op, x, y, xt)
	case "||":
		return lowerConcat(x, y, xt, yt)
	}
	switch {
	case result.IsInteger() && (op == "/" || op == "%"):
		return integerDivision(op, x, y, result)
	case result.Kind == schema.Decimal:
		return decimalArithmetic(op, x, y, result)
	case result.IsNumber():
		return bin(op, x, y)
	}
	return temporalArithmetic(op, x, y, xt, yt, result)
}

// compare compares two values of type t as Trino does.
func compare(op string, x, y expr, t schema.Type) expr {
	switch t.Kind {
	case schema.TimestampTZ, schema.TimeTZ:
		return bin(op, instant(x), instant(y))
	case schema.Double, schema.Real:
		return compareFloats(op, x, y)
	case schema.Array, schema.Map, schema.Row:
		if op == "=" {
			return equalParts(x, y, t)
		}
		if op == "<>" {
			return not(equalParts(x, y, t))
		}
		return compareOrder(op, x, y, t)
	}
	return bin(op, x, y)
}

// compareFloats keeps NaN apart: in Trino it equals nothing and has no order,
// in DuckDB it equals itself and is the greatest.
func compareFloats(op string, x, y expr) expr {
	e := bin(op, x, y)
	for _, v := range []expr{x, y} {
		if isNumber(v) {
			continue
		}
		if op == "<>" {
			e = or(e, call("isnan", v))
		} else {
			e = and(e, not(call("isnan", v)))
		}
	}
	return e
}

// instant is the instant of a time or timestamp with time zone. Where that may
// be a constant NULL, DuckDB forgets the type.
func instant(x expr) expr {
	of, _, ok := strings.Cut(strings.TrimPrefix(nullType(x), "STRUCT(t "), ",")
	if !ok {
		return field(x, "t")
	}
	if isNullLiteral(x) {
		return castTo(null(), of)
	}
	return castTo(field(x, "t"), of)
}

// nullType is the type of the NULL that x is, or is in one of its cases.
func nullType(x expr) string {
	switch x := x.(type) {
	case *syntax.Cast:
		if isNullLiteral(x) {
			return x.Type.Text
		}
	case *syntax.Case:
		for _, w := range x.Whens {
			if of := nullType(w.Result); of != "" {
				return of
			}
		}
		return nullType(x.Else)
	}
	return ""
}

func zone(x expr) expr { return field(x, "z") }

func lowerConcat(x, y expr, xt, yt schema.Type) expr {
	switch {
	case xt.Kind == schema.Array && yt.Equal(xt):
		return when(or(isNull(x), isNull(y)), null(), call("list_concat", boundedList(x, y, xt), boundedList(y, x, yt)))
	case xt.Kind == schema.Array && yt.Equal(xt.Elem()):
		return when(or(isNull(x), isNull(y)), null(), call("list_append", x, y))
	case yt.Kind == schema.Array && xt.Equal(yt.Elem()):
		return when(or(isNull(x), isNull(y)), null(), call("list_prepend", x, y))
	}
	if xt.IsText() && yt.IsText() && (grows(x) || grows(y)) {
		return call("trino_concat", x, y)
	}
	return bin("||", x, y)
}

func integerDivision(op string, x, y expr, t schema.Type) expr {
	duckOp := op
	if op == "/" {
		duckOp = "//"
	}
	n, literal := y.(*syntax.NumberLit)
	by := y
	if op == "%" && !literal { // DuckDB fails where the quotient overflows
		by = when(bin("=", y, num(-1)), num(1), y)
	}
	e := typed(bin(duckOp, x, by), t)
	if literal && n.Text != "0" {
		return e
	}
	return when(bin("=", y, num(0)), fail(t, "DIVISION_BY_ZERO", str("Division by zero")), e)
}

// decimalArithmetic adds in DuckDB where that cannot overflow; its other decimal operators go through
// doubles or lack a digit: those are done exactly in Go.
func decimalArithmetic(op string, x, y expr, t schema.Type) expr {
	if (op == "+" || op == "-") && t.Precision < 38 {
		return typed(bin(op, typed(x, t), typed(y, t)), t)
	}
	text := call("trino_decimal", str(op), castTo(x, "VARCHAR"), castTo(y, "VARCHAR"), num(t.Scale))
	return typed(text, t)
}

func temporalArithmetic(op string, x, y expr, xt, yt, t schema.Type) expr {
	if op == "+" && (xt.Kind == schema.IntervalDay || xt.Kind == schema.IntervalYear) && t.Kind != xt.Kind {
		return temporalArithmetic(op, y, x, yt, xt, t)
	}
	switch {
	case t.Kind == schema.IntervalDay && xt.Kind >= schema.Date && xt.Kind <= schema.TimestampTZ:
		return betweenMoments(x, y, xt)
	case t.Kind >= schema.Time && t.Kind <= schema.TimestampTZ:
		return moved(op, x, y, xt, yt, t)
	case t.Kind == schema.Date && yt.Kind == schema.IntervalDay:
		moved := bin(op, castTo(x, "TIMESTAMP"), y)
		midnight := bin("=", moved, call("date_trunc", str("day"), moved))
		msg := "Cannot add hour, minutes or seconds to a date"
		if op == "-" {
			msg = "Cannot subtract hour, minutes or seconds from a date"
		}
		return when(not(midnight), fail(t, "INVALID_FUNCTION_ARGUMENT", str(msg)), castTo(moved, "DATE"))
	case t.Kind == schema.Date:
		return typed(bin(op, x, y), t)
	case op == "*" && xt.IsNumber():
		return scaleInterval(y, x, yt, op)
	case op == "*", op == "/":
		return scaleInterval(x, y, xt, op)
	}
	return bin(op, x, y)
}

func intervalMonths(iv expr) expr {
	return bin("+", bin("*", call("datepart", str("year"), iv), num(12)), call("datepart", str("month"), iv))
}

func intervalMillis(iv expr) expr { return bin("//", call("epoch_us", iv), num(1000)) }

// LowerUnary says -x or +x.
func LowerUnary(op string, x syntax.Expr, t schema.Type) syntax.Expr {
	if op == "+" {
		return x
	}
	return &syntax.Unary{Op: "-", X: x}
}
