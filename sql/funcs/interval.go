package funcs

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"logsql/convert/schema"
)

var intervalGo = []GoFunc{
	{Name: "trino_scale_interval", Signature: "(double, double, boolean, double) bigint", Call: goScaleInterval},
	{Name: "trino_duration", Signature: "(varchar) bigint", Call: goParseDuration},
	{Name: "trino_human_seconds", Signature: "(double) varchar", Call: goHumanSeconds},
}

// betweenMoments is x - y of one type. Trino rounds it to milliseconds, half up.
func betweenMoments(x, y expr, t schema.Type) expr {
	micros := func(v expr) expr {
		switch t.Kind {
		case schema.TimestampTZ:
			return call("epoch_us", instant(coarse(v, t)))
		case schema.TimeTZ:
			return bin("//", instant(v), num(1_000_000))
		case schema.Time:
			return bin("//", picosOf(v, t), num(1_000_000))
		}
		return call("epoch_us", castTo(coarse(v, t), "TIMESTAMP"))
	}
	const shift = "10000000000000000000" // makes all positive: DuckDB's division cuts towards zero
	sum := bin("+", castTo(bin("-", micros(x), micros(y)), "HUGEINT"), bin("+", num(500), huge(shift+"000")))
	return ofMillis(castTo(bin("-", bin("//", sum, num(1000)), huge(shift)), "BIGINT"))
}

// moved is a time or timestamp x of type xt and an interval, added or taken
// away; t, the result's type, may have more digits.
func moved(op string, x, iv expr, xt, ivt, t schema.Type) expr {
	if t.Kind == schema.Time || t.Kind == schema.TimeTZ {
		return movedClock(op, x, iv, xt, t)
	}
	add := func(c *Call) (expr, error) {
		x := c.Args[0]
		if t.Kind != schema.TimestampTZ {
			return typed(bin(op, x, iv), c.Params[0]), nil
		}
		return addZoned(op, x, iv, ivt), nil
	}
	out, _ := micros(add, true)(&Call{Args: []expr{x}, Params: []schema.Type{xt}, Result: t})
	return out
}

func movedClock(op string, x, iv expr, xt, t schema.Type) expr {
	const day = 86_400_000
	step := bin("*", bin("%", intervalMillis(iv), num(day)), longNum(picosOfDay/day))
	if t.Kind == schema.TimeTZ {
		return zoned(wrapped(bin(op, instant(x), step)), zone(x))
	}
	out := wrapped(bin(op, picosOf(x, xt), step))
	if IsFine(t) {
		return out
	}
	return clockOf(out)
}

// addZoned moves a timestamp with time zone: months by its own clock, seconds
// by the instant.
func addZoned(op string, x, y expr, yt schema.Type) expr {
	if yt.Kind == schema.IntervalYear {
		return backToUTC(bin(op, local(x), y), x)
	}
	return zoned(bin(op, instant(x), y), zone(x))
}

// scaleInterval multiplies or divides an interval by a number, in milliseconds
// or months as Trino keeps them.
func scaleInterval(iv, n expr, t schema.Type, op string) expr {
	number := castTo(n, "DOUBLE")
	size, limit, result := intervalMillis(iv), float64(1<<63), "BIGINT"
	if t.Kind == schema.IntervalYear {
		size, limit, result = intervalMonths(iv), 1<<31, "INTEGER"
	}
	scaled := call("trino_scale_interval", castTo(size, "DOUBLE"), number, boolean(op == "/"), castTo(str(strconv.FormatFloat(limit, 'g', -1, 64)), "DOUBLE"))
	if t.Kind == schema.IntervalYear {
		return call("to_months", castTo(scaled, result))
	}
	return ofMillis(castTo(scaled, result))
}

// goScaleInterval cuts as Java does: what is beyond the limit is the greatest
// there is.
func goScaleInterval(a []any) (any, error) {
	size, by, divide, limit := a[0].(float64), a[1].(float64), a[2].(bool), a[3].(float64)
	switch {
	case divide && (by == 0 || math.IsNaN(by)):
		return nil, invalid("Cannot divide by double %s", FloatText(by, 64))
	case math.IsNaN(by):
		return nil, invalid("Cannot multiply by double NaN")
	case divide:
		size /= by
	default:
		size *= by
	}
	switch {
	case math.IsNaN(size):
		return int64(0), nil
	case size >= limit && limit > 1<<32:
		return int64(math.MaxInt64), nil
	case size >= limit:
		return int64(limit) - 1, nil
	case size <= -limit && limit > 1<<32:
		return int64(math.MinInt64), nil
	case size <= -limit:
		return -int64(limit), nil
	}
	return int64(size), nil
}

// Units of parse_duration in milliseconds.
var durationUnits = map[string]float64{"ns": 1e-6, "us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4, "h": 36e5, "d": 864e5}

var durationPattern = regexp.MustCompile(`^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*$`)

func goParseDuration(a []any) (any, error) {
	text := a[0].(string)
	m := durationPattern.FindStringSubmatch(text)
	if m == nil {
		return nil, invalid("duration is not a valid data duration string: %s", text)
	}
	unit, ok := durationUnits[m[2]]
	if !ok {
		return nil, invalid("Unknown time unit: %s", m[2])
	}
	n, _ := strconv.ParseFloat(m[1], 64)
	return int64(math.Floor(n*unit + 0.5)), nil
}

func goHumanSeconds(a []any) (any, error) {
	f := a[0].(float64)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, invalid("Invalid argument found: %s", FloatText(f, 64))
	}
	left := int64(math.MaxInt64)
	if f = math.Abs(math.Round(f)); f < 1<<63 {
		left = int64(f)
	}
	var parts []string
	for _, u := range []struct {
		name string
		size int64
	}{{"week", 604_800}, {"day", 86_400}, {"hour", 3600}, {"minute", 60}, {"second", 1}} {
		n := left / u.size
		left %= u.size
		if n == 0 && !(u.size == 1 && parts == nil) {
			continue
		}
		text := strconv.FormatInt(n, 10) + " " + u.name
		if n != 1 {
			text += "s"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", "), nil
}

// ofMillis is an interval of milliseconds; DuckDB's to_milliseconds goes
// through a double.
func ofMillis(n expr) expr { return call("to_microseconds", bin("*", castTo(n, "BIGINT"), num(1000))) }
