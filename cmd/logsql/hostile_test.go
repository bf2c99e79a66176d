package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"logsql/ingest/mirror"
	"logsql/ingest/s3/s3test"
)

// TestHostileKeys brings the generator's hostile keys in, from S3 and from a
// folder: nothing lies outside the mirror, no two collapse, and each comes back
// from state.db with its bytes.
func TestHostileKeys(t *testing.T) {
	bucket := filepath.Join(t.TempDir(), "bucket")
	generate(t, generator(t), "corrupt", bucket, "--bomb-mib", "1", "--line-mb", "1", "--string-mb", "1", "--depth", "10")
	var list struct{ Keys []struct{ Key string } }
	readJSON(t, bucket+".keys.json", &list)
	if len(list.Keys) < 50 {
		t.Fatalf("only %d keys", len(list.Keys))
	}
	server := s3test.New(t, "hostile")
	objects, files := map[string]string{}, map[string]string{}
	folder := t.TempDir()
	for i, k := range list.Keys {
		objects[k.Key] = fmt.Sprintf("object %d", i)
		server.Put("hostile", k.Key, objects[k.Key])
		if takesFile(folder, k.Key, objects[k.Key]) {
			files[k.Key] = objects[k.Key]
		}
	}
	if len(files) < 20 {
		t.Fatalf("only %d of the keys can be files", len(files))
	}
	for _, tt := range []struct {
		name string
		args []string
		want map[string]string
	}{
		{"from S3", []string{"s3://hostile", "--endpoint-url", server.URL}, objects},
		{"from a folder", []string{folder, "--as", "s3://hostile"}, files},
	} {
		t.Run(tt.name, func(t *testing.T) {
			above := t.TempDir()
			dir := filepath.Join(above, "mirror")
			r := run{env: s3test.Environ()}
			for range 2 {
				res := r.logsql(t, append([]string{"--mirror", dir, "sync"}, tt.args...)...)
				if res.status != 0 {
					t.Fatal(res.stdout, res.stderr)
				}
			}
			wantMirror(t, dir, tt.want)
			if entries, err := os.ReadDir(above); err != nil || len(entries) != 1 {
				t.Errorf("beside the mirror: %v, %v", entries, err)
			}
			if res := r.logsql(t, "--mirror", dir, "verify"); res.status != 0 {
				t.Errorf("verify: %s%s", res.stdout, res.stderr)
			}
			if res := r.logsql(t, "--mirror", dir, "status"); strings.ContainsAny(res.stdout, "\x1b\r\a") {
				t.Errorf("status prints control characters: %q", res.stdout)
			}
			logsql(t, "--mirror", dir, "prune", "--before", "2100-01-01", "--yes")
			wantMirror(t, dir, nil)
		})
	}
}

// takesFile writes a key's file where its name is the way to it.
func takesFile(folder, key, body string) bool {
	name := filepath.Join(folder, filepath.FromSlash(key))
	rel, err := filepath.Rel(folder, name)
	if err != nil || filepath.ToSlash(rel) != key || !fs.ValidPath(key) {
		return false
	}
	return os.MkdirAll(filepath.Dir(name), 0o755) == nil && os.WriteFile(name, []byte(body), 0o644) == nil
}

// wantMirror wants exactly these objects in state.db, and their files below s3/
// and no others.
func wantMirror(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	m, err := mirror.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	paths := map[string]bool{}
	n := 0
	for o, err := range m.Objects(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		f, err := m.OpenFile(o.Path)
		if err != nil {
			t.Errorf("%q: %v", o.Key, err)
			continue
		}
		body, err := io.ReadAll(f)
		f.Close()
		if have, ok := want[o.Key]; !ok || err != nil || string(body) != have {
			t.Errorf("%q: %q, %v, want %q", o.Key, body, err, have)
		}
		if folded := strings.ToLower(o.Path); paths[folded] {
			t.Errorf("%q lies where another does", o.Key)
		} else {
			paths[folded] = true
		}
	}
	if n != len(want) {
		t.Errorf("%d objects, want %d", n, len(want))
	}
	for _, name := range files(t, dir) {
		if !paths[strings.ToLower(name)] && strings.HasPrefix(name, mirror.ObjectsDir) {
			t.Errorf("a file that no object has: %q", name)
		}
	}
}
