package bind

import (
	"strconv"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// UnnestRef is the name, in lowered SQL, of the i-th expression's elements, and
// OrdinalityRef that of the ordinality.
func UnnestRef(i int) string { return "u" + strconv.Itoa(i+1) }

// OrdinalityRef is the ordinality column's name in lowered SQL.
const OrdinalityRef = "ordinality"

// unnest binds UNNEST(…): an array gives one column, an array of rows one for
// each field, a map two. What stands to the left in FROM is in reach. names is
// how many columns the alias has names for, 0 for none.
func (b *binder) unnest(r *syntax.Unnest, s *scope, hint string, names int) []field {
	rel := &Relation{Alias: b.alias(hint, "u")}
	e := b.exprs(s, "UNNEST")
	types := make([]schema.Type, len(r.Exprs))
	for i, x := range r.Exprs {
		types[i] = e.expr(x)
	}
	if b.err != nil {
		return nil
	}
	whole := wholeRows(r, types, names)
	for i, x := range r.Exprs {
		switch t := types[i]; {
		case whole && t.Kind == schema.Array:
			rel.Columns = append(rel.Columns, &Column{Ref: UnnestRef(i), Type: t.Elem()})
		case t.Kind == schema.Array && t.Elem().Kind == schema.Row:
			for n, f := range t.Elem().Elems {
				rel.Columns = append(rel.Columns, &Column{Name: f.Name, Ref: UnnestRef(i), Field: funcs.FieldName(t.Elem(), n), Type: f.Type})
			}
		case t.Kind == schema.Array:
			rel.Columns = append(rel.Columns, &Column{Ref: UnnestRef(i), Type: t.Elem()})
		case t.Kind == schema.Map:
			rel.Columns = append(rel.Columns,
				&Column{Ref: UnnestRef(i), Field: "key", Type: t.Key()},
				&Column{Ref: UnnestRef(i), Field: "value", Type: t.Value()})
		default:
			b.failWith(x, &syntax.Error{Code: "INVALID_FUNCTION_ARGUMENT", Msg: "Cannot unnest type: " + t.String()})
			return nil
		}
	}
	e.refuse(r, e.all(), "UNNEST")
	if r.Ordinality {
		rel.Columns = append(rel.Columns, &Column{Ref: OrdinalityRef, Type: schema.Of(schema.BigInt)})
	}
	return b.add(r, rel)
}

// wholeRows reports whether a row stays whole, in one column. Athena kept what
// Presto did before Trino, and its guides unnest arrays of rows under one name
// each, which for Trino are too few. Where the names fit Trino's columns, they
// are Trino's.
func wholeRows(r *syntax.Unnest, types []schema.Type, names int) bool {
	apart, whole := 0, 0
	if r.Ordinality {
		apart, whole = 1, 1
	}
	for _, t := range types {
		switch {
		case t.Kind == schema.Map:
			apart, whole = apart+2, whole+2
		case t.Kind == schema.Array && t.Elem().Kind == schema.Row:
			apart, whole = apart+len(t.Elem().Elems), whole+1
		default:
			apart, whole = apart+1, whole+1
		}
	}
	return names == whole && names != apart
}
