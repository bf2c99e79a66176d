package mirror

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func newMirror(t testing.TB) *Mirror {
	t.Helper()
	m, err := Create(t.Context(), filepath.Join(t.TempDir(), "mirror"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func temps(t testing.TB, m *Mirror) int {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(m.Dir(), tmpDir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(left)
}

func TestFileIsWholeOrAbsent(t *testing.T) {
	m := newMirror(t)
	const rel = "lake/t/day=1/part.parquet"
	write := func(data string) *File {
		f, err := m.NewFile(rel)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(data)); err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := write("dropped")
	f.Abort()
	f.Abort()
	if err := f.Commit(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("commit after abort: %v", err)
	}
	if _, err := os.Stat(m.Path("lake/t")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an aborted file left %v", err)
	}
	for _, data := range []string{"first", "second"} {
		f := write(data)
		if f.Size() != int64(len(data)) {
			t.Errorf("size %d", f.Size())
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		f.Abort()
		if got, err := os.ReadFile(m.Path(rel)); string(got) != data {
			t.Errorf("the file holds %q, %v, want %q", got, err, data)
		}
	}
	if n := temps(t, m); n != 0 {
		t.Errorf("%d temporary files are left", n)
	}
}

func TestNewFileStaysInside(t *testing.T) {
	m := newMirror(t)
	for _, rel := range []string{"", ".", "../x", "/etc/x", "lake/../../x", "lake//x", "lake/x/"} {
		if _, err := m.NewFile(rel); err == nil || !strings.HasSuffix(err.Error(), "not a path inside the mirror") {
			t.Errorf("NewFile(%q): %v", rel, err)
		}
	}
	outside := t.TempDir()
	if err := os.Symlink(outside, m.Path("lake/way")); err != nil {
		t.Fatal(err)
	}
	f, err := m.NewFile("lake/way/out")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil {
		t.Error("a link led a file out of the mirror")
	}
	if n := temps(t, m); n != 0 {
		t.Errorf("%d temporary files are left", n)
	}
}

func TestLockRemovesWhatACrashLeft(t *testing.T) {
	m := newMirror(t)
	living, err := m.NewFile("lake/living")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(m.Path("tmp/1-2-3.tmp"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	release, err := m.Lock("a test")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if n := temps(t, m); n != 1 {
		t.Errorf("%d temporary files, want the one that is being written", n)
	}
	if err := living.Commit(); err != nil {
		t.Error(err)
	}
	if _, err := m.Lock("another"); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "the mirror is in use: a test, process") {
		t.Errorf("second lock: %v", err)
	}
}

func TestNoFileWithoutAMirror(t *testing.T) {
	m, err := Open(t.Context(), filepath.Join(t.TempDir(), "none"))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if _, err := m.NewFile("lake/x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestSyncAllKnowsBothWays(t *testing.T) {
	m := newMirror(t)
	names := slices.Repeat([]string{"s3"}, 2*manyFiles)
	for _, n := range []int{1, manyFiles - 1, manyFiles, 2 * manyFiles} {
		if err := m.syncAll(names[:n]); err != nil {
			t.Errorf("%d names: %v", n, err)
		}
	}
	if err := m.syncAll([]string{"none"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
