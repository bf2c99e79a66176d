package funcs

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"

	"logsql/convert/schema"
)

// checksum adds up a hash of each value, times a prime; NULL counts as the
// prime. All of it is modulo 2^64.
const checksumPrime uint64 = 0x9E3779B185EBCA87

var checksumGo = []GoFunc{
	{Name: "trino_hash_long", Signature: "(bigint) bigint", Total: true, Call: func(a []any) (any, error) { return hashLong(a[0].(int64)), nil }},
	{Name: "trino_hash_mix", Signature: "(bigint) bigint", Total: true, Call: func(a []any) (any, error) { return hashMix(a[0].(int64)), nil }},
	{Name: "trino_float_bits", Signature: "(double, boolean) bigint", Total: true, Call: javaFloatBits},
	{Name: "trino_hash_bytes", Signature: "(varbinary) bigint", Total: true, Call: func(a []any) (any, error) { return int64(xxhash64(a[0].([]byte))), nil }},
	{Name: "trino_hash_pair", Signature: "(varbinary) bigint", Total: true, Call: func(a []any) (any, error) {
		b := a[0].([]byte)
		return int64(xxhash64(b[:8]) ^ xxhash64(b[8:])), nil
	}},
	{Name: "trino_hash_halves", Signature: "(varchar) bigint", Total: true, Call: hashHalves},
	{Name: "trino_hash_fold", Signature: "(bigint, array(bigint)) bigint", Total: true, Call: hashFold},
	{Name: "trino_hash_sum", Signature: "(array(bigint)) bigint", Total: true, Call: hashSum},
	{Name: "trino_hash_weigh", Signature: "(bigint) bigint", Total: true, Call: func(a []any) (any, error) { return int64(uint64(a[0].(int64)) * checksumPrime), nil }},
	{Name: "trino_checksum", Signature: "(varchar) varbinary", Total: true, Call: checksumBytes},
}

func hashLong(v int64) int64 {
	return int64(xxhash64(binary.LittleEndian.AppendUint64(nil, uint64(v))))
}

// hashMix is how the fields of rows are hashed: one round of XXH64.
func hashMix(v int64) int64 {
	return int64(bits.RotateLeft64(uint64(v)*0xC2B2AE3D27D4EB4F, 31) * checksumPrime)
}

// javaFloatBits are the bits of a double, or of the real that it holds.
func javaFloatBits(a []any) (any, error) {
	v := a[0].(float64)
	switch {
	case v == 0:
		return int64(0), nil
	case a[1].(bool) && math.IsNaN(v):
		return int64(0x7fc00000), nil
	case a[1].(bool):
		return int64(int32(math.Float32bits(float32(v)))), nil
	case math.IsNaN(v):
		return int64(0x7ff8000000000000), nil
	}
	return int64(math.Float64bits(v)), nil
}

// hashHalves hashes an integer of 128 bits.
func hashHalves(a []any) (any, error) {
	n, ok := new(big.Int).SetString(a[0].(string), 10)
	if !ok {
		return nil, nil
	}
	if n.Sign() < 0 {
		n.Add(n, new(big.Int).Lsh(big.NewInt(1), 128))
	}
	low := new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	high := new(big.Int).Rsh(n, 64).Uint64()
	return hashLong(int64(high)) ^ hashLong(int64(low)), nil
}

func hashFold(a []any) (any, error) {
	sum := a[0].(int64)
	for _, v := range a[1].([]any) {
		h, _ := v.(int64)
		sum = 31*sum + h
	}
	return sum, nil
}

func hashSum(a []any) (any, error) {
	sum := int64(0)
	for _, v := range a[0].([]any) {
		h, _ := v.(int64)
		sum += h
	}
	return sum, nil
}

func checksumBytes(a []any) (any, error) {
	n, ok := new(big.Int).SetString(a[0].(string), 10)
	if !ok {
		return nil, nil
	}
	n.And(n, new(big.Int).SetUint64(math.MaxUint64))
	return binary.LittleEndian.AppendUint64(nil, n.Uint64()), nil
}

func emitChecksum(c *Call) (expr, error) {
	hash, err := hashOf(c.Args[0], c.Params[0], false)
	if err != nil {
		return nil, err
	}
	prime := checksumPrime
	weighed := call("coalesce", call("trino_hash_weigh", hash), castTo(num(int(int64(prime))), "BIGINT"))
	return call("trino_checksum", castTo(c.with("sum", weighed), "VARCHAR")), nil
}

// hashOf is Trino's hash of a value, NULL of NULL; another one in a row.
func hashOf(x expr, t schema.Type, inRow bool) (expr, error) {
	long := func(v expr) (expr, error) {
		if inRow {
			return call("trino_hash_mix", castTo(v, "BIGINT")), nil
		}
		return call("trino_hash_long", castTo(v, "BIGINT")), nil
	}
	switch t.Kind {
	case schema.Unknown:
		return castTo(null(), "BIGINT"), nil
	case schema.Boolean:
		return call("trino_hash_long", castTo(x, "BIGINT")), nil
	case schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		return long(x)
	case schema.Double, schema.Real:
		return long(call("trino_float_bits", castTo(x, "DOUBLE"), boolean(t.Kind == schema.Real)))
	case schema.Varchar, schema.JSON:
		return call("trino_hash_bytes", call("encode", x)), nil
	case schema.Char:
		return call("trino_hash_bytes", call("encode", call("rtrim", x, str(" ")))), nil
	case schema.Varbinary:
		return call("trino_hash_bytes", x), nil
	case schema.Date:
		return long(bin("-", x, castTo(str("1970-01-01"), "DATE")))
	case schema.Time, schema.Timestamp:
		if t.Precision <= 6 {
			return long(momentCount(x, t))
		}
	case schema.TimestampTZ:
		if t.Precision <= 3 {
			return long(call("epoch_ms", instant(x)))
		}
		if t.Precision <= 6 && !inRow {
			micros := call("epoch_us", instant(x))
			rest := bin("%", bin("+", bin("%", micros, num(1000)), num(1000)), num(1000)) // never negative
			millis := bin("//", bin("-", micros, rest), num(1000))
			return call("xor", call("trino_hash_long", millis), call("trino_hash_long", bin("*", rest, num(1_000_000)))), nil
		}
	case schema.IPAddress, schema.UUID:
		if !inRow {
			return call("trino_hash_pair", typed(x, schema.Of(schema.Varbinary))), nil
		}
	case schema.IntervalDay:
		return long(intervalMillis(x))
	case schema.IntervalYear:
		return long(intervalMonths(x))
	case schema.Decimal:
		digits := call("replace", castTo(x, "VARCHAR"), str("."), str(""))
		if t.Precision <= 18 {
			return long(digits)
		}
		return call("trino_hash_halves", digits), nil
	case schema.Array, schema.Map, schema.Row:
		return hashNested(x, t, inRow)
	}
	return nil, unsupported("checksum of %s is not supported yet", t)
}

// momentCount is a timestamp in microseconds, a time in picoseconds.
func momentCount(x expr, t schema.Type) expr {
	if t.Kind == schema.Timestamp {
		return call("epoch_us", x)
	}
	micros := call("epoch_us", bin("+", castTo(str("1970-01-01"), "DATE"), x))
	return bin("*", micros, num(1_000_000))
}

func hashNested(x expr, t schema.Type, inRow bool) (expr, error) {
	switch t.Kind {
	case schema.Array:
		one, err := hashOf(elem(), t.Elem(), inRow)
		return call("trino_hash_fold", num(0), call("list_transform", x, lambda(one, elemVar))), err
	case schema.Map:
		key, err := hashOf(entryKey(), t.Key(), inRow)
		if err != nil {
			return nil, err
		}
		value, err := hashOf(entryValue(), t.Value(), inRow)
		both := call("xor", key, call("coalesce", value, castTo(num(0), "BIGINT")))
		return call("trino_hash_sum", call("list_transform", call("map_entries", x), lambda(both, elemVar))), err
	}
	var parts []expr
	for i, f := range t.Elems {
		one, err := hashOf(field(x, FieldName(t, i)), f.Type, true)
		if err != nil {
			return nil, err
		}
		parts = append(parts, one)
	}
	return when(isNull(x), castTo(null(), "BIGINT"), call("trino_hash_fold", num(1), array(parts...))), nil
}
