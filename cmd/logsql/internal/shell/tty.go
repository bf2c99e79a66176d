package shell

import (
	"os"

	"golang.org/x/sys/unix"
)

// tty is the terminal's modes. While the shell runs they are its own also where
// it reads nothing: what is typed while a query runs is kept as keys, Ctrl-D
// among them, and not shown amid its answer.
type tty struct {
	fd     int
	cooked *unix.Termios // as it was; nil where it is no terminal
}

func openTTY(f *os.File) *tty {
	t := &tty{fd: int(f.Fd())}
	t.cooked, _ = unix.IoctlGetTermios(t.fd, getModes)
	return t
}

// wait takes what is typed as it is; Ctrl-C and Ctrl-Z are signals.
func (t *tty) wait() {
	if t.cooked == nil {
		return
	}
	modes := *t.cooked
	modes.Lflag &^= unix.ICANON | unix.ECHO | unix.IEXTEN
	modes.Iflag &^= unix.ICRNL | unix.INLCR
	modes.Cc[unix.VMIN], modes.Cc[unix.VTIME] = 1, 0
	t.set(&modes)
}

// restore leaves the terminal as it was found.
func (t *tty) restore() { t.set(t.cooked) }

func (t *tty) set(modes *unix.Termios) {
	if modes != nil {
		_ = unix.IoctlSetTermios(t.fd, setModes, modes)
	}
}

// lend gives the terminal as it was to a command that runs on it; back takes it
// again.
func (t *tty) lend() (back func()) {
	now, err := unix.IoctlGetTermios(t.fd, getModes)
	if err != nil {
		return func() {}
	}
	t.restore()
	return func() { t.set(now) }
}
