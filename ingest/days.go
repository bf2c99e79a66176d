package ingest

import (
	"slices"
	"time"
)

// span is days by number since 1970, both included.
type span struct{ first, last int }

// What has no end reaches to these.
const (
	firstDay = -1 << 20
	lastDay  = 1 << 20
)

func dayNumber(t time.Time) int {
	return int(t.UTC().Truncate(24*time.Hour).Unix() / 86400) // Truncate rounds down before 1970, too
}

func dayTime(n int) time.Time { return time.Unix(int64(n)*86400, 0).UTC() }

// spans is a set of days: spans in order that do not touch.
type spans []span

func (s spans) has(day int) bool {
	return slices.ContainsFunc(s, func(p span) bool { return p.first <= day && day <= p.last })
}

// with is s and the days of p.
func (s spans) with(p span) spans {
	if p.first > p.last {
		return s
	}
	var out spans
	for _, q := range s {
		if q.last < p.first-1 || q.first > p.last+1 {
			out = append(out, q)
			continue
		}
		p = span{min(p.first, q.first), max(p.last, q.last)}
	}
	out = append(out, p)
	slices.SortFunc(out, func(a, b span) int { return a.first - b.first })
	return out
}

// without is s but for the days of p.
func (s spans) without(p span) spans {
	var out spans
	for _, q := range s {
		if p.first > p.last || q.last < p.first || q.first > p.last {
			out = append(out, q)
			continue
		}
		for _, rest := range []span{{q.first, p.first - 1}, {p.last + 1, q.last}} {
			if rest.first <= rest.last {
				out = append(out, rest)
			}
		}
	}
	return out
}

func (s spans) minus(t spans) spans {
	for _, p := range t {
		s = s.without(p)
	}
	return s
}

func (s spans) plus(t spans) spans {
	for _, p := range t {
		s = s.with(p)
	}
	return s
}
