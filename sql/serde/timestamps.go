package serde

import (
	"strconv"
	"strings"
	"time"

	"logsql/sql/funcs"
)

// moments reads timestamps by timestamp.formats, then as Hive does by default.
type moments struct {
	formats []func(string) (time.Time, bool)
}

// newMoments takes timestamp.formats apart, patterns of Joda's between commas.
func newMoments(p map[string]string) (m moments, err error) {
	text := strings.NewReplacer(`\\`, `\`, `\,`, "\x00").Replace(p["timestamp.formats"])
	for _, pattern := range strings.Split(text, ",") {
		format := epochMillis
		switch pattern = strings.ReplaceAll(pattern, "\x00", ","); {
		case pattern == "":
			continue
		case !strings.EqualFold(pattern, "millis"):
			if format, err = funcs.JodaParser(pattern); err != nil {
				return m, refuse("NOT_SUPPORTED", "The pattern '%s' of timestamp.formats is not supported yet", pattern)
			}
		}
		m.formats = append(m.formats, format)
	}
	return m, nil
}

// epochMillis reads milliseconds, cutting off a fraction.
func epochMillis(text string) (time.Time, bool) {
	whole, fraction, hasPoint := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	ok := err == nil && !strings.HasPrefix(whole, "+") && allDigits([]byte(fraction)) && hasPoint == (fraction != "")
	return time.UnixMilli(n).UTC(), ok
}

func (m moments) parse(text string) (time.Time, bool) {
	text = javaTrim(text)
	for _, format := range m.formats {
		if t, ok := format(text); ok {
			return t, true
		}
	}
	return hiveTimestamp(text)
}

const shortestTimestamp = 8 // Hive's; less is NULL

// append appends a timestamp as LazySimpleSerDe reads it.
func (m moments) append(v *Vector, text string) {
	if len(text) >= shortestTimestamp {
		if t, ok := m.parse(text); ok {
			v.timestamp(t)
			return
		}
	}
	v.null()
}
