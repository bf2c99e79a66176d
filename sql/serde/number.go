package serde

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"logsql/convert/schema"
)

// hiveInteger reads an integer as LazySimpleSerDe does: a sign, digits, and a
// fraction that is cut off.
func hiveInteger(b []byte, kind schema.Kind) (int64, bool) {
	negative := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		negative = b[0] == '-'
		b = b[1:]
	}
	if len(b) == 0 {
		return 0, false
	}
	var n uint64
	for i, c := range b {
		digit := uint64(c - '0')
		if digit > 9 {
			if c == '.' && allDigits(b[i+1:]) {
				break
			}
			return 0, false
		}
		if n > (1<<63)/10 {
			return 0, false
		}
		n = n*10 + digit
	}
	return signed(n, negative, kind)
}

// signed is ±n where kind holds it.
func signed(n uint64, negative bool, kind schema.Kind) (int64, bool) {
	bits := integerBits[kind]
	if negative {
		return -int64(n), n <= 1<<(bits-1)
	}
	return int64(n), n < 1<<(bits-1)
}

var integerBits = map[schema.Kind]int{schema.TinyInt: 8, schema.SmallInt: 16, schema.Integer: 32, schema.BigInt: 64}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

// javaFloat reads what java.lang.Double.parseDouble does.
func javaFloat(text string, bits int) (float64, bool) {
	text = strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	unsigned := strings.TrimLeft(text, "+-")
	if len(text)-len(unsigned) > 1 {
		return 0, false
	}
	switch unsigned {
	case "":
		return 0, false
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(map[bool]int{true: -1, false: 1}[text[0] == '-']), true
	}
	isHex := len(unsigned) > 1 && unsigned[1]|0x20 == 'x'
	if strings.IndexByte("dDfF", text[len(text)-1]) >= 0 && (!isHex || strings.ContainsAny(text, "pP")) {
		text = text[:len(text)-1]
	}
	if strings.ContainsAny(text, "_nNiI") {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, bits)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// decimal appends the decimal that java.math.BigDecimal reads out of text,
// rounded half up; false where it is none or does not fit.
func (v *Vector) decimal(text []byte) bool {
	n, ok := smallDecimal(text, v.Type.Scale)
	if !ok {
		return v.bigDecimal(string(text))
	}
	if v.Type.Precision < shortDecimal && (n >= pow10[v.Type.Precision] || n <= -pow10[v.Type.Precision]) {
		return false
	}
	if v.isWide() {
		v.wide(Int128{Low: uint64(n), High: n >> 63})
	} else {
		v.int(n)
	}
	return true
}

var pow10 = func() (p [shortDecimal + 1]int64) {
	p[0] = 1
	for i := range shortDecimal {
		p[i+1] = p[i] * 10
	}
	return p
}()

// smallDecimal reads plain digits with no more than scale after the point, 18
// in all.
func smallDecimal(b []byte, scale int) (int64, bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	n, digits, fraction := int64(0), 0, -1
	for _, c := range b {
		switch {
		case c-'0' <= 9:
			n = n*10 + int64(c-'0')
			digits++
			if fraction >= 0 {
				fraction++
			}
		case c == '.' && fraction < 0:
			fraction = 0
		default:
			return 0, false
		}
		if digits > shortDecimal {
			return 0, false
		}
	}
	missing := scale - max(fraction, 0)
	if digits == 0 || missing < 0 || digits+missing > shortDecimal {
		return 0, false
	}
	n *= pow10[missing]
	if negative {
		n = -n
	}
	return n, true
}

// maxExponent is beyond what any decimal of 38 digits needs.
const maxExponent = 1000

func (v *Vector) bigDecimal(text string) bool {
	n, scale, ok := bigDecimal(text)
	if !ok {
		return false
	}
	if n, ok = scaled(n, scale, v.Type.Scale); !ok || len(new(big.Int).Abs(n).String()) > v.Type.Precision {
		return false
	}
	v.bigInt(n)
	return true
}

// scaled is n × 10^-from with to digits after the point, rounded half up; false
// where it is far too large for any decimal.
func scaled(n *big.Int, from, to int) (*big.Int, bool) {
	shift := to - from
	switch {
	case n.Sign() == 0 || shift < -len(n.String())-1:
		return new(big.Int), true
	case shift > maxExponent:
		return n, false
	case shift >= 0:
		return n.Mul(n, power(shift)), true
	}
	divisor := power(-shift)
	half := new(big.Int).Rsh(divisor, 1) // 10^k is even
	if n.Sign() < 0 {
		half.Neg(half)
	}
	return n.Add(n, half).Quo(n, divisor), true
}

func power(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// bigInt appends an unscaled value that fits.
func (v *Vector) bigInt(n *big.Int) {
	if !v.isWide() {
		v.int(n.Int64())
		return
	}
	low := new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64))
	v.wide(Int128{Low: low.Uint64(), High: new(big.Int).Rsh(n, 64).Int64()})
}
