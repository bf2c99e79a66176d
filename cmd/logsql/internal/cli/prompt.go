package cli

import (
	"context"
	"errors"
	"os"
	"regexp"
	"strings"

	"logsql/cmd/logsql/internal/shell"
	"logsql/sql"
	"logsql/sql/syntax"
)

// prompt reads statements from a terminal and answers each at its semicolon.
// Ctrl-C ends the statement that runs and nothing else.
func (a *app) prompt(ctx context.Context, session *sql.Session, o sqlOptions, out *output) error {
	terminal, ok := a.out.(*os.File)
	errs, okErr := a.err.(*os.File)
	if !ok || !okErr {
		return errors.New("the prompt needs a terminal")
	}
	options := shell.Options{
		In: a.in.(*os.File), Out: terminal, Err: errs,
		Color: colored(errs),
		Mode:  o.output, Session: session, Host: host{a, session, out}, Params: out.params,
	}
	if o.outputFile != "" || !isTerminal(a.out) {
		options.File, options.FileName = out.w, o.outputFile
	}
	return shell.Run(ctx, options)
}

// host answers the shell's statements.
type host struct {
	app     *app
	session *sql.Session
	output  *output // as the flags have it
}

// on is the app with what it prints going to where the shell wants it.
func (h host) on(to shell.Output) *app {
	a := *h.app
	a.out, a.err = to.To, to.Err
	return &a
}

func (h host) Run(ctx context.Context, src string, from shell.Source, to shell.Output) bool {
	a := h.on(to)
	out := *h.output
	out.w, out.format, out.options, out.color, out.plain = to.To, to.Format, to.Options, to.Options.Color, !to.Asked
	out.parquet, out.params, out.paint = to.Parquet, to.Params, to.Paint
	if out.account != nil {
		of := *out.account
		of.stats, of.brief, out.account = to.Timer, !to.Bytes, &of
	}
	src = strings.Repeat("\n", from.Line) + src // lines are the file's
	parsed, err := parse(src, out.params)
	a.tolerated(parsed)
	out.src = src
	for _, statement := range parsed.Statements {
		out.count = 0 // the footer divides them
		if err := a.answer(ctx, h.session, statement, &out); err != nil {
			return h.told(ctx, a, err, src, from)
		}
	}
	return h.told(ctx, a, err, src, from)
}

// told prints err, if it is one, and reports whether there was none. Somebody
// who leaves the pager has seen enough.
func (h host) told(ctx context.Context, a *app, err error, src string, from shell.Source) bool {
	switch {
	case err == nil, errors.Is(err, shell.ErrLeft):
		return err == nil
	case ctx.Err() != nil:
		err = ctx.Err() // however the database words it
	}
	err = asShellHint(err)
	printErrorIn(a.err, inSource(err, src, from.File), colored(h.app.err))
	return false
}

// Command runs a command of logsql's on this mirror.
func (h host) Command(ctx context.Context, to shell.Output, args ...string) error {
	a := h.on(to)
	root := a.root()
	root.SetArgs(append([]string{"--mirror", h.app.mirror}, args...))
	root.SetIn(strings.NewReader(""))
	root.SetOut(to.To)
	root.SetErr(to.Err)
	err := root.ExecuteContext(ctx)
	if errors.Is(err, errIncomplete) {
		return nil // it was reported
	}
	return err
}

func (h host) Error(err error) { printError(h.app.err, err) }

// asShellHint words a hint about a flag as the shell's command.
func asShellHint(err error) error {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return err
	}
	hinted := *e
	hinted.Hint = flagParam.ReplaceAllString(e.Hint, ".param $1 VALUE")
	return &hinted
}

var flagParam = regexp.MustCompile(`--param (\w+)=VALUE`)
