package bind

import (
	"reflect"
	"strings"

	"logsql/sql/syntax"
)

// same reports whether two bound expressions mean the same: equal trees, names
// by the column they read, brackets and places aside. It compares by reflection
// so that no kind of node can be forgotten.
func (in *Info) same(x, y syntax.Expr) bool {
	x, y = Unparen(x), Unparen(y)
	cx, cy := in.Columns[x], in.Columns[y]
	if cx != nil || cy != nil {
		return cx == cy
	}
	vx, vy := reflect.ValueOf(x), reflect.ValueOf(y)
	return vx.Type() == vy.Type() && in.sameFields(vx.Elem(), vy.Elem())
}

// SameItem reports whether a thing selected or grouped by is the expression x,
// which may itself be the name of a selected thing.
func (in *Info) SameItem(it *Item, x syntax.Expr) bool {
	x = Unparen(x)
	c := in.Columns[x]
	if c != nil && c.Item != nil {
		return in.SameItems(it, c.Item)
	}
	if it.Column != nil {
		return c == it.Column
	}
	return it.Field == "" && it.Expr != nil && in.same(it.Expr, x)
}

// SameItems reports whether two things selected or grouped by are the same.
func (in *Info) SameItems(x, y *Item) bool {
	switch {
	case x == y:
		return true
	case x.Column != nil && y.Column != nil:
		return x.Column == y.Column
	case x.Field != y.Field:
		return false
	case x.Column != nil && y.Expr != nil:
		return in.Columns[Unparen(y.Expr)] == x.Column
	case y.Column != nil && x.Expr != nil:
		return in.Columns[Unparen(x.Expr)] == y.Column
	}
	return x.Expr != nil && y.Expr != nil && in.same(x.Expr, y.Expr)
}

var (
	spanType  = reflect.TypeFor[syntax.Span]()
	posType   = reflect.TypeFor[syntax.Pos]()
	identType = reflect.TypeFor[syntax.Ident]()
	exprType  = reflect.TypeFor[syntax.Expr]()

	typeNameType = reflect.TypeFor[syntax.TypeName]()
)

func (in *Info) sameFields(x, y reflect.Value) bool {
	for i := range x.NumField() {
		if !in.sameValue(x.Field(i), y.Field(i)) {
			return false
		}
	}
	return true
}

func (in *Info) sameValue(x, y reflect.Value) bool {
	switch {
	case x.Type() == spanType || x.Type() == posType:
		return true
	case x.Type() == identType:
		return strings.EqualFold(x.Interface().(syntax.Ident).Name, y.Interface().(syntax.Ident).Name)
	case x.Type() == typeNameType:
		return foldUnquoted(x.Interface().(syntax.TypeName).Text) == foldUnquoted(y.Interface().(syntax.TypeName).Text)
	case x.Type() == exprType && !x.IsNil() && !y.IsNil():
		return in.same(x.Interface().(syntax.Expr), y.Interface().(syntax.Expr))
	}
	switch x.Kind() {
	case reflect.Interface, reflect.Pointer:
		if x.IsNil() || y.IsNil() {
			return x.IsNil() == y.IsNil()
		}
		return x.Elem().Type() == y.Elem().Type() && in.sameValue(x.Elem(), y.Elem())
	case reflect.Slice:
		if x.Len() != y.Len() {
			return false
		}
		for i := range x.Len() {
			if !in.sameValue(x.Index(i), y.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		return in.sameFields(x, y)
	}
	return x.Interface() == y.Interface()
}

// foldUnquoted lower-cases what stands outside double quotes: names of a row's
// fields in quotes are told apart by case.
func foldUnquoted(text string) string {
	parts := strings.Split(text, `"`)
	for i := 0; i < len(parts); i += 2 {
		parts[i] = strings.ToLower(parts[i])
	}
	return strings.Join(parts, `"`)
}
