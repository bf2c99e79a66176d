package funcs

import (
	"logsql/convert/schema"
	"logsql/sql/syntax"
)

var arrayFuncs = []*Func{
	{Name: "cardinality", Signatures: []string{"(array(T)) bigint", "(map(K, V)) bigint"}, Emit: emitCardinality},
	{Name: "contains", Signatures: []string{"(array(T), T) boolean", "(varchar, ipaddress) boolean"}, Emit: emitContains},
	{Name: "element_at", Signatures: []string{"(array(T), bigint) T", "(map(K, V), K) V"}, Emit: emitElementAt},
	{Name: "array_distinct", Signatures: []string{"(array(T)) array(T)"}, Emit: emitArrayDistinct},
	{Name: "array_except", Signatures: []string{"(array(T), array(T)) array(T)"}, Emit: emitArrayExcept},
	{Name: "array_intersect", Signatures: []string{"(array(T), array(T)) array(T)"}, Emit: emitArrayIntersect},
	{Name: "array_union", Signatures: []string{"(array(T), array(T)) array(T)"}, Emit: emitArrayUnion},
	{Name: "array_join", Signatures: []string{"(array(T), varchar) varchar", "(array(T), varchar, varchar) varchar"}, Emit: emitArrayJoin},
	{Name: "array_max", Signatures: []string{"(array(T)) T"}, Check: orderedElements, Emit: emitArrayExtreme("list_max")},
	{Name: "array_min", Signatures: []string{"(array(T)) T"}, Check: orderedElements, Emit: emitArrayExtreme("list_min")},
	{Name: "array_position", Signatures: []string{"(array(T), T) bigint"}, Emit: emitArrayPosition},
	{Name: "array_remove", Signatures: []string{"(array(T), T) array(T)"}, Emit: emitArrayRemove},
	{Name: "array_sort", Signatures: []string{"(array(T)) array(T)", "(array(T), function(T, T, integer)) array(T)"}, Check: orderedElements, Emit: emitArraySort},
	{Name: "arrays_overlap", Signatures: []string{"(array(T), array(T)) boolean"}, Emit: emitArraysOverlap},
	{Name: "array_histogram", Signatures: []string{"(array(T)) map(T, bigint)"}, Emit: emitArrayHistogram},
	{Name: "contains_sequence", Signatures: []string{"(array(T), array(T)) boolean"}, Emit: emitContainsSequence},
	{Name: "flatten", Signatures: []string{"(array(array(T))) array(T)"}},
	{Name: "repeat", Signatures: []string{"(T, bigint) array(T)"}, Emit: emitRepeat},
	{Name: "sequence", Signatures: []string{
		"(bigint, bigint) array(bigint)", "(bigint, bigint, bigint) array(bigint)", "(date, date) array(date)",
		"(date, date, interval day to second) array(date)", "(date, date, interval year to month) array(date)",
		"(timestamp, timestamp, interval day to second) array(timestamp)", "(timestamp, timestamp, interval year to month) array(timestamp)",
	}, Emit: emitSequence},
	{Name: "slice", Signatures: []string{"(array(T), bigint, bigint) array(T)"}, Emit: emitSlice},
	{Name: "trim_array", Signatures: []string{"(array(T), bigint) array(T)"}, Emit: emitTrimArray},
	{Name: "zip", Signatures: []string{
		"(array(T), array(U)) array(row(T, U))", "(array(T), array(U), array(V)) array(row(T, U, V))",
		"(array(T), array(U), array(V), array(K)) array(row(T, U, V, K))",
		"(array(T), array(U), array(V), array(K), array(S)) array(row(T, U, V, K, S))",
	}, Emit: emitZip},
	{Name: "combinations", Signatures: []string{"(array(T), bigint) array(array(T))"}, Emit: emitCombinations},
	{Name: "shuffle", Signatures: []string{"(array(T)) array(T)"}, Emit: emitShuffle},
	{Name: "ngrams", Signatures: []string{"(array(T), bigint) array(array(T))"}, Emit: emitNgrams},
}

// orderedElements refuses arrays whose elements have no order, unless a lambda
// gives them one.
func orderedElements(params []schema.Type) error {
	if len(params) == 1 && !comparable(params[0], false) {
		return errUnexpected
	}
	return nil
}

func holdsFloat(t schema.Type) bool {
	if t.Kind == schema.Double || t.Kind == schema.Real {
		return true
	}
	for _, e := range t.Elems {
		if holdsFloat(e.Type) {
			return true
		}
	}
	return false
}

func emitCardinality(c *Call) (expr, error) {
	if c.Params[0].Kind == schema.Map {
		return castTo(call("cardinality", c.Args[0]), "BIGINT"), nil
	}
	return call("len", c.Args[0]), nil
}

func hasNull(list expr) expr { return bin(">", call("len", list), call("list_count", list)) }

func typedNull(t schema.Type) expr { return castTo(null(), DuckType(t)) }

// found is true, NULL where nothing was found among NULLs, else false.
func found(test, list expr) expr {
	return when(test, boolean(true), when(hasNull(list), castTo(null(), "BOOLEAN"), when(isNull(list), castTo(null(), "BOOLEAN"), boolean(false))))
}

func emitContains(c *Call) (expr, error) {
	a, x := c.Args[0], c.Args[1]
	if c.Params[0].Kind == schema.Varchar {
		return networkContains(c), nil
	}
	t := c.Params[1]
	test := expr(call("list_contains", keys(a, t), Comparable(x, t)))
	switch {
	case len(t.Elems) > 0:
		const places = "$m"
		hit := bin("=", call("coalesce", at(id(places), num(1)), num(0)), num(1))
		test = let(places, matches(c, a, x, t), hit)
	case holdsFloat(t):
		test = and(test, not(call("isnan", x)))
	}
	return when(or(isNull(a), isNull(x)), castTo(null(), "BOOLEAN"), found(test, a)), nil
}

// matches lists, of each nested element that equals x, 1; it fails in Trino's
// words where an element before the first one neither is equal nor differs.
func matches(c *Call, list, x expr, t schema.Type) expr {
	const equal, test = "$q", "$t"
	code := let(equal, compare("=", elem(), x, t), when(isNull(id(equal)), num(2), castTo(id(equal), "INTEGER")))
	codes := call("list_transform", list, lambda(when(isNull(elem()), num(0), code), elemVar))
	msg := c.Name + " does not support arrays with elements that are null or contain null"
	bad := fail(schema.Of(schema.Integer), "NOT_SUPPORTED", str(msg))
	checked := lambda(when(bin("=", id(test), num(2)), bad, id(test)), test)
	first := call("list_slice", call("list_filter", codes, lambda(bin("<>", id(test), num(0)), test)), num(1), num(1))
	return call("list_transform", first, checked)
}

func emitElementAt(c *Call) (expr, error) {
	a, i := c.Args[0], c.Args[1]
	if c.Params[0].Kind == schema.Map {
		return lookup(a, i, c.Params[1]), nil
	}
	if text, ok := c.constant(1); ok && text != "0" {
		return at(a, i), nil
	}
	return when(bin("=", i, num(0)), fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str("SQL array indices start at 1")), at(a, i)), nil
}

func emitArrayDistinct(c *Call) (expr, error) {
	return when(isNull(c.Args[0]), typedNull(c.Result), distinct(c.Args[0], c.Result.Elem())), nil
}

const indexVar = "$i"

// distinct keeps the first of equal elements, NULL being one.
func distinct(list expr, t schema.Type) expr {
	return inGroups(list, Comparable(elem(), t), func(g group) expr { return g.first })
}

// in tells whether the element, of type t, is in a list of keys, NULL being
// equal to NULL.
func in(list expr, t schema.Type) expr {
	return when(isNull(elem()), hasNull(list), call("list_contains", list, Comparable(elem(), t)))
}

func emitArrayExcept(c *Call) (expr, error) {
	a, b, t := c.Args[0], c.Args[1], c.Result.Elem()
	const others = "$b"
	kept := call("list_filter", a, lambda(not(in(id(others), t)), elemVar))
	left := when(bin("=", call("len", b), num(0)), a, let(others, keys(b, t), distinct(kept, t))) // as Trino has it, not distinct
	return when(or(isNull(a), isNull(b)), typedNull(c.Result), left), nil
}

func emitArrayIntersect(c *Call) (expr, error) {
	a, b, t := c.Args[0], c.Args[1], c.Result.Elem()
	common := func(x, y expr) expr {
		const others = "$b"
		return let(others, keys(y, t), distinct(call("list_filter", x, lambda(in(id(others), t), elemVar)), t))
	}
	both := when(bin("<", call("len", a), call("len", b)), common(b, a), common(a, b)) // Trino goes over the longer
	return when(or(isNull(a), isNull(b)), typedNull(c.Result), both), nil
}

func emitArrayUnion(c *Call) (expr, error) {
	a, b := c.Args[0], c.Args[1]
	return when(or(isNull(a), isNull(b)), typedNull(c.Result), distinct(call("list_concat", a, b), c.Result.Elem())), nil
}

func emitArrayJoin(c *Call) (expr, error) {
	of := c.Params[0].Elem()
	text, err := castExpr(elem(), of, schema.Text)
	if err != nil {
		return nil, &syntax.Error{Code: "OPERATOR_NOT_FOUND", Msg: "Cannot cast " + of.String() + " to varchar"}
	}
	if len(c.Args) == 3 {
		text = call("coalesce", text, c.Args[2])
	}
	join := "array_to_string"
	if _, literal := c.constant(1); !literal {
		join = "trino_array_join" // DuckDB's separator must be a constant
	}
	joined := call(join, call("list_transform", c.Args[0], lambda(text, elemVar)), c.Args[1])
	return when(anyNull(c.Args...), castTo(null(), "VARCHAR"), call("coalesce", joined, str(""))), nil
}

// emitArrayExtreme is array_max and array_min. What does not compare as it is
// goes by a key: the place of the greatest is picked.
func emitArrayExtreme(name string) emit {
	return func(c *Call) (expr, error) {
		a, t := c.Args[0], c.Result
		key := Comparable(elem(), t)
		if name == "list_max" {
			key = greatestKey(elem(), t)
		}
		best := expr(call(name, a))
		if Keyed(t) || name == "list_max" && holdsFloat(t) {
			const places = "$keys"
			list := call("list_transform", a, lambda(key, elemVar))
			best = let(places, list, at(a, call("list_position", id(places), call(name, id(places)))))
		}
		return when(or(isNull(a), hasNull(a)), typedNull(c.Result), foldedExtreme(best, a, t, name == "list_max")), nil
	}
}

// foldedExtreme is best, the least or the greatest of a list; an error where
// two that Trino compares on its way there cannot be.
func foldedExtreme(best, list expr, t schema.Type, greatest bool) expr {
	if len(t.Elems) == 0 {
		return best
	}
	const sofar, next = "$a", "$b"
	op := "<"
	if greatest {
		op = ">"
	}
	fold := lambda(when(compareOrder(op, id(next), id(sofar), t), id(next), id(sofar)), sofar, next)
	some := when(bin(">", call("len", list), num(0)), list, null()) // DuckDB cannot reduce an empty list
	return whenDone(array(call("list_reduce", some, fold)), best)
}

func emitArrayPosition(c *Call) (expr, error) {
	a, x := c.Args[0], c.Args[1]
	t := c.Params[1]
	place := castTo(call("coalesce", call("list_position", keys(a, t), Comparable(x, t)), num(0)), "BIGINT")
	switch {
	case len(t.Elems) > 0:
		const places = "$m"
		hit := bin("=", call("coalesce", at(id(places), num(1)), num(0)), num(1))
		place = let(places, matches(c, a, x, t), when(hit, place, castTo(num(0), "BIGINT")))
	case holdsFloat(t):
		place = when(call("isnan", x), castTo(num(0), "BIGINT"), place)
	}
	return when(or(isNull(a), isNull(x)), castTo(null(), "BIGINT"), place), nil
}

func emitArrayRemove(c *Call) (expr, error) {
	a, x := c.Args[0], c.Args[1]
	keep := expr(or(isNull(elem()), not(compare("=", elem(), x, c.Params[1]))))
	if len(c.Params[1].Elems) > 0 {
		const test = "$t"
		const msg = "array_remove does not support arrays with elements that are null or contain null"
		bad := fail(schema.Of(schema.Boolean), "NOT_SUPPORTED", str(msg))
		keep = when(isNull(elem()), boolean(true), let(test, compare("=", elem(), x, c.Params[1]), when(isNull(id(test)), bad, not(id(test)))))
	}
	return when(isNull(x), typedNull(c.Result), call("list_filter", a, lambda(keep, elemVar))), nil
}

func emitArraySort(c *Call) (expr, error) {
	if len(c.Args) == 2 {
		return emitSortWith(c), nil
	}
	t := c.Result.Elem()
	if Keyed(t) {
		return orderedList(sortedBy(c.Args[0], Comparable(elem(), t)), t), nil
	}
	return orderedList(call("list_sort", c.Args[0], str("ASC"), str("NULLS LAST")), t), nil
}

// emitSortWith asks the comparator for each pair, and sorts by the answers.
func emitSortWith(c *Call) expr {
	const all, i, j = "$all", "$i", "$j"
	places := call("range", num(1), bin("+", call("len", id(all)), num(1)))
	one := when(bin("=", id(i), id(j)), num(0), apply(c.Args[1], at(id(all), id(i)), at(id(all), id(j))))
	matrix := call("list_transform", places, lambda(call("list_transform", places, lambda(one, j)), i))
	order := call("trino_sort", castTo(matrix, "BIGINT[][]"))
	sorted := call("list_transform", order, lambda(at(id(all), elem()), elemVar))
	return when(isNull(c.Args[0]), typedNull(c.Result), let(all, c.Args[0], sorted))
}

// emitCombinations picks the elements of each combination of places.
func emitCombinations(c *Call) (expr, error) {
	const all, places = "$all", "$p"
	picked := lambda(call("list_transform", id(places), lambda(at(id(all), elem()), elemVar)), places)
	list := call("list_transform", call("trino_combinations", call("len", id(all)), c.Args[1]), picked)
	return when(isNull(c.Args[0]), typedNull(c.Result), let(all, c.Args[0], list)), nil
}

func emitShuffle(c *Call) (expr, error) {
	picked := lambda(at(c.Args[0], elem()), elemVar)
	return call("list_transform", call("trino_shuffle", call("len", c.Args[0])), picked), nil
}

// sortedBy sorts a list by a key of its elements, equal ones staying as they
// were.
func sortedBy(list, key expr) expr {
	const all = "$all"
	pair := structOf([]string{"k", "i"}, key, id(indexVar))
	order := call("list_sort", call("list_transform", id(all), lambda(pair, elemVar, indexVar)))
	return let(all, list, call("list_transform", order, lambda(at(id(all), field(elem(), "i")), elemVar)))
}

func emitArraysOverlap(c *Call) (expr, error) {
	a, b, t := c.Args[0], c.Args[1], c.Params[0].Elem()
	unknown := when(or(hasNull(a), hasNull(b)), castTo(null(), "BOOLEAN"), boolean(false))
	empty := or(bin("=", call("len", a), num(0)), bin("=", call("len", b), num(0)))
	overlap := when(call("list_has_any", keys(a, t), keys(b, t)), boolean(true), when(empty, boolean(false), unknown))
	return when(or(isNull(a), isNull(b)), castTo(null(), "BOOLEAN"), overlap), nil
}

func emitArrayHistogram(c *Call) (expr, error) {
	t := c.Params[0].Elem()
	list := call("list_filter", c.Args[0], lambda(notNull(elem()), elemVar))
	counted := inGroups(list, Comparable(elem(), t), func(g group) expr {
		return structOf([]string{"key", "value"}, g.first, castTo(g.size, "BIGINT"))
	})
	return when(isNull(c.Args[0]), typedNull(c.Result), call("map_from_entries", counted)), nil
}

func emitContainsSequence(c *Call) (expr, error) {
	a, b, t := c.Args[0], c.Args[1], c.Params[0].Elem()
	const all, part = "$a", "$b"
	window := span(id(all), id(indexVar), bin("+", id(indexVar), call("len", id(part))))
	starts := call("range", num(1), bin("+", bin("-", call("len", id(all)), call("len", id(part))), num(2)))
	hits := call("list_filter", starts, lambda(bin("=", window, id(part)), indexVar))
	found := let(all, keys(a, t), let(part, keys(b, t), bin(">", call("len", hits), num(0))))
	return when(or(isNull(a), isNull(b)), castTo(null(), "BOOLEAN"), found), nil
}

func emitRepeat(c *Call) (expr, error) {
	n := c.Args[1]
	const over = "count argument of repeat function must be less than or equal to 10000"
	const under = "count argument of repeat function must be greater than or equal to 0"
	bad := when(bin("<", n, num(0)), str(under), str(over))
	outside := or(bin("<", n, num(0)), bin(">", n, num(10000)))
	list := expr(call("list_transform", call("range", n), lambda(c.Args[0], elemVar)))
	if size := elementSize(c.Args[0], c.Params[0]); size != nil {
		const msg = "result of repeat function must not take more than 1000000 bytes"
		list = when(bin(">", bin("*", size, n), num(maxRepeated)), fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str(msg)), list)
	}
	return when(isNull(n), typedNull(c.Result), when(outside, fail(c.Result, "INVALID_FUNCTION_ARGUMENT", bad), list)), nil
}

func integerSequence(c *Call, from, to expr) expr {
	distance := bin("-", castTo(to, "HUGEINT"), from)
	if len(c.Args) == 2 {
		step := when(bin("<=", from, to), num(1), num(-1))
		return typed(tooLong(c, bin("+", call("abs", distance), num(1)), call("generate_series", from, to, step)), c.Result)
	}
	step := c.Args[2]
	bad := or(and(bin("<", from, to), bin("<", step, num(0))), and(bin(">", from, to), bin(">", step, num(0))))
	list := tooLong(c, bin("+", call("abs", bin("//", distance, step)), num(1)), call("generate_series", from, to, step))
	list = when(bad, fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str(sequenceStep)), list)
	return typed(when(bin("=", step, num(0)), fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str("step must not be zero")), list), c.Result)
}

func tooLong(c *Call, n, list expr) expr {
	const msg = "result of sequence function must not have more than 10000 entries"
	return when(bin(">", n, num(10000)), fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str(msg)), typed(list, c.Result))
}

func emitSlice(c *Call) (expr, error) {
	a, start, n := c.Args[0], c.Args[1], c.Args[2]
	size := call("len", a)
	first := when(bin("<", start, num(0)), bin("+", bin("+", size, start), num(1)), start)
	outside := or(bin("<=", first, num(0)), or(bin(">", first, size), bin("=", n, num(0))))
	list := when(outside, typed(array(), c.Result), call("list_slice", a, first, bin("-", bin("+", first, n), num(1))))
	bad := fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str("SQL array indices start at 1"))
	negative := fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str("length must be greater than or equal to 0"))
	return when(or(isNull(a), or(isNull(start), isNull(n))), typedNull(c.Result),
		when(bin("=", start, num(0)), bad, when(bin("<", n, num(0)), negative, list))), nil
}

func emitTrimArray(c *Call) (expr, error) {
	a, n := c.Args[0], c.Args[1]
	negative := fail(c.Result, "INVALID_FUNCTION_ARGUMENT", bin("||", str("size must not be negative: "), castTo(n, "VARCHAR")))
	over := fail(c.Result, "INVALID_FUNCTION_ARGUMENT", bin("||", bin("||", str("size must not exceed array cardinality "), castTo(call("len", a), "VARCHAR")), bin("||", str(": "), castTo(n, "VARCHAR"))))
	list := call("list_slice", a, num(1), bin("-", call("len", a), n))
	return when(bin("<", n, num(0)), negative, when(bin(">", n, call("len", a)), over, list)), nil
}

// emitZip pads the shorter arrays with NULL.
func emitZip(c *Call) (expr, error) {
	row := c.Result.Elem()
	names, elems := make([]string, len(c.Args)), make([]expr, len(c.Args))
	sizes := make([]expr, len(c.Args))
	for i, a := range c.Args {
		names[i], elems[i], sizes[i] = FieldName(row, i), at(a, id(indexVar)), call("len", a)
	}
	size := call("greatest", sizes...)
	list := call("list_transform", call("range", num(1), bin("+", size, num(1))), lambda(structOf(names, elems...), indexVar))
	return when(anyNull(c.Args...), typedNull(c.Result), list), nil
}

func emitNgrams(c *Call) (expr, error) {
	const all = "$a"
	n, size := c.Args[1], call("len", id(all))
	starts := call("range", num(1), bin("+", call("greatest", num(1), bin("+", bin("-", size, n), num(1))), num(1)))
	gram := span(id(all), id(indexVar), bin("+", id(indexVar), call("least", n, size)))
	bad := fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str("N must be positive"))
	list := let(all, c.Args[0], call("list_transform", starts, lambda(gram, indexVar)))
	return when(bin("<=", n, num(0)), bad, when(or(isNull(c.Args[0]), isNull(n)), typedNull(c.Result), list)), nil
}

// span is the elements of a list from one place to before another. list_slice
// is no good inside of a lambda: it copies the whole of a list that the lambda
// captures, for every element.
func span(list, from, end expr) expr {
	const place = "$m"
	return call("list_transform", call("range", from, end), lambda(at(list, id(place)), place))
}
