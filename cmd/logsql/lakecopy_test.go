package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A table over raw logs gives the same rows from the lake as from the objects,
// whatever is in them: see sql/lakecopy.go.

// rawTables makes the tables that fit a mirror's bucket, in a database of its
// own.
func rawTables(t *testing.T, mirror, bucket string) []string {
	t.Helper()
	database := strings.ReplaceAll(bucket, "-", "_")
	logsql(t, "--mirror", mirror, "sql", "-c", "CREATE DATABASE "+database)
	res := logsql(t, "--mirror", mirror, "tables", "discover", "s3://"+bucket, "--create", "--database", database)
	var tables []string
	for line := range strings.Lines(res.stderr) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "created: "); ok {
			tables = append(tables, database+"."+name)
		}
	}
	if tables == nil {
		t.Fatalf("no table was found in %s\n%s", bucket, res.stdout)
	}
	return tables
}

var readFromLake = regexp.MustCompile(`(\d+) files, \d+ bytes(?: \((\d+) of them read from \d+ parts)?`)

// sameRaw holds the rows of a table with all that is known of their objects to
// those of its objects, before and after they were compared, and tells how many
// of how many files were read from the lake in the end.
func sameRaw(t *testing.T, mirror, table string) (fromLake, files int) {
	t.Helper()
	for _, columns := range []string{`*, "$path"`, `*, "$path"`, `"$file_size", "$file_modified_time", "$path"`, "1"} {
		query := "SELECT " + columns + " FROM " + table
		want := rowsOf(t, mirror, query, "--raw")
		if got := rowsOf(t, mirror, query); !slices.Equal(got, want) {
			t.Errorf("%s: %d rows, of the objects %d, or others\n%s", query, len(got), len(want), firstOther(got, want))
		}
	}
	return filesFromLake(t, mirror, table)
}

// filesFromLake tells how many of how many files of a table a statement that
// compares nothing reads from the lake.
func filesFromLake(t *testing.T, mirror, table string) (fromLake, files int) {
	t.Helper()
	plan := logsql(t, "--mirror", mirror, "sql", "--output", "tsv", "-c", "EXPLAIN SELECT * FROM "+table).stdout
	m := readFromLake.FindStringSubmatch(plan)
	if m == nil {
		t.Fatalf("EXPLAIN does not tell what is read:\n%s", plan)
	}
	files, _ = strconv.Atoi(m[1])
	fromLake, _ = strconv.Atoi(m[2])
	return fromLake, files
}

func rowsOf(t *testing.T, mirror, query string, flags ...string) []string {
	t.Helper()
	args := append([]string{"--mirror", mirror, "sql", "--output", "jsonl", "-c", query}, flags...)
	rows := strings.Split(logsql(t, args...).stdout, "\n")
	slices.Sort(rows)
	return rows
}

func firstOther(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return got[i] + "\n" + want[i]
		}
	}
	return ""
}

func TestRawTables(t *testing.T) {
	mirror := filepath.Join(t.TempDir(), "mirror")
	logsql(t, "--mirror", mirror, "sync", absolute(t, "../../testdata/bucket"), "--as", "s3://example-logs")
	tables := rawTables(t, mirror, "example-logs")
	if fromLake, _ := sameRaw(t, mirror, tables[0]); fromLake != 0 {
		t.Errorf("%d files read from the lake before there was one", fromLake)
	}
	run{}.logsql(t, "--mirror", mirror, "convert-parquet")
	for _, table := range tables {
		if fromLake, files := filesFromLake(t, mirror, table); fromLake != files {
			t.Errorf("%s: %d of %d files from the lake after convert-parquet", table, fromLake, files)
		}
		// The access logs are of 2021 and have 25 fields: AWS's pattern then has
		// NULL for the last eight.
		if fromLake, files := sameRaw(t, mirror, table); fromLake != files {
			t.Errorf("%s: %d of %d files from the lake", table, fromLake, files)
		}
	}
	if err := os.RemoveAll(filepath.Join(mirror, "lake")); err != nil {
		t.Fatal(err)
	}
	if fromLake, _ := sameRaw(t, mirror, tables[0]); fromLake != 0 {
		t.Errorf("%d files read from a lake that is gone", fromLake)
	}
}

const flowLine = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 443 50000 6 10 840 1638576000 1638576060 ACCEPT OK\n"

const flowHeader = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"

// oddFlowLogs are objects of which the SerDe makes other rows than the lake has,
// but for those where lake is true.
var oddFlowLogs = []struct {
	name, text string
	lake       bool
}{
	{"plain", flowHeader + flowLine + flowLine, true},
	{"dashes", flowHeader + "2 1 eni-1 - - - - - - - 1638576000 1638576060 - NODATA\n", true},
	{"large", flowHeader + "2 1 eni-1 a b 99999999999 1 6 9223372036854775807 1 1638576000 1638576060 ACCEPT OK\n", true},
	{"header-only", flowHeader, true},
	{"windows", strings.ReplaceAll(flowHeader+flowLine, "\n", "\r\n"), true},
	{"unended", strings.TrimSuffix(flowHeader+flowLine, "\n"), true},
	{"no-header", flowLine + flowLine, false},
	{"two-headers", flowHeader + flowLine + flowHeader + flowLine, false},
	{"other-order", "account-id version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n" +
		"123456789012 2 eni-1 10.0.0.1 10.0.0.2 443 50000 6 10 840 1638576000 1638576060 ACCEPT OK\n", false},
	{"more-fields", strings.TrimSpace(flowHeader) + " vpc-id\n" + strings.TrimSpace(flowLine) + " vpc-1\n", true},
	{"two-blanks", flowHeader + strings.Replace(flowLine, " 443", "  443", 1), false},
	{"blank-line", flowHeader + "\n" + flowLine, false},
	{"leading-blank", flowHeader + " " + flowLine, false},
	{"short-line", flowHeader + flowLine + "2 123456789012 eni-1\n", false},
	{"no-number", flowHeader + strings.Replace(flowLine, " 443", " https", 1), false},
}

func TestRawTablesOdd(t *testing.T) {
	dir := t.TempDir()
	mirror := filepath.Join(dir, "mirror")
	folder := filepath.Join(dir, "bucket", "AWSLogs", "123456789012", "vpcflowlogs", "eu-west-1", "2021", "12", "04")
	want := 0
	for _, o := range oddFlowLogs {
		path := filepath.Join(folder, "123456789012_vpcflowlogs_eu-west-1_fl-"+o.name+"_20211204T0000Z_aa.log.gz")
		if err := writeFile(path, bytes.NewReader(zipped([]byte(o.text)))); err != nil {
			t.Fatal(err)
		}
		if o.lake {
			want++
		}
	}
	logsql(t, "--mirror", mirror, "sync", filepath.Join(dir, "bucket"), "--as", "s3://odd")
	run{}.logsql(t, "--mirror", mirror, "convert-parquet")
	logsql(t, "--mirror", mirror, "sql", "-c", `CREATE EXTERNAL TABLE flow (version int, account string, interfaceid string, sourceaddress string,
		destinationaddress string, sourceport int, destinationport int, protocol bigint, numpackets bigint, numbytes bigint, starttime bigint, endtime bigint,
		action string, logstatus string) PARTITIONED BY (region string, day date)
		ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://odd/AWSLogs/' TBLPROPERTIES ('skip.header.line.count'='1');
		ALTER TABLE flow ADD PARTITION (region='eu-west-1', day='2021-12-04') LOCATION 's3://odd/AWSLogs/123456789012/vpcflowlogs/eu-west-1/2021/12/04/'`)
	if fromLake, files := sameRaw(t, mirror, "flow"); fromLake != want || files != len(oddFlowLogs) {
		t.Errorf("%d of %d files from the lake, want %d of %d", fromLake, files, want, len(oddFlowLogs))
	}

	// Other columns, other rows.
	logsql(t, "--mirror", mirror, "sql", "-c", "ALTER TABLE flow CHANGE COLUMN sourceport sourceport string")
	if fromLake, _ := sameRaw(t, mirror, "flow"); fromLake >= want {
		t.Errorf("%d files from the lake though a dash is a text now", fromLake)
	}
}

// builtinOf is what a kind of generated logs becomes, with a column that every
// record has.
var builtinOf = map[string][2]string{
	"flow": {"vpc_flow_logs", "interface_id"}, "access": {"s3_access_logs", "bucketowner"}, "trail": {"cloudtrail_logs", "eventid"},
}

// countLost holds a table to a row for each record of the built-in one, and
// counts the rows that its SerDe makes nothing of: those of access logs in which
// AWS's pattern does not expect a quote or a blank, none of other types.
func countLost(t *testing.T, mirror, table, kind string) {
	t.Helper()
	of := builtinOf[kind]
	if !strings.Contains(table, of[0]) {
		return // neighbours, such as insights
	}
	counts := rowsOf(t, mirror, "SELECT (SELECT count(*) FROM "+of[0]+` WHERE "$object" IN (SELECT "$path" FROM `+table+")) AS records, count(*) AS rows, count_if("+of[1]+" IS NULL) AS lost FROM "+table)
	var n struct{ Records, Rows, Lost int }
	if err := json.Unmarshal([]byte(strings.Join(counts, "")), &n); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d records, %d rows, %d of them lost to the SerDe", table, n.Records, n.Rows, n.Lost)
	if n.Rows != n.Records || (n.Lost > 0) != (kind == "access") || n.Lost > n.Rows/4 {
		t.Errorf("%s: %d rows of %d records, %d lost", table, n.Rows, n.Records, n.Lost)
	}
}

// TestRawTablesGenerated holds generated logs of every type to the same, and
// real ones.
func TestRawTablesGenerated(t *testing.T) {
	dir := shared(t)
	program := generator(t)
	for _, kind := range generatedKinds {
		t.Run(kind.kind, func(t *testing.T) {
			tmp := t.TempDir()
			mirror := filepath.Join(tmp, "mirror")
			generate(t, program, kind.kind, filepath.Join(tmp, "bucket"), append(kind.args, "--from", "2026-01-01", "--days", "2")...)
			logsql(t, "--mirror", mirror, "sync", filepath.Join(tmp, "bucket"), "--as", "s3://generated")
			run{}.logsql(t, "--mirror", mirror, "convert-parquet")
			for _, table := range rawTables(t, mirror, "generated") {
				// Lines of access logs shift fields now and then; such objects are read raw.
				if fromLake, files := sameRaw(t, mirror, table); fromLake < files && (kind.kind != "access" || fromLake < files*9/10) {
					t.Errorf("%s: %d of %d files from the lake", table, fromLake, files)
				}
				countLost(t, mirror, table, kind.kind)
			}
		})
	}
	t.Run("open", func(t *testing.T) {
		tmp := t.TempDir()
		mirror := filepath.Join(tmp, "mirror")
		loadObjects(t, filepath.Join(dir, "data", "open.tar.gz"), filepath.Join(tmp, "s3"))
		for _, bucket := range []string{"access-bucket", "flow-bucket", "trail-bucket"} {
			logsql(t, "--mirror", mirror, "sync", filepath.Join(tmp, "s3", bucket), "--as", "s3://"+bucket)
		}
		run{}.logsql(t, "--mirror", mirror, "convert-parquet")
		for _, bucket := range []string{"access-bucket", "flow-bucket", "trail-bucket"} {
			total, all := 0, 0
			for _, table := range rawTables(t, mirror, bucket) {
				fromLake, files := sameRaw(t, mirror, table)
				total, all = total+fromLake, all+files
			}
			if t.Logf("%s: %d of %d files from the lake", bucket, total, all); total == 0 {
				t.Errorf("%s: no file from the lake", bucket)
			}
		}
	})
}
