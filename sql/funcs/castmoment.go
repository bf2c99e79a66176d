package funcs

import "logsql/convert/schema"

// fromMoment casts among dates, times and timestamps.
func fromMoment(x expr, from, to schema.Type) (expr, error) {
	toZoned := GoesByInstant(to)
	switch {
	case to.Kind < schema.Date || to.Kind > schema.TimestampTZ:
		return nil, cannotCast(from, to)
	case from.Kind == to.Kind && from.Kind != schema.Date:
		return rounded(x, from, to), nil
	case from.Kind == schema.TimestampTZ && to.Kind == schema.TimeTZ:
		return zonedClock(x, from, to), nil
	case from.Kind == schema.TimestampTZ && !toZoned:
		local := when(bin("=", zone(x), str("UTC")), instant(x), localOf(x, from))
		return fromUnzoned(local, schema.Type{Kind: schema.Timestamp, Precision: from.Precision}, to)
	case from.Kind == schema.Timestamp && to.Kind == schema.Time:
		return castClock(x, from, to), nil
	case from.Kind == schema.TimeTZ && to.Kind == schema.Time:
		return rounded(localClock(x), fineClock(from), to), nil
	case from.Kind == schema.TimeTZ && to.Kind == schema.Timestamp:
		return onToday(localClock(x), fineClock(from), to), nil
	case from.Kind == schema.TimeTZ && to.Kind == schema.TimestampTZ:
		z := call("trino_offset_name", bin("*", zone(x), num(60_000)))
		t := onToday(localClock(x), fineClock(from), schema.Type{Kind: schema.Timestamp, Precision: to.Precision})
		return zoned(minus(t, zone(x), to), z), nil
	case from.Kind == schema.Time && to.Kind == schema.Timestamp:
		return onToday(x, from, to), nil
	}
	return fromUnzoned(x, from, to)
}

// fromUnzoned casts what has no zone, which is in UTC.
func fromUnzoned(x expr, from, to schema.Type) (expr, error) {
	plain := to
	plain.Kind--
	switch {
	case from.Kind == to.Kind:
		return rounded(x, from, to), nil
	case from.Kind == schema.Date && to.Kind == schema.Timestamp:
		x = castTo(x, "TIMESTAMP")
		if IsFine(to) {
			return refined(x, to, nil), nil
		}
		return x, nil
	case to.Kind == schema.TimestampTZ:
		t, err := fromMoment(x, from, plain)
		return zoned(t, str("UTC")), err
	case to.Kind == schema.TimeTZ && from.Kind == schema.Timestamp:
		return zoned(picosOf(rounded(clockIn(x, from), clockType(from), plain), plain), longNum(0)), nil
	case to.Kind == schema.TimeTZ && from.Kind == schema.Time:
		t, err := fromMoment(x, from, plain)
		return zoned(picosOf(t, plain), longNum(0)), err
	case from.Kind == schema.Timestamp && to.Kind == schema.Date:
		return castTo(coarse(x, from), "DATE"), nil
	case from.Kind == schema.Timestamp && to.Kind == schema.Time:
		return rounded(clockIn(x, from), clockType(from), to), nil
	}
	return nil, cannotCast(from, to)
}

// clockIn is the time of day of a timestamp.
func clockIn(x expr, t schema.Type) expr {
	if IsFine(t) {
		return castTo(wrapped(x), "BIGINT")
	}
	return castTo(x, "TIME")
}

func clockType(t schema.Type) schema.Type {
	return schema.Type{Kind: schema.Time, Precision: t.Precision}
}

// castClock is CAST of a timestamp as a time. Trino's is a second early before
// 1970 where there is a fraction of a second, and fails where that is the day
// before.
func castClock(x expr, t, to schema.Type) expr {
	epoch, second := picosOf(x, t), longNum(picosOfMinute/60)
	early := and(bin("<", epoch, num(0)), bin("<>", bin("%", epoch, second), num(0)))
	picos := wrapped(epoch)
	low := when(bin("<", picos, second), fail(schema.Of(schema.BigInt), "GENERIC_INTERNAL_ERROR", str("value must be >= 0")), castTo(bin("-", picos, second), "BIGINT"))
	fine := fineClock(t)
	return when(early, rounded(low, fine, to), rounded(clockIn(x, t), clockType(t), to))
}

// fineClock is the type of a time that is kept in picoseconds, though it may
// have fewer digits.
func fineClock(t schema.Type) schema.Type {
	return schema.Type{Kind: schema.Time, Precision: max(t.Precision, 7)}
}

// localOf is the wall clock of a timestamp with time zone, in its own
// representation.
func localOf(x expr, t schema.Type) expr {
	if !IsFine(t) {
		return call("trino_local", instant(x), zone(x))
	}
	c := coarse(x, t)
	plain := schema.Type{Kind: schema.Timestamp, Precision: t.Precision}
	return refined(call("trino_local", instant(c), zone(c)), plain, rest(instant(x)))
}

// zonedClock is the time of day that a timestamp with time zone shows, with the
// offset that its zone has at that time of that day in UTC: Trino's mistake.
func zonedClock(x expr, from, to schema.Type) expr {
	plain := schema.Type{Kind: schema.Timestamp, Precision: from.Precision}
	wall := when(bin("=", zone(x), str("UTC")), instant(x), localOf(x, from))
	minutes := call("trino_clock_offset", coarse(wall, plain), zone(x))
	clock := schema.Type{Kind: schema.Time, Precision: to.Precision}
	t, _ := fromUnzoned(wall, plain, clock)
	return zoned(shifted(picosOf(t, clock), bin("-", num(0), minutes)), minutes)
}

// onToday is a time of the day the query runs on.
func onToday(x expr, from, to schema.Type) expr {
	today := picosOf(castTo(castTo(nowUTC(), "DATE"), "TIMESTAMP"), schema.Type{Kind: schema.Timestamp, Precision: 6})
	t := bin("+", today, castTo(picosOf(x, from), "HUGEINT"))
	return rounded(t, schema.Type{Kind: schema.Timestamp, Precision: 12}, to)
}

// minus takes minutes off a timestamp as precise as t.
func minus(x, minutes expr, t schema.Type) expr {
	if IsFine(t) {
		return bin("-", x, bin("*", castTo(minutes, "HUGEINT"), longNum(picosOfMinute)))
	}
	return bin("-", x, call("to_minutes", minutes))
}

// rounded drops digits of a second, half up, and goes from one representation
// of from.Kind to another.
func rounded(x expr, from, to schema.Type) expr {
	switch {
	case from.Kind == schema.TimeTZ:
		if to.Precision >= from.Precision {
			return x
		}
		return zoned(roundPicos(instant(x), schema.Type{Kind: schema.Time}, to.Precision), zone(x))
	case from.Kind == schema.TimestampTZ:
		plain := func(t schema.Type) schema.Type { return schema.Type{Kind: schema.Timestamp, Precision: t.Precision} }
		if to.Precision >= from.Precision && IsFine(to) == IsFine(from) {
			return x
		}
		return zoned(rounded(instant(x), plain(from), plain(to)), zone(x))
	case !IsFine(from):
		return roundedMicros(x, from, to)
	}
	if to.Precision < from.Precision {
		x = roundPicos(x, from, to.Precision)
	}
	if IsFine(to) {
		return x
	}
	return coarse(x, from)
}

func roundedMicros(x expr, from, to schema.Type) expr {
	switch {
	case IsFine(to):
		return picosOf(x, from)
	case to.Precision >= from.Precision:
		return x
	case from.Kind == schema.Time:
		day := castTo(str("1970-01-01"), "DATE")
		return castTo(call("trino_round_timestamp", bin("+", day, x), num(to.Precision)), "TIME")
	}
	return call("trino_round_timestamp", x, num(to.Precision))
}
