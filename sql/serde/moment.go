package serde

import (
	"strings"
	"time"

	"logsql/convert/schema"
)

// The limits of what a timestamp in DuckDB holds, in years.
const minYear, maxYear = -290307, 294246

// hiveDate reads y-m-d, where each may have fewer digits and days and months
// may go over, and cuts off what comes after a blank.
func hiveDate(text string) (days int64, ok bool) {
	text = javaTrim(text)
	text, _, _ = strings.Cut(text, " ")
	t, rest, ok := lenientDate(text)
	if !ok || rest != "" {
		return 0, false
	}
	return t.Unix() / secondsOfDay, true
}

const secondsOfDay = 24 * 60 * 60

func javaTrim(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
}

// lenientDate reads a date that text begins with.
func lenientDate(text string) (t time.Time, rest string, ok bool) {
	negative := strings.HasPrefix(text, "-")
	year, rest, ok := digits(strings.TrimPrefix(text, "-"), 1, 10)
	if !ok || !strings.HasPrefix(rest, "-") {
		return t, rest, false
	}
	month, rest, ok := digits(rest[1:], 1, 2)
	if !ok || !strings.HasPrefix(rest, "-") {
		return t, rest, false
	}
	day, rest, ok := digits(rest[1:], 1, 2)
	if negative {
		year = -year
	}
	if !ok || year < minYear || year > maxYear {
		return t, rest, false
	}
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC), rest, true
}

// digits reads from least to most decimal digits.
func digits(s string, least, most int) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i < most && s[i]-'0' <= 9 {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:], i >= least
}

// hiveTimestamp reads a timestamp as LazySimpleSerDe does by default: a date, a
// blank and a time, or the ISO form with a T, of which seconds may be missing.
func hiveTimestamp(text string) (time.Time, bool) {
	date, rest, ok := lenientDate(javaTrim(text))
	if !ok || rest == "" {
		return date, false
	}
	iso := rest[0]|0x20 == 't'
	if !iso && rest[0] != ' ' {
		return date, false
	}
	clock, rest, ok := clockTime(rest[1:], iso)
	return date.Add(clock), ok && rest == ""
}

// clockTime reads h:m:s with a fraction of up to nine digits that s begins with.
func clockTime(s string, secondsMayMiss bool) (total time.Duration, rest string, ok bool) {
	hour, s, ok := digits(s, 1, 2)
	if !ok || !strings.HasPrefix(s, ":") {
		return 0, s, false
	}
	minute, s, ok := digits(s[1:], 1, 2)
	total = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	if !ok || !strings.HasPrefix(s, ":") {
		return total, s, ok && secondsMayMiss
	}
	second, s, ok := digits(s[1:], 1, 2)
	total += time.Duration(second) * time.Second
	if !ok || !strings.HasPrefix(s, ".") {
		return total, s, ok
	}
	nanos, rest, _ := digits(s[1:], 0, 9)
	for range 9 - (len(s) - 1 - len(rest)) {
		nanos *= 10
	}
	return total + time.Duration(nanos), rest, true
}

// timestamp appends t, rounded half up to the column's precision.
func (v *Vector) timestamp(t time.Time) {
	unit := int64(time.Second)
	for range v.Type.Precision {
		unit /= 10
	}
	nanos := int64(t.Nanosecond())
	nanos = (nanos + unit/2) / unit * unit
	v.int(t.Unix()*1_000_000 + nanos/1000)
}

// hiveText appends a value of a scalar type from its text as LazySimpleSerDe
// reads it; NULL for what is none.
func (v *Vector) hiveText(b []byte) {
	switch v.Type.Kind {
	case schema.Varchar, schema.Char:
		v.text(b)
		return
	case schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		if n, ok := hiveInteger(b, v.Type.Kind); ok {
			v.int(n)
			return
		}
	case schema.Boolean:
		if is, ok := hiveBoolean(b); ok {
			v.bool(is)
			return
		}
	case schema.Real, schema.Double:
		if f, ok := javaFloat(string(b), map[schema.Kind]int{schema.Real: 32, schema.Double: 64}[v.Type.Kind]); ok {
			v.real(f)
			return
		}
	case schema.Decimal:
		if v.decimal(b) {
			return
		}
	case schema.Date:
		if days, ok := hiveDate(string(b)); ok {
			v.int(days)
			return
		}
	case schema.Varbinary:
		if raw, ok := base64Decoded(b); ok {
			v.binary(raw)
			return
		}
	}
	v.null()
}
