package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"logsql/ingest/s3/s3test"
)

// interrupted starts logsql, sends it what Ctrl-C sends once ready says so, and
// returns the exit status and what it said.
func interrupted(t *testing.T, env []string, ready func() bool, args ...string) (int, string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(cleanEnv(), append([]string{asProgram + "=1"}, env...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); !ready() && time.Since(begun) < 10*time.Second; {
		time.Sleep(10 * time.Millisecond)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var exit *exec.ExitError
	select {
	case err := <-ended:
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
	case <-time.After(20 * time.Second):
		cmd.Process.Kill()
		<-ended
		t.Fatal("Ctrl-C did not end it")
	}
	return cmd.ProcessState.ExitCode(), stderr.String()
}

// TestInterruptSync: Ctrl-C keeps what was fetched and says how to go on; the
// next sync fetches the rest only.
func TestInterruptSync(t *testing.T) {
	server := s3test.New(t, "slow")
	for n := range 200 {
		server.Put("slow", fmt.Sprintf("AWSLogs/%04d.txt", n), strings.Repeat("x", 100))
	}
	server.Do(func() { server.Latency = 50 * time.Millisecond })
	env := append(s3test.Environ(), "AWS_ENDPOINT_URL_S3="+server.URL)
	dir := t.TempDir()
	seen := 0
	ready := func() bool { seen += len(server.Requests()); return seen > 30 }
	status, stderr := interrupted(t, env, ready, "--mirror", dir, "sync", "s3://slow", "--workers", "2")
	if status != 130 {
		t.Errorf("exit status %d, want 130", status)
	}
	if want := "logsql: interrupted\nhint: what was fetched stays; the same command goes on from there\n"; stderr != want {
		t.Errorf("it said\n%s\nwant\n%s", stderr, want)
	}
	server.Do(func() { server.Latency = 0 })
	res := run{env: env}.logsql(t, "--mirror", dir, "sync")
	if res.status != 0 || strings.Contains(res.stdout, ", 0 in the mirror already") || !strings.Contains(res.stdout, "200 objects listed") {
		t.Errorf("exit status %d: %s%s", res.status, res.stdout, res.stderr)
	}
}

// TestInterruptSQL: a query that would take minutes ends at once.
func TestInterruptSQL(t *testing.T) {
	const endless = `SELECT count(*) FROM UNNEST(sequence(1, 10000)) AS a (x) CROSS JOIN UNNEST(sequence(1, 10000)) AS b (y)
		CROSS JOIN UNNEST(sequence(1, 10000)) AS c (z) WHERE sqrt(x * y + z) < 0`
	begun := time.Now()
	ready := func() bool { return time.Since(begun) > time.Second }
	status, stderr := interrupted(t, nil, ready, "--mirror", t.TempDir(), "sql", "-c", endless)
	if status != 130 || !strings.HasSuffix(stderr, "logsql: interrupted\n") {
		t.Errorf("exit status %d: %s", status, stderr)
	}
}
