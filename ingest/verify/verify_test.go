package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"logsql/ingest"
	"logsql/ingest/digest"
	"logsql/ingest/digest/digesttest"
	"logsql/ingest/mirror"
	"logsql/ingest/s3/s3test"
	"logsql/ingest/verify"
)

// bench is a trail in a bucket, to be tampered with there or in the mirror.
type bench struct {
	t      *testing.T
	chain  *digesttest.Chain
	server *s3test.Server
	keys   string
	m      *mirror.Mirror
}

func (b *bench) put(o digesttest.Object) {
	object := b.server.Put(b.chain.Bucket, o.Key, o.Body)
	if o.Signature != "" {
		object.Meta = map[string]string{"signature": o.Signature, "signature-algorithm": digest.SignatureAlgorithm}
	}
}

func (b *bench) move(from, to digesttest.Object) {
	b.server.Delete(b.chain.Bucket, from.Key)
	from.Key = to.Key
	b.put(from)
}

// path is where the mirror has an object.
func (b *bench) path(o digesttest.Object) string {
	return b.m.Path("s3/" + b.chain.Bucket + "/" + o.Key)
}

func (b *bench) write(o digesttest.Object, body string) {
	if err := os.WriteFile(b.path(o), []byte(body), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func key(suffix string) digesttest.Object {
	return digesttest.Object{Key: "AWSLogs/111122223333/" + suffix}
}

const lastHour = 5

var signer *digesttest.Signer

// TestTampering: each way to tamper is told by name, and nothing else is.
// Positions in want are those of Chain.Logs (two an hour) and Chain.Digests.
func TestTampering(t *testing.T) {
	signer = digesttest.NewSigner(t)
	other := digesttest.NewSigner(t)
	for _, tt := range []struct {
		name   string
		hours  func(c *digesttest.Chain)
		bucket func(b *bench) // in S3, before it is synced
		mirror func(b *bench) // after that
		want   []string       // kind, what, beginning of the reason
		report string
	}{
		{name: "nothing", report: "6 of 6 digests, 12 of 12 logs valid"},
		{
			name:   "a changed log",
			bucket: func(b *bench) { b.put(digesttest.Object{Key: b.chain.Logs[4].Key, Body: digesttest.Gzip("{}")}) },
			want:   []string{"altered log 4: its SHA-256, unpacked, is 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a; the digest "},
			report: "6 of 6 digests, 11 of 12 logs valid",
		},
		{
			name:   "a log changed in the mirror",
			mirror: func(b *bench) { b.write(b.chain.Logs[4], digesttest.Gzip("{}")) },
			want:   []string{"altered log 4: its file has 26 bytes, recorded are ", "altered log 4: its SHA-256, unpacked, is 4413"},
			report: "6 of 6 digests, 11 of 12 logs valid",
		},
		{
			name:   "a removed log",
			bucket: func(b *bench) { b.server.Delete(b.chain.Bucket, b.chain.Logs[4].Key) },
			want:   []string{"missing log 4: the digest s3://logs/AWSLogs/111122223333/CloudTrail-Digest/"},
			report: "6 of 6 digests, 11 of 12 logs valid",
		},
		{
			name:   "a log removed from the mirror",
			mirror: func(b *bench) { os.Remove(b.path(b.chain.Logs[4])) },
			want:   []string{"missing log 4: its file s3/logs/AWSLogs/", "missing log 4: its file cannot be read: no such file or directory"},
			report: "6 of 6 digests, 11 of 12 logs valid",
		},
		{
			name: "an added log",
			bucket: func(b *bench) {
				b.put(digesttest.Object{Key: key("CloudTrail/cn-north-1/2025/11/20/111122223333_CloudTrail_cn-north-1_20251120T1130Z_x.json.gz").Key, Body: digesttest.Gzip("{}")})
			},
			want:   []string{"added …/111122223333_CloudTrail_cn-north-1_20251120T1130Z_x.json.gz: no digest names it, though digests cover its time"},
			report: "6 of 6 digests, 12 of 12 logs valid",
		},
		{
			name: "a changed digest",
			bucket: func(b *bench) {
				d := b.chain.Digests[2]
				d.Body = digesttest.Gzip(strings.Replace(gunzip(t, d.Body), `"hashValue":"`, `"hashValue":"0`, 1))
				b.put(d)
			},
			want: []string{
				"altered digest 2: its signature does not hold",
				"altered log 4: its SHA-256, unpacked, is ",
			},
			report: "5 of 6 digests, 10 of 12 logs valid",
		},
		{
			name:   "a removed digest",
			bucket: func(b *bench) { b.server.Delete(b.chain.Bucket, b.chain.Digests[2].Key) },
			want: []string{
				"missing digest 2: the digest s3://logs/AWSLogs/111122223333/CloudTrail-Digest/cn-north-1/2025/11/20/111122223333_CloudTrail-Digest_cn-north-1_audit_cn-north-1_20251120T140000Z.json.gz names it",
				"gap digest 3: no digest in the mirror covers the time from 2025-11-20T12:00:00Z to 2025-11-20T13:00:00Z",
			},
			report: "5 of 5 digests, 10 of 10 logs valid, 2 uncovered, 1 gap",
		},
		{
			name: "a wrong signature",
			bucket: func(b *bench) {
				d := b.chain.Digests[2]
				d.Signature = b.chain.Digests[1].Signature
				b.put(d)
			},
			want:   []string{"altered digest 2: the signature in its metadata is wrong: the one that the digest after it names holds"},
			report: "5 of 6 digests, 12 of 12 logs valid",
		},
		{
			name: "a wrong signature of the newest digest",
			bucket: func(b *bench) {
				d := b.chain.Digests[lastHour]
				d.Signature = b.chain.Digests[1].Signature
				b.put(d)
			},
			want:   []string{"altered digest 5: its signature does not hold: the digest, its signature or the digest before it was changed"},
			report: "5 of 6 digests, 10 of 12 logs valid",
		},
		{
			name: "a wrong previous hash",
			hours: func(c *digesttest.Chain) {
				c.Hour()
				c.Hour(func(doc map[string]any) { doc["previousDigestHashValue"] = strings.Repeat("0", 64) })
			},
			want:   []string{"altered digest 1: it names " + strings.Repeat("0", 64) + " as the SHA-256 of the digest before it, s3://logs/"},
			report: "1 of 2 digests, 4 of 4 logs valid",
		},
		{
			name: "a moved digest",
			bucket: func(b *bench) {
				b.move(b.chain.Digests[lastHour], key("CloudTrail-Digest/cn-north-1/2025/11/20/111122223333_CloudTrail-Digest_cn-north-1_audit_cn-north-1_20251120T170000Z.json.gz"))
			},
			want:   []string{"moved …/111122223333_CloudTrail-Digest_cn-north-1_audit_cn-north-1_20251120T170000Z.json.gz: it says that it was delivered as s3://logs/"},
			report: "5 of 6 digests, 12 of 12 logs valid",
		},
		{
			name: "a moved log",
			bucket: func(b *bench) {
				b.move(b.chain.Logs[4], key("CloudTrail/cn-north-1/2025/11/20/111122223333_CloudTrail_cn-north-1_20251120T1210Z_x.json.gz"))
			},
			want:   []string{"added …/111122223333_CloudTrail_cn-north-1_20251120T1210Z_x.json.gz: no digest names it", "missing log 4: the digest "},
			report: "6 of 6 digests, 11 of 12 logs valid",
		},
		{
			name: "a replaced key",
			mirror: func(b *bench) {
				b.keys = strings.Replace(other.PublicKeys(), other.Fingerprint(), signer.Fingerprint(), 1)
			},
			want: []string{
				"unproven digest 0: the public key given for the fingerprint ", "unproven digest 1: the", "unproven digest 2: the",
				"unproven digest 3: the", "unproven digest 4: the", "unproven digest 5: the",
			},
			report: "0 of 6 digests, 0 of 12 logs valid",
		},
		{
			name:  "digests signed by another, under the fingerprint",
			hours: func(c *digesttest.Chain) { c.Hour(); c.Signer = other; c.Hour(named(signer)) },
			want:  []string{"altered digest 1: its signature does not hold"}, report: "1 of 2 digests, 2 of 4 logs valid",
		},
		{
			name:   "a truncated digest",
			bucket: func(b *bench) { d := b.chain.Digests[2]; d.Body = d.Body[:len(d.Body)/2]; b.put(d) },
			want:   []string{"altered digest 2: its gzip is broken: unexpected EOF"}, report: "5 of 6 digests, 10 of 10 logs valid, 2 uncovered",
		},
		{
			name:   "a truncated log",
			bucket: func(b *bench) { l := b.chain.Logs[4]; l.Body = l.Body[:len(l.Body)-9]; b.put(l) },
			want:   []string{"altered log 4: its gzip is broken: unexpected EOF"}, report: "6 of 6 digests, 11 of 12 logs valid",
		},
		{
			name: "a gap",
			hours: func(c *digesttest.Chain) {
				c.Hour()
				c.Begin = c.Begin.Add(3 * time.Hour)
				c.Hour()
			},
			want:   []string{"gap digest 1: no digest covers the time from 2025-11-20T11:00:00Z to 2025-11-20T14:00:00Z"},
			report: "2 of 2 digests, 4 of 4 logs valid, 1 gap",
		},
		{
			name:   "a chain that begins anew",
			hours:  func(c *digesttest.Chain) { c.Hour(); c.Begin = c.Begin.Add(3 * time.Hour); c.Hour(begin) },
			want:   []string{"gap digest 1: the chain begins anew: it names no digest before it, so nothing vouches for the time from 2025-11-20T11:00:00Z to 2025-11-20T14:00:00Z"},
			report: "2 of 2 digests, 4 of 4 logs valid, 1 gap",
		},
		{
			name: "no metadata, as on a disk",
			bucket: func(b *bench) {
				for _, d := range b.chain.Digests {
					d.Signature = ""
					b.put(d)
				}
			},
			want:   []string{"unproven digest 5: its signature is not in the mirror: it came without its metadata, and no later digest names it"},
			report: "5 of 6 digests, 10 of 12 logs valid",
		},
		{
			name:   "no key",
			mirror: func(b *bench) { b.keys = other.PublicKeys() },
			want: []string{
				"unproven digest 0: the public key with the fingerprint ", "unproven digest 1: the", "unproven digest 2: the",
				"unproven digest 3: the", "unproven digest 4: the", "unproven digest 5: the",
			},
			report: "0 of 6 digests, 0 of 12 logs valid",
		},
		{
			name: "only the last hours are in the mirror",
			bucket: func(b *bench) {
				for i := range 3 {
					b.server.Delete(b.chain.Bucket, b.chain.Digests[i].Key)
				}
			},
			report: "3 of 3 digests, 6 of 6 logs valid, 6 uncovered",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, signer, tt.hours)
			if tt.bucket != nil {
				tt.bucket(b)
			}
			b.sync()
			if tt.mirror != nil {
				tt.mirror(b)
			}
			findings, r := b.verify()
			b.compare(findings, tt.want)
			if got := sums(r); got != tt.report {
				t.Errorf("report: %s, want %s", got, tt.report)
			}
		})
	}
}

func begin(doc map[string]any) {
	for name := range doc {
		if strings.HasPrefix(name, "previous") {
			doc[name] = nil
		}
	}
}

func named(s *digesttest.Signer) func(map[string]any) {
	return func(doc map[string]any) { doc["digestPublicKeyFingerprint"] = s.Fingerprint() }
}

func newBench(t *testing.T, s *digesttest.Signer, hours func(*digesttest.Chain)) *bench {
	t.Helper()
	b := &bench{t: t, chain: digesttest.NewChain(s), keys: s.PublicKeys()}
	if hours == nil {
		hours = func(c *digesttest.Chain) {
			for range lastHour + 1 {
				c.Hour()
			}
		}
	}
	hours(b.chain)
	b.server = s3test.New(t, b.chain.Bucket)
	for _, o := range slices.Concat(b.chain.Logs, b.chain.Digests) {
		b.put(o)
	}
	m, err := mirror.Create(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	b.m = m
	return b
}

func (b *bench) sync() ingest.Report {
	b.t.Helper()
	target := ingest.Target{Bucket: b.chain.Bucket, Endpoint: b.server.URL, Region: "us-east-1"}
	r, err := ingest.Sync(context.Background(), b.m, []ingest.Target{target}, ingest.Options{})
	if err != nil || r.Trouble() {
		b.t.Fatal(r, err)
	}
	return r
}

func (b *bench) verify() ([]verify.Finding, verify.Report) {
	b.t.Helper()
	keys, err := digest.ReadKeys(strings.NewReader(b.keys))
	if err != nil {
		// As a mirror would have it in which somebody changed the key.
		keys, err = forged(b.keys, signer.Fingerprint()), nil
	}
	var findings []verify.Finding
	r, err := verify.Run(context.Background(), b.m, verify.Options{Keys: keys}, func(f verify.Finding) error {
		findings = append(findings, f)
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return findings, r
}

func forged(text, fingerprint string) []digest.Key {
	return []digest.Key{{Fingerprint: fingerprint, DER: []byte(text)}}
}

// compare wants exactly these findings, in any order.
func (b *bench) compare(findings []verify.Finding, want []string) {
	b.t.Helper()
	names := map[string]string{}
	for i, o := range b.chain.Logs {
		names[mirror.URI(b.chain.Bucket, o.Key)] = fmt.Sprint("log ", i)
	}
	for i, o := range b.chain.Digests {
		names[mirror.URI(b.chain.Bucket, o.Key)] = fmt.Sprint("digest ", i)
	}
	var got []string
	for _, f := range findings {
		name := names[f.Object]
		if name == "" {
			name = "…" + f.Object[strings.LastIndexByte(f.Object, '/'):]
		}
		got = append(got, fmt.Sprintf("%s %s: %s", f.Kind, name, f.Reason))
	}
	slices.Sort(got)
	slices.Sort(want)
	ok := len(got) == len(want)
	for i := range want {
		ok = ok && strings.HasPrefix(got[i], want[i])
	}
	if !ok {
		b.t.Errorf("findings:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func sums(r verify.Report) string {
	s := fmt.Sprintf("%d of %d digests, %d of %d logs valid", r.Digests.Valid, r.Digests.All-r.Digests.Missing, r.Logs.Valid, r.Logs.All)
	if r.Uncovered > 0 {
		s += fmt.Sprintf(", %d uncovered", r.Uncovered)
	}
	if r.Gaps > 0 {
		s += fmt.Sprintf(", %d gap", r.Gaps)
	}
	return s
}

func gunzip(t *testing.T, body string) string {
	t.Helper()
	text, err := digesttest.Gunzip(bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestFiles: what was synced by a logsql that kept no checksum goes by its MD5
// where the ETag is one, and is unproven else; versions kept beside and parts are
// files like any other.
func TestFiles(t *testing.T) {
	signer = digesttest.NewSigner(t)
	b := newBench(t, signer, func(c *digesttest.Chain) { c.Hour() })
	b.sync()
	exec := func(stmt string, args ...any) {
		t.Helper()
		if _, err := b.m.DB().Exec(stmt, args...); err != nil {
			t.Fatal(err)
		}
	}
	first, second := b.chain.Logs[0], b.chain.Logs[1]
	exec("UPDATE objects SET sha256 = NULL WHERE key IN (?, ?)", first.Key, second.Key)
	b.compare(first2(b.verify()), nil)
	b.write(first, strings.Repeat("x", len(first.Body)))
	exec("UPDATE objects SET etag = 'opaque' WHERE key = ?", second.Key)
	b.compare(first2(b.verify()), []string{
		"unproven log 0: it was synced by a logsql that kept no checksum, and its MD5 is not its ETag, which need not be one",
		"unproven log 1: it was written by a logsql that kept no checksum: only its size could be compared",
		"altered log 0: its gzip is broken: gzip: invalid header",
	})
	exec("UPDATE objects SET sha256 = x'"+strings.Repeat("00", 31)+"01' WHERE key = ?", second.Key)
	findings, r := b.verify()
	if !slices.ContainsFunc(findings, func(f verify.Finding) bool {
		return f.Kind == verify.Altered && strings.HasPrefix(f.Reason, "its file has the SHA-256 ") &&
			strings.HasSuffix(f.Reason, ", recorded is "+strings.Repeat("0", 63)+"1")
	}) || r.Objects.All != 3 || r.Objects.Valid != 1 {
		t.Errorf("%+v, %+v", findings, r)
	}
}

func first2(findings []verify.Finding, _ verify.Report) []verify.Finding { return findings }

// TestSignatureIsAskedFor: digests from before the mirror kept signatures are
// asked for them once; such a mirror has no sealed days.
func TestSignatureIsAskedFor(t *testing.T) {
	signer = digesttest.NewSigner(t)
	b := newBench(t, signer, nil)
	b.sync()
	if _, err := b.m.DB().Exec("UPDATE objects SET signature = NULL; DELETE FROM sealed"); err != nil {
		t.Fatal(err)
	}
	for i, gets := range []int{len(b.chain.Digests), 0} {
		b.server.Requests()
		b.sync()
		if have := strings.Count(strings.Join(b.server.Requests(), "\n"), "GET "); have != gets {
			t.Errorf("sync %d: %d GETs, want %d", i, have, gets)
		}
	}
	findings, _ := b.verify()
	b.compare(findings, nil)
}
