package mirror

import (
	"errors"
	"syscall"
)

// inTheWay tells whether err says that a file lies where a folder is wanted or
// the reverse: files that state.db does not know may do that.
func inTheWay(err error) bool {
	for _, e := range []error{syscall.ENOTDIR, syscall.EISDIR, syscall.EEXIST, syscall.ENOTEMPTY, syscall.ENAMETOOLONG} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
