package mirror

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

var tempCount atomic.Int64

// tempPrefix begins the names of what this process has in tmp/.
var tempPrefix = sync.OnceValue(func() string {
	return fmt.Sprintf("%s/%d-%d-", tmpDir, os.Getpid(), time.Now().UnixNano())
})

func tempName() string { return tempPrefix() + strconv.FormatInt(tempCount.Add(1), 10) }

// newTemp makes a temporary file. Its folder is kept open: to find that anew,
// below the fence, takes longer than to make the file.
func (m *Mirror) newTemp(rel string) (*File, error) {
	if _, err := m.writeRoot(); err != nil {
		return nil, err
	}
	f := &File{m: m, temp: tempName() + ".tmp", rel: rel, sum: sha256.New()}
	for tries := 0; ; tries++ {
		dir, err := m.tempFolder()
		if err != nil {
			return nil, err
		}
		f.fd, err = m.openNew(dir, path.Base(f.temp))
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || tries >= 10 {
			return nil, f.failed("open", err)
		}
		m.temps.CompareAndSwap(dir, nil) // somebody has removed the folder
	}
}

// openNew makes a file that was not there, in a folder.
func (m *Mirror) openNew(dir *os.File, name string) (fd int, err error) {
	defer runtime.KeepAlive(dir)
	for {
		fd, err = m.calls.openat(int(dir.Fd()), name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o644)
		if !errors.Is(err, unix.EINTR) {
			return fd, err
		}
	}
}

// tempFolder is tmp/, made where it is not there. It is closed when nobody has
// it any more.
func (m *Mirror) tempFolder() (*os.File, error) {
	if dir := m.temps.Load(); dir != nil {
		return dir, nil
	}
	dir, err := m.root.Open(tmpDir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := m.root.Mkdir(tmpDir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		dir, err = m.root.Open(tmpDir)
	}
	if err != nil {
		return nil, err
	}
	m.temps.Store(dir)
	return dir, nil
}
