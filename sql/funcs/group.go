package funcs

import "logsql/sql/syntax"

// group is the elements of a list that have one key: the first, all, and their
// number.
type group struct{ first, members, size expr }

// inGroups lists what becomes of each group of a list's elements, in the order
// of their first ones. key is made of elem(). It sorts by the key, as looking
// for each among the others takes time by the square of their number; so does
// list_slice of a lambda's captured list, which members go without.
func inGroups(list, key expr, make func(g group) expr) expr {
	const all, pairs, starts, spans, place, span, member = "$all", "$pairs", "$starts", "$spans", "$j", "$s", "$m"
	sorted := call("list_sort", call("list_transform", id(all), lambda(structOf([]string{"k", "i"}, key, id(indexVar)), elemVar, indexVar)))
	pairAt := func(j expr, name string) expr { return field(at(id(pairs), j), name) }
	before := bin("-", id(place), num(1))
	isFirst := or(bin("=", id(place), num(1)), &syntax.IsDistinct{X: pairAt(before, "k"), Y: pairAt(id(place), "k")})
	firsts := call("list_filter", call("range", num(1), bin("+", call("len", id(pairs)), num(1))), lambda(isFirst, place))
	end := call("coalesce", at(id(starts), bin("+", id(indexVar), num(1))), bin("+", call("len", id(pairs)), num(1)))
	oneSpan := structOf([]string{"i", "from", "end"}, pairAt(id(place), "i"), id(place), end)
	inOrder := call("list_sort", call("list_transform", id(starts), lambda(oneSpan, place, indexVar)))
	from, to := field(id(span), "from"), field(id(span), "end")
	g := group{
		first:   at(id(all), field(id(span), "i")),
		members: call("list_transform", call("range", from, to), lambda(at(id(all), pairAt(id(member), "i")), member)),
		size:    bin("-", to, from),
	}
	made := call("list_transform", id(spans), lambda(make(g), span))
	return let(all, list, let(pairs, sorted, let(starts, firsts, let(spans, inOrder, made))))
}
