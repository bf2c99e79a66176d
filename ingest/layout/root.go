package layout

import (
	"strings"
	"time"
)

// Root is a prefix below which keys sort by day: those of a day begin with
// Prefix and the day in the form Form, which ends in the character that
// separates it from what follows.
type Root struct{ Prefix, Form string }

const (
	plainDays = "2006/01/02/"
	hiveDays  = "year=2006/month=01/day=02/"
	flatDays  = "2006-01-02-"
)

// Day is how the keys of a day begin.
func (r Root) Day(day time.Time) string { return r.Prefix + day.Format(r.Form) }

// End sorts behind every key of day and of earlier ones, before those of later
// ones.
func (r Root) End(day time.Time) string {
	s := r.Day(day)
	return s[:len(s)-1] + string(s[len(s)-1]+1)
}

// DayOf is the day of a key below the root.
func (r Root) DayOf(key string) (day time.Time, ok bool) {
	rest, ok := strings.CutPrefix(key, r.Prefix)
	if !ok || len(rest) < len(r.Form) {
		return time.Time{}, false
	}
	day = clock(r.Form, rest[:len(r.Form)])
	return day, !day.IsZero()
}

// dated are the services whose folders below a region are years, months and
// days of two digits; others sort in other ways.
var dated = map[string]bool{
	"vpcflowlogs": true, "CloudTrail": true, "CloudTrail-Digest": true, "CloudTrail-Insight": true,
	"CloudTrail-NetworkActivity": true, "elasticloadbalancing": true,
}

// RootOf tells whether folder, which ends in a slash, is a Root: the folder of
// a region below AWSLogs/, or of a bucket that delivers access logs by date.
func RootOf(folder string) (Root, bool) {
	f := FolderOf(folder)
	switch {
	case f.Below != 0 || f.Region == "":
	case f.hive && f.Service == "vpcflowlogs":
		return Root{folder, hiveDays}, true
	case !f.hive && dated[f.Service]:
		return Root{folder, plainDays}, true
	}
	segs := strings.Split(folder, "/")
	if n := len(segs) - 1; !f.known && n >= 3 && accountAtEnd(segs[n-3]) != "" && isRegion(segs[n-2]) {
		return Root{folder, plainDays}, true
	}
	return Root{}, false
}

// FlatRoot is the Root of an access log whose key has the time but no folders
// for it; it needs no slash before the time.
func FlatRoot(key string) (Root, bool) {
	const stamp = "2006-01-02-15-04-05"
	var m Match
	name := key[strings.LastIndexByte(key, '/')+1:]
	if !accessFile(name, &m) || m.FileTime.IsZero() {
		return Root{}, false
	}
	return Root{key[:strings.LastIndexByte(key, '-')-len(stamp)], flatDays}, true
}

// Folder is what a folder's place tells of all that is below it.
type Folder struct {
	Account, Service, Region string // "" where it is not so deep
	Below                    int    // how many levels it lies below the region
	known, hive              bool
}

// FolderOf looks at a prefix that ends in a slash, for AWSLogs/ and, above dated
// access logs, for an account and a region.
func FolderOf(prefix string) Folder {
	rest, ok := belowAWSLogs(prefix)
	if !ok {
		return accessFolder(prefix)
	}
	f := Folder{known: true, Below: max(0, len(rest)-3)}
	for i, to := range []*string{&f.Account, &f.Service, &f.Region} {
		if i >= len(rest) {
			return f
		}
		hive := strings.HasPrefix(rest[i], [...]string{"aws-account-id=", "aws-service=", "aws-region="}[i])
		*to = rest[i]
		if hive {
			f.hive = true
			_, *to, _ = strings.Cut(rest[i], "=")
		} else if i == 0 && strings.HasPrefix(rest[0], "o-") {
			return Folder{known: true}
		}
	}
	return f
}

// accessFolder is for <account>/[<region>/[<bucket>/]].
func accessFolder(prefix string) Folder {
	segs := strings.Split(strings.TrimSuffix(prefix, "/"), "/")
	for i := len(segs) - 1; i >= max(0, len(segs)-3); i-- {
		account := accountAtEnd(segs[i])
		if account == "" || i+1 < len(segs) && !isRegion(segs[i+1]) {
			continue
		}
		f := Folder{Account: account, Service: AccessLogs}
		if i+1 < len(segs) {
			f.Region = segs[i+1]
		}
		return f
	}
	return Folder{}
}

// Type is the log type of what is below the folder; known is false where the
// folder does not tell.
func (f Folder) Type() (logType string, known bool) {
	return folderTypes[f.Service], f.Service != ""
}

// Digests tells whether the digests of a trail are below the folder.
func (f Folder) Digests() bool { return services[f.Service] == digest }

var folderTypes = map[string]string{
	"vpcflowlogs":                FlowLogs,
	"CloudTrail":                 CloudTrail,
	"CloudTrail-NetworkActivity": NetworkActivity,
	"CloudTrail-Insight":         Insights,
	"CloudTrail-Aggregated":      Aggregated,
	AccessLogs:                   AccessLogs,
}

// isRegion goes by shape: words with dashes between, a digit at the end.
func isRegion(s string) bool {
	words := strings.Split(s, "-")
	if len(words) < 3 || len(words[len(words)-1]) != 1 || !isDigit(s[len(s)-1]) {
		return false
	}
	for _, w := range words[:len(words)-1] {
		if w == "" || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") != "" {
			return false
		}
	}
	return true
}
