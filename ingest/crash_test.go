package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"logsql/ingest/mirror"
	"logsql/ingest/s3/s3test"
)

// TestMain runs a sync in place of the tests where a crash test asks for it.
func TestMain(m *testing.M) {
	// What the tests store is of these days: the 18th and later are not sealed.
	now = func() time.Time { return time.Date(2025, 11, 19, 12, 0, 0, 0, time.UTC) }
	dir := os.Getenv("INGEST_TEST_SYNC")
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := syncInto(dir, os.Getenv("INGEST_TEST_ENDPOINT")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// killedWorkers is how many workers a sync has that a test kills.
const killedWorkers = 3

func syncInto(dir, endpoint string) error {
	ctx := context.Background()
	m, err := mirror.Create(ctx, dir)
	if err != nil {
		return err
	}
	_, err = Sync(ctx, m, []Target{{Bucket: bucket, Endpoint: endpoint}}, Options{Workers: killedWorkers})
	return errors.Join(err, m.Close())
}

// crashingSync runs a sync in a process of its own that dies at step.
func crashingSync(t *testing.T, dir, endpoint, step string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), s3test.Environ()...),
		"INGEST_TEST_SYNC="+dir, "INGEST_TEST_ENDPOINT="+endpoint, "LOGSQL_CRASH_AT="+step)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the sync did not die at %s: %v\n%s", step, err, out)
	}
}

func TestSyncSurvivesCrashes(t *testing.T) {
	for _, step := range append(mirror.Steps, mirror.Steps[2]+":2") {
		for _, etags := range []bool{true, false} {
			if !etags && step != "sync.renamed" {
				continue // only there does it matter
			}
			t.Run(fmt.Sprintf("%s,etags=%t", step, etags), func(t *testing.T) {
				s := s3test.New(t, bucket)
				s.NoETag = !etags
				want := map[string]string{}
				put := func(key, data string) { want[key] = data; s.Put(bucket, key, data) }
				for i := range 530 { // more than one batch
					put(flowKey("2025-11-19", fmt.Sprintf("%04d", i)), fmt.Sprint("data ", i))
				}
				for _, key := range []string{"a", "a/b", "A", "../up", "p//q"} {
					put(key, "odd "+key)
				}
				dir := mirrorDir(t)
				crashingSync(t, dir, s.URL, step)
				gets(s)
				m, err := mirror.Create(t.Context(), dir)
				if err != nil {
					t.Fatal(err)
				}
				defer m.Close()
				before := int64(len(contents(t, m)))
				r := mustSync(t, m, Options{}, target(s))
				wantContents(t, m, want)
				if r.Present != before || r.Present+r.Fetched+r.Adopted != int64(len(want)) {
					t.Errorf("%d objects were recorded before, then %+v", before, r)
				}
				// What the killed one had asked for last may be heard late.
				if n := int64(gets(s)); n < r.Fetched || n > r.Fetched+killedWorkers {
					t.Errorf("%d GETs for %d objects fetched", n, r.Fetched)
				}
				// How many depends on the clock: a batch is full or old.
				if step == "sync.renamed" && etags && r.Adopted == 0 {
					t.Error("a batch was renamed, but no file of it was adopted")
				}
				if r := mustSync(t, m, Options{}, target(s)); r.Present != int64(len(want)) {
					t.Errorf("a third sync: %+v", r)
				}
			})
		}
	}
}

func gets(s *s3test.Server) (n int) {
	for _, req := range s.Requests() {
		if strings.HasPrefix(req, "GET") {
			n++
		}
	}
	return n
}

// A file that lies where an object belongs, but is not it, is never taken for
// it.
func TestSyncAdoptsOnlyWhatVerifies(t *testing.T) {
	s := s3test.New(t, bucket)
	s.Put(bucket, "same", "12345")
	s.Put(bucket, "other", "12345")
	s.Put(bucket, "longer", "12345")
	s.Put(bucket, "dir", "12345")
	m := newMirror(t)
	at := func(key string) string { return filepath.Join(m.Dir(), "s3", bucket, key) }
	if err := os.MkdirAll(at("dir"), 0o755); err != nil {
		t.Fatal(err)
	}
	for key, data := range map[string]string{"same": "12345", "other": "54321", "longer": "123456", "dir/stranger": "x"} {
		if err := os.WriteFile(at(key), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc", at("link")); err != nil {
		t.Fatal(err)
	}
	s.Put(bucket, "link", "12345")
	r := mustSync(t, m, Options{}, target(s))
	if r.Adopted != 1 || r.Fetched != 4 {
		t.Errorf("report: %+v", r)
	}
	wantContents(t, m, map[string]string{"same": "12345", "other": "12345", "longer": "12345", "dir": "12345", "link": "12345"})
}

// A link in the mirror does not lead a sync out of it.
func TestSyncStaysInside(t *testing.T) {
	s := s3test.New(t, bucket)
	s.Put(bucket, "way/out", "x")
	m := newMirror(t)
	outside := t.TempDir()
	if err := os.MkdirAll(filepath.Join(m.Dir(), "s3", bucket), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(m.Dir(), "s3", bucket, "way")); err != nil {
		t.Fatal(err)
	}
	if _, err := Sync(t.Context(), m, []Target{target(s)}, Options{}); err == nil {
		t.Error("no error where a link leads out of the mirror")
	}
	if entries, _ := os.ReadDir(outside); len(entries) > 0 {
		t.Errorf("outside lies %v", entries)
	}
}
