package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// manifest is what the generator says of a bucket it made; a value of the maps
// by date is a number under the name of what it counts.
type manifest struct {
	Records     int64                       `json:"records"`
	ByKeyDate   map[string]map[string]int64 `json:"by_key_date"`
	ByEventDate map[string]map[string]int64 `json:"by_event_date"`
	TopSources  []topValue                  `json:"top10_srcaddr_by_bytes"`
	TopIPs      []topValue                  `json:"top10_remoteip_by_sum_objectsize"`
	TopCallers  []topValue                  `json:"top10_sourceipaddress_by_records"`
	EventNames  map[string]int64            `json:"records_by_eventname"`
	Operations  map[string]int64            `json:"records_by_operation"`
	Protocols   map[string]int64            `json:"records_by_protocol"`
}

type topValue struct {
	Name  string
	Value int64
}

// A manifestCheck is a question whose answer the manifest knows. The same text
// goes to logsql and to DuckDB, where {table} is the bare Parquet.
type manifestCheck struct {
	name  string
	query string
	want  func(manifest) []string
}

var generatedKinds = []struct {
	kind, table string
	args        []string
	checks      []manifestCheck
}{
	{"flow", "vpc_flow_logs", []string{"--files-per-day", "24", "--records-per-file", "400", "--format", "v5-custom"}, []manifestCheck{
		{
			"by day", `SELECT year || '-' || month || '-' || day AS d, count(*) AS records, count_if(log_status = 'OK') AS ok, count_if(log_status = 'NODATA') AS nodata,
				count_if(log_status = 'SKIPDATA') AS skipdata, count_if(action = 'ACCEPT') AS accept, count_if(action = 'REJECT') AS reject,
				sum(bytes) AS bytes, sum(packets) AS packets, count_if(srcaddr LIKE '%:%') AS ipv6 FROM {table} GROUP BY year, month, day ORDER BY 1`,
			func(m manifest) []string {
				return byDate(m.ByKeyDate, "records", "log_status_ok", "log_status_nodata", "log_status_skipdata", "accept", "reject", "sum_bytes", "sum_packets", "ipv6_records")
			},
		},
		{
			"top sources", "SELECT srcaddr, sum(bytes) AS n FROM {table} WHERE log_status = 'OK' GROUP BY srcaddr ORDER BY n DESC, srcaddr LIMIT 10",
			func(m manifest) []string { return top(m.TopSources) },
		},
		{
			"protocols", "SELECT CAST(protocol AS varchar) AS p, count(*) AS n FROM {table} WHERE protocol IS NOT NULL GROUP BY protocol ORDER BY 1",
			func(m manifest) []string { return counts(m.Protocols) },
		},
	}},
	{"access", "s3_access_logs", []string{"--objects-per-day", "100", "--records-per-object", "6", "--layout", "both"}, []manifestCheck{
		{
			"by day", `SELECT substr(requestdatetime, 8, 4) || '-' || CASE substr(requestdatetime, 4, 3) WHEN 'Jan' THEN '01' ELSE '12' END || '-' || substr(requestdatetime, 1, 2) AS d,
				count(*) AS records, sum(objectsize) AS objectsize, sum(bytessent) AS bytessent,
				sum(CASE WHEN totaltime = '-' THEN 0 ELSE CAST(totaltime AS bigint) END) AS totaltime, count_if(errorcode <> '-') AS errors FROM {table} GROUP BY 1 ORDER BY 1`,
			func(m manifest) []string {
				return byDate(m.ByEventDate, "records", "sum_objectsize", "sum_bytessent", "sum_totaltime", "with_errorcode")
			},
		},
		{
			"top addresses", "SELECT remoteip, sum(objectsize) AS n FROM {table} WHERE objectsize > 0 GROUP BY remoteip ORDER BY n DESC, remoteip LIMIT 10",
			func(m manifest) []string { return top(m.TopIPs) },
		},
		{
			"operations", "SELECT operation, count(*) AS n FROM {table} GROUP BY operation ORDER BY 1",
			func(m manifest) []string { return counts(m.Operations) },
		},
	}},
	{"trail", "cloudtrail_logs", []string{"--files-per-day", "24", "--records-per-file", "60", "--dup-files", "3"}, []manifestCheck{
		{
			"by day", `SELECT year || '-' || month || '-' || day AS d, count(*) AS records, count_if(readonly = 'true') AS readonly, count_if(errorcode IS NOT NULL) AS errors,
				count_if(eventcategory = 'Data') AS data FROM {table} GROUP BY year, month, day ORDER BY 1`,
			func(m manifest) []string {
				return byDate(m.ByKeyDate, "records", "readonly_true", "with_errorcode", "data_events")
			},
		},
		{
			"top callers", "SELECT sourceipaddress, count(*) AS n FROM {table} GROUP BY sourceipaddress ORDER BY n DESC, sourceipaddress LIMIT 10",
			func(m manifest) []string { return top(m.TopCallers) },
		},
		{
			"event names", "SELECT eventname, count(*) AS n FROM {table} GROUP BY eventname ORDER BY 1",
			func(m manifest) []string { return counts(m.EventNames) },
		},
	}},
}

// TestGenerated makes three days of each type and asks logsql, and DuckDB on the
// bare lake, what the generator's manifest knows.
func TestGenerated(t *testing.T) {
	program := generator(t)
	for _, kind := range generatedKinds {
		t.Run(kind.kind, func(t *testing.T) {
			dir := t.TempDir()
			bucket, lake := filepath.Join(dir, "bucket"), filepath.Join(dir, "mirror")
			generate(t, program, kind.kind, bucket, append(kind.args, "--from", "2026-01-01", "--days", "3")...)
			var m manifest
			readJSON(t, bucket+".manifest.json", &m)
			logsql(t, "--mirror", lake, "sync", bucket, "--as", "s3://generated")
			report := convertReport(t, lake, 0)
			if got := report.Tables[kind.table]; got.Stored != m.Records || got.Bad != 0 {
				t.Errorf("%d stored and %d bad, want %d and 0", got.Stored, got.Bad, m.Records)
			}
			bare := fmt.Sprintf("read_parquet('%s/lake/%s/**/*.parquet', hive_partitioning=true, hive_types_autocast=false, union_by_name=true)", lake, kind.table)
			for _, check := range kind.checks {
				want := check.want(m)
				compareAnswer(t, check.name+", logsql", logsql(t, "--mirror", lake, "sql", "-c", strings.ReplaceAll(check.query, "{table}", kind.table)).stdout, want)
				compareAnswer(t, check.name+", DuckDB", duck(t, strings.ReplaceAll(check.query, "{table}", bare)), want)
			}
			askNamed(t, lake, kind.table)
		})
	}
}

// compareAnswer compares CSV without its header with lines.
func compareAnswer(t *testing.T, name, csv string, want []string) {
	t.Helper()
	_, rows, _ := strings.Cut(strings.TrimSpace(csv), "\n")
	if have := strings.Split(rows, "\n"); !slices.Equal(have, want) {
		t.Errorf("%s:\n%s\nwant\n%s", name, rows, strings.Join(want, "\n"))
	}
}

func byDate(days map[string]map[string]int64, fields ...string) []string {
	var lines []string
	for _, day := range slices.Sorted(maps.Keys(days)) {
		line := day
		for _, f := range fields {
			line += fmt.Sprintf(",%d", days[day][f])
		}
		lines = append(lines, line)
	}
	return lines
}

func top(values []topValue) []string {
	var lines []string
	for _, v := range values {
		lines = append(lines, fmt.Sprintf("%s,%d", v.Name, v.Value))
	}
	return lines
}

func counts(of map[string]int64) []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		lines = append(lines, fmt.Sprintf("%s,%d", name, of[name]))
	}
	return lines
}

// debatable are the kinds of hostile objects where logsql's answer is another
// than the manifest's, and why it is right.
var debatable = map[string]struct {
	stored, bad int64
	why         string
}{
	"int-overflow":          {4, 5, "srcport 70000 is a number, and out of range for its column: NULL by Hive's rule, and the record stays"},
	"insight-neighbour":     {1, 0, "insight events have a table of their own"},
	"gzip-bomb-valid-lines": {8 << 20, 0, "nothing refuses it: every line is stored"},
}

// hostileObject is what the manifest of gen corrupt says of an object.
type hostileObject struct {
	Key, Kind string
	Good      int64 `json:"good_records"`
	Bad       int64 `json:"bad_records"`
	Broken    bool  `json:"object_broken"`
	Skip      bool  `json:"not_a_log"`
	Expect    string
}

// TestCorrupt converts objects made to break converters: no crash, no hang, no
// more than 512 MiB of memory, every good record stored and every bad one reported.
func TestCorrupt(t *testing.T) {
	dir := t.TempDir()
	bucket, lake := filepath.Join(dir, "bucket"), filepath.Join(dir, "mirror")
	generate(t, generator(t), "corrupt", bucket)
	var hostile struct{ Objects []hostileObject }
	readJSON(t, bucket+".corrupt.json", &hostile)
	logsql(t, "--mirror", lake, "sync", bucket, "--as", "s3://hostile")
	res := run{}.logsql(t, "--mirror", lake, "convert-parquet")
	t.Logf("%d objects, peak memory %d MiB, %s", len(hostile.Objects), res.peak>>20, res.took.Round(time.Second))
	if res.status != 4 {
		t.Errorf("exit status %d, want 4\n%s", res.status, res.stderr)
	}
	if res.peak > 512<<20 {
		t.Errorf("peak memory %d MiB", res.peak>>20)
	}
	if res.took > 5*time.Minute {
		t.Errorf("it took %s", res.took)
	}
	outcomes := outcomesOf(t, lake)
	for _, o := range hostile.Objects {
		judgeHostile(t, o, outcomes["hostile/"+o.Key])
	}
	if again := convertReport(t, lake, 0); len(again.Tables) > 0 {
		t.Errorf("the second run converted again: %v", again.Tables)
	}
}

func judgeHostile(t *testing.T, o hostileObject, got outcome) {
	t.Helper()
	good, bad := o.Good, o.Bad
	if d, ok := debatable[o.Kind]; ok {
		good, bad, o.Skip = d.stored, d.bad, false
	}
	switch {
	case o.Skip:
		if got.outcome != "skipped" {
			t.Errorf("%s: %+v, want it skipped", o.Kind, got)
		}
	case o.Broken:
		// The break is reported as a bad line too; what could be read before
		// it is stored, even if the manifest counts on nothing.
		if got.outcome != "broken" || got.bad < max(1, bad) || got.stored < good {
			t.Errorf("%s: %+v, want it broken, at least %d stored and %d bad (%s)", o.Kind, got, good, max(1, bad), o.Expect)
		}
	case got.stored != good || got.bad != bad:
		t.Errorf("%s: %+v, want %d stored and %d bad (%s)", o.Kind, got, good, bad, o.Expect)
	}
}
