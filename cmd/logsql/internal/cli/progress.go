package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

// progress shows on standard error how far a command is: one line that changes
// on a terminal, plain lines where --progress=plain asks for them, else nothing.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	every time.Duration // 0 shows nothing
	plain bool
	last  time.Time
	shown bool
}

var progressModes = []string{"auto", "plain", "none"}

func progressFlag(cmd *cobra.Command, mode *string) {
	cmd.Flags().StringVar(mode, "progress", "auto", "`how` to show progress: auto (on a terminal), plain (lines) or none")
}

func (a *app) progress(mode string) (*progress, error) {
	p := &progress{w: a.err, last: time.Now()}
	switch {
	case mode == "plain":
		p.every, p.plain = 2*time.Second, true
	case mode == "auto" && isTerminal(a.err) && os.Getenv("TERM") != "dumb":
		p.every = 200 * time.Millisecond
	case mode != "auto" && mode != "none":
		return nil, usagef("it is one of "+strings.Join(progressModes, ", "), "--progress: there is no way %q", mode)
	}
	return p, nil
}

// show writes the line that text makes, when it is time for one.
func (p *progress) show(text func() string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.every == 0 || time.Since(p.last) < p.every {
		return
	}
	p.last, p.shown = time.Now(), true
	if p.plain {
		fmt.Fprintln(p.w, text())
		return
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", cut(text(), p.width()-1))
}

// width is how much fits into a line of the terminal: what goes over it could
// not be cleared.
func (p *progress) width() int {
	if f, ok := p.w.(*os.File); ok {
		if ws, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err == nil && ws.Col > 1 {
			return int(ws.Col)
		}
	}
	return 80
}

// end ends the progress with a line that stays, if there is something to say.
func (p *progress) end(text func() string) {
	shows := p.every > 0
	p.done()
	if text := text(); shows && text != "" {
		fmt.Fprintln(p.w, text)
	}
}

// done clears a terminal's line.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown && !p.plain {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.every = 0
}
