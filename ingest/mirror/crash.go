package mirror

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// Step marks a step of a commit. Crash tests set LOGSQL_CRASH_AT to its name:
// the process then dies there as by kill -9, with nothing cleaned up. name:3
// is the third time the step is reached.
func Step(name string) {
	if name != crashAt.name || crashAt.after.Add(-1) > 0 {
		return
	}
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // until the signal arrives
}

var crashAt = parseCrash(os.Getenv("LOGSQL_CRASH_AT"))

type crash struct {
	name  string
	after atomic.Int64
}

func parseCrash(s string) *crash {
	name, nth, _ := strings.Cut(s, ":")
	c := &crash{name: name}
	if n, err := strconv.ParseInt(nth, 10, 64); err == nil {
		c.after.Store(n)
	}
	return c
}
