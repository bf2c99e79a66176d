package logtype_test

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"logsql/convert/logtype"
	"logsql/ingest/layout"
	"logsql/ingest/mirror"
)

// shared is the folder LOGSQL_SHARED names; without it the test is skipped.
func shared(t *testing.T, sub string) string {
	t.Helper()
	dir := os.Getenv("LOGSQL_SHARED")
	if dir == "" {
		t.Skip("LOGSQL_SHARED is not set")
	}
	path := filepath.Join(dir, sub)
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// tables are our names for the types the shared folder's maps speak of.
var tables = map[string]string{"vpcflow": "vpc_flow_logs", "s3access": "s3_access_logs", "cloudtrail": "cloudtrail_logs"}

func decodeFile(t *testing.T, typ, key, path string) (*sink, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 64<<10)
	in := &logtype.Input{Object: mirror.Object{Key: key, LastModified: day}, Match: layout.Parse(key), Body: r}
	if head, _ := r.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		zr, err := gzip.NewReader(r)
		if err != nil {
			return &sink{}, err
		}
		in.Body = zr
	}
	s := &sink{}
	return s, logtype.ByName(typ).Decode(t.Context(), in, s)
}

// unpack puts the open data in a folder of the test's own.
func unpack(t *testing.T) string {
	t.Helper()
	f, err := os.Open(shared(t, "data/open.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		data, err := io.ReadAll(tr)
		if err == nil {
			err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestOpenData decodes real logs of other projects: each record of each object
// is stored or bad, and what those projects read from them we read too.
func TestOpenData(t *testing.T) {
	dir := unpack(t)
	var known struct {
		Objects []struct {
			Key, Type, Source string
			Lines, DataLines  int
			Records           int
			Data              int `json:"data_lines"`
		}
	}
	readJSON(t, filepath.Join(dir, "map.json"), &known)
	rows := map[string][]map[string]any{} // by the folder of the source
	for _, o := range known.Objects {
		typ, ok := tables[o.Type]
		if !ok {
			continue
		}
		_, key, _ := strings.Cut(o.Key, "/")
		s, err := decodeFile(t, typ, key, filepath.Join(dir, "s3", filepath.FromSlash(o.Key)))
		want := map[string]int{"vpcflow": o.Data, "s3access": o.Lines, "cloudtrail": o.Records}[o.Type]
		if s.stored+len(s.bad) != want || err != nil {
			t.Errorf("%s: %d stored + %d bad, want %d; %v", o.Key, s.stored, len(s.bad), want, err)
		}
		for _, bad := range s.bad {
			t.Logf("%s:%s", o.Key, bad)
		}
		if source := strings.Split(o.Source, "/"); len(source) > 1 && wantedSources[source[1]] {
			rows[o.Type+"/"+source[1]] = append(rows[o.Type+"/"+source[1]], objects(t, s.rows(t))...)
		}
	}
	expected := filepath.Join(dir, "expected")
	compareFlow(t, expected, rows["vpcflow/czsergio-vpcflowlogs-enricher"])
	compareElasticFlow(t, expected, rows["vpcflow/elastic-integrations"])
	compareAccess(t, expected, rows["s3access/elastic-beats"], rows["s3access/elastic-integrations"])
	compareTrail(t, expected, rows["cloudtrail/elastic-integrations"])
	compareDandi(t, filepath.Join(expected, "s3access-dandi-extraction"), rows["s3access/dandi-s3-log-extraction"])
}

var wantedSources = map[string]bool{"czsergio-vpcflowlogs-enricher": true, "elastic-integrations": true, "elastic-beats": true, "dandi-s3-log-extraction": true}

func objects(t *testing.T, rows []string) []map[string]any {
	t.Helper()
	all := make([]map[string]any, len(rows))
	for i, row := range rows {
		dec := json.NewDecoder(strings.NewReader(row))
		dec.UseNumber()
		if err := dec.Decode(&all[i]); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// text is a value as text, and what others leave out as nothing.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if v = strings.TrimSuffix(strings.TrimPrefix(v, `"`), `"`); v == "-" {
			return ""
		}
		return v
	case json.Number:
		return v.String()
	}
	data, _ := json.Marshal(v)
	return string(data)
}

func compareFlow(t *testing.T, dir string, rows []map[string]any) {
	t.Helper()
	var want []map[string]string
	readJSON(t, filepath.Join(dir, "vpcflow-czsergio.json"), &want)
	if len(rows) == 0 {
		t.Fatal("no rows of czsergio's flow logs")
	}
	known := map[string]bool{}
	for _, w := range want {
		known[flowLine(func(name string) string { return w[name] })] = true
	}
	for _, row := range rows {
		if line := flowLine(func(name string) string { return orDash(row[strings.ReplaceAll(name, "-", "_")]) }); !known[line] {
			t.Errorf("czsergio has no record %s", line)
		}
	}
}

// elasticFlow is the column behind each of elastic's fields; those without a
// dot are below aws.vpcflow.
var elasticFlow = map[string]string{
	"source.ip": "srcaddr", "source.port": "srcport", "destination.ip": "dstaddr", "destination.port": "dstport",
	"network.iana_number": "protocol", "network.bytes": "bytes", "network.packets": "packets", "network.direction": "flow_direction",
	"event.start": "start", "event.end": "end", "cloud.region": "region", "cloud.availability_zone": "az_id",
	"version": "version", "account_id": "account_id", "interface_id": "interface_id", "action": "action", "log_status": "log_status",
	"vpc_id": "vpc_id", "subnet_id": "subnet_id", "instance_id": "instance_id", "tcp_flags": "tcp_flags", "type": "type",
	"pkt_srcaddr": "pkt_srcaddr", "pkt_dstaddr": "pkt_dstaddr", "pkt_src_service": "pkt_src_aws_service",
	"pkt_dst_service": "pkt_dst_aws_service", "traffic_path": "traffic_path",
}

func compareElasticFlow(t *testing.T, dir string, rows []map[string]any) {
	t.Helper()
	var files map[string][]map[string]any
	readJSON(t, filepath.Join(dir, "vpcflow-elastic.json"), &files)
	var want []map[string]any
	for _, name := range slices.Sorted(maps.Keys(files)) { // as the objects stand in map.json
		want = append(want, files[name]...)
	}
	if len(rows) != len(want) {
		t.Fatalf("%d flow records, elastic has %d", len(rows), len(want))
	}
	for i, e := range want {
		for field, column := range elasticFlow {
			theirs := e[field]
			if flow, ok := e["aws.vpcflow"].(map[string]any); ok && !strings.Contains(field, ".") {
				theirs = flow[field]
			}
			if got, want := text(rows[i][column]), elasticText(theirs); got != want {
				t.Errorf("flow record %d: %s is %q, elastic has %q", i+1, column, got, want)
			}
		}
	}
}

// elasticText is text, with elastic's times as the seconds they were.
func elasticText(v any) string {
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return strconv.FormatInt(at.Unix(), 10)
		}
	}
	return text(v)
}

func orDash(v any) string {
	if s := text(v); s != "" {
		return s
	}
	return "-"
}

func flowLine(field func(string) string) string {
	var b strings.Builder
	for _, name := range strings.Fields("account-id action az-id bytes dstaddr dstport end flow-direction instance-id interface-id log-status packets pkt-dst-aws-service pkt-dstaddr pkt-src-aws-service pkt-srcaddr protocol region srcaddr srcport start sublocation-id sublocation-type subnet-id tcp-flags traffic-path type version vpc-id") {
		b.WriteString(field(name) + " ")
	}
	return b.String()
}

func compareAccess(t *testing.T, dir string, more ...[]map[string]any) {
	t.Helper()
	var want struct {
		Expected []struct {
			AWS struct {
				S3access map[string]any
			}
		}
	}
	readJSON(t, filepath.Join(dir, "s3access-elastic.json"), &want)
	ours := map[string]map[string]any{}
	for _, rows := range more {
		for _, row := range rows {
			ours[text(row["requestid"])] = row
		}
	}
	names := map[string]string{
		"bucket_owner": "bucketowner", "bucket": "bucket_name", "remote_ip": "remoteip", "requester": "requester", "operation": "operation", "key": "key",
		"request_uri": "request_uri", "http_status": "httpstatus", "error_code": "errorcode", "bytes_sent": "bytessent", "object_size": "objectsize", "total_time": "totaltime",
		"turn_around_time": "turnaroundtime", "referrer": "referrer", "user_agent": "useragent", "version_id": "versionid", "host_id": "hostid", "signature_version": "sigv",
		"cipher_suite": "ciphersuite", "authentication_type": "authtype", "host_header": "endpoint", "tls_version": "tlsversion",
	}
	for _, e := range want.Expected {
		theirs := e.AWS.S3access
		row, ok := ours[text(theirs["request_id"])]
		if !ok {
			t.Errorf("no access record %v", theirs["request_id"])
			continue
		}
		for name, column := range names {
			if got, want := text(row[column]), text(theirs[name]); got != want {
				t.Errorf("request %v: %s is %q, elastic has %q", theirs["request_id"], column, got, want)
			}
		}
	}
}

func compareTrail(t *testing.T, dir string, rows []map[string]any) {
	t.Helper()
	var want struct{ Expected []map[string]any }
	readJSON(t, filepath.Join(dir, "cloudtrail-elastic.json"), &want)
	if len(rows) != len(want.Expected) {
		t.Fatalf("%d records, elastic has %d", len(rows), len(want.Expected))
	}
	for i, e := range want.Expected {
		flattened := e["aws.cloudtrail"].(map[string]any)["flattened"].(map[string]any)
		for column, want := range map[string]any{"eventid": e["event.id"], "additionaleventdata": flattened["additional_eventdata"], "responseelements": flattened["response_elements"]} {
			if got := text(rows[i][column]); sorted(got) != sorted(text(want)) {
				t.Errorf("record %d: %s is %s, elastic has %s", i+1, column, got, text(want))
			}
		}
		arn := e["aws.cloudtrail"].(map[string]any)["user_identity"].(map[string]any)["arn"]
		if got := rows[i]["useridentity"].(map[string]any)["arn"]; got != arn {
			t.Errorf("record %d: useridentity.arn is %v, elastic has %v", i+1, got, arn)
		}
	}
}

// sorted is JSON text with its keys in order; other text as it is.
func sorted(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	data, _ := json.Marshal(v)
	return string(data)
}

// compareDandi holds our rows to the lists of addresses and sizes that were
// extracted for each key.
func compareDandi(t *testing.T, dir string, rows []map[string]any) {
	t.Helper()
	got := map[string]string{}
	for _, row := range rows {
		if text(row["operation"]) == "REST.GET.OBJECT" && strings.HasPrefix(text(row["httpstatus"]), "2") {
			got[text(row["key"])] += text(row["remoteip"]) + " " + orZero(row["bytessent"]) + "\n"
		}
	}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.Name() != "ips.txt" {
			return err
		}
		key, err := filepath.Rel(dir, filepath.Dir(path))
		if err != nil {
			return err
		}
		ips, err1 := os.ReadFile(path)
		sent, err2 := os.ReadFile(filepath.Join(filepath.Dir(path), "bytes_sent.txt"))
		want := ""
		for i, ip := range strings.Fields(string(ips)) {
			want += ip + " " + strings.Fields(string(sent))[i] + "\n"
		}
		if have := got[filepath.ToSlash(key)]; have != want && have != "" {
			t.Errorf("%s:\n got %s\nwant %s", key, have, want)
		}
		return errors.Join(err1, err2)
	})
	if err != nil || len(got) == 0 {
		t.Fatalf("%d keys, %v", len(got), err)
	}
}

func orZero(v any) string {
	if s := text(v); s != "" {
		return s
	}
	return "0"
}

// debatable are kinds of corrupt objects for which the generator's counts are
// not ours, with the reason.
var debatable = map[string]struct {
	stored, bad int
	why         string
}{
	"int-overflow": {4, 5, "port 70000 fits its column"},
}

// TestCorrupt decodes every kind of damaged object: what is good is stored, what
// is bad is reported, an object that breaks off gives an error.
func TestCorrupt(t *testing.T) {
	gen := shared(t, "gen")
	dir := filepath.Join(t.TempDir(), "bucket")
	build := exec.Command("go", "build", "-o", dir+".gen", ".")
	build.Dir = gen
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the generator: %v\n%s", err, out)
	}
	if out, err := exec.Command(dir+".gen", "corrupt", "--out", dir, "--bomb-mib", "64").CombinedOutput(); err != nil {
		t.Fatalf("generate: %v\n%s", err, out)
	}
	var manifest struct {
		Objects []struct {
			Key, Kind, Type string
			Good            int  `json:"good_records"`
			Bad             int  `json:"bad_records"`
			Broken          bool `json:"object_broken"`
			Skip            bool `json:"not_a_log"`
			Expect          string
		}
	}
	readJSON(t, dir+".corrupt.json", &manifest)
	for _, o := range manifest.Objects {
		if o.Skip || o.Kind == "gzip-bomb-valid-lines" {
			continue
		}
		t.Run(o.Type+" "+o.Kind, func(t *testing.T) {
			s, err := decodeFile(t, tables[o.Type], o.Key, filepath.Join(dir, filepath.FromSlash(o.Key)))
			if o.Broken {
				if err == nil || s.stored < o.Good {
					t.Errorf("%d stored, error %v, want %d: %s", s.stored, err, o.Good, o.Expect)
				}
				return
			}
			if d, ok := debatable[o.Kind]; ok {
				o.Good, o.Bad = d.stored, d.bad
			}
			if s.stored != o.Good || len(s.bad) != o.Bad || err != nil && !errors.Is(err, logtype.ErrNotLog) {
				t.Errorf("%d stored, %d bad, want %d and %d: %s\n%v\n%s", s.stored, len(s.bad), o.Good, o.Bad, o.Expect, err, strings.Join(s.bad, "\n"))
			}
			s.rows(t) // readable Parquet
		})
	}
}
