package convert_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"logsql/convert"
	"logsql/convert/lake"
	"logsql/ingest"
	"logsql/ingest/mirror"
	"logsql/ingest/s3/s3test"
)

// inPieces converts n flow objects of a day one by one, as many rounds of sync
// and convert-parquet do; those of day 2 have another bucket's object among them.
func inPieces(t *testing.T, n int) *mirror.Mirror {
	t.Helper()
	m := newMirror(t)
	for i := range n {
		put(t, m, "logs", object{flowKey(1, i), zip(flowHeader + flowLines(100+i, day1+int64(3600*i)))})
		run(t, m, convert.Options{})
	}
	put(t, m, "other", object{flowKey(1, 99), zip(flowHeader + flowLines(7, day1))})
	run(t, m, convert.Options{})
	return m
}

const flowSums = `SELECT count(*) || ' ' || sum(bytes) || ' ' || sum(start) || ' ' || count(DISTINCT source_object) || ' ' || sum(hash(t))::VARCHAR FROM VPC_FLOW_LOGS t`

func parts(t *testing.T, m *mirror.Mirror) []lake.Part {
	t.Helper()
	l, err := lake.Open(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := l.Parts(t.Context(), "vpc_flow_logs")
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

func compact(t *testing.T, m *mirror.Mirror, o convert.CompactOptions) convert.CompactReport {
	t.Helper()
	report, err := convert.Compact(t.Context(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestCompact(t *testing.T) {
	m := inPieces(t, 5)
	before := inDuck(t, m, flowSums)
	sums := stats(t, m)
	report := compact(t, m, convert.CompactOptions{})
	if r := report.Tables["vpc_flow_logs"]; r == nil || r.PartsBefore != 5 || r.PartsAfter != 1 || r.BytesAfter >= r.BytesBefore {
		t.Errorf("report %+v", r)
	}
	expect(t, "records", inDuck(t, m, flowSums), before)
	expect(t, "parts, one a bucket", fmt.Sprint(len(parts(t, m)), len(lakeFiles(t, m))), "2 2")
	after := stats(t, m)
	sums.Parts, sums.Bytes = after.Parts, after.Bytes
	expect(t, "stats", fmt.Sprint(after), fmt.Sprint(sums))
	if report := compact(t, m, convert.CompactOptions{}); len(report.Tables) != 0 {
		t.Errorf("merged again: %v", report)
	}
	run(t, m, convert.Options{})
	expect(t, "records afterwards", inDuck(t, m, flowSums), before)

	// A part that is gone takes its objects with it, which are converted again.
	for _, p := range parts(t, m) {
		os.Remove(m.Path(p.Path))
	}
	run(t, m, convert.Options{})
	expect(t, "records of a lost part", inDuck(t, m, flowSums), before)
}

func stats(t *testing.T, m *mirror.Mirror) lake.TableStats {
	t.Helper()
	l, err := lake.Open(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Stats(t.Context())
	if err != nil || len(s.Tables) != 1 {
		t.Fatal(s, err)
	}
	return s.Tables[0]
}

func TestCompactSorted(t *testing.T) {
	m := inPieces(t, 4)
	before := inDuck(t, m, flowSums)
	compact(t, m, convert.CompactOptions{Sort: "srcaddr"})
	expect(t, "records", inDuck(t, m, flowSums), before)
	for _, p := range parts(t, m) {
		expect(t, "sorted by", p.Sorted, "srcaddr")
		expect(t, "out of order", inDuck(t, m, `SELECT count(*) FILTER (before > srcaddr) FROM
			(SELECT srcaddr, lag(srcaddr) OVER (ORDER BY file_row_number) AS before FROM read_parquet('`+m.Path(p.Path)+`', file_row_number = true))`), "0")
	}
	if report := compact(t, m, convert.CompactOptions{Sort: "srcaddr"}); len(report.Tables) != 0 {
		t.Errorf("sorted again: %v", report)
	}
	// What comes late is sorted by itself.
	put(t, m, "logs", object{flowKey(1, 50), zip(flowHeader + flowLines(3, day1))})
	run(t, m, convert.Options{})
	report := compact(t, m, convert.CompactOptions{Sort: "srcaddr"})
	if r := report.Tables["vpc_flow_logs"]; r == nil || r.PartsBefore != 1 || r.PartsAfter != 1 {
		t.Errorf("report %+v", r)
	}
	_, err := convert.Compact(t.Context(), m, convert.CompactOptions{Sort: "nothing"})
	expect(t, "error", fmt.Sprint(err), `no table has a column "nothing" of plain values`)
	_, err = convert.Compact(t.Context(), m, convert.CompactOptions{Sort: "useridentity", Tables: []string{"cloudtrail_logs"}})
	expect(t, "error", fmt.Sprint(err), `cloudtrail_logs has no column "useridentity" of plain values`)
}

// TestCompactDays merges those days only that are asked for; access logs whose
// records lie in two days stay with the day of their key.
func TestCompactDays(t *testing.T) {
	m := newMirror(t)
	for i := range 3 {
		put(t, m, "logs",
			object{flowKey(1, i), zip(flowHeader + flowLines(10, day1))},
			object{flowKey(2, i), zip(flowHeader + flowLines(10, day1+86400))},
			object{fmt.Sprintf("access/2026-01-02-05-00-0%d-0123456789ABCDEF", i), accessLine(1, "curl/8") + accessLine(2, "curl/8")})
		run(t, m, convert.Options{})
	}
	second := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	report := compact(t, m, convert.CompactOptions{Since: second, Until: second})
	for table, after := range map[string]int{"vpc_flow_logs": 1, "s3_access_logs": 2} {
		if r := report.Tables[table]; r == nil || r.PartsBefore != 3*after || r.PartsAfter != after {
			t.Errorf("%s: %+v", table, r)
		}
	}
	expect(t, "flow parts", fmt.Sprint(len(parts(t, m))), "4")
	compact(t, m, convert.CompactOptions{Tables: []string{"s3_access_logs"}})
	expect(t, "flow parts", fmt.Sprint(len(parts(t, m))), "4")
}

// TestCompactSealed: a conversion merges the parts of a day that is over, once
// there are many, and late objects do not write the day again, however many.
func TestCompactSealed(t *testing.T) {
	m := newMirror(t)
	var counts []int
	var merged map[string]uint32
	for i := range 17 {
		put(t, m, "logs", object{flowKey(1, i), zip(flowHeader + flowLines(10, day1))})
		run(t, m, convert.Options{})
		counts = append(counts, len(parts(t, m)))
		if i == 7 {
			merged = lakeFiles(t, m)
		}
	}
	expect(t, "parts", fmt.Sprint(counts), "[1 2 3 4 5 6 7 1 2 3 4 5 6 7 8 2 3]")
	expect(t, "records", inDuck(t, m, "SELECT count(*) FROM VPC_FLOW_LOGS"), "170")
	for path := range merged {
		if _, ok := lakeFiles(t, m)[path]; !ok || len(merged) != 1 {
			t.Errorf("the day was written again: %v, first %v", lakeFiles(t, m), merged)
		}
	}
}

// TestCompactSealedByListing: the days that listings of S3 seal are merged once
// they are, those of which something is missing not for two weeks.
func TestCompactSealedByListing(t *testing.T) {
	s := s3test.New(t, "listed")
	m := newMirror(t)
	target := ingest.Target{Bucket: "listed", Endpoint: s.URL}
	today := time.Now().UTC().Truncate(24 * time.Hour)
	flow := func(account string, daysAgo, n int) *s3test.Object {
		day := today.AddDate(0, 0, -daysAgo)
		return s.Put("listed", fmt.Sprintf("AWSLogs/%s/vpcflowlogs/cn-north-1/%s/%s_vpcflowlogs_cn-north-1_fl-1_%sT%02d00Z_0a.log.gz", account,
			day.Format("2006/01/02"), account, day.Format("20060102"), n), zip(flowHeader+flowLines(10, day.Unix())))
	}
	event := func(daysAgo, n int) {
		day := today.AddDate(0, 0, -daysAgo)
		line := strings.Replace(accessLine(1, "curl/8"), "[01/Jan/2026:", "["+day.Format("02/Jan/2006:"), 1)
		s.Put("listed", fmt.Sprintf("123456789012/cn-north-1/b/%s-00-00-00-%016X", day.Format("2006/01/02/2006-01-02"), n), line)
	}
	archived := flow("111111111111", 4, 23)
	s.Do(func() { archived.Class = "GLACIER" })
	old := flow("111111111111", 20, 23)
	s.Do(func() { old.Class = "GLACIER" })
	for n := range 8 {
		flow("111111111111", 4, n)
		flow("111111111111", 20, n)
		flow("222222222222", 5, n)
		event(4, n)
		event(9, n)
		if _, err := ingest.Sync(t.Context(), m, []ingest.Target{target}, ingest.Options{Audit: true}); err != nil {
			t.Fatal(err)
		}
		run(t, m, convert.Options{})
	}
	days := func() string {
		l, err := lake.Open(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int{}
		for _, table := range []string{"vpc_flow_logs", "s3_access_logs"} {
			parts, err := l.Parts(t.Context(), table)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range parts {
				day, _ := time.Parse("2006-01-02", strings.Join(p.Partition, "-"))
				counts[fmt.Sprintf("%s %2.0f", table, today.Sub(day).Hours()/24)]++
			}
		}
		return fmt.Sprint(counts)
	}
	expect(t, "parts by days ago", days(), "map[s3_access_logs  4:8 s3_access_logs  9:1 vpc_flow_logs  4:8 vpc_flow_logs  5:1 vpc_flow_logs 20:1]")
	s.Do(func() { archived.Restored = true })
	if _, err := ingest.Sync(t.Context(), m, []ingest.Target{target}, ingest.Options{Audit: true}); err != nil {
		t.Fatal(err)
	}
	run(t, m, convert.Options{})
	expect(t, "parts by days ago", days(), "map[s3_access_logs  4:8 s3_access_logs  9:1 vpc_flow_logs  4:1 vpc_flow_logs  5:1 vpc_flow_logs 20:1]")
	expect(t, "records", inDuck(t, m, "SELECT count(*) FROM VPC_FLOW_LOGS"), "250")
}

// TestCompactReaders: what a reader may read stays until it is gone.
func TestCompactReaders(t *testing.T) {
	m := inPieces(t, 3)
	l, err := lake.Open(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	release, err := l.Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := lakeFiles(t, m)
	compact(t, m, convert.CompactOptions{})
	later, err := l.Hold(t.Context()) // of the merged lake: it holds up nothing
	if err != nil {
		t.Fatal(err)
	}
	defer later()
	for range 2 {
		for path, size := range before {
			if got := lakeFiles(t, m)[path]; got != size {
				t.Errorf("%s has %d bytes, had %d", path, got, size)
			}
		}
		run(t, m, convert.Options{})
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	run(t, m, convert.Options{})
	expect(t, "files", fmt.Sprint(len(lakeFiles(t, m))), fmt.Sprint(len(parts(t, m))))
	expect(t, "records", inDuck(t, m, "SELECT count(*) FROM VPC_FLOW_LOGS"), "310")
}

// TestCompactCrash kills a compaction at each step: the lake is whole, and the
// next run makes the one that an undisturbed compaction makes.
func TestCompactCrash(t *testing.T) {
	pieces := func() *mirror.Mirror {
		m := newMirror(t)
		for i := range 3 {
			put(t, m, "logs", object{flowKey(1, i), zip(flowHeader + flowLines(50, day1))}, object{flowKey(2, i), zip(flowHeader + flowLines(9, day1+86400))},
				object{fmt.Sprintf("access/2026-01-02-05-00-0%d-0123456789ABCDEF", i), accessLine(1, "curl/8") + accessLine(2, "curl/8")})
			run(t, m, convert.Options{})
		}
		return m
	}
	whole := pieces()
	before := inDuck(t, whole, flowSums)
	compact(t, whole, convert.CompactOptions{})
	want := lakeFiles(t, whole)
	for _, step := range lake.CompactSteps {
		t.Run(step, func(t *testing.T) {
			m := pieces()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "LOGSQL_TEST_COMPACT="+m.Dir(), "LOGSQL_CRASH_AT="+step)
			if out, err := cmd.CombinedOutput(); err == nil || cmd.ProcessState.Exited() {
				t.Fatalf("it was not killed: %v %s", err, out)
			}
			var files []string
			for _, p := range parts(t, m) {
				files = append(files, "'"+m.Path(p.Path)+"'")
			}
			list := "read_parquet([" + strings.Join(files, ", ") + "], hive_partitioning = true, hive_types_autocast = false)"
			expect(t, "records after the crash", inDuck(t, m, strings.Replace(flowSums, "VPC_FLOW_LOGS", list, 1)), before)
			compact(t, m, convert.CompactOptions{})
			if got := lakeFiles(t, m); !reflect.DeepEqual(got, want) {
				t.Errorf("lake %v\nwant %v", got, want)
			}
			if left, _ := filepath.Glob(m.Path("tmp/*")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}
