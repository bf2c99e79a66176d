package schema

// Coercible reports whether a value of type from is taken where to is asked
// for, without a cast: Trino's implicit coercions. Every type coerces to
// itself, unknown (a bare NULL) to any.
func Coercible(from, to Type) bool {
	if from.Kind == Unknown || from.Equal(to) {
		return true
	}
	switch from.Kind {
	case TinyInt, SmallInt, Integer, BigInt:
		return integerTo(from, to)
	case Decimal:
		return to.Kind == Real || to.Kind == Double ||
			to.Kind == Decimal && to.Scale >= from.Scale && to.Precision-to.Scale >= from.Precision-from.Scale
	case Real:
		return to.Kind == Double
	case Varchar:
		return to.IsText() && Fits(from, to) || to.Kind == Char && to.Precision == MaxChar
	case Char:
		return to.Kind == Char && Fits(from, to)
	case Date:
		return to.Kind == Timestamp || to.Kind == TimestampTZ
	case Time, Timestamp:
		return (to.Kind == from.Kind || to.Kind == from.Kind+1) && from.Precision <= to.Precision
	case TimeTZ, TimestampTZ:
		return to.Kind == from.Kind && from.Precision <= to.Precision
	case Array, Map, Row:
		return elementwise(from, to)
	}
	return false
}

// integerDigits is the precision of the decimal that holds all values of each
// integer kind.
var integerDigits = map[Kind]int{TinyInt: 3, SmallInt: 5, Integer: 10, BigInt: 19}

func integerTo(from, to Type) bool {
	switch {
	case to.IsInteger():
		return from.Kind <= to.Kind
	case to.Kind == Decimal:
		return to.Precision-to.Scale >= integerDigits[from.Kind]
	}
	return to.Kind == Real || to.Kind == Double
}

// Fits compares lengths of text: whether to has room for all of from.
func Fits(from, to Type) bool {
	have, bounded := from.Length()
	most, limited := to.Length()
	return !limited || bounded && have <= most
}

func elementwise(from, to Type) bool {
	if to.Kind != from.Kind || len(from.Elems) != len(to.Elems) {
		return false
	}
	for i := range from.Elems {
		if !Coercible(from.Elems[i].Type, to.Elems[i].Type) {
			return false
		}
	}
	return true
}

// Common is the type that both a and b coerce to, as Trino chooses it for
// CASE, IN, UNION, ARRAY and comparisons; false where there is none.
func Common(a, b Type) (Type, bool) {
	switch {
	case a.Kind == Unknown:
		return b, true
	case b.Kind == Unknown || a.Equal(b):
		return a, true
	case a.Kind == Decimal && b.IsInteger():
		return commonDecimal(a, DecimalOf(integerDigits[b.Kind], 0)), true
	case b.Kind == Decimal && a.IsInteger():
		return commonDecimal(DecimalOf(integerDigits[a.Kind], 0), b), true
	case a.Kind == Decimal && b.Kind == Decimal:
		return commonDecimal(a, b), true
	case a.IsText() && b.IsText():
		return commonText(a, b), true
	case a.Kind == b.Kind && (a.Kind == Array || a.Kind == Map || a.Kind == Row):
		return commonElems(a, b)
	case a.Kind >= Date && a.Kind <= TimestampTZ && b.Kind >= Date && b.Kind <= TimestampTZ:
		return commonTime(a, b)
	case Coercible(a, b):
		return b, true
	case Coercible(b, a):
		return a, true
	}
	return Type{}, false
}

func commonDecimal(a, b Type) Type {
	scale := max(a.Scale, b.Scale)
	whole := max(a.Precision-a.Scale, b.Precision-b.Scale)
	return DecimalOf(min(38, whole+scale), scale)
}

// commonText is char when either is: Trino compares a char with a varchar as
// chars, blanks at the end not counting.
func commonText(a, b Type) Type {
	kind := Varchar
	if a.Kind == Char || b.Kind == Char {
		kind = Char
	}
	x, boundedX := a.Length()
	y, boundedY := b.Length()
	switch {
	case kind == Varchar && boundedX && boundedY:
		return VarcharOf(max(x, y))
	case kind == Varchar:
		return Text
	case boundedX && boundedY:
		return Type{Kind: Char, Precision: max(x, y)}
	}
	return Type{Kind: Char, Precision: MaxChar}
}

func commonElems(a, b Type) (Type, bool) {
	if len(a.Elems) != len(b.Elems) {
		return Type{}, false
	}
	t := Type{Kind: a.Kind, Elems: make([]Field, len(a.Elems))}
	for i := range a.Elems {
		elem, ok := Common(a.Elems[i].Type, b.Elems[i].Type)
		if !ok {
			return Type{}, false
		}
		name := a.Elems[i].Name
		if name != b.Elems[i].Name {
			name = ""
		}
		t.Elems[i] = Field{Name: name, Type: elem}
	}
	return t, true
}

func commonTime(a, b Type) (Type, bool) {
	isTime := func(t Type) bool { return t.Kind == Time || t.Kind == TimeTZ }
	if isTime(a) != isTime(b) {
		return Type{}, false
	}
	return Type{Kind: max(a.Kind, b.Kind), Precision: max(a.Precision, b.Precision)}, true
}
