// Package layout knows the key patterns under which AWS delivers logs, and what
// a key tells about its object: log type, account, region, day. It goes by
// shape, not by digits: an account of 11 digits and a region nobody heard of
// exist in real buckets. It does no I/O and never looks at content.
package layout

import (
	"strings"
	"time"
)

// The log types that keys tell.
const (
	FlowLogs   = "vpc_flow_logs"
	AccessLogs = "s3_access_logs"
	CloudTrail = "cloudtrail_logs"

	NetworkActivity = "cloudtrail_network_activity"
	Insights        = "cloudtrail_insights"
	Aggregated      = "cloudtrail_aggregated"
)

// Match is what a key tells. The zero Match is a key that says nothing; its
// object may be a log all the same.
type Match struct {
	Type      string // one of the above, or "" where the key does not tell
	Layout    string // name in the table of layouts; may be set where Type is not
	Neighbour string // what known thing that is no log of ours this is, in words

	// The partition values as the key writes them, "" where it has none. Year,
	// Month and Day are set together, and only for a day of the calendar.
	Organization, Account, Region string
	Year, Month, Day, Hour        string

	FileTime   time.Time // of the file's name, UTC; zero where it has none
	DayFromKey bool      // Year, Month and Day are set
}

// Date is the day the key names: its date partition, else the time in the name
// of the file.
func (m Match) Date() (day time.Time, ok bool) {
	if m.DayFromKey {
		return calendarDay(m.Year, m.Month, m.Day)
	}
	if !m.FileTime.IsZero() {
		return m.FileTime.Truncate(24 * time.Hour), true
	}
	return time.Time{}, false
}

// Layout is one key pattern. match gets the segments of the key; it fills in
// what it can and reports whether the pattern is the key's.
type Layout struct {
	Name  string
	Type  string // of the logs below it; "" for neighbours
	match func(segs []string, m *Match) bool
}

// Layouts is the table of key patterns; the first that matches is taken.
var Layouts = []Layout{
	{"vpcflow", FlowLogs, flowPlain},
	{"vpcflow-hive", FlowLogs, flowHive},
	{"cloudtrail", CloudTrail, trail("CloudTrail")},
	{"cloudtrail-network-activity", NetworkActivity, trail("CloudTrail-NetworkActivity")},
	{"cloudtrail-insight", Insights, trail("CloudTrail-Insight")},
	{"cloudtrail-aggregated", Aggregated, trail("CloudTrail-Aggregated")},
	{"awslogs", "", service},
	{"access-dated", AccessLogs, accessDated},
	{"access-flat", AccessLogs, accessFlat},
}

// Parse tells what is known of an object by its key.
func Parse(key string) Match {
	if what := marker(key); what != "" {
		return Match{Neighbour: what}
	}
	segs := strings.Split(key, "/")
	m := new(Match)
	for _, l := range Layouts {
		*m = Match{Layout: l.Name, Type: l.Type}
		if l.match(segs, m) {
			return *m
		}
	}
	return Match{}
}

// markers are files that services and tools leave beside logs.
var markers = map[string]string{
	"_SUCCESS":                            "marker of a finished job",
	".keep":                               "marker that keeps a folder",
	".DS_Store":                           "folder settings of macOS",
	"ConfigWritabilityCheckFile":          "write test of AWS Config",
	"ELBAccessLogTestFile":                "write test of Elastic Load Balancing",
	"aws-logs-write-test":                 "write test of CloudWatch Logs",
	"aws-programmatic-access-test-object": "write test of an AWS service",
}

func marker(key string) string {
	if key == "" || strings.HasSuffix(key, "/") {
		return "folder marker"
	}
	if strings.HasSuffix(key, "_$folder$") {
		return "folder marker of Hadoop"
	}
	return markers[key[strings.LastIndexByte(key, '/')+1:]]
}
