package ingest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"logsql/ingest/s3/s3test"
)

// TestDryRunTells: a dry run says what a sync then does, to the object, the byte
// and the request, and is no part of it: it changes nothing.
func TestDryRunTells(t *testing.T) {
	at(t, "2025-11-19 12:00")
	today := date("2025-11-19")
	fill := func(t *testing.T) (*s3test.Server, func(from, n int)) {
		s := s3test.New(t, bucket)
		s.PageSize = 50
		r := rand.New(rand.NewPCG(7, 0))
		return s, func(from, n int) {
			for i := range n {
				day := today.AddDate(0, 0, -r.IntN(40))
				s.Put(bucket, somewhere(r, day, from+i), strings.Repeat("x", r.IntN(500))).Modified = day
			}
		}
	}
	m := newMirror(t)
	steps := []struct {
		name string
		opts Options
		do   func(s *s3test.Server, more func(from, n int))
	}{
		{"some days", Options{Since: date("2025-11-01"), Until: date("2025-11-05")}, nil},
		{"one kind", Options{Types: []string{"cloudtrail_logs"}}, nil},
		{"one account", Options{Accounts: []string{"123456789012"}, Regions: []string{"cn-north-1"}}, nil},
		{"all", Options{}, nil},
		{"all again", Options{}, nil},
		{"what came since", Options{}, func(_ *s3test.Server, more func(from, n int)) { more(10_000, 50) }},
		{"an audit", Options{Audit: true}, nil},
		{
			"what changed, went into the archive, expired",
			Options{Audit: true},
			func(s *s3test.Server, _ func(from, n int)) {
				s.Put(bucket, "changed", "first")
				s.Put(bucket, "archived", "x").Class = "GLACIER"
			},
		},
		{"changed", Options{}, func(s *s3test.Server, _ func(from, n int)) { s.Put(bucket, "changed", "second") }},
		{"changed, and known", Options{}, nil},
		{
			"digests whose signatures were not kept",
			Options{},
			func(s *s3test.Server, _ func(from, n int)) {
				if _, err := m.DB().Exec("UPDATE objects SET signature = NULL; DELETE FROM sealed"); err != nil {
					t.Fatal(err)
				}
			},
		},
	}
	s, more := fill(t)
	more(0, 200)
	for n := range 3 {
		s.Put(bucket, strings.ReplaceAll(trailKey("2025-11-10", fmt.Sprint(n)), "CloudTrail", "CloudTrail-Digest"), "x").Meta = map[string]string{"signature": "00"}
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			if step.do != nil {
				step.do(s, more)
			}
			before := len(contents(t, m))
			dry := step.opts
			dry.DryRun = true
			told := mustSync(t, m, dry, target(s))
			s.Requests()
			if after := len(contents(t, m)); after != before {
				t.Errorf("the dry run left %d objects of %d", after, before)
			}
			did := mustSync(t, m, step.opts, target(s))
			lists, gets := requests(s)
			if told.Fetched != 0 || told.Planned != did.Planned || told.PlannedBytes != did.PlannedBytes || told.Listed != did.Listed {
				t.Errorf("told %d objects, %d bytes of %d listed; planned %d, %d of %d", told.Planned, told.PlannedBytes, told.Listed, did.Planned, did.PlannedBytes, did.Listed)
			}
			if told.Gets != int64(gets) || told.Lists != int64(lists) || did.Gets != told.Gets || did.Lists != told.Lists {
				t.Errorf("told %d LIST, %d GET; sent %d, %d, counted %d, %d", told.Lists, told.Gets, lists, gets, did.Lists, did.Gets)
			}
			if strings.HasPrefix(step.name, "digests") && did.Gets != 3 {
				t.Errorf("%d GETs for 3 digests", did.Gets)
			}
			// What is compared or kept beside is not fetched in the sense of the report.
			if have := fmt.Sprint(did.Fetched, did.Bytes); did.Mutated == 0 && have != fmt.Sprint(told.Planned, told.PlannedBytes) {
				t.Errorf("told %d objects, %d bytes; fetched %s", told.Planned, told.PlannedBytes, have)
			}
			for _, n := range [][2]int64{{told.Archived, did.Archived}, {told.Mutated, did.Mutated}, {told.OtherDay, did.OtherDay}, {told.OtherPlace, did.OtherPlace}, {told.OtherType, did.OtherType}} {
				if n[0] != n[1] {
					t.Errorf("told %+v\n did %+v", told, did)
				}
			}
		})
	}
}
