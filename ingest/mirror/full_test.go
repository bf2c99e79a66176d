package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/mattn/go-sqlite3"
)

func TestExplain(t *testing.T) {
	m := newMirror(t)
	file := &fs.PathError{Op: "write", Path: "tmp/1.tmp", Err: syscall.ENOSPC}
	tests := []struct {
		err  error
		full bool
	}{
		{nil, false},
		{errors.New("no space left on device"), false},
		{&fs.PathError{Op: "write", Path: "tmp/1.tmp", Err: syscall.EIO}, false},
		{sqlite3.Error{Code: sqlite3.ErrBusy}, false},
		{fmt.Errorf("write: %w", file), true},
		{errors.Join(errors.New("x"), &fs.PathError{Err: syscall.EDQUOT}), true},
		{fmt.Errorf("record: %w", sqlite3.Error{Code: sqlite3.ErrFull}), true},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.ENOSPC}, true},
	}
	for _, tt := range tests {
		var full *FullError
		err := m.Explain(tt.err)
		if errors.As(err, &full) != tt.full || !errors.Is(err, tt.err) {
			t.Errorf("%v: %v", tt.err, err)
		}
		if again := m.Explain(err); again != err {
			t.Errorf("%v: explained twice: %v", tt.err, again)
		}
	}
	want := "the disk of the mirror " + m.Dir() + " is full: write tmp/1.tmp: no space left on device"
	if err := m.Explain(file); err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// A state.db that may not grow is a full disk in little: the real SQLite says so.
func TestExplainStateFull(t *testing.T) {
	m := newMirror(t)
	m.DB().SetMaxOpenConns(1)
	var pages int
	if err := m.DB().QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := m.DB().Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
		t.Fatal(err)
	}
	err := m.Migrate(t.Context(), "test", "CREATE TABLE large AS SELECT zeroblob(1000000) AS b")
	var full *FullError
	if !errors.As(m.Explain(err), &full) || !strings.HasSuffix(full.Error(), "is full: migrate test: database or disk is full") {
		t.Errorf("error %v", m.Explain(err))
	}
}

func TestDamaged(t *testing.T) {
	m := newMirror(t)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(m.Path("state.db"), []byte(strings.Repeat("no database ", 1000)), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), m.Dir())
	if want := "open " + m.Path("state.db") + ": file is not a database"; err == nil || err.Error() != want || !Damaged(err) {
		t.Errorf("error %v, want %s", err, want)
	}
	if Damaged(nil) || Damaged(sqlite3.Error{Code: sqlite3.ErrFull}) {
		t.Error("other errors are taken for damage")
	}
}
