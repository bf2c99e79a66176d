package funcs

import (
	"logsql/convert/schema"
	"logsql/sql/syntax"
)

var lambdaFuncs = []*Func{
	{Name: "transform", Signatures: []string{"(array(T), function(T, U)) array(U)"}, Emit: as("list_transform")},
	{Name: "filter", Signatures: []string{"(array(T), function(T, boolean)) array(T)"}, Emit: native("list_filter")},
	{Name: "any_match", Signatures: []string{"(array(T), function(T, boolean)) boolean"}, Emit: emitMatch(true, true, false)},
	{Name: "all_match", Signatures: []string{"(array(T), function(T, boolean)) boolean"}, Emit: emitMatch(false, false, true)},
	{Name: "none_match", Signatures: []string{"(array(T), function(T, boolean)) boolean"}, Emit: emitMatch(true, false, true)},
	{Name: "reduce", Signatures: []string{"(array(T), S, function(S, T, S), function(S, R)) R"}, Emit: emitReduce},
	{Name: "zip_with", Signatures: []string{"(array(T), array(U), function(T, U, R)) array(R)"}, Emit: emitZipWith},
	{Name: "map_filter", Signatures: []string{"(map(K, V), function(K, V, boolean)) map(K, V)"}, Emit: emitMapFilter},
	{Name: "transform_keys", Signatures: []string{"(map(K, V), function(K, V, R)) map(R, V)"}, Emit: emitTransformKeys},
	{Name: "transform_values", Signatures: []string{"(map(K, V), function(K, V, R)) map(K, R)"}, Emit: emitTransformValues},
	{Name: "map_zip_with", Signatures: []string{"(map(K, T), map(K, U), function(K, T, U, R)) map(K, R)"}, Emit: emitMapZipWith},
}

// apply is a lambda's body with values for its parameters: one at a time, by
// transforming an array of one.
func apply(f expr, values ...expr) expr {
	l := f.(*syntax.Lambda)
	body := l.Body
	for i := len(values) - 1; i >= 0; i-- {
		one := &syntax.Lambda{Params: l.Params[i : i+1], Body: body}
		body = at(call("list_transform", array(values[i]), one), num(1))
	}
	return body
}

// emitMatch looks for an element for which the test says want: then the answer
// is ifFound; NULL where the test was NULL for one.
func emitMatch(want, ifFound, otherwise bool) emit {
	return func(c *Call) (expr, error) {
		tests := call("list_transform", c.Args[0], c.Args[1])
		unknown := when(hasNull(tests), castTo(null(), "BOOLEAN"), boolean(otherwise))
		answer := when(call("list_contains", tests, boolean(want)), boolean(ifFound), unknown)
		return when(isNull(c.Args[0]), castTo(null(), "BOOLEAN"), answer), nil
	}
}

func emitReduce(c *Call) (expr, error) {
	folded := foldList(c.Args[0], c.Args[1], c.Args[2], c.Params[0].Elem(), c.Params[1])
	result := apply(c.Args[3], folded)
	return when(isNull(c.Args[0]), typedNull(c.Result), typed(result, c.Result)), nil
}

// foldList carries the state beside the elements, as DuckDB's list_reduce wants
// both of one type.
func foldList(list, start, f expr, elemType, stateType schema.Type) expr {
	state, of := DuckType(stateType), DuckType(elemType)
	names := []string{"s", "e"}
	first := structOf(names, castTo(start, state), castTo(null(), of))
	rest := call("list_transform", list, lambda(structOf(names, castTo(null(), state), elem()), elemVar))
	const before, next = "$s", "$n"
	step := apply(f, field(id(before), "s"), field(id(next), "e"))
	fold := lambda(structOf(names, castTo(step, state), castTo(null(), of)), before, next)
	return field(call("list_reduce", call("list_prepend", first, rest), fold), "s")
}

func emitZipWith(c *Call) (expr, error) {
	a, b := c.Args[0], c.Args[1]
	size := call("greatest", call("len", a), call("len", b))
	body := apply(c.Args[2], at(a, id(indexVar)), at(b, id(indexVar)))
	list := call("list_transform", call("range", num(1), bin("+", size, num(1))), lambda(body, indexVar))
	return when(or(isNull(a), isNull(b)), typedNull(c.Result), typed(list, c.Result)), nil
}

func entryKey() expr { return field(elem(), "key") }

func entryValue() expr { return field(elem(), "value") }

// overEntries makes a map of what becomes of each entry.
func overEntries(c *Call, key, value expr) expr {
	entry := structOf([]string{"key", "value"}, key, value)
	list := call("list_transform", call("map_entries", c.Args[0]), lambda(entry, elemVar))
	return when(isNull(c.Args[0]), typedNull(c.Result), typed(call("map_from_entries", list), c.Result))
}

func emitMapFilter(c *Call) (expr, error) {
	test := apply(c.Args[1], entryKey(), entryValue())
	list := call("list_filter", call("map_entries", c.Args[0]), lambda(test, elemVar))
	return when(isNull(c.Args[0]), typedNull(c.Result), call("map_from_entries", list)), nil
}

func emitTransformKeys(c *Call) (expr, error) {
	return overEntries(c, apply(c.Args[1], entryKey(), entryValue()), entryValue()), nil
}

func emitTransformValues(c *Call) (expr, error) {
	return overEntries(c, entryKey(), apply(c.Args[1], entryKey(), entryValue())), nil
}

func emitMapZipWith(c *Call) (expr, error) {
	a, b, k := c.Args[0], c.Args[1], c.Result.Key()
	all := distinct(call("list_concat", call("map_keys", a), call("map_keys", b)), k)
	value := apply(c.Args[2], elem(), lookup(a, elem(), k), lookup(b, elem(), k))
	entry := structOf([]string{"key", "value"}, elem(), value)
	made := typed(call("map_from_entries", call("list_transform", all, lambda(entry, elemVar))), c.Result)
	return when(or(isNull(a), isNull(b)), typedNull(c.Result), made), nil
}
