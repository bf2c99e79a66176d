package duck

import (
	"math"
	"strings"
	"time"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"logsql/convert/schema"
)

// column is an argument of a Go function for some rows. Values that repeat are
// boxed once.
type column struct {
	values []any
	same   bool // one value for all rows, and only the first is in values
}

func (c *column) at(i int) any {
	if c.same {
		return c.values[0]
	}
	return c.values[i]
}

// readColumn copies the first n values of a vector.
func readColumn(v mapping.Vector, t schema.Type, n int) column {
	valid := validity(v)
	switch t.Kind {
	case schema.Varchar, schema.Varbinary:
		return readTexts(data[text](v, n), valid, t.Kind == schema.Varbinary)
	case schema.Array:
		return readLists(v, t, valid, n)
	case schema.Boolean:
		return boxed(data[int8](v, n), valid, func(b int8) any { return b != 0 })
	case schema.BigInt:
		return boxed(data[int64](v, n), valid, func(i int64) any { return i })
	case schema.Double:
		return boxed(data[uint64](v, n), valid, func(bits uint64) any { return math.Float64frombits(bits) })
	case schema.Date:
		return boxed(data[int32](v, n), valid, func(days int32) any { return time.Unix(int64(days)*daySeconds, 0).UTC() })
	case schema.Timestamp:
		return boxed(data[int64](v, n), valid, func(µs int64) any { return time.UnixMicro(µs).UTC() })
	}
	panic("a Go function cannot have an argument of type " + t.String())
}

const daySeconds = 86_400

// validity is the bits of a vector that say what is not NULL, nil for all.
func validity(v mapping.Vector) *uint64 { return (*uint64)(mapping.VectorGetValidity(v)) }

func isValid(mask *uint64, i int) bool {
	if mask == nil {
		return true
	}
	word := *(*uint64)(unsafe.Add(unsafe.Pointer(mask), i/wordBits*8))
	return word>>(i%wordBits)&1 == 1
}

// boxed compares values bit by bit, as they stand in the vector.
func boxed[T comparable](in []T, valid *uint64, box func(T) any) column {
	c := column{same: len(in) > 0}
	for i := 1; i < len(in) && c.same; i++ {
		c.same = in[i] == in[0] && isValid(valid, i) == isValid(valid, 0)
	}
	if c.same {
		in = in[:1]
	}
	c.values = make([]any, len(in))
	for i, x := range in {
		switch {
		case !isValid(valid, i):
		case i > 0 && x == in[i-1] && c.values[i-1] != nil:
			c.values[i] = c.values[i-1]
		default:
			c.values[i] = box(x)
		}
	}
	return c
}

// readTexts copies all texts as one: what a function keeps must not lie in
// DuckDB's memory.
func readTexts(in []text, valid *uint64, binary bool) column {
	var all strings.Builder
	total := 0
	for i := range in {
		if isValid(valid, i) && (i == 0 || in[i] != in[i-1]) {
			total += int(in[i].length)
		}
	}
	all.Grow(total)
	return boxed(in, valid, func(x text) any {
		if binary {
			return append([]byte{}, x.bytes()...)
		}
		from := all.Len()
		all.Write(x.bytes())
		return all.String()[from:]
	})
}

// bytes are those of a text, in DuckDB's memory or in x.
func (x *text) bytes() []byte {
	if x.length <= inPlace {
		return unsafe.Slice((*byte)(unsafe.Pointer(&x.head)), x.length)
	}
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&x.tail)), x.length)
}

func readLists(v mapping.Vector, t schema.Type, valid *uint64, n int) column {
	elems := readColumn(mapping.ListVectorGetChild(v), t.Elem(), int(mapping.ListVectorGetSize(v)))
	return boxed(data[entry](v, n), valid, func(e entry) any {
		list := make([]any, e.length)
		for i := range list {
			list[i] = elems.at(int(e.offset) + i)
		}
		return list
	})
}
