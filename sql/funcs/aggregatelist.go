package funcs

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// collect is the list of the values of a group that count: those for which none
// of present is NULL.
func collect(c *Call, value expr, present ...expr) *syntax.Call {
	list := c.with("list", value)
	for _, p := range present {
		list.Filter = keyFilter(list.Filter, p)
	}
	return list
}

// inPairs collects two values of each row, which f gets as two lists.
func inPairs(c *Call, x, y expr, present []expr, f func(xs, ys expr) expr) expr {
	const pairs = "$pairs"
	names := []string{"x", "y"}
	list := collect(c, structOf(names, castTo(x, "DOUBLE"), castTo(y, "DOUBLE")), present...)
	one := func(name string) expr {
		return call("list_transform", id(pairs), lambda(field(elem(), name), elemVar))
	}
	return let(pairs, list, f(one("x"), one("y")))
}

// emitMoments is skewness and kurtosis.
func emitMoments(order int) emit {
	return func(c *Call) (expr, error) {
		list := collect(c, castTo(c.Args[0], "DOUBLE"), c.Args[0])
		return call("trino_moments", list, num(order)), nil
	}
}

func emitCorrelation(c *Call) (expr, error) {
	return typed(inPairs(c, c.Args[0], c.Args[1], c.Args, func(ys, xs expr) expr {
		return call("trino_correlation", ys, xs, str(c.Name))
	}), c.Result), nil
}

// emitNumericHistogram: the number of buckets is the same on every row.
func emitNumericHistogram(c *Call) (expr, error) {
	weight := expr(castTo(num(1), "DOUBLE"))
	if len(c.Args) == 3 {
		weight = c.Args[2]
	}
	const made, limit = "$h", "$l"
	buckets := let(limit, c.with("any_value", c.Args[0]), inPairs(c, c.Args[1], weight, c.Args[1:], func(values, weights expr) expr {
		return call("trino_numeric_histogram", id(limit), values, weights)
	}))
	histogram := when(notNull(id(made)), call("map", at(id(made), num(1)), at(id(made), num(2))), null())
	return typed(let(made, buckets, histogram), c.Result), nil
}

func emitMostFrequent(c *Call) (expr, error) {
	limit, value, capacity := c.Args[0], c.Args[1], c.Args[2]
	const made, all = "$h", "$all"
	list := collect(c, value, value)
	found := call("trino_most_frequent", c.with("any_value", limit), c.with("any_value", capacity), castTo(id(all), "VARCHAR[]"))
	keys := call("list_transform", at(id(made), num(1)), lambda(at(id(all), elem()), elemVar))
	counts := when(notNull(id(made)), call("map", keys, at(id(made), num(2))), null())
	return typed(let(all, list, let(made, found, counts)), c.Result), nil
}

// emitReduceAgg folds the values in their order; Trino's way to put two states
// together has no use here.
func emitReduceAgg(c *Call) (expr, error) {
	list := collect(c, c.Args[0], c.Args[0], c.Args[1])
	if list.Distinct {
		return nil, failure("TYPE_MISMATCH", "DISTINCT can only be applied to comparable types (actual: a function)")
	}
	list.OrderBy = nil // Trino has none here
	first := c.with("any_value", c.Args[1])
	first.OrderBy, first.Filter = nil, list.Filter
	const all = "$all"
	folded := foldList(id(all), first, c.Args[2], c.Params[0], c.Params[1])
	some := and(bin(">", call("len", id(all)), num(0)), notNull(first))
	return let(all, list, when(some, typed(folded, c.Result), typedNull(c.Result))), nil
}

// plainState refuses the states that Trino refuses.
func plainState(params []schema.Type) error {
	if len(params[1].Elems) > 0 {
		return unsupported("State type not supported for reduce_agg: %s", params[1])
	}
	return nil
}

// emitPercentile: Trino's digest of few values has the one whose place from 0 is
// the share of their number, rounded down. That is DuckDB's, counted from the
// end, which a negative share says.
func emitPercentile(c *Call) (expr, error) {
	isList := c.Result.Kind == schema.Array
	shares := c.Args[len(c.Args)-1]
	if len(c.Args) == 4 {
		shares = c.Args[2]
	}
	if len(c.Args) > 2 {
		return weightedPercentile(c, shares, isList), nil
	}
	fromEnd := func(p expr) expr {
		bad := fail(schema.Of(schema.Double), "INVALID_FUNCTION_ARGUMENT", str("Percentile must be between 0 and 1"))
		return when(or(bin("<", p, num(0)), bin(">", p, num(1))), bad, when(bin("=", p, num(1)), num(1), bin("-", p, num(1))))
	}
	if isList {
		shares = call("list_transform", shares, lambda(fromEnd(elem()), elemVar))
	} else {
		shares = fromEnd(shares)
	}
	return typed(c.with("quantile_disc", c.Args[0], shares), c.Result), nil
}

func weightedPercentile(c *Call, shares expr, isList bool) expr {
	if !isList {
		shares = array(shares)
	}
	shares = castTo(c.with("any_value", shares), "DOUBLE[]")
	const all = "$all"
	list := inPairs(c, c.Args[0], c.Args[1], c.Args[:2], func(values, weights expr) expr {
		return call("trino_percentiles", values, weights, id(all))
	})
	list = let(all, shares, list)
	if isList {
		return typed(list, c.Result)
	}
	return let(all, list, typed(at(id(all), num(1)), c.Result))
}

// emitListagg: DuckDB joins without a bound, so the length is looked at.
func emitListagg(c *Call) (expr, error) {
	sep := str("")
	if len(c.Args) == 2 {
		sep = c.Args[1]
	}
	if c.Node != nil && len(c.Node.Clause) > 1 && c.Node.Clause[1] == "TRUNCATE" {
		list := collect(c, c.Args[0], c.Args[0])
		list.Within = false
		filler, last := "...", c.Node.Clause[len(c.Node.Clause)-1]
		if len(c.Node.Clause) == 4 {
			filler = strings.ReplaceAll(strings.Trim(c.Node.Clause[2], "'"), "''", "'")
		}
		return call("trino_listagg", list, sep, str(filler), boolean(strings.HasPrefix(last, "WITH "))), nil
	}
	out := c.with("string_agg", c.Args[0], sep)
	out.Within = false
	const all = "$all"
	const msg = "Concatenated string has the length in bytes larger than the maximum output length 1048576"
	bad := fail(schema.Text, "EXCEEDED_FUNCTION_MEMORY_LIMIT", str(msg))
	return let(all, out, when(bin(">", call("strlen", id(all)), num(maxListagg)), bad, id(all))), nil
}
