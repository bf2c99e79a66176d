package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
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

// listen serves h where it was served before, for a test that takes the network
// away.
func listen(t *testing.T, addr string, h http.Handler) (stop func(), at string) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	return func() { srv.Close() }, l.Addr().String()
}

// TestSyncEvery: it finds what comes, tells of credentials that expired and of a
// network that is away, goes on by itself when somebody has signed in or the
// network is back, leaves the mirror alone between its rounds, and ends with
// SIGTERM as if it were done, even at work.
func TestSyncEvery(t *testing.T) {
	s := s3test.New(t, "logs")
	away, addr := listen(t, "127.0.0.1:0", s)
	now := time.Now().UTC() // days that are over are sealed
	flow := func(n int) string {
		return fmt.Sprintf("AWSLogs/123456789012/vpcflowlogs/cn-north-1/%s/123456789012_vpcflowlogs_cn-north-1_fl-1_%s_%08d.log",
			now.Format("2006/01/02"), now.Format("20060102T1504Z"), n)
	}
	credentials := filepath.Join(t.TempDir(), "credentials")
	signIn := func(key string) {
		text := "[default]\naws_access_key_id = " + key + "\naws_secret_access_key = s\naws_session_token = t\n"
		if err := os.WriteFile(credentials, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	signIn("MONDAY")
	s.Put("logs", "note", "x")
	mirror := filepath.Join(t.TempDir(), "m")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "--mirror", mirror, "sync", "s3://logs", "--endpoint-url", "http://"+addr, "--every", "1s", "--convert")
	cmd.Env = append(append(cleanEnv(), s3test.Environ()...), asProgram+"=1", "AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_SHARED_CREDENTIALS_FILE="+credentials)
	var stdout, stderr lines
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	await := func(what string, come func() bool) {
		t.Helper()
		for begun := time.Now(); !come(); time.Sleep(20 * time.Millisecond) {
			if time.Since(begun) > 60*time.Second {
				t.Fatalf("%s did not come\n%s\n%s", what, stdout.String(), stderr.String())
			}
		}
	}
	says := func(out *lines, text string) {
		t.Helper()
		await(text, func() bool { return strings.Contains(out.String(), text) })
	}
	const record = "version account-id srcaddr\n2 123456789012 10.0.0.1\n"
	const stored = "vpc_flow_logs: 1 record received = 1 stored"
	says(&stdout, "1 object listed: 1 fetched")

	s.Do(func() { s.Expired = "MONDAY" })
	says(&stderr, "logsql: list s3://logs/: ExpiredToken: The provided token has expired.\n"+
		"hint: sign in again and run the same command: what has been fetched is kept\nlogsql: the next sync begins at 20")
	s.Put("logs", flow(1), record)
	signIn("TUESDAY")
	says(&stdout, stored)

	away()
	says(&stderr, "logsql: list s3://logs/: dial tcp "+addr+": connect: connection refused\nhint: nothing answers there: check the network, ")
	s.Put("logs", flow(2), record)
	listen(t, addr, s)
	await("the second record", func() bool { return strings.Count(stdout.String(), stored) == 2 })

	await("a mirror that is free", func() bool { return (run{}).logsql(t, "--mirror", mirror, "convert-parquet").status == 0 })

	for n := range 500 {
		s.Put("logs", fmt.Sprint("many/", n), "x")
	}
	s.Do(func() { s.Latency = 20 * time.Millisecond })
	s.Requests()
	await("a round at work", func() bool { return strings.Contains(strings.Join(s.Requests(), " "), "many/") })
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("SIGTERM: %v\n%s", err, stderr.String())
	}
	if left, _ := filepath.Glob(filepath.Join(mirror, "tmp", "*")); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
	if got := logsql(t, "--mirror", mirror, "verify"); !strings.Contains(got.stdout, "\nvalid\n") {
		t.Error(got.stdout)
	}
}
