package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// asProgram makes the test binary be logsql itself, for tests that run it as a
// process and are no scripts.
const asProgram = "LOGSQL_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"logsql": main})
}

// result is what a run of logsql left.
type result struct {
	stdout, stderr string
	status         int // -1 when a signal ended it
	signal         syscall.Signal
	peak           int64 // resident memory at most, bytes
	took, cpu      time.Duration
}

// run is a run of logsql as a process of its own.
type run struct {
	env   []string
	stdin string
}

// logsql runs the program; a process that hangs is a failure.
func (r run) logsql(t *testing.T, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Env = append(cleanEnv(), append([]string{asProgram + "=1"}, r.env...)...)
	cmd.Stdin = strings.NewReader(r.stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("logsql %s: %v\n%s", strings.Join(args, " "), errors.Join(err, ctx.Err()), stderr.String())
	}
	wait := cmd.ProcessState.Sys().(syscall.WaitStatus)
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	res := result{
		stdout: stdout.String(), stderr: stderr.String(), status: cmd.ProcessState.ExitCode(),
		peak: usage.Maxrss << 10, took: time.Since(start),
		cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
	}
	if wait.Signaled() {
		res.signal = wait.Signal()
	}
	return res
}

// logsql runs the program with nothing special and fails unless it ends with
// one of the statuses given, 0 where none is.
func logsql(t *testing.T, args ...string) result {
	t.Helper()
	res := run{}.logsql(t, args...)
	if res.status != 0 {
		t.Fatalf("logsql %s: exit status %d\n%s%s", strings.Join(args, " "), res.status, res.stdout, res.stderr)
	}
	return res
}

// cleanEnv is the environment without what would make a run differ from machine
// to machine.
func cleanEnv() []string {
	var env []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "LOGSQL_") || name == "NO_COLOR" {
			continue
		}
		env = append(env, kv)
	}
	return append(env, "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}
