package mirror

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"
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
	if cloned := clone(f.f, src); cloned == nil {
		f.linked = true
		return f, nil
	}
	f.Abort()
	root, err := m.writeRoot()
	if err != nil {
		return nil, err
	}
	dir, err := root.Open(tmpDir)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	name := fmt.Sprintf("%d-%d-%d.tmp", os.Getpid(), time.Now().UnixNano(), linkCount.Add(1))
	if err := hardLink(src, dir, name); err != nil {
		return nil, err
	}
	file, err := root.Open(tmpDir + "/" + name)
	if err != nil {
		return nil, err
	}
	if !held(file) {
		return nil, errors.Join(errors.New("the file is locked by another process"), file.Close(), root.Remove(tmpDir+"/"+name))
	}
	return &File{m: m, f: file, temp: tmpDir + "/" + name, sum: sha256.New(), linked: true}, nil
}

var linkCount atomic.Int64

// Linked tells whether the file shares its bytes with another.
func (f *File) Linked() bool { return f.linked }
