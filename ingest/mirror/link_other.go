//go:build !linux

package mirror

import (
	"errors"
	"os"
)

func clone(_ int, _ *os.File) error { return errors.ErrUnsupported }

func hardLink(_, _ *os.File, _ string) error { return errors.ErrUnsupported }
