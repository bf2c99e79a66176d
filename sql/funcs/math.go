package funcs

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"

	"logsql/convert/schema"
)

var mathFuncs = []*Func{
	{Name: "abs", Signatures: sameNumber, Emit: emitAbs},
	{Name: "ceil", Signatures: sameNumber, Result: wholeResult, Emit: emitWhole("ceil")},
	{Name: "ceiling", Signatures: sameNumber, Result: wholeResult, Emit: emitWhole("ceil")},
	{Name: "floor", Signatures: sameNumber, Result: wholeResult, Emit: emitWhole("floor")},
	{Name: "round", Signatures: withDigits, Result: roundResult, Emit: emitRound},
	{Name: "truncate", Signatures: []string{"(double) double", "(real) real", "(decimal) decimal", "(double, bigint) double", "(real, bigint) real", "(decimal, bigint) decimal"}, Result: truncateResult, Emit: emitTruncate},
	{Name: "sign", Signatures: sameNumber, Result: signResult, Emit: emitSign},
	{Name: "mod", Signatures: []string{"(bigint, bigint) bigint", "(integer, integer) integer", "(smallint, smallint) smallint", "(tinyint, tinyint) tinyint", "(decimal, decimal) decimal", "(double, double) double", "(real, real) real"}, Result: modResult, Emit: emitMod},
	{Name: "sqrt", Signatures: oneDouble, Emit: guardedMath("sqrt", func(x expr) expr { return bin(">=", x, num(0)) })},
	{Name: "cbrt", Signatures: oneDouble, Emit: udf("trino_cbrt")},
	{Name: "exp", Signatures: oneDouble},
	{Name: "ln", Signatures: oneDouble, Emit: emitLog("ln")},
	{Name: "log2", Signatures: oneDouble, Emit: emitLog("log2")},
	{Name: "log10", Signatures: oneDouble, Emit: emitLog("log10")},
	{Name: "log", Signatures: []string{"(double, double) double"}, Emit: udf("trino_log")},
	{Name: "pow", Signatures: []string{"(double, double) double"}, Emit: native("pow")},
	{Name: "power", Signatures: []string{"(double, double) double"}, Emit: native("pow")},
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
	{Name: "to_base", Signatures: []string{"(bigint, bigint) varchar"}, Emit: udf("trino_to_base")},
	{Name: "bit_count", Signatures: []string{"(bigint, bigint) bigint"}, Emit: udf("trino_bit_count")},
	{Name: "bitwise_and", Signatures: twoBigints, Emit: udf("trino_bitwise_and")},
	{Name: "bitwise_or", Signatures: twoBigints, Emit: udf("trino_bitwise_or")},
	{Name: "bitwise_xor", Signatures: twoBigints, Emit: native("xor")},
	{Name: "bitwise_not", Signatures: []string{"(bigint) bigint"}, Emit: build(func(a []expr) expr { return bin("-", num(-1), a[0]) })},
	{Name: "bitwise_left_shift", Signatures: shiftSignatures, Emit: emitShift("left")},
	{Name: "bitwise_right_shift", Signatures: shiftSignatures, Emit: emitShift("right")},
	{Name: "bitwise_right_shift_arithmetic", Signatures: shiftSignatures, Emit: emitShift("arithmetic")},
	{Name: "cosine_similarity", Signatures: []string{"(array(double), array(double)) double"}, Emit: native("list_cosine_similarity")},
	{Name: "format_number", Signatures: []string{"(double) varchar", "(bigint) varchar"}, Emit: udf("trino_format_number")},
}

var (
	sameNumber = []string{
		"(bigint) bigint", "(integer) integer", "(smallint) smallint", "(tinyint) tinyint", "(double) double", "(real) real", "(decimal) decimal",
	}
	withDigits = append(append([]string{}, sameNumber...),
		"(bigint, bigint) bigint", "(integer, bigint) integer", "(smallint, bigint) smallint", "(tinyint, bigint) tinyint",
		"(double, bigint) double", "(real, bigint) real", "(decimal, bigint) decimal")
	oneDouble        = []string{"(double) double"}
	twoBigints       = []string{"(bigint, bigint) bigint"}
	shiftSignatures  = []string{"(tinyint, bigint) tinyint", "(smallint, bigint) smallint", "(integer, bigint) integer", "(bigint, bigint) bigint"}
	randomSignatures = []string{"() double", "(bigint) bigint", "(bigint, bigint) bigint"}
)

func emitAbs(c *Call) (expr, error) { return typed(call("abs", c.Args[0]), c.Result), nil }

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

var mathGo = []GoFunc{
	{Name: "trino_decimal_round", Signature: "(varchar, varchar, bigint) varchar", Call: goDecimalRound},
	{Name: "trino_round_integer", Signature: "(bigint, bigint) bigint", Call: goRoundInteger},
	{Name: "trino_round", Signature: "(double, bigint) double", Call: goRound},
	{Name: "trino_truncate", Signature: "(double, bigint) double", Call: goTruncate},
	{Name: "trino_log", Signature: "(double, double) double", Call: func(a []any) (any, error) { return math.Log(a[1].(float64)) / math.Log(a[0].(float64)), nil }},
	{Name: "trino_cbrt", Signature: "(double) double", Call: func(a []any) (any, error) { return math.Cbrt(a[0].(float64)), nil }},
	{Name: "trino_degrees", Signature: "(double) double", Call: func(a []any) (any, error) { return a[0].(float64) * (180 / math.Pi), nil }},
	{Name: "trino_radians", Signature: "(double) double", Call: func(a []any) (any, error) { return a[0].(float64) * (math.Pi / 180), nil }},
	{Name: "trino_width_bucket", Signature: "(double, double, double, bigint) bigint", Call: goWidthBucket},
	{Name: "trino_width_bucket_of", Signature: "(double, array(double)) bigint", Call: goWidthBucketOf},
	{Name: "trino_from_base", Signature: "(varchar, bigint) bigint", Call: goFromBase},
	{Name: "trino_to_base", Signature: "(bigint, bigint) varchar", Call: goToBase},
	{Name: "trino_bit_count", Signature: "(bigint, bigint) bigint", Call: goBitCount},
	{Name: "trino_bitwise_and", Signature: "(bigint, bigint) bigint", Call: func(a []any) (any, error) { return a[0].(int64) & a[1].(int64), nil }},
	{Name: "trino_bitwise_or", Signature: "(bigint, bigint) bigint", Call: func(a []any) (any, error) { return a[0].(int64) | a[1].(int64), nil }},
	{Name: "trino_shift", Signature: "(varchar, bigint, bigint, bigint) bigint", Call: goShift},
	{Name: "trino_format_number", Signature: "(double) varchar", Call: goFormatNumber},
}

// goDecimalRound keeps digits after the point (fewer for a negative number).
func goDecimalRound(a []any) (any, error) {
	r, _ := new(big.Rat).SetString(a[1].(string))
	digits := a[2].(int64)
	if digits > 400 || digits < -400 {
		if digits > 0 {
			return a[1], nil
		}
		return "0", nil
	}
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(max(digits, -digits)), nil))
	if digits < 0 {
		unit.Inv(unit)
	}
	scaled := new(big.Rat).Mul(r, unit)
	whole := new(big.Int).Quo(scaled.Num(), scaled.Denom()) // towards zero
	rest := new(big.Rat).Sub(scaled, new(big.Rat).SetInt(whole))
	away := int64(0)
	switch a[0].(string) {
	case "round":
		if rest.Abs(rest).Cmp(big.NewRat(1, 2)) >= 0 {
			away = int64(scaled.Sign())
		}
	case "ceil":
		away = int64(max(rest.Sign(), 0))
	case "floor":
		away = int64(min(rest.Sign(), 0))
	}
	whole.Add(whole, big.NewInt(away))
	out := new(big.Rat).Quo(new(big.Rat).SetInt(whole), unit)
	return out.FloatString(int(max(digits, 0))), nil
}

func goRoundInteger(a []any) (any, error) {
	n, digits := a[0].(int64), a[1].(int64)
	if digits >= 0 {
		return n, nil
	}
	if digits < -19 {
		return nil, failure("NUMERIC_VALUE_OUT_OF_RANGE", "integer overflow: %d", n)
	}
	text, err := goDecimalRound([]any{"round", strconv.FormatInt(n, 10), digits})
	if err != nil {
		return nil, err
	}
	out, err := strconv.ParseInt(text.(string), 10, 64)
	if err != nil {
		return nil, failure("NUMERIC_VALUE_OUT_OF_RANGE", "integer overflow: %d", n)
	}
	return out, nil
}

// goRound rounds half away from zero as Trino does: by scaling, not by the
// decimal text.
func goRound(a []any) (any, error) {
	f, digits := a[0].(float64), a[1].(int64)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return f, nil
	}
	if digits == 0 {
		return math.Round(f), nil
	}
	factor := math.Pow(10, float64(digits))
	if scaled := math.Abs(f) * factor; factor != 0 && !math.IsInf(factor, 0) && scaled < 1<<52 {
		return math.Copysign(math.Floor(scaled+0.5)/factor, f), nil
	}
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'f', -1, 64))
	text, err := goDecimalRound([]any{"round", r.FloatString(340), max(-330, min(330, digits))})
	if err != nil {
		return nil, err
	}
	out, _ := strconv.ParseFloat(text.(string), 64)
	return out, nil
}

func goTruncate(a []any) (any, error) {
	f, digits := a[0].(float64), a[1].(int64)
	if math.IsNaN(f) || math.IsInf(f, 0) || digits == 0 {
		return math.Trunc(f), nil
	}
	text, err := goDecimalRound([]any{"trunc", strconv.FormatFloat(f, 'f', -1, 64), digits})
	if err != nil {
		return nil, err
	}
	out, _ := strconv.ParseFloat(text.(string), 64)
	return out, nil
}

func goWidthBucket(a []any) (any, error) {
	x, low, high, n := a[0].(float64), a[1].(float64), a[2].(float64), a[3].(int64)
	switch {
	case n <= 0:
		return nil, invalid("bucketCount must be greater than 0")
	case math.IsNaN(x):
		return nil, invalid("operand must not be NaN")
	case math.IsNaN(low) || math.IsInf(low, 0):
		return nil, invalid("first bound must be finite")
	case math.IsNaN(high) || math.IsInf(high, 0):
		return nil, invalid("second bound must be finite")
	case low == high:
		return nil, invalid("bounds cannot equal each other")
	}
	lower, upper := min(low, high), max(low, high)
	result := int64(0)
	switch {
	case x < lower:
	case x >= upper:
		result = n + 1
	default:
		result = int64(float64(n)*(x-lower)/(upper-lower) + 1)
	}
	if low > high {
		result = n - result + 1
	}
	return result, nil
}

func goWidthBucketOf(a []any) (any, error) {
	x, bins := a[0].(float64), a[1].([]any)
	if len(bins) == 0 {
		return nil, invalid("Bins cannot be an empty array")
	}
	if math.IsNaN(x) {
		return nil, invalid("Operand cannot be NaN")
	}
	for i, b := range bins {
		bound, ok := b.(float64)
		if !ok || math.IsNaN(bound) || math.IsInf(bound, 0) {
			return nil, invalid("Bin value must be finite, got %v", b)
		}
		if i > 0 && bins[i-1].(float64) > bound {
			return nil, invalid("Bin values are not sorted in ascending order")
		}
	}
	n := int64(0)
	for _, b := range bins {
		if x >= b.(float64) {
			n++
		}
	}
	return n, nil
}

func checkRadix(radix int64) error {
	if radix < 2 || radix > 36 {
		return invalid("Radix must be between 2 and 36")
	}
	return nil
}

func goFromBase(a []any) (any, error) {
	text, radix := a[0].(string), a[1].(int64)
	if err := checkRadix(radix); err != nil {
		return nil, err
	}
	n, err := strconv.ParseInt(text, int(radix), 64)
	if err != nil || strings.Contains(text, "_") {
		return nil, invalid("Not a valid base-%d number: %s", radix, text)
	}
	return n, nil
}

func goToBase(a []any) (any, error) {
	if err := checkRadix(a[1].(int64)); err != nil {
		return nil, err
	}
	return strconv.FormatInt(a[0].(int64), int(a[1].(int64))), nil
}

func goBitCount(a []any) (any, error) {
	n, size := a[0].(int64), a[1].(int64)
	if size < 2 || size > 64 {
		return nil, invalid("Bits specified in bit_count must be between 2 and 64, got %d", size)
	}
	if size < 64 {
		if limit := int64(1) << (size - 1); n >= limit || n < -limit {
			return nil, invalid("Number must be representable with the bits specified. %d cannot be represented with %d bits", n, size)
		}
	}
	mask := ^uint64(0) >> (64 - size)
	return int64(bits.OnesCount64(uint64(n) & mask)), nil
}

func goShift(a []any) (any, error) {
	n, by, size := a[1].(int64), a[2].(int64), a[3].(int64)
	if by < 0 {
		return nil, invalid("Specified shift must be greater than or equal to zero")
	}
	unsigned := uint64(n) << (64 - size) >> (64 - size)
	var out uint64
	switch how := a[0].(string); {
	case how == "arithmetic":
		return n >> min(by, 63), nil
	case by >= size:
		return int64(0), nil
	case how == "left":
		out = unsigned << by
	default:
		out = unsigned >> by
	}
	return int64(out<<(64-size)) >> (64 - size), nil
}

// goFormatNumber writes three figures and a unit: 1.23M.
func goFormatNumber(a []any) (any, error) {
	f := a[0].(float64)
	units := []string{"", "K", "M", "B", "T", "Q"}
	size, unit := math.Abs(f), 0
	for size >= 1000 && unit < len(units)-1 {
		size /= 1000
		unit++
	}
	digits := 2
	if size >= 100 {
		digits = 0
	} else if size >= 10 {
		digits = 1
	}
	text := strconv.FormatFloat(size, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if f < 0 {
		text = "-" + text
	}
	return text + units[unit], nil
}
