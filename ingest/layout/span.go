package layout

import (
	"strings"
	"time"
)

// Span is the days that the folders of a key allow, the last included: a day,
// or only a month or a year. A prefix that ends in a slash is a folder.
func Span(key string) (first, last time.Time, ok bool) {
	rest, ok := belowAWSLogs(key)
	if !ok || len(rest) < 4 {
		return first, last, false
	}
	names := [...]string{"year=", "month=", "day="}
	digits := ""
	for i, seg := range rest[3:min(len(rest), 6)] {
		seg = strings.TrimPrefix(seg, names[i])
		if i == 0 && len(seg) != 4 || i > 0 && len(seg) != 2 {
			break
		}
		t := clock("20060102"[:len(digits)+len(seg)], digits+seg)
		if t.IsZero() {
			break
		}
		digits += seg
		first, last = t, t
		switch i {
		case 0:
			last = t.AddDate(1, 0, -1)
		case 1:
			last = t.AddDate(0, 1, -1)
		}
	}
	return first, last, digits != ""
}

// Leads tells whether the folders right below prefix are accounts, services,
// regions, years, months or days.
func Leads(prefix string) bool {
	rest, ok := belowAWSLogs(prefix)
	return ok && len(rest) <= 5
}

// belowAWSLogs are the folders of key after AWSLogs/ and the organisation.
func belowAWSLogs(key string) ([]string, bool) {
	folders := strings.Split(key, "/")
	folders = folders[:len(folders)-1]
	for i, seg := range folders {
		if seg == "AWSLogs" {
			return organization(folders[i+1:], &Match{}), true
		}
	}
	return nil, false
}
