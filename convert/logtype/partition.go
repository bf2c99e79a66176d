package logtype

import (
	"time"

	"logsql/convert/schema"
)

const secondsPerDay = 86400

// days gives the partition of a record from the key's date, else from the
// record's own, else from the object's. The slice it returns stays the same
// while the day does, so that a Sink can tell at a glance.
type days struct {
	prefix   []string // partition values before the year
	fixed    bool     // the key has the date: every record goes there
	fallback int64    // the day for records without a date, in days since 1970
	last     int64
	values   []string
}

// newDays prepares for one object. prefix are the partition values that come
// before the year.
func newDays(in *Input, prefix ...string) *days {
	d := &days{prefix: prefix}
	d.begin(in)
	return d
}

// begin prepares for one more object. A day that one before it had stays.
func (d *days) begin(in *Input) {
	at := in.FallbackDay
	if at.IsZero() {
		at = in.Object.LastModified
	}
	d.fallback = dayOf(at.Unix())
	switch m := in.Match; {
	case m.DayFromKey:
		d.fixed = true
		d.values = append(append([]string{}, d.prefix...), m.Year, m.Month, m.Day)
	case d.fixed:
		d.fixed, d.values = false, nil
	}
}

func dayOf(seconds int64) int64 {
	if seconds < 0 {
		seconds -= secondsPerDay - 1
	}
	return seconds / secondsPerDay
}

// at returns the partition of a record that happened at seconds since 1970.
func (d *days) at(seconds int64) []string {
	if d.fixed {
		return d.values
	}
	return d.day(dayOf(seconds))
}

// undated returns the partition of a record that has no date.
func (d *days) undated() []string {
	if d.fixed {
		return d.values
	}
	return d.day(d.fallback)
}

func (d *days) day(day int64) []string {
	if d.values == nil || day != d.last {
		t := time.Unix(day*secondsPerDay, 0).UTC()
		d.last = day
		d.values = append(append([]string{}, d.prefix...), t.Format("2006"), t.Format("01"), t.Format("02"))
	}
	return d.values
}

// dated are the partition columns of every log type, or the last of them.
var dated = []string{"year", "month", "day"}

// additionalFields is the column for what a record has beyond the documented
// ones.
var additionalFields = schema.Column{Name: "additional_fields", Type: schema.Text}
