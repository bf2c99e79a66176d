package mirror

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// clone makes dst share src's bytes until one of them is written.
func clone(dst int, src *os.File) error {
	return unix.IoctlFileClone(dst, int(src.Fd()))
}

// hardLink gives the open file src another name: it cannot have become another
// file since it was opened.
func hardLink(src, dir *os.File, name string) error {
	return unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", src.Fd()), int(dir.Fd()), name, unix.AT_SYMLINK_FOLLOW)
}
