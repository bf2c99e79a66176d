package bind

import (
	"regexp"
	"strings"
	"time"

	"logsql/convert/schema"
)

// Moment is what a date, time or timestamp literal says.
type Moment struct {
	Kind   schema.Kind
	Time   time.Time // wall clock as if in UTC; of a timestamp with zone the instant
	Digits int       // of the second's fraction as written
	Zone   string    // as Trino shows it: UTC, +08:00, Asia/Shanghai
}

// Type is the literal's type: its precision is the digits written.
func (m Moment) Type() schema.Type {
	if m.Kind == schema.Date {
		return schema.Of(schema.Date)
	}
	return schema.Type{Kind: m.Kind, Precision: m.Digits}
}

// Text is the moment without its zone, as a DuckDB literal takes it.
func (m Moment) Text() string {
	switch m.Kind {
	case schema.Date:
		return m.Time.Format("2006-01-02")
	case schema.Time:
		return m.Time.Format("15:04:05.999999")
	}
	return m.Time.Format("2006-01-02 15:04:05.999999")
}

var (
	datePattern = regexp.MustCompile(`^\s*(\d{4,})-(\d{1,2})-(\d{1,2})\s*$`)
	timePattern = regexp.MustCompile(`^\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,12}))?)?\s*$`)
	// A timestamp is a date, then perhaps a time, then perhaps a zone.
	stampPattern  = regexp.MustCompile(`^\s*(\d{4,}-\d{1,2}-\d{1,2})(?:[ T](\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d{1,12})?)?))?\s*([^\s\d:.].*)?$`)
	offsetPattern = regexp.MustCompile(`^([+-])(\d{1,2})(?::?(\d{2}))?$`)
)

// ParseMoment reads the text of a literal of kind Date, Time, Timestamp or
// TimestampTZ. A timestamp with a zone in it is one with time zone whatever it
// was called.
func ParseMoment(kind schema.Kind, text string) (Moment, bool) {
	m := Moment{Kind: kind}
	switch kind {
	case schema.Date:
		day, ok := parseDay(text)
		m.Time = day
		return m, ok
	case schema.Time:
		clock, digits, ok := parseClock(text)
		m.Time, m.Digits = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).Add(clock), digits
		return m, ok
	case schema.Timestamp, schema.TimestampTZ:
		return parseStamp(m, text)
	}
	return m, false
}

func parseStamp(m Moment, text string) (Moment, bool) {
	parts := stampPattern.FindStringSubmatch(text)
	if parts == nil {
		return m, false
	}
	day, ok := parseDay(parts[1])
	if !ok {
		return m, false
	}
	clock := time.Duration(0)
	if parts[2] != "" {
		if clock, m.Digits, ok = parseClock(parts[2]); !ok {
			return m, false
		}
	}
	m.Time = day.Add(clock)
	zone := strings.TrimSpace(parts[3])
	if zone == "" {
		return m, m.Kind == schema.Timestamp
	}
	loc, name, ok := parseZone(zone)
	if !ok {
		return m, false
	}
	m.Kind, m.Zone = schema.TimestampTZ, name
	t := m.Time
	m.Time = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), loc).UTC()
	return m, true
}

func parseDay(text string) (time.Time, bool) {
	parts := datePattern.FindStringSubmatch(text)
	if parts == nil || len(parts[1]) > 6 {
		return time.Time{}, false
	}
	y, mo, d := atoi(parts[1]), atoi(parts[2]), atoi(parts[3])
	t := time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC)
	return t, t.Year() == y && int(t.Month()) == mo && t.Day() == d
}

func parseClock(text string) (time.Duration, int, bool) {
	parts := timePattern.FindStringSubmatch(text)
	if parts == nil {
		return 0, 0, false
	}
	h, mi, s := atoi(parts[1]), atoi(parts[2]), atoi(parts[3])
	nanos := atoi((parts[4] + "000000000")[:9])
	clock := time.Duration(h)*time.Hour + time.Duration(mi)*time.Minute + time.Duration(s)*time.Second + time.Duration(nanos)
	return clock, len(parts[4]), h < 24 && mi < 60 && s < 60
}

func parseZone(text string) (*time.Location, string, bool) {
	if strings.EqualFold(text, "UTC") || strings.EqualFold(text, "Z") {
		return time.UTC, "UTC", true
	}
	if parts := offsetPattern.FindStringSubmatch(text); parts != nil {
		h, mi := atoi(parts[2]), atoi(parts[3])
		seconds := h*3600 + mi*60
		if parts[1] == "-" {
			seconds = -seconds
		}
		if seconds == 0 {
			return time.UTC, "UTC", true
		}
		name := parts[1] + two(h) + ":" + two(mi)
		return time.FixedZone(name, seconds), name, h <= 14 && mi < 60
	}
	loc, err := time.LoadLocation(text)
	if err != nil || text == "Local" {
		return nil, "", false
	}
	return loc, text, true
}

// atoi reads digits a pattern has found; "" is 0.
func atoi(digits string) int {
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

func two(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }
