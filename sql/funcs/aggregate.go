package funcs

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

var aggregateFuncs = []*Func{
	{Name: "count", Kind: Aggregate, Signatures: []string{"() bigint", "(T) bigint"}, Emit: emitCount},
	{Name: "count_if", Kind: Aggregate, Signatures: []string{"(boolean) bigint"}, Emit: emitCountIf},
	{Name: "sum", Kind: Aggregate, Signatures: []string{
		"(bigint) bigint", "(double) double", "(real) real", "(decimal) decimal", "(interval day to second) interval day to second",
		"(interval year to month) interval year to month",
	}, Result: sumResult, Emit: emitSum},
	{Name: "avg", Kind: Aggregate, Signatures: []string{
		"(bigint) double", "(double) double", "(real) real", "(decimal) decimal", "(interval day to second) interval day to second",
		"(interval year to month) interval year to month",
	}, Emit: emitAvg},
	{Name: "min", Kind: Aggregate, Signatures: []string{"(T) T", "(T, bigint) array(T)"}, Check: ordered(0), Emit: emitExtremeOf("arg_min", "min")},
	{Name: "max", Kind: Aggregate, Signatures: []string{"(T) T", "(T, bigint) array(T)"}, Check: ordered(0), Emit: emitExtremeOf("arg_max", "max")},
	{Name: "min_by", Kind: Aggregate, Signatures: []string{"(T, U) T", "(T, U, bigint) array(T)"}, Check: ordered(1), Emit: emitBy("arg_min_null")},
	{Name: "max_by", Kind: Aggregate, Signatures: []string{"(T, U) T", "(T, U, bigint) array(T)"}, Check: ordered(1), Emit: emitBy("arg_max_null")},
	{Name: "arbitrary", Kind: Aggregate, Signatures: []string{"(T) T"}, Emit: native("any_value")},
	{Name: "any_value", Kind: Aggregate, Signatures: []string{"(T) T"}, Emit: native("any_value")},
	{Name: "array_agg", Kind: Aggregate, Signatures: []string{"(T) array(T)"}, Emit: emitArrayAgg},
	{Name: "bool_and", Kind: Aggregate, Signatures: []string{"(boolean) boolean"}},
	{Name: "bool_or", Kind: Aggregate, Signatures: []string{"(boolean) boolean"}},
	{Name: "every", Kind: Aggregate, Signatures: []string{"(boolean) boolean"}, Emit: native("bool_and")},
	{Name: "approx_distinct", Kind: Aggregate, Signatures: []string{"(T) bigint", "(T, double) bigint"}, Emit: emitApproxDistinct},
	{Name: "approx_percentile", Kind: Aggregate, Signatures: percentileSignatures, Emit: emitPercentile},
	{Name: "listagg", Kind: Aggregate, Signatures: []string{"(varchar) varchar", "(varchar, varchar) varchar"}, Emit: emitListagg},
	{Name: "map_agg", Kind: Aggregate, Signatures: []string{"(K, V) map(K, V)"}, Emit: emitMapAgg},
	{Name: "multimap_agg", Kind: Aggregate, Signatures: []string{"(K, V) map(K, array(V))"}, Emit: emitMultimapAgg},
	{Name: "map_union", Kind: Aggregate, Signatures: []string{"(map(K, V)) map(K, V)"}, Emit: emitMapUnion},
	{Name: "histogram", Kind: Aggregate, Signatures: []string{"(T) map(T, bigint)"}, Emit: emitHistogram},
	{Name: "stddev", Kind: Aggregate, Signatures: []string{"(bigint) double", "(double) double"}, Emit: emitVariance("stddev_samp", 2)},
	{Name: "stddev_samp", Kind: Aggregate, Signatures: []string{"(bigint) double", "(double) double"}, Emit: emitVariance("stddev_samp", 2)},
	{Name: "stddev_pop", Kind: Aggregate, Signatures: []string{"(bigint) double", "(double) double"}, Emit: emitVariance("stddev_pop", 1)},
	{Name: "variance", Kind: Aggregate, Signatures: []string{"(bigint) double", "(double) double"}, Emit: emitVariance("var_samp", 2)},
	{Name: "var_samp", Kind: Aggregate, Signatures: []string{"(bigint) double", "(double) double"}, Emit: emitVariance("var_samp", 2)},
	{Name: "var_pop", Kind: Aggregate, Signatures: []string{"(bigint) double", "(double) double"}, Emit: emitVariance("var_pop", 1)},
	{Name: "skewness", Kind: Aggregate, Signatures: []string{"(bigint) double", "(double) double"}, Emit: emitMoments(3)},
	{Name: "kurtosis", Kind: Aggregate, Signatures: []string{"(bigint) double", "(double) double"}, Emit: emitMoments(4)},
	{Name: "corr", Kind: Aggregate, Signatures: twoFloats, Emit: emitCorrelation},
	{Name: "covar_pop", Kind: Aggregate, Signatures: twoFloats, Emit: emitCovariance("covar_pop", 1)},
	{Name: "covar_samp", Kind: Aggregate, Signatures: twoFloats, Emit: emitCovariance("covar_samp", 2)},
	{Name: "regr_slope", Kind: Aggregate, Signatures: twoFloats, Emit: emitCorrelation},
	{Name: "regr_intercept", Kind: Aggregate, Signatures: twoFloats, Emit: emitCorrelation},
	{Name: "geometric_mean", Kind: Aggregate, Signatures: []string{"(bigint) double", "(double) double", "(real) real"}, Emit: emitGeometricMean},
	{Name: "checksum", Kind: Aggregate, Signatures: []string{"(T) varbinary"}, Emit: emitChecksum},
	{Name: "reduce_agg", Kind: Aggregate, Signatures: []string{"(T, S, function(S, T, S), function(S, S, S)) S"}, Check: plainState, Emit: emitReduceAgg},
	{Name: "numeric_histogram", Kind: Aggregate, Signatures: []string{
		"(bigint, double) map(double, double)", "(bigint, real) map(real, real)",
		"(bigint, double, double) map(double, double)", "(bigint, real, double) map(real, real)",
	}, Emit: emitNumericHistogram},
	{Name: "approx_most_frequent", Kind: Aggregate, Signatures: []string{
		"(bigint, bigint, bigint) map(bigint, bigint)", "(bigint, varchar, bigint) map(varchar, bigint)",
	}, Emit: emitMostFrequent},
	{Name: "bitwise_and_agg", Kind: Aggregate, Signatures: []string{"(bigint) bigint"}, Emit: native("bit_and")},
	{Name: "bitwise_or_agg", Kind: Aggregate, Signatures: []string{"(bigint) bigint"}, Emit: native("bit_or")},
	{Name: "bitwise_xor_agg", Kind: Aggregate, Signatures: []string{"(bigint) bigint"}, Emit: native("bit_xor")},
}

var (
	twoFloats            = []string{"(double, double) double", "(real, real) real"}
	percentileSignatures = []string{
		"(bigint, double) bigint", "(double, double) double", "(real, double) real",
		"(bigint, array(double)) array(bigint)", "(double, array(double)) array(double)", "(real, array(double)) array(real)",
		"(bigint, double, double) bigint", "(double, double, double) double", "(real, double, double) real",
		"(bigint, double, array(double)) array(bigint)", "(double, double, array(double)) array(double)", "(real, double, array(double)) array(real)",
		"(bigint, double, double, double) bigint", "(double, double, double, double) double", "(real, double, double, double) real",
	}
)

// ordered refuses values to be ordered that have no order: of max_by, the keys.
func ordered(at int) func(params []schema.Type) error {
	return func(params []schema.Type) error {
		if !comparable(params[at], false) {
			return errUnexpected
		}
		return nil
	}
}

// emitCount: a struct made here is not NULL where its parts are, so values with
// time zone are counted by their instant.
func emitCount(c *Call) (expr, error) {
	if len(c.Args) == 0 {
		return c.with("count"), nil
	}
	return c.with("count", Comparable(c.Args[0], c.Params[0])), nil
}

// emitArrayAgg takes what is equal by its key out of the whole list.
func emitArrayAgg(c *Call) (expr, error) {
	list := c.with("list", c.Args[0])
	if !list.Distinct || !Keyed(c.Params[0]) {
		return list, nil
	}
	list.Distinct = false
	return distinct(list, c.Params[0]), nil
}

func emitCountIf(c *Call) (expr, error) {
	return c.with("count", when(c.Args[0], num(1), nil)), nil
}

func sumResult(params []schema.Type) schema.Type {
	switch t := params[0]; {
	case t.Kind == schema.Decimal:
		return schema.DecimalOf(38, t.Scale)
	case t.IsInteger() || t.Kind == schema.Unknown:
		return schema.Of(schema.BigInt)
	default:
		return t
	}
}

// emitSum: DuckDB sums integers as INT128; the cast back is where Trino
// overflows too.
func emitSum(c *Call) (expr, error) {
	switch c.Result.Kind {
	case schema.BigInt:
		return typed(c.with("sum", c.Args...), c.Result), nil
	case schema.Real:
		return realOf(c.with("sum", castTo(c.Args[0], "DOUBLE"))), nil
	case schema.Decimal:
		return inBounds(typed(c.with("sum", c.Args...), c.Result), c.Result), nil
	case schema.IntervalDay:
		return ofMillis(c.with("sum", intervalMillis(c.Args[0]))), nil
	case schema.IntervalYear:
		return call("to_months", castTo(c.with("sum", intervalMonths(c.Args[0])), "INTEGER")), nil
	}
	return c.with("sum", c.Args...), nil
}

// realOf is a double as a real, infinite where it is too large for one.
func realOf(x expr) expr {
	const sum = "$s"
	large := bin(">", call("abs", id(sum)), castTo(str("3.4028235677973362e38"), "DOUBLE"))
	infinite := castTo(when(bin(">", id(sum), num(0)), str("inf"), str("-inf")), "FLOAT")
	return let(sum, x, when(and(large, not(call("isnan", id(sum)))), infinite, castTo(id(sum), "FLOAT")))
}

// inBounds is a decimal of 38 digits: DuckDB lets a sum have one more.
func inBounds(x expr, t schema.Type) expr {
	const sum = "$s"
	digits := strings.Repeat("9", 38-t.Scale) + "." + strings.Repeat("9", t.Scale)
	most := typed(str(strings.TrimSuffix(digits, ".")), t)
	outside := or(bin(">", id(sum), most), bin("<", id(sum), &syntax.Unary{Op: "-", X: most}))
	return let(sum, x, when(outside, fail(t, "NUMERIC_VALUE_OUT_OF_RANGE", str("Decimal overflow")), id(sum)))
}

func emitAvg(c *Call) (expr, error) {
	x := c.Args[0]
	switch c.Result.Kind {
	case schema.Decimal:
		sum := castTo(c.with("sum", x), "VARCHAR")
		count := castTo(c.with("count", x), "VARCHAR")
		quotient := call("trino_decimal", str("/"), sum, when(bin("=", count, str("0")), null(), count), num(c.Result.Scale))
		return typed(quotient, c.Result), nil
	case schema.Real:
		return realOf(c.with("avg", castTo(x, "DOUBLE"))), nil
	case schema.IntervalDay:
		return ofMillis(halfUp(c.with("avg", intervalMillis(x)))), nil
	case schema.IntervalYear:
		return call("to_months", castTo(halfUp(c.with("avg", intervalMonths(x))), "INTEGER")), nil
	}
	return c.with("avg", castTo(x, "DOUBLE")), nil // Trino adds up doubles, also of bigints
}

func halfUp(x expr) expr { return call("floor", bin("+", x, castTo(str("0.5"), "DOUBLE"))) }

// emitExtremeOf is min and max, of one value or of the first n. What does not
// compare as it is goes by a key.
func emitExtremeOf(by, plain string) emit {
	return func(c *Call) (expr, error) {
		x, t := c.Args[0], c.Params[0]
		key := Comparable(x, t)
		if plain == "max" {
			key = greatestKey(x, t)
		}
		asItIs := !Keyed(t) && !(plain == "max" && holdsFloat(t))
		if len(t.Elems) > 0 {
			c.Out.Distinct = false
		}
		switch {
		case len(c.Args) == 2:
			return firstOf(c, x, key, c.Args[1], plain == "max"), nil
		case asItIs && len(t.Elems) == 0:
			return c.with(plain, x), nil
		case asItIs:
			return extremeOf(c.with(plain, x), collect(c, x, x), t), nil
		case len(t.Elems) == 0 && !Keyed(t):
			numbers := c.with(plain, x)
			numbers.Filter = both(numbers.Filter, not(call("isnan", x))) // NaN is the least in Trino, the greatest in DuckDB
			return call("coalesce", numbers, c.with(plain, x)), nil
		}
		c.Out.Distinct = false
		return extremeOf(c.with(by, x, key), collect(c, x, x), t), nil
	}
}

// firstOf lists the n values whose keys come first; NULL keys do not count.
func firstOf(c *Call, value, key, n expr, desc bool) expr {
	list := c.with("list", structOf([]string{"k", "v"}, key, value))
	list.Filter = keyFilter(keyFilter(list.Filter, key), n)
	way, place := "ASC", id(indexVar)
	if desc {
		way, place = "DESC", &syntax.Unary{Op: "-", X: place}
	}
	ranked := structOf([]string{"k", "i", "v"}, field(elem(), "k"), place, field(elem(), "v")) // of equal keys the first
	sorted := call("list_sort", call("list_transform", list, lambda(ranked, elemVar, indexVar)), str(way))
	first := call("list_slice", sorted, num(1), limit(c, n, list.Filter))
	return typed(call("list_transform", first, lambda(field(elem(), "v"), elemVar)), c.Result)
}

// limit is the number of values that an aggregate is to give, as the first row
// that counts has it.
func limit(c *Call, n, filter expr) expr {
	of := c.with("any_value", n)
	of.Filter = filter
	n = of
	what := "second argument of " + c.Name + "_n must be "
	positive := "positive"
	if len(c.Args) == 3 {
		what, positive = "third argument of "+c.Name+" must be ", "a positive integer"
	}
	bad := func(msg expr) expr { return fail(schema.Of(schema.BigInt), "INVALID_FUNCTION_ARGUMENT", msg) }
	over := bin("||", str(what+"less than or equal to 10000; found "), castTo(n, "VARCHAR"))
	return when(bin("<=", n, num(0)), bad(str(what+positive)), when(bin(">", n, num(10000)), bad(over), n))
}

// emitBy is min_by and max_by: rows whose key is NULL do not count, values that
// are NULL do.
func emitBy(name string) emit {
	return func(c *Call) (expr, error) {
		key := Comparable(c.Args[1], c.Params[1])
		if name == "arg_max_null" {
			key = greatestKey(c.Args[1], c.Params[1])
		}
		if len(c.Args) == 3 {
			return firstOf(c, c.Args[0], key, c.Args[2], name == "arg_max_null"), nil
		}
		best := c.with(name, c.Args[0], key)
		if t := c.Params[1]; len(t.Elems) > 0 {
			keys := collect(c, c.Args[1], c.Args[1])
			by := c.with(strings.TrimSuffix(name, "_null"), c.Args[1], key)
			return whenDone(array(extremeOf(by, keys, t)), best), nil
		}
		return best, nil
	}
}

// emitApproxDistinct counts exactly: DuckDB's estimate is another one than
// Trino's, and an exact count is within the error of both.
func emitApproxDistinct(c *Call) (expr, error) {
	out := c.with("count", Comparable(c.Args[0], c.Params[0]))
	out.Distinct = true
	if len(c.Args) == 1 {
		return out, nil
	}
	e := c.with("any_value", c.Args[1])
	e.Distinct = false
	wrong := or(bin("<", e, castTo(str("0.0040625"), "DOUBLE")), bin(">", e, castTo(str("0.26"), "DOUBLE")))
	text := call("trino_float_text", e, boolean(false))
	bad := fail(c.Result, "INVALID_FUNCTION_ARGUMENT", bin("||", str("Max standard error must be in [0.0040625, 0.26]: "), text))
	return when(wrong, bad, out), nil
}

// emitMapAgg keeps the first value of a key; Trino keeps one of them.
func emitMapAgg(c *Call) (expr, error) {
	entry := structOf([]string{"key", "value"}, c.Args[0], c.Args[1])
	list := c.with("list", entry)
	list.Filter = keyFilter(list.Filter, c.Args[0])
	return firstEntries(list, c.Params[0]), nil
}

func keyFilter(have, key expr) expr {
	return both(have, notNull(key))
}

// both adds a condition to a FILTER that may be nil.
func both(have, more expr) expr {
	if have == nil {
		return more
	}
	return and(have, more)
}

// firstEntries makes a map of entries, of several with one key of type t the
// first.
func firstEntries(entries expr, t schema.Type) expr {
	return call("map_from_entries", inGroups(entries, Comparable(entryKey(), t), func(g group) expr { return g.first }))
}

func emitMultimapAgg(c *Call) (expr, error) {
	entry := structOf([]string{"key", "value"}, c.Args[0], c.Args[1])
	list := c.with("list", entry)
	list.Filter = keyFilter(list.Filter, c.Args[0])
	return groupedEntries(list, c.Params[0]), nil
}

// groupedEntries makes a map of each key, of type t, and the array of its
// values.
func groupedEntries(entries expr, t schema.Type) expr {
	return call("map_from_entries", inGroups(entries, Comparable(entryKey(), t), func(g group) expr {
		values := call("list_transform", g.members, lambda(field(elem(), "value"), elemVar))
		return structOf([]string{"key", "value"}, field(g.first, "key"), values)
	}))
}

func emitMapUnion(c *Call) (expr, error) {
	list := c.with("list", call("map_entries", c.Args[0]))
	list.Filter = keyFilter(list.Filter, c.Args[0])
	return firstEntries(call("flatten", list), c.Params[0].Key()), nil
}

// emitHistogram: DuckDB's own compares neither NaN nor what is Keyed as Trino
// does.
func emitHistogram(c *Call) (expr, error) {
	x, t := c.Args[0], c.Params[0]
	switch {
	case Keyed(t) || len(t.Elems) > 0:
		list := collect(c, x, x)
		counted, err := emitArrayHistogram(&Call{Args: []expr{list}, Params: []schema.Type{schema.ArrayOf(t)}, Result: c.Result})
		return typed(counted, c.Result), err
	case holdsFloat(t):
		const numbers, others = "$h", "$n"
		some, nans := c.with("histogram", x), c.with("count", x)
		some.Filter = both(some.Filter, not(call("isnan", x)))
		nans.Filter = both(nans.Filter, call("isnan", x))
		extra := call("map", array(typed(str("nan"), t)), array(id(others)))
		together := typed(call("map_concat", call("coalesce", id(numbers), typed(call("map"), c.Result)), extra), c.Result)
		answer := when(bin(">", id(others), num(0)), together, id(numbers))
		return let(numbers, typed(some, c.Result), let(others, castTo(nans, "BIGINT"), answer)), nil
	}
	return typed(c.with("histogram", x), c.Result), nil
}

// emitVariance: DuckDB fails where a square is not finite; the answer is NaN.
func emitVariance(name string, least int) emit {
	return func(c *Call) (expr, error) {
		x := c.Args[0]
		if c.Params[0].Kind != schema.Double {
			return c.with(name, x), nil
		}
		fits := bin("<", call("abs", x), castTo(str("1e154"), "DOUBLE"))
		finite := c.with(name, x)
		finite.Filter = both(finite.Filter, fits)
		test := and(c.with("bool_or", not(fits)), bin(">=", c.with("count", x), num(least)))
		return when(test, castTo(str("nan"), "DOUBLE"), finite), nil
	}
}

// emitCovariance: it is NaN where a product is not finite.
func emitCovariance(name string, least int) emit {
	return func(c *Call) (expr, error) {
		product := bin("*", castTo(c.Args[0], "DOUBLE"), castTo(c.Args[1], "DOUBLE"))
		fits := call("isfinite", product)
		finite := c.with(name, c.Args...)
		finite.Filter = both(finite.Filter, fits)
		test := and(c.with("bool_or", not(fits)), bin(">=", c.with("count", product), num(least)))
		return when(test, typed(str("nan"), c.Result), typed(finite, c.Result)), nil
	}
}

// emitGeometricMean: DuckDB's own is a macro, which takes no FILTER.
func emitGeometricMean(c *Call) (expr, error) {
	logs, err := emitLog("ln")(&Call{Args: []expr{castTo(c.Args[0], "DOUBLE")}})
	return typed(call("exp", c.with("avg", logs)), c.Result), err
}
