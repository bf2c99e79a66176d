package mirror

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"path"
	"syscall"

	"golang.org/x/sys/unix"
)

// tmpDir holds the files that are being written. It is one folder, so that
// what a crash left behind is found without walking the mirror.
const tmpDir = "tmp"

// File is a file on its way into the mirror: its bytes go to a temporary file,
// Commit gives it its name. It is whole under that name, or absent. A File is
// used by one goroutine.
type File struct {
	m            *Mirror
	fd           int    // an os.File costs several system calls more, and small files are many
	temp         string // relative to the mirror
	rel          string
	size         int64
	sum          hash.Hash // SHA-256 of what was written
	linked       bool      // the bytes are there already, a write only adds to sum
	err          error     // of the first write that failed
	closed, done bool
}

// NewFile starts the file rel, a path relative to the mirror, with slashes.
// The caller ends it with Commit or Abort.
func (m *Mirror) NewFile(rel string) (*File, error) {
	if !fs.ValidPath(rel) || rel == "." {
		return nil, fmt.Errorf("write %q: not a path inside the mirror", rel)
	}
	for range 10 {
		f, err := m.newTemp(rel)
		if err != nil || held(f.fd) {
			return f, err
		}
		f.Finish()
	}
	return nil, fmt.Errorf("write %s: the folder %s is being emptied", rel, tmpDir)
}

// held locks a temporary file or folder, so that removeTemps leaves it alone, and
// tells whether it is still there: a cleaner may have come in between.
func held(fd int) bool {
	if syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return false
	}
	var st syscall.Stat_t
	return syscall.Fstat(fd, &st) == nil && st.Nlink > 0
}

// Write appends to the file.
func (f *File) Write(p []byte) (n int, err error) {
	if n = len(p); !f.linked {
		n, err = f.write(p)
	}
	f.sum.Write(p[:n])
	f.size += int64(n)
	if f.err == nil {
		f.err = err
	}
	return n, err
}

func (f *File) write(p []byte) (n int, err error) {
	if f.closed {
		return 0, f.failed("write", fs.ErrClosed)
	}
	for n < len(p) {
		// Not too much at once: some systems take no more than 2 GiB.
		some, err := f.m.calls.write(f.fd, p[n:min(len(p), n+1<<30)])
		if err != nil && !errors.Is(err, unix.EINTR) {
			return n, f.failed("write", err)
		}
		n += max(0, some)
	}
	return n, nil
}

func (f *File) failed(op string, err error) error {
	return &fs.PathError{Op: op, Path: f.m.Path(f.temp), Err: err}
}

// Size is the number of bytes written.
func (f *File) Size() int64 { return f.size }

// Sum is the SHA-256 of the bytes written.
func (f *File) Sum() (sum [sha256.Size]byte) {
	f.sum.Sum(sum[:0])
	return sum
}

// Commit makes the file durable, then gives it its name, replacing what had
// it. When it returns nil the file survives a power cut. On error the file is
// absent (or, where only the last sync of the folder failed, perhaps there) and
// the File is ended either way.
func (f *File) Commit() error {
	if f.done {
		return fs.ErrClosed
	}
	defer f.Abort()
	if err := f.Finish(); err != nil {
		return fmt.Errorf("write %s: %w", f.rel, err)
	}
	if err := f.m.syncOne(f.temp); err != nil {
		return fmt.Errorf("sync %s: %w", f.rel, err)
	}
	var dirs dirSet
	if err := f.m.place(f.temp, f.rel, &dirs); err != nil {
		return err
	}
	f.done = true
	return f.m.syncDirs(&dirs)
}

// Abort drops the file. After Commit it does nothing, so it may be deferred.
func (f *File) Abort() {
	if f.done {
		return
	}
	f.done = true
	f.Finish()
	if root, err := f.m.writeRoot(); err == nil {
		root.Remove(f.temp)
	}
}

// Finish ends the writing; Commit, Admit or Abort may follow. A batch of files
// that wait to be admitted takes no descriptors then.
func (f *File) Finish() error {
	if f.closed {
		return f.err
	}
	f.closed = true
	if err := f.m.calls.close(f.fd); err != nil && f.err == nil {
		f.err = f.failed("close", err)
	}
	return f.err
}

// place moves a temporary file to its name and notes in dirs which folders
// must be synced before the new name is durable.
func (m *Mirror) place(temp, rel string, dirs *dirSet) error {
	root, err := m.writeRoot()
	if err != nil {
		return err
	}
	dir := path.Dir(rel)
	err = root.Rename(temp, rel)
	// A sweep takes folders away as long as nothing is in them.
	for tries := 0; errors.Is(err, fs.ErrNotExist) && tries < 100; tries++ {
		if err = m.makeDir(dir, dirs); err == nil {
			err = root.Rename(temp, rel)
		}
	}
	if err != nil {
		return err
	}
	dirs.add(dir)
	return nil
}

// makeDir makes dir and its parents and notes the folders that got an entry.
func (m *Mirror) makeDir(dir string, dirs *dirSet) error {
	root, err := m.writeRoot()
	if err != nil || dir == "." {
		return err
	}
	err = root.Mkdir(dir, 0o755)
	if errors.Is(err, fs.ErrNotExist) {
		if err := m.makeDir(path.Dir(dir), dirs); err != nil {
			return err
		}
		err = root.Mkdir(dir, 0o755)
	}
	if errors.Is(err, fs.ErrExist) {
		// Another process may have made it and not synced it yet.
		dirs.add(path.Dir(dir))
		return nil
	}
	if err != nil {
		return err
	}
	dirs.add(path.Dir(dir))
	return nil
}

// removeTemps drops the temporary files that no living process writes. The
// caller holds the writer's lock.
func (m *Mirror) removeTemps() error {
	root, err := m.writeRoot()
	if err != nil {
		return err
	}
	dir, err := root.Open(tmpDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	for {
		names, err := dir.Readdirnames(1000)
		for _, name := range names {
			if err := m.removeTemp(path.Join(tmpDir, name)); err != nil {
				return fmt.Errorf("remove what a crash left: %w", err)
			}
		}
		if err != nil {
			return nil // io.EOF, or a folder that went away
		}
	}
}

func (m *Mirror) removeTemp(rel string) error {
	f, err := m.root.Open(rel)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_, err := m.removeFolder(rel, f)
		return err
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return nil // being written
	}
	err = m.root.Remove(rel)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
