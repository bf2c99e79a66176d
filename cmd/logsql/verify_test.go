package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"logsql/ingest/digest/digesttest"
	"logsql/ingest/s3/s3test"
)

// TestVerify goes the whole way of a trail: synced from S3, keys fetched once,
// then verified offline, and a report that is kept.
func TestVerify(t *testing.T) {
	signer := digesttest.NewSigner(t)
	chain := digesttest.NewChain(signer)
	for range 4 {
		chain.Hour()
	}
	server := s3test.New(t, chain.Bucket)
	for _, o := range chain.Logs {
		server.Put(chain.Bucket, o.Key, o.Body)
	}
	for _, d := range chain.Digests {
		o := server.Put(chain.Bucket, d.Key, d.Body)
		server.Do(func() { o.Meta = map[string]string{"signature": d.Signature} })
	}
	asked := make(chan string, 10)
	cloudTrail := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		scope := strings.Split(r.Header.Get("Authorization"), "/")
		asked <- strings.Join([]string{r.Method, r.Header.Get("X-Amz-Target"), scope[2], scope[3], string(body)}, " ")
		io.WriteString(w, signer.PublicKeys())
	}))
	defer cloudTrail.Close()
	dir := t.TempDir()
	r := run{env: append(s3test.Environ(), "AWS_ENDPOINT_URL_CLOUDTRAIL="+cloudTrail.URL)}
	verify := func(status int, args ...string) result {
		t.Helper()
		res := r.logsql(t, append([]string{"--mirror", dir, "verify"}, args...)...)
		if res.status != status {
			t.Fatalf("verify %v: exit status %d, want %d\n%s%s", args, res.status, status, res.stdout, res.stderr)
		}
		return res
	}
	if res := r.logsql(t, "--mirror", dir, "sync", "s3://logs", "--endpoint-url", server.URL); res.status != 0 {
		t.Fatal(res.stdout, res.stderr)
	}
	if res := (run{}).logsql(t, "--mirror", dir, "convert-parquet"); res.status != 0 {
		t.Fatal(res.stdout, res.stderr)
	}
	if out := verify(4).stdout; !strings.Contains(out, ": the public key with the fingerprint "+signer.Fingerprint()+
		" is not in the mirror: --fetch-keys asks CloudTrail for it, --public-keys reads it from a file\n") ||
		!strings.HasSuffix(out, "\nno evidence of a change, but not everything could be proven: 4 findings\n") || len(asked) > 0 {
		t.Error(len(asked), out)
	}
	verify(0, "--fetch-keys")
	const request = "POST com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListPublicKeys cn-north-1 cloudtrail "
	if got := <-asked; got != request+`{"EndTime":1763636400,"StartTime":1763632800}` || len(asked) > 0 {
		t.Errorf("asked %q and %d more", got, len(asked))
	}
	cloudTrail.Close()
	server.Do(func() { server.Reply = &s3test.Reply{Status: 500} })
	out := verify(0).stdout
	for _, want := range []string{
		"\n12 objects: 12 valid\n1 part of the lake: 1 valid\n",
		"CloudTrail s3://logs/AWSLogs/111122223333/CloudTrail-Digest/cn-north-1/…/111122223333_CloudTrail-Digest_cn-north-1_audit_cn-north-1\n" +
			"  2025-11-20T10:00:00Z to 2025-11-20T14:00:00Z, begins with the first digest: it names none before it\n" +
			"  4 digests: 4 valid\n  8 logs: 8 valid\nvalid\n",
	} {
		if !strings.Contains("\n"+out, want) {
			t.Errorf("report:\n%swant in it:\n%s", out, want)
		}
	}

	// Tampered with: a log, and a part of the lake.
	tamper(t, filepath.Join(dir, "s3/logs", chain.Logs[3].Key))
	parts, _ := filepath.Glob(filepath.Join(dir, "lake/*/*/*/*/*/*/*.parquet"))
	if len(parts) != 1 {
		t.Fatal(parts)
	}
	tamper(t, parts[0])
	report := filepath.Join(t.TempDir(), "report.json")
	res := verify(1, "--json", "--verbose", "--output-file", report)
	if res.stdout != "NOT VALID: 3 findings, 3 of them evidence of a change\n" || res.stderr != "logsql: the mirror is not what was recorded or signed\n" {
		t.Errorf("%s%s", res.stdout, res.stderr)
	}
	var doc struct {
		Findings []struct{ Area, Kind, Object, Reason string }
		Report   struct {
			Version, Mirror       string
			Objects, Parts, Logs  struct{ All, Valid, Altered int }
			Findings, Wrong, Gaps int
		}
	}
	text, err := os.ReadFile(report)
	if err == nil {
		err = json.Unmarshal(text, &doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	areas := map[string]int{}
	valid := 0
	for _, f := range doc.Findings {
		if f.Kind == "valid" {
			valid++
			continue
		}
		areas[f.Area+" "+f.Kind]++
	}
	if areas["mirror altered"] != 1 || areas["lake altered"] != 1 || areas["cloudtrail altered"] != 1 || len(areas) != 3 || valid != 11+4+7 {
		t.Errorf("%v, %d valid\n%s", areas, valid, text)
	}
	if doc.Report.Objects.Altered != 1 || doc.Report.Logs.Valid != 7 || doc.Report.Findings != 3 || doc.Report.Wrong != 3 {
		t.Errorf("%+v", doc.Report)
	}
}

// tamper changes one byte of a file in its middle.
func tamper(t *testing.T, name string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err == nil {
		b[len(b)/2] ^= 1
		err = os.WriteFile(name, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
