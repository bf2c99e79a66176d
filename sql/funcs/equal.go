package funcs

import "logsql/convert/schema"

// equalParts compares arrays, maps and rows part by part with SQL's three
// values: DuckDB takes two NULL parts for equal and the order of a map's
// entries for part of it.
func equalParts(x, y expr, t schema.Type) expr {
	if t.Kind == schema.Row {
		return equalRows(x, y, t)
	}
	xVar, yVar := variable("$x", t), variable("$y", t)
	equal := equalArrays
	if t.Kind == schema.Map {
		equal = equalMaps
	}
	return let(xVar, x, let(yVar, y, equal(id(xVar), id(yVar), t)))
}

func equalArrays(x, y expr, t schema.Type) expr {
	place := variable("$p", t)
	places := call("range", num(1), bin("+", call("len", x), num(1)))
	tests := call("list_transform", places, lambda(compare("=", at(x, id(place)), at(y, id(place)), t.Elem()), place))
	return allTrue(x, y, call("len", x), call("len", y), tests)
}

func equalMaps(x, y expr, t schema.Type) expr {
	entry, other := variable("$k", t), variable("$o", t)
	value := func(of string) expr { return field(id(of), "value") }
	key := func(of string) expr { return Comparable(field(id(of), "key"), t.Key()) }
	found := call("list_filter", call("map_entries", y), lambda(bin("=", key(other), key(entry)), other))
	same := call("list_transform", found, lambda(compare("=", value(entry), value(other), t.Value()), other))
	test := when(bin("=", call("len", same), num(0)), boolean(false), at(same, num(1)))
	tests := call("list_transform", call("map_entries", x), lambda(test, entry))
	return allTrue(x, y, call("cardinality", x), call("cardinality", y), tests)
}

// allTrue is false where a test is or the sizes differ, NULL where a test is.
func allTrue(x, y, xSize, ySize, tests expr) expr {
	unknown := castTo(null(), "BOOLEAN")
	const name = "$t"
	answer := when(call("list_contains", id(name), boolean(false)), boolean(false), when(hasNull(id(name)), unknown, boolean(true)))
	return when(or(isNull(x), isNull(y)), unknown, when(bin("<>", xSize, ySize), boolean(false), let(name, tests, answer)))
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
