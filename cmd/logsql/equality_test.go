package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEquality holds every column of every record of the lake to another
// decoder of the same objects, which knows nothing of logsql's: words between
// blanks under the header's names for flow logs, a regular expression for access
// logs. A dash and NULL are the same here.
func TestEquality(t *testing.T) {
	program := generator(t)
	flow := []string{"flow", "--days", "1", "--files-per-day", "3", "--records-per-file", "300"}
	for name, args := range map[string][]string{
		"flow v2":        append(flow, "--format", "v2"),
		"flow v3-custom": append(flow, "--format", "v3-custom", "--layout", "hourly"),
		"flow v5":        append(flow, "--format", "v5", "--layout", "hive"),
		"flow v5-custom": append(flow, "--format", "v5-custom", "--layout", "hive-hourly"),
		"flow v7":        append(flow, "--format", "v7-ecs"),
		"flow v8":        append(flow, "--format", "v8", "--gzip", "0"),
		"flow nat":       append(flow, "--format", "nat"),
		"flow bare":      append(flow, "--no-header"),
		"flow fields":    append(flow, "--fields", "bytes packets tcp-flags dstaddr srcaddr start end encryption-status resource-id"),
		"access":         {"access", "--days", "1", "--objects-per-day", "200", "--records-per-object", "10", "--layout", "both", "--quirks", "300000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bucket := filepath.Join(t.TempDir(), "bucket")
			generate(t, program, args[0], bucket, args[1:]...)
			compareLake(t, map[string]string{"generated": bucket}, addText, lakeRecords, 0)
		})
	}
	t.Run("real", func(t *testing.T) {
		root := t.TempDir()
		loadObjects(t, filepath.Join(shared(t), "data", "open.tar.gz"), root)
		compareLake(t, map[string]string{"access-bucket": filepath.Join(root, "access-bucket"), "flow-bucket": filepath.Join(root, "flow-bucket")}, addText, lakeRecords, 4)
	})
}

// compareLake converts the buckets and compares the rows that read finds in the
// lake with those that add counts, which another decoder makes of their objects.
// What only that has must be a bad line.
func compareLake(t *testing.T, buckets map[string]string,
	add func(t *testing.T, bucket, dir string, rows map[string]int), read func(t *testing.T, dir string) []string, statuses ...int,
) {
	t.Helper()
	mirror := filepath.Join(t.TempDir(), "mirror")
	want := map[string]int{}
	for name, dir := range buckets {
		logsql(t, "--mirror", mirror, "sync", dir, "--as", "s3://"+name)
		add(t, name, dir, want)
	}
	report := convertReport(t, mirror, append(statuses, 0)...)
	var stored, bad int64
	for table, n := range report.Tables {
		stored, bad = stored+n.Stored, bad+n.Bad
		for _, row := range read(t, filepath.Join(mirror, "lake", table)) {
			if want[row]--; want[row] < 0 {
				t.Errorf("only the lake has %s", row)
			}
		}
	}
	var missing int64
	for row, n := range want {
		if missing += int64(max(n, 0)); n > 0 && bad == 0 {
			t.Errorf("the lake has not %s", row)
		}
	}
	if missing > bad || stored == 0 {
		t.Errorf("%d records are not in the lake, %d lines are bad, %d stored", missing, bad, stored)
	}
	t.Logf("%d records equal in all columns, %d bad lines, %d of them decoded otherwise", stored, bad, missing)
}

// addText decodes the objects of a bucket that are text and counts their rows.
func addText(t *testing.T, bucket, dir string, rows map[string]int) {
	eachObject(t, dir, func(key string, data []byte) {
		for _, row := range decodeText(data) {
			row["source_object"] = "s3://" + bucket + "/" + key
			rows[rowText(row)]++
		}
	})
}

// eachObject reads the objects of a bucket, unpacked as far as they can be.
func eachObject(t *testing.T, dir string, do func(key string, data []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if zr, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
			if data, err = io.ReadAll(zr); err != nil {
				t.Logf("%s: %v", path, err)
			}
		}
		key, _ := filepath.Rel(dir, path)
		do(filepath.ToSlash(key), data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// accessPattern takes as much as it can for the user agent and as little as it
// can for request and referrer.
var accessPattern = regexp.MustCompile(strings.ReplaceAll(`^(\S+) (\S+) \[([^\]]*)\] (\S+) (\S+) (\S+) (\S+) (\S+) (".*?"|-) (\d{3}|-) (\S+) (\d+|-) (\d+|-) (\d+|-) (\d+|-) `+
	`(".*?"|-) (".*"|-) (\S+)(?: (\S+) (SigV\d\S*|-) (\S+) (\S+) (\S+)(?: (\S+))?(?: (\S+))?(?: (\S+))?(?: (\S+))?(?: (.*))?)?$`, " ", " +"))

var accessNames = strings.Fields(`bucketowner bucket_name requestdatetime remoteip requester requestid operation key request_uri httpstatus
	errorcode bytessent objectsize totaltime turnaroundtime referrer useragent versionid hostid sigv ciphersuite authtype endpoint
	tlsversion accesspointarn aclrequired sourceregion additional_fields`)

var flowNames = strings.Fields("version account_id interface_id srcaddr dstaddr srcport dstport protocol packets bytes start end action log_status")

func decodeText(data []byte) (rows []map[string]string) {
	names := flowNames
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		line := string([]rune(strings.TrimPrefix(lines.Text(), "\ufeff"))) // U+FFFD for what is no UTF-8
		words := strings.Fields(line)
		if m := accessPattern.FindStringSubmatch(line); m != nil {
			rows = append(rows, namedRow(accessNames, m[1:]))
		} else if slices.Contains(words, "srcaddr") || slices.Contains(words, "interface-id") {
			names = strings.Fields(strings.ReplaceAll(line, "-", "_"))
		} else if len(words) == len(names) && !strings.Contains(line, "[") {
			rows = append(rows, namedRow(names, words))
		}
	}
	return rows
}

func namedRow(names, values []string) map[string]string {
	row := map[string]string{}
	for i, name := range names {
		row[name] = values[i]
	}
	return row
}

// rowText is a row without its dashes, its columns by name.
func rowText(row map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(row)) {
		if v := row[name]; v != "" && v != "-" {
			fmt.Fprintf(&b, "%s=%s|", name, v)
		}
	}
	return b.String()
}

func lakeRecords(t *testing.T, dir string) (all []string) {
	rowsOfLake(t, dir, func(values map[string]any) {
		row := map[string]string{}
		for name, v := range values {
			if v != nil {
				row[name] = fmt.Sprint(v)
			}
		}
		all = append(all, rowText(row))
	})
	return all
}

// rowsOfLake reads the Parquet files as they lie, with DuckDB.
func rowsOfLake(t *testing.T, dir string, do func(values map[string]any)) {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT CAST(to_json(r) AS VARCHAR) FROM read_parquet('" + dir + "/**/*.parquet', hive_partitioning=false, union_by_name=true) r")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		var values map[string]any
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(&values); err != nil {
			t.Fatal(err)
		}
		do(values)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
