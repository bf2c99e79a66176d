package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"logsql/ingest/mirror"
	"logsql/ingest/s3/s3test"
)

// shared is the folder of real logs, generators and corpora that LOGSQL_SHARED
// names; without it the test is skipped.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("LOGSQL_SHARED")
	if dir == "" {
		t.Skip("LOGSQL_SHARED is not set")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("LOGSQL_SHARED: %v", err)
	}
	return dir
}

// TestRealLogs takes the real logs of public projects through a real S3 server
// and holds every object to what is known of it: stored + bad is the number of
// its records.
func TestRealLogs(t *testing.T) {
	archive := filepath.Join(shared(t), "data", "open.tar.gz")
	gateway := s3test.StartVersityGW(t)
	known := loadObjects(t, archive, gateway.Root)
	dir := t.TempDir()
	from := run{env: []string{"AWS_ENDPOINT_URL_S3=" + gateway.Endpoint, "AWS_ACCESS_KEY_ID=" + s3test.AccessKey, "AWS_SECRET_ACCESS_KEY=" + s3test.SecretKey}}
	if res := from.logsql(t, "--mirror", dir, "sync", "s3://access-bucket", "s3://flow-bucket", "s3://trail-bucket"); res.status != 0 {
		t.Fatalf("sync: exit status %d\n%s%s", res.status, res.stdout, res.stderr)
	}
	report := convertReport(t, dir, 0, 4)
	want := map[string]int64{}
	for _, o := range known {
		if table := o.table(); table != "" {
			want[table] += o.count()
		}
	}
	for table, records := range want {
		if got := report.Tables[table]; got.Records != records || got.Stored+got.Bad != records {
			t.Errorf("%s: %d records = %d stored + %d bad, want %d", table, got.Records, got.Stored, got.Bad, records)
		}
	}
	outcomes := outcomesOf(t, dir)
	for _, o := range known {
		got := outcomes[o.Key]
		if o.table() == "" {
			if got.outcome != "skipped" {
				t.Errorf("%s (%s): %+v, want it skipped", o.Key, o.Type, got)
			}
			continue
		}
		if got.stored+got.bad != o.count() {
			t.Errorf("%s: %d stored + %d bad, want %d", o.Key, got.stored, got.bad, o.count())
		}
	}
	compareEventNames(t, dir, known)
	askNamed(t, dir, "")
}

// knownObject is what map.json says of an object.
type knownObject struct {
	Key        string           `json:"key"` // bucket/key
	Type       string           `json:"type"`
	Records    int64            `json:"records"`
	DataLines  int64            `json:"data_lines"`
	Lines      int64            `json:"lines"`
	EventNames map[string]int64 `json:"eventnames"`
}

func (o knownObject) table() string {
	return map[string]string{"vpcflow": "vpc_flow_logs", "s3access": "s3_access_logs", "cloudtrail": "cloudtrail_logs", "cloudtrail-insight": "cloudtrail_insights"}[o.Type]
}

// insights is the number of records of each insight object: the map does not
// count them.
const insights = 2

func (o knownObject) count() int64 {
	return map[string]int64{"vpcflow": o.DataLines, "s3access": o.Lines, "cloudtrail": o.Records, "cloudtrail-insight": insights}[o.Type]
}

// loadObjects puts the buckets of the archive below root and returns what its
// map says of the objects.
func loadObjects(t *testing.T, archive, root string) []knownObject {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var known struct{ Objects []knownObject }
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Clean(h.Name)
		key, inBucket := strings.CutPrefix(name, "s3/")
		switch {
		case h.Typeflag != tar.TypeReg:
		case inBucket:
			err = writeFile(filepath.Join(root, key), tr)
		case name == "map.json":
			err = json.NewDecoder(tr).Decode(&known)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(known.Objects) < 1000 {
		t.Fatalf("the map knows only %d objects", len(known.Objects))
	}
	return known.Objects
}

func writeFile(path string, from io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}

// compareEventNames asks which events there are, by SQL.
func compareEventNames(t *testing.T, dir string, known []knownObject) {
	t.Helper()
	want := map[string]int64{}
	for _, o := range known {
		if o.table() == "cloudtrail_logs" {
			for name, n := range o.EventNames {
				want[name] += n
			}
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		lines = append(lines, fmt.Sprintf("%s,%d", name, want[name]))
	}
	out := logsql(t, "--mirror", dir, "sql", "-c", "SELECT eventname, count(*) FROM cloudtrail_logs GROUP BY 1 ORDER BY 1").stdout
	_, have, _ := strings.Cut(strings.TrimSpace(out), "\n")
	if got := strings.Split(have, "\n"); !slices.Equal(got, lines) {
		t.Errorf("event names differ: %s", firstDifference(got, lines))
	}
}

// reportJSON is what convert-parquet --json prints.
type reportJSON struct {
	Tables  map[string]struct{ Objects, Records, Stored, Bad int64 }
	Skipped []struct{ Object, Reason string }
	Seconds float64
}

func convertReport(t *testing.T, dir string, statuses ...int) reportJSON {
	t.Helper()
	res := run{}.logsql(t, "--mirror", dir, "convert-parquet", "--json")
	if !slices.Contains(statuses, res.status) {
		t.Fatalf("convert-parquet: exit status %d\n%s", res.status, res.stderr)
	}
	var report reportJSON
	if err := json.Unmarshal([]byte(res.stdout), &report); err != nil {
		t.Fatal(err)
	}
	return report
}

// outcome is what became of an object.
type outcome struct {
	outcome, reason string
	stored, bad     int64
}

// outcomesOf are the outcomes of all objects of a mirror, by bucket/key.
func outcomesOf(t *testing.T, dir string) map[string]outcome {
	t.Helper()
	m, err := mirror.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	rows, err := m.DB().Query("SELECT o.bucket || '/' || o.key, c.outcome, c.reason, c.stored, c.bad FROM conversions c JOIN objects o ON o.id = c.object")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]outcome{}
	for rows.Next() {
		var key string
		var o outcome
		if err := rows.Scan(&key, &o.outcome, &o.reason, &o.stored, &o.bad); err != nil {
			t.Fatal(err)
		}
		all[key] = o
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// generator builds the generator of log objects.
func generator(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "gen")
	cmd := exec.Command("go", "build", "-o", program, ".")
	cmd.Dir = filepath.Join(shared(t), "gen")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the generator: %v\n%s", err, out)
	}
	return program
}

func generate(t *testing.T, program, kind, out string, args ...string) {
	t.Helper()
	args = append([]string{kind, "--out", out, "--account", "123456789012", "--region", "cn-north-1"}, args...)
	if text, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("gen %s: %v\n%s", kind, err, text)
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
