//go:build !linux || race

package mirror

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

var (
	rawOpenat   = unix.Openat
	rawWrite    = unix.Write
	rawClose    = unix.Close
	rawRenameat = unix.Renameat
)

func openBeneath(*os.File, string) (*os.File, error) { return nil, errors.ErrUnsupported }
