package funcs

import (
	"fmt"
	"math/big"
	"regexp"
	"time"
)

var nanosGo = []GoFunc{
	{Name: "trino_whole_nanos", Signature: "(varchar) varchar", Call: goWholeNanos},
	{Name: "trino_iso_nanos", Signature: "(varchar) varchar", Call: func(a []any) (any, error) {
		m, err := parseISONanos(a[0].(string))
		return m.Epoch().String(), err
	}},
	{Name: "trino_iso_nanos_zone", Signature: "(varchar) varchar", Call: func(a []any) (any, error) {
		m, err := parseISONanos(a[0].(string))
		return m.Zone, err
	}},
}

// goWholeNanos rounds a decimal half away from zero; its seconds must fit 64
// bits of milliseconds.
func goWholeNanos(a []any) (any, error) {
	r, _ := new(big.Rat).SetString(a[0].(string))
	text := r.FloatString(0)
	n, _ := new(big.Int).SetString(text, 10)
	if !new(big.Int).Quo(n, big.NewInt(1000)).IsInt64() {
		return nil, invalid("long overflow")
	}
	return text, nil
}

// isoNanosParts are what Java's ISO_DATE_TIME reads, one after the other.
var isoNanosParts = []*regexp.Regexp{
	regexp.MustCompile(`^[+-]?\d{4,9}`), regexp.MustCompile(`^-`), regexp.MustCompile(`^\d\d`), regexp.MustCompile(`^-`), regexp.MustCompile(`^\d\d`),
	regexp.MustCompile(`^[Tt]`), regexp.MustCompile(`^\d\d`), regexp.MustCompile(`^:`), regexp.MustCompile(`^\d\d`),
}

var isoNanosRest = regexp.MustCompile(`^(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:\d\d(?::\d\d)?)?`)

// parseISONanos is from_iso8601_timestamp_nanos: all of a date and at least
// hours and minutes.
func parseISONanos(text string) (Moment, error) {
	at := 0
	for _, part := range isoNanosParts {
		n := len(part.FindString(text[at:]))
		if n == 0 {
			return Moment{}, invalid("Text '%s' could not be parsed at index %d", text, at)
		}
		at += n
	}
	rest := isoNanosRest.FindStringSubmatch(text[at:])
	if end := at + len(rest[0]); end < len(text) {
		return Moment{}, invalid("Text '%s' could not be parsed, unparsed text found at index %d", text, end)
	}
	fraction := ""
	if rest[2] != "" {
		fraction = "." + rest[2]
	}
	second := rest[1]
	if second == "" {
		second = "00"
	}
	m, ok := ParseStamp(fmt.Sprintf("%s %s:%s%s", text[:at-6], text[at-5:at], second, fraction))
	if !ok {
		return Moment{}, invalid("Text '%s' could not be parsed", text)
	}
	m.Zone = "UTC"
	if zone := rest[3]; zone != "" && zone != "z" {
		name, err := zoneName(zone)
		if err != nil {
			return Moment{}, err
		}
		m.Zone = name
	}
	utc, err := toUTC(m.Time, m.Zone)
	m.Time = utc.Truncate(time.Microsecond)
	return m, err
}
