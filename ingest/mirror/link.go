package mirror

import (
	"crypto/sha256"
	"errors"
	"os"
	"path"

	"golang.org/x/sys/unix"
)

// LinkObjectFile starts the file of an object whose bytes are src's: it shares
// them with src, as a clone where the file system can, else as a hard link.
// What is written to it is taken for those bytes, to sum them up. The error says
// why the file system shares nothing.
func (m *Mirror) LinkObjectFile(src *os.File) (*File, error) {
	f, err := m.newTemp("")
	if err != nil {
		return nil, err
	}
	if cloned := clone(f.fd, src); cloned == nil {
		f.linked = true
		return f, nil
	}
	f.Abort()
	dir, err := m.tempFolder()
	if err != nil {
		return nil, err
	}
	f = &File{m: m, temp: tempName() + ".tmp", sum: sha256.New(), linked: true}
	name := path.Base(f.temp)
	if err := hardLink(src, dir, name); err != nil {
		return nil, err
	}
	if f.fd, err = unix.Openat(int(dir.Fd()), name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err != nil {
		return nil, errors.Join(f.failed("open", err), m.root.Remove(f.temp))
	}
	return f, nil
}

// Linked tells whether the file shares its bytes with another.
func (f *File) Linked() bool { return f.linked }
