package ingest

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"logsql/ingest/layout"
	"logsql/ingest/mirror"
)

// Before tells whether all of o's days come before day: prune takes exactly what
// a sync from that day on would not fetch.
func Before(o Object, day time.Time) bool {
	return !wish{since: day}.day(o, layout.Parse(o.Key))
}

// PrunedBefore is the first day of a bucket that prune left in the mirror, zero
// where it never took one.
func PrunedBefore(ctx context.Context, m *mirror.Mirror, bucket string) (time.Time, error) {
	var day string
	err := m.DB().QueryRowContext(ctx, "SELECT before FROM prunes WHERE bucket = ?", bucket).Scan(&day)
	if errors.Is(err, sql.ErrNoRows) || m.Empty() {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.DateOnly, day)
}

// prunedDay tells whether prune took o's days: then they come back only when
// they are asked for, by --since.
func (s *syncer) prunedDay(o Object, m layout.Match) bool {
	return s.opts.Since.IsZero() && !s.pruned.IsZero() && !wish{since: s.pruned}.day(o, m)
}

// prunedDays are the days of which prune may have taken something. None of them
// is sealed: it comes back when it is asked for.
func (s *syncer) prunedDays(ctx context.Context) (spans, error) {
	if !s.opts.Since.IsZero() {
		var raw bool
		err := s.m.DB().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM objects WHERE bucket = ? AND pruned <> 0)", s.target.Bucket).Scan(&raw)
		if raw || err != nil {
			return spans{{firstDay, lastDay}}, err
		}
	}
	if s.pruned.IsZero() {
		return nil, nil
	}
	return spans{{firstDay, dayNumber(s.pruned) - 1}}, nil
}

// staysPruned tells whether an object's file is missing because prune removed
// it, and nobody asks for it.
func (s *syncer) staysPruned(ctx context.Context, t task) (bool, error) {
	if !t.lost || !s.opts.Since.IsZero() {
		return false, nil
	}
	facts, err := s.m.FactsOf(ctx, t.have.ID)
	if err == nil && facts.Pruned {
		s.rep.add(func(r *Report) { r.Pruned++ })
	}
	return facts.Pruned, err
}
