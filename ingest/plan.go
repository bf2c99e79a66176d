package ingest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"logsql/ingest/layout"
	"logsql/ingest/s3"
)

// wish is which objects are wanted.
type wish struct {
	since, until             time.Time // days, both included; zero is open
	types, accounts, regions []string  // empty is all
}

func (w wish) bounded() bool { return !w.since.IsZero() || !w.until.IsZero() }

// days are the days that are wanted.
func (w wish) days() spans {
	p := span{firstDay, lastDay}
	if !w.since.IsZero() {
		p.first = dayNumber(w.since)
	}
	if !w.until.IsZero() {
		p.last = dayNumber(w.until)
	}
	return spans{}.with(p)
}

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

// logType tells whether logs of a type are wanted. A trail's digests come along
// with its logs, as they prove them.
func (w wish) logType(name string, digests bool) bool {
	return len(w.types) == 0 || slices.Contains(w.types, name) || digests && slices.Contains(w.types, layout.CloudTrail)
}

// place tells whether the account and the region that a key names are wanted;
// a key that names none is not, where some are asked for.
func (w wish) place(account, region string) bool {
	return (len(w.accounts) == 0 || slices.Contains(w.accounts, account)) &&
		(len(w.regions) == 0 || slices.Contains(w.regions, region))
}

// folder tells whether anything below a folder can be wanted.
func (w wish) folder(f layout.Folder) bool {
	if f.Service == layout.AccessLogs && f.Region == "" {
		return true // it may be somebody's own prefix
	}
	logType, known := f.Type()
	return (f.Account == "" || w.place(f.Account, cmpOr(f.Region, w.regions))) &&
		(!known || w.logType(logType, f.Digests()))
}

// cmpOr is a region that is wanted where the folder does not name one yet.
func cmpOr(region string, wanted []string) string {
	if region == "" && len(wanted) > 0 {
		return wanted[0]
	}
	return region
}

// walkers is how many listings go on at the same time; maxFolders is how many
// folders that say nothing are looked into one by one.
const (
	walkers    = 8
	maxFolders = 32
)

// planner lists what may be wanted below a prefix, as far as it is not sealed:
// it goes down by folders to where keys sort by day, and there lists the days.
// What it does not know it lists whole.
type planner struct {
	src   folderLister
	list  Source
	wish  wish
	days  spans // that are wanted
	seals seals
	audit bool // list sealed days again
	begun time.Time
	top   *scope

	spared atomic.Bool // something was not listed, as it is sealed
	take   func(ctx context.Context, o Object, c *scope, k *known) error
	fresh  func() *known
	deny   func(prefix string, err error)

	mu   sync.Mutex
	wake *sync.Cond
	jobs []job
	busy int
	err  error
}

// job is one listing, or the look into one folder.
type job func(ctx context.Context) error

// run works until nothing is left to list or an error came.
func (p *planner) run(ctx context.Context, prefix string) error {
	p.wake = sync.NewCond(&p.mu)
	p.top = &scope{prefix: prefix, was: p.seals.below(prefix)}
	p.top.days = p.rest(p.days, p.top.was)
	switch {
	case len(p.top.days) == 0:
	case p.src == nil:
		p.push(p.whole(p.top, "", all))
	default:
		p.push(p.visit(p.top, 2))
	}
	var all sync.WaitGroup
	for range walkers {
		all.Go(func() { p.work(ctx) })
	}
	all.Wait()
	return p.err
}

func (p *planner) push(j job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs = append(p.jobs, j)
	p.wake.Signal()
}

func (p *planner) work(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		for len(p.jobs) == 0 && p.busy > 0 && p.err == nil {
			p.wake.Wait()
		}
		if len(p.jobs) == 0 || p.err != nil {
			p.wake.Broadcast()
			return
		}
		j := p.jobs[len(p.jobs)-1]
		p.jobs = p.jobs[:len(p.jobs)-1]
		p.busy++
		p.mu.Unlock()
		err := j(ctx)
		p.mu.Lock()
		p.busy--
		if p.err == nil {
			p.err = err
		}
		p.wake.Broadcast()
	}
}

// rest are the days that must be listed where some are sealed.
func (p *planner) rest(days, sealed spans) spans {
	left := days.minus(sealed)
	if p.audit || slices.Equal(left, days) {
		return days
	}
	p.spared.Store(true)
	return left
}

// enter has what is below prefix, which is below c, listed by the job that f
// makes, but for its sealed days.
func (p *planner) enter(c *scope, prefix string, f func(*scope) job) {
	was := p.seals.below(prefix)
	if days := p.rest(c.days, was); len(days) > 0 {
		p.push(f(c.child(prefix, days, was)))
	}
}

func (p *planner) enterFolder(c *scope, prefix string, free int) {
	p.enter(c, prefix, func(c *scope) job { return p.visit(c, free) })
}

// visit is the look into c's folder; free is into how many levels it may look
// that say nothing.
func (p *planner) visit(c *scope, free int) job {
	if root, ok := layout.RootOf(c.prefix); ok {
		return p.root(c, root, all)
	}
	if free > 0 || layout.Leads(c.prefix) {
		return func(ctx context.Context) error { return p.level(ctx, c, free) }
	}
	return p.whole(c, "", all)
}

// level looks at what lies right below c's prefix. Each key is taken once: by
// this look, by the listing of a folder, or by that of a flat root.
func (p *planner) level(ctx context.Context, c *scope, free int) error {
	l := level{planner: p, c: c, free: free, known: p.fresh(), flat: map[string]*flatLogs{}}
	for more := true; more; {
		more = false
		for page, err := range p.src.ListFolder(ctx, c.prefix, l.after) {
			if err != nil {
				return p.refused(c, err)
			}
			if err := l.page(ctx, page.Objects); err != nil {
				return err
			}
			if more = l.jump(page); more || l.rest != "" {
				break
			}
		}
		more = more && l.rest == ""
	}
	l.finish()
	return nil
}

// level is the state of one look into a folder.
type level struct {
	*planner
	c       *scope
	free    int
	known   *known
	flat    map[string]*flatLogs
	last    *flatLogs // of the page's last flat log
	after   string    // where the look goes on
	strange int       // folders that say nothing
	rest    string    // the folder from which on everything is listed whole
}

// flatLogs are access logs whose keys have the time in their names alone. They
// are listed by day, as a root of their own.
type flatLogs struct {
	layout.Root
	year    string // how this year's keys begin, the last that was seen
	skipped []string
}

// page takes a page of a folder, in key order.
func (l *level) page(ctx context.Context, page []Object) error {
	l.last = nil
	for _, o := range page {
		switch {
		case o.Size < 0:
			if l.folder(o.Key); l.rest != "" {
				return nil
			}
		case l.flatLog(o.Key):
		default:
			if err := l.take(ctx, o, l.c, l.known); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *level) flatLog(key string) bool {
	root, ok := layout.FlatRoot(key)
	if !ok {
		return false
	}
	f := l.flat[root.Prefix]
	if f == nil {
		f = &flatLogs{Root: root}
		l.flat[root.Prefix] = f
	}
	f.year = key[:len(root.Prefix)+len("2006-")]
	l.last = f
	return true
}

// jump leaves out the rest of a year of flat logs where a page ends in them:
// not of more, so that no folder between them is overlooked. What else is left
// out by that is taken with the root.
func (l *level) jump(page s3.Page) bool {
	if !page.More || l.last == nil {
		return false
	}
	end := page.Objects[len(page.Objects)-1].Key
	if !strings.HasPrefix(end, l.last.year) {
		return false
	}
	l.after = l.last.year + lastRune
	l.last.skipped = append(l.last.skipped, end, l.after)
	return true
}

// lastRune sorts behind all that keys are made of.
const lastRune = "\U0010ffff"

// takes tells whether a key is the root's to take.
func (f *flatLogs) takes(key string) bool {
	if root, ok := layout.FlatRoot(key); ok && root == f.Root {
		return true
	}
	for i := 0; i < len(f.skipped); i += 2 {
		if key > f.skipped[i] && key <= f.skipped[i+1] {
			return true
		}
	}
	return false
}

func (l *level) folder(prefix string) {
	first, last, dated := layout.Span(prefix)
	_, root := layout.RootOf(prefix)
	f := layout.FolderOf(prefix)
	switch {
	case dated && !l.wish.overlaps(first, last):
	case !l.wish.folder(f):
		l.c.cut()
	case layout.Leads(prefix), root:
		l.enterFolder(l.c, prefix, 0)
	case f.Account != "":
		l.enterFolder(l.c, prefix, 2)
	case l.strange >= maxFolders:
		l.enterFolder(l.c, prefix, 0)
		l.rest = prefix
	default:
		l.strange++
		l.enterFolder(l.c, prefix, l.free-1)
	}
}

// finish has what was found and not taken listed.
func (l *level) finish() {
	for prefix, f := range l.flat {
		l.enter(l.c, prefix, func(c *scope) job { return l.root(c, f.Root, f.takes) })
	}
	if l.rest != "" {
		l.push(l.whole(l.c, l.rest+lastRune, func(key string) bool {
			root, ok := layout.FlatRoot(key)
			return !strings.HasPrefix(key, l.rest) && !(ok && l.flat[root.Prefix] != nil)
		}))
	}
}

// all takes every key.
func all(string) bool { return true }

// root lists the days of a root; several walkers share many days.
func (p *planner) root(c *scope, root layout.Root, takes func(key string) bool) job {
	return func(context.Context) error {
		for _, days := range c.days {
			for _, part := range parts(days) {
				p.push(func(ctx context.Context) error { return p.dates(ctx, c, root, part, takes) })
			}
		}
		return nil
	}
}

// parts divides days among some walkers where there are many.
func parts(days span) []span {
	const least, most = 14, 4
	n := days.last - days.first + 1
	if days.first == firstDay || days.last == lastDay || n < least {
		return []span{days}
	}
	size := (n + most - 1) / most
	var list []span
	for first := days.first; first <= days.last; first += size {
		list = append(list, span{first, min(days.last, first+size-1)})
	}
	return list
}

// dates lists the keys of some days, which lie side by side.
func (p *planner) dates(ctx context.Context, c *scope, root layout.Root, days span, takes func(key string) bool) error {
	prefix, after, end := root.Prefix, "", ""
	if days.first != firstDay {
		after = root.End(dayTime(days.first - 1))
	}
	if days.last != lastDay {
		end = root.End(dayTime(days.last))
	}
	if after != "" && end != "" {
		prefix = common(root.Day(dayTime(days.first)), root.Day(dayTime(days.last)))
	}
	if prefix > after {
		after = "" // there is nothing before it
	}
	known := p.fresh()
	for o, err := range p.list.List(ctx, prefix, after) {
		if err != nil {
			return p.refused(c, err)
		}
		if end != "" && o.Key > end {
			return nil
		}
		if !takes(o.Key) {
			continue
		}
		if err := p.take(ctx, o, c, known); err != nil {
			return err
		}
	}
	return nil
}

func common(a, b string) string {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// whole lists all that is below c's prefix and comes after a key.
func (p *planner) whole(c *scope, after string, takes func(key string) bool) job {
	return func(ctx context.Context) error {
		known := p.fresh()
		for o, err := range p.list.List(ctx, c.prefix, after) {
			if err != nil && o.Key != "" {
				p.deny(o.Key, err)
				continue
			}
			if err != nil {
				return p.refused(c, err)
			}
			if !takes(o.Key) {
				continue
			}
			if err := p.take(ctx, o, c, known); err != nil {
				return err
			}
		}
		return nil
	}
}

// refused keeps an error from the rest: one folder that may not be listed does
// not keep the others from it.
func (p *planner) refused(c *scope, err error) error {
	var e *Error
	if c != p.top && errors.As(err, &e) && e.Kind == s3.Denied {
		c.cut()
		p.deny(c.prefix, err)
		return nil
	}
	return err
}
