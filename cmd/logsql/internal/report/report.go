// Package report makes one page out of the answers to the main questions about a
// period: HTML that needs no network, with charts as SVG, for the screen and for
// paper. What logs say is anybody's text, so everything goes through
// html/template, and the page's policy lets no script run.
package report

import (
	"context"
	"embed"
	"io"
	"time"

	"logsql/sql"
)

// shape is how a question's answer is shown.
type shape int

const (
	ranked shape = iota // a table, its first column of numbers with bars
	plain               // a table
	tiles               // one row: a tile for each column
	series              // columns of numbers over time, and a table
	heat                // counts by port and hour
)

// question is one part of a chapter. Its statement is questions/<name>.sql,
// plain Athena SQL; see statement for the first line.
type question struct {
	name  string
	title string
	about string // what to see in it
	empty string // what it means that nothing is there
	shape shape
}

// chapters are the log types that the report is about, each with its questions.
var chapters = []struct {
	table, title, days string
	questions          []question
}{
	{"vpc_flow_logs", "VPC flow logs", "flow_days", []question{
		{"flow_totals", "In all", "", "", tiles},
		{"flow_bytes", "Bytes over time", "By the start of each record.", "No record says when it began.", series},
		{"flow_talkers", "Top talkers", "The 15 pairs of addresses with the most bytes.", "No record has bytes.", ranked},
		{"flow_internet", "Internet traffic by interface", "Accepted bytes to and from public addresses. Behind a NAT gateway this is the gateway's interface.", "No traffic with public addresses was accepted.", ranked},
		{"flow_nat", "Internet traffic behind NAT gateways", "By the instance, where the logs have the fields pkt-srcaddr and pkt-dstaddr.", "No record is of a NAT gateway, or the logs lack the pkt- fields.", plain},
		{"flow_peers", "Public addresses", "Those that exchanged the most bytes with the interfaces.", "No traffic with public addresses was accepted.", ranked},
		{"flow_rejects", "Rejects by port and hour", "The 15 destination ports with the most rejected records, by the hour of the day (UTC).", "Nothing was rejected.", heat},
		{"flow_scanners", "Who was rejected", "Many ports or many targets from one source look like a scan.", "Nothing was rejected.", ranked},
		{"flow_rules", "Security group or network ACL", "Rejected records by what can be at fault: a security group lets the answer to what it accepted pass, a network ACL asks its rules again. logsql queries run flow-sg-or-nacl lists the flows.", "Nothing was rejected.", plain},
		{"flow_gaps", "Gaps", "SKIPDATA: AWS recorded nothing, whatever passed. NODATA: nothing passed.", "No interface had a gap.", plain},
	}},
	{"s3_access_logs", "S3 access logs", "s3_days", []question{
		{"s3_totals", "In all", "", "", tiles},
		{"s3_requests", "Requests over time", "", "No request has a time.", series},
		{"s3_operations", "Operations and status", "", "There are no requests.", ranked},
		{"s3_downloaders", "Top downloaders", "By bytes sent for GET of objects; a requester - is anonymous.", "No object was downloaded.", ranked},
		{"s3_errors", "Errors", "Requests that ended with 4xx or 5xx.", "No request failed.", ranked},
		{"s3_anonymous", "Anonymous access", "Requests without a signature. Answered ones read or wrote something that is public.", "Nobody asked anonymously.", ranked},
		{"s3_deletes", "Latest deletions", "The last 15.", "Nothing was deleted.", plain},
	}},
	{"cloudtrail_logs", "CloudTrail", "trail_days", []question{
		{"trail_totals", "In all", "", "", tiles},
		{"trail_events", "Events over time", "", "No event has a time.", series},
		{"trail_principals", "Who is active", "", "There are no events.", ranked},
		{"trail_signins", "Console sign-ins without MFA", "The last 15 that succeeded. Users of a federation sign in elsewhere and are listed, too.", "No sign-in that succeeded says it was without MFA.", plain},
		{"trail_root", "Use of root", "The last 15 events of the root user itself.", "Root was not used.", plain},
		{"trail_denied", "Access denied", "By principal and event.", "Nothing was denied.", ranked},
		{"trail_changes", "Changes to IAM, security groups and trails", "The last 20.", "Nothing of these was changed.", plain},
		{"trail_regions", "Regions", "New is a region whose first event came after the account's first day in the mirror.", "There are no events.", ranked},
	}},
}

//go:embed questions/*.sql
var files embed.FS

// Mirror is what the page says about the mirror.
type Mirror struct {
	Dir     string
	Program string // the version
	Tables  []Table
	Skipped []Skipped
}

// Table is a built-in table and what is in it in all; days are 2026-01-31.
type Table struct {
	Name              string
	Records, Bad      int64
	Broken            int64 // objects
	FirstDay, LastDay string
}

// Skipped are objects that no log type knows.
type Skipped struct {
	Reason  string
	Objects int64
}

// Options are the period and the clock.
type Options struct {
	Since, Until time.Time // days; zero is the first and the last there is
	Now          time.Time
}

// Write asks the questions and writes the page.
func Write(ctx context.Context, w io.Writer, session *sql.Session, m Mirror, o Options) error {
	p, err := gather(ctx, session, m, o)
	if err != nil {
		return err
	}
	return layout.Execute(w, p)
}

// period is the days that the page is about, and how fine its charts are.
type period struct {
	Since, Until string // 2026-01-31
	Unit         string // hour, day
}

// finest is how many days charts show by the hour.
const finest = 10

func newPeriod(m Mirror, o Options) period {
	first, last := o.Since.Format(time.DateOnly), o.Until.Format(time.DateOnly)
	for _, t := range m.Tables {
		if o.Since.IsZero() && t.FirstDay != "" && (first == zeroDay || t.FirstDay < first) {
			first = t.FirstDay
		}
		if o.Until.IsZero() && t.LastDay > last {
			last = t.LastDay
		}
	}
	if last < first { // asked for days after the last or before the first
		if o.Since.IsZero() {
			first = last
		}
		last = first
	}
	p := period{Since: first, Until: last, Unit: "hour"}
	from, _ := time.Parse(time.DateOnly, first)
	to, _ := time.Parse(time.DateOnly, last)
	if to.Sub(from) >= finest*24*time.Hour {
		p.Unit = "day"
	}
	return p
}

const zeroDay = "0001-01-01"

// answer is a question's rows as text, and as numbers where they are.
type answer struct {
	columns []column
	rows    [][]cell
	notes   []string
	limit   int // the statement's; 0 for none
}
