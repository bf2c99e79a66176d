// Package shell is the SQL shell on a terminal: it edits, completes, keeps a
// history, knows the dot commands, and shows answers. What a statement answers
// is its Host's.
package shell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"

	"logsql/cmd/logsql/internal/render"
	"logsql/sql"
)

// Host is the command line that the shell is part of.
type Host interface {
	// Run runs the statements of src, which are from the line from of the file
	// (both zero where they were entered), and writes their answers. It prints
	// errors itself and reports whether there were any.
	Run(ctx context.Context, src string, from Source, to Output) bool
	// Command runs a command of logsql's on the same mirror.
	Command(ctx context.Context, to Output, args ...string) error
	// Error prints an error.
	Error(err error)
}

// Source is where statements are from.
type Source struct {
	File string
	Line int // before them in the file
}

// Output is how an answer is written.
type Output struct {
	To, Err io.Writer
	Format  render.Format
	Options render.Options
	Asked   bool // a format was asked for: also lines of text are shown in it
	Timer   bool // tell how long it took
	Bytes   bool // tell what was read, and what Athena would have scanned
	Parquet bool // instead of Format
	Params  []sql.Param

	// Paint colours an answer of lines, by the name of its column; nil for none.
	Paint func(title, text string) string
}

// Options of a shell.
type Options struct {
	In, Out, Err *os.File
	Color        bool
	Mode         string // the format asked for, "" for none
	Session      *sql.Session
	Host         Host
	File         io.Writer // where results go instead of the screen; nil for the screen
	FileName     string
	Params       []sql.Param // values given to parameters so far
}

// Shell is one run of the shell.
type Shell struct {
	Options
	color    bool
	editor   editor
	history  *history
	names    *catalogNames
	settings settings
	last     string // the last statements entered, for .edit
	reading  int    // how many files deep
	running  canceller
	tty      *tty
}

// errLeave ends the shell.
var errLeave = errors.New("leave")

// Run reads and answers until the user leaves.
func Run(ctx context.Context, o Options) error {
	s := &Shell{Options: o, color: o.Color, names: &catalogNames{session: o.Session}}
	s.settings = defaults(o.Mode)
	s.settings.params = o.Params
	if o.File != nil {
		s.settings.file = &resultFile{w: o.File, name: o.FileName}
	}
	var err error
	if s.history, err = openHistory(homeFile(".logsql_history")); err != nil {
		s.note("the history is not kept: %s", err)
		s.history.file = ""
	}
	s.tty = openTTY(s.In)
	defer s.tty.restore()
	s.editor = s.chooseEditor()
	stop := s.running.watch(s.tty)
	defer stop()
	if err := s.startup(ctx); err != nil {
		return leaving(err)
	}
	s.note(`Statements end with ";". .help lists the commands, Ctrl-D leaves.`)
	err = leaving(s.loop(ctx))
	if s.running.ending() {
		err = context.Canceled
	}
	return errors.Join(err, s.settings.finishOnce(false), s.settings.closeFile())
}

func leaving(err error) error {
	if errors.Is(err, errLeave) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (s *Shell) chooseEditor() editor {
	if os.Getenv("TERM") == "dumb" || !isTerminal(s.Out) {
		return &lines{in: bufio.NewReader(s.In), out: s.Err, prompt: s.promptText}
	}
	s.tty.wait()
	e := s.newScreenEditor()
	s.running.wake = e.interrupt
	return e
}

func (s *Shell) loop(ctx context.Context) error {
	for !s.running.ending() {
		src, err := s.editor.read()
		if errors.Is(err, errCleared) {
			continue
		}
		if err != nil {
			return err
		}
		if _, plain := s.editor.(*lines); plain {
			s.history.Write(src)
		} else {
			s.tty.wait() // also where the shell was stopped, and others changed the modes
		}
		if err := s.enter(ctx, src); err != nil {
			return err
		}
	}
	return nil
}

// enter runs what was entered; only errLeave comes back, other errors are
// printed.
func (s *Shell) enter(ctx context.Context, src string) error {
	parts, _ := pieces(src) // a paste may hold commands and statements
	for _, part := range parts {
		text := strings.TrimSpace(part)
		switch {
		case isLeaving(text):
			return errLeave
		case isCommand(text):
			err := s.command(ctx, text)
			if errors.Is(err, errLeave) {
				return err
			}
			if err != nil {
				s.Host.Error(err)
				return nil
			}
		case !s.run(ctx, part, Source{}):
			return nil
		}
	}
	return nil
}

// run runs statements and reports whether all went well.
func (s *Shell) run(ctx context.Context, src string, from Source) bool {
	if from.File == "" {
		s.last = strings.TrimSpace(src)
	}
	ctx, done := s.running.begin(ctx)
	defer done()
	screen := s.newScreen(done)
	ok := s.Host.Run(sql.WithProgress(ctx, &screen.progress), src, from, s.output(screen))
	screen.close()
	s.names.cat = nil // the statements may have changed it
	return s.endOnce(ok)
}

// endOnce tells of the file that .once made of a result.
func (s *Shell) endOnce(ok bool) bool {
	once := s.settings.once
	if once == nil {
		return ok
	}
	if err := s.settings.finishOnce(ok); err != nil {
		s.Host.Error(err)
		return false
	}
	if !ok {
		s.note("%s was not written", once.name)
	}
	return ok
}

// startup runs ~/.logsqlrc.
func (s *Shell) startup(ctx context.Context) error {
	file := homeFile(".logsqlrc")
	if _, err := os.Stat(file); err != nil {
		return nil
	}
	err := s.readFile(ctx, file)
	if err != nil && !errors.Is(err, errLeave) {
		s.Host.Error(err)
		return nil
	}
	return err
}

const maxReading = 16

// readFile runs a file's commands and statements, up to the first that fails.
func (s *Shell) readFile(ctx context.Context, file string) error {
	if s.reading >= maxReading {
		return fmt.Errorf(".read: %s: files that read files, more than %d deep", file, maxReading)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf(".read: %w", err)
	}
	s.reading++
	defer func() { s.reading-- }()
	parts, from := pieces(string(text))
	for i, part := range parts {
		switch text := strings.TrimSpace(part); {
		case isLeaving(text):
			return errLeave
		case isCommand(text):
			if err := s.command(ctx, text); err != nil {
				return s.inFile(err, file, from[i]+1)
			}
		case !s.run(ctx, part, Source{File: file, Line: from[i]}):
			return nil // it was printed
		}
	}
	return nil
}

func (s *Shell) inFile(err error, file string, line int) error {
	if errors.Is(err, errLeave) || strings.Contains(err.Error(), file) {
		return err
	}
	return fmt.Errorf("%s:%d: %w", file, line, err)
}

func (s *Shell) promptText() string {
	prompt := "logsql> "
	if db := s.Session.Database(); db != "default" {
		prompt = "logsql:" + db + "> "
	}
	return s.colored(blue, prompt)
}

func (s *Shell) continued() string { return s.colored(dim, "  ...> ") }

func (s *Shell) colored(color, text string) string {
	if !s.color {
		return text
	}
	return color + text + reset
}

func (s *Shell) note(format string, args ...any) {
	fmt.Fprintln(s.Err, s.colored(dim, fmt.Sprintf(format, args...)))
}

// homeFile is a file in the user's home folder, "" where there is none.
func homeFile(name string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, name)
}

// canceller makes Ctrl-C end what runs and nothing else. SIGTERM and SIGHUP, as
// when the window is closed, end the shell too: its terminal and its files are
// left in order.
type canceller struct {
	signals chan os.Signal
	cancels chan context.CancelFunc
	over    atomic.Bool
	child   atomic.Pointer[os.Process] // the pager or another command on the terminal
	wake    func()                     // ends the editor's wait for a key; nil where it has none
}

// watch takes the signals for as long as the shell runs.
func (c *canceller) watch(t *tty) (stop func()) {
	c.signals, c.cancels = make(chan os.Signal, 1), make(chan context.CancelFunc)
	end := make(chan struct{})
	signal.Notify(c.signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		var cancel context.CancelFunc
		for {
			select {
			case cancel = <-c.cancels:
			case s := <-c.signals:
				if s != os.Interrupt {
					c.leave(s, t)
				}
				if cancel != nil {
					cancel()
				}
			case <-end:
				return
			}
		}
	}()
	return func() { signal.Stop(c.signals); close(end) }
}

// leave ends the shell at the next prompt, or the one it is at. A second signal
// ends the process as usual.
func (c *canceller) leave(s os.Signal, t *tty) {
	signal.Reset(s)
	c.over.Store(true)
	if child := c.child.Load(); child != nil {
		_ = child.Signal(s)
	}
	if c.wake != nil {
		c.wake()
		return
	}
	t.restore()
	_ = syscall.Kill(os.Getpid(), s.(syscall.Signal))
}

func (c *canceller) ending() bool { return c.over.Load() }

// begin is a context that Ctrl-C ends, until done is called.
func (c *canceller) begin(ctx context.Context) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	c.cancels <- cancel
	if c.ending() {
		cancel()
	}
	return ctx, cancel
}
