package ingest

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"logsql/ingest/s3"
	"logsql/ingest/s3/s3test"
)

// Whatever a store does to a sync, in the end each object is there once.
func TestSyncThroughATroubledStore(t *testing.T) {
	tests := []struct {
		name  string
		fault func(s *s3test.Server)
	}{
		{"a third of all requests fails", func(s *s3test.Server) { s.Failing = 0.3 }},
		{"bursts of 503", bursts},
		{"connections reset", func(s *s3test.Server) { s.Resets = 0.2 }},
		{"bodies that end too soon", func(s *s3test.Server) { s.Shortened = 0.3 }},
		{"slow bodies", func(s *s3test.Server) { s.Drip = 20 * time.Millisecond }},
		{"all of it", func(s *s3test.Server) { s.Failing, s.Resets, s.Shortened = 0.15, 0.1, 0.1 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := s3test.New(t, bucket)
			want := manyObjects(s)
			tt.fault(s)
			m := newMirror(t)
			r := mustSync(t, m, Options{}, target(s))
			if r.Fetched != 400 || r.Listed != 400 || r.Trouble() {
				t.Errorf("report: %+v", r)
			}
			wantContents(t, m, want)
		})
	}
}

// bursts have the store refuse everything for a while, again and again.
func bursts(s *s3test.Server) {
	for n := range 4 {
		begin := time.Duration(30+n*250) * time.Millisecond
		time.AfterFunc(begin, func() { s.Do(func() { s.Busy = 1 << 30 }) })
		time.AfterFunc(begin+100*time.Millisecond, func() { s.Do(func() { s.Busy = 0 }) })
	}
}

// manyObjects puts some hundred objects into a store.
func manyObjects(s *s3test.Server) map[string]string {
	s.PageSize = 100
	want := map[string]string{}
	for i := range 400 {
		key := flowKey(fmt.Sprintf("2025-11-%02d", 1+i%20), fmt.Sprint(i))
		want[key] = strings.Repeat(fmt.Sprint(i, " "), 50)
		s.Put(bucket, key, want[key])
	}
	return want
}

// after runs f once a store has answered so many GETs.
func after(s *s3test.Server, n int, f func()) {
	s.Do(func() {
		s.Answered = func(gets int) {
			if gets == n {
				f()
			}
		}
	})
}

// What ends a sync on its way is told; what was fetched until then is kept, and
// the next sync fetches the rest, nothing twice but what was in hand.
func TestSyncEndedOnItsWay(t *testing.T) {
	for _, tt := range []struct{ name, code string }{
		{"the token expires", "ExpiredToken"},
		{"the clock is set", "RequestTimeTooSkewed"},
		{"the key is deleted", "InvalidAccessKeyId"},
		{"the bucket is deleted", "NoSuchBucket"},
		{"the secret is wrong", "SignatureDoesNotMatch"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := s3test.New(t, bucket)
			want := manyObjects(s)
			after(s, 150, func() { s.Reply = &s3test.Reply{Status: 400, Code: tt.code, Message: "now"} })
			m := newMirror(t)
			first, err := Sync(t.Context(), m, []Target{target(s)}, Options{Workers: 8})
			var e *Error
			if !errors.As(err, &e) || e.Kind != s3.Fatal || !strings.HasSuffix(e.Error(), ": "+tt.code+": now") || e.Hint == "" {
				t.Errorf("error %v", err)
			}
			if have := len(contents(t, m)); int64(have) != first.Fetched || have < 150-8 || have > 150 {
				t.Errorf("%d objects are kept, report %+v", have, first)
			}
			s.Do(func() { s.Reply = nil })
			r := mustSync(t, m, Options{}, target(s))
			if r.Fetched+first.Fetched != 400 || r.Trouble() {
				t.Errorf("first %+v\nthen %+v", first, r)
			}
			if n := gets(s); n > 400+8 {
				t.Errorf("%d GETs for 400 objects", n)
			}
			wantContents(t, m, want)
		})
	}
}

// A sync whose credentials expire goes on with those that are in the file by
// then, and says so where there are none.
func TestSyncReadsCredentialsAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials")
	signIn := func(key string) {
		text := "[default]\naws_access_key_id = " + key + "\naws_secret_access_key = s\naws_session_token = t\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
	s := s3test.New(t, bucket)
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	want := manyObjects(s)
	signIn("MONDAY")
	after(s, 150, func() { s.Expired = "MONDAY"; signIn("TUESDAY") })
	m := newMirror(t)
	if r := mustSync(t, m, Options{Workers: 8}, target(s)); r.Fetched != 400 || r.Trouble() {
		t.Errorf("report: %+v", r)
	}
	wantContents(t, m, want)
	s.Do(func() { s.Expired = "TUESDAY" })
	_, err := Sync(t.Context(), m, []Target{target(s)}, Options{Audit: true})
	if err == nil || err.Error() != "list s3://cn-logs/: ExpiredToken: The provided token has expired." {
		t.Errorf("error %v", err)
	}
}

// The sums are the check values of their definitions.
func TestSyncVerifiesTheStoresChecksum(t *testing.T) {
	const data = "123456789"
	sums := map[string]string{
		"Crc64nvme": "ae8b14860a799888",
		"Crc32c":    "e3069283",
		"Crc32":     "cbf43926",
		"Sha1":      "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
		"Sha256":    "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
	}
	defer func(n int) { attempts = n }(attempts)
	attempts = 3
	s := s3test.New(t, bucket)
	m := newMirror(t)
	for name, sum := range sums {
		raw, err := hex.DecodeString(sum)
		if err != nil {
			t.Fatal(err)
		}
		put := func(key, checksum string) *s3test.Object {
			o := s.Put(bucket, key, data)
			o.ETag, o.Checksum = "opaque", [2]string{name, checksum}
			return o
		}
		put(name+"/garbled", base64.StdEncoding.EncodeToString(raw)).Garbled = 2 // the third answer is right
		put(name+"/right", base64.StdEncoding.EncodeToString(raw))
		put(name+"/parts", base64.StdEncoding.EncodeToString(raw)+"-3") // no sum of the whole
		raw[0] ^= 1
		put(name+"/wrong", base64.StdEncoding.EncodeToString(raw))
	}
	r := mustSync(t, m, Options{}, target(s))
	if r.Fetched != 15 || r.Failed != 5 {
		t.Errorf("report: %+v", r)
	}
	for key, have := range contents(t, m) {
		if have != data {
			t.Errorf("%s holds %q", key, have)
		}
	}
	for _, f := range r.Failures {
		name, _, _ := strings.Cut(strings.TrimPrefix(f.URI, "s3://"+bucket+"/"), "/")
		if want := "its bytes have the " + strings.ToUpper(name) + " " + sums[name] + ", the store says "; !strings.HasPrefix(f.Reason, want) {
			t.Errorf("%s: %s, want %s…", f.URI, f.Reason, want)
		}
	}
}

func TestSyncAtABandwidth(t *testing.T) {
	s := s3test.New(t, bucket)
	for i := range 10 {
		s.Put(bucket, fmt.Sprint(i), strings.Repeat("x", 10_000))
	}
	begun := time.Now()
	mustSync(t, newMirror(t), Options{Bandwidth: 200_000}, target(s))
	if took := time.Since(begun); took < 450*time.Millisecond {
		t.Errorf("100 KB at 200 KB a second took %s", took)
	}
}

func TestGate(t *testing.T) {
	g := newGate(32, 256)
	ask := func(n int, took time.Duration, err error) {
		for range n {
			g.enter()
			g.leave(took, err)
		}
	}
	ask(1000, 20*time.Millisecond, nil)
	if g.limit != 256 {
		t.Errorf("%d requests at a time where all are answered at once, want 256", g.limit)
	}
	ask(10, 0, busyError(t))
	if g.limit != 128 {
		t.Errorf("%d after a burst of 503, want 128", g.limit)
	}
	ask(200, 20*time.Millisecond, nil)
	if g.limit != 129 {
		t.Errorf("%d a while after it, want 129", g.limit)
	}
	g = newGate(32, 256)
	ask(10, time.Millisecond, nil)
	before := g.limit
	ask(1000, 100*time.Millisecond, nil)
	if g.limit > before+5 {
		t.Errorf("%d where answers only take longer, before %d", g.limit, before)
	}
}

// busyError is what a store answers that asks to be asked less.
func busyError(t *testing.T) error {
	s := s3test.New(t, bucket)
	s.Reply = &s3test.Reply{Status: 503, Code: "SlowDown"}
	src, err := s3.Open(t.Context(), s3.Config{Bucket: bucket, Endpoint: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	_, err = src.Open(t.Context(), Object{Bucket: bucket, Key: "a"})
	return err
}
