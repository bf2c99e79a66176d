package ingest

import (
	"errors"
	"sync"

	"logsql/ingest/s3"
)

// Report is what a sync did; sync --json prints it. After a sync that came to
// its end every object listed is in exactly one of the counts Present, Fetched,
// and Adopted to Failed; a folder that may not be listed counts as one object.
type Report struct {
	Sources []string `json:"sources"`
	DryRun  bool     `json:"dry_run"`
	Listed  int64    `json:"listed"`
	Present int64    `json:"present"` // in the mirror already
	Fetched int64    `json:"fetched"`
	Bytes   int64    `json:"bytes"`
	Linked  int64    `json:"linked"`  // of Fetched, those that share their bytes with a folder
	Adopted int64    `json:"adopted"` // found whole in the mirror's folder, not recorded

	OtherDay   int64 `json:"other_day"`   // outside --since and --until
	OtherType  int64 `json:"other_type"`  // not of --type
	OtherPlace int64 `json:"other_place"` // not of --account and --log-region
	NoObject   int64 `json:"no_object"`   // links and the like in a folder

	Gone     int64 `json:"gone"` // listed, then expired
	Mutated  int64 `json:"mutated"`
	Accepted int64 `json:"accepted"` // changed, and taken in place of the mirror's
	Pruned   int64 `json:"pruned"`   // left out, as prune took them from the mirror
	Denied   int64 `json:"denied"`
	Archived int64 `json:"archived"`
	Failed   int64 `json:"failed"`

	Planned      int64 `json:"planned"` // to fetch or compare, of what was listed
	PlannedBytes int64 `json:"planned_bytes"`

	Late int64 `json:"late"` // of those planned, new in days that were sealed; only --audit looks

	Spared bool `json:"spared"` // sealed days were not listed

	Lists int64  `json:"list_requests"` // sent, repeated ones included
	Gets  int64  `json:"get_requests"`
	Costs []Cost `json:"costs,omitempty"` // of each source whose prices are known

	NotLinked string `json:"not_linked,omitempty"` // why a file was copied although links were wanted

	Failures []Failure `json:"failures"` // the first thousand
	Seconds  float64   `json:"seconds"`
}

// Failure is an object that is not in the mirror, or a prefix that could not be
// listed, and why.
type Failure struct {
	URI    string `json:"object"`
	What   string `json:"what"` // mutated, denied, archived, failed, gone, skipped
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty"`
}

// Trouble tells whether something was left behind that should be looked into.
func (r Report) Trouble() bool {
	return r.Mutated+r.Denied+r.Archived+r.Failed > 0
}

// requests adds what src was asked for a target, of which so much was planned
// before. A dry run counts the GETs that a sync would send.
func (p *reporter) requests(src *s3.Source, o Options, before Report) {
	lists, gets := src.Requests()
	p.add(func(r *Report) {
		bytes := r.Bytes - before.Bytes
		if o.DryRun {
			gets, bytes = r.Planned-before.Planned, r.PlannedBytes-before.PlannedBytes
		}
		r.Lists += lists
		r.Gets += gets
		prices, region := o.Prices, ""
		if prices == nil && src.AWS() {
			if list, ok := listPrices[src.Region()]; ok {
				prices, region = &list, src.Region()
			}
		}
		if prices != nil {
			r.Costs = append(r.Costs, costOf(*prices, region, lists, gets, bytes))
		}
	})
}

const maxFailures = 1000

// reporter is a Report that many goroutines write.
type reporter struct {
	mu sync.Mutex
	r  Report
}

func (p *reporter) add(f func(r *Report)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.r)
}

func (p *reporter) snapshot() Report {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.r
	r.Failures = append([]Failure{}, r.Failures...)
	return r
}

// failed counts what err says of the object or prefix at uri.
func (p *reporter) failed(uri string, err error) {
	var e *Error
	if errors.As(err, &e) {
		p.note(uri, e.Kind, e.Err.Error(), e.Hint)
		return
	}
	p.note(uri, s3.Failed, err.Error(), "")
}

func (p *reporter) note(uri string, kind s3.Kind, reason, hint string) {
	p.add(func(r *Report) {
		what := "failed"
		switch kind {
		case s3.Denied:
			r.Denied++
			what = "denied"
		case s3.Archived:
			r.Archived++
			what = "archived"
		case s3.Gone:
			r.Gone++
			what = "gone"
		case s3.Changed:
			r.Mutated++
			what = "mutated"
		case s3.Skipped:
			r.NoObject++
			what = "skipped"
		default:
			r.Failed++
		}
		if len(r.Failures) < maxFailures {
			r.Failures = append(r.Failures, Failure{uri, what, reason, hint})
		}
	})
}
