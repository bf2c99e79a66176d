package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
)

// SweepTables removes what statements that died or failed left behind: folders
// of tmp/ and, below tables/, files that recorded does not have, and empty
// folders. ours tells by its name whether a file may be removed. It is safe
// while others write: a file that is found here was placed by a process that
// held its folder of tmp/ from before until it recorded the file or gave up. So
// files are listed first, then folders in use are looked for, and what is
// recorded is read last; where somebody is at work, all is left to the next
// sweep.
func (m *Mirror) SweepTables(ours func(name string) bool, recorded func() (map[string]bool, error)) error {
	if _, err := m.writeRoot(); err != nil {
		return err
	}
	files, dirs, err := m.tableFiles()
	if err != nil {
		return fmt.Errorf("list %s: %w", TablesDir, err)
	}
	busy, err := m.removeFolders()
	if err != nil {
		return fmt.Errorf("remove what a crash left: %w", err)
	}
	if busy || len(dirs) == 0 {
		return nil
	}
	known, err := recorded()
	if err != nil {
		return err
	}
	full := map[string]bool{}
	for _, rel := range files {
		if known[rel] || !ours(path.Base(rel)) {
			markAbove(full, rel)
		} else if err := m.root.Remove(rel); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for i := len(dirs) - 1; i >= 0; i-- { // the inner ones first
		if !full[dirs[i]] {
			m.root.Remove(dirs[i]) // fails where a file has come since
		}
	}
	return nil
}

// tableFiles are the files below tables/ and the folders, outer ones first.
func (m *Mirror) tableFiles() (files, dirs []string, err error) {
	err = fs.WalkDir(m.root.FS(), TablesDir, func(rel string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // there is none, or it went away
		case err != nil:
			return err
		case !d.IsDir():
			files = append(files, rel)
		case rel != TablesDir:
			dirs = append(dirs, rel)
		}
		return nil
	})
	return files, dirs, err
}

// markAbove marks the folders that rel lies in.
func markAbove(full map[string]bool, rel string) {
	for dir := path.Dir(rel); dir != "." && !full[dir]; dir = path.Dir(dir) {
		full[dir] = true
	}
}
