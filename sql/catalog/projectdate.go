package catalog

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// dateUnits are the units of projection.<column>.interval.unit.
var dateUnits = []string{"YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"}

// dateLetters are java.time's pattern letters that dates are projected with:
// the Go layout for each number of letters, and the unit.
var dateLetters = []struct {
	letters, layout, unit string
}{
	{"yyyy", "2006", "YEAR"},
	{"uuuu", "2006", "YEAR"},
	{"yy", "06", "YEAR"},
	{"y", "2006", "YEAR"},
	{"MMMM", "January", "MONTH"},
	{"MMM", "Jan", "MONTH"},
	{"MM", "01", "MONTH"},
	{"M", "1", "MONTH"},
	{"DDD", "002", "DAY"},
	{"dd", "02", "DAY"},
	{"d", "2", "DAY"},
	{"HH", "15", "HOUR"},
	{"mm", "04", "MINUTE"},
	{"m", "4", "MINUTE"},
	{"ss", "05", "SECOND"},
	{"s", "5", "SECOND"},
}

// datePiece is a literal or one pattern letter's run.
type datePiece struct{ literal, layout, unit string }

// datePieces takes a java.time pattern apart.
func datePieces(format string) (pieces []datePiece, err error) {
	for i := 0; i < len(format); {
		c := format[i]
		switch {
		case c == '\'':
			end := strings.IndexByte(format[i+1:], '\'')
			if end < 0 {
				return nil, fmt.Errorf("a ' is not closed")
			}
			text := format[i+1 : i+1+end]
			if text == "" {
				text = "'"
			}
			pieces = append(pieces, datePiece{literal: text})
			i += end + 2
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			run := len(format[i:]) - len(strings.TrimLeft(format[i:], string(c)))
			p, ok := dateLetter(format[i : i+run])
			if !ok {
				return nil, fmt.Errorf("pattern letters %s are not supported", format[i:i+run])
			}
			pieces = append(pieces, p)
			i += run
		default:
			pieces = append(pieces, datePiece{literal: string(c)})
			i++
		}
	}
	return pieces, nil
}

func dateLetter(run string) (datePiece, bool) {
	for _, l := range dateLetters {
		if l.letters == run {
			return datePiece{layout: l.layout, unit: l.unit}, true
		}
	}
	return datePiece{}, false
}

// finestUnit is the smallest unit that a pattern shows.
func finestUnit(format string) (string, error) {
	pieces, err := datePieces(format)
	if err != nil {
		return "", err
	}
	finest := -1
	for _, p := range pieces {
		for i, unit := range dateUnits {
			if unit == p.unit {
				finest = max(finest, i)
			}
		}
	}
	if finest < 0 {
		return "", fmt.Errorf("it shows no part of a date")
	}
	return dateUnits[finest], nil
}

func formatDate(pieces []datePiece, t time.Time) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.layout == "" {
			b.WriteString(p.literal)
		} else {
			b.WriteString(t.Format(p.layout))
		}
	}
	return b.String()
}

// parseDate reads text piece by piece, so that a literal is never taken for
// one of Go's layouts.
func parseDate(pieces []datePiece, text string) (time.Time, bool) {
	var layout, value strings.Builder
	for i, p := range pieces {
		if p.layout == "" {
			rest, ok := strings.CutPrefix(text, p.literal)
			if !ok {
				return time.Time{}, false
			}
			text = rest
			continue
		}
		n := len(p.layout)
		if len(p.layout) == 1 || p.layout == "January" {
			n = len(text)
			if i+1 < len(pieces) && pieces[i+1].literal != "" {
				n = strings.Index(text, pieces[i+1].literal)
			}
		}
		if n < 0 || n > len(text) {
			return time.Time{}, false
		}
		layout.WriteString(p.layout + "\x01")
		value.WriteString(text[:n] + "\x01")
		text = text[n:]
	}
	t, err := time.Parse(layout.String(), value.String())
	return t, err == nil && text == ""
}

var relativeDate = regexp.MustCompile(`^\s*NOW\s*(?:([+-])\s*([0-9]+)\s*(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?\s*)?$`)

// bound reads an end of the range: a date in the column's format or one
// relative to NOW.
func (c *ProjectedColumn) bound(pieces []datePiece, text string, now time.Time) (time.Time, error) {
	if m := relativeDate.FindStringSubmatch(strings.ToUpper(text)); m != nil {
		if m[1] == "" {
			return now, nil
		}
		n, err := strconv.Atoi(m[1] + m[2])
		return addUnits(now, n, m[3]), err
	}
	if t, ok := parseDate(pieces, text); ok {
		return t, nil
	}
	return time.Time{}, athenaSays("Property: 'projection.%s.range' needs to be a list of 2 valid dates formatted as '%s' or '%s' that are sequential: '%s' is neither",
		c.Name, c.Format, relativeDate, text)
}

func (c *ProjectedColumn) dates(now time.Time) (from, to time.Time, err error) {
	pieces, err := datePieces(c.Format)
	if err != nil {
		return from, to, err
	}
	if from, err = c.bound(pieces, c.Range[0], now); err != nil {
		return from, to, err
	}
	if to, err = c.bound(pieces, c.Range[1], now); err != nil {
		return from, to, err
	}
	if from.After(to) {
		err = athenaSays("Property: 'projection.%s.range' needs to be a list of 2 valid dates that are sequential: '%s' is after '%s'", c.Name, c.Range[0], c.Range[1])
	}
	return from, to, err
}

// dateValues steps from the range's begin to its end.
func (c *ProjectedColumn) dateValues(now time.Time) ([]string, error) {
	from, to, err := c.dates(now)
	if err != nil {
		return nil, badProjection("Column projection for column '%s' failed. %s", c.Name, err)
	}
	pieces, _ := datePieces(c.Format)
	// What the format does not show of both ends does not decide whether the
	// last value is in the range.
	last := formatDate(pieces, to)
	var values []string
	for n := 0; ; n++ {
		t := addUnits(from, n*c.Interval, c.IntervalUnit)
		text := formatDate(pieces, t)
		if t.After(to) {
			if text == last && (len(values) == 0 || values[len(values)-1] != last) {
				values = append(values, last)
			}
			return values, nil
		}
		if len(values) == 0 || values[len(values)-1] != text {
			values = append(values, text)
		}
		if n > maxProjected {
			return nil, tooMany(c.Name)
		}
	}
}

func addUnits(t time.Time, n int, unit string) time.Time {
	switch unit {
	case "YEAR":
		return addMonths(t, 12*n)
	case "MONTH":
		return addMonths(t, n)
	case "WEEK":
		return t.AddDate(0, 0, 7*n)
	case "DAY":
		return t.AddDate(0, 0, n)
	case "HOUR":
		return t.Add(time.Duration(n) * time.Hour)
	case "MINUTE":
		return t.Add(time.Duration(n) * time.Minute)
	}
	return t.Add(time.Duration(n) * time.Second)
}

// addMonths keeps to the month: a month after 31 January is 28 February.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	day := min(t.Day(), first.AddDate(0, 1, -1).Day())
	return first.AddDate(0, 0, day-1)
}
