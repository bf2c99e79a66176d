package funcs

import (
	"math"
	"strconv"

	"logsql/convert/schema"
)

var mathFuncs = []*Func{
	{Name: "abs", Signatures: sameNumber, Emit: emitAbs},
	{Name: "ceil", Signatures: sameNumber, Result: wholeResult, Emit: emitWhole("ceil")},
	{Name: "ceiling", Signatures: sameNumber, Result: wholeResult, Emit: emitWhole("ceil")},
	{Name: "floor", Signatures: sameNumber, Result: wholeResult, Emit: emitWhole("floor")},
	{Name: "round", Signatures: withDigits, Result: roundResult, Emit: emitRound},
	{Name: "truncate", Signatures: []string{"(double) double", "(real) real", "(decimal) decimal", "(decimal, integer) decimal"}, Result: truncateResult, Emit: emitTruncate},
	{Name: "sign", Signatures: sameNumber, Result: signResult, Emit: emitSign},
	{Name: "mod", Signatures: []string{"(bigint, bigint) bigint", "(integer, integer) integer", "(smallint, smallint) smallint", "(tinyint, tinyint) tinyint", "(decimal, decimal) decimal", "(double, double) double", "(real, real) real"}, Result: modResult, Emit: emitMod},
	{Name: "sqrt", Signatures: oneDouble, Emit: guardedMath("sqrt", func(x expr) expr { return bin(">=", x, num(0)) })},
	{Name: "cbrt", Signatures: oneDouble, Emit: udf("trino_cbrt")},
	{Name: "exp", Signatures: oneDouble},
	{Name: "ln", Signatures: oneDouble, Emit: emitLog("ln")},
	{Name: "log2", Signatures: oneDouble, Emit: emitLog2},
	{Name: "log10", Signatures: oneDouble, Emit: emitLog("log10")},
	{Name: "log", Signatures: []string{"(double, double) double"}, Emit: emitLogOf},
	{Name: "pow", Signatures: []string{"(double, double) double"}, Emit: emitPow},
	{Name: "power", Signatures: []string{"(double, double) double"}, Emit: emitPow},
	{Name: "sin", Signatures: oneDouble, Emit: guardedMath("sin", finite)},
	{Name: "cos", Signatures: oneDouble, Emit: guardedMath("cos", finite)},
	{Name: "tan", Signatures: oneDouble, Emit: guardedMath("tan", finite)},
	{Name: "asin", Signatures: oneDouble, Emit: guardedMath("asin", unitRange)},
	{Name: "acos", Signatures: oneDouble, Emit: guardedMath("acos", unitRange)},
	{Name: "atan", Signatures: oneDouble},
	{Name: "atan2", Signatures: []string{"(double, double) double"}},
	{Name: "sinh", Signatures: oneDouble},
	{Name: "cosh", Signatures: oneDouble},
	{Name: "tanh", Signatures: oneDouble},
	{Name: "degrees", Signatures: oneDouble, Emit: udf("trino_degrees")},
	{Name: "radians", Signatures: oneDouble, Emit: udf("trino_radians")},
	{Name: "pi", Signatures: []string{"() double"}},
	{Name: "e", Signatures: []string{"() double"}, Emit: build(func([]expr) expr { return castTo(str("2.718281828459045"), "DOUBLE") })},
	{Name: "nan", Signatures: []string{"() double"}, Emit: build(func([]expr) expr { return castTo(str("nan"), "DOUBLE") })},
	{Name: "infinity", Signatures: []string{"() double"}, Emit: build(func([]expr) expr { return castTo(str("inf"), "DOUBLE") })},
	{Name: "is_nan", Signatures: []string{"(double) boolean", "(real) boolean"}, Emit: native("isnan")},
	{Name: "is_finite", Signatures: []string{"(double) boolean", "(real) boolean"}, Emit: native("isfinite")},
	{Name: "is_infinite", Signatures: []string{"(double) boolean", "(real) boolean"}, Emit: native("isinf")},
	{Name: "random", Signatures: randomSignatures, Emit: emitRandom},
	{Name: "rand", Signatures: randomSignatures, Emit: emitRandom},
	{Name: "width_bucket", Signatures: []string{"(double, double, double, bigint) bigint", "(double, array(double)) bigint"}, Emit: emitWidthBucket},
	{Name: "from_base", Signatures: []string{"(varchar, bigint) bigint"}, Emit: udf("trino_from_base")},
	{Name: "to_base", Signatures: []string{"(bigint, bigint) varchar"}, Result: func([]schema.Type) schema.Type { return schema.VarcharOf(64) }, Emit: udf("trino_to_base")},
	{Name: "bit_count", Signatures: []string{"(bigint, bigint) bigint"}, Emit: udf("trino_bit_count")},
	{Name: "bitwise_and", Signatures: twoBigints, Emit: udf("trino_bitwise_and")},
	{Name: "bitwise_or", Signatures: twoBigints, Emit: udf("trino_bitwise_or")},
	{Name: "bitwise_xor", Signatures: twoBigints, Emit: native("xor")},
	{Name: "bitwise_not", Signatures: []string{"(bigint) bigint"}, Emit: build(func(a []expr) expr { return bin("-", num(-1), a[0]) })},
	{Name: "bitwise_left_shift", Signatures: shiftSignatures, Emit: emitShift("left")},
	{Name: "bitwise_right_shift", Signatures: shiftSignatures, Emit: emitShift("right")},
	{Name: "bitwise_right_shift_arithmetic", Signatures: shiftSignatures, Emit: emitShift("arithmetic")},
	{Name: "format_number", Signatures: []string{"(double) varchar", "(bigint) varchar"}, Emit: udf("trino_format_number")},
}

var (
	sameNumber = []string{
		"(bigint) bigint", "(integer) integer", "(smallint) smallint", "(tinyint) tinyint", "(double) double", "(real) real", "(decimal) decimal",
	}
	withDigits = append(append([]string{}, sameNumber...),
		"(bigint, integer) bigint", "(integer, integer) integer", "(smallint, integer) smallint", "(tinyint, integer) tinyint",
		"(double, integer) double", "(real, integer) real", "(decimal, integer) decimal")
	oneDouble        = []string{"(double) double"}
	twoBigints       = []string{"(bigint, bigint) bigint"}
	shiftSignatures  = []string{"(tinyint, integer) tinyint", "(smallint, integer) smallint", "(integer, integer) integer", "(bigint, integer) bigint"}
	randomSignatures = []string{"() double", "(bigint) bigint", "(bigint, bigint) bigint"}
)

// emitAbs: the least integer has no counterpart.
func emitAbs(c *Call) (expr, error) {
	e := typed(call("abs", c.Args[0]), c.Result)
	if !c.Result.IsInteger() {
		return e, nil
	}
	least := strconv.FormatInt(-1<<(8<<(c.Result.Kind-schema.TinyInt)-1), 10)
	bad := fail(c.Result, "NUMERIC_VALUE_OUT_OF_RANGE", str("Value "+least+" is out of range for abs("+c.Result.String()+")"))
	return when(bin("=", c.Args[0], typed(str(least), c.Result)), bad, e), nil
}

func wholeResult(params []schema.Type) schema.Type {
	if t := params[0]; t.Kind == schema.Decimal {
		return schema.DecimalOf(min(38, t.Precision-t.Scale+min(t.Scale, 1)), 0)
	}
	return params[0]
}

func emitWhole(name string) emit {
	return func(c *Call) (expr, error) {
		switch t := c.Params[0]; {
		case t.IsInteger():
			return c.Args[0], nil
		case t.Kind == schema.Decimal:
			return decimalRound(name, c.Args[0], num(0), c.Result), nil
		}
		return typed(call(name, c.Args[0]), c.Result), nil
	}
}

func decimalRound(how string, x, digits expr, t schema.Type) expr {
	return typed(call("trino_decimal_round", str(how), castTo(x, "VARCHAR"), digits), t)
}

func roundResult(params []schema.Type) schema.Type {
	t := params[0]
	if t.Kind != schema.Decimal || len(params) == 1 {
		return wholeResult(params)
	}
	return schema.DecimalOf(min(38, t.Precision+1), t.Scale)
}

func emitRound(c *Call) (expr, error) {
	digits := expr(num(0))
	if len(c.Args) == 2 {
		digits = c.Args[1]
	}
	switch t := c.Params[0]; {
	case t.IsInteger() && len(c.Args) == 1:
		return c.Args[0], nil
	case t.IsInteger():
		return typed(call("trino_round_integer", c.Args[0], digits), t), nil
	case t.Kind == schema.Decimal:
		return decimalRound("round", c.Args[0], digits, c.Result), nil
	}
	return typed(call("trino_round", c.Args[0], digits), c.Result), nil
}

func truncateResult(params []schema.Type) schema.Type {
	if t := params[0]; t.Kind == schema.Decimal && len(params) == 1 {
		return schema.DecimalOf(max(1, t.Precision-t.Scale), 0)
	}
	return params[0]
}

func emitTruncate(c *Call) (expr, error) {
	digits := expr(num(0))
	if len(c.Args) == 2 {
		digits = c.Args[1]
	}
	if c.Params[0].Kind == schema.Decimal {
		return decimalRound("trunc", c.Args[0], digits, c.Result), nil
	}
	return typed(call("trino_truncate", c.Args[0], digits), c.Result), nil
}

func signResult(params []schema.Type) schema.Type {
	if params[0].Kind == schema.Decimal {
		return schema.DecimalOf(1, 0)
	}
	return params[0]
}

func emitSign(c *Call) (expr, error) {
	x := c.Args[0]
	if k := c.Result.Kind; k == schema.Double || k == schema.Real {
		return typed(when(or(call("isnan", x), bin("=", x, num(0))), x, call("sign", x)), c.Result), nil
	}
	return typed(call("sign", x), c.Result), nil
}

func modResult(params []schema.Type) schema.Type {
	if params[0].Kind == schema.Decimal {
		return decimalResult("%", params[0], params[1])
	}
	return params[0]
}

func emitMod(c *Call) (expr, error) {
	return LowerBinary("%", c.Args[0], c.Args[1], c.Params[0], c.Params[1], c.Result), nil
}

// guardedMath is NaN where DuckDB would end the query.
func guardedMath(name string, valid func(x expr) expr) emit {
	return build(func(a []expr) expr {
		x := a[0]
		return when(or(isNull(x), valid(x)), call(name, x), castTo(str("nan"), "DOUBLE"))
	})
}

func finite(x expr) expr { return call("isfinite", x) }

func unitRange(x expr) expr { return and(bin(">=", x, num(-1)), bin("<=", x, num(1))) }

// emitLog: the logarithm of 0 is -Infinity, of less NaN.
func emitLog(name string) emit {
	return build(func(a []expr) expr {
		x := a[0]
		zero := when(bin("=", x, num(0)), castTo(str("-inf"), "DOUBLE"), castTo(str("nan"), "DOUBLE"))
		return when(or(isNull(x), bin(">", x, num(0))), call(name, x), zero)
	})
}

// emitLog2 and emitLogOf divide natural logarithms, as Trino does.
func emitLog2(c *Call) (expr, error) { return logOf(castTo(num(2), "DOUBLE"), c.Args[0]) }

func emitLogOf(c *Call) (expr, error) { return logOf(c.Args[0], c.Args[1]) }

func logOf(base, x expr) (expr, error) {
	ln := emitLog("ln")
	above, err := ln(&Call{Args: []expr{x}})
	if err != nil {
		return nil, err
	}
	below, err := ln(&Call{Args: []expr{base}})
	return bin("/", above, below), err
}

func emitRandom(c *Call) (expr, error) {
	switch len(c.Args) {
	case 0:
		return call("random"), nil
	case 1:
		bad := fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str("bound must be positive"))
		return when(bin("<=", c.Args[0], num(0)), bad, castTo(call("floor", bin("*", call("random"), c.Args[0])), "BIGINT")), nil
	}
	span := bin("-", c.Args[1], c.Args[0])
	bad := fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str("start value must be less than stop value"))
	return when(bin("<=", span, num(0)), bad, bin("+", c.Args[0], castTo(call("floor", bin("*", call("random"), span)), "BIGINT"))), nil
}

func emitWidthBucket(c *Call) (expr, error) {
	if len(c.Args) == 2 {
		return call("trino_width_bucket_of", c.Args...), nil
	}
	return call("trino_width_bucket", c.Args...), nil
}

func emitShift(how string) emit {
	return func(c *Call) (expr, error) {
		size := map[schema.Kind]int{schema.TinyInt: 8, schema.SmallInt: 16, schema.Integer: 32, schema.BigInt: 64}[c.Result.Kind]
		return typed(call("trino_shift", str(how), c.Args[0], c.Args[1], num(size)), c.Result), nil
	}
}

// emitPow: where C has 1 for a base of 1 or -1 and an exponent that is no finite
// number, Java has NaN.
func emitPow(c *Call) (expr, error) {
	power := call("pow", c.Args...)
	if text, ok := c.constant(1); ok {
		if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
			return power, nil
		}
	}
	odd := and(bin("=", call("abs", c.Args[0]), castTo(num(1), "DOUBLE")), not(call("isfinite", c.Args[1])))
	return when(odd, castTo(str("NaN"), "DOUBLE"), power), nil
}
