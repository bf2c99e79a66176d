package mirror

import (
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

func arrival(t testing.TB, m *Mirror, key string) Arrival {
	t.Helper()
	f, err := m.NewObjectFile()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, key); err != nil {
		t.Fatal(err)
	}
	return Arrival{Object: Object{Bucket: "b", Key: key, Size: int64(len(key)), LastModified: time.UnixMilli(1700000000123)}, File: f}
}

func admit(t testing.TB, m *Mirror, keys ...string) map[string]string {
	t.Helper()
	var batch []Arrival
	for _, key := range keys {
		batch = append(batch, arrival(t, m, key))
	}
	objects, err := m.Admit(t.Context(), batch)
	if err != nil {
		t.Fatalf("admit %q: %v", keys, err)
	}
	paths := map[string]string{}
	for _, o := range objects {
		paths[o.Key] = o.Path
		data, err := os.ReadFile(m.Path(o.Path))
		if err != nil || string(data) != o.Key || o.ID == 0 {
			t.Errorf("%+v holds %q, %v", o, data, err)
		}
	}
	return paths
}

// Clashes are found within a batch and between batches, in either order.
func TestAdmitClashes(t *testing.T) {
	tests := []struct{ first, second string }{
		{"a", "a/b"}, {"a/b", "a"}, {"x/y", "X/Y"}, {"x", "X/y"}, {"X/y", "x"}, {"d/e/f/g", "d/e"}, {"d/e", "d/e/f/g"},
	}
	for _, tt := range tests {
		for _, batches := range [][][]string{{{tt.first, tt.second}}, {{tt.first}, {tt.second}}} {
			m := newMirror(t)
			paths := map[string]string{}
			for _, keys := range batches {
				for key, rel := range admit(t, m, keys...) {
					paths[key] = rel
				}
			}
			if paths[tt.first] != "s3/b/"+tt.first || !strings.HasPrefix(paths[tt.second], "s3/b/.logsql/") {
				t.Errorf("%q then %q in %d batches: %v", tt.first, tt.second, len(batches), paths)
			}
		}
	}
}

func TestAdmitKeepsNeighbours(t *testing.T) {
	m := newMirror(t)
	for key, rel := range admit(t, m, "a/b", "a/c", "A/d", "a.txt", "a0", "b/c") {
		if rel != "s3/b/"+key {
			t.Errorf("%q lies at %q", key, rel)
		}
	}
}

// A file in the way of one key is none of the keys beside and below it.
func TestAdmitClashesOfOneBatch(t *testing.T) {
	m := newMirror(t)
	admit(t, m, "a/b", "<&>\u2028'/x", "d/e")
	paths := admit(t, m, "a", "a/c", "A/B", "<&>\u2028'", "<&>\u2028'/X", "D/E/F", "d/e/g", "d/f")
	for key, plain := range map[string]bool{
		"a": false, "a/c": true, "A/B": false, "<&>\u2028'": false, "<&>\u2028'/X": false, "D/E/F": false, "d/e/g": false, "d/f": true,
	} {
		if (paths[key] == "s3/b/"+key) != plain {
			t.Errorf("%q lies at %q", key, paths[key])
		}
	}
}

func TestAdmitIsAllOrNothing(t *testing.T) {
	m := newMirror(t)
	admit(t, m, "there")
	_, err := m.Admit(t.Context(), []Arrival{arrival(t, m, "new"), arrival(t, m, "there")})
	if err == nil || err.Error() != "record s3://b/there: the mirror has this key already" {
		t.Errorf("error %v", err)
	}
	n := 0
	for range m.Objects(t.Context()) {
		n++
	}
	if n != 1 || temps(t, m) != 0 {
		t.Errorf("%d objects, %d temporary files", n, temps(t, m))
	}
}

func TestObjectsFrom(t *testing.T) {
	m := newMirror(t)
	admit(t, m, "c", "a", "b", "d")
	got, err := m.ObjectsFrom(t.Context(), "b", "b", 2)
	if err != nil || len(got) != 2 || got[0].Key != "b" || got[1].Key != "c" || got[0].LastModified.UnixMilli() != 1700000000123 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestMD5OfETag(t *testing.T) {
	tests := []struct {
		etag, sum string
		ok        bool
	}{
		{`"D41D8CD98F00B204E9800998ECF8427E"`, "d41d8cd98f00b204e9800998ecf8427e", true},
		{"d41d8cd98f00b204e9800998ecf8427e-2", "", false},
		{"", "", false},
		{strings.Repeat("z", 32), "", false},
	}
	for _, tt := range tests {
		if sum, ok := MD5OfETag(tt.etag); ok != tt.ok || ok && sum != tt.sum {
			t.Errorf("MD5OfETag(%q) = %q, %t", tt.etag, sum, ok)
		}
	}
}

// A batch of more than one statement takes is recorded like one of less: each
// object by its own ID, all of them or none.
func TestAdmitMany(t *testing.T) {
	m := newMirror(t)
	var keys []string
	for n := range 3*together + 5 {
		keys = append(keys, "k"+strconv.Itoa((n*7919)%1000))
	}
	if paths := admit(t, m, keys...); len(paths) != len(keys) {
		t.Fatalf("%d objects of %d", len(paths), len(keys))
	}
	ids := map[int64]bool{}
	for o, err := range m.Objects(t.Context()) {
		if err != nil || ids[o.ID] || o.Path != "s3/b/"+o.Key {
			t.Errorf("%+v, %v", o, err)
		}
		ids[o.ID] = true
	}
	if len(ids) != len(keys) {
		t.Errorf("%d objects are recorded of %d", len(ids), len(keys))
	}

	var batch []Arrival
	for n := range 2 * together {
		batch = append(batch, arrival(t, m, "other"+strconv.Itoa(n)))
	}
	batch = append(batch, arrival(t, m, keys[0]))
	_, err := m.Admit(t.Context(), batch)
	if err == nil || err.Error() != "record s3://b/"+keys[0]+": the mirror has this key already" {
		t.Errorf("a key that the mirror has: %v", err)
	}
	sums, err := m.Buckets(t.Context())
	if err != nil || sums[0].Objects != int64(len(keys)) {
		t.Errorf("%+v after a batch that could not be, %v; want %d objects", sums, err, len(keys))
	}
	admit(t, m, "next")
}

// A folder that goes away under a batch is made again.
func TestAdmitFolderGoes(t *testing.T) {
	m := newMirror(t)
	admit(t, m, "d/a")
	a := admission{m: m, taken: map[string]bool{}}
	defer a.drop()
	if a.folder("s3/b/d") == nil {
		t.Fatal("the folder cannot be opened")
	}
	if err := os.RemoveAll(m.Path("s3/b/d")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"x", "y"} {
		f := arrival(t, m, name).File
		if err := f.Finish(); err != nil {
			t.Fatal(err)
		}
		if err := a.move(f.temp, "s3/b/d/"+name); err != nil {
			t.Error(err)
		}
		if data, err := os.ReadFile(m.Path("s3/b/d/" + name)); string(data) != name || err != nil {
			t.Errorf("%q, %v", data, err)
		}
	}
	if err := a.syncDirs(); err != nil {
		t.Error(err)
	}
}
