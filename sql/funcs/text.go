package funcs

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// failure is Trino's error of this code.
func failure(code, format string, args ...any) error {
	return &syntax.Error{Code: code, Msg: fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) error {
	return failure("INVALID_FUNCTION_ARGUMENT", format, args...)
}

func unexpectedType(name string, params []schema.Type, expected string) error {
	given := make([]string, len(params))
	for i, p := range params {
		given[i] = p.String()
	}
	return failure("FUNCTION_NOT_FOUND", "Unexpected parameters (%s) for function %s. Expected: %s", strings.Join(given, ", "), name, expected)
}

// javaLower and javaUpper map character by character, as Trino does: ß stays.
func javaLower(s string) string { return strings.Map(unicode.ToLower, s) }

func javaUpper(s string) string { return strings.Map(unicode.ToUpper, s) }

// isSpace is Java's Character.isWhitespace and the other Unicode blanks that
// Trino trims.
func isSpace(r rune) bool {
	return r >= 9 && r <= 13 || r >= 0x1C && r <= 0x20 || r == 0x1680 || r >= 0x2000 && r <= 0x200A && r != 0x2007 ||
		r == 0x2028 || r == 0x2029 || r == 0x205F || r == 0x3000
}

func goLevenshtein(a []any) (any, error) {
	x, y := []rune(a[0].(string)), []rune(a[1].(string))
	if len(x)*len(y) > 1_000_000 {
		return nil, invalid("The combined inputs size exceeded max Levenshtein distance combined input size, please try with smaller inputs")
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return int64(row[len(y)]), nil
}

func goHamming(a []any) (any, error) {
	x, y := []rune(a[0].(string)), []rune(a[1].(string))
	if len(x) != len(y) {
		return nil, invalid("The input strings to hamming_distance function must have the same length")
	}
	n := int64(0)
	for i := range x {
		if x[i] != y[i] {
			n++
		}
	}
	return n, nil
}

func goSoundex(a []any) (any, error) {
	const codes = "01230120022455012623010202" // of A to Z
	var out []byte
	last := byte(0)
	for _, r := range strings.ToUpper(a[0].(string)) {
		if r > unicode.MaxASCII && unicode.IsLetter(r) {
			return nil, invalid("The character is not mapped: %c (index=%d)", r, r-'A')
		}
		if r < 'A' || r > 'Z' {
			continue
		}
		code := codes[r-'A']
		switch {
		case len(out) == 0:
			out = append(out, byte(r))
		case code != '0' && code != last && len(out) < 4:
			out = append(out, code)
		}
		if r != 'H' && r != 'W' {
			last = code
		}
	}
	if len(out) == 0 {
		return "", nil
	}
	for len(out) < 4 {
		out = append(out, '0')
	}
	return string(out), nil
}

func goLuhn(a []any) (any, error) {
	s := a[0].(string)
	if s == "" {
		return false, nil
	}
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		d := int(s[i]) - '0'
		if d < 0 || d > 9 {
			return nil, invalid("Input contains non-digit character")
		}
		if double {
			d *= 2
			d = d/10 + d%10
		}
		sum += d
		double = !double
	}
	return sum%10 == 0, nil
}

// goFormat is Java's Formatter for the conversions people use: %s %d %f %e %x
// %o %b %c %n %% with flags, width and precision.
func goFormat(a []any) (any, error) {
	format, kinds, values := a[0].(string), strings.Fields(a[1].(string)), a[2].([]any)
	var out strings.Builder
	next := 0
	for format != "" {
		text, rest, found := strings.Cut(format, "%")
		out.WriteString(text)
		if !found {
			break
		}
		spec, after, err := parseVerb(rest)
		if err != nil {
			return nil, err
		}
		format = after
		if spec.verb == '%' || spec.verb == 'n' {
			out.WriteString(map[byte]string{'%': "%", 'n': "\n"}[spec.verb])
			continue
		}
		if err := fits(max(spec.width, spec.precision, 0) + out.Len()); err != nil {
			return nil, err
		}
		index := next
		if spec.index > 0 {
			index = spec.index - 1
		} else {
			next++
		}
		if index >= len(values) {
			return nil, invalid("Invalid format string: %s (Format specifier '%%%s')", a[0], spec.text)
		}
		one, err := spec.apply(values[index], kinds[index])
		if err != nil {
			return nil, err
		}
		out.WriteString(one)
	}
	return out.String(), nil
}

type verb struct {
	text      string
	index     int
	flags     string
	width     int
	precision int // -1 for none
	verb      byte
}

func parseVerb(s string) (verb, string, error) {
	v := verb{precision: -1}
	i := 0
	number := func() int {
		start := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		n, _ := strconv.Atoi(s[start:i])
		return n
	}
	if n := number(); i > 0 && i < len(s) && s[i] == '$' {
		v.index = n
		i++
	} else {
		i = 0
	}
	for i < len(s) && strings.IndexByte("-#+ 0,(", s[i]) >= 0 {
		v.flags += s[i : i+1]
		i++
	}
	v.width = number()
	if i < len(s) && s[i] == '.' {
		i++
		v.precision = number()
	}
	if i >= len(s) {
		return v, "", invalid("Invalid format string: %%%s (Conversion = '%%')", s)
	}
	v.verb, v.text = s[i], s[:i+1]
	return v, s[i+1:], nil
}

func (v verb) apply(value any, kind string) (string, error) {
	text := "null"
	if value != nil {
		text = value.(string)
	}
	isInteger := kind == "bigint" || kind == "integer" || kind == "smallint" || kind == "tinyint"
	isNumber := isInteger || kind == "double" || kind == "real" || kind == "decimal"
	upper := v.verb >= 'A' && v.verb <= 'Z'
	var body string
	switch lower := v.verb | 0x20; {
	case lower == 's' || lower == 'b' && kind == "boolean":
		body = text
		if kind == "double" || kind == "real" {
			body = javaFloat(text)
		}
		if v.precision >= 0 {
			body = body[:runeOffset(body, int64(v.precision))]
		}
	case value == nil:
		body = text
	case lower == 'd' && isInteger:
		body = v.number(text)
	case lower == 'f' && (kind == "double" || kind == "real" || kind == "decimal"):
		body = v.fixed(text)
	case lower == 'e' && (kind == "double" || kind == "real"):
		f, _ := strconv.ParseFloat(text, 64)
		p := v.precision
		if p < 0 {
			p = 6
		}
		body = strconv.FormatFloat(f, 'e', p, 64)
	case (lower == 'x' || lower == 'o') && isInteger:
		n, _ := strconv.ParseInt(text, 10, 64)
		base := map[byte]int{'x': 16, 'o': 8}[lower]
		body = strconv.FormatUint(uint64(n), base)
		body = v.number(body)
	case isNumber && (lower == 'd' || lower == 'f' || lower == 'x' || lower == 'o' || lower == 'e'), lower == 'd', lower == 'f':
		return "", invalid("Invalid format string: %%%s (IllegalFormatConversion: %c != java.%s)", v.text, v.verb, javaClass(kind))
	default:
		return "", unsupported("Format specifier '%%%s' is not supported yet", v.text)
	}
	if upper {
		body = strings.ToUpper(body)
	}
	return v.pad(body), nil
}

func javaClass(kind string) string {
	switch kind {
	case "varchar", "char", "json", "time_with_time_zone", "interval_day_to_second", "interval_year_to_month":
		return "lang.String"
	case "date", "time":
		return "time.Local" + strings.ToUpper(kind[:1]) + kind[1:]
	case "timestamp":
		return "time.LocalDateTime"
	case "timestamp_with_time_zone":
		return "time.ZonedDateTime"
	case "bigint", "integer", "smallint", "tinyint":
		return "lang.Long"
	case "boolean":
		return "lang.Boolean"
	}
	return "lang.Double"
}

// javaFloat turns Trino's 1.5E1 into Double.toString's 15.0.
func javaFloat(text string) string {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return FloatText(f, 64)
}

func (v verb) fixed(text string) string {
	p := v.precision
	if p < 0 {
		p = 6
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return text
	}
	return v.number(r.FloatString(p))
}

// number puts sign, thousands and zeros as the flags say.
func (v verb) number(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	} else if strings.Contains(v.flags, "+") {
		sign = "+"
	} else if strings.Contains(v.flags, " ") {
		sign = " "
	}
	if strings.Contains(v.flags, ",") {
		digits = thousands(digits)
	}
	if strings.Contains(v.flags, "0") {
		digits = strings.Repeat("0", max(v.width-len(sign)-len(digits), 0)) + digits
	}
	if sign == "-" && strings.Contains(v.flags, "(") {
		return "(" + digits + ")"
	}
	return sign + digits
}

func thousands(digits string) string {
	whole, frac, hasFrac := strings.Cut(digits, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if hasFrac {
		return b.String() + "." + frac
	}
	return b.String()
}

func (v verb) pad(body string) string {
	missing := v.width - len(utf16.Encode([]rune(body)))
	if missing <= 0 {
		return body
	}
	if strings.Contains(v.flags, "-") {
		return body + strings.Repeat(" ", missing)
	}
	return strings.Repeat(" ", missing) + body
}
