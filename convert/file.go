package convert

import (
	"io"
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// file is an object's file. os.File makes ready for what a file may be, at five
// system calls; with tiny objects those are a tenth of the time.
type file struct {
	fd   int
	path string
	size int64 // as state.db has it
	read int64
	ends bool
}

func openFile(path string, size int64) (*file, error) {
	return opened(unix.AT_FDCWD, path, path, size)
}

func opened(folder int, name, path string, size int64) (*file, error) {
	fd, err := retry(func() (int, error) { return unix.Openat(folder, name, unix.O_RDONLY|unix.O_CLOEXEC, 0) })
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return &file{fd: fd, path: path, size: size}, nil
}

// folder holds the folder of the newest file open, as the next one is likely to
// lie there: the way to it is half of what opening costs.
type folder struct {
	path string // "" where none is
	fd   int
}

func (f *folder) open(path string, size int64) (*file, error) {
	dir, name := filepath.Split(path)
	if dir != f.path {
		f.close()
		fd, err := retry(func() (int, error) { return unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0) })
		if err != nil {
			return nil, &fs.PathError{Op: "open", Path: path, Err: err}
		}
		f.path, f.fd = dir, fd
	}
	return opened(f.fd, name, path, size)
}

func (f *folder) close() {
	if f.path != "" {
		unix.Close(f.fd)
		f.path = ""
	}
}

// Read spares itself asking for the end of the file where a read stopped short
// of its buffer at just the size the file should have.
func (f *file) Read(p []byte) (int, error) {
	if f.ends || len(p) == 0 {
		return 0, io.EOF
	}
	n, err := retry(func() (int, error) { return unix.Read(f.fd, p) })
	switch {
	case err != nil:
		return 0, &fs.PathError{Op: "read", Path: f.path, Err: err}
	case n == 0:
		return 0, io.EOF
	}
	f.read += int64(n)
	f.ends = n < len(p) && f.read == f.size
	return n, nil
}

func (f *file) Close() error { return unix.Close(f.fd) }

func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != unix.EINTR {
			return n, err
		}
	}
}
