package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"syscall"
)

// readersDir has an empty file for each generation of the lake that may have
// readers; they hold a shared lock on it.
const readersDir = "readers"

// HoldGeneration makes this process a reader of a generation of the lake until
// release is called: what a later one replaces stays as long. On media where
// nothing can be written nothing is replaced either.
func (m *Mirror) HoldGeneration(generation int64) (release func() error, err error) {
	none := func() error { return nil }
	if m.empty {
		return none, nil
	}
	for range 100 {
		f, err := m.generationFile(generation)
		if f == nil {
			return none, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH); err != nil {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
		}
		var st syscall.Stat_t
		if syscall.Fstat(int(f.Fd()), &st) == nil && st.Nlink > 0 {
			return f.Close, nil
		}
		f.Close() // a writer took it away in between
	}
	return nil, errors.New("the lake changes too fast to be read")
}

// generationFile is nil, without an error, where the mirror cannot be written.
func (m *Mirror) generationFile(generation int64) (*os.File, error) {
	rel := path.Join(readersDir, strconv.FormatInt(generation, 10))
	f, err := m.root.Open(rel)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	root, err := m.writeRoot()
	if err != nil || !writable(m.dir) {
		return nil, nil
	}
	if err := root.Mkdir(readersDir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	f, err = root.OpenFile(rel, os.O_RDONLY|os.O_CREATE, 0o644)
	if errors.Is(err, fs.ErrPermission) {
		return nil, nil
	}
	return f, err
}

// OldestReader is the oldest generation that has a reader, latest where no older
// one has. The caller holds the writer's lock; files without a reader go.
func (m *Mirror) OldestReader(latest int64) (int64, error) {
	root, err := m.writeRoot()
	if err != nil {
		return 0, err
	}
	entries, err := fs.ReadDir(root.FS(), readersDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	oldest := latest
	for _, e := range entries {
		generation, err := strconv.ParseInt(e.Name(), 10, 64)
		if err != nil || generation >= latest {
			continue
		}
		held, err := m.removeUnheld(path.Join(readersDir, e.Name()))
		if err != nil {
			return 0, err
		}
		if held {
			oldest = min(oldest, generation)
		}
	}
	return oldest, nil
}

func (m *Mirror) removeUnheld(rel string) (held bool, err error) {
	f, err := m.root.Open(rel)
	if err != nil {
		return false, err
	}
	defer f.Close()
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return true, nil
	case err != nil:
		return false, err
	}
	return false, m.root.Remove(rel)
}
