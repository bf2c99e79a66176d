package ingest

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"logsql/ingest/mirror"
	"logsql/ingest/s3/s3test"
)

func newMirrorAt(t testing.TB, dir string) (*mirror.Mirror, error) {
	m, err := mirror.Create(t.Context(), dir)
	if err == nil {
		t.Cleanup(func() { m.Close() })
	}
	return m, err
}

func TestParseTargets(t *testing.T) {
	dir := export(t, "f")
	file := filepath.Join(dir, "f")
	none := filepath.Join(dir, "none")
	tests := []struct {
		sources, as []string
		want        []Target
		err         string
	}{
		{[]string{"s3://b"}, nil, []Target{{Bucket: "b"}}, ""},
		{[]string{"s3://b/p/q"}, nil, []Target{{Bucket: "b", Prefix: "p/q"}}, ""},
		{
			[]string{dir, "s3://c", dir},
			[]string{"s3://a/x", "s3://b"},
			[]Target{{Bucket: "a", Prefix: "x/", Folder: dir}, {Bucket: "c"}, {Bucket: "b", Folder: dir}},
			"",
		},
		{[]string{dir}, nil, nil, "the folder " + dir + " needs the address its logs have in S3, for example: logsql sync " + dir + " --as s3://bucket/prefix"},
		{[]string{"s3://b"}, []string{"s3://a"}, nil, "--as s3://a has no folder, for example: logsql sync ./export --as s3://a"},
		{[]string{dir}, []string{"bucket"}, nil, "bucket is no address of S3, such as s3://bucket/prefix"},
		{[]string{"s3://"}, nil, nil, "s3:// is no address of S3, such as s3://bucket/prefix"},
		{[]string{"s3://../x"}, nil, nil, `s3://../x: ".." is no bucket name`},
		{[]string{"s3://a b/x"}, nil, nil, `s3://a b/x: "a b" is no bucket name`},
		{[]string{none}, []string{"s3://b"}, nil, none + " is neither an address such as s3://bucket/prefix nor a folder that can be read: no such file or directory"},
		{[]string{file}, []string{"s3://b"}, nil, file + " is a file; give the folder it lies in, for example: logsql sync " + dir + " --as s3://bucket/prefix"},
	}
	for _, tt := range tests {
		got, err := ParseTargets(tt.sources, tt.as)
		if tt.err != "" {
			if err == nil || err.Error() != tt.err || !errors.Is(err, ErrUsage) {
				t.Errorf("%q --as %q: error %v, want %s", tt.sources, tt.as, err, tt.err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q --as %q: %+v, %v, want %+v", tt.sources, tt.as, got, err, tt.want)
		}
	}
}

func TestTargetsAreRemembered(t *testing.T) {
	s := s3test.New(t, bucket, "other")
	m := newMirror(t)
	first := Target{Bucket: bucket, Prefix: "p/", Endpoint: s.URL, Region: "cn-north-1"}
	second := Target{Bucket: "other", Endpoint: s.URL}
	mustSync(t, m, Options{}, first, second)
	if _, err := Sync(t.Context(), m, []Target{{Bucket: "typo", Endpoint: s.URL}}, Options{}); err == nil {
		t.Error("no error for a bucket that is not there")
	}
	first.Region = "cn-northwest-1"
	mustSync(t, m, Options{}, first)
	mustSync(t, m, Options{DryRun: true}, Target{Bucket: bucket, Prefix: "dry", Endpoint: s.URL})
	got, err := Targets(t.Context(), m)
	if want := []Target{first, second}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("targets %+v, %v, want %+v", got, err, want)
	}
}

// A mirror may travel: nothing in it says where it was.
func TestNoAbsolutePathInTheMirror(t *testing.T) {
	dir := export(t, "a")
	m, err := mirror.Create(t.Context(), filepath.Join(filepath.Dir(dir), "mirror"))
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, m, Options{}, folderTarget(t, dir, "s3://cn-logs"))
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	state, err := os.ReadFile(filepath.Join(m.Dir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(state, []byte(filepath.Dir(dir))) {
		t.Error("state.db holds an absolute path")
	}
	moved := filepath.Join(t.TempDir(), "disk")
	if err := os.Rename(filepath.Dir(dir), moved); err != nil {
		t.Fatal(err)
	}
	m, err = newMirrorAt(t, filepath.Join(moved, "mirror"))
	if err != nil {
		t.Fatal(err)
	}
	targets, err := Targets(t.Context(), m)
	if err != nil || len(targets) != 1 || !strings.HasPrefix(targets[0].Folder, moved) {
		t.Fatalf("targets after the move: %+v, %v", targets, err)
	}
	if r := mustSync(t, m, Options{}, targets...); r.Present != 1 {
		t.Errorf("sync after the move: %+v", r)
	}
}
