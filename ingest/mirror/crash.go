package mirror

import (
	"os"
	"syscall"
)

// Step marks a step of a commit. Crash tests set LOGSQL_CRASH_AT to its name:
// the process then dies there as by kill -9, with nothing cleaned up.
func Step(name string) {
	if crashAt != "" && crashAt == name {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // until the signal arrives
	}
}

var crashAt = os.Getenv("LOGSQL_CRASH_AT")
