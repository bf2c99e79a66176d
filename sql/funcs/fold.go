package funcs

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Stamp is the clock of a timestamp, or of one with time zone in UTC, where a
// date is a bare time.Time.
type Stamp struct{ time.Time }

// Fold is the value of a function of values that are known before the query
// runs: texts, int64s, days and Stamps. It is false for functions it does not
// know and wherever the query itself would complain.
func Fold(name string, args []any) (any, bool) {
	f := folds[name]
	if f == nil {
		return nil, false
	}
	v, err := f(args)
	return v, err == nil && v != nil
}

// Folds reports whether Fold knows a function.
func Folds(name string) bool { return folds[name] != nil }

var folds = map[string]func([]any) (any, error){
	"year":                   foldPart(time.Time.Year),
	"month":                  foldPart(func(t time.Time) int { return int(t.Month()) }),
	"day":                    foldPart(time.Time.Day),
	"day_of_month":           foldPart(time.Time.Day),
	"day_of_year":            foldPart(time.Time.YearDay),
	"doy":                    foldPart(time.Time.YearDay),
	"hour":                   foldPart(time.Time.Hour),
	"minute":                 foldPart(time.Time.Minute),
	"date":                   foldDate,
	"date_trunc":             foldTrunc,
	"date_add":               foldAdd,
	"date_diff":              foldDiff,
	"date_format":            foldFormat(mysql),
	"format_datetime":        foldFormat(joda),
	"date_parse":             foldParse(mysql),
	"parse_datetime":         foldParse(joda),
	"from_iso8601_date":      goISODate,
	"from_iso8601_timestamp": func(a []any) (any, error) { return foldZoned(parseISO(a[0].(string))) },
	"lower":                  foldASCII(strings.ToLower),
	"upper":                  foldASCII(strings.ToUpper),
	"substr":                 foldSubstr,
	"substring":              foldSubstr,
	"lpad":                   foldPad,
	"replace":                foldReplace,
}

var errNotFolded = invalid("not known before the query runs")

func timeOf(v any) (t time.Time, isStamp, ok bool) {
	switch v := v.(type) {
	case time.Time:
		return v, false, true
	case Stamp:
		return v.Time, true, true
	}
	return time.Time{}, false, false
}

// likeTime is t as a value of the kind that it came from.
func likeTime(t time.Time, isStamp bool) any {
	if isStamp {
		return Stamp{t}
	}
	return t
}

func foldPart(part func(time.Time) int) func([]any) (any, error) {
	return func(a []any) (any, error) {
		t, _, ok := timeOf(a[0])
		if !ok {
			return nil, errNotFolded
		}
		return int64(part(t)), nil
	}
}

func foldDate(a []any) (any, error) {
	if t, _, ok := timeOf(a[0]); ok {
		return midnight(t), nil
	}
	day, ok := ParseDay(a[0].(string))
	if !ok {
		return nil, errNotFolded
	}
	return day, nil
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func foldTrunc(a []any) (any, error) {
	t, isStamp, ok := timeOf(a[1])
	day := midnight(t)
	switch unit := strings.ToLower(a[0].(string)); {
	case !ok:
	case unit == "year":
		return likeTime(time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC), isStamp), nil
	case unit == "month":
		return likeTime(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC), isStamp), nil
	case unit == "week":
		return likeTime(day.AddDate(0, 0, -(int(day.Weekday())+6)%7), isStamp), nil
	case unit == "day":
		return likeTime(day, isStamp), nil
	case isStamp && clockUnits[unit] > 0:
		return Stamp{t.Truncate(clockUnits[unit])}, nil
	}
	return nil, errNotFolded
}

var clockUnits = map[string]time.Duration{"hour": time.Hour, "minute": time.Minute, "second": time.Second}

const foldedAtMost = 1 << 20 // of any unit: far from where a moment overflows

func foldAdd(a []any) (any, error) {
	unit, n := strings.ToLower(a[0].(string)), a[1].(int64)
	t, isStamp, ok := timeOf(a[2])
	switch {
	case !ok || max(n, -n) > foldedAtMost:
	case unit == "year":
		return likeTime(AddMonths(t, 12*n), isStamp), nil
	case unit == "quarter":
		return likeTime(AddMonths(t, 3*n), isStamp), nil
	case unit == "month":
		return likeTime(AddMonths(t, n), isStamp), nil
	case unit == "week":
		return likeTime(t.AddDate(0, 0, int(7*n)), isStamp), nil
	case unit == "day":
		return likeTime(t.AddDate(0, 0, int(n)), isStamp), nil
	case isStamp && clockUnits[unit] > 0:
		return Stamp{t.Add(time.Duration(n) * clockUnits[unit])}, nil
	}
	return nil, errNotFolded
}

// AddMonths keeps the day where the month has it, else takes the month's last.
func AddMonths(t time.Time, n int64) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1).Add(t.Sub(midnight(t)))
}

// foldDiff counts whole units of a fixed length.
func foldDiff(a []any) (any, error) {
	from, _, ok1 := timeOf(a[1])
	to, _, ok2 := timeOf(a[2])
	unit := strings.ToLower(a[0].(string))
	size := map[string]time.Duration{"day": 24 * time.Hour, "hour": time.Hour, "minute": time.Minute}[unit]
	const century = 100 * 365 * 24 * time.Hour
	if d := to.Sub(from); ok1 && ok2 && size > 0 && d < century && d > -century {
		return int64(d / size), nil
	}
	return nil, errNotFolded
}

func foldFormat(p *patterns) func([]any) (any, error) {
	return func(a []any) (any, error) {
		t, _, ok := timeOf(a[0])
		pieces, err := p.get(a[1].(string))
		if !ok || err != nil || hasZoneField(pieces) {
			return nil, errNotFolded
		}
		return formatMoment(roundTime(t, 3), "UTC", pieces), nil
	}
}

func foldParse(p *patterns) func([]any) (any, error) {
	return func(a []any) (any, error) { return foldZoned(parseWith(p, a)) }
}

func foldZoned(z Zoned, err error) (any, error) {
	if err != nil || z.Zone != "UTC" {
		return nil, errNotFolded
	}
	return Stamp{z.Time.Truncate(time.Millisecond)}, nil
}

func foldASCII(f func(string) string) func([]any) (any, error) {
	return func(a []any) (any, error) {
		s, ok := a[0].(string)
		if !ok || !isASCII(s) || len(a) > 1 {
			return nil, errNotFolded
		}
		return f(s), nil
	}
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

func foldSubstr(a []any) (any, error) {
	s, ok := a[0].(string)
	from := a[1].(int64)
	length := int64(len(s))
	if len(a) > 2 {
		length = a[2].(int64)
	}
	switch {
	case !ok || !isASCII(s) || from < 1:
		return nil, errNotFolded
	case from > int64(len(s)) || length <= 0:
		return "", nil
	}
	return s[from-1 : from-1+min(length, int64(len(s))-from+1)], nil
}

func foldPad(a []any) (any, error) {
	if a[1].(int64) > 1000 {
		return nil, errNotFolded
	}
	return goPad(a, "lpad")
}

func foldReplace(a []any) (any, error) {
	s, from, to := a[0].(string), a[1].(string), ""
	if len(a) > 2 {
		to = a[2].(string)
	}
	if from == "" {
		return nil, errNotFolded
	}
	return strings.ReplaceAll(s, from, to), nil
}
