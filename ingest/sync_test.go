package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"logsql/ingest/mirror"
	"logsql/ingest/s3"
	"logsql/ingest/s3/s3test"
)

const bucket = "cn-logs"

func flowKey(day, n string) string {
	return "AWSLogs/123456789012/vpcflowlogs/cn-north-1/" + strings.ReplaceAll(day, "-", "/") +
		"/123456789012_vpcflowlogs_cn-north-1_fl-0a1b2c3d_" + strings.ReplaceAll(day, "-", "") + "T0005Z_" + n + ".log.gz"
}

func trailKey(day, n string) string {
	return "AWSLogs/123456789012/CloudTrail/cn-north-1/" + strings.ReplaceAll(day, "-", "/") +
		"/123456789012_CloudTrail_cn-north-1_" + strings.ReplaceAll(day, "-", "") + "T0005Z_" + n + ".json.gz"
}

// mirrorDir is a place for a mirror: in memory where there is such a place, as
// a busy disk takes seconds for each sync of a commit.
func mirrorDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "logsql-test-")
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "mirror")
}

func newMirror(t testing.TB) *mirror.Mirror {
	t.Helper()
	m, err := mirror.Create(t.Context(), mirrorDir(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func target(s *s3test.Server) Target { return Target{Bucket: bucket, Endpoint: s.URL} }

func mustSync(t testing.TB, m *mirror.Mirror, o Options, targets ...Target) Report {
	t.Helper()
	r, err := Sync(t.Context(), m, targets, o)
	if err != nil {
		t.Fatalf("sync: %v", err)
	}
	return r
}

// contents are the mirror's objects, each with what its file holds.
func contents(t testing.TB, m *mirror.Mirror) map[string]string {
	t.Helper()
	got := map[string]string{}
	for o, err := range m.Objects(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(m.Path(o.Path))
		if err != nil {
			t.Fatal(err)
		}
		got[o.Key] = string(data)
	}
	return got
}

func wantContents(t testing.TB, m *mirror.Mirror, want map[string]string) {
	t.Helper()
	got := contents(t, m)
	for key, data := range want {
		if have, ok := got[key]; !ok {
			t.Errorf("%q is not in the mirror", key)
		} else if have != data {
			t.Errorf("%q holds %q, want %q", key, have, data)
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("%q is in the mirror and should not be", key)
		}
	}
	left, _ := filepath.Glob(filepath.Join(m.Dir(), "tmp", "*"))
	if len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

// hostileKeys are keys that have led tools astray.
var hostileKeys = []string{
	"../escape.txt", "../../etc/passwd", "a/../../b", "/absolute", "//", "///x", "p//q", "p/q", "p/", "p/./q", "./p", ".", "..",
	"a", "a/b", "a/b/c", "a/", "A", "A/B", "straße", "STRASSE", "é", "É", "e\u0301", "ſ", "s",
	strings.Repeat("n", 255), strings.Repeat("n", 256), strings.Repeat("d/", 500) + "x", strings.Repeat("日", 100),
	"new\nline", "tab\tbed", "nul\x01ish", "bell\a", "del\x7f", "zero\u200bwidth", "rtl\u202egnp.exe",
	"space key", " leading", "trailing ", "plus+plus", "per%20cent", "%2e%2e/%2f", "q?uery=1&x", "hash#tag", "semi;colon", "back\\slash", "..\\..\\x",
	"quote'\"<>&", "$(rm -rf)", "`id`", "-rf", "*", "~", "CON", "aux.txt", "dot.", "日志/中国.log", "emoji😀",
	".logsql/x", ".LOGSQL/x", "state.db", "lock", "tmp/1.tmp", "s3/x", "lake/x.parquet",
}

func TestSyncTakesEveryKey(t *testing.T) {
	s := s3test.New(t, bucket)
	s.PageSize = 7
	want := map[string]string{}
	for i, key := range hostileKeys {
		want[key] = fmt.Sprintf("object %d", i)
		s.Put(bucket, key, want[key])
	}
	m := newMirror(t)
	outside := listOutside(t, m)
	r := mustSync(t, m, Options{}, target(s))
	if r.Listed != int64(len(want)) || r.Fetched != r.Listed || r.Trouble() {
		t.Errorf("report: %+v", r)
	}
	wantContents(t, m, want)
	noClash(t, m)
	if now := listOutside(t, m); !slices.Equal(now, outside) {
		t.Errorf("beside the mirror lie %v, before %v", now, outside)
	}
	if r := mustSync(t, m, Options{}, target(s)); r.Present != int64(len(want)) || r.Fetched != 0 {
		t.Errorf("second sync: %+v", r)
	}
}

func listOutside(t *testing.T, m *mirror.Mirror) (names []string) {
	entries, err := os.ReadDir(filepath.Dir(m.Dir()))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// noClash fails where a file system that does not tell case apart would take
// two files for one.
func noClash(t *testing.T, m *mirror.Mirror) {
	t.Helper()
	seen := map[string]string{}
	for o, err := range m.Objects(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[strings.ToLower(o.Path)]; ok {
			t.Errorf("%q and %q differ by case alone", o.Path, other)
		}
		seen[strings.ToLower(o.Path)] = o.Path
	}
}

func TestSyncFetchesOnlyWhatIsNew(t *testing.T) {
	s := s3test.New(t, bucket)
	s.PageSize = 100
	want := map[string]string{}
	for i := range 1100 {
		key := flowKey("2025-11-19", fmt.Sprintf("%05d", i))
		want[key] = fmt.Sprint("data ", i)
		s.Put(bucket, key, want[key])
	}
	m := newMirror(t)
	if r := mustSync(t, m, Options{}, target(s)); r.Fetched != 1100 {
		t.Fatalf("first sync: %+v", r)
	}
	late := flowKey("2025-11-18", "00001")
	want[late] = "late"
	s.Put(bucket, late, "late")
	s.Requests()
	r := mustSync(t, m, Options{}, target(s))
	if r.Fetched != 1 || r.Present != 1100 || r.Bytes != 4 {
		t.Errorf("second sync: %+v", r)
	}
	for _, req := range s.Requests() {
		if strings.HasPrefix(req, "GET") && req != "GET "+bucket+" "+late {
			t.Errorf("fetched again: %s", req)
		}
	}
	wantContents(t, m, want)
}

func TestSyncFaults(t *testing.T) {
	key := flowKey("2025-11-19", "1")
	tests := []struct {
		name  string
		fault func(s *s3test.Server, o *s3test.Object)
		check func(r Report) bool
	}{
		{"a burst of 503", func(s *s3test.Server, _ *s3test.Object) { s.Busy = 3 }, fetchedOne},
		{"short bodies", func(_ *s3test.Server, o *s3test.Object) { o.Short = 2 }, fetchedOne},
		{"a wrong byte", func(_ *s3test.Server, o *s3test.Object) { o.Garbled = 1 }, fetchedOne},
		{"no ETags", func(s *s3test.Server, _ *s3test.Object) { s.NoETag = true }, fetchedOne},
		{"encrypted by KMS", func(s *s3test.Server, _ *s3test.Object) { s.KMS = true }, fetchedOne},
		{"an ETag that only looks like an MD5", func(_ *s3test.Server, o *s3test.Object) { o.ETag = strings.Repeat("ab", 16) }, fetchedOne},
		{"another region, 400", func(s *s3test.Server, _ *s3test.Object) { s.Region = "cn-northwest-1" }, fetchedOne},
		{"another region, 301", func(s *s3test.Server, _ *s3test.Object) { s.Region, s.Redirect = "cn-north-1", true }, fetchedOne},
		{"in the archive", func(_ *s3test.Server, o *s3test.Object) { o.Class = "GLACIER" }, func(r Report) bool { return r.Archived == 1 && r.Trouble() }},
		{"out of the archive", func(_ *s3test.Server, o *s3test.Object) { o.Class, o.Restored = "GLACIER", true }, fetchedOne},
		{"denied", func(s *s3test.Server, _ *s3test.Object) { s.Denied = []string{"AWSLogs/"} }, func(r Report) bool { return r.Denied == 1 && r.Trouble() }},
		{"expired meanwhile", func(_ *s3test.Server, o *s3test.Object) { o.Vanish = true }, func(r Report) bool { return r.Gone == 1 && !r.Trouble() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := s3test.New(t, bucket)
			s.Put(bucket, "other", "stays")
			tt.fault(s, s.Put(bucket, key, "one flow log"))
			m := newMirror(t)
			r := mustSync(t, m, Options{}, target(s))
			if !tt.check(r) {
				t.Errorf("report: %+v", r)
			}
			want := map[string]string{"other": "stays"}
			if r.Fetched == 2 {
				want[key] = "one flow log"
			}
			wantContents(t, m, want)
		})
	}
}

func fetchedOne(r Report) bool { return r.Fetched == 2 && !r.Trouble() }

func TestSyncErrorsThatEndIt(t *testing.T) {
	tests := []struct {
		name       string
		reply      s3test.Reply
		want, hint string
	}{
		{
			"no such bucket",
			s3test.Reply{Status: 404, Code: "NoSuchBucket", Message: "The specified bucket does not exist"},
			"list s3://cn-logs/: NoSuchBucket: The specified bucket does not exist", "aws-cn",
		},
		{
			"unknown key",
			s3test.Reply{Status: 403, Code: "InvalidAccessKeyId", Message: "The key is not in our records."},
			"list s3://cn-logs/: InvalidAccessKeyId: The key is not in our records.", "aws-cn",
		},
		{
			"wrong clock",
			s3test.Reply{Status: 403, Code: "RequestTimeTooSkewed", Message: "The difference is too large."},
			"list s3://cn-logs/: RequestTimeTooSkewed: The difference is too large.", "check the clock",
		},
		{
			"expired",
			s3test.Reply{Status: 400, Code: "ExpiredToken", Message: "The provided token has expired."},
			"list s3://cn-logs/: ExpiredToken: The provided token has expired.", "run the same command",
		},
		{
			"denied",
			s3test.Reply{Status: 403, Code: "AccessDenied", Message: "Access Denied"},
			"list s3://cn-logs/: AccessDenied: Access Denied", "s3:ListBucket on arn:aws-cn:s3:::cn-logs",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := s3test.New(t, bucket)
			s.Reply = &tt.reply
			to := target(s)
			to.Region = "cn-north-1"
			_, err := Sync(t.Context(), newMirror(t), []Target{to}, Options{})
			var e *Error
			if !errors.As(err, &e) || e.Error() != tt.want || !strings.Contains(e.Hint, tt.hint) {
				t.Errorf("error %v, hint %q; want %s, hint with %q", err, hintOf(e), tt.want, tt.hint)
			}
		})
	}
}

func hintOf(e *Error) string {
	if e == nil {
		return ""
	}
	return e.Hint
}

func TestSyncTellsMutations(t *testing.T) {
	s := s3test.New(t, bucket)
	s.Put(bucket, "log", "as delivered")
	m := newMirror(t)
	mustSync(t, m, Options{}, target(s))
	s.Put(bucket, "log", "as forged..")
	r := mustSync(t, m, Options{}, target(s))
	if r.Mutated != 1 || len(r.Failures) != 1 || r.Failures[0].What != "mutated" || !r.Trouble() {
		t.Errorf("report: %+v", r)
	}
	wantContents(t, m, map[string]string{"log": "as delivered"})
}

func TestSyncDays(t *testing.T) {
	days := []string{"2024-12-31", "2025-10-31", "2025-11-18", "2025-11-19", "2025-11-20"}
	s := s3test.New(t, bucket)
	for _, day := range days {
		s.Put(bucket, flowKey(day, "1"), day)
		s.Put(bucket, "org/"+trailKey(day, "1"), day)
		s.Put(bucket, "access/"+day+"-00-10-20-ABCDEF0123456789", day)
	}
	s.Put(bucket, "no date", "by LastModified, 2025-11-20")
	s.Put(bucket, "AWSLogs/123456789012/vpcflowlogs/cn-north-1/note", "by LastModified")
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	tests := []struct {
		since, until time.Time
		want         int
	}{
		{time.Time{}, time.Time{}, 17},
		{day("2025-11-19"), day("2025-11-19"), 3},
		{day("2025-11-19"), time.Time{}, 8},
		{time.Time{}, day("2025-10-31"), 6},
		// The note lies behind all days of its folder, where nobody looks.
		{day("2025-11-01"), day("2025-11-30"), 10},
		{day("2026-01-01"), time.Time{}, 0},
	}
	for _, tt := range tests {
		r := mustSync(t, newMirror(t), Options{Since: tt.since, Until: tt.until}, target(s))
		if r.Fetched != int64(tt.want) || r.Fetched+r.OtherDay != r.Listed {
			t.Errorf("from %s to %s: %+v, want %d objects", tt.since, tt.until, r, tt.want)
		}
	}
}

func TestSyncListsOnlyWantedDays(t *testing.T) {
	s := s3test.New(t, bucket)
	first := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := range 500 {
		for n := range 3 {
			s.Put(bucket, flowKey(first.AddDate(0, 0, d).Format(time.DateOnly), fmt.Sprint(n)), "x")
		}
	}
	s.PageSize = 10
	last := first.AddDate(0, 0, 499)
	r := mustSync(t, newMirror(t), Options{Since: last}, target(s))
	lists := 0
	for _, req := range s.Requests() {
		if strings.HasPrefix(req, "LIST") {
			lists++
		}
	}
	if r.Fetched != 3 || lists > 12 {
		t.Errorf("%d lists, report %+v", lists, r)
	}
}

func TestSyncFolderThatMayNotBeListed(t *testing.T) {
	s := s3test.New(t, bucket)
	s.Put(bucket, flowKey("2025-11-19", "1"), "flow")
	s.Put(bucket, trailKey("2025-11-19", "1"), "trail")
	s.Unlisted = []string{"AWSLogs/123456789012/CloudTrail/"}
	m := newMirror(t)
	r := mustSync(t, m, Options{Since: time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)}, target(s))
	if r.Denied != 1 || r.Fetched != 1 {
		t.Errorf("report: %+v", r)
	}
}

func TestSyncTypes(t *testing.T) {
	s := s3test.New(t, bucket)
	s.Put(bucket, flowKey("2025-11-19", "1"), "flow")
	s.Put(bucket, trailKey("2025-11-19", "1"), "trail")
	s.Put(bucket, "stranger", "?")
	m := newMirror(t)
	r := mustSync(t, m, Options{Types: []string{"cloudtrail_logs"}}, target(s))
	if r.Fetched != 1 || r.OtherType != 1 { // folders of other types are not listed
		t.Errorf("report: %+v", r)
	}
	wantContents(t, m, map[string]string{trailKey("2025-11-19", "1"): "trail"})
}

func TestSyncDryRunWritesNothing(t *testing.T) {
	s := s3test.New(t, bucket)
	s.Put(bucket, "a", "12345")
	dir := filepath.Join(t.TempDir(), "none")
	m, err := mirror.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	r := mustSync(t, m, Options{DryRun: true}, target(s))
	if r.Planned != 1 || r.PlannedBytes != 5 || r.Fetched != 0 {
		t.Errorf("report: %+v", r)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the dry run made %s", dir)
	}
	for _, req := range s.Requests() {
		if strings.HasPrefix(req, "GET") {
			t.Errorf("the dry run fetched: %s", req)
		}
	}
}

func TestSyncLocked(t *testing.T) {
	m := newMirror(t)
	release, err := m.Lock("a test")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, err := Sync(t.Context(), m, nil, Options{}); !errors.Is(err, mirror.ErrLocked) || !strings.Contains(err.Error(), "a test") {
		t.Errorf("error %v, want ErrLocked naming the holder", err)
	}
}

func TestSyncInterrupted(t *testing.T) {
	s := s3test.New(t, bucket)
	want := map[string]string{}
	for i := range 200 {
		want[fmt.Sprintf("k%03d", i)] = "x"
		s.Put(bucket, fmt.Sprintf("k%03d", i), "x")
	}
	s.Latency = time.Millisecond
	m := newMirror(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for n := 0; n < 20; time.Sleep(time.Millisecond) {
			n += len(s.Requests())
		}
	}()
	r, err := Sync(ctx, m, []Target{target(s)}, Options{Workers: 2})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
	if have := len(contents(t, m)); have == 0 || int64(have) != r.Fetched {
		t.Errorf("%d files after an interrupt, report %+v", have, r)
	}
	r2 := mustSync(t, m, Options{}, target(s))
	if r2.Fetched+r.Fetched != 200 {
		t.Errorf("first %+v, then %+v", r, r2)
	}
	wantContents(t, m, want)
}

func TestSyncRealServer(t *testing.T) {
	g := s3test.StartVersityGW(t)
	g.CreateBucket(t, bucket)
	want := map[string]string{}
	put := func(key, data string) {
		want[key] = data
		g.Put(t, bucket, key, []byte(data))
	}
	for _, day := range []string{"2025-11-18", "2025-11-19"} {
		for i := range 20 {
			put(flowKey(day, fmt.Sprint(i)), strings.Repeat(day, i))
		}
		put(trailKey(day, "a"), day)
	}
	for _, key := range []string{"plus+plus", "space key", "per%20cent", "日志/中国.log", "q?uery=1&x", "quote'\"<>&", "a.txt", "a/b", "A"} {
		put(key, "odd "+key)
	}
	// A file that no upload made: the gateway lists it without an ETag.
	if err := os.WriteFile(filepath.Join(g.Root, bucket, "bare"), []byte("bare"), 0o644); err != nil {
		t.Fatal(err)
	}
	want["bare"] = "bare"
	m := newMirror(t)
	to := Target{Bucket: bucket, Endpoint: g.Endpoint}
	if r := mustSync(t, m, Options{}, to); r.Fetched != int64(len(want)) || r.Trouble() {
		t.Errorf("report: %+v", r)
	}
	wantContents(t, m, want)
	if r := mustSync(t, m, Options{}, to); r.Fetched != 0 || r.Present != int64(len(want)) {
		t.Errorf("second sync: %+v", r)
	}
	day := time.Date(2025, 11, 19, 0, 0, 0, 0, time.UTC)
	if r := mustSync(t, newMirror(t), Options{Since: day, Until: day}, to); r.Fetched != 21 {
		t.Errorf("one day: %+v", r)
	}
	to.Region = "cn-north-1" // the gateway knows the region it is in
	if r := mustSync(t, newMirror(t), Options{}, to); r.Fetched != int64(len(want)) {
		t.Errorf("from a wrong region: %+v", r)
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	_, err := Sync(t.Context(), newMirror(t), []Target{to}, Options{})
	var e *Error
	if !errors.As(err, &e) || e.Kind != s3.Fatal {
		t.Errorf("error with a wrong secret: %v", err)
	}
}
