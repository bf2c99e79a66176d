package funcs

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"logsql/sql/syntax"
)

// parsed is what a text says; fields that it does not say keep their value of
// 1970-01-01 00:00:00 UTC.
type parsed struct {
	year, month, day, yearDay         int
	weekYear, week, weekDay           int
	hour, minute, second, nanos, half int
	has                               [128]bool // fields, by their letters, that the text says
	zone                              string
}

// parseMoment reads text by the pieces: the wall clock and its zone, UTC where
// the text has none. The errors are Joda's.
func parseMoment(text string, pieces []piece) (Zoned, error) {
	v := parsed{year: 1970, month: 1, day: 1, zone: "UTC"}
	at := 0
	for i, p := range pieces {
		var n int
		if p.field == 0 {
			n = literalPrefix(text[at:], p.text)
		} else {
			next := i+1 < len(pieces) && isNumeric(pieces[i+1])
			var err error
			n, err = v.field(text[at:], p, next)
			var known *syntax.Error
			if errors.As(err, &known) {
				return Zoned{}, err
			}
			if err != nil {
				return Zoned{}, invalid(`Cannot parse "%s": %s`, text, err)
			}
		}
		if n < 0 {
			return Zoned{}, malformed(text, at)
		}
		at += n
	}
	if at < len(text) {
		return Zoned{}, malformed(text, at)
	}
	return v.moment(text)
}

func literalPrefix(s, literal string) int {
	if len(s) >= len(literal) && strings.EqualFold(s[:len(literal)], literal) {
		return len(literal)
	}
	return -1
}

func isNumeric(p piece) bool {
	return p.field != 0 && strings.IndexByte("EazZ", p.field) < 0 && !(p.field == 'M' && p.n >= 3)
}

func malformed(text string, at int) error {
	sample := text
	if utf8.RuneCountInString(text) > 35 {
		sample = text[:runeOffset(text, 32)] + "..."
	}
	switch {
	case at <= 0:
		return invalid(`Invalid format: "%s"`, sample)
	case at >= len(text):
		return invalid(`Invalid format: "%s" is too short`, sample)
	}
	return invalid(`Invalid format: "%s" is malformed at "%s"`, sample, sample[min(at, len(sample)):])
}

// fieldRange names a field as Joda's errors do.
var fieldRange = map[byte]struct {
	name     string
	min, max int
}{
	'M': {"monthOfYear", 1, 12}, 'd': {"dayOfMonth", 1, 31}, 'D': {"dayOfYear", 1, 366}, 'e': {"dayOfWeek", 1, 7},
	'w': {"weekOfWeekyear", 1, 53}, 'H': {"hourOfDay", 0, 23}, 'k': {"clockhourOfDay", 1, 24}, 'K': {"hourOfHalfday", 0, 11},
	'h': {"clockhourOfHalfday", 1, 12}, 'm': {"minuteOfHour", 0, 59}, 's': {"secondOfMinute", 0, 59},
}

// field reads one field at the beginning of s and tells how long it was, -1
// where it is not there.
func (v *parsed) field(s string, p piece, nextNumeric bool) (int, error) {
	v.has[p.field] = true
	switch p.field {
	case 'E':
		n, day := textField(s, func(i int) string { return time.Weekday(i).String() }, 7)
		v.weekDay = (day+6)%7 + 1
		return n, nil
	case 'a':
		n, half := textField(s, func(i int) string { return [2]string{"AM", "PM"}[i] }, 2)
		v.half = half
		return n, nil
	case 'z', 'Z':
		n, zone := zoneField(s, p)
		v.zone = zone
		return n, nil
	case 'S':
		return v.fraction(s, p.n), nil
	case 'M':
		if p.n >= 3 {
			n, month := textField(s, func(i int) string { return time.Month(i + 1).String() }, 12)
			v.month = month + 1
			return n, nil
		}
	}
	most, signed := 2, false
	switch p.field {
	case 'y', 'Y', 'x':
		most, signed = 9, p.field != 'Y'
		if p.n == 2 {
			return v.shortYear(s, p.field, nextNumeric || p.most > 0), nil
		}
		if nextNumeric {
			most = p.n
		}
		if p.most > 0 {
			most = p.most
		}
	case 'C', 'G':
		return -1, unsupported("Reading the field %c of a time is not supported yet", p.field)
	case 'D':
		most = 3
	}
	n, value := numberField(s, most, signed)
	if n < 0 {
		return n, nil
	}
	if r, ok := fieldRange[p.field]; ok && (value < r.min || value > r.max) {
		return n, &rangeError{value, r.name, r.min, r.max}
	}
	v.set(p.field, value)
	return n, nil
}

func (v *parsed) set(field byte, value int) {
	switch field {
	case 'y', 'Y':
		v.year = value
	case 'x':
		v.weekYear = value
	case 'M':
		v.month = value
	case 'd':
		v.day = value
	case 'D':
		v.yearDay = value
	case 'e':
		v.weekDay = value
	case 'w':
		v.week = value
	case 'H':
		v.hour = value
	case 'k':
		v.hour = value % 24
	case 'K':
		v.hour = value
	case 'h':
		v.hour = value % 12
	case 'm':
		v.minute = value
	case 's':
		v.second = value
	}
}

// shortYear reads two digits as the year of them nearest to 2020; other numbers
// of digits are the year as written.
func (v *parsed) shortYear(s string, field byte, nextNumeric bool) int {
	most := 9
	if nextNumeric {
		most = 2
	}
	n, value := numberField(s, most, true)
	if n == 2 && s[0] >= '0' && s[0] <= '9' {
		value += 2000
		if value > 2069 {
			value -= 100
		}
	}
	if n >= 0 {
		v.set(field, value)
	}
	return n
}

func (v *parsed) fraction(s string, width int) int {
	most := width
	if width < 0 {
		most = 9
	}
	n, scale := 0, 100_000_000
	v.nanos = 0
	for n < len(s) && n < most && s[n] >= '0' && s[n] <= '9' {
		v.nanos += int(s[n]-'0') * scale
		scale /= 10
		n++
	}
	if n == 0 {
		return -1
	}
	return n
}

func numberField(s string, most int, signed bool) (int, int) {
	i := 0
	if signed && s != "" && (s[0] == '-' || s[0] == '+') {
		i = 1
	}
	start := i
	for i < len(s) && i-start < most && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == start {
		return -1, 0
	}
	value, _ := strconv.Atoi(strings.TrimPrefix(s[:i], "+"))
	return i, value
}

// textField reads one of count names, whole or by its first three letters, in
// any case.
func textField(s string, name func(int) string, count int) (n, index int) {
	for i := range count {
		full := name(i)
		if literalPrefix(s, full) >= 0 {
			return len(full), i
		}
	}
	for i := range count {
		full := name(i)
		if len(full) > 3 && literalPrefix(s, full[:3]) >= 0 {
			return 3, i
		}
	}
	return -1, 0
}

var zoneNames = map[string]string{
	"UTC": "UTC", "UT": "UTC", "GMT": "UTC", "EST": "America/New_York", "EDT": "America/New_York",
	"CST": "America/Chicago", "CDT": "America/Chicago", "MST": "America/Denver", "MDT": "America/Denver",
	"PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
}

// zoneField reads an offset (Z, ZZ), an ID (ZZZ) or a short name (z).
func zoneField(s string, p piece) (int, string) {
	n := 0
	for n < len(s) && (s[n] >= 'A' && s[n] <= 'Z' || s[n] >= 'a' && s[n] <= 'z' || strings.IndexByte("/_+-:", s[n]) >= 0 || n > 0 && s[n] >= '0' && s[n] <= '9') {
		n++
	}
	if p.field == 'z' {
		for n := min(n, 4); n >= 2; n-- {
			if zone, ok := zoneNames[strings.ToUpper(s[:n])]; ok {
				return n, zone
			}
		}
		return -1, ""
	}
	if p.n >= 3 {
		return zoneID(s[:n])
	}
	if s != "" && (s[0] == 'Z' || s[0] == 'z') {
		return 1, "UTC"
	}
	return offsetField(s)
}

// zoneID reads a zone's name, which no offset is. Joda has the abbreviations
// for the places that have no summer time.
func zoneID(s string) (int, string) {
	places := map[string]string{"EST": "America/Panama", "MST": "America/Phoenix", "HST": "Pacific/Honolulu"}
	if place, ok := places[s]; ok {
		return len(s), place
	}
	if zone, err := zoneName(s); err == nil && s != "Z" && s[0] != '+' && s[0] != '-' {
		return len(s), zone
	}
	return -1, ""
}

func offsetField(s string) (int, string) {
	if len(s) < 3 || s[0] != '+' && s[0] != '-' {
		return -1, ""
	}
	digits, n := "", 1
	for n < len(s) && len(digits) < 4 {
		if s[n] == ':' && len(digits) == 2 && n+1 < len(s) && s[n+1] >= '0' && s[n+1] <= '9' {
			n++
			continue
		}
		if s[n] < '0' || s[n] > '9' {
			break
		}
		digits += s[n : n+1]
		n++
	}
	if len(digits) != 2 && len(digits) != 4 {
		return -1, ""
	}
	digits = (digits + "00")[:4]
	if digits[:2] > "23" || digits[2:] > "59" {
		return -1, ""
	}
	if digits == "0000" {
		return n, "UTC"
	}
	return n, s[:1] + digits[:2] + ":" + digits[2:]
}

// moment puts the fields together.
func (v *parsed) moment(text string) (Zoned, error) {
	hour := v.hour
	if v.has['a'] && !v.has['H'] && !v.has['k'] {
		hour += 12 * v.half
	}
	day, err := v.date()
	if err != nil {
		return Zoned{}, invalid(`Cannot parse "%s": %s`, text, err)
	}
	wallClock := time.Date(day.Year(), day.Month(), day.Day(), hour, v.minute, v.second, v.nanos, time.UTC)
	t, err := toUTC(wallClock, v.zone)
	if back, _ := wall(t, v.zone); err == nil && !back.Equal(wallClock) {
		err = invalid(`Cannot parse "%s": Illegal instant due to time zone offset transition (%s)`, text, v.zone)
	}
	return Zoned{Time: t, Zone: v.zone}, err
}

// dateFields are the fields of a date in the order in which Joda sets them,
// with the first day of what each names.
var dateFields = []struct {
	letter byte
	set    func(day time.Time, v *parsed) (time.Time, error)
	first  func(day time.Time) time.Time
}{
	{'y', setYear, func(d time.Time) time.Time { return onDay(d.Year(), 1, 1) }},
	{'x', setWeekYear, func(d time.Time) time.Time { y, _ := d.ISOWeek(); return isoDay(y, 1, 1) }},
	{'M', setMonth, func(d time.Time) time.Time { return onDay(d.Year(), d.Month(), 1) }},
	{'w', setWeek, func(d time.Time) time.Time { return d.AddDate(0, 0, 1-isoWeekday(d)) }},
	{'D', setYearDay, sameDay},
	{'d', setDay, sameDay},
	{'e', func(d time.Time, v *parsed) (time.Time, error) { return d.AddDate(0, 0, v.weekDay-isoWeekday(d)), nil }, sameDay},
}

// date sets the fields twice, as Joda does: each cut to its first day, then all
// again as they keep what the others have set, the last one cut. The year is
// 2000 where there are other fields of a date and no year.
func (v *parsed) date() (time.Time, error) {
	v.has['y'] = v.has['y'] || v.has['Y']
	v.has['e'] = v.has['e'] || v.has['E']
	var err error
	last := -1
	for i := range dateFields {
		if v.has[dateFields[i].letter] {
			if last < 0 && i > 1 {
				v.year, v.has['y'] = 2000, true
			}
			last = i
		}
	}
	day := onDay(1970, 1, 1)
	for pass := range 2 {
		for i, f := range dateFields {
			if !v.has[f.letter] {
				continue
			}
			if day, err = f.set(day, v); err != nil {
				return day, err
			}
			if pass == 0 || i == last {
				day = f.first(day)
			}
		}
	}
	return day, nil
}

func onDay(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func sameDay(d time.Time) time.Time { return d }

// setYear keeps the day, the last of February where it has to be.
func setYear(d time.Time, v *parsed) (time.Time, error) {
	return onDay(v.year, d.Month(), min(d.Day(), lastOfMonth(v.year, d.Month()))), nil
}

func lastOfMonth(year int, month time.Month) int { return onDay(year, month+1, 0).Day() }

func setWeekYear(d time.Time, v *parsed) (time.Time, error) {
	_, week := d.ISOWeek()
	return isoDay(v.weekYear, min(week, weeksOf(v.weekYear)), isoWeekday(d)), nil
}

func setMonth(d time.Time, v *parsed) (time.Time, error) {
	month := time.Month(v.month)
	return onDay(d.Year(), month, min(d.Day(), lastOfMonth(d.Year(), month))), nil
}

func setWeek(d time.Time, v *parsed) (time.Time, error) {
	weekYear, _ := d.ISOWeek()
	if most := weeksOf(weekYear); v.week > most {
		return d, &rangeError{v.week, "weekOfWeekyear", 1, most}
	}
	return isoDay(weekYear, v.week, isoWeekday(d)), nil
}

func setYearDay(d time.Time, v *parsed) (time.Time, error) {
	if most := onDay(d.Year(), 12, 31).YearDay(); v.yearDay > most {
		return d, &rangeError{v.yearDay, "dayOfYear", 1, most}
	}
	return onDay(d.Year(), 1, v.yearDay), nil
}

func setDay(d time.Time, v *parsed) (time.Time, error) {
	if most := lastOfMonth(d.Year(), d.Month()); v.day > most {
		return d, &rangeError{v.day, "dayOfMonth", 1, most}
	}
	return onDay(d.Year(), d.Month(), v.day), nil
}

func isoWeekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

// weeksOf is the number of weeks of an ISO year.
func weeksOf(year int) int {
	_, week := time.Date(year, 12, 28, 0, 0, 0, 0, time.UTC).ISOWeek()
	return week
}

func isoDay(year, week, weekday int) time.Time {
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)
	return fourth.AddDate(0, 0, 1-isoWeekday(fourth)+7*(week-1)+weekday-1)
}

// rangeError is a field's value that its field cannot have, in Joda's words.
type rangeError struct {
	value    int
	field    string
	min, max int
}

func (e *rangeError) Error() string {
	return fmt.Sprintf("Value %d for %s must be in the range [%d,%d]", e.value, e.field, e.min, e.max)
}
