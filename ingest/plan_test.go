package ingest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"logsql/ingest/layout"
	"logsql/ingest/s3/s3test"
)

func at(t *testing.T, day string) {
	t.Helper()
	before := now
	d, err := time.Parse("2006-01-02 15:04", day)
	if err != nil {
		t.Fatal(err)
	}
	now = func() time.Time { return d }
	t.Cleanup(func() { now = before })
}

func date(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

func requests(s *s3test.Server) (lists, gets int) {
	for _, r := range s.Requests() {
		if strings.HasPrefix(r, "LIST") {
			lists++
		} else {
			gets++
		}
	}
	return lists, gets
}

// somewhere makes keys of every layout, and some that are of none.
func somewhere(r *rand.Rand, day time.Time, n int) string {
	account := []string{"123456789012", "205123456789", "923456789012"}[r.IntN(3)]
	region := []string{"cn-north-1", "cn-northwest-1"}[r.IntN(2)]
	prefix := []string{"", "org/", "a/b/", "123456789012/"}[r.IntN(4)]
	slashed, dashed, packed := day.Format("2006/01/02"), day.Format("2006-01-02"), day.Format("20060102")
	flat := fmt.Sprintf("%s-00-10-20-%016X", dashed, n)
	switch r.IntN(14) {
	case 0:
		return fmt.Sprintf("%sAWSLogs/%s/vpcflowlogs/%s/%s/%s_vpcflowlogs_%s_fl-1_%sT0005Z_%d.log.gz", prefix, account, region, slashed, account, region, packed, n)
	case 1:
		return fmt.Sprintf("%sAWSLogs/o-abc123/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%sT0005Z_%d.json.gz", prefix, account, region, slashed, account, region, packed, n)
	case 2:
		return fmt.Sprintf("%sAWSLogs/%s/vpcflowlogs/%s/%s/%02d/%s_vpcflowlogs_%s_fl-1_%sT0005Z_%d.log.gz", prefix, account, region, slashed, n%24, account, region, packed, n)
	case 3:
		return fmt.Sprintf("%sAWSLogs/aws-account-id=%s/aws-service=vpcflowlogs/aws-region=%s/%s/%s_vpcflowlogs_%s_fl-1_%sT0005Z_%d.log.gz",
			prefix, account, region, day.Format("year=2006/month=01/day=02"), account, region, packed, n)
	case 4:
		return fmt.Sprintf("access/%s/%s/my-bucket/%s/%s", account, region, slashed, flat)
	case 5, 6:
		return "access/" + flat
	case 7:
		return "access/my-bucket-" + flat
	case 8:
		return fmt.Sprintf("AWSLogs/%s/Config/%s/%d/%d/%d/ConfigHistory/x_%d", account, region, day.Year(), day.Month(), day.Day(), n)
	case 9:
		return fmt.Sprintf("%sstrange-%02d/x/%d", prefix, n%40, n)
	case 11, 12:
		return fmt.Sprintf("strange-%03d/x/%d", n, n) // more than are looked into
	case 10:
		return fmt.Sprintf("access/%s-report/%d", day.Format("2006"), n)
	}
	return fmt.Sprintf("%snote-%d", prefix, n)
}

// Whatever lies where, a sync of everything takes each object once, a sync of
// some days those of them, and a later one what came since, late or not.
func TestPlanFindsEverythingOnce(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			s := s3test.New(t, bucket)
			s.PageSize = 2 + r.IntN(30)
			at(t, "2025-11-19 12:00")
			today := date("2025-11-19")
			want := map[string]string{}
			put := func(day time.Time, n int) {
				key := somewhere(r, day, n)
				want[key] = fmt.Sprint(n)
				s.Put(bucket, key, want[key]).Modified = day.Add(time.Hour)
			}
			for n := range 300 {
				put(today.AddDate(0, 0, -r.IntN(500)), n)
			}
			m := newMirror(t)
			s.Requests()
			mustSync(t, m, Options{}, target(s))
			wantContents(t, m, want)
			if lists, n := requests(s); n != len(want) {
				t.Errorf("%d GETs for %d objects; %d LISTs", n, len(want), lists)
			}
			wantDays(t, s, want, today.AddDate(0, 0, -20), today.AddDate(0, 0, -3))
			for n := range 100 {
				put(today.AddDate(0, 0, r.IntN(3)-1), 1000+n)
			}
			if late := mustSync(t, m, Options{}, target(s)); late.Trouble() {
				t.Errorf("second sync: %+v", late)
			}
			wantContents(t, m, want)
		})
	}
}

// wantDays syncs some days of all into a fresh mirror.
func wantDays(t *testing.T, s *s3test.Server, all map[string]string, since, until time.Time) {
	t.Helper()
	m := newMirror(t)
	mustSync(t, m, Options{Since: since, Until: until}, target(s))
	got := contents(t, m)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		day, dated := layout.Parse(key).Date()
		if in := !day.Before(since) && !day.After(until); dated && in != (got[key] != "") {
			t.Errorf("%s to %s: %s is there: %t", since, until, key, !in)
		}
	}
}

func TestSealedDaysCostNothing(t *testing.T) {
	at(t, "2025-11-19 12:00")
	s := s3test.New(t, bucket)
	for _, day := range []string{"2025-11-16", "2025-11-17", "2025-11-18"} {
		s.Put(bucket, flowKey(day, "1"), day)
		s.Put(bucket, "access/"+day+"-00-10-20-ABCDEF0123456789", day)
	}
	m := newMirror(t)
	days := Options{Since: date("2025-11-16"), Until: date("2025-11-17")}
	if r := mustSync(t, m, days, target(s)); r.Fetched != 4 {
		t.Fatalf("first sync: %+v", r)
	}
	s.Requests()
	if r := mustSync(t, m, days, target(s)); r.Listed != 0 || r.Lists != 0 || r.Gets != 0 {
		t.Errorf("again: %+v", r)
	}
	if lists, gets := requests(s); lists != 0 || gets != 0 {
		t.Errorf("again: %d LISTs, %d GETs", lists, gets)
	}
	inside := Target{Bucket: bucket, Prefix: "AWSLogs/123456789012/", Endpoint: s.URL}
	if r := mustSync(t, m, days, inside); r.Lists != 0 {
		t.Errorf("a part of what is sealed: %+v", r)
	}
	// The 18th is not over for long enough: what comes late is found.
	days.Until = date("2025-11-18")
	mustSync(t, m, days, target(s))
	s.Put(bucket, flowKey("2025-11-18", "late"), "late")
	if r := mustSync(t, m, days, target(s)); r.Fetched != 1 || r.Present != 2 {
		t.Errorf("a late object: %+v", r)
	}
}

// TestPrunedDaysAreNotListed: not until they are asked for.
func TestPrunedDaysAreNotListed(t *testing.T) {
	at(t, "2025-11-19 12:00")
	s := s3test.New(t, bucket)
	for _, day := range []string{"2025-11-16", "2025-11-17", "2025-11-18"} {
		s.Put(bucket, flowKey(day, "1"), day)
	}
	m := newMirror(t)
	mustSync(t, m, Options{}, target(s))
	if _, err := m.DB().Exec("DELETE FROM objects WHERE key NOT LIKE '%/18/%'; INSERT INTO prunes VALUES (?, '2025-11-18')", bucket); err != nil {
		t.Fatal(err)
	}
	if r := mustSync(t, m, Options{}, target(s)); r.Listed != 1 || r.Present != 1 {
		t.Errorf("%+v", r)
	}
	if r := mustSync(t, m, Options{Since: date("2025-11-17")}, target(s)); r.Fetched != 1 || r.Present != 1 {
		t.Errorf("asked for: %+v", r)
	}
}

func TestAuditLooksAtSealedDays(t *testing.T) {
	at(t, "2025-11-19 12:00")
	s := s3test.New(t, bucket)
	s.Put(bucket, flowKey("2025-11-01", "1"), "as delivered")
	s.Put(bucket, flowKey("2025-11-01", "2"), "stays")
	m := newMirror(t)
	mustSync(t, m, Options{}, target(s))
	s.Put(bucket, flowKey("2025-11-01", "1"), "as forged")
	s.Put(bucket, flowKey("2025-11-01", "3"), "redelivered")
	if r := mustSync(t, m, Options{}, target(s)); r.Listed != 0 || r.Trouble() {
		t.Errorf("sealed: %+v", r)
	}
	r := mustSync(t, m, Options{Audit: true}, target(s))
	if r.Listed != 3 || r.Fetched != 1 || r.Late != 1 || r.Mutated != 1 || r.Present != 1 {
		t.Errorf("audit: %+v", r)
	}
	// What was found wrong stays open, and is told again.
	if r := mustSync(t, m, Options{}, target(s)); r.Listed != 3 || r.Mutated != 1 {
		t.Errorf("after the audit: %+v", r)
	}
	if r := mustSync(t, m, Options{Accept: true}, target(s)); r.Accepted != 1 {
		t.Errorf("accepted: %+v", r)
	}
	mustSync(t, m, Options{}, target(s))
	if r := mustSync(t, m, Options{}, target(s)); r.Listed != 0 {
		t.Errorf("after all is well: %+v", r)
	}
}

// A day of which something is missing is looked at again.
func TestNotSealed(t *testing.T) {
	key := flowKey("2025-11-01", "1")
	tests := []struct {
		name   string
		before func(s *s3test.Server, o *s3test.Object)
		opts   Options
		after  func(s *s3test.Server, o *s3test.Object)
		again  int64
	}{
		{"denied", func(s *s3test.Server, _ *s3test.Object) { s.Denied = []string{"AWSLogs/"} }, Options{}, func(s *s3test.Server, _ *s3test.Object) { s.Denied = nil }, 1},
		{"archived", func(_ *s3test.Server, o *s3test.Object) { o.Class = "GLACIER" }, Options{}, func(_ *s3test.Server, o *s3test.Object) { o.Restored = true }, 1},
		{"not listed", func(s *s3test.Server, _ *s3test.Object) { s.Unlisted = []string{"AWSLogs/123456789012/"} }, Options{}, func(s *s3test.Server, _ *s3test.Object) { s.Unlisted = nil }, 1},
		{"of another type", nil, Options{Types: []string{"cloudtrail_logs"}}, nil, 1},
		{"of another account", nil, Options{Accounts: []string{"111111111111"}}, nil, 1},
		{"of another region", nil, Options{Regions: []string{"cn-northwest-1"}}, nil, 1},
		{"of another day", nil, Options{Since: date("2025-11-02")}, nil, 1},
		{"a dry run", nil, Options{DryRun: true}, nil, 1},
		{"nothing missing", nil, Options{}, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at(t, "2025-11-19 12:00")
			s := s3test.New(t, bucket)
			o := s.Put(bucket, key, "flow")
			s.Put(bucket, trailKey("2025-11-02", "1"), "trail")
			if tt.before != nil {
				s.Do(func() { tt.before(s, o) })
			}
			m := newMirror(t)
			mustSync(t, m, tt.opts, target(s))
			if tt.after != nil {
				s.Do(func() { tt.after(s, o) })
			}
			r := mustSync(t, m, Options{Until: date("2025-11-01")}, target(s))
			if r.Fetched != tt.again || len(contents(t, m)) == 0 {
				t.Errorf("second sync: %+v, want %d fetched", r, tt.again)
			}
		})
	}
}

// Access logs filed by the time of their events come for a week.
func TestEventTimeStaysOpen(t *testing.T) {
	s := s3test.New(t, bucket)
	put := func(day, id string) {
		s.Put(bucket, "123456789012/cn-north-1/b/"+strings.ReplaceAll(day, "-", "/")+"/"+day+"-00-00-00-"+id, id)
	}
	put("2025-11-12", "ABCDEF0123456789")
	put("2025-11-10", "ABCDEF0123456789")
	m := newMirror(t)
	at(t, "2025-11-19 12:00")
	mustSync(t, m, Options{}, target(s))
	put("2025-11-12", "ABCDEF012345678A")
	put("2025-11-10", "ABCDEF012345678A")
	if r := mustSync(t, m, Options{}, target(s)); r.Fetched != 1 {
		t.Errorf("%+v", r)
	}
	// The grace is remembered though nothing new is seen.
	at(t, "2025-11-25 12:00")
	mustSync(t, m, Options{}, target(s))
	put("2025-11-18", "ABCDEF012345678B")
	if r := mustSync(t, m, Options{}, target(s)); r.Fetched != 1 {
		t.Errorf("later: %+v", r)
	}
}

// Flat access logs are listed from the day that is wanted on, not from the
// first.
func TestFlatLogsListOnlyWantedDays(t *testing.T) {
	s := s3test.New(t, bucket)
	s.PageSize = 10
	first := date("2024-01-01")
	for d := range 500 {
		for n := range 3 {
			s.Put(bucket, fmt.Sprintf("access/log-%s-00-10-20-ABCDEF%010d", first.AddDate(0, 0, d).Format(time.DateOnly), n), "x")
		}
	}
	m := newMirror(t)
	r := mustSync(t, m, Options{Since: first.AddDate(0, 0, 490), Until: first.AddDate(0, 0, 491)}, target(s))
	if r.Fetched != 6 || r.Lists > 6 {
		t.Errorf("%+v", r)
	}
}

// TestTypes: every type of CloudTrail's folders can be asked for alone; digests
// come with the logs that they are about.
func TestTypes(t *testing.T) {
	s := s3test.New(t, bucket)
	folders := map[string]string{
		"CloudTrail": "cloudtrail_logs", "CloudTrail-Digest": "", "CloudTrail-Insight": "cloudtrail_insights",
		"CloudTrail-NetworkActivity": "cloudtrail_network_activity", "CloudTrail-Aggregated": "cloudtrail_aggregated",
		"vpcflowlogs": "vpc_flow_logs", "Config": "",
	}
	for folder := range folders {
		s.Put(bucket, "AWSLogs/1/"+folder+"/cn-north-1/2025/11/18/1_"+folder+"_cn-north-1_20251118T0005Z_x.json.gz", "x")
	}
	for folder, logType := range folders {
		if logType == "" {
			continue
		}
		want := int64(1)
		if folder == "CloudTrail" {
			want = 2
		}
		m := newMirror(t)
		if r := mustSync(t, m, Options{Types: []string{logType}}, target(s)); r.Fetched != want {
			t.Errorf("%s: %+v, want %d", logType, r, want)
		}
		for o := range m.Objects(t.Context()) {
			if !strings.Contains(o.Key, "/"+folder+"/") && !(want == 2 && strings.Contains(o.Key, "/CloudTrail-Digest/")) {
				t.Errorf("%s: %s", logType, o.Key)
			}
		}
	}
}

func TestAccountsAndRegions(t *testing.T) {
	s := s3test.New(t, bucket)
	for _, account := range []string{"111111111111", "222222222222"} {
		for _, region := range []string{"cn-north-1", "cn-northwest-1"} {
			s.Put(bucket, "AWSLogs/"+account+"/CloudTrail/"+region+"/2025/11/18/"+account+"_CloudTrail_"+region+"_20251118T0005Z_x.json.gz", "x")
			s.Put(bucket, "111111111111/AWSLogs/"+account+"/vpcflowlogs/"+region+"/2025/11/18/"+account+"_vpcflowlogs_"+region+"_fl-1_20251118T0005Z_x.log.gz", "x")
		}
	}
	tests := []struct {
		opts  Options
		want  int64
		lists int64
	}{
		{Options{}, 8, 30},
		{Options{Accounts: []string{"222222222222"}}, 4, 20},
		{Options{Accounts: []string{"222222222222"}, Regions: []string{"cn-north-1"}}, 2, 12},
		{Options{Regions: []string{"cn-north-1"}, Types: []string{"vpc_flow_logs"}}, 2, 12},
		{Options{Accounts: []string{"333333333333"}}, 0, 6},
	}
	for _, tt := range tests {
		if r := mustSync(t, newMirror(t), tt.opts, target(s)); r.Fetched != tt.want || r.Lists > tt.lists {
			t.Errorf("%+v: %+v", tt.opts, r)
		}
	}
}
