package funcs

import (
	"math"
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

var datetimeFuncs = []*Func{
	{Name: "year", Signatures: momentOr("interval year to month", "date", "bigint"), Emit: micros(emitPart("year"), false)},
	{Name: "quarter", Signatures: momentOr("", "date", "bigint"), Emit: micros(emitPart("quarter"), false)},
	{Name: "month", Signatures: momentOr("interval year to month", "date", "bigint"), Emit: micros(emitPart("month"), false)},
	{Name: "week", Signatures: momentOr("", "date", "bigint"), Emit: micros(emitPart("weekofyear"), false)},
	{Name: "week_of_year", Signatures: momentOr("", "date", "bigint"), Emit: micros(emitPart("weekofyear"), false)},
	{Name: "year_of_week", Signatures: momentOr("", "date", "bigint"), Emit: micros(emitPart("isoyear"), false)},
	{Name: "yow", Signatures: momentOr("", "date", "bigint"), Emit: micros(emitPart("isoyear"), false)},
	{Name: "day", Signatures: momentOr("interval day to second", "date", "bigint"), Emit: micros(emitPart("day"), false)},
	{Name: "day_of_month", Signatures: momentOr("interval day to second", "date", "bigint"), Emit: micros(emitPart("day"), false)},
	{Name: "day_of_week", Signatures: momentOr("", "date", "bigint"), Emit: micros(emitPart("isodow"), false)},
	{Name: "dow", Signatures: momentOr("", "date", "bigint"), Emit: micros(emitPart("isodow"), false)},
	{Name: "day_of_year", Signatures: momentOr("", "date", "bigint"), Emit: micros(emitPart("dayofyear"), false)},
	{Name: "doy", Signatures: momentOr("", "date", "bigint"), Emit: micros(emitPart("dayofyear"), false)},
	{Name: "hour", Signatures: clockOr("interval day to second"), Emit: micros(emitPart("hour"), false)},
	{Name: "minute", Signatures: clockOr("interval day to second"), Emit: micros(emitPart("minute"), false)},
	{Name: "second", Signatures: clockOr("interval day to second"), Emit: micros(emitPart("second"), false)},
	{Name: "millisecond", Signatures: clockOr("interval day to second"), Emit: micros(emitPart("millisecond"), false)},
	{Name: "timezone_hour", Signatures: []string{"(time with time zone) bigint", "(timestamp with time zone) bigint"}, Emit: emitOffset("//")},
	{Name: "timezone_minute", Signatures: []string{"(time with time zone) bigint", "(timestamp with time zone) bigint"}, Emit: emitOffset("%")},
	{Name: "timezone", Signatures: []string{"(time with time zone) varchar", "(timestamp with time zone) varchar"}, Emit: emitTimezone},
	{Name: "last_day_of_month", Signatures: momentOr("", "date", "date"), Emit: micros(emitPart("last_day"), false)},
	{Name: "date", Signatures: []string{"(varchar) date", "(timestamp) date", "(timestamp with time zone) date"}, Emit: emitCast},
	{Name: "date_trunc", Signatures: dateSignatures("(varchar, %) %"), Result: lastParam, Emit: emitDateTrunc},
	{Name: "date_add", Signatures: dateSignatures("(varchar, bigint, %) %"), Result: lastParam, Emit: emitDateAdd},
	{Name: "date_diff", Signatures: dateSignatures("(varchar, %, %) bigint"), Emit: emitDateDiff},
	{Name: "now", Signatures: []string{"() timestamp with time zone"}, Emit: emitNow},
	{Name: "current_timestamp", Signatures: []string{"() timestamp with time zone"}, Emit: emitNow},
	{Name: "localtimestamp", Signatures: []string{"() timestamp"}, Emit: emitNow},
	{Name: "current_date", Signatures: []string{"() date"}, Emit: emitToday},
	{Name: "current_time", Signatures: []string{"() time with time zone"}, Emit: emitNow},
	{Name: "localtime", Signatures: []string{"() time"}, Emit: emitNow},
	{Name: "current_timezone", Signatures: []string{"() varchar"}, Emit: build(func([]expr) expr { return str("UTC") })},
	{Name: "at_timezone", Signatures: []string{"(timestamp with time zone, varchar) timestamp with time zone", "(timestamp with time zone, interval day to second) timestamp with time zone"}, Emit: emitAtTimezone},
	{Name: "$at_timezone", Signatures: []string{"(time with time zone, varchar) time with time zone", "(time with time zone, interval day to second) time with time zone"}, Emit: emitAtTimezone},
	{Name: "with_timezone", Signatures: []string{"(timestamp, varchar) timestamp with time zone"}, Result: zonedOfFirst, Emit: micros(emitWithTimezone, true)},
	{Name: "from_unixtime", Signatures: []string{
		"(double) timestamp with time zone", "(double, varchar) timestamp with time zone", "(double, bigint, bigint) timestamp with time zone",
	}, Emit: emitFromUnixtime},
	{Name: "from_unixtime_nanos", Signatures: []string{"(bigint) timestamp with time zone", "(decimal) timestamp with time zone"}, Result: nanos, Emit: emitFromUnixtimeNanos},
	{Name: "from_iso8601_timestamp_nanos", Signatures: []string{"(varchar) timestamp with time zone"}, Result: nanos, Emit: emitFromISONanos},
	{Name: "parse_duration", Signatures: []string{"(varchar) interval day to second"}, Emit: build(func(a []expr) expr { return ofMillis(call("trino_duration", a[0])) })},
	{Name: "human_readable_seconds", Signatures: []string{"(double) varchar"}, Emit: udf("trino_human_seconds")},
	{Name: "to_unixtime", Signatures: []string{"(timestamp) double", "(timestamp with time zone) double"}, Emit: emitToUnixtime},
	{Name: "from_iso8601_timestamp", Signatures: []string{"(varchar) timestamp with time zone"}, Emit: emitFromISO},
	{Name: "from_iso8601_date", Signatures: []string{"(varchar) date"}, Emit: udf("trino_iso_date")},
	{Name: "to_iso8601", Signatures: []string{"(date) varchar", "(timestamp) varchar", "(timestamp with time zone) varchar"}, Result: isoText, Emit: emitToISO},
	{Name: "parse_datetime", Signatures: []string{"(varchar, varchar) timestamp with time zone"}, Emit: emitParseDatetime},
	{Name: "format_datetime", Signatures: []string{"(timestamp, varchar) varchar", "(timestamp with time zone, varchar) varchar"}, Emit: micros(emitFormatDatetime, false)},
	{Name: "date_parse", Signatures: []string{"(varchar, varchar) timestamp"}, Emit: emitDateParse},
	{Name: "date_format", Signatures: []string{"(timestamp, varchar) varchar", "(timestamp with time zone, varchar) varchar"}, Emit: micros(emitDateFormat, false)},
	{Name: "to_milliseconds", Signatures: []string{"(interval day to second) bigint"}, Emit: build(func(a []expr) expr { return intervalMillis(a[0]) })},
}

func momentOr(interval, least, result string) []string {
	list := []string{"(timestamp) " + result, "(timestamp with time zone) " + result, "(" + least + ") " + result}
	if least == "date" {
		list[0], list[2] = list[2], list[0]
	}
	if interval != "" {
		list = append(list, "("+interval+") "+result)
	}
	return list
}

func clockOr(interval string) []string {
	return append(momentOr(interval, "time", "bigint"), "(time with time zone) bigint")
}

// dateSignatures writes one signature for each kind of moment.
func dateSignatures(pattern string) []string {
	var list []string
	for _, t := range []string{"date", "timestamp", "timestamp with time zone", "time", "time with time zone"} {
		list = append(list, strings.ReplaceAll(pattern, "%", t))
	}
	return list
}

func lastParam(params []schema.Type) schema.Type { return params[len(params)-1] }

func zonedOfFirst(params []schema.Type) schema.Type {
	return schema.Type{Kind: schema.TimestampTZ, Precision: params[0].Precision}
}

// clock is what a moment shows on its own zone's wall.
func clock(x expr, t schema.Type) expr {
	if t.Kind == schema.TimestampTZ {
		return local(x)
	}
	return x
}

func emitPart(part string) emit {
	return func(c *Call) (expr, error) {
		x, t := c.Args[0], c.Params[0]
		switch t.Kind {
		case schema.IntervalDay:
			return intervalPart(part, x), nil
		case schema.IntervalYear:
			if part == "year" {
				return bin("//", intervalMonths(x), num(12)), nil
			}
			return bin("%", intervalMonths(x), num(12)), nil
		}
		x = clock(x, t)
		if part == "millisecond" {
			return bin("%", call("millisecond", x), num(1000)), nil
		}
		return call(part, x), nil
	}
}

func intervalPart(part string, x expr) expr {
	ms := intervalMillis(x)
	switch part {
	case "day":
		return bin("//", ms, num(86_400_000))
	case "hour":
		return bin("%", bin("//", ms, num(3_600_000)), num(24))
	case "minute":
		return bin("%", bin("//", ms, num(60_000)), num(60))
	case "second":
		return bin("%", bin("//", ms, num(1000)), num(60))
	}
	return bin("%", ms, num(1000))
}

// emitOffset is the hours or, with %, the minutes of a zone's offset.
func emitOffset(op string) emit {
	return func(c *Call) (expr, error) {
		x := c.Args[0]
		minutes := zone(x)
		if c.Params[0].Kind == schema.TimestampTZ {
			x = coarse(x, c.Params[0])
			minutes = when(bin("=", zone(x), str("UTC")), num(0), call("trino_clock_offset", instant(x), zone(x)))
		}
		return castTo(bin(op, minutes, num(60)), "BIGINT"), nil
	}
}

func emitTimezone(c *Call) (expr, error) {
	if z := zone(c.Args[0]); c.Params[0].Kind == schema.TimestampTZ {
		return z, nil
	}
	return call("trino_offset_text", zone(c.Args[0])), nil
}

func emitCast(c *Call) (expr, error) { return castExpr(c.Args[0], c.Params[0], c.Result) }

// nowUTC is the start of the query to the millisecond, as Trino has it.
func nowUTC() expr {
	return call("date_trunc", str("millisecond"), call("timezone", str("UTC"), call("now")))
}

// statementClock is the statement's clock to the microsecond: pruning goes by it too.
func statementClock(c *Call) expr {
	if c.Now.IsZero() {
		return call("timezone", str("UTC"), call("now"))
	}
	return &syntax.TypedLit{Type: &syntax.TypeName{Text: "TIMESTAMP"}, Value: c.Now.Format("2006-01-02 15:04:05.999999")}
}

func emitNow(c *Call) (expr, error) {
	now := statementClock(c)
	if c.Result.Precision <= 3 {
		now = call("date_trunc", str("millisecond"), now)
	}
	return fromMoment(now, schema.Type{Kind: schema.Timestamp, Precision: 6}, c.Result)
}

func emitToday(c *Call) (expr, error) { return castTo(statementClock(c), "DATE"), nil }

func emitAtTimezone(c *Call) (expr, error) {
	if c.Params[0].Kind == schema.TimeTZ {
		return zonedIn(instant(c.Args[0]), clockOffset(c)), nil
	}
	t := instant(c.Args[0])
	if c.Params[1].Kind == schema.IntervalDay {
		return zonedIn(t, unlessNull(t, call("trino_offset_name", intervalMillis(c.Args[1])))), nil
	}
	return zonedIn(t, zoneArg(c, 1)), nil
}

// zonedIn is zoned in a zone that may be NULL.
func zonedIn(t, z expr) expr {
	if _, known := z.(*syntax.StringLit); known {
		return zoned(t, z)
	}
	return zoned(when(notNull(z), t, nil), z)
}

// clockOffset is the minutes of the zone a time is to be shown in, at the time
// of the query.
func clockOffset(c *Call) expr {
	name := expr(call("trino_offset_name", intervalMillis(c.Args[1])))
	if c.Params[1].Kind != schema.IntervalDay {
		name = zoneArg(c, 1)
	}
	return call("trino_clock_offset", nowUTC(), name)
}

// zoneArg is a zone's name checked and as Trino shows it, now where it is a
// literal.
func zoneArg(c *Call, i int) expr {
	if text, ok := c.constant(i); ok {
		if name, err := zoneName(text); err == nil {
			return str(name)
		}
	}
	return unlessNull(c.Args[0], call("trino_zone", c.Args[i]))
}

// unlessNull is y, not computed and NULL where x is.
func unlessNull(x, y expr) expr { return when(isNull(x), null(), y) }

func emitWithTimezone(c *Call) (expr, error) {
	z := zoneArg(c, 1)
	return zoned(call("trino_to_utc", c.Args[0], z), z), nil
}

// lastMillis: Trino keeps the milliseconds of a zoned timestamp in 52 bits.
const lastMillis = 1<<51 - 1

// unixInstant is the instant so many seconds after 1970, to the millisecond.
func unixInstant(c *Call) expr {
	x := c.Args[0]
	half := castTo(str("0.5"), "DOUBLE")
	millis := call("floor", bin("+", bin("*", x, castTo(num(1000), "DOUBLE")), half))
	over := fail(schema.Of(schema.BigInt), "INVALID_FUNCTION_ARGUMENT", bin("||", str("Millis overflow: "), call("trino_java_long", millis)))
	if n, whole := c.whole(0); whole {
		fits := &syntax.Between{X: n, Low: num(-lastMillis / 1000), High: num(lastMillis / 1000), Not: true}
		return call("make_timestamp", when(fits, over, bin("*", n, num(1_000_000))))
	}
	fits := castTo(when(call("isnan", x), castTo(num(0), "DOUBLE"), millis), "BIGINT")
	text, _ := c.constant(0)
	if n, err := strconv.ParseFloat(text, 64); err != nil || math.Abs(n) > lastMillis/1000 {
		fits = when(and(bin(">", call("abs", millis), castTo(num(lastMillis), "DOUBLE")), not(call("isnan", x))), over, fits)
	}
	return call("make_timestamp", bin("*", fits, num(1000)))
}

func emitFromUnixtime(c *Call) (expr, error) {
	x, t := c.Args[0], unixInstant(c)
	switch len(c.Args) {
	case 2:
		return zonedIn(t, unlessNull(x, call("trino_unix_zone", c.Args[1]))), nil
	case 3:
		return zonedIn(t, unlessNull(x, call("trino_offset_of", c.Args[1], c.Args[2]))), nil
	}
	return zoned(t, str("UTC")), nil
}

func nanos([]schema.Type) schema.Type { return schema.Type{Kind: schema.TimestampTZ, Precision: 9} }

func emitFromUnixtimeNanos(c *Call) (expr, error) {
	n := castTo(c.Args[0], "HUGEINT")
	if c.Params[0].Kind == schema.Decimal {
		n = castTo(call("trino_whole_nanos", castTo(c.Args[0], "VARCHAR")), "HUGEINT")
	}
	return zoned(bin("*", n, num(1000)), str("UTC")), nil
}

func emitFromISONanos(c *Call) (expr, error) {
	t := castTo(call("trino_iso_nanos", c.Args[0]), "HUGEINT")
	return zoned(t, call("trino_iso_nanos_zone", c.Args[0])), nil
}

func emitToUnixtime(c *Call) (expr, error) {
	t := coarse(c.Args[0], c.Params[0])
	if c.Params[0].Kind == schema.TimestampTZ {
		t = instant(t)
	}
	micros := castTo(call("epoch_us", t), "DOUBLE")
	if IsFine(c.Params[0]) {
		micros = bin("+", micros, bin("/", castTo(restOf(c.Args[0], c.Params[0]), "DOUBLE"), castTo(num(1_000_000), "DOUBLE")))
	}
	return bin("/", micros, castTo(num(1_000_000), "DOUBLE")), nil
}

// emitFromISO reads the form that CloudTrail writes natively, any other in Go.
func emitFromISO(c *Call) (expr, error) {
	x := c.Args[0]
	if z, ok := constantZoned(c, 0, func(text string) (Zoned, error) { return parseISO(text) }); ok {
		return z, nil
	}
	first := &syntax.Between{X: call("ascii", x), Low: num('0'), High: num('9')}
	usual := and(bin("=", call("strlen", x), num(len("2006-01-02T15:04:05Z"))), first) // or strptime takes blanks around
	t := call("coalesce", when(usual, call("try_strptime", x, str("%Y-%m-%dT%H:%M:%SZ")), nil), call("trino_iso_instant", x))
	z := when(call("suffix", x, str("Z")), str("UTC"), call("trino_iso_zone", x))
	return zoned(t, z), nil
}

// constantZoned folds a literal.
func constantZoned(c *Call, i int, parse func(string) (Zoned, error)) (expr, bool) {
	text, ok := c.constant(i)
	if !ok {
		return nil, false
	}
	z, err := parse(text)
	if err != nil {
		return nil, false
	}
	return structOf(zonedFields, castTo(str(strings.TrimPrefix(TimestampText(z.Time, 6), "+")), "TIMESTAMP"), str(z.Zone)), true
}

func emitToISO(c *Call) (expr, error) {
	x := c.Args[0]
	switch c.Params[0].Kind {
	case schema.Date:
		return plainText(x, c.Params[0])
	case schema.Timestamp:
		text, err := plainText(x, c.Params[0])
		return call("replace", text, str(" "), str("T")), err
	}
	if IsFine(c.Params[0]) {
		return call("trino_to_iso_fine", castTo(instant(x), "VARCHAR"), zone(x), num(c.Params[0].Precision)), nil
	}
	return call("trino_to_iso", instant(x), zone(x), num(c.Params[0].Precision)), nil
}

var truncUnits = map[schema.Kind]string{
	schema.Date: "day week month quarter year", schema.Time: "millisecond second minute hour", schema.TimeTZ: "millisecond second minute hour",
	schema.Timestamp:   "millisecond second minute hour day week month quarter year",
	schema.TimestampTZ: "millisecond second minute hour day week month quarter year",
}

// byUnit is one expression for the unit that date_trunc, date_add or date_diff
// is called with, a choice among all where it is no literal.
func byUnit(c *Call, t schema.Type, of func(name string) (expr, error)) (expr, error) {
	text, literal := c.constant(0)
	bad := func(text expr) expr {
		msg := bin("||", bin("||", str("'"), text), str("' is not a valid "+unitOwner(t)+" field"))
		return fail(c.Result, "INVALID_FUNCTION_ARGUMENT", msg)
	}
	choice := &syntax.Case{Operand: call("lower", c.Args[0]), Else: bad(c.Args[0])}
	for _, name := range strings.Fields(truncUnits[t.Kind]) {
		x, err := of(name)
		if err != nil || literal && strings.EqualFold(name, text) {
			return x, err
		}
		choice.Whens = append(choice.Whens, syntax.When{Cond: str(name), Result: typed(x, c.Result)})
	}
	if literal {
		return when(anyNull(c.Args[1:]...), typedNull(c.Result), bad(str(text))), nil
	}
	return when(anyNull(c.Args...), typedNull(c.Result), choice), nil
}

func unitOwner(t schema.Type) string {
	switch t.Kind {
	case schema.Date:
		return "DATE"
	case schema.Time, schema.TimeTZ:
		return "TIME"
	}
	return "TIMESTAMP"
}

func emitDateTrunc(c *Call) (expr, error) {
	t := c.Params[1]
	return byUnit(c, t, func(name string) (expr, error) {
		if t.Kind == schema.Time || t.Kind == schema.TimeTZ {
			return truncClock(name, c.Args[1], t), nil
		}
		return micros(func(c *Call) (expr, error) { return truncStamp(name, c.Args[1], c.Params[1]), nil }, false)(c)
	})
}

func truncStamp(name string, x expr, t schema.Type) expr {
	switch {
	case t.Kind == schema.TimestampTZ && unitPicos[name] > 0 && !AlwaysUTC(x): // by the offset of the instant
		wall := local(x)
		return zoned(bin("-", instant(x), bin("-", wall, call("date_trunc", str(name), wall))), zone(x))
	case t.Kind == schema.TimestampTZ:
		return backToUTC(call("date_trunc", str(name), local(x)), x)
	}
	return typed(call("date_trunc", str(name), x), t)
}

// unitPicos are the units of a time of day.
var unitPicos = map[string]int64{
	"millisecond": picosOfMinute / 60_000, "second": picosOfMinute / 60, "minute": picosOfMinute, "hour": 60 * picosOfMinute,
}

func truncClock(name string, x expr, t schema.Type) expr {
	u := longNum(unitPicos[name])
	whole := func(picos expr) expr { return bin("*", bin("//", picos, u), u) }
	switch {
	case t.Kind == schema.TimeTZ:
		return zoned(shifted(whole(localClock(x)), bin("-", num(0), zone(x))), zone(x))
	case IsFine(t):
		return whole(x)
	}
	return clockOf(whole(picosOfClock(x)))
}

// intervalOf is n units as DuckDB's interval.
func intervalOf(name string, n expr) expr {
	small := castTo(n, "INTEGER")
	switch name {
	case "millisecond":
		return ofMillis(n)
	case "quarter":
		return call("to_months", bin("*", small, num(3)))
	case "second":
		return call("to_seconds", n)
	case "minute", "hour":
		return call("to_"+name+"s", n)
	}
	return call("to_"+name+"s", small)
}

// emitDateAdd rounds what it moves to the digits that the type has.
func emitDateAdd(c *Call) (expr, error) {
	t := c.Params[2]
	return byUnit(c, t, func(name string) (expr, error) {
		if t.Kind == schema.Time || t.Kind == schema.TimeTZ {
			return addClock(name, c.Args[2], c.Args[1], t), nil
		}
		out, err := micros(func(c *Call) (expr, error) { return addStamp(name, c.Args[2], fitting(c), c.Params[2]), nil }, true)(c)
		if name == "millisecond" && t.Kind != schema.Date && t.Precision < 3 {
			out = rounded(out, schema.Type{Kind: t.Kind, Precision: 3}, t)
		}
		return out, err
	})
}

// fitting is the number to add, which must be of 32 bits.
func fitting(c *Call) expr {
	n := c.Args[1]
	if text, ok := c.constant(1); ok {
		if _, err := strconv.ParseInt(text, 10, 32); err == nil {
			return n
		}
	}
	code := "INVALID_FUNCTION_ARGUMENT"
	if c.Params[2].Kind == schema.Date {
		code = "GENERIC_INTERNAL_ERROR"
	}
	fits := &syntax.Between{X: n, Low: num(math.MinInt32), High: num(math.MaxInt32)}
	return when(and(notNull(c.Args[2]), not(fits)), fail(c.Params[1], code, str("integer overflow")), n)
}

func addStamp(name string, x, n expr, t schema.Type) expr {
	step := intervalOf(name, n)
	if t.Kind != schema.TimestampTZ {
		return typed(bin("+", x, step), t)
	}
	switch name {
	case "millisecond", "second", "minute", "hour":
		return zoned(bin("+", instant(x), step), zone(x))
	}
	return backToUTC(bin("+", local(x), step), x)
}

// backToUTC is a timestamp with x's zone, of what that zone's clock shows.
func backToUTC(wall, x expr) expr {
	if AlwaysUTC(x) {
		return zoned(wall, str("UTC"))
	}
	t := when(bin("=", zone(x), str("UTC")), wall, call("trino_back_to_utc", wall, zone(x), instant(x)))
	return zoned(t, zone(x))
}

// addClock moves a time of day around the clock.
func addClock(name string, x, n expr, t schema.Type) expr {
	u := unitPicos[name]
	inDay := bin("%", n, longNum(picosOfDay/u))
	moved := func(picos expr) expr { return wrapped(bin("+", picos, bin("*", inDay, longNum(u)))) }
	precise := schema.Type{Kind: t.Kind, Precision: 12}
	if t.Kind == schema.TimeTZ {
		return rounded(zoned(moved(instant(x)), zone(x)), precise, t)
	}
	return rounded(moved(picosOf(x, t)), precise, t)
}

// emitDateDiff counts whole units, as DuckDB's date_sub does; timestamps are
// cut to milliseconds before.
func emitDateDiff(c *Call) (expr, error) {
	t := c.Params[1]
	return byUnit(c, t, func(name string) (expr, error) {
		switch t.Kind {
		case schema.TimeTZ:
			return bin("//", bin("-", instant(c.Args[2]), instant(c.Args[1])), longNum(unitPicos[name])), nil
		case schema.Time:
			return bin("//", bin("-", picosOf(c.Args[2], t), picosOf(c.Args[1], t)), longNum(unitPicos[name])), nil
		}
		return micros(func(c *Call) (expr, error) { return diffStamps(name, c.Args[1], c.Args[2], t), nil }, false)(c)
	})
}

func diffStamps(name string, x, y expr, t schema.Type) expr {
	switch t.Kind {
	case schema.TimestampTZ:
		z := zone(x)
		switch name {
		case "millisecond", "second", "minute", "hour":
			x, y = instant(x), instant(y)
		default:
			x, y = local(x), when(bin("=", z, str("UTC")), instant(y), call("trino_local", instant(y), z))
		}
	case schema.Date:
		x, y = castTo(x, "TIMESTAMP"), castTo(y, "TIMESTAMP")
	}
	if t.Precision > 3 {
		x, y = call("date_trunc", str("millisecond"), x), call("date_trunc", str("millisecond"), y)
	}
	return call("date_sub", str(name), x, y)
}

// isoText is the text of the longest year there is.
func isoText(params []schema.Type) schema.Type {
	t := params[0]
	fraction := t.Precision
	if fraction > 0 {
		fraction++
	}
	switch t.Kind {
	case schema.Date:
		return schema.VarcharOf(16)
	case schema.Timestamp:
		return schema.VarcharOf(22 + fraction)
	}
	return schema.VarcharOf(28 + fraction)
}
