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
// each field, a map two. What stands to the left in FROM is in reach.
func (b *binder) unnest(r *syntax.Unnest, s *scope, hint string) []field {
	rel := &Relation{Alias: b.alias(hint, "u")}
	e := b.exprs(s, "UNNEST")
	for i, x := range r.Exprs {
		t := e.expr(x)
		if b.err != nil {
			return nil
		}
		switch {
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
