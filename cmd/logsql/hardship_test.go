package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"logsql/ingest/mirror"
	"logsql/ingest/s3/s3test"
)

// flowBucket is a folder with objects of flow logs, one a day, of so many
// records each.
func flowBucket(t *testing.T, objects, records int) string {
	t.Helper()
	dir := t.TempDir()
	for n := range objects {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		fmt.Fprintln(w, "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status")
		for i := range records {
			fmt.Fprintf(w, "2 123456789012 eni-%017x 10.%d.%d.%d 203.0.113.%d %d 443 6 %d %d %d %d ACCEPT OK\n",
				i*2654435761%(1<<32), i*7919%251, i/250%250, i%250, i%7, 1024+i*31%60000, 1+i*13%5000, 40+i*7907%1000003, 1767225600+n*86400, 1767225660+n*86400)
		}
		w.Close()
		path := filepath.Join(dir, fmt.Sprintf("AWSLogs/123456789012/vpcflowlogs/cn-north-1/2026/01/%02d/123456789012_vpcflowlogs_cn-north-1_fl-0123456789abcdef0_202601%02dT0000Z_%08x.log.gz", n+1, n+1, n))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, b.Bytes(), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// in runs logsql by a shell script, whose "$@" it is.
func in(t *testing.T, script string, args ...string) (status int, stderr string, cmd *exec.Cmd) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.CommandContext(t.Context(), "sh", append([]string{"-c", script, "sh", self}, args...)...)
	cmd.Env = append(append(cleanEnv(), s3test.Environ()...), asProgram+"=1")
	var said bytes.Buffer
	cmd.Stderr = &said
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), said.String(), cmd
}

// whole checks that the lake answers with the records that state.db counts, and
// that the next run brings in the rest.
func whole(t *testing.T, dir string, records int) {
	t.Helper()
	ask := func() (n, recorded int) {
		out := logsql(t, "--mirror", dir, "sql", "-c", "SELECT count(*) FROM vpc_flow_logs WHERE bytes > 0").stdout
		n, err := strconv.Atoi(strings.Fields(out)[1])
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`"stored": (\d+)`).FindStringSubmatch(logsql(t, "--mirror", dir, "status", "--json").stdout)
		recorded, _ = strconv.Atoi(found[1])
		return n, recorded
	}
	if n, recorded := ask(); n != recorded || n >= records {
		t.Errorf("%d records in the lake, %d recorded, of %d", n, recorded, records)
	}
	logsql(t, "--mirror", dir, "convert-parquet")
	if n, recorded := ask(); n != recorded || n != records {
		t.Errorf("afterwards %d records in the lake, %d recorded, of %d", n, recorded, records)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "*")); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

// TestConvertOnFullDisk: no room for a part is said clearly, and the lake stays
// whole.
func TestConvertOnFullDisk(t *testing.T) {
	bucket := flowBucket(t, 3, 100_000)
	for _, c := range []struct{ name, can, script, want string }{
		{
			"a limit to files", "true", `ulimit -f 1024; exec "$@"`,
			`^logsql: write lake/vpc_flow_logs/year=2026/month=01/day=01/[0-9a-f]+\.parquet: write .*\.tmp: file too large\nhint: the file system, or ulimit -f, allows no larger files there; then run the same command again: it goes on from there\n$`,
		},
		{ // tmp/ has a disk of its own, as files are written there first
			"a full disk", "unshare -rm true", `exec unshare -rm sh -c 'mkdir -p "$3/tmp" && mount -t tmpfs -o size=400k none "$3/tmp" && exec "$@"' sh "$@"`,
			`^logsql: the disk of the mirror .* is full: write lake/vpc_flow_logs/year=2026/month=01/day=01/[0-9a-f]+\.parquet: write .*\.tmp: no space left on device\nhint: make room on that disk, then run the same command again: it goes on from there, nothing is lost\n$`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, err := exec.Command("sh", "-c", c.can).CombinedOutput(); err != nil {
				t.Skipf("%s is not allowed here: %s", c.can, out)
			}
			dir := filepath.Join(t.TempDir(), "mirror")
			logsql(t, "--mirror", dir, "sync", bucket, "--as", "s3://my-logs")
			status, stderr, _ := in(t, c.script, "--mirror", dir, "convert-parquet", "--workers", "1")
			if status != 1 || !regexp.MustCompile(c.want).MatchString(stderr) {
				t.Errorf("exit status %d: %s\nwant %s", status, stderr, c.want)
			}
			whole(t, dir, 300_000)
		})
	}
}

// TestInterruptConvert: Ctrl-C and SIGTERM leave a whole lake and say how to go
// on.
func TestInterruptConvert(t *testing.T) {
	bucket := flowBucket(t, 12, 60_000)
	dir := filepath.Join(t.TempDir(), "mirror")
	logsql(t, "--mirror", dir, "sync", bucket, "--as", "s3://my-logs")
	ready := func() bool {
		parts, _ := filepath.Glob(filepath.Join(dir, "lake/*/*/*/*/*.parquet"))
		return len(parts) > 1
	}
	begun := time.Now()
	status, stderr := interrupted(t, nil, ready, "--mirror", dir, "convert-parquet", "--workers", "1")
	want := regexp.MustCompile(`^logsql: interrupted\nhint: \d+ objects? of this run are in the lake \([\d,]+ records\) and stay; the same command goes on from there\n$`)
	if status != 130 || !want.MatchString(stderr) {
		t.Errorf("exit status %d after %s: %s", status, time.Since(begun), stderr)
	}
	whole(t, dir, 12*60_000)
}

// TestConvertNothing: odd places to convert in, and what is said there.
func TestConvertNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mirror")
	if res := logsql(t, "--mirror", dir, "convert-parquet"); res.stdout != "nothing new to convert\n" || !strings.HasPrefix(res.stderr, "note: there is no mirror at "+dir+" yet") {
		t.Errorf("no mirror: %s%s", res.stdout, res.stderr)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a mirror was made")
	}
	m, err := mirror.Create(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
	if res := logsql(t, "--mirror", dir, "convert-parquet"); res.stdout != "nothing new to convert\n" || res.stderr != "" {
		t.Errorf("an empty mirror: %s%s", res.stdout, res.stderr)
	}
	if os.Getuid() == 0 && exec.Command("unshare", "-m", "true").Run() != nil {
		t.Skip("root can write everywhere, and may not mount here")
	}
	script := `chmod a-w "$3" "$3"/*; "$@"; s=$?; chmod u+w "$3" "$3"/*; exit $s`
	if os.Getuid() == 0 {
		script = `exec unshare -m sh -c 'mount --bind "$3" "$3" && mount -o remount,ro,bind "$3" && exec "$@"' sh "$@"`
	}
	status, stderr, _ := in(t, script, "--mirror", dir, "convert-parquet")
	want := "logsql: the mirror " + dir + " cannot be written: it is on read-only media or belongs to somebody else\n"
	if status != 1 || stderr != want {
		t.Errorf("a read-only mirror: exit status %d: %s", status, stderr)
	}
}

// TestProgressOnTerminal converts with a terminal as standard error, 60
// characters wide: one line that changes, and a last one that stays.
func TestProgressOnTerminal(t *testing.T) {
	bucket := flowBucket(t, 12, 60_000)
	dir := filepath.Join(t.TempDir(), "mirror")
	logsql(t, "--mirror", dir, "sync", bucket, "--as", "s3://my-logs")
	master, terminal := openTerminal(t, 60)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "--mirror", dir, "convert-parquet", "--workers", "1")
	cmd.Env = append(cleanEnv(), asProgram+"=1", "TERM=xterm", "NO_COLOR=1")
	var stdout bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, terminal
	shown := make(chan string)
	go func() {
		text, _ := io.ReadAll(master) // the error is the terminal's end
		shown <- string(text)
	}()
	err = cmd.Run()
	terminal.Close()
	got := <-shown
	if err != nil || stdout.String() != "vpc_flow_logs: 720,000 records received = 720,000 stored + 0 bad, from 12 objects\n" {
		t.Errorf("%v: %s", err, &stdout)
	}
	lines := strings.Split(strings.TrimSuffix(got, "\r\n"), "\r\x1b[K")
	progress := regexp.MustCompile(`^(12 objects to convert found, [\d.]+ MiB|\d+ %(, \d+ s left)?, [\d.]+ MiB of [\d.]+ MiB(, [\d,]+ records/s)?, [\d,]+ r.*)$`)
	last := regexp.MustCompile(`^720,000 records from 12 objects in [\d.]+ s: [\d.]+ MiB of logs became [\d.]+ MiB of Parquet, 12 parts$`)
	if len(lines) < 3 || !last.MatchString(lines[len(lines)-1]) || lines[0] != "" {
		t.Fatalf("shown: %q", got)
	}
	for _, line := range lines[1 : len(lines)-1] {
		if !progress.MatchString(line) || len([]rune(line)) > 60 {
			t.Errorf("line %q", line)
		}
	}
}

// openTerminal makes a terminal of so many columns.
func openTerminal(t *testing.T, columns uint16) (master, terminal *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err := errors.Join(err, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0), unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns})); err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, terminal
}
