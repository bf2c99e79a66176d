package funcs

import (
	"strconv"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// Keyed reports whether values of t are not compared, grouped and sorted as
// DuckDB has them: a time or timestamp with time zone goes by its instant, a map by its
// entries in any order.
func Keyed(t schema.Type) bool {
	if GoesByInstant(t) || t.Kind == schema.Map {
		return true
	}
	for _, e := range t.Elems {
		if Keyed(e.Type) {
			return true
		}
	}
	return false
}

// Comparable is what stands for x of type t where values are compared,
// grouped, joined or sorted by; x itself unless t is Keyed.
func Comparable(x syntax.Expr, t schema.Type) syntax.Expr {
	if !Keyed(t) {
		return x
	}
	switch t.Kind {
	case schema.TimestampTZ, schema.TimeTZ:
		return instant(x)
	case schema.Array:
		return call("list_transform", x, lambda(Comparable(elem(), t.Elem()), elemVar))
	case schema.Map:
		entry := structOf([]string{"key", "value"}, Comparable(entryKey(), t.Key()), Comparable(entryValue(), t.Value()))
		return call("list_sort", call("list_transform", call("map_entries", x), lambda(entry, elemVar)))
	}
	names, elems := make([]string, len(t.Elems)), make([]expr, len(t.Elems))
	for i, f := range t.Elems {
		names[i] = FieldName(t, i)
		elems[i] = Comparable(field(x, names[i]), f.Type)
	}
	return when(notNull(x), structOf(names, elems...), nil)
}

// keys is a list with its elements, of type t, as they are compared.
func keys(list expr, t schema.Type) expr { return Comparable(list, schema.ArrayOf(t)) }

// greatestKey is what the greatest of values of type t is chosen by: there NaN
// is the least, in DuckDB it always is the greatest.
func greatestKey(x expr, t schema.Type) expr {
	switch {
	case t.Kind == schema.Double || t.Kind == schema.Real:
		return when(notNull(x), structOf([]string{"n", "x"}, not(call("isnan", x)), x), nil)
	case !holdsFloat(t):
		return Comparable(x, t)
	case t.Kind == schema.Array:
		return call("list_transform", x, lambda(greatestKey(elem(), t.Elem()), elemVar))
	}
	names, elems := make([]string, len(t.Elems)), make([]expr, len(t.Elems))
	for i, f := range t.Elems {
		names[i] = FieldName(t, i)
		elems[i] = greatestKey(field(x, names[i]), f.Type)
	}
	return when(notNull(x), structOf(names, elems...), nil)
}

// let computes value once for a body that reads it by name.
func let(name string, value, body expr) expr {
	return at(call("list_transform", array(value), lambda(body, name)), num(1))
}

// height is how deep a type is nested: with it in their names, the variables of
// one level do not hide those of the level above.
func height(t schema.Type) int {
	h := 0
	for _, e := range t.Elems {
		h = max(h, 1+height(e.Type))
	}
	return h
}

func variable(name string, t schema.Type) string { return name + strconv.Itoa(height(t)) }

// The codes of order, beside -1, 0 and 1.
const (
	nullInArray = 2
	nullInRow   = 3
)

// order is -1, 0 or 1 as x is less than, equal to or greater than y; one of the
// codes above where a NULL comes before the first difference. Neither is NULL.
func order(x, y expr, t schema.Type) expr {
	x, y = Comparable(x, t), Comparable(y, t)
	switch t.Kind {
	case schema.Array:
		place := variable("$p", t)
		size := call("least", call("len", x), call("len", y))
		one := orderParts(at(x, id(place)), at(y, id(place)), t.Elem(), nullInArray)
		parts := call("list_transform", call("range", num(1), bin("+", size, num(1))), lambda(one, place))
		first := at(call("list_filter", parts, lambda(bin("<>", elem(), num(0)), elemVar)), num(1))
		return call("coalesce", first, call("sign", bin("-", call("len", x), call("len", y))))
	case schema.Row:
		var parts []expr
		for i, f := range t.Elems {
			name := FieldName(t, i)
			parts = append(parts, call("nullif", orderParts(field(x, name), field(y, name), f.Type, nullInRow), num(0)))
		}
		return call("coalesce", append(parts, num(0))...)
	}
	return when(bin("=", x, y), num(0), when(bin("<", x, y), num(-1), num(1)))
}

func orderParts(x, y expr, t schema.Type, nullCode int) expr {
	return when(or(isNull(x), isNull(y)), num(nullCode), order(x, y, t))
}

// compareOrder is x op y of arrays and rows, op being of < <= > >=.
func compareOrder(op string, x, y expr, t schema.Type) expr {
	xVar, yVar, code := variable("$x", t), variable("$y", t), "$c"
	answer := when(bin(">=", id(code), num(nullInArray)), notComparable(id(code), schema.Of(schema.Boolean)), bin(op, id(code), num(0)))
	both := let(code, order(id(xVar), id(yVar), plainRow(t)), answer)
	answer = when(or(isNull(id(xVar)), isNull(id(yVar))), castTo(null(), "BOOLEAN"), both)
	return let(xVar, Comparable(x, t), let(yVar, Comparable(y, t), answer))
}

// notComparable is the error of a code, in the place of a value of type t.
func notComparable(code expr, t schema.Type) expr {
	const array, row = "ARRAY comparison not supported for arrays with null elements", "ROW comparison not supported for fields with null elements"
	return fail(t, "NOT_SUPPORTED", when(bin("=", code, num(nullInArray)), str(array), str(row)))
}

// orderedList is list, of elements of type t that are sorted; an error where
// two neighbours cannot be compared.
func orderedList(list expr, t schema.Type) expr {
	if len(t.Elems) == 0 {
		return list
	}
	const all, place = "$sorted", "$n"
	next := at(id(all), bin("+", id(place), num(1)))
	tests := call("list_transform", call("range", num(1), call("len", id(all))), lambda(compareOrder("<", at(id(all), id(place)), next, t), place))
	return let(all, list, whenDone(tests, id(all)))
}

// extremeOf is best, the least or the greatest of a list of type t; an error
// where another cannot be compared with it.
func extremeOf(best, list expr, t schema.Type) expr {
	if len(t.Elems) == 0 {
		return best
	}
	const one, all, code, test = "$best", "$codes", "$code", "$c"
	codeOf := func(x expr) expr { return order(x, id(one), t) }
	codes := call("list_filter", call("list_transform", list, lambda(codeOf(elem()), elemVar)), lambda(bin(">=", id(code), num(nullInArray)), code))
	itself := when(bin(">=", codeOf(id(one)), num(nullInArray)), num(1), num(0))
	failed := let(test, at(id(all), num(1)), notComparable(id(test), t))
	answer := when(bin(">", call("len", id(all)), itself), failed, id(one))
	return let(one, best, when(isNull(id(one)), typedNull(t), let(all, codes, answer)))
}

// whenDone is x, after a list of tests that may fail.
func whenDone(tests, x expr) expr {
	return when(bin("<", call("len", tests), num(0)), null(), x)
}

// plainRow is t as Comparable leaves it: nothing in it is Keyed.
func plainRow(t schema.Type) schema.Type {
	if GoesByInstant(t) {
		return schema.Of(schema.Timestamp)
	}
	out := t
	out.Elems = nil
	for _, e := range t.Elems {
		out.Elems = append(out.Elems, schema.Field{Name: e.Name, Type: plainRow(e.Type)})
	}
	return out
}
