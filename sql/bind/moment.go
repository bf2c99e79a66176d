package bind

import (
	"math"

	"logsql/convert/schema"
	"logsql/sql/funcs"
)

// ParseMoment reads the text of a literal of a date, time or timestamp, and
// tells the literal's type: its digits are those written, and with a zone in
// it it is one with time zone, whatever it was called.
func ParseMoment(kind schema.Kind, text string) (funcs.Moment, schema.Type, bool) {
	switch kind {
	case schema.Date:
		day, ok := funcs.ParseDay(text)
		return funcs.Moment{Time: day}, schema.Of(kind), ok
	case schema.Time, schema.TimeTZ:
		m, ok := funcs.ParseClock(text)
		t := momentType(schema.Time, m)
		if _, _, inRange := m.UTCClock(); !inRange {
			ok = false
		}
		return m, t, ok
	}
	m, ok := funcs.ParseStamp(text)
	if m.Zone != "" {
		ok = ok && funcs.InZone(m)
	}
	const lastSecond = math.MaxInt64/1_000_000 - 1 // a timestamp is 64 bits of microseconds
	if s := m.Time.Unix(); s > lastSecond || s < -lastSecond {
		ok = false
	}
	return m, momentType(schema.Timestamp, m), ok
}

func momentType(kind schema.Kind, m funcs.Moment) schema.Type {
	if m.Zone != "" {
		kind++
	}
	return schema.Type{Kind: kind, Precision: m.Digits}
}
