package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"logsql/ingest"
	"logsql/ingest/s3/s3test"
)

// TestSyncOnFullDisk: no room for an object, or for state.db, is said clearly;
// what was fetched stays, and with room the same command brings in the rest.
func TestSyncOnFullDisk(t *testing.T) {
	const objects, bytes = 200, 8 << 10
	s := s3test.New(t, "logs")
	for n := range objects {
		s.Put("logs", fmt.Sprintf("AWSLogs/%03d", n), strings.Repeat("x", bytes))
	}
	s.Put("logs", "AWSLogs/large", strings.Repeat("x", 4<<20))
	const (
		room   = "\nhint: make room on that disk, then run the same command again: it goes on from there, nothing is lost\n$"
		larger = "file too large\nhint: the file system, or ulimit -f, allows no larger files there; then run the same command again: it goes on from there\n$"
	)
	for _, c := range []struct{ name, can, script, want string }{
		{ // tmp/ has a disk of its own, as files are written there first
			"no room for files", "unshare -rm true",
			`exec unshare -rm sh -c 'mkdir -p "$3/tmp" && mount -t tmpfs -o size=400k none "$3/tmp" && exec "$@"' sh "$@"`,
			`^logsql: the disk of the mirror .* is full: write s3://logs/AWSLogs/\w+: write .*\.tmp: no space left on device` + room,
		},
		{
			"no room at all", "unshare -rm true",
			`exec unshare -rm sh -c 'mkdir -p "$3.full" && mount -t tmpfs -o size=1m none "$3.full" && ln -s "$3.full" "$3" && "$@"; s=$?; rm "$3"; cp -r "$3.full" "$3"; exit $s' sh "$@"`,
			`^logsql: the disk of the mirror .* is full: .*(no space left on device|database or disk is full)` + room,
		},
		{
			"a limit to files", "true", `ulimit -f 1024; exec "$@"`,
			`^logsql: write s3://logs/AWSLogs/large: write .*\.tmp: ` + larger,
		},
		{"a limit that is too small for state.db", "true", `ulimit -f 4; exec "$@"`, `^logsql: open .*state\.db: disk I/O error: ` + larger},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, err := exec.Command("sh", "-c", c.can).CombinedOutput(); err != nil {
				t.Skipf("%s is not allowed here: %s", c.can, out)
			}
			dir := filepath.Join(t.TempDir(), "mirror")
			args := []string{"--mirror", dir, "sync", "s3://logs", "--endpoint-url", s.URL, "--workers", "4"}
			status, stderr, _ := in(t, c.script, args...)
			if status != 1 || !regexp.MustCompile(c.want).MatchString(stderr) {
				t.Errorf("exit status %d: %s\nwant %s", status, stderr, c.want)
			}
			s.Requests()
			again := run{env: s3test.Environ()}.logsql(t, append(args, "--json")...)
			var r ingest.Report
			if err := json.Unmarshal([]byte(again.stdout), &r); err != nil || again.status != 0 {
				t.Fatalf("%v: %s", err, again.stderr)
			}
			if r.Fetched+r.Present+r.Adopted != objects+1 || r.Gets != r.Fetched {
				t.Errorf("again: %+v", r)
			}
			t.Logf("%d of %d objects were kept", r.Present+r.Adopted, objects+1)
			if res := logsql(t, "--mirror", dir, "verify"); !strings.Contains(res.stdout, "\n201 objects: 201 valid\n") {
				t.Errorf("verify: %s", res.stdout)
			}
		})
	}
}
