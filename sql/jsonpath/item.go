package jsonpath

import (
	"math/big"

	"logsql/convert/schema"
)

// Kind is what an item is, apart from its type.
type Kind uint8

// The kinds of items.
const (
	KindNull Kind = iota
	KindScalar
	KindArray
	KindObject
)

// Item is a value in a path: a node of a JSON document, or a value of SQL. The
// type of a scalar tells which field holds it:
//
//	boolean             Bool
//	varchar, char       Text
//	tinyint … bigint    Int
//	real, double        Float
//	decimal             Big, without its point; Type has the scale
//	date, time, timestamp with or without zone
//	                    Text, and Big to compare: picoseconds
//
// A JSON integer beyond 64 bits has the type decimal(0, 0): nothing can be
// computed with it.
type Item struct {
	Kind  Kind
	JSON  bool // a node of a document, not a value of SQL
	Type  schema.Type
	Bool  bool
	Int   int64
	Float float64
	Text  string
	Big   *big.Int
	Keys  []string // of an object, in order
	Elems []*Item  // of an array or, in the order of Keys, an object
}

// Null is JSON's null.
var Null = &Item{Kind: KindNull, JSON: true}

// TextItem, BoolItem, IntItem, FloatItem and DecimalItem make values of SQL.
func TextItem(s string) *Item {
	return &Item{Kind: KindScalar, Type: schema.VarcharOf(runes(s)), Text: s}
}

// BoolItem is a value of SQL.
func BoolItem(v bool) *Item {
	return &Item{Kind: KindScalar, Type: schema.Of(schema.Boolean), Bool: v}
}

// IntItem is an integer where it fits one, else a bigint.
func IntItem(n int64) *Item {
	kind := schema.BigInt
	if int64(int32(n)) == n {
		kind = schema.Integer
	}
	return &Item{Kind: KindScalar, Type: schema.Of(kind), Int: n}
}

// FloatItem is a real or a double.
func FloatItem(f float64, kind schema.Kind) *Item {
	return &Item{Kind: KindScalar, Type: schema.Of(kind), Float: f}
}

// DecimalItem is unscaled × 10^-scale.
func DecimalItem(unscaled *big.Int, precision, scale int) *Item {
	return &Item{Kind: KindScalar, Type: schema.DecimalOf(precision, scale), Big: unscaled}
}

// Huge reports whether it is a JSON integer of more than 64 bits.
func (it *Item) Huge() bool {
	return it.Kind == KindScalar && it.Type.Kind == schema.Decimal && it.Type.Precision == 0
}

// Member finds a member of an object.
func (it *Item) Member(name string) (*Item, bool) {
	for i, k := range it.Keys {
		if k == name {
			return it.Elems[i], true
		}
	}
	return nil, false
}

func (it *Item) isNumber() bool { return it.Kind == KindScalar && it.Type.IsNumber() }

func (it *Item) isText() bool { return it.Kind == KindScalar && it.Type.IsText() }

// describe is what Trino calls an item in an error: the kind of a node, the
// type of a value.
func (it *Item) describe() string {
	switch {
	case it.Kind == KindNull:
		return "NULL"
	case it.Kind == KindArray:
		return "ARRAY"
	case it.Kind == KindObject:
		return "OBJECT"
	case !it.JSON:
		return it.Type.String()
	case it.Type.Kind == schema.Boolean:
		return "BOOLEAN"
	case it.Type.IsText():
		return "STRING"
	}
	return "NUMBER"
}
