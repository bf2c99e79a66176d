package funcs

import (
	"errors"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// emitParseDatetime reads texts of fixed width with strptime, which is quick,
// and every other in Go, which knows Joda's rules and errors.
func emitParseDatetime(c *Call) (expr, error) {
	x := c.Args[0]
	pattern, ok := c.constant(1)
	if !ok {
		return zoned(call("trino_joda_instant", x, c.Args[1]), call("trino_joda_zone", x, c.Args[1])), nil
	}
	pieces, err := joda.get(pattern)
	if err != nil {
		return failWith(c, err), nil
	}
	if z, ok := constantZoned(c, 0, func(text string) (Zoned, error) { return parseMoment(text, pieces) }); ok {
		return z, nil
	}
	t, z := expr(call("trino_joda_instant", x, str(pattern))), expr(call("trino_joda_zone", x, str(pattern)))
	if format, width, hasZone, ok := strptimeOf(pieces); ok {
		t = call("coalesce", fastParse(x, format, width, hasZone), t)
		z = str("UTC")
		if hasZone { // which is UTC in nearly all logs, and then needs no shift
			t = call("coalesce", fastParse(x, strings.TrimSuffix(format, "%z")+"+0000", width, false), t)
			z = offsetName(x)
		}
	} else if !hasZoneField(pieces) {
		z = str("UTC")
	}
	return zoned(t, z), nil
}

func hasZoneField(pieces []piece) bool {
	for _, p := range pieces {
		if p.field == 'z' || p.field == 'Z' {
			return true
		}
	}
	return false
}

// fastParse is strptime of texts of this many bytes, NULL for others. The
// checks keep out what strptime takes and Joda does not: blanks around.
func fastParse(x expr, format string, width int, hasZone bool) expr {
	parsed := expr(call("try_strptime", x, str(format)))
	if hasZone {
		parsed = call("timezone", str("UTC"), parsed)
	}
	first := call("ascii", x)
	digit := and(bin(">=", first, num('0')), bin("<=", first, num('9')))
	last := call("ascii", call("right", x, num(1)))
	return when(and(bin("=", call("strlen", x), num(width)), and(digit, and(bin(">=", last, num('0')), bin("<=", last, num('9'))))), parsed, nil)
}

// offsetName is the zone of a text that ends in +hhmm.
func offsetName(x expr) expr {
	offset := call("right", x, num(5))
	name := bin("||", bin("||", call("left", offset, num(3)), str(":")), call("right", offset, num(2)))
	return when(&syntax.In{X: offset, List: []expr{str("+0000"), str("-0000")}}, str("UTC"), name)
}

// strptimeOf says pieces in DuckDB's format where all texts they match have one
// width, begin with a digit and end in one.
func strptimeOf(pieces []piece) (format string, width int, hasZone, ok bool) {
	fixed := map[string]string{
		"yyyy": "%Y", "YYYY": "%Y", "MM": "%m", "MMM": "%b", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "SSS": "%g",
	}
	widths := map[string]int{"SSS": 3, "yyyy": 4, "YYYY": 4, "MMM": 3}
	for i, p := range pieces {
		name := strings.Repeat(string(p.field), max(p.n, 0))
		switch {
		case p.field == 0 && len(p.text) == 1 && strings.Contains("-/:. T", p.text):
			format += p.text
			width++
		case p.field == 'Z' && p.n == 1 && i == len(pieces)-1 && i > 0 && pieces[i-1].text == " ":
			format += "%z"
			width += 5
			hasZone = true
		case p.field != 0 && fixed[name] != "":
			format += fixed[name]
			width += max(2, widths[name])
		default:
			return "", 0, false, false
		}
	}
	starts := len(pieces) > 0 && isNumeric(pieces[0])
	ends := starts && (isNumeric(pieces[len(pieces)-1]) || hasZone)
	return format, width, hasZone, starts && ends
}

func emitFormatDatetime(c *Call) (expr, error) {
	x := c.Args[0]
	if pattern, ok := c.constant(1); ok {
		if _, err := joda.get(pattern); err != nil {
			return failWith(c, err), nil
		}
	}
	if c.Params[0].Kind == schema.Timestamp {
		return call("trino_joda_format", x, castTo(null(), "VARCHAR"), c.Args[1]), nil
	}
	return call("trino_joda_format", instant(x), zone(x), c.Args[1]), nil
}

// emitDateParse is parse_datetime with MySQL's specifiers; what is read has no
// zone.
func emitDateParse(c *Call) (expr, error) {
	x := c.Args[0]
	slow := call("trino_date_parse", x, c.Args[1])
	pattern, ok := c.constant(1)
	if !ok {
		return slow, nil
	}
	pieces, err := mysql.get(pattern)
	if err != nil {
		err.(*syntax.Error).Msg = strings.Replace(err.Error(), " currently", "", 1)
		return failWith(c, err), nil
	}
	if format, width, hasZone, ok := strptimeOf(pieces); ok && !hasZone {
		if _, literal := c.constant(0); !literal {
			return call("coalesce", fastParse(x, format, width, false), slow), nil
		}
	}
	return slow, nil
}

func emitDateFormat(c *Call) (expr, error) {
	x := clock(c.Args[0], c.Params[0])
	if pattern, ok := c.constant(1); ok {
		pieces, err := mysql.get(pattern)
		if err != nil {
			return failWith(c, err), nil
		}
		if format, ok := strftimeOf(pieces); ok && c.Params[0].Precision <= 3 {
			return when(fourDigits(x, "TIMESTAMP"), call("strftime", x, str(format)), call("trino_date_format", x, c.Args[1])), nil
		}
	}
	return call("trino_date_format", x, c.Args[1]), nil
}

// strftimeOf says pieces in DuckDB's format where both print the same.
func strftimeOf(pieces []piece) (string, bool) {
	same := map[string]string{
		"yyyy": "%Y", "MM": "%m", "MMM": "%b", "MMMM": "%B", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S",
		"EEE": "%a", "EEEE": "%A", "hh": "%I", "a": "%p", "DDD": "%j",
	}
	var b strings.Builder
	for _, p := range pieces {
		switch code := same[strings.Repeat(string(p.field), max(p.n, 0))]; {
		case p.field == 0:
			b.WriteString(strings.ReplaceAll(p.text, "%", "%%"))
		case code == "":
			return "", false
		default:
			b.WriteString(code)
		}
	}
	return b.String(), true
}

// failWith is the error of a literal pattern, which Trino finds when it runs.
func failWith(c *Call, err error) expr {
	var known *syntax.Error
	if !errors.As(err, &known) {
		known = &syntax.Error{Code: "GENERIC_INTERNAL_ERROR", Msg: err.Error()}
	}
	return when(anyNull(c.Args...), typedNull(c.Result), fail(c.Result, known.Code, str(known.Msg)))
}
