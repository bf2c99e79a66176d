package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

var updateScreens = flag.Bool("update-screens", false, "write the screens of testdata/shell as they are")

// TestShell plays testdata/shell: what is typed, and the screen that it has to
// give. A file begins with "size ROWS COLS" and settings of the environment; "@"
// begins what is typed, the screen stands below it up to a line "====".
// It says only what came since the last.
func TestShell(t *testing.T) {
	files, _ := filepath.Glob("../../testdata/shell/*.txt")
	if len(files) == 0 {
		t.Fatal("no screens")
	}
	mirror := shellMirror(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			own := t.TempDir() // what one creates no other sees
			if err := os.CopyFS(own, os.DirFS(mirror)); err != nil {
				t.Fatal(err)
			}
			play(t, file, own)
		})
	}
}

// shellMirror is a mirror with some days of flow logs, converted.
func shellMirror(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, day := range []string{"04", "05", "17"} {
		key := "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2021/12/" + day
		name := "123456789012_vpcflowlogs_eu-west-1_fl-0123456789abcdef0_202112" + day + "T0000Z_0123abcd.log"
		writeShellFile(t, filepath.Join(dir, "logs", key, name), shellHeader+
			"2 123456789012 eni-0a1b2c3d 10.0.0.5 203.0.113.7 44321 443 6 10 8400 1638576000 1638576060 ACCEPT OK\n"+
			"2 123456789012 eni-0a1b2c3d 198.51.100.9 10.0.0.5 55001 22 6 1 40 1638576000 1638576060 REJECT OK\n"+
			"2 123456789012 eni-0a1b2c3d - - - - - - - 1638576000 1638576060 - NODATA\n")
	}
	mirror := filepath.Join(dir, "mirror")
	for _, args := range [][]string{{"sync", filepath.Join(dir, "logs"), "--as", "s3://my-logs"}, {"convert-parquet"}} {
		if res := (run{}).logsql(t, append(args, "--mirror", mirror)...); res.status != 0 {
			t.Fatalf("%v: %s", args, res.stderr)
		}
	}
	return mirror
}

const shellHeader = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"

func writeShellFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// play plays one file.
func play(t *testing.T, file, mirror string) {
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	head, body, _ := strings.Cut(string(src), "\n@ ")
	rows, cols, env, files := 24, 80, []string(nil), map[string]string{}
	for line := range strings.SplitSeq(head, "\n") {
		switch fields := strings.SplitN(line, " ", 3); {
		case fields[0] == "size":
			rows, cols = number(fields[1]), number(fields[2])
		case fields[0] == "file":
			files[fields[1]] = strings.ReplaceAll(fields[2], `\n`, "\n")
		case fields[0] == "env":
			env = append(env, strings.TrimPrefix(line, "env "))
		}
	}
	for name, content := range files {
		writeShellFile(t, filepath.Join(home, name), content)
	}
	term := onTerminal(t, rows, cols, append([]string{"HOME=" + home, "LOGSQL_MIRROR=" + mirror}, env...), "sql")
	term.shows("\nlogsql>")
	var out strings.Builder
	out.WriteString(head + "\n")
	seen := ""
	for step := range strings.SplitSeq(body, "\n@ ") {
		typed, want, _ := strings.Cut(step, "\n")
		want = strings.TrimSuffix(strings.TrimSuffix(want, "\n"), "====")
		term.press(typed)
		var now string
		if *updateScreens {
			now = term.still()
		} else {
			now = waitFor(term, seen, want)
		}
		now = usual(now)
		got := news(seen, now)
		if got != want && !*updateScreens {
			t.Errorf("%s: after %s\n%swant\n%s", file, typed, got, want)
			return
		}
		seen = now
		out.WriteString("@ " + typed + "\n" + got + "====\n")
	}
	if *updateScreens {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// waitFor waits until the screen is as wanted, or long enough to be sure that
// it will not be.
func waitFor(term *terminal, seen, want string) string {
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		if now := term.text(); news(seen, usual(now)) == want {
			return now
		}
		time.Sleep(3 * time.Millisecond)
	}
	return term.text()
}

// news are the lines of now from the first that differs from before.
func news(before, now string) string {
	old, lines := strings.SplitAfter(before, "\n"), strings.SplitAfter(now, "\n")
	i := 0
	for i < len(old) && i < len(lines) && old[i] == lines[i] && lines[i] != "" {
		i++
	}
	return strings.Join(lines[i:], "")
}

var (
	times = regexp.MustCompile(`\b[0-9.]+(ms|s)\b`)
	sizes = regexp.MustCompile(`\b[0-9.]+ ([KMG]i)?B\b`)
)

// usual is a screen with what differs from run to run made the same.
func usual(text string) string {
	text = sizes.ReplaceAllString(text, "SIZE")
	return times.ReplaceAllString(text, "TIME")
}

func number(s string) int {
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

// TestShellCancels: Ctrl-C ends the query that runs, which is told meanwhile,
// and nothing else; Ctrl-D ends the shell.
func TestShellCancels(t *testing.T) {
	term := onTerminal(t, 24, 80, []string{"HOME=" + t.TempDir(), "LOGSQL_MIRROR=" + t.TempDir()}, "sql")
	term.shows("\nlogsql>")
	term.press("SELECT sum(x * y % 7) AS endless FROM UNNEST(sequence(1, 10000)) AS a(x), UNNEST(sequence(1, 10000)) AS b(y), UNNEST(sequence(1, 10000)) AS c(z);<Enter>")
	term.shows("1 s, Ctrl-C cancels")
	term.press("<C-c>")
	now := term.shows("logsql: interrupted\nlogsql>")
	if strings.Contains(now, "cancels") || strings.Contains(now, "endless\n") {
		t.Errorf("the screen is\n%s", now)
	}
	term.press("SELECT 6 * 7 AS answer;<Enter>")
	term.shows("│     42 │")
	term.press("<C-d>")
	if status := term.ends(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

// TestShellEnds: a signal ends the shell wherever it is, and its terminal and its
// files are in order; so does Ctrl-D, also where it is typed while a query runs.
func TestShellEnds(t *testing.T) {
	long := "SELECT sum(x * y % 7) AS long FROM UNNEST(sequence(1, 10000)) AS a(x), UNNEST(sequence(1, 10000)) AS b(y), UNNEST(sequence(1, 100)) AS c(z);<Enter>"
	for name, c := range map[string]struct {
		typed, shown, env string
		signal            os.Signal
		keys              string
		status            int
	}{
		"prompt":     {"SELECT 'half", "half", "X=", syscall.SIGTERM, "", 130},
		"completion": {"SELECT sub<Tab>", "substr", "X=", syscall.SIGTERM, "", 130},
		"query":      {long, "Ctrl-C cancels", "X=", syscall.SIGHUP, "", 130},
		"pager":      {"SELECT x FROM UNNEST(sequence(1, 100)) AS a(x);<Enter>", "│   8 │\n:", "PAGER=less", syscall.SIGTERM, "", 130},
		"ctrl-d":     {strings.Replace(long, "1, 100)", "1, 2)", 1), "long", "X=", nil, "<C-d>", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			temp := t.TempDir()
			term := onTerminal(t, 12, 80, []string{"HOME=" + t.TempDir(), "LOGSQL_MIRROR=" + t.TempDir(), "TMPDIR=" + temp, "LESS=SX", c.env}, "sql")
			term.shows("\nlogsql>")
			term.press("SELECT 1 AS open;<Enter>")
			term.shows("(1 row")
			term.press(c.typed + c.keys)
			term.shows(c.shown)
			if c.signal != nil {
				_ = term.cmd.Process.Signal(c.signal)
			}
			if status := term.ends(); status != c.status {
				t.Errorf("exit status %d; the screen is\n%s", status, term.text())
			}
			if modes := term.modes(); modes.Lflag&(unix.ICANON|unix.ECHO) != unix.ICANON|unix.ECHO {
				t.Errorf("the terminal is left with modes %x", modes.Lflag)
			}
			if left, _ := os.ReadDir(temp); len(left) > 0 {
				t.Errorf("%s is left", left[0].Name())
			}
		})
	}
}

// TestTypedAhead: what is typed while a query runs is there when it ends.
func TestTypedAhead(t *testing.T) {
	term := onTerminal(t, 24, 80, []string{"HOME=" + t.TempDir(), "LOGSQL_MIRROR=" + t.TempDir()}, "sql")
	term.shows("\nlogsql>")
	term.press("SELECT count(*) AS n FROM UNNEST(sequence(1, 10000)) AS a(x), UNNEST(sequence(1, 10000)) AS b(y) WHERE x * y % 7 = 3;<Enter>")
	term.press("SELECT 'ahead' AS typed;<Enter>")
	term.shows("│ ahead │")
}

// TestShellHistory: statements are kept whole, from run to run.
func TestShellHistory(t *testing.T) {
	env := []string{"HOME=" + t.TempDir(), "LOGSQL_MIRROR=" + t.TempDir()}
	first := onTerminal(t, 24, 80, env, "sql")
	first.shows("\nlogsql>")
	first.press("SELECT 1 AS a,<Enter>  '日志;' AS b;<Enter> SELECT 'kept out' AS c;<Enter>")
	first.shows("│ kept out │")
	first.still()
	first.press("<C-d>")
	first.ends()
	second := onTerminal(t, 24, 80, env, "sql")
	second.shows("\nlogsql>")
	second.press("<Up>")
	second.shows("logsql> SELECT 1 AS a,\n          '日志;' AS b;\n")
	second.press("<Enter>")
	second.shows("│ 1 │ 日志; │")
}

var foreground = regexp.MustCompile(`\x1b\[(1;)?[34]\d(;\d+)*m`)

// TestShellColors: keywords, NULL and the span of an error have colours, with
// NO_COLOR nothing has, and a dumb terminal gets no sequences at all.
func TestShellColors(t *testing.T) {
	for _, c := range []struct {
		env         string
		want        []string
		none        *regexp.Regexp
		completions string
	}{
		{"COLORTERM=", []string{"\x1b[1;34mSELECT\x1b[0m", "\x1b[2mNULL\x1b[0m", "\x1b[31m       ~~~~\x1b[0m", "\x1b[32m'a'\x1b[0m", "\x1b[2m  columns day\x1b[0m", "\x1b[1;34mSELECT\x1b[0m \"vpc_flow_logs\""}, nil, "<Tab>"},
		{"NO_COLOR=1", []string{"\x1b[", "       ~~~~"}, foreground, "<Tab>"},
		{"TERM=dumb", []string{"       ~~~~"}, regexp.MustCompile(`\x1b`), ""},
	} {
		term := onTerminal(t, 24, 80, []string{"HOME=" + t.TempDir(), "LOGSQL_MIRROR=" + t.TempDir(), c.env}, "sql")
		term.shows("\nlogsql>")
		term.press("SELECT NULL AS x, 'a' AS y;<Enter>")
		term.shows("│ a │")
		term.press("SELECT nope;<Enter>")
		term.shows("~~~~\nlogsql>")
		term.press("EXPLAIN SELECT day FROM vpc_flow_logs;<Enter>")
		term.shows("columns day\n\nSELECT")
		term.press("SELECT s" + c.completions)
		term.still()
		raw := term.written()
		for _, part := range c.want {
			if !strings.Contains(raw, part) {
				t.Errorf("%s: no %q in %q", c.env, part, raw)
			}
		}
		if c.none != nil && c.none.MatchString(raw) {
			t.Errorf("%s: %q in %q", c.env, c.none.FindString(raw), raw)
		}
	}
}
