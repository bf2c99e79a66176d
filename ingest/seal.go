package ingest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"logsql/ingest/layout"
	"logsql/ingest/mirror"
)

// A day below a prefix is sealed when it was listed to its end, everything was
// had, and the listing began so long after the day that AWS delivers nothing
// for it any more. What is sealed is not listed again.
const (
	grace      = 24 * time.Hour
	eventGrace = 7 * 24 * time.Hour // access logs that are filed by the time of their events
)

// seals are the sealed days of a bucket by prefix, as state.db has them.
type seals map[string]*seal

type seal struct {
	days  spans
	grace time.Duration // the longest that was found to be needed
}

func readSeals(ctx context.Context, m *mirror.Mirror, bucket string) (seals, error) {
	all := seals{}
	var migrated bool // not in a dry run before the first sync
	err := m.DB().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'sealed')").Scan(&migrated)
	if err != nil || !migrated {
		return all, err
	}
	rows, err := m.DB().QueryContext(ctx, "SELECT prefix, first, last, grace FROM sealed WHERE bucket = ? ORDER BY prefix, first", bucket)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var prefix string
		var p span
		var hours int64
		if err := rows.Scan(&prefix, &p.first, &p.last, &hours); err != nil {
			return nil, err
		}
		s := all[prefix]
		if s == nil {
			s = &seal{}
			all[prefix] = s
		}
		s.days, s.grace = s.days.with(p), max(s.grace, time.Duration(hours)*time.Hour)
	}
	return all, rows.Err()
}

// unseal has days listed again.
func (all seals) unseal(days spans) {
	for prefix, s := range all {
		all[prefix] = &seal{s.days.minus(days), s.grace}
	}
}

// below are the days that are sealed below prefix, as such or as part of what
// is sealed above it.
func (all seals) below(prefix string) spans {
	var days spans
	for i := range len(prefix) + 1 {
		if i < len(prefix) && i > 0 && prefix[i-1] != '/' {
			continue
		}
		if s := all[prefix[:i]]; s != nil {
			days = days.plus(s.days)
		}
	}
	return days
}

// Sealing tells which days of a mirror are sealed, by the objects delivered for
// them.
type Sealing struct {
	prefixes map[string][]string // of the sources whose listings seal days, by bucket
	seals    map[string]seals    // by bucket
}

// ReadSealing reads it from state.db.
func ReadSealing(ctx context.Context, m *mirror.Mirror) (*Sealing, error) {
	targets, err := Targets(ctx, m)
	if err != nil {
		return nil, err
	}
	s := &Sealing{map[string][]string{}, map[string]seals{}}
	for _, t := range targets {
		if t.Folder != "" {
			continue
		}
		if s.seals[t.Bucket] == nil {
			if s.seals[t.Bucket], err = readSeals(ctx, m, t.Bucket); err != nil {
				return nil, err
			}
		}
		s.prefixes[t.Bucket] = append(s.prefixes[t.Bucket], t.Prefix)
	}
	return s, nil
}

// Day tells whether the day that o was delivered for is sealed. known is false
// where no listing says so ever: o came from a folder, or its key names no day.
func (s *Sealing) Day(o Object) (sealed, known bool) {
	day, ok := dayOf(o)
	if !ok || !slices.ContainsFunc(s.prefixes[o.Bucket], func(p string) bool { return strings.HasPrefix(o.Key, p) }) {
		return false, false
	}
	for prefix, seal := range s.seals[o.Bucket] {
		if strings.HasPrefix(o.Key, prefix) && seal.days.has(day) {
			return true, true
		}
	}
	return false, true
}

// scope is a prefix that a sync looks below, with what keeps its days from
// being sealed.
type scope struct {
	prefix string
	days   spans // to be listed
	was    spans // sealed before

	mu      sync.Mutex
	kids    []*scope
	open    map[int]bool // days of which something is missing
	grace   time.Duration
	partial bool // something of no day is missing, or was not asked for
}

func (c *scope) child(prefix string, days, was spans) *scope {
	k := &scope{prefix: prefix, days: days, was: was}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kids = append(c.kids, k)
	return k
}

// miss notes that o is not in the mirror.
func (c *scope) miss(o Object) {
	if c == nil {
		return
	}
	day, ok := dayOf(o)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !ok {
		c.partial = true
		return
	}
	if c.open == nil {
		c.open = map[int]bool{}
	}
	c.open[day] = true
}

// cut notes that not everything below was looked at.
func (c *scope) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.partial = true
}

// saw lets the object's key say how long its day stays open: the time of day in
// access logs filed by the time of their events is always midnight.
func (c *scope) saw(m layout.Match) {
	if c == nil || m.Type != layout.AccessLogs || m.FileTime.IsZero() || m.FileTime.Hour()+m.FileTime.Minute()+m.FileTime.Second() != 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.grace = eventGrace
}

// dayOf is the day that o is delivered for, for those whose key names it.
func dayOf(o Object) (int, bool) {
	if first, last, ok := layout.Span(o.Key); ok && first.Equal(last) {
		return dayNumber(first), true
	}
	day, ok := layout.Parse(o.Key).Date()
	return dayNumber(day), ok
}

// close adds to all what is sealed now of c and below it; began is when the
// listing did.
func (c *scope) close(all seals, began time.Time) {
	c.grace = max(c.grace, grace)
	for _, k := range c.kids {
		k.close(all, began)
		c.grace, c.partial = max(c.grace, k.grace), c.partial || k.partial
		for day := range k.open {
			if c.open == nil {
				c.open = map[int]bool{}
			}
			c.open[day] = true
		}
	}
	old := all[c.prefix]
	if old == nil {
		old = &seal{}
	}
	c.grace = max(c.grace, old.grace)
	days := old.days
	if !c.partial {
		days = days.plus(c.days.without(span{dayNumber(began.Add(-c.grace)), lastDay}))
	}
	if days = days.minus(c.missing()); len(days) > 0 || len(old.days) > 0 {
		all[c.prefix] = &seal{days, c.grace}
	}
}

// missing are the days of which something is missing.
func (c *scope) missing() (days spans) {
	for day := range c.open {
		days = days.with(span{day, day})
	}
	return days
}

// reopen takes days that turned out to lack something from what is sealed above
// c, too.
func (c *scope) reopen(all seals) {
	for prefix, s := range all {
		if strings.HasPrefix(c.prefix, prefix) {
			all[prefix] = &seal{s.days.minus(c.missing()), s.grace}
		}
	}
}

// write replaces what state.db has of a bucket.
func (all seals) write(ctx context.Context, m *mirror.Mirror, bucket string) error {
	tx, err := m.DB().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "DELETE FROM sealed WHERE bucket = ?", bucket); err != nil {
		return err
	}
	for prefix, s := range all {
		for _, p := range s.days {
			_, err := tx.ExecContext(ctx, "INSERT INTO sealed VALUES (?, ?, ?, ?, ?)", bucket, prefix, p.first, p.last, int64(s.grace/time.Hour))
			if err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}
