package funcs

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// parsed is what a text says; fields that it does not say keep their value of
// 1970-01-01 00:00:00 UTC.
type parsed struct {
	year, month, day, yearDay         int
	weekYear, week, weekDay           int
	hour, minute, second, nanos, half int
	hasHalf                           bool // hour is of a half day
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
			if n, err = v.field(text[at:], p, next); err != nil {
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
		most, signed = 9, true
		if p.n == 2 {
			return v.shortYear(s, p.field, nextNumeric), nil
		}
		if nextNumeric {
			most = p.n
		}
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
		v.hour, v.hasHalf = value, true
	case 'h':
		v.hour, v.hasHalf = value%12, true
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
		if zone, err := zoneName(s[:n]); err == nil {
			return n, zone
		}
		return -1, ""
	}
	if s != "" && (s[0] == 'Z' || s[0] == 'z') {
		return 1, "UTC"
	}
	return offsetField(s)
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
	if v.hasHalf {
		hour += 12 * v.half
	}
	day := time.Date(v.year, time.Month(v.month), v.day, 0, 0, 0, 0, time.UTC)
	switch {
	case v.yearDay > 0:
		day = time.Date(v.year, 1, v.yearDay, 0, 0, 0, 0, time.UTC)
	case v.week > 0 || v.weekYear != 0:
		day = isoDay(v)
	case day.Day() != v.day:
		last := time.Date(v.year, time.Month(v.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
		return Zoned{}, invalid(`Cannot parse "%s": Value %d for dayOfMonth must be in the range [1,%d]`, text, v.day, last)
	}
	wallClock := time.Date(day.Year(), day.Month(), day.Day(), hour, v.minute, v.second, v.nanos, time.UTC)
	t, err := toUTC(wallClock, v.zone)
	if back, _ := wall(t, v.zone); err == nil && !back.Equal(wallClock) {
		err = invalid(`Cannot parse "%s": Illegal instant due to time zone offset transition (%s)`, text, v.zone)
	}
	return Zoned{Time: t, Zone: v.zone}, err
}

func isoDay(v *parsed) time.Time {
	year := v.weekYear
	if year == 0 {
		year = v.year
	}
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7)
	return monday.AddDate(0, 0, 7*(max(v.week, 1)-1)+max(v.weekDay, 1)-1)
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
