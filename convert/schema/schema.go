// Package schema holds columns and their Athena types. It is the only
// vocabulary of types in logsql: decoders declare columns with it, the Parquet
// writer lays them out by it, and the SQL binder gives every expression one.
package schema

import (
	"strconv"
	"strings"
)

// Kind is the outermost constructor of a type, by Trino's name.
type Kind uint8

// The kinds of Athena engine v3 (Trino). Unknown is the type of a bare NULL.
const (
	Unknown Kind = iota
	Boolean
	TinyInt
	SmallInt
	Integer
	BigInt
	Real
	Double
	Decimal
	Varchar
	Char
	Varbinary
	Date
	Time
	TimeTZ
	Timestamp
	TimestampTZ
	IntervalDay  // interval day to second
	IntervalYear // interval year to month
	JSON
	IPAddress
	IPPrefix
	UUID
	Color // of Trino's functions that draw for terminals
	Array
	Map
	Row
	Function // a lambda's type; only inside bind
)

var kindNames = [...]string{
	"unknown", "boolean", "tinyint", "smallint", "integer", "bigint", "real", "double", "decimal",
	"varchar", "char", "varbinary", "date", "time", "time with time zone", "timestamp",
	"timestamp with time zone", "interval day to second", "interval year to month", "json",
	"ipaddress", "ipprefix", "uuid", "color", "array", "map", "row", "function",
}

func (k Kind) String() string { return kindNames[k] }

// Type is an Athena type. The zero value is the unknown type.
//
// Precision is the digits of a decimal, the fractional digits of a time or
// timestamp (0 to 12), or the length of a char or varchar, where 0 means
// unbounded varchar and -1 varchar(0). Scale is a decimal's. Elems holds an array's element, a
// map's key and value, or a row's fields (the names are empty where a row has
// none).
type Type struct {
	Kind      Kind
	Precision int
	Scale     int
	Elems     []Field
}

// Field is one named part of a composite type.
type Field struct {
	Name string
	Type Type
}

// Column is one column of a table or a result.
type Column struct {
	Name string
	Type Type
}

// Of returns the plain type of kind k: unbounded varchar, timestamp(3) and so
// on, as Trino takes the bare name.
func Of(k Kind) Type {
	switch k {
	case Time, TimeTZ, Timestamp, TimestampTZ:
		return Type{Kind: k, Precision: 3}
	case Char:
		return Type{Kind: k, Precision: 1}
	case Decimal:
		return Type{Kind: k, Precision: 38}
	}
	return Type{Kind: k}
}

// Text is unbounded varchar.
var Text = Type{Kind: Varchar}

// DecimalOf returns decimal(precision, scale).
func DecimalOf(precision, scale int) Type {
	return Type{Kind: Decimal, Precision: precision, Scale: scale}
}

// VarcharOf returns varchar(n); more than MaxVarchar is unbounded.
func VarcharOf(n int) Type {
	switch {
	case n > MaxVarchar:
		n = 0
	case n == 0:
		n = -1
	}
	return Type{Kind: Varchar, Precision: n}
}

// MaxVarchar is the greatest length that varchar(n) may have.
const MaxVarchar = 1<<31 - 2

// MaxChar is the greatest length of a char.
const MaxChar = 65536

// Length is how many characters a char or varchar may have; false where there
// is no bound, or t is no text.
func (t Type) Length() (int, bool) {
	return max(0, t.Precision), t.Kind == Char || t.Kind == Varchar && t.Precision != 0
}

// ArrayOf returns array(elem).
func ArrayOf(elem Type) Type { return Type{Kind: Array, Elems: []Field{{Type: elem}}} }

// MapOf returns map(key, value).
func MapOf(key, value Type) Type {
	return Type{Kind: Map, Elems: []Field{{Name: "key", Type: key}, {Name: "value", Type: value}}}
}

// RowOf returns row(fields...).
func RowOf(fields ...Field) Type { return Type{Kind: Row, Elems: fields} }

// Elem is an array's element type.
func (t Type) Elem() Type { return t.Elems[0].Type }

// Key is a map's key type.
func (t Type) Key() Type { return t.Elems[0].Type }

// Value is a map's value type.
func (t Type) Value() Type { return t.Elems[1].Type }

// Equal reports whether t and u are the same type, field names included
// (compared without case, as Trino compares them).
func (t Type) Equal(u Type) bool {
	if t.Kind != u.Kind || t.Precision != u.Precision || t.Scale != u.Scale || len(t.Elems) != len(u.Elems) {
		return false
	}
	for i := range t.Elems {
		if t.Kind == Row && !strings.EqualFold(t.Elems[i].Name, u.Elems[i].Name) {
			return false
		}
		if !t.Elems[i].Type.Equal(u.Elems[i].Type) {
			return false
		}
	}
	return true
}

// IsNumber reports whether t is one of Trino's numeric types.
func (t Type) IsNumber() bool { return t.Kind >= TinyInt && t.Kind <= Decimal }

// IsInteger reports whether t is tinyint, smallint, integer or bigint.
func (t Type) IsInteger() bool { return t.Kind >= TinyInt && t.Kind <= BigInt }

// IsText reports whether t is varchar or char.
func (t Type) IsText() bool { return t.Kind == Varchar || t.Kind == Char }

// String is the type as Trino writes it: decimal(10,2), row(a integer, b
// varchar), timestamp(3) with time zone.
func (t Type) String() string {
	switch t.Kind {
	case Decimal:
		return "decimal(" + strconv.Itoa(t.Precision) + "," + strconv.Itoa(t.Scale) + ")"
	case Varchar:
		if t.Precision == 0 {
			return "varchar"
		}
		return "varchar(" + strconv.Itoa(max(0, t.Precision)) + ")"
	case Char:
		return "char(" + strconv.Itoa(t.Precision) + ")"
	case Time, Timestamp:
		return t.Kind.String() + "(" + strconv.Itoa(t.Precision) + ")"
	case TimeTZ:
		return "time(" + strconv.Itoa(t.Precision) + ") with time zone"
	case TimestampTZ:
		return "timestamp(" + strconv.Itoa(t.Precision) + ") with time zone"
	case Array, Map, Row:
		parts := make([]string, len(t.Elems))
		for i, e := range t.Elems {
			parts[i] = e.Type.String()
			if t.Kind == Row && e.Name != "" {
				parts[i] = rowName(e.Name) + " " + parts[i]
			}
		}
		return t.Kind.String() + "(" + strings.Join(parts, ", ") + ")"
	}
	return t.Kind.String()
}

func rowName(name string) string {
	for i, r := range name {
		if !(r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && r >= '0' && r <= '9') {
			return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
	}
	return name
}

// Hive is the type as AWS's DDL writes it: string, int, struct<a:int>.
func (t Type) Hive() string {
	switch t.Kind {
	case Varchar:
		switch t.Precision {
		case 0:
			return "string"
		case -1:
			return "varchar(1)" // Hive has no varchar(0)
		}
	case Integer:
		return "int"
	case Real:
		return "float"
	case Varbinary:
		return "binary"
	case Timestamp:
		return "timestamp"
	case Array:
		return "array<" + t.Elem().Hive() + ">"
	case Map:
		return "map<" + t.Key().Hive() + "," + t.Value().Hive() + ">"
	case Row:
		parts := make([]string, len(t.Elems))
		for i, e := range t.Elems {
			parts[i] = e.Name + ":" + e.Type.Hive()
		}
		return "struct<" + strings.Join(parts, ",") + ">"
	}
	return t.String()
}
