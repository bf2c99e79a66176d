package ingest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
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
			s.PageSize = 100
			want := map[string]string{}
			for i := range 400 {
				key := flowKey(fmt.Sprintf("2025-11-%02d", 1+i%20), fmt.Sprint(i))
				want[key] = strings.Repeat(fmt.Sprint(i, " "), 50)
				s.Put(bucket, key, want[key])
			}
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
		put := func(key, checksum string) {
			o := s.Put(bucket, key, data)
			o.ETag, o.Checksum = "opaque", [2]string{name, checksum}
		}
		put(name+"/right", base64.StdEncoding.EncodeToString(raw))
		put(name+"/parts", base64.StdEncoding.EncodeToString(raw)+"-3") // no sum of the whole
		raw[0] ^= 1
		put(name+"/wrong", base64.StdEncoding.EncodeToString(raw))
	}
	r := mustSync(t, m, Options{}, target(s))
	if r.Fetched != 10 || r.Failed != 5 {
		t.Errorf("report: %+v", r)
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
