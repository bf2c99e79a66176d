package convert_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"logsql/convert"
	"logsql/convert/lake"
	"logsql/ingest/mirror"

	_ "github.com/duckdb/duckdb-go/v2"
)

// TestMain lets a test run the converter in a process of its own, to kill it.
func TestMain(m *testing.M) {
	if dir := os.Getenv("LOGSQL_TEST_CONVERT"); dir != "" {
		mir, err := mirror.Create(context.Background(), dir)
		if err == nil {
			again, _ := strconv.Atoi(os.Getenv("LOGSQL_TEST_AGAIN"))
			_, err = convert.Run(context.Background(), mir, convert.Options{Workers: 1, Again: convert.Again(again)})
		}
		if err = errors.Join(err, mir.Close()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if dir := os.Getenv("LOGSQL_TEST_COMPACT"); dir != "" {
		mir, err := mirror.Create(context.Background(), dir)
		if err == nil {
			_, err = convert.Compact(context.Background(), mir, convert.CompactOptions{})
		}
		if err = errors.Join(err, mir.Close()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// object is a file to be put into a mirror.
type object struct{ key, content string }

var modified = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func newMirror(t testing.TB, objects ...object) *mirror.Mirror {
	t.Helper()
	m, err := mirror.Create(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	put(t, m, "logs", objects...)
	return m
}

func put(t testing.TB, m *mirror.Mirror, bucket string, objects ...object) {
	t.Helper()
	for _, o := range objects {
		path := "s3/" + bucket + "/" + strings.Trim(o.key, "/")
		if !strings.HasSuffix(o.key, "/") {
			f, err := m.NewFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write([]byte(o.content)); err != nil {
				t.Fatal(err)
			}
			if err := f.Commit(); err != nil {
				t.Fatal(err)
			}
		} else {
			path += "(folder)"
		}
		_, err := m.DB().Exec("INSERT INTO objects (bucket, key, path, size, etag, modified, synced) VALUES (?, ?, ?, ?, '', ?, 0)",
			bucket, o.key, path, len(o.content), modified.UnixMilli())
		if err != nil {
			t.Fatal(err)
		}
	}
}

func zip(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

const flowHeader = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"

// flowLines are n records of a flow log that begin at start, a second apart.
func flowLines(n int, start int64) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "2 123456789012 eni-0123456789abcdef0 10.0.%d.%d 203.0.113.%d %d 443 6 %d %d %d %d ACCEPT OK\n",
			i/250%250, i%250, i%7, 1024+i%60000, 1+i%5, 40+i, start+int64(i), start+int64(i)+60)
	}
	return s.String()
}

const day1 = 1767225600 // 2026-01-01

func flowKey(day, n int) string {
	return fmt.Sprintf("AWSLogs/123456789012/vpcflowlogs/cn-north-1/2026/01/%02d/123456789012_vpcflowlogs_cn-north-1_fl-0123456789abcdef0_202601%02dT%02d00Z_%08x.log.gz", day, day, n, n)
}

func trailKey(n int) string {
	return fmt.Sprintf("AWSLogs/123456789012/CloudTrail/cn-north-1/2026/01/02/123456789012_CloudTrail_cn-north-1_20260102T%02d00Z_AbCdEfGh%08d.json.gz", n, n)
}

func trailRecords(n int) string {
	records := make([]string, n)
	for i := range records {
		records[i] = fmt.Sprintf(`{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"arn:aws-cn:iam::123456789012:user/u%d"},"eventTime":"2026-01-02T01:00:%02dZ","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"cn-north-1","requestParameters":{"key":"k%d"},"eventID":"e-%d"}`, i%3, i%60, i, i)
	}
	return `{"Records":[` + strings.Join(records, ",") + `]}`
}

func accessLine(day int, agent string) string {
	return fmt.Sprintf("79a59df900b949e5 my-bucket [%02d/Jan/2026:01:00:00 +0000] 203.0.113.9 - 3E57427F3EXAMPLE REST.GET.OBJECT a.txt \"GET /a.txt HTTP/1.1\" 200 - 10 10 5 4 \"-\" %q - hostid= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader my-bucket.s3.cn-north-1.amazonaws.com.cn TLSv1.2 - -\n", day, agent)
}

// everyKind is a small bucket with all there is to convert and to skip.
func everyKind() []object {
	return []object{
		{flowKey(1, 1), zip(flowHeader + flowLines(100, day1))},
		{flowKey(1, 2), zip(flowHeader + flowLines(50, day1+3600) + "2 not a record\n")},
		{flowKey(2, 1), zip(flowHeader + flowLines(10, day1+86400))},
		{"access/2026-01-01-05-00-00-0123456789ABCDEF", accessLine(1, "curl/8") + accessLine(2, "a \"b\" c")},
		{"access/2026-01-02-05-00-00-0123456789ABCDEF", accessLine(2, "curl/8")},
		{trailKey(1), zip(trailRecords(20))},
		{"AWSLogs/123456789012/CloudTrail-Digest/cn-north-1/2026/01/02/123456789012_CloudTrail-Digest_cn-north-1_x_cn-north-1_20260102T010000Z.json.gz", zip(`{}`)},
		{"backup/", ""},
		{"backup/flows.txt", flowHeader + flowLines(5, day1)},
		{"backup/picture.png", "\x89PNG\r\n"},
	}
}

func run(t testing.TB, m *mirror.Mirror, o convert.Options) convert.Report {
	t.Helper()
	r, err := convert.Run(t.Context(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// inDuck asks DuckDB for one text over the bare files of a table.
func inDuck(t testing.TB, m *mirror.Mirror, query string) string {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range []string{"vpc_flow_logs", "s3_access_logs", "cloudtrail_logs"} {
		from := fmt.Sprintf("read_parquet('%s/lake/%s/**/*.parquet', hive_partitioning=true, hive_types_autocast=false, union_by_name=true)", m.Dir(), table)
		query = strings.ReplaceAll(query, strings.ToUpper(table), from)
	}
	var got sql.NullString
	if err := db.QueryRow(query).Scan(&got); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return got.String
}

func expect(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func TestRun(t *testing.T) {
	m := newMirror(t, everyKind()...)
	r := run(t, m, convert.Options{})
	r.Seconds = 1.5
	for name, table := range r.Tables {
		if table.Parts == 0 || table.Written == 0 || table.Read == 0 || table.Seconds == 0 {
			t.Errorf("%s: %+v", name, table)
		}
		table.Parts, table.Written, table.Read, table.Seconds = 1, 2, 3, 4.5
	}
	report, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "report", string(report), `{"tables":{"cloudtrail_logs":{"objects":1,"broken":0,"records":20,"stored":20,"bad":0,"left_out":0,"duplicates":0,"parts":1,"bytes_read":3,"bytes_written":2,"worker_seconds":4.5},`+
		`"s3_access_logs":{"objects":2,"broken":0,"records":3,"stored":3,"bad":0,"left_out":0,"duplicates":2,"parts":1,"bytes_read":3,"bytes_written":2,"worker_seconds":4.5},`+
		`"vpc_flow_logs":{"objects":4,"broken":0,"records":166,"stored":165,"bad":1,"left_out":0,"duplicates":0,"parts":1,"bytes_read":3,"bytes_written":2,"worker_seconds":4.5}},`+
		`"missing":0,"skipped_objects":3,"skipped":[{"object":"s3://logs/AWSLogs/123456789012/CloudTrail-Digest/cn-north-1/2026/01/02/123456789012_CloudTrail-Digest_cn-north-1_x_cn-north-1_20260102T010000Z.json.gz","reason":"CloudTrail digest"},`+
		`{"object":"s3://logs/backup/","reason":"folder marker"},`+
		`{"object":"s3://logs/backup/picture.png","reason":"no known log, by key or content"}],"seconds":1.5}`)
	if !r.Flawed() {
		t.Error("a bad line is no flaw")
	}
	expect(t, "flow", inDuck(t, m, "SELECT string_agg(x, ' ' ORDER BY x) FROM (SELECT year || '-' || month || '-' || day || '=' || count(*) x FROM VPC_FLOW_LOGS GROUP BY year, month, day)"),
		"2026-01-01=155 2026-01-02=10")
	expect(t, "objects", inDuck(t, m, "SELECT string_agg(x, ' ' ORDER BY x) FROM (SELECT source_object[-9:] || '=' || count(*) || ',' || sum(bytes) x FROM VPC_FLOW_LOGS GROUP BY source_object)"),
		"01.log.gz=10,445 01.log.gz=100,8950 02.log.gz=50,3225 flows.txt=5,210")
	expect(t, "access", inDuck(t, m, "SELECT string_agg(day || useragent, ' ' ORDER BY day, useragent) FROM S3_ACCESS_LOGS"),
		`01"curl/8" 02"a \"b\" c" 02"curl/8"`)
	expect(t, "trail", inDuck(t, m, "SELECT count(*) || ' ' || count(DISTINCT useridentity.arn) || ' ' || min(requestparameters) || ' ' || min(account || region || year || month || day) FROM CLOUDTRAIL_LOGS"),
		`20 3 {"key":"k0"} 123456789012cn-north-120260102`)

	again := run(t, m, convert.Options{})
	if len(again.Tables) != 0 || len(again.Skipped) != 0 || again.Flawed() {
		t.Errorf("the second run converts %+v", again)
	}
	put(t, m, "logs", object{flowKey(1, 3), zip(flowHeader + flowLines(7, day1))})
	more := run(t, m, convert.Options{})
	if got := more.Tables["vpc_flow_logs"]; len(more.Tables) != 1 || got.Objects != 1 || got.Records != 7 || got.Stored != 7 {
		t.Errorf("the third run converts %+v", got)
	}
	expect(t, "after", inDuck(t, m, "SELECT count(*) FROM VPC_FLOW_LOGS"), "172")
}

func TestFilters(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name    string
		options convert.Options
		objects map[string]int64
		skipped int
	}{
		{"one type", convert.Options{Types: []string{"s3_access_logs"}}, map[string]int64{"s3_access_logs": 2}, 0},
		{"a day", convert.Options{Since: day(2), Until: day(2)}, map[string]int64{"vpc_flow_logs": 1, "s3_access_logs": 1, "cloudtrail_logs": 1}, 1},
		{"until", convert.Options{Until: day(1)}, map[string]int64{"vpc_flow_logs": 2, "s3_access_logs": 1}, 0},
		{"by LastModified", convert.Options{Since: day(3)}, map[string]int64{"vpc_flow_logs": 1}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMirror(t, everyKind()...)
			r := run(t, m, c.options)
			got := map[string]int64{}
			for name, table := range r.Tables {
				got[name] = table.Objects
			}
			if !reflect.DeepEqual(got, c.objects) || len(r.Skipped) != c.skipped {
				t.Errorf("objects %v, skipped %v; want %v, %d", got, r.Skipped, c.objects, c.skipped)
			}
			run(t, m, convert.Options{})
			expect(t, "the rest afterwards", inDuck(t, m, "SELECT count(*) FROM VPC_FLOW_LOGS"), "165")
		})
	}
	_, err := convert.Run(t.Context(), newMirror(t), convert.Options{Types: []string{"elb"}})
	if want := `unknown log type "elb": there are vpc_flow_logs, s3_access_logs, cloudtrail_logs, cloudtrail_network_activity, cloudtrail_insights, cloudtrail_aggregated, transit_gateway_flow_logs`; err == nil || err.Error() != want {
		t.Errorf("unknown type: %v; want %s", err, want)
	}
}

func TestBrokenObjects(t *testing.T) {
	whole := zip(flowHeader + flowLines(5000, day1))
	m := newMirror(t,
		object{flowKey(1, 1), whole[:len(whole)*6/10]},
		object{flowKey(1, 2), zip(flowHeader+flowLines(7, day1)) + "oops"},
		object{flowKey(1, 3), zip(flowHeader + flowLines(3, day1))},
		object{flowKey(1, 4), "PAR1 and so on"},
		object{"access/2026-01-01-05-00-00-0123456789ABCDEF", "PAR1 and so on"},
		object{trailKey(1), zip(trailRecords(3)[:700])},
	)
	r := run(t, m, convert.Options{})
	flow := r.Tables["vpc_flow_logs"]
	if r.Broken != 4 || flow.Objects != 4 || flow.Bad != 3 || flow.Stored < 1000 || flow.Stored > 4000 || flow.Records != flow.Stored+3 {
		t.Errorf("broken %d, flow %+v", r.Broken, flow)
	}
	expect(t, "stored", inDuck(t, m, "SELECT count(*) FROM VPC_FLOW_LOGS"), fmt.Sprint(flow.Stored))
	if trail := r.Tables["cloudtrail_logs"]; trail.Stored != 2 || trail.Bad != 1 {
		t.Errorf("trail %+v", trail)
	}
	if len(r.Skipped) != 1 || r.Skipped[0].Reason != "a Parquet file, not text" {
		t.Errorf("skipped %v", r.Skipped)
	}
	l, err := lake.Open(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	var bad []string
	unfinished := ""
	for b, err := range l.BadLines(t.Context(), "vpc_flow_logs") {
		if err != nil {
			t.Fatal(err)
		}
		bad = append(bad, fmt.Sprintf("%d %s %s", b.Line, b.Reason, b.Text))
		if b.Line > 9 {
			unfinished = string(b.Text)
		}
	}
	if line := strings.Split(flowLines(5000, day1), "\n")[flow.Stored-7-3]; len(unfinished) < 5 || !strings.HasPrefix(line, unfinished) {
		t.Errorf("the text of the unfinished line is %q, the line %q", unfinished, line)
	}
	want := []string{
		fmt.Sprintf("%d gzip: unexpected EOF ", flow.Stored-7-3+2) + unfinished,
		"9 4 bytes of something else after the end of the gzip stream oops",
		"1 in Parquet: no Parquet file: its end is not that of one ",
	}
	if !reflect.DeepEqual(bad, want) {
		t.Errorf("bad lines %q, want %q", bad, want)
	}
}

// A checksum that does not hold makes every record of its gzip member doubtful,
// also those that have gone into a row group by then.
func TestDoubtedMembers(t *testing.T) {
	badSum := []byte(zip(flowLines(300_000, day1)))
	badSum[len(badSum)-5] ^= 1
	corrupt := []byte(zip(flowHeader + flowLines(5000, day1)))
	for i := range 64 {
		corrupt[len(corrupt)/2+i] ^= 0x5a
	}
	m := newMirror(t,
		object{flowKey(1, 1), zip(flowHeader+flowLines(10, day1)) + string(badSum)},
		object{flowKey(1, 2), zip(flowHeader + flowLines(3, day1))},
		object{flowKey(1, 3), string(corrupt)},
	)
	var last convert.Progress
	r := run(t, m, convert.Options{Progress: func(p convert.Progress) { last = p }})
	if flow := *r.Tables["vpc_flow_logs"]; r.Broken != 2 || flow.Broken != 2 || flow.Objects != 3 || flow.Records != 15 || flow.Stored != 13 || flow.Bad != 2 {
		t.Errorf("broken %d, flow %+v", r.Broken, flow)
	}
	if last.Objects != 3 || last.Objects != last.AllObjects {
		t.Errorf("progress of %d objects of %d", last.Objects, last.AllObjects)
	}
	expect(t, "stored", inDuck(t, m, "SELECT count(*) FROM VPC_FLOW_LOGS"), "13")
	l, err := lake.Open(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for b, err := range l.BadLines(t.Context(), "vpc_flow_logs") {
		if err != nil {
			t.Fatal(err)
		}
		reasons = append(reasons, fmt.Sprintf("%d %s", b.Line, b.Reason))
	}
	const nothing = ": nothing of this gzip member is kept, its bytes are not what was written"
	if len(reasons) != 2 || reasons[0] != "12 gzip: invalid checksum"+nothing || !strings.HasPrefix(reasons[1], "1 gzip: ") || !strings.HasSuffix(reasons[1], nothing) {
		t.Errorf("bad lines %q", reasons)
	}
}

func TestStrict(t *testing.T) {
	m := newMirror(t, everyKind()...)
	_, err := convert.Run(t.Context(), m, convert.Options{Strict: true, Workers: 1})
	var bad *convert.BadLineError
	if !errors.As(err, &bad) || bad.Object != "s3://logs/"+flowKey(1, 2) || bad.Line != 52 {
		t.Fatalf("strict run: %v", err)
	}
	if got := fmt.Sprint(bad); !strings.HasPrefix(got, "s3://logs/"+flowKey(1, 2)+": line 52: ") {
		t.Errorf("message %q", got)
	}
	run(t, m, convert.Options{})
	expect(t, "afterwards", inDuck(t, m, "SELECT count(*) FROM VPC_FLOW_LOGS"), "165")
}

func TestMissingFile(t *testing.T) {
	m := newMirror(t, everyKind()...)
	path := m.Path("s3/logs/" + flowKey(1, 1))
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	r := run(t, m, convert.Options{})
	if r.Missing != 1 || r.Tables["vpc_flow_logs"].Stored != 65 {
		t.Errorf("missing %d, %+v", r.Missing, r.Tables["vpc_flow_logs"])
	}
	found := false
	for _, s := range r.Skipped {
		found = found || s == convert.Skipped{Object: "s3://logs/" + flowKey(1, 1), Reason: "cannot be read: no such file or directory"}
	}
	if !found {
		t.Errorf("skipped %v", r.Skipped)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	if r := run(t, m, convert.Options{}); r.Tables["vpc_flow_logs"].Stored != 100 {
		t.Errorf("when it is back: %+v", r.Tables["vpc_flow_logs"])
	}
}

// TestManyDays goes through more partitions in turn than may be open, and
// through more records than may be held.
func TestManyDays(t *testing.T) {
	for _, c := range []struct{ open, held, parts int }{{512, 64 << 20, 10}, {6, 64 << 20, 60}, {512, 4000, 10}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			defer convert.Limit(c.open, c.held)()
			text := flowHeader
			for i := range 30 {
				text += flowLines(1, day1+int64(i*7%10)*86400)
			}
			m := newMirror(t, object{"exports/flows.txt", text}, object{"exports/flows2.txt", text})
			r := run(t, m, convert.Options{Workers: 1})
			if got := r.Tables["vpc_flow_logs"]; got.Stored != 60 {
				t.Errorf("stored %+v", got)
			}
			if got := len(lakeFiles(t, m)); got != c.parts {
				t.Errorf("%d parts, want %d", got, c.parts)
			}
			expect(t, "days", inDuck(t, m, "SELECT count(*) || ' in ' || count(DISTINCT month || day) || ' of ' || count(*) FILTER (strftime(make_timestamp(start * 1000000), '%m%d') = month || day) FROM VPC_FLOW_LOGS"),
				"60 in 10 of 60")
		})
	}
}

func TestBuckets(t *testing.T) {
	m := newMirror(t, everyKind()...)
	put(t, m, "more-logs", everyKind()...)
	run(t, m, convert.Options{})
	l, err := lake.Open(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := l.Parts(t.Context(), "vpc_flow_logs")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		one := inDuck(t, m, "SELECT string_agg(DISTINCT split_part(source_object, '/', 3), ' ') FROM read_parquet('"+m.Path(p.Path)+"')")
		expect(t, p.Path, one, p.Bucket)
	}
	expect(t, "records", inDuck(t, m, "SELECT count(*) FROM VPC_FLOW_LOGS"), "330")
}

func TestCancel(t *testing.T) {
	m := newMirror(t, everyKind()...)
	ctx, stop := context.WithCancel(t.Context())
	o := convert.Options{Workers: 1, Progress: func(p convert.Progress) {
		if p.Objects == 2 {
			stop()
		}
	}}
	if _, err := convert.Run(ctx, m, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled run: %v", err)
	}
	run(t, m, convert.Options{})
	expect(t, "afterwards", inDuck(t, m, "SELECT count(*) FROM VPC_FLOW_LOGS"), "165")
	if left, _ := filepath.Glob(m.Path("tmp/*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// TestCrash kills the converter at each step of its first commit; the next run
// makes the lake that an undisturbed one makes, file by file.
func TestCrash(t *testing.T) {
	whole := newMirror(t, everyKind()...)
	run(t, whole, convert.Options{})
	want := lakeFiles(t, whole)
	for _, step := range lake.Steps {
		t.Run(step, func(t *testing.T) {
			m := newMirror(t, everyKind()...)
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "LOGSQL_TEST_CONVERT="+m.Dir(), "LOGSQL_CRASH_AT="+step)
			if out, err := cmd.CombinedOutput(); err == nil || cmd.ProcessState.Exited() {
				t.Fatalf("it was not killed: %v %s", err, out)
			}
			run(t, m, convert.Options{})
			if got := lakeFiles(t, m); !reflect.DeepEqual(got, want) {
				t.Errorf("lake %v\nwant %v", got, want)
			}
			l, err := lake.Open(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			s, err := l.Stats(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range s.Tables {
				if table.Table == "vpc_flow_logs" && (table.Stored != 165 || table.Bad != 1 || s.Unconverted != 0) {
					t.Errorf("stats %+v", s)
				}
			}
		})
	}
}

// lakeFiles are the files below lake/ with a sum of their bytes.
func lakeFiles(t *testing.T, m *mirror.Mirror) map[string]uint32 {
	t.Helper()
	found := map[string]uint32{}
	err := filepath.WalkDir(m.Path(mirror.LakeDir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		rel, _ := filepath.Rel(m.Dir(), path)
		found[rel] = crc32.ChecksumIEEE(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
