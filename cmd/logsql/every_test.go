package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"logsql/ingest/s3/s3test"
)

// lines is a buffer that one process writes and a test reads meanwhile.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// TestSyncEvery: it finds what comes, tells of expired credentials and of a
// store that is away, goes on when they are well again, leaves the mirror alone
// between its rounds, and ends with SIGTERM as if it were done.
func TestSyncEvery(t *testing.T) {
	s := s3test.New(t, "logs")
	now := time.Now().UTC() // days that are over are sealed
	flow := fmt.Sprintf("AWSLogs/123456789012/vpcflowlogs/cn-north-1/%s/123456789012_vpcflowlogs_cn-north-1_fl-1_%s_0a0b0c0d.log",
		now.Format("2006/01/02"), now.Format("20060102T1504Z"))
	s.Put("logs", "note", "x")
	mirror := filepath.Join(t.TempDir(), "m")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "--mirror", mirror, "sync", "s3://logs", "--endpoint-url", s.URL, "--every", "1s", "--convert")
	cmd.Env = append(append(cleanEnv(), s3test.Environ()...), asProgram+"=1")
	var stdout, stderr lines
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	await := func(out *lines, text string) {
		t.Helper()
		for begun := time.Now(); !strings.Contains(out.String(), text); time.Sleep(20 * time.Millisecond) {
			if time.Since(begun) > 30*time.Second {
				t.Fatalf("%q did not come\n%s\n%s", text, stdout.String(), stderr.String())
			}
		}
	}
	const record = "version account-id srcaddr\n2 123456789012 10.0.0.1\n"
	await(&stdout, "1 object listed: 1 fetched")
	s.Do(func() {
		s.Reply = &s3test.Reply{Status: 400, Code: "ExpiredToken", Message: "The provided token has expired."}
	})
	await(&stderr, "logsql: list s3://logs/: ExpiredToken: The provided token has expired.\nhint: sign in again and run the same command")
	await(&stderr, "logsql: the next sync begins at 20")
	s.Put("logs", flow, record)
	s.Do(func() { s.Reply = nil })
	await(&stdout, "vpc_flow_logs: 1 record received = 1 stored")
	begun := time.Now()
	for got := (result{status: 1}); got.status != 0; time.Sleep(100 * time.Millisecond) {
		if got = (run{}).logsql(t, "--mirror", mirror, "convert-parquet"); time.Since(begun) > 20*time.Second {
			t.Fatalf("the mirror is never free\n%s", got.stderr)
		}
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("SIGTERM: %v\n%s", err, stderr.String())
	}
}
