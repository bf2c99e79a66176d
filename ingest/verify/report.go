// Package verify proves what a mirror holds: files against the checksums in
// state.db, and CloudTrail's logs by its digests. It changes nothing but the
// table of public keys.
package verify

import (
	"sync"
	"time"
)

// Finding is something that is not as it should be, or cannot be proven.
type Finding struct {
	Area   string `json:"area"` // mirror, lake, cloudtrail
	Kind   string `json:"kind"` // one of Kinds
	Object string `json:"object"`
	Reason string `json:"reason,omitempty"`
}

// Kind is a kind of finding.
type Kind struct {
	Name  string
	Wrong bool // evidence of a change, not only want of proof
}

// Kinds are all of them.
var Kinds = []Kind{
	{Altered, true},
	{Missing, true},
	{Moved, true},
	{Added, false},
	{Gap, false},
	{Unproven, false},
}

// The names of Kinds.
const (
	Altered  = "altered"  // its content is not what was recorded or signed
	Missing  = "missing"  // recorded or vouched for, and not there
	Moved    = "moved"    // a digest that lies elsewhere than where it was delivered
	Added    = "added"    // a log that no digest names, though digests cover its time
	Gap      = "gap"      // a time that no digest covers, between digests
	Unproven = "unproven" // nothing speaks against it, and nothing for it
	Valid    = "valid"    // no finding; see Options.Valid
)

// Counts is how many things were looked at, and what of them. All is Valid and
// Pruned and as many as there are findings about single things.
type Counts struct {
	All      int64 `json:"all"`
	Valid    int64 `json:"valid"`
	Altered  int64 `json:"altered"`
	Missing  int64 `json:"missing"`
	Moved    int64 `json:"moved"`
	Unproven int64 `json:"unproven"`
	Pruned   int64 `json:"pruned"` // logsql prune removed it
	Bytes    int64 `json:"bytes"`
}

// Chain is the digests of one trail of one account in one region.
type Chain struct {
	Name    string    `json:"chain"` // bucket, then the digests' names without their time
	Begins  string    `json:"begins"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Digests Counts    `json:"digests"`
	Logs    Counts    `json:"logs"`
	Gaps    int64     `json:"gaps"`
}

// How a chain begins.
const (
	BeginsNull   = "the first digest: it names none before it"
	BeginsMirror = "the first digest in the mirror: the one it names before it is not here"
	BeginsPruned = "the first digest that logsql prune left"
)

// Report is what was verified.
type Report struct {
	Begun    time.Time `json:"begun"`
	Finished time.Time `json:"finished"`

	Objects Counts `json:"objects"` // files of the mirror against state.db
	Parts   Counts `json:"parts"`   // of the lake

	Digests   Counts  `json:"digests"`
	Logs      Counts  `json:"logs"`      // that digests vouch for
	Added     int64   `json:"added"`     // logs that no digest names, of a time that digests cover
	Uncovered int64   `json:"uncovered"` // logs of CloudTrail of a time that no digest covers
	Gaps      int64   `json:"gaps"`
	Chains    []Chain `json:"chains"`

	Findings int64 `json:"findings"`
	Wrong    int64 `json:"wrong"` // of Findings, those that are evidence of a change
}

// reporter takes findings from many goroutines.
type reporter struct {
	mu   sync.Mutex
	r    Report
	emit func(Finding) error
	err  error // the first of emit
}

func (p *reporter) find(area, kind, object, reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.r.Findings++
	for _, k := range Kinds {
		if k.Name == kind && k.Wrong {
			p.r.Wrong++
		}
	}
	if p.err == nil {
		p.err = p.emit(Finding{area, kind, object, reason})
	}
}

func (p *reporter) add(f func(r *Report)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.r)
}

func (p *reporter) failed() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// valid tells of what was found in order, where that is wanted.
func (v *verifier) valid(area, object string) {
	if !v.options.Valid {
		return
	}
	v.rep.mu.Lock()
	defer v.rep.mu.Unlock()
	if v.rep.err == nil {
		v.rep.err = v.rep.emit(Finding{Area: area, Kind: Valid, Object: object})
	}
}

// count adds one thing with the result that a finding names, Valid where it is
// "", Pruned where it is pruned.
func (c *Counts) count(kind string, bytes int64) {
	c.All++
	c.Bytes += bytes
	switch kind {
	case "":
		c.Valid++
	case Altered:
		c.Altered++
	case Missing:
		c.Missing++
	case Moved:
		c.Moved++
	case Unproven:
		c.Unproven++
	case pruned:
		c.Pruned++
	}
}

const pruned = "pruned"
