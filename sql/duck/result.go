package duck

import (
	"fmt"
	"time"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/serde"
)

// newVector is where the results of a Go function gather.
func newVector(t schema.Type) *serde.Vector {
	v := &serde.Vector{Type: t}
	switch t.Kind {
	case schema.Array:
		v.Elems = []*serde.Vector{newVector(t.Elem())}
	case schema.TimestampTZ:
		v.Type.Kind = schema.Row
		v.Elems = []*serde.Vector{newVector(schema.Of(schema.Timestamp)), newVector(schema.Text)}
	}
	return v
}

// bytesIn is how much text a vector holds.
func bytesIn(v *serde.Vector) int {
	n := len(v.Bytes)
	for _, e := range v.Elems {
		n += bytesIn(e)
	}
	return n
}

// put appends a result.
func put(v *serde.Vector, x any) error {
	v.Valid = append(v.Valid, x != nil)
	ok := true
	switch v.Type.Kind {
	case schema.Boolean:
		var b bool
		b, ok = x.(bool)
		v.Ints = append(v.Ints, bit(b))
	case schema.BigInt:
		var n int64
		n, ok = x.(int64)
		v.Ints = append(v.Ints, n)
	case schema.Double:
		var f float64
		f, ok = x.(float64)
		v.Reals = append(v.Reals, f)
	case schema.Date, schema.Timestamp:
		ok = putTime(v, x)
	case schema.Varchar:
		var s string
		s, ok = x.(string)
		v.Bytes = append(v.Bytes, s...)
		v.Ends = append(v.Ends, len(v.Bytes))
	case schema.Varbinary:
		var b []byte
		b, ok = x.([]byte)
		v.Bytes = append(v.Bytes, b...)
		v.Ends = append(v.Ends, len(v.Bytes))
	case schema.Array:
		return putList(v, x)
	case schema.Row:
		return putZoned(v, x)
	}
	return expected(v.Type, x, ok)
}

func expected(t schema.Type, x any, ok bool) error {
	if ok || x == nil {
		return nil
	}
	return fmt.Errorf("a result of type %T, not %s", x, t)
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func putTime(v *serde.Vector, x any) bool {
	t, ok := x.(time.Time)
	switch {
	case !ok:
		v.Ints = append(v.Ints, 0)
	case v.Type.Kind == schema.Date:
		s := t.Unix()
		v.Ints = append(v.Ints, (s-(s%daySeconds+daySeconds)%daySeconds)/daySeconds)
	default:
		v.Ints = append(v.Ints, t.UnixMicro())
	}
	return ok
}

func putList(v *serde.Vector, x any) error {
	list, ok := x.([]any)
	elems := v.Elems[0]
	for _, e := range list {
		if err := put(elems, e); err != nil {
			return err
		}
	}
	v.Ends = append(v.Ends, elems.Len())
	return expected(v.Type, x, ok)
}

func putZoned(v *serde.Vector, x any) error {
	z, ok := x.(funcs.Zoned)
	if !ok {
		_ = put(v.Elems[0], nil)
		_ = put(v.Elems[1], nil)
		return expected(v.Type, x, x == nil)
	}
	_ = put(v.Elems[0], z.Time)
	return put(v.Elems[1], z.Zone)
}
