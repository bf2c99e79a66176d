package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBashCompletes drives a bash on a terminal that has read the script and
// nothing else.
func TestBashCompletes(t *testing.T) {
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "my mirror"), 0o755); err != nil {
		t.Fatal(err)
	}
	term := onBash(t, home, shellMirror(t))
	for _, c := range []struct{ typed, line string }{
		{"logsql conv<Tab>", "logsql convert-parquet"},
		{"logsql sql --outpu<Tab>-f<Tab>x", "logsql sql --output-file x"},
		{"logsql sql --output athe<Tab>x", "logsql sql --output athena-csv x"},
		{"logsql sql --output=athe<Tab>x", "logsql sql --output=athena-csv x"},
		{"logsql sql --database inf<Tab>x", "logsql sql --database information_schema x"},
		{`logsql sql -c "SELECT count(*) FROM vpc<Tab>`, `logsql sql -c "SELECT count(*) FROM vpc_flow_logs"`},
		{`logsql sql -c 'SELECT "a" FROM s3_<Tab>`, `logsql sql -c 'SELECT "a" FROM s3_access_logs'`},
		{"logsql queries run flow-sg<Tab>x", "logsql queries run flow-sg-or-nacl x"},
		{"logsql queries sh<Tab>trail-root<Tab>x", "logsql queries show trail-root-use x"},
		{"logsql tables vpc<Tab>x", "logsql tables vpcx"},
		{"logsql --mirror my<Tab>x", `logsql --mirror my\ mirror/x`},
		{"logsql completion pow<Tab>x", "logsql completion powershell x"},
	} {
		term.press(c.typed)
		term.until(c.typed, func(screen string) bool {
			return strings.HasSuffix(strings.TrimRight(screen, "\n "), "$ "+c.line)
		})
		term.press("<C-e><C-u>")
		term.until("an empty line", func(screen string) bool { return strings.TrimSpace(screen) == "$" })
	}
	if text := term.text(); strings.Contains(text, "command not found") {
		t.Errorf("the screen is\n%s", text)
	}
}

// onBash is a bash on a terminal that knows logsql and its completion.
func onBash(t *testing.T, home, mirror string) *terminal {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("there is no bash")
	}
	script := (run{}).logsql(t, "completion", "bash")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	writeShellFile(t, filepath.Join(home, "rc"), "PS1='$ '\nbind 'set bell-style none'\nbind 'set enable-bracketed-paste off'\n"+
		"logsql() { "+asProgram+"=1 '"+self+"' \"$@\"; }\n"+script.stdout)
	cmd := exec.Command(bash, "--rcfile", "rc", "-i")
	term := startOnTerminal(t, 24, 100, []string{"HOME=" + home, "LOGSQL_MIRROR=" + mirror, "HISTFILE="}, cmd)
	term.shows("$")
	return term
}

// TestShellStops: Ctrl-Z stops the shell, at its prompt and while a query runs,
// and fg goes on where it was.
func TestShellStops(t *testing.T) {
	term := onBash(t, t.TempDir(), t.TempDir())
	term.press("logsql sql<Enter>")
	term.shows("\nlogsql>")
	term.press("SELECT 6 *<C-z>")
	term.shows("Stopped")
	term.press("echo between $((40 + 2))<Enter>")
	term.shows("\nbetween 42\n")
	term.press("fg<Enter>")
	term.shows("\nlogsql> SELECT 6 *\n")
	term.press(" 7 AS answer;<Enter>")
	term.shows("│     42 │")
	term.press("SELECT count(*) AS n FROM UNNEST(sequence(1, 10000)) AS a(x), UNNEST(sequence(1, 10000)) AS b(y), UNNEST(sequence(1, 4)) AS c(z) WHERE x * y % 7 = z;<Enter>")
	term.shows("s, Ctrl-C cancels")
	term.press("<C-z>")
	term.until("a second stop", func(screen string) bool { return strings.Count(screen, "Stopped") == 2 })
	term.press("fg<Enter>SELECT 'ahead' AS typed;<Enter>")
	term.shows("│ ahead │")
	term.press("<C-d>")
	term.until("bash again", func(screen string) bool { return strings.HasSuffix(screen, "\n$\n") })
}
