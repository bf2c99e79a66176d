package convert

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestFile reads files whose size is and is not what state.db says.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{10, 0, 4, 20} {
		for _, buffer := range []int{1, 4, 10, 64} {
			f, err := openFile(path, size)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(io.MultiReader(&pieces{f, buffer}))
			if string(got) != "0123456789" || err != nil {
				t.Errorf("size %d, by %d: %q, %v", size, buffer, got, err)
			}
			if _, err := f.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("size %d, by %d: after the end came %v", size, buffer, err)
			}
			f.Close()
		}
	}
	var failed *fs.PathError
	if _, err := openFile(path+"x", 0); !errors.As(err, &failed) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	d, err := openFile(filepath.Dir(path), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Read(make([]byte, 1)); !errors.As(err, &failed) {
		t.Errorf("a folder: %v", err)
	}
}

// TestFolder opens files of several folders in turn, and some that are not there.
func TestFolder(t *testing.T) {
	var f folder
	defer f.close()
	root := t.TempDir()
	for _, name := range []string{"a/1", "a/2", "b/1", "a/1"} {
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(name), 0o600)); err != nil {
			t.Fatal(err)
		}
		o, err := f.open(path, int64(len(name)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(o); string(got) != name || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		o.Close()
		for _, gone := range []string{path + "x", filepath.Join(root, "c/1")} {
			var failed *fs.PathError
			if _, err := f.open(gone, 1); !errors.As(err, &failed) || failed.Path != gone || !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s, which is not there: %v", gone, err)
			}
		}
	}
}

// pieces reads at most n bytes at once.
type pieces struct {
	r io.Reader
	n int
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(p.n, len(b))]) }
