package ingest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"logsql/ingest/layout"
	"logsql/ingest/s3"
)

// wish is which objects are wanted.
type wish struct {
	since, until time.Time // days, both included; zero is open
	types        []string
}

func (w wish) bounded() bool { return !w.since.IsZero() || !w.until.IsZero() }

// overlaps tells whether a day from first to last is wanted.
func (w wish) overlaps(first, last time.Time) bool {
	return (w.since.IsZero() || !last.Before(w.since)) && (w.until.IsZero() || !first.After(w.until))
}

// day tells whether o's days are wanted: those of its key, else the day of
// LastModified.
func (w wish) day(o Object, m layout.Match) bool {
	if !w.bounded() {
		return true
	}
	if m.DayFromKey {
		day, _ := m.Date()
		return w.overlaps(day, day)
	}
	// Folders that name only a year decide for all that is below them, so that
	// a year that is not wanted need not be listed.
	if first, last, ok := layout.Span(o.Key); ok {
		return w.overlaps(first, last)
	}
	day, ok := m.Date()
	if !ok {
		day = o.LastModified.UTC().Truncate(24 * time.Hour)
	}
	return w.overlaps(day, day)
}

func (w wish) logType(m layout.Match) bool {
	return len(w.types) == 0 || slices.Contains(w.types, m.Type)
}

// list yields what src has below prefix. Where days are bounded and src lists
// level by level, folders of other days are not entered.
func list(ctx context.Context, src Source, bucket, prefix string, w wish) iter.Seq2[Object, error] {
	lister, ok := src.(folderLister)
	if !ok || !w.bounded() {
		return src.List(ctx, prefix, "")
	}
	return func(yield func(Object, error) bool) {
		p := planner{ctx: ctx, src: src, folders: lister, bucket: bucket, top: prefix, wish: w, yield: yield}
		p.walk(prefix, 2)
	}
}

type planner struct {
	ctx     context.Context
	src     Source
	folders folderLister
	bucket  string
	top     string // the prefix it all began with
	wish    wish
	yield   func(Object, error) bool
}

// walk lists prefix level by level, as long as that leads to days. Above
// AWSLogs/ it looks into as many levels as free says. It reports whether to go
// on.
func (p *planner) walk(prefix string, free int) bool {
	for o, err := range p.folders.ListFolder(p.ctx, prefix) {
		if err != nil {
			return p.refused(prefix, err)
		}
		if o.Size >= 0 {
			if !p.yield(o, nil) {
				return false
			}
			continue
		}
		first, last, dated := layout.Span(o.Key)
		switch {
		case dated && !p.wish.overlaps(first, last):
		case layout.Leads(o.Key):
			if !p.walk(o.Key, 0) {
				return false
			}
		case free > 0:
			if !p.walk(o.Key, free-1) {
				return false
			}
		default:
			if !p.all(o.Key) {
				return false
			}
		}
	}
	return true
}

func (p *planner) all(prefix string) bool {
	for o, err := range p.src.List(p.ctx, prefix, "") {
		if err != nil {
			return p.refused(prefix, err)
		}
		if !p.yield(o, nil) {
			return false
		}
	}
	return true
}

// refused passes an error on: one folder that may not be listed does not keep
// the others from it.
func (p *planner) refused(prefix string, err error) bool {
	var e *Error
	if prefix != p.top && errors.As(err, &e) && e.Kind == s3.Denied {
		return p.yield(Object{Bucket: p.bucket, Key: prefix}, err)
	}
	p.yield(Object{}, err)
	return false
}
