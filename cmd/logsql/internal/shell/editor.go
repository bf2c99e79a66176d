package shell

import (
	"bufio"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/reeflective/readline"
	"github.com/reeflective/readline/inputrc"
)

// errCleared is Ctrl-C where nothing runs: the input is dropped.
var errCleared = errors.New("the input was cleared")

// editor gives what is entered, a whole statement or command at a time; io.EOF
// is Ctrl-D.
type editor interface {
	read() (string, error)
}

// lines is the editor of terminals that can do nothing (TERM=dumb).
type lines struct {
	in     *bufio.Reader
	out    io.Writer
	prompt func() string
}

func (l *lines) read() (string, error) {
	src := ""
	for {
		prompt := l.prompt()
		if src != "" {
			prompt = strings.Repeat(" ", max(0, len(prompt)-3)) + "-> "
		}
		io.WriteString(l.out, prompt)
		line, err := l.in.ReadString('\n')
		src += line
		switch {
		case err != nil && strings.TrimSpace(src) != "":
			return src, nil
		case err != nil:
			io.WriteString(l.out, "\n")
			return "", err
		case whole(src):
			return src, nil
		}
	}
}

// screenEditor edits on a terminal, with readline.
type screenEditor struct {
	rl       *readline.Shell
	out      *os.File
	color    bool
	inEditor func(text string) (string, error)
	tty      *tty

	history *history
	at      int    // the entry that is shown; behind the last for a new one
	draft   string // the new one, while another is shown
}

func (s *Shell) newScreenEditor() *screenEditor {
	rl := readline.NewShell(inputrc.WithApp("logsql"))
	for name, value := range map[string]any{
		"enable-bracketed-paste":       true,  // pasted lines are one input
		"cursor-position-probe":        false, // it loses what is typed ahead of the terminal's answer; see atBottom
		"convert-meta":                 false, // letters such as é are no keys with Meta
		"completion-ignore-case":       true,
		"menu-complete-display-prefix": true,
		"echo-control-characters":      false, // ^C would stand in the text
		"comment-begin":                noComment,
		"multiline-column":             false,
		"bell-style":                   "none",
	} {
		_ = rl.Config.Set(name, value)
	}
	if !s.color {
		_ = rl.Config.Set("completion-selection-style", "\x1b[7m")
	}
	rl.Prompt.Primary(s.promptText)
	rl.Prompt.Secondary(func() string { return s.continued() })
	rl.AcceptMultiline = func(line []rune) bool { return whole(string(line)) }
	if s.color {
		rl.SyntaxHighlighter = func(line []rune) string { return highlight(string(line)) }
	}
	rl.Completer = s.complete
	rl.History.Add("history", s.history)
	e := &screenEditor{rl: rl, out: s.Out, color: s.color, history: s.history, inEditor: s.edit, tty: s.tty}
	e.bind()
	return e
}

// noComment keeps readline from colouring comments by itself: it does so inside
// texts too.
const noComment = "\u0001"

func (e *screenEditor) read() (string, error) {
	e.at, e.draft = e.history.Len(), ""
	restore, err := e.redirect()
	if err != nil {
		return "", err
	}
	line, err := e.rl.Readline()
	restore()
	if errors.Is(err, readline.ErrInterrupt) {
		return "", errCleared
	}
	return line, err
}

// atBottom is how readline clears what is below the line: it goes down, which
// a terminal does not at the bottom of its window, and up again, which it does.
// A line feed instead makes room there.
var atBottom = regexp.MustCompile(`\x1b\[1B((?:\x1b\[\d+D)?\x1b\[0?J)\x1b\[1A`)

// colors are those that readline uses of itself.
var colors = regexp.MustCompile(`\x1b\[(1;)?[34]\d(;\d+)*m`)

// redirect mends what readline writes on its way to the terminal; restore ends
// that once all of it is there.
func (e *screenEditor) redirect() (restore func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	was, done := os.Stdout, make(chan struct{})
	os.Stdout = w
	go func() {
		defer close(done)
		buf := make([]byte, 64<<10) // a frame is one write, and smaller
		for {
			n, err := r.Read(buf)
			frame := atBottom.ReplaceAll(buf[:n], []byte("\n$1\x1b[1A"))
			if !e.color {
				frame = colors.ReplaceAll(frame, nil)
			}
			e.out.Write(frame)
			if err != nil {
				return
			}
		}
	}()
	return func() {
		os.Stdout = was
		w.Close()
		<-done
		r.Close()
	}, nil
}

// complete gives readline the candidates. It wants values that begin with what
// stands before the cursor, and takes an empty beginning for the word before.
func (s *Shell) complete(line []rune, cursor int) readline.Completions {
	src := string(line)
	at := len(string(line[:cursor]))
	var c completion
	if isCommand(src) {
		c = s.completeCommand(src[:at])
	} else {
		c = completeSQL(src, at, s.names)
	}
	lead := src[c.from:at]
	extra := ""
	if lead == "" && c.from > 0 {
		extra = src[c.from-1 : c.from]
	}
	var values []readline.Completion
	width, height := s.size()
	shown, left := fitting(c.candidates, width, height-4)
	for _, x := range shown {
		shown := x.text
		if x.about != "" {
			shown += " " + s.colored(dim, shortened(x.about, aboutWidth))
		}
		values = append(values, readline.Completion{Value: extra + x.text, Display: shown, Tag: x.group})
	}
	out := readline.CompleteRaw(values).NoSpace().NoSort()
	out.PREFIX = extra + lead
	switch {
	case left > 0:
		out = out.Usage("%d more: type on", left)
	case c.usage != "":
		out = out.Usage("%s", c.usage)
	}
	return out
}

const aboutWidth = 50

// fitting are the first candidates for which there is room, and how many are
// left out; readline scrolls its own line away with too many. What they all
// begin with is never more than all candidates do, as Tab writes it.
func fitting(all []candidate, width, rows int) (some []candidate, left int) {
	used := 0
	for i := 0; i < len(all); {
		n := 1
		for i+n < len(all) && all[i+n].group == all[i].group {
			n++
		}
		widest := 0
		for _, c := range all[i : i+n] {
			widest = max(widest, len(c.text)+min(len(c.about), aboutWidth)+3)
		}
		perRow := max(1, width/widest)
		room := (rows - used - 1) * perRow
		if room <= 0 {
			break
		}
		some = append(some, all[i:i+min(n, room)]...)
		used += 1 + (min(n, room)+perRow-1)/perRow
		i += n
	}
	begin := beginning(some)
	for _, c := range all[len(some):] {
		if !strings.HasPrefix(c.text, begin) {
			some = append(some, c)
			break
		}
	}
	return some, len(all) - len(some)
}

// beginning is what all candidates begin with.
func beginning(all []candidate) string {
	if len(all) == 0 {
		return ""
	}
	begin := all[0].text
	for _, c := range all {
		for !strings.HasPrefix(c.text, begin) {
			begin = begin[:len(begin)-1]
		}
	}
	return begin
}

func shortened(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}

// edit opens $VISUAL or $EDITOR on text and returns what was saved.
func (s *Shell) edit(text string) (string, error) {
	f, err := os.CreateTemp("", "logsql-*.sql")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	if err := s.foreground(editorCommand(), f.Name()); err != nil {
		return "", err
	}
	edited, err := os.ReadFile(f.Name())
	return string(edited), err
}

func editorCommand() string {
	for _, name := range []string{"LOGSQL_EDITOR", "VISUAL", "EDITOR"} {
		if command := os.Getenv(name); command != "" {
			return command
		}
	}
	return "vi"
}
