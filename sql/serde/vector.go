package serde

import (
	"unicode/utf8"

	"logsql/convert/schema"
)

// Vector holds one column's values of a batch. Which of its slices is in use
// depends on the type; the place of a NULL is filled with a zero.
type Vector struct {
	Type  schema.Type
	Valid []bool
	Ints  []int64   // boolean, integers, date (days), timestamp (µs), decimal of up to 18 digits
	Reals []float64 // real, double
	Wide  []Int128  // longer decimals
	Bytes []byte    // texts and varbinary, end to end
	Ends  []int     // where each text ends in Bytes, or each array or map in Elems
	Elems []*Vector // an array's elements, a map's keys and values, a row's fields
}

// Int128 is a number in two's complement.
type Int128 struct {
	Low  uint64
	High int64
}

// shortDecimal is how many digits Ints holds.
const shortDecimal = 18

func newVector(t schema.Type) *Vector {
	v := &Vector{Type: t}
	for _, e := range t.Elems {
		v.Elems = append(v.Elems, newVector(e.Type))
	}
	return v
}

// Len is how many values there are.
func (v *Vector) Len() int { return len(v.Valid) }

func (v *Vector) reset() {
	v.Valid, v.Ints, v.Reals, v.Wide, v.Bytes, v.Ends = v.Valid[:0], v.Ints[:0], v.Reals[:0], v.Wide[:0], v.Bytes[:0], v.Ends[:0]
	for _, e := range v.Elems {
		e.reset()
	}
}

// truncate takes back what came after the first n values.
func (v *Vector) truncate(n int) {
	if n >= v.Len() {
		return
	}
	v.Valid = v.Valid[:n]
	switch v.Type.Kind {
	case schema.Real, schema.Double:
		v.Reals = v.Reals[:n]
	case schema.Varchar, schema.Char, schema.Varbinary:
		v.Ends = v.Ends[:n]
		v.Bytes = v.Bytes[:v.lastEnd()]
	case schema.Array, schema.Map:
		v.Ends = v.Ends[:n]
		for _, e := range v.Elems {
			e.truncate(v.lastEnd())
		}
	case schema.Row:
		for _, e := range v.Elems {
			e.truncate(n)
		}
	default:
		if v.isWide() {
			v.Wide = v.Wide[:n]
		} else {
			v.Ints = v.Ints[:n]
		}
	}
}

func (v *Vector) isWide() bool {
	return v.Type.Kind == schema.Decimal && v.Type.Precision > shortDecimal
}

func (v *Vector) lastEnd() int {
	if len(v.Ends) == 0 {
		return 0
	}
	return v.Ends[len(v.Ends)-1]
}

func (v *Vector) null() {
	v.Valid = append(v.Valid, false)
	switch v.Type.Kind {
	case schema.Real, schema.Double:
		v.Reals = append(v.Reals, 0)
	case schema.Varchar, schema.Char, schema.Varbinary, schema.Array, schema.Map:
		v.Ends = append(v.Ends, v.lastEnd())
	case schema.Row:
		for _, e := range v.Elems {
			e.null()
		}
	default:
		if v.isWide() {
			v.Wide = append(v.Wide, Int128{})
		} else {
			v.Ints = append(v.Ints, 0)
		}
	}
}

func (v *Vector) int(n int64) {
	v.Valid = append(v.Valid, true)
	v.Ints = append(v.Ints, n)
}

func (v *Vector) bool(b bool) {
	n := int64(0)
	if b {
		n = 1
	}
	v.int(n)
}

func (v *Vector) real(f float64) {
	v.Valid = append(v.Valid, true)
	v.Reals = append(v.Reals, f)
}

func (v *Vector) wide(n Int128) {
	v.Valid = append(v.Valid, true)
	v.Wide = append(v.Wide, n)
}

func (v *Vector) binary(b []byte) {
	v.Bytes = append(v.Bytes, b...)
	v.ended(len(v.Bytes))
}

// text appends a varchar or char, cut to its length. Bytes that are no UTF-8
// become U+FFFD, as they do where Trino shows them.
func (v *Vector) text(b []byte) {
	if !utf8.Valid(b) {
		b = []byte(string([]rune(string(b))))
	}
	if v.Type.Precision > 0 && len(b) > v.Type.Precision {
		b = firstRunes(b, v.Type.Precision)
	}
	if v.Type.Kind == schema.Char {
		for len(b) > 0 && b[len(b)-1] == ' ' {
			b = b[:len(b)-1]
		}
	}
	v.binary(b)
}

func firstRunes(b []byte, n int) []byte {
	at := 0
	for ; n > 0 && at < len(b); n-- {
		_, size := utf8.DecodeRune(b[at:])
		at += size
	}
	return b[:at]
}

// ended appends an array or a map whose elements are in Elems already.
func (v *Vector) ended(end int) {
	v.Valid = append(v.Valid, true)
	v.Ends = append(v.Ends, end)
}

func (v *Vector) listEnded() { v.ended(v.Elems[0].Len()) }

// rowEnded appends a row whose fields are in Elems already.
func (v *Vector) rowEnded() { v.Valid = append(v.Valid, true) }

// Batch is rows as columns. A column that nobody asked for is nil.
type Batch struct {
	Columns []*Vector
	Rows    int
}

// size is about how many bytes of text the batch holds.
func (b *Batch) size() int {
	n := 0
	for _, v := range b.Columns {
		if v != nil {
			n += v.size()
		}
	}
	return n
}

func (v *Vector) size() int {
	n := len(v.Bytes) + 8*len(v.Valid)
	for _, e := range v.Elems {
		n += e.size()
	}
	return n
}

func (b *Batch) reset() {
	b.Rows = 0
	for _, v := range b.Columns {
		if v != nil {
			v.reset()
		}
	}
}

// nullRow appends NULL to the first n columns, taking back what a row that did
// not come to its end left there.
func (b *Batch) nullRow(n int) {
	for _, v := range b.Columns[:n] {
		if v != nil {
			v.truncate(b.Rows)
			v.null()
		}
	}
}
