package funcs

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

var mathGo = []GoFunc{
	{Name: "trino_decimal_round", Signature: "(varchar, varchar, bigint) varchar", Call: goDecimalRound},
	{Name: "trino_round_integer", Signature: "(bigint, bigint) bigint", Call: goRoundInteger},
	{Name: "trino_round", Signature: "(double, bigint) double", Call: goRound},
	{Name: "trino_truncate", Signature: "(double, bigint) double", Call: goTruncate},
	{Name: "trino_cbrt", Signature: "(double) double", Call: func(a []any) (any, error) { return cbrt(a[0].(float64)), nil }},
	{Name: "trino_degrees", Signature: "(double) double", Call: func(a []any) (any, error) { return a[0].(float64) * (180 / math.Pi), nil }},
	{Name: "trino_radians", Signature: "(double) double", Call: func(a []any) (any, error) { return a[0].(float64) * (math.Pi / 180), nil }},
	{Name: "trino_width_bucket", Signature: "(double, double, double, bigint) bigint", Call: goWidthBucket},
	{Name: "trino_width_bucket_of", Signature: "(double, array(double)) bigint", Call: goWidthBucketOf},
	{Name: "trino_from_base", Signature: "(varchar, bigint) bigint", Call: goFromBase},
	{Name: "trino_to_base", Signature: "(bigint, bigint) varchar", Call: goToBase},
	{Name: "trino_bit_count", Signature: "(bigint, bigint) bigint", Call: goBitCount},
	{Name: "trino_bitwise_and", Signature: "(bigint, bigint) bigint", Call: func(a []any) (any, error) { return a[0].(int64) & a[1].(int64), nil }},
	{Name: "trino_bitwise_or", Signature: "(bigint, bigint) bigint", Call: func(a []any) (any, error) { return a[0].(int64) | a[1].(int64), nil }},
	{Name: "trino_shift", Signature: "(varchar, bigint, bigint, bigint) bigint", Call: goShift},
	{Name: "trino_format_number", Signature: "(double) varchar", Call: goFormatNumber},
}

// cbrt takes the last step from an exact remainder: Java's is rounded rightly.
func cbrt(x float64) float64 {
	y := math.Cbrt(x)
	square := y * y
	cube := square * y
	if y == 0 || math.IsInf(cube, 0) || math.IsNaN(cube) {
		return y
	}
	lost := math.FMA(square, y, -cube) + math.FMA(y, y, -square)*y
	return y + (x-cube-lost)/(3*square)
}

// goDecimalRound keeps digits after the point (fewer for a negative number).
func goDecimalRound(a []any) (any, error) {
	r, _ := new(big.Rat).SetString(a[1].(string))
	digits := a[2].(int64)
	if digits > 400 || digits < -400 {
		if digits > 0 {
			return a[1], nil
		}
		return "0", nil
	}
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(max(digits, -digits)), nil))
	if digits < 0 {
		unit.Inv(unit)
	}
	scaled := new(big.Rat).Mul(r, unit)
	whole := new(big.Int).Quo(scaled.Num(), scaled.Denom()) // towards zero
	rest := new(big.Rat).Sub(scaled, new(big.Rat).SetInt(whole))
	away := int64(0)
	switch a[0].(string) {
	case "round":
		if rest.Abs(rest).Cmp(big.NewRat(1, 2)) >= 0 {
			away = int64(scaled.Sign())
		}
	case "ceil":
		away = int64(max(rest.Sign(), 0))
	case "floor":
		away = int64(min(rest.Sign(), 0))
	}
	whole.Add(whole, big.NewInt(away))
	out := new(big.Rat).Quo(new(big.Rat).SetInt(whole), unit)
	return out.FloatString(int(max(digits, 0))), nil
}

func goRoundInteger(a []any) (any, error) {
	n, digits := a[0].(int64), a[1].(int64)
	if digits >= 0 {
		return n, nil
	}
	if digits < -19 {
		return nil, failure("NUMERIC_VALUE_OUT_OF_RANGE", "numerical overflow: %d", n)
	}
	text, err := goDecimalRound([]any{"round", strconv.FormatInt(n, 10), digits})
	if err != nil {
		return nil, err
	}
	out, err := strconv.ParseInt(text.(string), 10, 64)
	if err != nil {
		return nil, failure("NUMERIC_VALUE_OUT_OF_RANGE", "numerical overflow: %d", n)
	}
	return out, nil
}

// goRound rounds half away from zero as Trino does: by scaling, not by the
// decimal text.
func goRound(a []any) (any, error) {
	f, digits := a[0].(float64), a[1].(int64)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return f, nil
	}
	factor := math.Pow(10, float64(digits))
	switch {
	case factor == 0: // Trino divides 0 by it
		return math.NaN(), nil
	case f == 0: // of either sign
		return 0.0, nil
	case digits == 0:
		return math.Round(f), nil
	}
	if scaled := math.Abs(f) * factor; factor != 0 && !math.IsInf(factor, 0) && scaled < 1<<52 {
		return math.Copysign(math.Floor(scaled+0.5)/factor, f), nil
	}
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'f', -1, 64))
	text, err := goDecimalRound([]any{"round", r.FloatString(340), max(-330, min(330, digits))})
	if err != nil {
		return nil, err
	}
	out, _ := strconv.ParseFloat(text.(string), 64)
	return out, nil
}

func goTruncate(a []any) (any, error) {
	f, digits := a[0].(float64), a[1].(int64)
	if math.IsNaN(f) || math.IsInf(f, 0) || digits == 0 {
		return math.Trunc(f), nil
	}
	text, err := goDecimalRound([]any{"trunc", strconv.FormatFloat(f, 'f', -1, 64), digits})
	if err != nil {
		return nil, err
	}
	out, _ := strconv.ParseFloat(text.(string), 64)
	return out, nil
}

func goWidthBucket(a []any) (any, error) {
	x, low, high, n := a[0].(float64), a[1].(float64), a[2].(float64), a[3].(int64)
	switch {
	case n <= 0:
		return nil, invalid("bucketCount must be greater than 0")
	case math.IsNaN(x):
		return nil, invalid("operand must not be NaN")
	case math.IsNaN(low) || math.IsInf(low, 0):
		return nil, invalid("first bound must be finite")
	case math.IsNaN(high) || math.IsInf(high, 0):
		return nil, invalid("second bound must be finite")
	case low == high:
		return nil, invalid("bounds cannot equal each other")
	}
	lower, upper := min(low, high), max(low, high)
	result := int64(0)
	switch {
	case x < lower:
	case x >= upper:
		result = n + 1
	default:
		result = int64(float64(n)*(x-lower)/(upper-lower) + 1)
	}
	if low > high {
		result = n - result + 1
	}
	return result, nil
}

func goWidthBucketOf(a []any) (any, error) {
	x, bins := a[0].(float64), a[1].([]any)
	if len(bins) == 0 {
		return nil, invalid("Bins cannot be an empty array")
	}
	if math.IsNaN(x) {
		return nil, invalid("Operand cannot be NaN")
	}
	low, high := 0, len(bins)
	for low < high { // what the search passes by is not looked at
		first, last := numberOr0(bins[low]), numberOr0(bins[high-1])
		if first > last {
			return nil, invalid("Bin values are not sorted in ascending order")
		}
		middle := (low + high) / 2
		bound := numberOr0(bins[middle])
		if math.IsNaN(bound) || math.IsInf(bound, 0) {
			return nil, invalid("Bin value must be finite, got %v", bound)
		}
		if x < bound {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return int64(low), nil
}

func checkRadix(radix int64) error {
	if radix < 2 || radix > 36 {
		return invalid("Radix must be between 2 and 36")
	}
	return nil
}

func goFromBase(a []any) (any, error) {
	text, radix := a[0].(string), a[1].(int64)
	if err := checkRadix(radix); err != nil {
		return nil, err
	}
	n, err := strconv.ParseInt(text, int(radix), 64)
	if err != nil || strings.Contains(text, "_") {
		return nil, invalid("Not a valid base-%d number: %s", radix, text)
	}
	return n, nil
}

func goToBase(a []any) (any, error) {
	if err := checkRadix(a[1].(int64)); err != nil {
		return nil, err
	}
	return strconv.FormatInt(a[0].(int64), int(a[1].(int64))), nil
}

func goBitCount(a []any) (any, error) {
	n, size := a[0].(int64), a[1].(int64)
	if size < 2 || size > 64 {
		return nil, invalid("Bits specified in bit_count must be between 2 and 64, got %d", size)
	}
	if size < 64 {
		if limit := int64(1) << (size - 1); n >= limit || n < -limit {
			return nil, invalid("Number must be representable with the bits specified. %d cannot be represented with %d bits", n, size)
		}
	}
	mask := ^uint64(0) >> (64 - size)
	return int64(bits.OnesCount64(uint64(n) & mask)), nil
}

// goShift: a shift below zero goes by its last six bits.
func goShift(a []any) (any, error) {
	how, n, by, size := a[0].(string), a[1].(int64), a[2].(int64), a[3].(int64)
	beyond := by >= size
	by &= 63 // as Java shifts a long
	switch {
	case beyond && (how != "arithmetic" || n >= 0):
		return int64(0), nil
	case beyond:
		return int64(-1), nil
	case how == "arithmetic":
		return n >> by, nil
	case how == "left":
		return n << by << (64 - size) >> (64 - size), nil
	case by == 0:
		return n, nil
	}
	return int64(uint64(n) << (64 - size) >> (64 - size) >> by), nil
}

// wholePart is f as a bigint, which is what Trino writes.
func wholePart(f float64) float64 {
	if math.IsNaN(f) {
		return 0
	}
	return math.Trunc(max(-1<<63, min(1<<63, f)))
}

// goFormatNumber writes three figures and a unit: 1.23M.
func goFormatNumber(a []any) (any, error) {
	f := wholePart(a[0].(float64))
	units := []string{"", "K", "M", "B", "T", "Q"}
	size, unit := math.Abs(f), 0
	for size >= 1000 && unit < len(units)-1 {
		size /= 1000
		unit++
	}
	digits := 2
	if f < 0 { // as it is below 10
		digits = 2
	} else if size >= 100 {
		digits = 0
	} else if size >= 10 {
		digits = 1
	}
	text := strconv.FormatFloat(size, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if f < 0 {
		text = "-" + text
	}
	return text + units[unit], nil
}
