package funcs

import (
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// Times finer than DuckDB's, of 7 to 12 digits, are integers: a timestamp the
// picoseconds since 1970 (HUGEINT), a time those of the day (BIGINT); so they
// are compared, grouped and sorted as they are. A time with time zone is, of
// any precision, a struct of the picoseconds of the day in UTC and the minutes
// of its offset: it goes by the first, as a timestamp with time zone does.

// IsFine reports whether t is a time or timestamp of more than 6 digits.
func IsFine(t schema.Type) bool {
	return t.Kind >= schema.Time && t.Kind <= schema.TimestampTZ && t.Precision > 6
}

// GoesByInstant reports whether values of t are a struct that is compared by
// its field t.
func GoesByInstant(t schema.Type) bool {
	return t.Kind == schema.TimestampTZ || t.Kind == schema.TimeTZ
}

// epochShift, more picoseconds than there are before 1970, makes all positive:
// DuckDB's division cuts towards zero.
const epochShift = "10000000000000000000000000"

func huge(digits string) expr { return castTo(str(digits), "HUGEINT") }

func longNum(n int64) expr { return castTo(num(int(n)), "BIGINT") }

// coarse is x of a fine type t to the microsecond; anything else is as it is,
// but of a time with time zone, which is made the time on its own clock.
func coarse(x expr, t schema.Type) expr {
	switch {
	case t.Kind == schema.TimeTZ:
		return clockOf(localClock(x))
	case !IsFine(t):
		return x
	case t.Kind == schema.Time:
		return clockOf(x)
	case t.Kind == schema.TimestampTZ:
		return zoned(coarse(instant(x), schema.Type{Kind: schema.Timestamp, Precision: t.Precision}), zone(x))
	}
	micros := bin("-", bin("//", bin("+", x, huge(epochShift)), num(1_000_000)), huge(strings.TrimSuffix(epochShift, "000000")))
	return call("make_timestamp", castTo(micros, "BIGINT"))
}

// clockOf is DuckDB's TIME of picoseconds.
func clockOf(picos expr) expr {
	return castTo(call("make_timestamp", bin("//", picos, num(1_000_000))), "TIME")
}

// picosOfClock is the picoseconds of DuckDB's TIME.
func picosOfClock(x expr) expr {
	return bin("*", call("epoch_us", bin("+", castTo(str("1970-01-01"), "DATE"), x)), num(1_000_000))
}

// localClock is the picoseconds on the clock of a time with time zone.
func localClock(x expr) expr { return shifted(instant(x), zone(x)) }

// shifted moves picoseconds of a day by minutes.
func shifted(picos, minutes expr) expr {
	return wrapped(bin("+", picos, bin("*", minutes, longNum(picosOfMinute))))
}

func wrapped(picos expr) expr {
	day := longNum(picosOfDay)
	return bin("%", bin("+", bin("%", picos, day), day), day)
}

// picosOf is the picoseconds of a time or timestamp x of type t, fine or not.
func picosOf(x expr, t schema.Type) expr {
	switch {
	case IsFine(t):
		return x
	case t.Kind == schema.Time:
		return picosOfClock(x)
	}
	return bin("*", castTo(call("epoch_us", x), "HUGEINT"), num(1_000_000))
}

// rest is the picoseconds of the microsecond in picoseconds.
func rest(picos expr) expr {
	return bin("%", bin("+", picos, huge(epochShift)), num(1_000_000))
}

// roundPicos drops digits of a second, half up.
func roundPicos(x expr, t schema.Type, digits int) expr {
	unit := int64(1)
	for range 12 - digits {
		unit *= 10
	}
	whole := func(x expr) expr { return bin("*", bin("//", x, longNum(unit)), longNum(unit)) }
	if t.Kind == schema.Time {
		return bin("%", whole(bin("+", x, longNum(unit/2))), longNum(picosOfDay))
	}
	half := bin("+", longNum(unit/2), huge(epochShift))
	return bin("-", whole(bin("+", x, half)), huge(epochShift))
}

// micros makes an emitter for times to the microsecond one for finer ones: it
// is given them cut. Where its result is as fine as its last such argument,
// keep says whether what was cut off is put back.
func micros(e emit, keep bool) emit {
	return func(c *Call) (expr, error) {
		d, last := *c, -1
		d.Args, d.Params = append([]expr(nil), c.Args...), append([]schema.Type(nil), c.Params...)
		for i, t := range c.Params {
			if !IsFine(t) && t.Kind != schema.TimeTZ {
				continue
			}
			last = i
			d.Args[i], d.Params[i].Precision = coarse(c.Args[i], t), 6
			if t.Kind == schema.TimeTZ {
				d.Params[i].Kind = schema.Time
			}
		}
		if last >= 0 && IsFine(c.Result) {
			d.Result.Precision = 6
		}
		out, err := e(&d)
		if last < 0 || err != nil || !IsFine(c.Result) {
			return out, err
		}
		cut := expr(nil)
		if keep {
			cut = restOf(c.Args[last], c.Params[last])
		}
		return refined(out, c.Result, cut), nil
	}
}

func restOf(x expr, t schema.Type) expr {
	if GoesByInstant(t) {
		x = instant(x)
	}
	return rest(x)
}

// refined makes a value to the microsecond one of the fine type t, with what
// the microsecond has beyond (nil for nothing).
func refined(x expr, t schema.Type, cut expr) expr {
	if t.Kind == schema.TimestampTZ {
		return zoned(refined(instant(x), schema.Type{Kind: schema.Timestamp, Precision: t.Precision}, cut), zone(x))
	}
	out := picosOf(x, schema.Type{Kind: t.Kind, Precision: 6})
	if cut != nil {
		out = bin("+", out, cut)
	}
	return typed(out, t)
}

// fineText is a value of a fine type, or a time with time zone, as text.
func fineText(x expr, t schema.Type) expr {
	p := num(t.Precision)
	switch t.Kind {
	case schema.Time:
		return call("trino_clock_text", x, p)
	case schema.TimeTZ:
		return call("trino_zoned_clock_text", instant(x), zone(x), p)
	case schema.TimestampTZ:
		return call("trino_fine_text", castTo(instant(x), "VARCHAR"), zone(x), p)
	}
	return call("trino_fine_text", castTo(x, "VARCHAR"), str(""), p)
}

// fineFromText reads a value of a fine type, or a time with time zone.
func fineFromText(x expr, t schema.Type) expr {
	p := num(t.Precision)
	switch t.Kind {
	case schema.Time:
		return call("trino_parse_clock", x, p)
	case schema.TimeTZ:
		return zoned(call("trino_parse_zoned_clock", x, p), call("trino_parse_offset", x))
	case schema.TimestampTZ:
		return zoned(castTo(call("trino_parse_fine_zoned", x, p), "HUGEINT"), call("trino_parse_zone", x))
	}
	return castTo(call("trino_parse_fine", x, p), "HUGEINT")
}

var fineGo = []GoFunc{
	{Name: "trino_clock_text", Signature: "(bigint, bigint) varchar", Total: true, Call: func(a []any) (any, error) {
		return ClockText(a[0].(int64), int(a[1].(int64))), nil
	}},
	{Name: "trino_zoned_clock_text", Signature: "(bigint, bigint, bigint) varchar", Total: true, Call: func(a []any) (any, error) {
		return ZonedClockText(a[0].(int64), a[1].(int64), int(a[2].(int64))), nil
	}},
	{Name: "trino_fine_text", Signature: "(varchar, varchar, bigint) varchar", Total: true, Call: func(a []any) (any, error) {
		return FineText(a[0].(string), a[1].(string), int(a[2].(int64))), nil
	}},
	{Name: "trino_parse_clock", Signature: "(varchar, bigint) bigint", Call: goParseClock},
	{Name: "trino_parse_zoned_clock", Signature: "(varchar, bigint) bigint", Call: goParseZonedClock},
	{Name: "trino_parse_offset", Signature: "(varchar) bigint", Call: goParseOffset},
	{Name: "trino_parse_fine", Signature: "(varchar, bigint) varchar", Call: goParseFine},
	{Name: "trino_parse_fine_zoned", Signature: "(varchar, bigint) varchar", Call: goParseFineZoned},
	{Name: "trino_parse_zone", Signature: "(varchar) varchar", Call: goParseZone},
	{Name: "trino_clock_offset", Signature: "(timestamp, varchar) bigint", Call: goClockOffset},
}

func goParseClock(a []any) (any, error) {
	m, ok := clockCast(a[0].(string), false)
	if !ok {
		return nil, notA("time", a[0])
	}
	return m.Round(int(a[1].(int64))).Epoch().Int64() % picosOfDay, nil
}

func notA(what string, text any) error {
	return failure("INVALID_CAST_ARGUMENT", "Value cannot be cast to %s: %s", what, text)
}

// clockCast reads a time as CAST does.
func clockCast(text string, zoned bool) (Moment, bool) {
	m, ok := ParseClock(text)
	return m, ok && m.Digits <= 12 && (zoned || m.Zone == "")
}

func goParseZonedClock(a []any) (any, error) {
	m, ok := clockCast(a[0].(string), true)
	if ok {
		zone := m.Zone
		m = m.Round(int(a[1].(int64)))
		m.Zone = zone
		if picos, _, ok := m.UTCClock(); ok {
			return picos, nil
		}
	}
	return nil, notA("time with time zone", a[0])
}

func goParseOffset(a []any) (any, error) {
	m, ok := clockCast(a[0].(string), true)
	if _, minutes, inRange := m.UTCClock(); ok && inRange {
		return minutes, nil
	}
	return nil, notA("time with time zone", a[0])
}

func goParseFine(a []any) (any, error) {
	m, err := stampCast(a[0].(string), int(a[1].(int64)))
	return m.Epoch().String(), err
}

func goParseFineZoned(a []any) (any, error) {
	m, err := zonedCast(a[0].(string), int(a[1].(int64)))
	return m.Epoch().String(), err
}

func goParseZone(a []any) (any, error) {
	m, err := zonedCast(a[0].(string), 12)
	return m.Zone, err
}

// goClockOffset is the minutes that a zone's clock is ahead of UTC.
func goClockOffset(a []any) (any, error) { return offsetMinutesAt(a) }

// clockLiteral is a time of day, fine or with a zone.
func clockLiteral(picos, minutes int64, t schema.Type) expr {
	n := castTo(&syntax.NumberLit{Text: strconv.FormatInt(picos, 10)}, "BIGINT")
	if t.Kind != schema.TimeTZ {
		return n
	}
	return structOf(zonedFields, n, castTo(num(int(minutes)), "BIGINT"))
}

// MomentLiteral is a literal of a date, a time or a timestamp in DuckDB.
func MomentLiteral(t schema.Type, m Moment) expr {
	switch {
	case t.Kind == schema.TimeTZ:
		picos, minutes, _ := m.UTCClock()
		return clockLiteral(picos, minutes, t)
	case t.Kind == schema.Time && IsFine(t):
		return clockLiteral(m.Epoch().Int64(), 0, t)
	case t.Kind == schema.TimestampTZ:
		name, _ := zoneName(m.Zone)
		m.Time, _ = toUTC(m.Time, name)
		return structOf(zonedFields, MomentLiteral(schema.Type{Kind: schema.Timestamp, Precision: t.Precision}, m), str(name))
	case IsFine(t):
		return huge(m.Epoch().String())
	case t.Kind == schema.Time:
		return &syntax.TypedLit{Type: &syntax.TypeName{Text: "TIME"}, Value: m.Time.Format("15:04:05.999999")}
	case t.Kind == schema.Date:
		return &syntax.TypedLit{Type: &syntax.TypeName{Text: "DATE"}, Value: duckDay(m)}
	}
	return &syntax.TypedLit{Type: &syntax.TypeName{Text: "TIMESTAMP"}, Value: duckDay(m) + m.Time.Format(" 15:04:05.999999")}
}

// duckDay is the date as DuckDB reads it: without a plus.
func duckDay(m Moment) string { return strings.TrimPrefix(DateText(m.Time), "+") }
