//go:build !race

package mirror

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func rawOpenat(dir int, name string, flags int, mode uint32) (int, error) {
	p, err := unix.BytePtrFromString(name)
	if err != nil {
		return -1, err
	}
	fd, _, errno := syscall.RawSyscall6(unix.SYS_OPENAT, uintptr(dir), uintptr(unsafe.Pointer(p)), uintptr(flags|unix.O_LARGEFILE), uintptr(mode), 0, 0)
	return int(fd), failure(errno)
}

func rawWrite(fd int, p []byte) (int, error) {
	n, _, errno := syscall.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	return int(n), failure(errno)
}

func rawClose(fd int) error {
	_, _, errno := syscall.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
	return failure(errno)
}

func rawRenameat(from int, old string, to int, name string) error {
	p, err := unix.BytePtrFromString(old)
	if err != nil {
		return err
	}
	q, err := unix.BytePtrFromString(name)
	if err != nil {
		return err
	}
	_, _, errno := syscall.RawSyscall6(unix.SYS_RENAMEAT2, uintptr(from), uintptr(unsafe.Pointer(p)), uintptr(to), uintptr(unsafe.Pointer(q)), 0, 0)
	return failure(errno)
}

func failure(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}

// openBeneath opens a folder below another, and never one outside of it.
func openBeneath(top *os.File, name string) (*os.File, error) {
	fd, err := unix.Openat2(int(top.Fd()), name, &unix.OpenHow{
		Flags:   unix.O_DIRECTORY | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS,
	})
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}
