package mirror

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Where calls take long they are made the ordinary way, now and then one as before.
func TestBrisk(t *testing.T) {
	var b brisk
	raw := func(took time.Duration, calls int) (n int) {
		for range calls {
			if at, ok := b.begin(); ok {
				n++
				b.end(at.Add(-took))
			}
		}
		return n
	}
	if n := raw(0, 1000); n != 1000 {
		t.Errorf("%d of 1000 short calls are raw", n)
	}
	for range 20 { // a busy processor
		raw(0, 100)
		raw(2*slowCall, 1)
	}
	if n := raw(0, 100); n != 100 {
		t.Errorf("%d of 100 short calls after some long ones are raw", n)
	}
	if n := raw(2*slowCall, 10_000); n > 20 {
		t.Errorf("%d of 10,000 long calls are raw", n)
	}
	raw(0, 3*ordinaryCalls)
	if n := raw(0, 1000); n != 1000 {
		t.Errorf("%d of 1000 calls that are short again are raw", n)
	}
}

// Both ways do the same.
func TestBriskCalls(t *testing.T) {
	for _, score := range []int32{0, tooSlow + 100} {
		dir, err := os.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer dir.Close()
		top := int(dir.Fd())
		var b brisk
		b.score.Store(score)
		fd, err := b.openat(top, "a", unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o640)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := b.write(fd, []byte("text")); n != 4 || err != nil {
			t.Errorf("write: %d, %v", n, err)
		}
		if n, err := b.write(fd, nil); n != 0 || err != nil {
			t.Errorf("write nothing: %d, %v", n, err)
		}
		if err := errors.Join(b.close(fd), b.renameat(top, "a", top, "b")); err != nil {
			t.Error(err)
		}
		data, err := os.ReadFile(filepath.Join(dir.Name(), "b"))
		info, _ := os.Stat(filepath.Join(dir.Name(), "b"))
		if string(data) != "text" || err != nil || info.Mode() != 0o640 {
			t.Errorf("%q, %v, %v", data, err, info)
		}
		if _, err := b.openat(top, "b", unix.O_CREAT|unix.O_EXCL, 0o640); !errors.Is(err, fs.ErrExist) {
			t.Errorf("open what is there: %v", err)
		}
		if _, err := b.openat(top, "none/c", unix.O_CREAT, 0o640); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("open where nothing is: %v", err)
		}
		if _, err := b.openat(top, "a\x00b", unix.O_CREAT, 0o640); !errors.Is(err, unix.EINVAL) {
			t.Errorf("open a name with a NUL: %v", err)
		}
		if _, err := b.write(fd, []byte("x")); !errors.Is(err, unix.EBADF) {
			t.Errorf("write to what is closed: %v", err)
		}
		if err := b.close(fd); !errors.Is(err, unix.EBADF) {
			t.Errorf("close what is closed: %v", err)
		}
		if err := b.renameat(top, "a", top, "c"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("rename what is not there: %v", err)
		}
	}
}
