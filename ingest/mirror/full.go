package mirror

import (
	"errors"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// FullError says that the mirror's disk is full.
type FullError struct {
	Dir string // the mirror
	Err error
}

func (e *FullError) Error() string {
	return "the disk of the mirror " + e.Dir + " is full: " + e.Err.Error()
}

func (e *FullError) Unwrap() error { return e.Err }

// Explain makes err a *FullError where that is what it comes from, whether a
// file or state.db met it; any other error stays as it is.
func (m *Mirror) Explain(err error) error {
	var done *FullError
	if err == nil || errors.As(err, &done) || !isFull(err) {
		return err
	}
	return &FullError{m.dir, err}
}

func isFull(err error) bool {
	var db sqlite3.Error
	if errors.As(err, &db) && (db.Code == sqlite3.ErrFull || fullErrno(db.SystemErrno)) {
		return true
	}
	return fullErrno(err)
}

func fullErrno(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// Damaged tells whether err is that state.db is not what SQLite wrote.
func Damaged(err error) bool {
	var db sqlite3.Error
	return errors.As(err, &db) && (db.Code == sqlite3.ErrCorrupt || db.Code == sqlite3.ErrNotADB)
}

// TooLarge tells whether err is that a file may not grow as it would have to.
func TooLarge(err error) bool {
	var db sqlite3.Error
	return errors.Is(err, syscall.EFBIG) || errors.As(err, &db) && db.SystemErrno == syscall.EFBIG
}
