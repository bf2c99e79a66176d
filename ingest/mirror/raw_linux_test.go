//go:build !race

package mirror

import (
	"os"
	"path/filepath"
	"testing"
)

// A folder is opened below the mirror or not at all.
func TestOpenBeneath(t *testing.T) {
	top := t.TempDir()
	for _, dir := range []string{"in/a/b", "out"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{"away": "../out", "here": "a", "absolute": filepath.Join(top, "out")} {
		if err := os.Symlink(to, filepath.Join(top, "in", name)); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := os.Open(filepath.Join(top, "in"))
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	for name, good := range map[string]bool{"a/b": true, "here/b": true, "away": false, "absolute": false, "../out": false, "none": false} {
		f, err := openBeneath(dir, name)
		if (err == nil) != good {
			t.Errorf("%s: %v", name, err)
		}
		if f != nil {
			f.Close()
		}
	}
}
