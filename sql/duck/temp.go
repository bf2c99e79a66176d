package duck

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// tempName is what no other folder is called, as those of killed processes are removed.
var tempName = regexp.MustCompile(`^logsql-duckdb-\d+$`)

// tempFolder is a folder for what does not fit in memory. The process holds a
// lock on it, by which others see whether it is still of use.
type tempFolder struct {
	path string
	lock *os.File
}

// newTemp makes a folder below dir, or where the system has such folders. It
// removes those of processes that were killed: what they spilled may fill the disk.
func newTemp(dir string) (tempFolder, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	sweepTemp(dir)
	path, err := os.MkdirTemp(dir, "logsql-duckdb-")
	if err != nil {
		return tempFolder{}, err
	}
	lock, err := os.Open(path)
	if err == nil {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		return tempFolder{}, errors.Join(err, tempFolder{path, lock}.remove())
	}
	return tempFolder{path, lock}, nil
}

func (t tempFolder) remove() error {
	err := os.RemoveAll(t.path)
	if t.lock != nil {
		err = errors.Join(err, t.lock.Close())
	}
	return err
}

// young is for how long a folder may be there without its lock.
const young = time.Minute

func sweepTemp(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // the making of a folder says why
	}
	for _, e := range entries {
		if e.IsDir() && tempName.MatchString(e.Name()) {
			sweepOne(filepath.Join(dir, e.Name()))
		}
	}
}

// sweepOne removes a folder that no process holds. What cannot be removed, such as
// another user's, is left: it hinders nothing.
func sweepOne(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || time.Since(info.ModTime()) < young {
		return
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		os.RemoveAll(path)
	}
}
