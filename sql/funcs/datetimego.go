package funcs

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var datetimeGo = []GoFunc{
	{Name: "trino_local", Signature: "(timestamp, varchar) timestamp", Call: func(a []any) (any, error) { return wall(a[0].(time.Time), a[1].(string)) }},
	{Name: "trino_to_utc", Signature: "(timestamp, varchar) timestamp", Call: func(a []any) (any, error) { return jodaUTC(a[0].(time.Time), a[1].(string), nil) }},
	{Name: "trino_back_to_utc", Signature: "(timestamp, varchar, timestamp) timestamp", Call: func(a []any) (any, error) {
		from := a[2].(time.Time)
		return jodaUTC(a[0].(time.Time), a[1].(string), &from)
	}},
	{Name: "trino_zone", Signature: "(varchar) varchar", Call: func(a []any) (any, error) { return zoneName(a[0].(string)) }},
	{Name: "trino_unix_zone", Signature: "(varchar) varchar", Call: goUnixZone},
	{Name: "trino_java_long", Signature: "(double) varchar", Total: true, Call: func(a []any) (any, error) {
		return strconv.FormatInt(javaLong(a[0].(float64)), 10), nil
	}},
	{Name: "trino_offset_of", Signature: "(bigint, bigint) varchar", Call: func(a []any) (any, error) {
		return zoneAhead(a[0].(int64)*60 + a[1].(int64)) // as Java does, beyond 64 bits too
	}},
	{Name: "trino_offset_name", Signature: "(bigint) varchar", Call: goOffsetName},
	{Name: "trino_iso_date", Signature: "(varchar) date", Call: goISODate},
	{Name: "trino_iso_instant", Signature: "(varchar) timestamp", Call: func(a []any) (any, error) { return instantOf(parseISO(a[0].(string))) }},
	{Name: "trino_iso_zone", Signature: "(varchar) varchar", Call: func(a []any) (any, error) { return zoneOfParsed(parseISO(a[0].(string))) }},
	{Name: "trino_to_iso", Signature: "(timestamp, varchar, bigint) varchar", Call: goToISO},
	{Name: "trino_to_iso_fine", Signature: "(varchar, varchar, bigint) varchar", Call: goFineToISO},
	{Name: "trino_offset_text", Signature: "(bigint) varchar", Total: true, Call: func(a []any) (any, error) { return offsetText(a[0].(int64)), nil }},
	{Name: "trino_joda_instant", Signature: "(varchar, varchar) timestamp", Call: func(a []any) (any, error) { return instantOf(parseWith(joda, a)) }},
	{Name: "trino_joda_zone", Signature: "(varchar, varchar) varchar", Call: func(a []any) (any, error) { return zoneOfParsed(parseWith(joda, a)) }},
	{Name: "trino_joda_format", Signature: "(timestamp, varchar, varchar) varchar", Nulls: true, Call: goJodaFormat},
	{Name: "trino_date_parse", Signature: "(varchar, varchar) timestamp", Call: func(a []any) (any, error) { return instantOf(parseWith(mysql, a)) }},
	{Name: "trino_date_format", Signature: "(timestamp, varchar) varchar", Call: goDateFormat},
}

func instantOf(z Zoned, err error) (any, error) {
	return z.Time.Truncate(time.Millisecond), err
}

func zoneOfParsed(z Zoned, err error) (any, error) { return z.Zone, err }

func parseWith(p *patterns, a []any) (Zoned, error) {
	pieces, err := p.get(a[1].(string))
	if err != nil {
		return Zoned{}, err
	}
	return parseMoment(a[0].(string), pieces)
}

func goJodaFormat(a []any) (any, error) {
	if a[0] == nil || a[2] == nil {
		return nil, nil
	}
	pieces, err := joda.get(a[2].(string))
	if err != nil {
		return nil, err
	}
	t := roundTime(a[0].(time.Time), 3)
	if a[1] == nil {
		if hasZoneField(pieces) {
			return nil, invalid("format_datetime for TIMESTAMP type, cannot use 'Z' nor 'z' in format, as this type does not contain TZ information")
		}
		return formatMoment(t, "UTC", pieces), nil
	}
	zone := a[1].(string)
	for _, p := range pieces {
		if p.field == 'z' && p.n > 3 && zone != "UTC" && zone[0] != '+' && zone[0] != '-' {
			return nil, unsupported("The long name of the time zone %s (zzzz) is not supported yet", zone)
		}
	}
	local, err := wall(t, zone)
	if err != nil {
		return nil, err
	}
	return formatMoment(local, zone, pieces), nil
}

func goDateFormat(a []any) (any, error) {
	pieces, err := mysql.get(a[1].(string))
	if err != nil {
		return nil, err
	}
	return formatMoment(roundTime(a[0].(time.Time), 3), "UTC", pieces), nil
}

func goOffsetName(a []any) (any, error) {
	if a[0].(int64)%60_000 != 0 {
		return nil, invalid("Invalid time zone offset interval: interval contains seconds")
	}
	return zoneAhead(a[0].(int64) / 60_000)
}

// zoneAhead is the zone that is so many minutes ahead.
func zoneAhead(minutes int64) (any, error) {
	if minutes > 14*60 || minutes < -14*60 {
		return nil, invalid("Invalid offset minutes %d", minutes)
	}
	if minutes == 0 {
		return "UTC", nil
	}
	sign := "+"
	if minutes < 0 {
		sign, minutes = "-", -minutes
	}
	return sign + two(int(minutes/60)) + ":" + two(int(minutes%60)), nil
}

func two(n int) string { return string([]byte{byte('0' + n/10%10), byte('0' + n%10)}) }

func goToISO(a []any) (any, error) {
	z := Zoned{Time: a[0].(time.Time), Zone: a[1].(string)}
	t, err := wall(z.Time, z.Zone)
	if err != nil {
		return nil, err
	}
	return isoOf(Moment{Time: t}, z, int(a[2].(int64)))
}

// isoOf is the ISO 8601 text of z, whose clock shows local.
func isoOf(local Moment, z Zoned, digits int) (any, error) {
	text := strings.Replace(local.Text(digits), " ", "T", 1)
	offset := local.Time.Sub(z.Time)
	minutes := int64(offset / time.Minute)
	switch {
	case offset == 0:
		return text + "Z", nil
	case offset%time.Minute != 0:
		name := javaOffsetText(int64(offset / time.Second))
		return nil, failure("INVALID_ARGUMENTS", "Timezone with non-zero seconds offset cannot be rendered as ISO8601: %s", name)
	}
	return text + offsetText(minutes), nil
}

func goFineToISO(a []any) (any, error) {
	n, _ := new(big.Int).SetString(a[0].(string), 10)
	m := momentAt(n)
	z := Zoned{Time: m.Time, Zone: a[1].(string)}
	t, err := wall(m.Time, z.Zone)
	m.Time = t
	if err != nil {
		return nil, err
	}
	return isoOf(m, z, int(a[2].(int64)))
}

// isoPattern is ISO 8601 as from_iso8601_timestamp takes it: a date by month,
// week or day of the year, then a time and a zone, all but the year optional.
var isoPattern = regexp.MustCompile(`^([+-]?\d{1,9})?(?:-(\d{1,2})(?:-(\d{1,2}))?|-W(\d{1,2})(?:-(\d))?|-(\d{3}))?` +
	`(?:T(?:(\d{1,2})(?:[.,](\d{1,9})|:(\d{1,2})(?:[.,](\d{1,9})|:(\d{1,2})(?:[.,](\d{1,9}))?)?)?)?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$`)

func parseISO(text string) (Zoned, error) {
	m := isoPattern.FindStringSubmatch(text)
	if m == nil || m[1] == "" && (text == "" || text[0] != 'T') || len(m[1]) > 6 {
		return Zoned{}, malformed(text, isoPrefix(text))
	}
	v := parsed{zone: "UTC", year: 1970, month: 1, day: 1}
	for _, f := range []struct {
		group  int
		letter byte
		value  *int
	}{
		{1, 'y', &v.year},
		{2, 'M', &v.month},
		{3, 'd', &v.day},
		{4, 'w', &v.week},
		{5, 'e', &v.weekDay},
		{6, 'D', &v.yearDay},
		{7, 'H', &v.hour},
		{9, 'm', &v.minute},
		{11, 's', &v.second},
	} {
		if m[f.group] == "" {
			continue
		}
		*f.value, _ = strconv.Atoi(m[f.group])
		v.has[f.letter] = true
		if r, ok := fieldRange[f.letter]; ok && (*f.value < r.min || *f.value > r.max) {
			return Zoned{}, invalid(`Cannot parse "%s": Value %d for %s must be in the range [%d,%d]`, text, *f.value, r.name, r.min, r.max)
		}
	}
	if v.has['w'] {
		v.weekYear, v.has['y'], v.has['x'] = v.year, false, true
		if !v.has['e'] {
			v.weekDay, v.has['e'] = 1, true
		}
	}
	rest := isoFraction(m[8], time.Hour) + isoFraction(m[10], time.Minute) + isoFraction(m[12], time.Second)
	if m[13] != "" {
		name, err := zoneName(strings.ToUpper(m[13]))
		if err != nil {
			return Zoned{}, failure("NOT_SUPPORTED", "Time zone not supported: %s", m[13])
		}
		v.zone = name
	}
	z, err := v.moment(text)
	z.Time = z.Time.Add(rest)
	return z, err
}

// isoFraction is a fraction of a unit.
func isoFraction(digits string, unit time.Duration) time.Duration {
	n, _ := strconv.Atoi((digits + "000000000")[:9])
	return time.Duration(n) * (unit / 1000) / 1_000_000
}

// isoPrefix is how far a broken text could be read.
func isoPrefix(text string) int {
	for n := len(text); n > 0; n-- {
		if isoPattern.MatchString(text[:n]) && text[0] != 'T' {
			return n
		}
	}
	return 0
}

func goISODate(a []any) (any, error) {
	text := a[0].(string)
	if strings.ContainsRune(text, 'T') {
		return nil, malformed(text, strings.IndexByte(text, 'T'))
	}
	z, err := parseISO(text)
	return z.Time, err
}

// goUnixZone is a zone's name checked as from_unixtime does.
func goUnixZone(a []any) (any, error) {
	name, err := zoneName(a[0].(string))
	if err != nil {
		return nil, failure("NOT_SUPPORTED", "Time zone not supported: %s", a[0])
	}
	return name, nil
}

// javaLong is a double cut to a long, the nearest there is.
func javaLong(f float64) int64 {
	switch {
	case math.IsNaN(f):
		return 0
	case f >= 1<<63:
		return math.MaxInt64
	case f <= -1<<63:
		return math.MinInt64
	}
	return int64(f)
}
