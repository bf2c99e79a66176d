package mirror

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// putTable writes rel as a statement does, up to its recording; the folder is
// still open.
func putTable(t *testing.T, m *Mirror, rel string) *Folder {
	t.Helper()
	f, err := m.NewFolder()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(m.Path(f.Rel()+"/data"), []byte(rel), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := f.Place([]string{"data"}, []string{rel}); err != nil {
		t.Fatal(err)
	}
	return f
}

// A sweep takes what is not recorded, when nobody is at work, and nothing else.
func TestSweepTables(t *testing.T) {
	m := newMirror(t)
	for _, rel := range []string{"tables/b/k/mine", "tables/b/x=1/dead", "tables/b/k/theirs"} {
		if err := putTable(t, m, rel).Close(); err != nil {
			t.Fatal(err)
		}
	}
	sweep := func() (left []string) {
		t.Helper()
		ours := func(name string) bool { return name != "theirs" }
		err := m.SweepTables(ours, func() (map[string]bool, error) { return map[string]bool{"tables/b/k/mine": true}, nil })
		if err != nil {
			t.Fatal(err)
		}
		files, dirs, err := m.tableFiles()
		if err != nil {
			t.Fatal(err)
		}
		return append(files, dirs...)
	}
	if err := os.MkdirAll(m.Path("tmp/1-1-1"), 0o755); err != nil {
		t.Fatal(err)
	}
	working := putTable(t, m, "tables/c/new")
	if have := sweep(); len(have) != 8 {
		t.Errorf("beside a writer at work, %d files and folders are left, want 8: %s", len(have), have)
	}
	if _, err := os.Stat(m.Path("tmp/1-1-1")); err == nil {
		t.Error("the dead folder of tmp/ is still there")
	}
	working.Close()
	want := "tables/b/k/mine tables/b/k/theirs tables/b tables/b/k"
	if have := strings.Join(sweep(), " "); have != want {
		t.Errorf("left are\n%s\nwant\n%s", have, want)
	}
}

// Sweeps and writers at the same time: what is recorded stays.
func TestSweepTablesTogether(t *testing.T) {
	m := newMirror(t)
	var mu sync.Mutex
	recorded := map[string]bool{}
	known := func() (map[string]bool, error) {
		mu.Lock()
		defer mu.Unlock()
		return maps.Clone(recorded), nil
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for n := range 25 {
				if err := m.SweepTables(func(string) bool { return true }, known); err != nil {
					t.Error(err)
					return
				}
				rel := fmt.Sprintf("tables/b/d=%d/%d", n%3, w*100+n)
				f, err := m.NewFolder()
				if err != nil {
					t.Error(err)
					return
				}
				err = os.WriteFile(m.Path(f.Rel()+"/data"), nil, 0o644)
				if err == nil {
					err = f.Place([]string{"data"}, []string{rel})
				}
				if err != nil {
					t.Error(err)
				} else if n%4 > 0 { // the others fail after they were placed
					mu.Lock()
					recorded[rel] = true
					mu.Unlock()
				}
				f.Close()
			}
		})
	}
	wg.Wait()
	for rel := range recorded {
		if _, err := os.Stat(m.Path(rel)); err != nil {
			t.Error(err)
		}
	}
	if err := m.SweepTables(func(string) bool { return true }, known); err != nil {
		t.Fatal(err)
	}
	if files, _, _ := m.tableFiles(); len(files) != len(recorded) {
		t.Errorf("%d files are left, %d are recorded", len(files), len(recorded))
	}
}

// A file gets its name though its folder is taken away, being empty, again and
// again.
func TestPlaceWhileFoldersGo(t *testing.T) {
	m := newMirror(t)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(stop)
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				os.Remove(m.Path("tables/b/d"))
				os.Remove(m.Path("tables/b"))
				time.Sleep(20 * time.Microsecond)
			}
		}
	})
	for range 300 {
		putTable(t, m, "tables/b/d/file").Close()
		if err := os.Remove(m.Path("tables/b/d/file")); err != nil {
			t.Fatal(err)
		}
	}
}
