package funcs

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

var mapFuncs = []*Func{
	{Name: "map", Signatures: []string{"(array(K), array(V)) map(K, V)", "() map(unknown, unknown)"}, Emit: emitMap},
	{Name: "map_keys", Signatures: []string{"(map(K, V)) array(K)"}},
	{Name: "map_values", Signatures: []string{"(map(K, V)) array(V)"}},
	{Name: "map_entries", Signatures: []string{"(map(K, V)) array(row(K, V))"}, Emit: emitMapEntries},
	{Name: "map_from_entries", Signatures: []string{"(array(row(K, V))) map(K, V)"}, Emit: emitMapFromEntries},
	{Name: "multimap_from_entries", Signatures: []string{"(array(row(K, V))) map(K, array(V))"}, Emit: emitMultimapFromEntries},
	{Name: "map_concat", Signatures: []string{"(map(K, V), map(K, V)...) map(K, V)"}, Emit: emitMapConcat},
}

func emitMap(c *Call) (expr, error) {
	if len(c.Args) == 0 {
		return call("map"), nil
	}
	k, v := c.Args[0], c.Args[1]
	const msg = "Key and value arrays must be the same length"
	made := when(bin("<>", call("len", k), call("len", v)), fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str(msg)), typed(call("map", wholeKeys(k, c.Result.Key()), v), c.Result))
	return when(or(isNull(k), isNull(v)), typedNull(c.Result), made), nil
}

// wholeKeys is a list of keys of type t, an error where one holds a NULL.
func wholeKeys(list expr, t schema.Type) expr {
	if len(t.Elems) == 0 {
		return list
	}
	bad := call("list_filter", list, lambda(holdsNull(elem(), t), elemVar))
	text := call("replace", castTo(at(bad, num(1)), "VARCHAR"), str("NULL"), str("null"))
	msg := bin("||", str("map key cannot be indeterminate: "), text)
	return when(bin(">", call("len", bad), num(0)), fail(schema.ArrayOf(t), "INVALID_FUNCTION_ARGUMENT", msg), list)
}

// holdsNull tells whether a part of x, which is not NULL itself, is NULL.
func holdsNull(x expr, t schema.Type) expr {
	part := func(x expr, t schema.Type) expr {
		if len(t.Elems) == 0 {
			return isNull(x)
		}
		return or(isNull(x), holdsNull(x, t))
	}
	any := func(list expr, t schema.Type) expr {
		name := variable("$h", t)
		return call("coalesce", call("list_contains", call("list_transform", list, lambda(part(id(name), t), name)), boolean(true)), boolean(false))
	}
	switch t.Kind {
	case schema.Array:
		return any(x, t.Elem())
	case schema.Map:
		return any(call("map_values", x), t.Value())
	}
	var test expr
	for i, f := range t.Elems {
		one := part(field(x, FieldName(t, i)), f.Type)
		if test == nil {
			test = one
		} else {
			test = or(test, one)
		}
	}
	return call("coalesce", and(notNull(x), test), boolean(false))
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
	made := when(bin(">", call("len", nullKey), num(0)), bad, typed(groupedEntries(entries, c.Result.Key()), c.Result))
	return when(isNull(c.Args[0]), typedNull(c.Result), made), nil
}

func emitMapConcat(c *Call) (expr, error) {
	if len(c.Args) == 1 {
		const msg = "There must be two or more concatenation arguments to map_concat"
		return when(isNull(c.Args[0]), typedNull(c.Result), fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str(msg))), nil
	}
	return when(anyNull(c.Args...), typedNull(c.Result), typed(call("map_concat", c.Args...), c.Result)), nil
}

// OddMap reports whether values of t hold a map whose keys the driver of
// DuckDB does not take.
func OddMap(t schema.Type) bool {
	if t.Kind == schema.Map {
		key := DuckType(t.Key())
		if key == "BLOB" || strings.HasSuffix(key, "[]") || strings.HasPrefix(key, "STRUCT") || strings.HasPrefix(key, "MAP") {
			return true
		}
	}
	for _, e := range t.Elems {
		if OddMap(e.Type) {
			return true
		}
	}
	return false
}

// Entries is x with the entries of each such map in its place.
func Entries(x syntax.Expr, t schema.Type) syntax.Expr {
	if !OddMap(t) {
		return x
	}
	switch t.Kind {
	case schema.Array:
		return call("list_transform", x, lambda(Entries(elem(), t.Elem()), elemVar))
	case schema.Row:
		names, elems := make([]string, len(t.Elems)), make([]expr, len(t.Elems))
		for i, f := range t.Elems {
			names[i] = FieldName(t, i)
			elems[i] = Entries(field(x, names[i]), f.Type)
		}
		return when(notNull(x), structOf(names, elems...), nil)
	}
	entry := structOf([]string{"key", "value"}, Entries(entryKey(), t.Key()), Entries(entryValue(), t.Value()))
	return call("list_transform", call("map_entries", x), lambda(entry, elemVar))
}

// lookup is the value of a key of type t, NULL where the map has none. NaN is a
// key that is never found.
func lookup(m, key expr, t schema.Type) expr {
	switch {
	case Keyed(t):
		place := call("list_position", keys(call("map_keys", m), t), Comparable(key, t))
		return at(call("map_values", m), place)
	case t.Kind == schema.Double, t.Kind == schema.Real:
		return when(call("isnan", key), null(), at(m, key))
	}
	return at(m, key)
}

// LowerSubscript is m[key], an error where the map has no such key.
func LowerSubscript(m, key syntax.Expr, t schema.Type) (syntax.Expr, error) {
	k := t.Key()
	missing := not(call("list_contains", keys(call("map_keys", m), k), Comparable(key, k)))
	msg := str("Key not present in map")
	switch {
	case len(k.Elems) > 0:
	case k.Kind == schema.Double, k.Kind == schema.Real:
		missing = or(call("isnan", key), missing)
		fallthrough
	default:
		text, err := castExpr(key, k, schema.Text)
		if err != nil {
			return nil, err
		}
		msg = bin("||", str("Key not present in map: "), text)
	}
	bad := fail(t.Value(), "INVALID_FUNCTION_ARGUMENT", msg)
	return when(or(isNull(m), isNull(key)), typedNull(t.Value()), when(missing, bad, lookup(m, key, k))), nil
}
