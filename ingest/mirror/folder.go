package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"syscall"
)

// Folder is a folder in tmp/ that another library writes files into. Place
// gives them their names; what is left in it goes with Close, or with the next
// writer where this process dies.
type Folder struct {
	m   *Mirror
	f   *os.File
	rel string
}

// NewFolder makes a folder. Nobody's lock is needed: it is held by a lock of its
// own.
func (m *Mirror) NewFolder() (*Folder, error) {
	root, err := m.writeRoot()
	if err != nil {
		return nil, err
	}
	if err := root.Mkdir(tmpDir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	for range 10 {
		rel := tempName()
		if err := root.Mkdir(rel, 0o755); err != nil {
			return nil, err
		}
		f, err := root.Open(rel)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if held(int(f.Fd())) {
			return &Folder{m: m, f: f, rel: rel}, nil
		}
		f.Close()
	}
	return nil, fmt.Errorf("the folder %s is being emptied", tmpDir)
}

// Rel is the folder's path relative to the mirror.
func (f *Folder) Rel() string { return f.rel }

// Files are the paths, relative to the folder, and sizes of what was written.
func (f *Folder) Files() (names []string, sizes []int64, err error) {
	root, err := f.m.writeRoot()
	if err != nil {
		return nil, nil, err
	}
	err = fs.WalkDir(root.FS(), f.rel, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			names = append(names, name[len(f.rel)+1:])
			sizes = append(sizes, info.Size())
		}
		return err
	})
	return names, sizes, err
}

// Sync makes files of the folder durable, before they are placed.
func (f *Folder) Sync(names []string) error {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = path.Join(f.rel, name)
	}
	return f.m.syncAll(list)
}

// Place gives files their durable names, relative to the mirror, that nothing
// has yet.
func (f *Folder) Place(names, to []string) error {
	var dirs dirSet
	for i, name := range names {
		if err := f.m.place(path.Join(f.rel, name), to[i], &dirs); err != nil {
			return err
		}
	}
	return f.m.syncDirs(&dirs)
}

// Close removes the folder with what is left in it.
func (f *Folder) Close() error {
	root, err := f.m.writeRoot()
	if err != nil {
		return err
	}
	return errors.Join(root.RemoveAll(f.rel), f.f.Close())
}

// TablePath is where a file that a statement writes to an address lies.
func TablePath(bucket, key string) (string, error) {
	if err := checkBucket(bucket); err != nil {
		return "", err
	}
	rel, ok := plainPath(bucket, key)
	if !ok {
		rel = escapedPath(bucket, key)
	}
	return TablesDir + rel[len(ObjectsDir):], nil
}

// removeFolder drops a folder of tmp/ unless a living process writes into it.
func (m *Mirror) removeFolder(rel string, f *os.File) (busy bool, err error) {
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return true, nil
	}
	return false, m.root.RemoveAll(rel)
}

// removeFolders drops the folders of tmp/ that crashes left and tells whether
// living processes write into others. Nobody's lock is needed.
func (m *Mirror) removeFolders() (busy bool, err error) {
	entries, err := fs.ReadDir(m.root.FS(), tmpDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		rel := path.Join(tmpDir, e.Name())
		f, err := m.root.Open(rel)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return false, err
		}
		held, err := m.removeFolder(rel, f)
		f.Close()
		if err != nil {
			return false, err
		}
		busy = busy || held
	}
	return busy, nil
}
