package funcs

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones are the same on every machine
)

var zones sync.Map // name → *time.Location

// zoneOf is the place of a zone as Trino names it: UTC, +08:00, Asia/Shanghai.
func zoneOf(name string) (*time.Location, error) {
	if name == "UTC" {
		return time.UTC, nil
	}
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location), nil
	}
	loc, err := loadZone(name)
	if err == nil {
		zones.Store(name, loc)
	}
	return loc, err
}

func loadZone(name string) (*time.Location, error) {
	if n, offset := offsetField(name); n == len(name) && n > 0 {
		if offset == "UTC" {
			return time.UTC, nil
		}
		hours, _ := strconv.Atoi(offset[1:3])
		minutes, _ := strconv.Atoi(offset[4:6])
		seconds := hours*3600 + minutes*60
		if seconds > 14*3600 {
			return nil, notAZone(name)
		}
		if offset[0] == '-' {
			seconds = -seconds
		}
		return time.FixedZone(offset, seconds), nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" || javaAliases[name] || name == "Etc/Greenwich" {
		return nil, notAZone(name)
	}
	return loc, nil
}

// utcZones are the names of UTC that Trino has.
var utcZones = map[string]bool{
	"UTC": true, "Z": true, "GMT": true, "UT": true, "UCT": true, "GMT0": true, "Greenwich": true, "Universal": true, "Zulu": true,
	"Etc/UTC": true, "Etc/GMT": true, "Etc/UCT": true, "Etc/GMT0": true, "Etc/GMT+0": true, "Etc/GMT-0": true,
	"Etc/Universal": true, "Etc/Zulu": true,
}

// zoneName is the zone as Trino shows it: Z, +00:00, GMT and the like are UTC,
// Etc/GMT+3 is -03:00.
func zoneName(text string) (string, error) {
	if utcZones[text] {
		return "UTC", nil
	}
	offset := text
	if rest, ok := strings.CutPrefix(text, "Etc/GMT"); ok && rest != "" {
		offset = strings.NewReplacer("+", "-", "-", "+").Replace(rest)
	}
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		if rest, ok := strings.CutPrefix(text, prefix); ok && rest != "" && (rest[0] == '+' || rest[0] == '-') {
			offset = rest
			break
		}
	}
	if offset != "" && (offset[0] == '+' || offset[0] == '-') {
		if len(offset) == 2 {
			offset = offset[:1] + "0" + offset[1:]
		}
		if len(offset) == 9 {
			offset = strings.TrimSuffix(offset, ":00")
		}
		n, name := offsetField(offset)
		if n != len(offset) {
			return "", notAZone(text)
		}
		_, err := zoneOf(name)
		return name, err
	}
	_, err := zoneOf(text)
	return text, err
}

func notAZone(name string) error {
	return failure("INVALID_FUNCTION_ARGUMENT", "'%s' is not a valid time zone", name)
}

// IsUnknownZone reports whether a zone is one that Trino refuses by name,
// rather than the text it stands in.
func IsUnknownZone(name string) bool {
	_, err := zoneName(name)
	return err != nil && isJavaZone(name)
}

// InZone reports whether the clock of m's zone ever shows m.
func InZone(m Moment) bool {
	name, err := zoneName(m.Zone)
	if err != nil {
		return false
	}
	utc, err := toUTC(m.Time, name)
	if err != nil {
		return false
	}
	back, err := wall(utc, name)
	const lastMilli = 1<<51 - 1 // Trino keeps the milliseconds of a zoned timestamp in 52 bits
	return err == nil && back.Equal(m.Time) && utc.UnixMilli() <= lastMilli && utc.UnixMilli() >= -lastMilli
}

// isJavaZone reports whether Java knows a zone that Trino does not: an offset
// beyond 14 hours or with seconds.
func isJavaZone(name string) bool {
	return javaOffset.MatchString(name) || strings.HasPrefix(name, "SystemV/") || name == "Etc/Greenwich"
}

var javaOffset = regexp.MustCompile(`^[+-](0\d|1[0-7])(:?[0-5]\d(:?[0-5]\d)?)?$|^[+-]18(:?00)?$`)

// javaAliases are names of tzdata that Java has for abbreviations only.
var javaAliases = map[string]bool{"EST": true, "HST": true, "MST": true, "ROC": true}

// wall is the clock on the wall of a zone at an instant, as if it were UTC.
func wall(t time.Time, zone string) (time.Time, error) {
	loc, err := zoneOf(zone)
	if err != nil {
		return t, err
	}
	_, offset := t.In(loc).Zone()
	return t.Add(time.Duration(offset) * time.Second), nil
}

// offsets tells how far ahead of UTC a zone's clock is at an instant.
func offsets(zone string) (func(time.Time) time.Duration, error) {
	loc, err := zoneOf(zone)
	return func(instant time.Time) time.Duration {
		_, seconds := instant.In(loc).Zone()
		return time.Duration(seconds) * time.Second
	}, err
}

// toUTC is the instant at which a zone's clock shows t. A time that the clock
// skips is moved forward by the gap; of two the earlier is taken.
func toUTC(t time.Time, zone string) (time.Time, error) {
	at, err := offsets(zone)
	if err != nil {
		return t, err
	}
	const aDay = 24 * time.Hour // no zone changes its clock twice in two days
	before, after := at(t.Add(-aDay)), at(t.Add(aDay))
	if early := t.Add(-before); before == after || at(early) == before {
		return early, nil
	}
	if late := t.Add(-after); at(late) == after {
		return late, nil
	}
	return t.Add(-before), nil
}

// jodaUTC is the instant at which a zone's clock shows t, by Joda's rules,
// which most functions follow: of two it is the one with the offset of the
// instant that t was made from, else one that depends on the zone's side of
// Greenwich.
func jodaUTC(t time.Time, zone string, from *time.Time) (time.Time, error) {
	at, err := offsets(zone)
	if err != nil {
		return t, err
	}
	if from != nil {
		if same := t.Add(-at(*from)); at(same) == at(*from) {
			return same, nil
		}
	}
	local := at(t)
	offset := at(t.Add(-local))
	if local != offset && local < 0 && at(t.Add(-offset)) != offset { // in a gap
		offset = local
	}
	return t.Add(-offset), nil
}

// offsetMinutesAt is how far a zone's clock is ahead at an instant.
func offsetMinutesAt(a []any) (any, error) {
	t := a[0].(time.Time)
	local, err := wall(t, a[1].(string))
	return int64(local.Sub(t) / time.Minute), err
}

// ZonedText is a timestamp with time zone as Athena shows it.
func ZonedText(z Zoned, precision int) string {
	t, err := wall(z.Time, z.Zone)
	if err != nil {
		t = z.Time
	}
	return TimestampText(t, precision) + " " + z.Zone
}

// TimestampText is a timestamp with precision digits of the second.
func TimestampText(t time.Time, precision int) string {
	text := DateText(t) + t.Format(" 15:04:05")
	if precision > 0 {
		text += "." + (fmt.Sprintf("%09d", t.Nanosecond()) + "000")[:precision]
	}
	return text
}

// DateText is the date of t; years beyond four digits keep their sign.
func DateText(t time.Time) string {
	year, sign := t.Year(), ""
	switch {
	case year < 0:
		year, sign = -year, "-"
	case year > 9999:
		sign = "+"
	}
	return fmt.Sprintf("%s%04d-%02d-%02d", sign, year, int(t.Month()), t.Day())
}

// MonthsText is an interval year to month: 1-2.
func MonthsText(months int64) string {
	sign := ""
	if months < 0 {
		sign, months = "-", -months
	}
	return fmt.Sprintf("%s%d-%d", sign, months/12, months%12)
}

// MillisText is an interval day to second: 1 02:03:04.500.
func MillisText(millis int64) string {
	sign := ""
	if millis < 0 {
		sign, millis = "-", -millis
	}
	return fmt.Sprintf("%s%d %02d:%02d:%02d.%03d", sign, millis/86_400_000, millis/3_600_000%24, millis/60_000%60, millis/1000%60, millis%1000)
}
