package main

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/sys/unix"
)

// terminal is logsql on a pseudo-terminal, and the screen that its user sees.
type terminal struct {
	t    *testing.T
	pty  *os.File
	cmd  *exec.Cmd
	done chan struct{} // its output has ended

	mu     sync.Mutex
	screen screen
	last   time.Time // when the screen changed
	raw    bytes.Buffer
}

// onTerminal starts the program in its user's home, which the first of env is.
func onTerminal(t *testing.T, rows, cols int, env []string, args ...string) *terminal {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return startOnTerminal(t, rows, cols, env, exec.Command(self, args...))
}

func startOnTerminal(t *testing.T, rows, cols int, env []string, cmd *exec.Cmd) *terminal {
	t.Helper()
	cmd.Dir, _ = strings.CutPrefix(env[0], "HOME=")
	cmd.Env = append(cleanEnv(), asProgram+"=1", "TERM=xterm-256color", "PAGER=", "LESSHISTFILE=-", "INPUTRC=/dev/null")
	cmd.Env = append(cmd.Env, env...)
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(rows), Cols: uint16(cols)})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, pty: f, cmd: cmd, done: make(chan struct{}), screen: screen{rows: rows, cols: cols, lines: [][]rune{{}}}}
	go term.watch()
	t.Cleanup(func() {
		cmd.Process.Kill()
		f.Close()
		<-term.done
	})
	return term
}

func (x *terminal) watch() {
	defer close(x.done)
	buf := make([]byte, 64<<10)
	for {
		n, err := x.pty.Read(buf)
		x.mu.Lock()
		x.raw.Write(buf[:n])
		x.screen.write(buf[:n])
		x.last = time.Now()
		x.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// keys are what a script writes for keys that are no characters.
var keys = strings.NewReplacer("<Enter>", "\r", "<Tab>", "\t", "<Esc>", "\x1b", "<BS>", "\x7f", "<Up>", "\x1b[A", "<Down>", "\x1b[B",
	"<Right>", "\x1b[C", "<Left>", "\x1b[D", "<Home>", "\x1b[H", "<End>", "\x1b[F", "<C-a>", "\x01", "<C-c>", "\x03", "<C-d>", "\x04", "<C-e>", "\x05",
	"<C-b>", "\x02", "<C-f>", "\x06", "<C-g>", "\x07", "<C-h>", "\x08", "<C-n>", "\x0e", "<C-p>", "\x10", "<C-t>", "\x14", "<C-_>", "\x1f",
	"<A-b>", "\x1bb", "<A-d>", "\x1bd", "<A-f>", "\x1bf", "<A-BS>", "\x1b\x7f", "<Del>", "\x1b[3~", "<F5>", "\x1b[15~", "<C-Left>", "\x1b[1;5D", "<C-Right>", "\x1b[1;5C",
	"<C-k>", "\x0b", "<C-l>", "\x0c", "<C-r>", "\x12", "<C-u>", "\x15", "<C-w>", "\x17", "<C-x>", "\x18", "<C-y>", "\x19", "<C-z>", "\x1a", "<Paste>", "\x1b[200~", "</Paste>", "\x1b[201~", "<nl>", "\n")

func (x *terminal) press(text string) {
	x.mu.Lock()
	x.last = time.Now()
	x.mu.Unlock()
	if _, err := x.pty.WriteString(keys.Replace(text)); err != nil {
		x.t.Fatal(err)
	}
}

func (x *terminal) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.screen.text()
}

// written is all that came so far, as it came.
func (x *terminal) written() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.raw.String()
}

// until waits until the screen is as it has to be.
func (x *terminal) until(what string, is func(screen string) bool) string {
	x.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		now := x.text()
		if is(now) {
			return now
		}
		if time.Now().After(deadline) {
			x.t.Fatalf("no %s; the screen is\n%s", what, now)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (x *terminal) shows(part string) string {
	x.t.Helper()
	return x.until(strconv.Quote(part), func(s string) bool { return strings.Contains(s, part) })
}

// still is the screen once nothing has come for a while.
func (x *terminal) still() string {
	for {
		x.mu.Lock()
		quiet := time.Since(x.last)
		x.mu.Unlock()
		if quiet > time.Second {
			return x.text()
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// modes are those of the terminal.
func (x *terminal) modes() *unix.Termios {
	x.t.Helper()
	modes, err := unix.IoctlGetTermios(int(x.pty.Fd()), unix.TCGETS)
	if err != nil {
		x.t.Fatal(err)
	}
	return modes
}

// ends waits for the program to end and returns its status.
func (x *terminal) ends() int {
	x.t.Helper()
	ended := make(chan struct{})
	go func() { x.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
		return x.cmd.ProcessState.ExitCode()
	case <-time.After(30 * time.Second):
		x.t.Fatalf("it does not end; the screen is\n%s", x.text())
		return -1
	}
}

// screen is what a terminal of so many rows and columns shows; lines that went
// out above are kept, as scrolling up shows them.
type screen struct {
	rows, cols int
	lines      [][]rune // a wide character takes two places, the second 0
	top        int      // the first line on the screen
	row, col   int      // of the cursor; row counts from top
	rest       []byte   // of a sequence that is not whole yet
}

func (s *screen) write(p []byte) {
	p = append(s.rest, p...)
	for len(p) > 0 {
		n := s.step(p)
		if n == 0 {
			break
		}
		p = p[n:]
	}
	s.rest = append([]byte(nil), p...)
}

// step takes one character or sequence and returns its length, 0 where more has
// to come.
func (s *screen) step(p []byte) int {
	switch c := p[0]; {
	case c == 0x1b:
		return s.escape(p)
	case c == '\r':
		s.col = 0
	case c == '\n':
		s.down(1)
	case c == '\b':
		s.col = max(0, s.col-1)
	case c == '\t':
		s.col = min(s.cols-1, s.col/8*8+8)
	case c < 0x20:
	default:
		if !utf8.FullRune(p) {
			return 0
		}
		r, n := utf8.DecodeRune(p)
		s.put(r)
		return n
	}
	return 1
}

func (s *screen) put(r rune) {
	width := text.RuneWidth(r)
	if s.col+width > s.cols {
		s.col = 0
		s.down(1)
	}
	line := s.line()
	for len(*line) < s.col+width {
		*line = append(*line, ' ')
	}
	(*line)[s.col] = r
	for i := 1; i < width; i++ {
		(*line)[s.col+i] = 0
	}
	s.col += width
}

func (s *screen) line() *[]rune {
	for len(s.lines) <= s.top+s.row {
		s.lines = append(s.lines, nil)
	}
	return &s.lines[s.top+s.row]
}

func (s *screen) down(n int) {
	for range n {
		if s.row < s.rows-1 {
			s.row++
		} else {
			s.top++
		}
	}
	s.line()
}

func (s *screen) escape(p []byte) int {
	if len(p) < 2 {
		return 0
	}
	if p[1] != '[' {
		return 2
	}
	for i := 2; i < len(p); i++ {
		if p[i] >= 0x40 && p[i] <= 0x7e {
			s.control(string(p[2:i]), p[i])
			return i + 1
		}
	}
	return 0
}

func (s *screen) control(params string, final byte) {
	first, second, _ := strings.Cut(params, ";")
	n, err := strconv.Atoi(first)
	if err != nil {
		n = 0
	}
	count := max(1, n)
	switch final {
	case 'A':
		s.row = max(0, s.row-count)
	case 'B':
		s.row = min(s.rows-1, s.row+count)
	case 'C':
		s.col = min(s.cols-1, s.col+count)
	case 'D':
		s.col = max(0, s.col-count)
	case 'H':
		m, _ := strconv.Atoi(second)
		s.row, s.col = min(s.rows, count)-1, min(s.cols, max(1, m))-1
	case 'J':
		s.erase(n)
	case 'K':
		s.eraseLine(n)
	}
}

func (s *screen) erase(how int) {
	if how == 0 {
		s.eraseLine(0)
		s.lines = s.lines[:s.top+s.row+1]
		return
	}
	s.top = len(s.lines)
	s.line()
}

func (s *screen) eraseLine(how int) {
	line := s.line()
	if how == 0 || how == 2 {
		*line = (*line)[:min(len(*line), s.col)]
	}
	if how == 1 || how == 2 {
		for i := range min(len(*line), s.col+1) {
			(*line)[i] = ' '
		}
	}
}

// text is the screen with what went out above, and the cursor as ▁ where it is
// not at the end of its line.
func (s *screen) text() string {
	var b strings.Builder
	for _, line := range s.lines {
		b.WriteString(strings.TrimRight(strings.ReplaceAll(string(line), "\x00", ""), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
