package shell

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"logsql/sql"
)

// screen is where an answer is shown: on the terminal as it stands where it
// fits, else through a pager. Until the first of it comes, it tells on standard
// error that work goes on.
type screen struct {
	s        *Shell
	mu       sync.Mutex
	held     bytes.Buffer
	lines    int
	pager    *exec.Cmd
	pipe     io.WriteCloser
	back     func() // takes the terminal from the pager
	shown    bool   // that work goes on
	over     bool   // the pager was left
	passed   bool   // nothing is held any more
	cancel   func() // ends the statement
	finished chan struct{}
	progress sql.Progress
}

func (s *Shell) newScreen(cancel func()) *screen {
	c := &screen{s: s, cancel: cancel, finished: make(chan struct{})}
	go c.tell()
	return c
}

// tellAfter is when a statement takes long enough to tell.
const tellAfter = time.Second

// tell says every second how long it has taken.
func (c *screen) tell() {
	if os.Getenv("TERM") == "dumb" {
		return
	}
	begun := time.Now()
	tick := time.NewTicker(tellAfter)
	defer tick.Stop()
	for {
		select {
		case <-c.finished:
			return
		case <-tick.C:
			c.mu.Lock()
			if c.pager == nil {
				c.shown = true
				fmt.Fprintf(c.s.Err, "\r\x1b[K%s", c.s.colored(dim, c.standing(time.Since(begun))))
			}
			c.mu.Unlock()
		}
	}
}

// standing is how far the statement is.
func (c *screen) standing(took time.Duration) string {
	percent, known := c.progress.Percent()
	if !known || percent == 0 {
		return fmt.Sprintf("%.0f s, Ctrl-C cancels", took.Seconds())
	}
	return fmt.Sprintf("%.0f s, %.0f %%, Ctrl-C cancels", took.Seconds(), percent)
}

// clear takes the line of tell away; the lock is held.
func (c *screen) clear() {
	if c.shown {
		fmt.Fprint(c.s.Err, "\r\x1b[K")
		c.shown = false
	}
}

// Write holds back what may fit the screen.
func (c *screen) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	if c.over {
		return 0, ErrLeft
	}
	if c.pipe == nil && !c.passed {
		c.held.Write(p)
		if c.lines += bytes.Count(p, []byte("\n")); c.lines < c.s.height()-1 {
			return len(p), nil
		}
		return len(p), c.page()
	}
	return c.pass(p)
}

func (c *screen) pass(p []byte) (int, error) {
	if c.pipe == nil {
		return c.s.Out.Write(p)
	}
	n, err := c.pipe.Write(p)
	if err != nil {
		c.over = true
		return n, ErrLeft
	}
	return n, nil
}

// page begins a pager with what is held; where there is none, all goes to the
// terminal.
func (c *screen) page() error {
	if err := c.startPager(); err != nil {
		c.passed = true
	}
	_, err := c.pass(c.held.Bytes())
	c.held.Reset()
	return err
}

func (c *screen) startPager() error {
	command := pagerCommand()
	if command == "" || !c.s.settings.pager {
		return errors.New("there is no pager")
	}
	cmd := exec.Command("sh", "-c", command)
	cmd.Stdout, cmd.Stderr = c.s.Out, c.s.Err
	cmd.Env = os.Environ()
	if os.Getenv("LESS") == "" {
		cmd.Env = append(cmd.Env, "LESS=SRFX")
	}
	if os.Getenv("LESSCHARSET") == "" { // less writes UTF-8 as numbers where no locale is set
		cmd.Env = append(cmd.Env, "LESSCHARSET=utf-8")
	}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	back := c.s.tty.lend()
	if err := cmd.Start(); err != nil {
		back()
		return err
	}
	c.s.running.child.Store(cmd.Process)
	c.pager, c.pipe, c.back = cmd, pipe, back
	return nil
}

// pagerCommand is $PAGER, else less where there is one.
func pagerCommand() string {
	if command, set := os.LookupEnv("PAGER"); set {
		return command
	}
	if _, err := exec.LookPath("less"); err == nil {
		return "less -SRFX"
	}
	return ""
}

// close shows what is held, or waits until the user leaves the pager.
func (c *screen) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.finished:
		return
	default:
		close(c.finished)
	}
	c.clear()
	c.settle()
}

// Settle brings what was written to the user: a footer that takes its time comes
// behind it.
func (c *screen) Settle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	c.settle()
}

// settle brings all that was written to the user; the lock is held.
func (c *screen) settle() {
	if c.pager != nil {
		c.pipe.Close()
		c.pager.Wait()
		c.s.running.child.Store(nil)
		c.back()
		c.pager, c.pipe, c.passed = nil, nil, true
		return
	}
	c.s.Out.Write(c.held.Bytes())
	c.held.Reset()
	c.lines = 0
}

// messages is standard error: what is written to it comes after the answer so
// far.
func (c *screen) messages() io.Writer { return messages{c} }

type messages struct{ c *screen }

func (m messages) Write(p []byte) (int, error) {
	m.c.mu.Lock()
	defer m.c.mu.Unlock()
	m.c.clear()
	m.c.settle()
	m.c.passed, m.c.over = false, false
	return m.c.s.Err.Write(p)
}

// ErrLeft ends a statement whose reader has seen enough.
var ErrLeft = fmt.Errorf("the pager was left: %w", io.ErrClosedPipe)

func (s *Shell) size() (width, height int) {
	ws, err := unix.IoctlGetWinsize(int(s.Out.Fd()), unix.TIOCGWINSZ)
	if err != nil || ws.Col == 0 || ws.Row == 0 {
		return 80, 24
	}
	return int(ws.Col), int(ws.Row)
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	return err == nil
}

func (s *Shell) width() int  { w, _ := s.size(); return w }
func (s *Shell) height() int { _, h := s.size(); return h }

// foreground runs a command of the user's on the terminal.
func (s *Shell) foreground(command string, args ...string) error {
	cmd := exec.Command("sh", append([]string{"-c", command + ` "$@"`, "logsql"}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.In, s.Out, s.Err
	defer s.tty.lend()()
	err := cmd.Start()
	if err == nil {
		s.running.child.Store(cmd.Process)
		defer s.running.child.Store(nil)
		err = cmd.Wait()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	return nil
}
