package ingest

import (
	"os"
	"strings"
	"testing"

	"logsql/ingest/mirror"
	"logsql/ingest/s3/s3test"
)

// versionBodies are the contents kept beside an object.
func versionBodies(t *testing.T, m *mirror.Mirror, key string) (bodies []string) {
	t.Helper()
	versions, err := m.Versions(t.Context(), bucket, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range versions {
		b, err := os.ReadFile(m.Path(v.Path))
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, string(b))
	}
	return bodies
}

// TestMutation: an object that changes in S3 is kept beside the first, fetched
// once and told each time, until it is accepted.
func TestMutation(t *testing.T) {
	s := s3test.New(t, bucket)
	s.Put(bucket, "a", "first")
	s.Put(bucket, "b", "other")
	m := newMirror(t)
	mustSync(t, m, Options{}, target(s))
	for i, body := range []string{"second", "third"} {
		s.Put(bucket, "a", body)
		s.Requests()
		for range 2 {
			r, err := Sync(t.Context(), m, []Target{target(s)}, Options{})
			if err != nil || r.Mutated != 1 || r.Present != 1 || r.Fetched != 0 || !r.Trouble() {
				t.Fatalf("%s: %+v, %v", body, r, err)
			}
			want := "it is another object now: ETag "
			if f := r.Failures[0]; !strings.HasPrefix(f.Reason, want) || !strings.Contains(f.Reason, ", kept beside it; the mirror goes on with ETag ") {
				t.Errorf("%q", f.Reason)
			}
		}
		gets := strings.Count(strings.Join(s.Requests(), "\n"), "GET ")
		if have := versionBodies(t, m, "a"); gets != 1 || len(have) != i+1 {
			t.Errorf("%s: %d GETs, versions %q", body, gets, have)
		}
		wantContents(t, m, map[string]string{"a": "first", "b": "other"})
	}
	r := mustSync(t, m, Options{Accept: true}, target(s))
	if r.Accepted != 1 || r.Mutated != 0 {
		t.Errorf("accepted: %+v", r)
	}
	wantContents(t, m, map[string]string{"a": "third", "b": "other"})
	if have := versionBodies(t, m, "a"); len(have) != 2 || strings.Join(have, " ") != "second first" {
		t.Errorf("versions after that: %q", have)
	}
	if r := mustSync(t, m, Options{}, target(s)); r.Present != 2 {
		t.Errorf("afterwards: %+v", r)
	}
	// Seen and accepted at once, without a look before.
	s.Put(bucket, "b", "more")
	if r := mustSync(t, m, Options{Accept: true}, target(s)); r.Accepted != 1 {
		t.Errorf("at once: %+v", r)
	}
	wantContents(t, m, map[string]string{"a": "third", "b": "more"})
}

// TestIDsAreNotGivenTwice: what the lake knows by an id is of that object, also
// when the newest object goes.
func TestIDsAreNotGivenTwice(t *testing.T) {
	s := s3test.New(t, bucket)
	s.Put(bucket, "a", "1")
	m := newMirror(t)
	seen := map[int64]bool{}
	for _, body := range []string{"1", "22", "333", "4444"} {
		s.Put(bucket, "a", body)
		mustSync(t, m, Options{Accept: true}, target(s))
		for o := range m.Objects(t.Context()) {
			if seen[o.ID] {
				t.Errorf("the id %d came again for %q", o.ID, body)
			}
			seen[o.ID] = true
		}
		if body == "22" {
			if _, err := m.DB().Exec("DELETE FROM objects; DELETE FROM versions"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestLifecycle: what S3 deletes stays in the mirror.
func TestLifecycle(t *testing.T) {
	s := s3test.New(t, bucket)
	s.Put(bucket, "a", "one")
	s.Put(bucket, "b", "two")
	m := newMirror(t)
	mustSync(t, m, Options{}, target(s))
	s.Delete(bucket, "a")
	mustSync(t, m, Options{}, target(s))
	wantContents(t, m, map[string]string{"a": "one", "b": "two"})
}

// TestLostFile: a file that went lost comes again under its id only if it is the
// very same.
func TestLostFile(t *testing.T) {
	s := s3test.New(t, bucket)
	s.NoETag = true
	s.Put(bucket, "a", "one")
	m := newMirror(t)
	mustSync(t, m, Options{}, target(s))
	for o := range m.Objects(t.Context()) {
		os.Remove(m.Path(o.Path))
	}
	s.Put(bucket, "a", "two") // as large, of the same time
	if r, err := Sync(t.Context(), m, []Target{target(s)}, Options{}); err != nil || r.Mutated != 1 {
		t.Errorf("another: %+v, %v", r, err)
	}
	s.Put(bucket, "a", "one")
	if r, err := Sync(t.Context(), m, []Target{target(s)}, Options{}); err != nil || r.Fetched != 1 {
		t.Errorf("the same: %+v, %v", r, err)
	}
	wantContents(t, m, map[string]string{"a": "one"})
}
