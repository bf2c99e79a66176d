package funcs

import (
	"fmt"
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
			return nil, invalid("Invalid offset minutes %d", seconds/60)
		}
		if offset[0] == '-' {
			seconds = -seconds
		}
		return time.FixedZone(offset, seconds), nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, failure("INVALID_FUNCTION_ARGUMENT", "'%s' is not a valid time zone", name)
	}
	return loc, nil
}

// zoneName is the zone as Trino shows it: Z, +00:00, GMT and the like are UTC.
func zoneName(text string) (string, error) {
	switch strings.ToUpper(text) {
	case "UTC", "Z", "GMT", "UT", "ETC/UTC", "ETC/GMT", "ETC/UCT", "ZULU", "ETC/ZULU", "UCT", "GMT0", "ETC/GMT0":
		return "UTC", nil
	}
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		if rest, ok := strings.CutPrefix(strings.ToUpper(text), prefix); ok && rest != "" && (rest[0] == '+' || rest[0] == '-') {
			text = rest
			break
		}
	}
	if text != "" && (text[0] == '+' || text[0] == '-') {
		if len(text) == 2 {
			text = text[:1] + "0" + text[1:]
		}
		if n, offset := offsetField(text); n == len(text) {
			_, err := zoneOf(offset)
			return offset, err
		}
	}
	_, err := zoneOf(text)
	return text, err
}

// wall is the clock on the wall of a zone at an instant, as if it were UTC.
func wall(t time.Time, zone string) (time.Time, error) {
	loc, err := zoneOf(zone)
	if err != nil {
		return t, err
	}
	_, offset := t.In(loc).Zone()
	return t.Add(time.Duration(offset) * time.Second), nil
}

// toUTC is the instant at which a zone's clock shows t. A time that the clock
// skips is moved forward by the gap; of two the earlier is taken.
func toUTC(t time.Time, zone string) (time.Time, error) {
	loc, err := zoneOf(zone)
	if err != nil {
		return t, err
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), loc).UTC(), nil
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
