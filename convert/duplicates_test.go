package convert_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"logsql/convert"
	"logsql/ingest/layout"
)

// events is a CloudTrail object with events of these ids, "" for one without.
func events(ids ...string) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		if list[i] = `{"eventVersion":"1.11","eventTime":"2026-01-02T01:00:00Z"}`; id != "" {
			list[i] = `{"eventVersion":"1.11","eventTime":"2026-01-02T01:00:00Z","eventID":"` + id + `"}`
		}
	}
	return zip(`{"Records":[` + strings.Join(list, ",") + `]}`)
}

func trailKeyOf(account string, day, n int) string {
	return fmt.Sprintf("AWSLogs/%s/CloudTrail/cn-north-1/2026/01/%02d/%s_CloudTrail_cn-north-1_202601%02dT%02d00Z_AbCdEfGh%08d.json.gz", account, day, account, day, n, n)
}

func deletion(request, operation, key string) string {
	return "owner bucket [02/Jan/2026:01:00:00 +0000] 10.0.0.1 arn " + request + " " + operation + " " + key +
		` "POST /?delete HTTP/1.1" 204 - - 5 1 1 "-" "curl/8" -` + "\n"
}

// duplicated are objects of which the comments tell the duplicates.
var duplicated = []object{
	{trailKeyOf("123456789012", 2, 1), events("a", "b", "", "a", "")}, // 1
	{trailKeyOf("123456789012", 2, 2), events("b", "c")},              // 1
	{trailKeyOf("123456789012", 3, 1), events("c", "d")},              // 2: a day later
	{trailKeyOf("123456789012", 5, 1), events("a", "e")},              // none: days later
	{trailKeyOf("999999999999", 2, 1), events("e", "d", "f")},         // none: of another account, and before the others
	{"AWSLogs/123456789012/CloudTrail-Insight/cn-north-1/2026/01/02/123456789012_CloudTrail-Insight_cn-north-1_20260102T0100Z_AbCdEfGh.json.gz", events("a")},                                                                                                                         // none: another table
	{"access/2026-01-02-05-00-00-0000000000000001", deletion("R1", "REST.POST.MULTI_OBJECT_DELETE", "-") + deletion("R1", "BATCH.DELETE.OBJECT", "x") + deletion("R1", "BATCH.DELETE.OBJECT", "y") + deletion("-", "S3.EXPIRE.OBJECT", "x") + deletion("-", "S3.EXPIRE.OBJECT", "x")}, // none
	{"access/2026-01-02-06-00-00-0000000000000002", deletion("R1", "BATCH.DELETE.OBJECT", "y") + deletion("R2", "BATCH.DELETE.OBJECT", "y")},                                                                                                                                          // 1
}

func duplicatesOf(r convert.Report) string {
	var s []string
	for _, table := range []string{layout.CloudTrail, layout.Insights, layout.AccessLogs} {
		t := r.Tables[table]
		if t == nil {
			t = new(convert.Table)
		}
		if t.Records != t.Stored+t.Bad+t.Left {
			return fmt.Sprintf("%s: records %+v", table, t)
		}
		s = append(s, fmt.Sprintf("%d+%d of %d", t.Stored, t.Left, t.Duplicates))
	}
	return strings.Join(s, ", ")
}

func TestDuplicatesAreCounted(t *testing.T) {
	for range 3 {
		m := newMirror(t, duplicated...)
		if got, want := duplicatesOf(run(t, m, convert.Options{Workers: 4})), "14+0 of 4, 1+0 of 0, 7+0 of 1"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// kept are the events that have an id, with day and object.
const kept = `SELECT string_agg(eventid || right(account, 1) || right(day, 1) || left(right(source_object, 9), 1), ' ' ORDER BY eventid, day) FROM CLOUDTRAIL_LOGS
	WHERE eventid IS NOT NULL`

const firsts = "a221 a251 b221 c222 d921 e921 e251 f921"

func TestDedupe(t *testing.T) {
	for _, limit := range []int{1, 1 << 20} {
		undo := convert.LimitIDs(limit)
		m := newMirror(t, duplicated...)
		if got, want := duplicatesOf(run(t, m, convert.Options{Dedupe: true})), "10+4 of 4, 1+0 of 0, 6+1 of 1"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		expect(t, "what is kept", inDuck(t, m, kept), firsts)
		undo()
	}
}

// TestDedupeAcrossRuns leaves out what the lake has, not what a unit that is
// converted again put there itself.
func TestDedupeAcrossRuns(t *testing.T) {
	m := newMirror(t, duplicated[0])
	expect(t, "first", duplicatesOf(run(t, m, convert.Options{})), "5+0 of 1, 0+0 of 0, 0+0 of 0")
	put(t, m, "logs", duplicated[1:]...)
	expect(t, "later", duplicatesOf(run(t, m, convert.Options{Dedupe: true})), "6+3 of 3, 1+0 of 0, 6+1 of 1")
	put(t, m, "other", duplicated...)
	expect(t, "delivered to another bucket", duplicatesOf(run(t, m, convert.Options{Dedupe: true})), "2+12 of 12, 0+1 of 1, 2+5 of 5")
	expect(t, "again, with all", duplicatesOf(run(t, m, convert.Options{Again: convert.Everything})), "28+0 of 16, 2+0 of 1, 14+0 of 6")
	expect(t, "again, without duplicates", duplicatesOf(run(t, m, convert.Options{Again: convert.Everything, Dedupe: true})), "12+16 of 16, 1+1 of 1, 8+6 of 6")
	expect(t, "balance", balance(t, m), "cloudtrail_insights 1+0, cloudtrail_logs 12+0, s3_access_logs 8+0, 0 to come")
}

// TestDedupeOfTheDoubtful takes a unit of two tries: what the first found in a
// member whose checksum is wrong counts for nothing.
func TestDedupeOfTheDoubtful(t *testing.T) {
	wrong := []byte(events("a", "b"))
	wrong[len(wrong)-8] ^= 1 // of the checksum
	m := newMirror(t, object{trailKeyOf("123456789012", 2, 1), events("x")}, object{trailKeyOf("123456789012", 2, 2), string(wrong)},
		object{trailKeyOf("123456789012", 2, 3), events("a", "b", "x")})
	expect(t, "counts", duplicatesOf(run(t, m, convert.Options{Dedupe: true})), "3+1 of 1, 0+0 of 0, 0+0 of 0")
}

// TestDedupeBesideWhatStays does units again of which one stays as it is, as
// its object's file is gone: its records count as the lake's.
func TestDedupeBesideWhatStays(t *testing.T) {
	m := newMirror(t, object{trailKeyOf("123456789012", 2, 1), events("a", "b")})
	put(t, m, "other", object{trailKeyOf("123456789012", 2, 1), events("a", "b", "c")})
	expect(t, "first", duplicatesOf(run(t, m, convert.Options{})), "5+0 of 2, 0+0 of 0, 0+0 of 0")
	for o := range m.Objects(t.Context()) {
		if o.Bucket == "logs" {
			os.Remove(m.Path(o.Path))
		}
	}
	expect(t, "again", duplicatesOf(run(t, m, convert.Options{Again: convert.Everything, Dedupe: true})), "1+2 of 2, 0+0 of 0, 0+0 of 0")
	run(t, m, convert.Options{}) // the replaced files go
	expect(t, "what is kept", inDuck(t, m, "SELECT string_agg(eventid, ' ' ORDER BY eventid) FROM CLOUDTRAIL_LOGS"), "a b c")
}

// TestDamagedPart keeps no new logs out of the lake, but where they would be
// left out by what it held.
func TestDamagedPart(t *testing.T) {
	m := newMirror(t, object{trailKeyOf("123456789012", 2, 1), events("a", "b")})
	run(t, m, convert.Options{})
	parts, err := filepath.Glob(m.Path("lake/cloudtrail_logs/*/*/*/*/*/*.parquet"))
	if err != nil || len(parts) != 1 {
		t.Fatal(parts, err)
	}
	b, err := os.ReadFile(parts[0])
	if err != nil {
		t.Fatal(err)
	}
	clear(b[4 : len(b)-8]) // as long as before, or it would be made again
	if err := os.WriteFile(parts[0], b, 0o644); err != nil {
		t.Fatal(err)
	}
	put(t, m, "logs", object{trailKeyOf("123456789012", 2, 2), events("c")})
	_, err = convert.Run(t.Context(), m, convert.Options{Dedupe: true})
	if want := "read the ids of cloudtrail_logs in the lake: lake/cloudtrail_logs/"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s…", err, want)
	}
	expect(t, "counted", duplicatesOf(run(t, m, convert.Options{})), "1+0 of 0, 0+0 of 0, 0+0 of 0")
}
