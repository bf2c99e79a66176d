package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// manyFiles is where one sync of the whole file system is cheaper than one for
// each file or folder.
const manyFiles = 16

// dirSet is a set of folders, in the order they were added.
type dirSet struct {
	names []string
	has   map[string]bool
}

func (d *dirSet) add(dir string) {
	if d.has == nil {
		d.has = map[string]bool{}
	}
	if !d.has[dir] {
		d.has[dir] = true
		d.names = append(d.names, dir)
	}
}

func (m *Mirror) syncDirs(dirs *dirSet) error { return m.syncAll(dirs.names) }

// syncAll makes files or folders of the mirror durable.
func (m *Mirror) syncAll(names []string) error {
	if len(names) >= manyFiles {
		done, err := m.syncFileSystem()
		if done {
			return err
		}
	}
	for _, name := range names {
		if err := m.syncOne(name); err != nil {
			return fmt.Errorf("sync %s: %w", name, err)
		}
	}
	return nil
}

func (m *Mirror) syncOne(name string) error {
	f, err := m.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncFileSystem syncs everything below the mirror at once; done is false
// where the system has no such call.
func (m *Mirror) syncFileSystem() (done bool, err error) {
	f, err := m.root.Open(".")
	if err != nil {
		return true, err
	}
	defer f.Close()
	return syncfs(f)
}

// writeRoot is the mirror's folder as a fence: nothing is written outside it,
// whatever a path says and whichever links lie in it.
func (m *Mirror) writeRoot() (*os.Root, error) {
	switch {
	case m.empty:
		return nil, fmt.Errorf("write to the mirror %s: %w", m.dir, fs.ErrNotExist)
	case m.readOnly:
		return nil, fmt.Errorf("write to the mirror %s: it is on read-only media", m.dir)
	}
	return m.root, nil
}
