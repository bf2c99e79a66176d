package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/bucket anew")

// bucketDir is the small bucket that README's first command takes in: three log
// types of two accounts in both China regions over three days, with the quirks
// of real buckets.
const bucketDir = "../../testdata/bucket"

// TestBucketTree holds the tree to the code that makes it: go test -update.
// Gzip is compared inflated, since compressors change between Go releases.
func TestBucketTree(t *testing.T) {
	want := bucketTree()
	if *update {
		writeTree(t, bucketDir, want)
	}
	have := readTree(t, bucketDir)
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if !bytes.Equal(inflate(t, have[key]), inflate(t, want[key])) {
			t.Errorf("%s differs from what bucket_test.go makes; run: go test ./cmd/logsql -run TestBucketTree -update", key)
		}
		delete(have, key)
	}
	for key := range have {
		t.Errorf("%s is in the tree, and bucket_test.go does not make it", key)
	}
}

// A tree is objects by key.
type tree map[string][]byte

func bucketTree() tree {
	objects := tree{}
	flowObjects(objects)
	accessObjects(objects)
	trailObjects(objects)
	objects["AWSLogs/123456789012/elasticloadbalancing/cn-north-1/2021/12/04/123456789012_elasticloadbalancing_cn-north-1_app.web.0123456789abcdef_20211204T0105Z_10.0.1.9_2ab3cd4e.log.gz"] = zipped([]byte("http 2021-12-04T01:00:00.000000Z app/web/0123456789abcdef 203.0.113.20:40112 10.0.1.20:80 0.000 0.002 0.000 200 200 120 512 \"GET http://web.example.com.cn:80/ HTTP/1.1\" \"curl/7.79.1\" - -\n"))
	objects["notes/README.txt"] = []byte("This bucket holds the logs of the example shop. Ask the platform team before changing a trail.\n")
	return objects
}

// source is a deterministic stream of values for one kind of object.
func source(kind uint64) *rand.Rand { return rand.New(rand.NewPCG(20211204, kind)) }

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

const hexDigits = "0123456789abcdef"

func random(r *rand.Rand, n int, digits string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = digits[r.IntN(len(digits))]
	}
	return string(b)
}

// dayN is 2021-12-04 and the days after it, the dates of the guides.
func dayN(n int) time.Time { return time.Date(2021, 12, 4+n, 0, 0, 0, 0, time.UTC) }

func zipped(text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(text)
	w.Close()
	return b.Bytes()
}

func inflate(t *testing.T, b []byte) []byte {
	t.Helper()
	if !bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		return b
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func readTree(t *testing.T, dir string) tree {
	t.Helper()
	objects := tree{}
	fsys := os.DirFS(dir)
	err := fs.WalkDir(fsys, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		objects[path], err = fs.ReadFile(fsys, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func writeTree(t *testing.T, dir string, objects tree) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for key, body := range objects {
		path := filepath.Join(dir, filepath.FromSlash(key))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func datePath(t time.Time) string { return fmt.Sprintf("%04d/%02d/%02d", t.Year(), t.Month(), t.Day()) }
