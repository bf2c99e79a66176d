package funcs

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"math"
	"math/bits"
	"strings"

	"logsql/convert/schema"
)

var binaryFuncs = []*Func{
	{Name: "to_hex", Signatures: []string{"(varbinary) varchar"}, Emit: udf("trino_to_hex")},
	{Name: "from_hex", Signatures: []string{"(varchar) varbinary", "(varbinary) varbinary"}, Emit: textOrBytes("trino_from_hex")},
	{Name: "to_base64", Signatures: []string{"(varbinary) varchar"}, Emit: udf("trino_to_base64")},
	{Name: "from_base64", Signatures: []string{"(varchar) varbinary", "(varbinary) varbinary"}, Emit: textOrBytes("trino_from_base64")},
	{Name: "to_base64url", Signatures: []string{"(varbinary) varchar"}, Emit: udf("trino_to_base64url")},
	{Name: "from_base64url", Signatures: []string{"(varchar) varbinary", "(varbinary) varbinary"}, Emit: textOrBytes("trino_from_base64url")},
	{Name: "to_base32", Signatures: []string{"(varbinary) varchar"}, Emit: udf("trino_to_base32")},
	{Name: "from_base32", Signatures: []string{"(varchar) varbinary", "(varbinary) varbinary"}, Emit: textOrBytes("trino_from_base32")},
	{Name: "md5", Signatures: oneBinary, Emit: udf("trino_md5")},
	{Name: "sha1", Signatures: oneBinary, Emit: udf("trino_sha1")},
	{Name: "sha256", Signatures: oneBinary, Emit: udf("trino_sha256")},
	{Name: "sha512", Signatures: oneBinary, Emit: udf("trino_sha512")},
	{Name: "hmac_md5", Signatures: twoBinaries, Emit: udf("trino_hmac_md5")},
	{Name: "hmac_sha1", Signatures: twoBinaries, Emit: udf("trino_hmac_sha1")},
	{Name: "hmac_sha256", Signatures: twoBinaries, Emit: udf("trino_hmac_sha256")},
	{Name: "hmac_sha512", Signatures: twoBinaries, Emit: udf("trino_hmac_sha512")},
	{Name: "crc32", Signatures: []string{"(varbinary) bigint"}, Emit: udf("trino_crc32")},
	{Name: "murmur3", Signatures: oneBinary, Emit: udf("trino_murmur3")},
	{Name: "spooky_hash_v2_32", Signatures: oneBinary, Emit: udf("trino_spooky_32")},
	{Name: "spooky_hash_v2_64", Signatures: oneBinary, Emit: udf("trino_spooky_64")},
	{Name: "xxhash64", Signatures: oneBinary, Emit: udf("trino_xxhash64")},
	{Name: "to_big_endian_64", Signatures: []string{"(bigint) varbinary"}, Emit: udf("trino_to_big_endian_64")},
	{Name: "from_big_endian_64", Signatures: []string{"(varbinary) bigint"}, Emit: udf("trino_from_big_endian_64")},
	{Name: "to_big_endian_32", Signatures: []string{"(integer) varbinary"}, Emit: udf("trino_to_big_endian_32")},
	{Name: "from_big_endian_32", Signatures: []string{"(varbinary) integer"}, Emit: udf("trino_from_big_endian_32")},
	{Name: "to_ieee754_64", Signatures: []string{"(double) varbinary"}, Emit: udf("trino_to_ieee754_64")},
	{Name: "from_ieee754_64", Signatures: []string{"(varbinary) double"}, Emit: udf("trino_from_ieee754_64")},
	{Name: "to_ieee754_32", Signatures: []string{"(real) varbinary"}, Emit: udf("trino_to_ieee754_32")},
	{Name: "from_ieee754_32", Signatures: []string{"(varbinary) real"}, Emit: udf("trino_from_ieee754_32")},
	{Name: "uuid", Signatures: []string{"() uuid"}},
}

var (
	oneBinary   = []string{"(varbinary) varbinary"}
	twoBinaries = []string{"(varbinary, varbinary) varbinary"}
)

// textOrBytes reads text given as varbinary too.
func textOrBytes(name string) emit {
	return func(c *Call) (expr, error) {
		x := c.Args[0]
		if c.Params[0].Kind == schema.Varbinary {
			x = call("trino_from_utf8", x, str("?"))
		}
		return call(name, x), nil
	}
}

var binaryGo = []GoFunc{
	{Name: "trino_to_hex", Signature: "(varbinary) varchar", Call: func(a []any) (any, error) { return strings.ToUpper(hex.EncodeToString(a[0].([]byte))), nil }},
	{Name: "trino_from_hex", Signature: "(varchar) varbinary", Call: goFromHex},
	encoder("trino_to_base64", base64.StdEncoding.EncodeToString),
	decoder("trino_from_base64", func(s string) ([]byte, error) { return decodeBase64(s, base64.StdEncoding, base64.RawStdEncoding) }),
	encoder("trino_to_base64url", base64.URLEncoding.EncodeToString),
	decoder("trino_from_base64url", func(s string) ([]byte, error) { return decodeBase64(s, base64.URLEncoding, base64.RawURLEncoding) }),
	encoder("trino_to_base32", base32.StdEncoding.EncodeToString),
	decoder("trino_from_base32", func(s string) ([]byte, error) { return base32.StdEncoding.DecodeString(padBase32(s)) }),
	hasher("trino_md5", md5.New), hasher("trino_sha1", sha1.New), hasher("trino_sha256", sha256.New), hasher("trino_sha512", sha512.New),
	macer("trino_hmac_md5", md5.New), macer("trino_hmac_sha1", sha1.New), macer("trino_hmac_sha256", sha256.New), macer("trino_hmac_sha512", sha512.New),
	{Name: "trino_crc32", Signature: "(varbinary) bigint", Call: func(a []any) (any, error) { return int64(crc32.ChecksumIEEE(a[0].([]byte))), nil }},
	{Name: "trino_xxhash64", Signature: "(varbinary) varbinary", Call: func(a []any) (any, error) { return bigEndian(xxhash64(a[0].([]byte)), 8), nil }},
	{Name: "trino_to_big_endian_64", Signature: "(bigint) varbinary", Call: func(a []any) (any, error) { return bigEndian(uint64(a[0].(int64)), 8), nil }},
	{Name: "trino_to_big_endian_32", Signature: "(bigint) varbinary", Call: func(a []any) (any, error) { return bigEndian(uint64(uint32(a[0].(int64))), 4), nil }},
	{Name: "trino_to_ieee754_64", Signature: "(double) varbinary", Call: func(a []any) (any, error) { return bigEndian(math.Float64bits(oneNaN(a[0].(float64))), 8), nil }},
	{Name: "trino_to_ieee754_32", Signature: "(double) varbinary", Call: func(a []any) (any, error) {
		return bigEndian(uint64(math.Float32bits(float32(a[0].(float64)))), 4), nil
	}},
	fixed("trino_from_big_endian_64", "bigint", 8, "expected 8-byte input, but got instead: %d", func(n uint64) any { return int64(n) }),
	fixed("trino_from_big_endian_32", "bigint", 4, "expected 4-byte input, but got instead: %d", func(n uint64) any { return int64(int32(n)) }),
	fixed("trino_from_ieee754_64", "double", 8, "Input floating-point value must be exactly 8 bytes long", func(n uint64) any { return math.Float64frombits(n) }),
	fixed("trino_from_ieee754_32", "double", 4, "Input floating-point value must be exactly 4 bytes long", func(n uint64) any { return float64(math.Float32frombits(uint32(n))) }),
}

func encoder(name string, f func([]byte) string) GoFunc {
	return GoFunc{Name: name, Signature: "(varbinary) varchar", Call: func(a []any) (any, error) { return f(a[0].([]byte)), nil }}
}

func decoder(name string, f func(string) ([]byte, error)) GoFunc {
	return GoFunc{Name: name, Signature: "(varchar) varbinary", Call: func(a []any) (any, error) {
		b, err := f(a[0].(string))
		if err != nil {
			return nil, invalid("%s: %s", strings.TrimPrefix(name, "trino_from_"), err)
		}
		return b, nil
	}}
}

func decodeBase64(s string, padded, raw *base64.Encoding) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, base64.CorruptInputError(strings.IndexAny(s, "\r\n"))
	}
	if strings.HasSuffix(s, "=") {
		return padded.DecodeString(s)
	}
	return raw.DecodeString(s)
}

func padBase32(s string) string {
	s = strings.TrimRight(s, "=")
	if rest := len(s) % 8; rest > 0 {
		s += strings.Repeat("=", 8-rest)
	}
	return s
}

func hasher(name string, f func() hash.Hash) GoFunc {
	return GoFunc{Name: name, Signature: "(varbinary) varbinary", Call: func(a []any) (any, error) {
		h := f()
		h.Write(a[0].([]byte))
		return h.Sum(nil), nil
	}}
}

func macer(name string, f func() hash.Hash) GoFunc {
	return GoFunc{Name: name, Signature: "(varbinary, varbinary) varbinary", Call: func(a []any) (any, error) {
		h := hmac.New(f, a[1].([]byte))
		h.Write(a[0].([]byte))
		return h.Sum(nil), nil
	}}
}

func bigEndian(n uint64, size int) []byte {
	return binary.BigEndian.AppendUint64(nil, n)[8-size:]
}

func fixed(name, result string, size int, msg string, f func(uint64) any) GoFunc {
	return GoFunc{Name: name, Signature: "(varbinary) " + result, Call: func(a []any) (any, error) {
		b := a[0].([]byte)
		if len(b) != size {
			if strings.Contains(msg, "%d") {
				return nil, invalid(msg, len(b))
			}
			return nil, invalid("%s", msg)
		}
		n := uint64(0)
		for _, c := range b {
			n = n<<8 | uint64(c)
		}
		return f(n), nil
	}}
}

func goFromHex(a []any) (any, error) {
	text := a[0].(string)
	if len(text)%2 != 0 {
		return nil, invalid("invalid input length %d", len(text))
	}
	b, err := hex.DecodeString(text)
	if err != nil {
		return nil, invalid("%s", notHex(text))
	}
	return b, nil
}

// oneNaN is f with all NaNs as one; Trino keeps those of reals apart.
func oneNaN(f float64) float64 {
	if f != f {
		return math.Float64frombits(0x7FF8 << 48)
	}
	return f
}

// notHex is what Java says of the first character that is no hexadecimal digit.
func notHex(text string) string {
	for _, r := range text {
		if !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return fmt.Sprintf(`not a hexadecimal digit: "%c" = %d`, r, r)
		}
	}
	return ""
}

// The primes of XXH64.
const (
	prime1 uint64 = 11400714785074694791
	prime2 uint64 = 14029467366897019727
	prime3 uint64 = 1609587929392839161
	prime4 uint64 = 9650029242287828579
	prime5 uint64 = 2870177450012600261
)

func xxRound(acc, input uint64) uint64 {
	return bits.RotateLeft64(acc+input*prime2, 31) * prime1
}

// xxhash64 is XXH64 with seed 0.
func xxhash64(b []byte) uint64 {
	n := uint64(len(b))
	h := prime5
	if len(b) >= 32 {
		p1, p2 := prime1, prime2 // variables: the constants' sums overflow
		v := [4]uint64{p1 + p2, p2, 0, -p1}
		for ; len(b) >= 32; b = b[32:] {
			for i := range v {
				v[i] = xxRound(v[i], binary.LittleEndian.Uint64(b[8*i:]))
			}
		}
		h = bits.RotateLeft64(v[0], 1) + bits.RotateLeft64(v[1], 7) + bits.RotateLeft64(v[2], 12) + bits.RotateLeft64(v[3], 18)
		for _, x := range v {
			h = (h^xxRound(0, x))*prime1 + prime4
		}
	}
	h += n
	for ; len(b) >= 8; b = b[8:] {
		h = bits.RotateLeft64(h^xxRound(0, binary.LittleEndian.Uint64(b)), 27)*prime1 + prime4
	}
	if len(b) >= 4 {
		h = bits.RotateLeft64(h^uint64(binary.LittleEndian.Uint32(b))*prime1, 23)*prime2 + prime3
		b = b[4:]
	}
	for _, c := range b {
		h = bits.RotateLeft64(h^uint64(c)*prime5, 11) * prime1
	}
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return h ^ h>>32
}
