package duck

import (
	"reflect"
	"slices"
	"unsafe"

	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"logsql/convert/schema"
	"logsql/sql/serde"
)

// field is a field that duckdb-go keeps to itself; a test watches that it is
// still there.
func field(chunk *duckdb.DataChunk, name string) unsafe.Pointer {
	return reflect.ValueOf(chunk).Elem().FieldByName(name).Addr().UnsafePointer()
}

// copyVector writes v into a vector of DuckDB's that is new: all at once, as a
// call through cgo for each cell would cost more than decoding does.
func copyVector(to mapping.Vector, v *serde.Vector) {
	n := v.Len()
	copyValidity(to, v.Valid)
	switch v.Type.Kind {
	case schema.Boolean, schema.TinyInt:
		convert[int8](to, v.Ints)
	case schema.SmallInt:
		convert[int16](to, v.Ints)
	case schema.Integer, schema.Date:
		convert[int32](to, v.Ints)
	case schema.BigInt, schema.Timestamp:
		copy(data[int64](to, n), v.Ints)
	case schema.Real:
		out := data[float32](to, n)
		for i, f := range v.Reals {
			out[i] = float32(f)
		}
	case schema.Double:
		copy(data[float64](to, n), v.Reals)
	case schema.Decimal:
		copyDecimals(to, v)
	case schema.Varchar, schema.Char, schema.Varbinary:
		copyTexts(to, v)
	case schema.Array, schema.Map:
		copyLists(to, v)
	case schema.Row:
		for i, e := range v.Elems {
			copyVector(mapping.StructVectorGetChild(to, mapping.IdxT(i)), e)
		}
	}
}

func data[T any](v mapping.Vector, n int) []T {
	return unsafe.Slice((*T)(mapping.VectorGetData(v)), n)
}

func convert[T int8 | int16 | int32](to mapping.Vector, ints []int64) {
	out := data[T](to, len(ints))
	for i, n := range ints {
		out[i] = T(n)
	}
}

const wordBits = 64

func copyValidity(to mapping.Vector, valid []bool) {
	if !slices.Contains(valid, false) {
		return
	}
	mapping.VectorEnsureValidityWritable(to)
	words := unsafe.Slice((*uint64)(mapping.VectorGetValidity(to)), (len(valid)+wordBits-1)/wordBits)
	for i, ok := range valid {
		if !ok {
			words[i/wordBits] &^= 1 << (i % wordBits)
		}
	}
}

// copyDecimals: DuckDB holds a decimal in the smallest integer that does.
func copyDecimals(to mapping.Vector, v *serde.Vector) {
	switch p := v.Type.Precision; {
	case p <= 4:
		convert[int16](to, v.Ints)
	case p <= 9:
		convert[int32](to, v.Ints)
	case p <= 18:
		copy(data[int64](to, v.Len()), v.Ints)
	default:
		copy(data[serde.Int128](to, v.Len()), v.Wide)
	}
}

// text is DuckDB's string_t: up to 12 bytes in place, else the first four and
// where all of it lies.
type text struct {
	length uint32
	head   [4]byte
	tail   [8]byte
}

const inPlace = 12

// copyTexts gives DuckDB all long texts as one, which it copies to where they
// live as long as the vector does, and then points into that.
func copyTexts(to mapping.Vector, v *serde.Vector) {
	out := data[text](to, v.Len())
	var base unsafe.Pointer
	if longest(v.Ends) > inPlace {
		mapping.VectorAssignStringElementLen(to, 0, v.Bytes)
		base = *(*unsafe.Pointer)(unsafe.Pointer(&out[0].tail))
	}
	from := 0
	for i, end := range v.Ends {
		b := v.Bytes[from:end]
		out[i] = text{length: uint32(len(b))}
		copy(out[i].head[:], b)
		if len(b) > inPlace {
			*(*unsafe.Pointer)(unsafe.Pointer(&out[i].tail)) = unsafe.Add(base, from)
		} else if len(b) > len(out[i].head) {
			copy(out[i].tail[:], b[len(out[i].head):])
		}
		from = end
	}
}

func longest(ends []int) int {
	most, from := 0, 0
	for _, end := range ends {
		most = max(most, end-from)
		from = end
	}
	return most
}

// entry is DuckDB's list_entry_t.
type entry struct{ offset, length uint64 }

func copyLists(to mapping.Vector, v *serde.Vector) {
	out := data[entry](to, v.Len())
	from := 0
	for i, end := range v.Ends {
		out[i] = entry{uint64(from), uint64(end - from)}
		from = end
	}
	mapping.ListVectorReserve(to, mapping.IdxT(from))
	mapping.ListVectorSetSize(to, mapping.IdxT(from))
	child := mapping.ListVectorGetChild(to)
	if v.Type.Kind == schema.Array {
		copyVector(child, v.Elems[0])
		return
	}
	for i, e := range v.Elems {
		copyVector(mapping.StructVectorGetChild(child, mapping.IdxT(i)), e)
	}
}
