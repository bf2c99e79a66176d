package funcs

import "logsql/convert/schema"

var mapFuncs = []*Func{
	{Name: "map", Signatures: []string{"(array(K), array(V)) map(K, V)", "() map(unknown, unknown)"}, Check: plainElements, Emit: emitMap},
	{Name: "map_keys", Signatures: []string{"(map(K, V)) array(K)"}},
	{Name: "map_values", Signatures: []string{"(map(K, V)) array(V)"}},
	{Name: "map_entries", Signatures: []string{"(map(K, V)) array(row(K, V))"}, Emit: emitMapEntries},
	{Name: "map_from_entries", Signatures: []string{"(array(row(K, V))) map(K, V)"}, Check: plainElements, Emit: emitMapFromEntries},
	{Name: "multimap_from_entries", Signatures: []string{"(array(row(K, V))) map(K, array(V))"}, Check: plainElements, Emit: emitMultimapFromEntries},
	{Name: "map_concat", Signatures: []string{"(map(K, V), map(K, V), map(K, V)...) map(K, V)"}, Check: plainElements, Emit: emitMapConcat},
}

func emitMap(c *Call) (expr, error) {
	if len(c.Args) == 0 {
		return call("map"), nil
	}
	k, v := c.Args[0], c.Args[1]
	const msg = "Key and value arrays must be the same length"
	made := when(bin("<>", call("len", k), call("len", v)), fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str(msg)), typed(call("map", k, v), c.Result))
	return when(or(isNull(k), isNull(v)), typedNull(c.Result), made), nil
}

func emitMapEntries(c *Call) (expr, error) {
	row := c.Result.Elem()
	entry := structOf([]string{FieldName(row, 0), FieldName(row, 1)}, entryKey(), entryValue())
	return call("list_transform", call("map_entries", c.Args[0]), lambda(entry, elemVar)), nil
}

// asEntries names the fields of rows key and value; a NULL row is an error in
// Trino.
func asEntries(c *Call) expr {
	row := c.Params[0].Elem()
	entry := structOf([]string{"key", "value"}, field(elem(), FieldName(row, 0)), field(elem(), FieldName(row, 1)))
	bad := fail(schema.MapOf(row.Elems[0].Type, row.Elems[1].Type), "INVALID_FUNCTION_ARGUMENT", str("map entry cannot be null"))
	list := call("list_transform", c.Args[0], lambda(entry, elemVar))
	return when(hasNull(c.Args[0]), call("map_entries", bad), list)
}

func emitMapFromEntries(c *Call) (expr, error) {
	return when(isNull(c.Args[0]), typedNull(c.Result), typed(call("map_from_entries", asEntries(c)), c.Result)), nil
}

func emitMultimapFromEntries(c *Call) (expr, error) {
	entries := asEntries(c)
	nullKey := call("list_filter", entries, lambda(isNull(entryKey()), elemVar))
	bad := fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str("map key cannot be null"))
	made := when(bin(">", call("len", nullKey), num(0)), bad, typed(groupedEntries(entries), c.Result))
	return when(isNull(c.Args[0]), typedNull(c.Result), made), nil
}

func emitMapConcat(c *Call) (expr, error) {
	test := isNull(c.Args[0])
	for _, a := range c.Args[1:] {
		test = or(test, isNull(a))
	}
	return when(test, typedNull(c.Result), typed(call("map_concat", c.Args...), c.Result)), nil
}
