package bind

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"logsql/sql/syntax"
)

// intervalUnits are the fields from large to small with their size in months
// or milliseconds and what stands before them.
var intervalUnits = []struct {
	name      string
	months    bool
	size      int64
	separator string
}{
	{"YEAR", true, 12, ""},
	{"MONTH", true, 1, "-"},
	{"DAY", false, 86400000, ""},
	{"HOUR", false, 3600000, " "},
	{"MINUTE", false, 60000, ":"},
	{"SECOND", false, 1000, ":"},
}

func unitIndex(name string) int {
	for i, u := range intervalUnits {
		if u.name == name {
			return i
		}
	}
	return -1
}

// intervalSpan is the first and the last field of an interval.
func intervalSpan(x *syntax.IntervalLit) (first, last int) {
	first = unitIndex(x.Field)
	if x.To == "" {
		return first, first
	}
	return first, unitIndex(x.To)
}

func validQualifier(x *syntax.IntervalLit) bool {
	first, last := intervalSpan(x)
	return first >= 0 && last >= first && intervalUnits[first].months == intervalUnits[last].months
}

var secondPattern = regexp.MustCompile(`^(\d*)(?:\.(\d*))?$`)

// ParseInterval is the value of an interval literal: months for year to month,
// else milliseconds. Fields may be left out from the end.
func ParseInterval(x *syntax.IntervalLit) (months, millis int64, ok bool) {
	if !validQualifier(x) {
		return 0, 0, false
	}
	first, last := intervalSpan(x)
	text, negative := strings.CutPrefix(x.Value, "-")
	total := int64(0)
	for i := first; i <= last; i++ {
		field, more := text, false
		if i < last {
			field, text, more = strings.Cut(text, intervalUnits[i+1].separator)
		}
		n, ok := intervalField(field, intervalUnits[i].size, intervalUnits[i].name == "SECOND")
		if !ok || more && field == "" {
			return 0, 0, false
		}
		total += n
		if !more {
			break
		}
	}
	if negative != x.Negative {
		total = -total
	}
	if intervalUnits[first].months {
		return total, 0, total >= math.MinInt32 && total <= math.MaxInt32
	}
	return 0, total, true
}

// intervalField is a field's number, 0 where there is none; a second may have
// milliseconds, of which digits beyond three do not count.
func intervalField(text string, size int64, isSecond bool) (int64, bool) {
	parts := secondPattern.FindStringSubmatch(strings.TrimPrefix(text, "+"))
	if parts == nil || !isSecond && strings.Contains(text, ".") {
		return 0, false
	}
	n, err := strconv.ParseInt("0"+parts[1], 10, 32)
	ms, _ := strconv.ParseInt((parts[2] + "000")[:3], 10, 64)
	return n*size + ms, err == nil
}
