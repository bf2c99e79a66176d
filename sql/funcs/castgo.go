package funcs

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var castGo = []GoFunc{
	{Name: "trino_float_text", Signature: "(double, boolean) varchar", Call: goFloatText},
	{Name: "trino_float_integer", Signature: "(double, varchar, boolean) bigint", Call: goFloatInteger},
	{Name: "trino_float_decimal", Signature: "(double, bigint, bigint, boolean) varchar", Call: goFloatDecimal},
	{Name: "trino_timestamp_text", Signature: "(timestamp, bigint, boolean) varchar", Call: goTimestampText},
	{Name: "trino_zoned_text", Signature: "(timestamp, varchar, bigint) varchar", Call: func(a []any) (any, error) {
		return ZonedText(Zoned{Time: a[0].(time.Time), Zone: a[1].(string)}, int(a[2].(int64))), nil
	}},
	{Name: "trino_interval_text", Signature: "(bigint, boolean) varchar", Call: func(a []any) (any, error) {
		if a[1].(bool) {
			return MillisText(a[0].(int64) / 1000), nil
		}
		return MonthsText(a[0].(int64)), nil
	}},
	{Name: "trino_round_timestamp", Signature: "(timestamp, bigint) timestamp", Call: func(a []any) (any, error) {
		return roundTime(a[0].(time.Time), int(a[1].(int64))), nil
	}},
	{Name: "trino_parse_integer", Signature: "(varchar, varchar) bigint", Call: goParseInteger},
	{Name: "trino_parse_double", Signature: "(varchar) double", Call: func(a []any) (any, error) { return parseFloat(a[0].(string), "DOUBLE", 64) }},
	{Name: "trino_parse_real", Signature: "(varchar) double", Call: func(a []any) (any, error) { return parseFloat(a[0].(string), "REAL", 32) }},
	{Name: "trino_parse_decimal", Signature: "(varchar, bigint, bigint) varchar", Call: goParseDecimal},
	{Name: "trino_parse_boolean", Signature: "(varchar) boolean", Call: goParseBoolean},
	{Name: "trino_parse_date", Signature: "(varchar) date", Call: goParseDate},
	{Name: "trino_parse_time", Signature: "(varchar, bigint) timestamp", Call: goParseTime},
	{Name: "trino_parse_timestamp", Signature: "(varchar, bigint) timestamp", Call: goParseTimestamp},
	{Name: "trino_parse_zoned", Signature: "(varchar, bigint) timestamp with time zone", Call: goParseZoned},
	{Name: "trino_parse_uuid", Signature: "(varchar) varchar", Call: goParseUUID},
	{Name: "trino_decimal", Signature: "(varchar, varchar, varchar, bigint) varchar", Call: goDecimal},
}

// castText writes a float as CAST AS varchar does: 1.5E0.
func castText(f float64, bits int) string {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return FloatText(f, bits)
	case f == 0:
		return strings.TrimSuffix(FloatText(f, bits), ".0") + "E0"
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, bits), "e")
	if bits == 32 && len(strings.Trim(mantissa, "-.")) > 8 { // with its point
		mantissa, exponent, _ = strings.Cut(strconv.FormatFloat(f, 'e', 6, bits), "e")
		mantissa = strings.TrimRight(mantissa, "0")
		if strings.HasSuffix(mantissa, ".") {
			mantissa += "0"
		}
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	exp, _ := strconv.Atoi(exponent)
	return mantissa + "E" + strconv.Itoa(exp)
}

func goFloatText(a []any) (any, error) { return castText(a[0].(float64), bitsOf(a[1])), nil }

func bitsOf(isReal any) int {
	if isReal.(bool) {
		return 32
	}
	return 64
}

var integerLimits = map[string]float64{"tinyint": 1 << 7, "smallint": 1 << 15, "integer": 1 << 31, "bigint": 1 << 63}

// goFloatInteger rounds half away from zero.
func goFloatInteger(a []any) (any, error) {
	f, name, isReal := a[0].(float64), a[1].(string), a[2].(bool)
	limit := integerLimits[name]
	r := math.Round(f)
	if r >= -limit && r < limit {
		return int64(r), nil
	}
	from, text := "double", FloatText(f, bitsOf(isReal))
	if isReal {
		from = "real"
	}
	switch {
	case name == "bigint":
		return nil, failure("INVALID_CAST_ARGUMENT", "Unable to cast %s to bigint", text)
	case math.IsNaN(f):
		return nil, failure("INVALID_CAST_ARGUMENT", "Cannot cast %s NaN to %s", from, name)
	}
	return nil, failure("NUMERIC_VALUE_OUT_OF_RANGE", "Out of range for %s: %s", name, text)
}

func goFloatDecimal(a []any) (any, error) {
	f, p, s, bits := a[0].(float64), a[1].(int64), a[2].(int64), bitsOf(a[3])
	name := map[int]string{32: "REAL", 64: "DOUBLE"}[bits]
	text := FloatText(f, bits)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, failure("INVALID_CAST_ARGUMENT", "Cannot cast %s '%s' to DECIMAL(%d, %d)", name, text, p, s)
	}
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'e', -1, bits))
	out, ok := fitDecimal(r, p, s)
	if !ok {
		return nil, failure("INVALID_CAST_ARGUMENT", "Cannot cast %s '%s' to DECIMAL(%d, %d)", name, text, p, s)
	}
	return out, nil
}

// fitDecimal rounds half away from zero to s digits; false where p do not do.
func fitDecimal(r *big.Rat, p, s int64) (string, bool) {
	text := r.FloatString(int(s))
	digits := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(text), "0")
	return text, int64(len(digits)) <= p
}

func goTimestampText(a []any) (any, error) {
	text := TimestampText(a[0].(time.Time), int(a[1].(int64)))
	if a[2].(bool) {
		_, text, _ = strings.Cut(text, " ")
	}
	return text, nil
}

func roundTime(t time.Time, digits int) time.Time {
	unit := time.Second
	for range digits {
		unit /= 10
	}
	return t.Add(unit / 2).Truncate(unit)
}

var integerBits = map[string]int{"TINYINT": 8, "SMALLINT": 16, "INT": 32, "BIGINT": 64}

func goParseInteger(a []any) (any, error) {
	text, name := a[0].(string), a[1].(string)
	n, err := strconv.ParseInt(trimJava(text), 10, integerBits[name])
	if err != nil {
		return nil, failure("INVALID_CAST_ARGUMENT", "Cannot cast '%s' to %s", text, name)
	}
	return n, nil
}

// trimJava takes away what Java's String.trim does.
func trimJava(s string) string { return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' }) }

var javaFloatPattern = regexp.MustCompile(`^[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?)$`)

// IsFloat reports whether a text is what Trino reads as a double or real.
func IsFloat(text string) bool { return javaFloatPattern.MatchString(trimJava(text)) }

func parseFloat(text, name string, bits int) (any, error) {
	trimmed := trimJava(text)
	if !javaFloatPattern.MatchString(trimmed) {
		return nil, failure("INVALID_CAST_ARGUMENT", "Cannot cast '%s' to %s", text, name)
	}
	if !strings.HasSuffix(trimmed, "Infinity") && !strings.HasSuffix(trimmed, "NaN") {
		trimmed = strings.TrimRight(trimmed, "fFdD")
	} else if strings.HasSuffix(trimmed, "NaN") {
		trimmed = "NaN"
	}
	f, _ := strconv.ParseFloat(trimmed, bits) // out of range is infinite in Java too
	return f, nil
}

var decimalPattern = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$`)

func goParseDecimal(a []any) (any, error) {
	text, p, s := a[0].(string), a[1].(int64), a[2].(int64)
	if trimmed := trimJava(text); decimalPattern.MatchString(trimmed) {
		if r, ok := new(big.Rat).SetString(trimmed); ok {
			if out, ok := fitDecimal(r, p, s); ok {
				return out, nil
			}
			return nil, failure("INVALID_CAST_ARGUMENT", "Cannot cast VARCHAR '%s' to DECIMAL(%d, %d). Value too large.", text, p, s)
		}
	}
	return nil, failure("INVALID_CAST_ARGUMENT", "Cannot cast VARCHAR '%s' to DECIMAL(%d, %d). Value is not a number.", text, p, s)
}

func goParseBoolean(a []any) (any, error) {
	switch strings.ToLower(a[0].(string)) {
	case "t", "true", "1":
		return true, nil
	case "f", "false", "0":
		return false, nil
	}
	return nil, failure("INVALID_CAST_ARGUMENT", "Cannot cast '%s' to BOOLEAN", a[0])
}

func goParseDate(a []any) (any, error) {
	if day, ok := ParseDay(a[0].(string)); ok {
		return day, nil
	}
	return nil, notA("date", a[0])
}

// stampCast reads a timestamp as CAST does, its zone, if it has one, dropped.
func stampCast(text string, digits int) (Moment, error) {
	m, ok := ParseStamp(trimJava(text))
	if ok && m.Zone != "" {
		_, err := zoneName(m.Zone)
		ok = err == nil
	}
	if !ok {
		return Moment{}, notA("timestamp", text)
	}
	return m.Round(digits), nil
}

// zonedCast reads a timestamp with time zone as CAST does: the instant and the
// zone's name.
func zonedCast(text string, digits int) (Moment, error) {
	m, ok := ParseStamp(trimJava(text))
	if !ok {
		return Moment{}, notA("timestamp with time zone", text)
	}
	if m.Zone == "" {
		m.Zone = "UTC"
	}
	name, err := zoneName(m.Zone)
	switch {
	case err != nil && isJavaZone(m.Zone):
		return Moment{}, failure("NOT_SUPPORTED", "Time zone not supported: %s", m.Zone)
	case err != nil:
		return Moment{}, notA("timestamp", text)
	}
	m = m.Round(digits)
	m.Zone = name
	m.Time, err = toUTC(m.Time, name)
	return m, err
}

func goParseTimestamp(a []any) (any, error) {
	m, err := stampCast(a[0].(string), int(a[1].(int64)))
	return m.Time, err
}

func goParseZoned(a []any) (any, error) {
	m, err := zonedCast(a[0].(string), int(a[1].(int64)))
	return Zoned{Time: m.Time, Zone: m.Zone}, err
}

func goParseTime(a []any) (any, error) {
	m, ok := clockCast(a[0].(string), false)
	if !ok {
		return nil, notA("time", a[0])
	}
	return m.Round(int(a[1].(int64))).Time, nil
}

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

func goParseUUID(a []any) (any, error) {
	if !uuidPattern.MatchString(a[0].(string)) {
		return nil, failure("INVALID_CAST_ARGUMENT", "Cannot cast value to UUID: %s", a[0])
	}
	return a[0], nil
}

// goDecimal does * / % exactly; quotients are rounded half away from zero.
func goDecimal(a []any) (any, error) {
	x, _ := new(big.Rat).SetString(a[1].(string))
	y, _ := new(big.Rat).SetString(a[2].(string))
	op, scale := a[0].(string), a[3].(int64)
	if (op == "/" || op == "%") && y.Sign() == 0 {
		return nil, failure("DIVISION_BY_ZERO", "Division by zero")
	}
	if _, fits := fitDecimal(x, 38, scale); (op == "+" || op == "-") && !fits {
		return nil, failure("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow") // Trino gives both the same scale first
	}
	if _, fits := fitDecimal(y, 38, scale); (op == "+" || op == "-") && !fits {
		return nil, failure("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow")
	}
	r := new(big.Rat)
	switch op {
	case "+":
		r.Add(x, y)
	case "-":
		r.Sub(x, y)
	case "*":
		r.Mul(x, y)
	case "/":
		r.Quo(x, y)
	case "%":
		r.Quo(x, y)
		whole := new(big.Rat).SetInt(new(big.Int).Quo(r.Num(), r.Denom()))
		r.Sub(x, whole.Mul(whole, y))
	}
	text, ok := fitDecimal(r, 38, scale)
	if !ok {
		return nil, failure("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow")
	}
	return text, nil
}
