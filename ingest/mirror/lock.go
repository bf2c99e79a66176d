package mirror

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// ErrLocked is returned by Lock when another process writes to the mirror.
var ErrLocked = errors.New("the mirror is in use")

// Lock makes this process the mirror's one writer, of s3/ and lake/, until
// release is called; holder says what it does, for the message that others get.
// It does not wait. The lock ends with the process, however that ends; what a
// writer that died left half-written is removed here.
func (m *Mirror) Lock(holder string) (release func() error, err error) {
	f, err := os.OpenFile(filepath.Join(m.dir, lockFile), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		who, _ := os.ReadFile(f.Name())
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s", ErrLocked, strings.TrimSpace(string(who)))
		}
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	who := fmt.Sprintf("%s, process %d, since %s\n", holder, os.Getpid(), time.Now().UTC().Format(time.RFC3339))
	if err := errors.Join(f.Truncate(0), writeAt(f, who)); err != nil {
		f.Close()
		return nil, err
	}
	if err := errors.Join(m.removeTemps(), m.removeDoomed()); err != nil {
		f.Close()
		return nil, err
	}
	return f.Close, nil
}

func writeAt(f *os.File, s string) error {
	_, err := f.WriteAt([]byte(s), 0)
	return err
}
