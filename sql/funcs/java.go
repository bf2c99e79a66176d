package funcs

import (
	"math"
	"strconv"
	"strings"
)

// FloatText writes a double (bits 64) or real (32) as Java prints it: 1.0,
// 1.0E7, 1.0E-4, NaN, Infinity. Athena shows doubles so.
func FloatText(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0 && math.Signbit(f):
		return "-0.0"
	case f == 0:
		return "0.0"
	}
	text := strconv.FormatFloat(f, 'e', -1, bits)
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	mantissa, exponent, _ := strings.Cut(text, "e")
	digits := strings.Replace(mantissa, ".", "", 1)
	exp, _ := strconv.Atoi(exponent)
	return sign + javaDigits(digits, exp)
}

// javaDigits places the point: d.ddd × 10^exp.
func javaDigits(digits string, exp int) string {
	switch {
	case exp < -3 || exp >= 7:
		rest := digits[1:]
		if rest == "" {
			rest = "0"
		}
		return digits[:1] + "." + rest + "E" + strconv.Itoa(exp)
	case exp < 0:
		return "0." + strings.Repeat("0", -exp-1) + digits
	case len(digits) <= exp+1:
		return digits + strings.Repeat("0", exp+1-len(digits)) + ".0"
	}
	return digits[:exp+1] + "." + digits[exp+1:]
}
