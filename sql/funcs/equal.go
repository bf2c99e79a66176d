package funcs

import "logsql/convert/schema"

// equalParts compares arrays, maps and rows part by part with SQL's three
// values: DuckDB takes two NULL parts for equal and the order of a map's
// entries for part of it.
func equalParts(x, y expr, t schema.Type) expr {
	if t.Kind == schema.Row {
		return equalRows(x, y, t)
	}
	var tests expr
	if t.Kind == schema.Array {
		const index = "$p"
		places := call("range", num(1), bin("+", call("len", x), num(1)))
		tests = call("list_transform", places, lambda(compare("=", at(x, id(index)), at(y, id(index)), t.Elem()), index))
		return allTrue(x, y, call("len", x), call("len", y), tests)
	}
	const key = "$k"
	same := compare("=", at(x, id(key)), at(y, id(key)), t.Value())
	tests = call("list_transform", call("map_keys", x), lambda(when(call("map_contains", y, id(key)), same, boolean(false)), key))
	return allTrue(x, y, call("cardinality", x), call("cardinality", y), tests)
}

// allTrue is false where a test is or the sizes differ, NULL where a test is.
func allTrue(x, y, xSize, ySize, tests expr) expr {
	unknown := castTo(null(), "BOOLEAN")
	answer := when(call("list_contains", tests, boolean(false)), boolean(false), when(hasNull(tests), unknown, boolean(true)))
	return when(or(isNull(x), isNull(y)), unknown, when(bin("<>", xSize, ySize), boolean(false), answer))
}

func equalRows(x, y expr, t schema.Type) expr {
	var all expr
	for i, f := range t.Elems {
		one := compare("=", field(x, FieldName(t, i)), field(y, FieldName(t, i)), f.Type)
		if all == nil {
			all = one
		} else {
			all = and(all, one)
		}
	}
	return when(or(isNull(x), isNull(y)), castTo(null(), "BOOLEAN"), all)
}
