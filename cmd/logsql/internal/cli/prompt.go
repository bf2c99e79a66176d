package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"logsql/sql"
	"logsql/sql/syntax"
)

// prompt reads statements from a terminal and answers each at its semicolon.
// Ctrl-C ends the statement that runs and nothing else.
func (a *app) prompt(ctx context.Context, session *sql.Session, out *output) error {
	fmt.Fprintln(a.err, `Statements end with ";". Ctrl-D or "quit" leaves.`)
	in := bufio.NewReader(a.in)
	src := ""
	for {
		if strings.TrimSpace(src) == "" {
			src = ""
			fmt.Fprint(a.err, "logsql> ")
		} else {
			fmt.Fprint(a.err, "     -> ")
		}
		line, err := in.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		end := err != nil
		if src == "" && isQuit(line) {
			return nil
		}
		src += line
		if end || whole(src) {
			a.interactive(ctx, session, src, out)
			src = ""
		}
		if end {
			fmt.Fprintln(a.err)
			return nil
		}
	}
}

func isQuit(line string) bool {
	switch strings.ToLower(strings.TrimRight(strings.TrimSpace(line), ";")) {
	case "quit", "exit", ".quit", `\q`:
		return true
	}
	return false
}

// whole reports whether src ends at a semicolon that ends a statement: not one
// inside a text or a comment.
func whole(src string) bool {
	if !strings.HasSuffix(strings.TrimSpace(src), ";") {
		return false
	}
	_, err := syntax.Parse(src)
	return !syntax.IsIncomplete(err)
}

// interactive runs src and prints its error, if there is one, and goes on.
func (a *app) interactive(ctx context.Context, session *sql.Session, src string, out *output) {
	ctx, stop := interruptible(ctx)
	defer stop()
	parsed, parseErr := syntax.ParseScript(src)
	a.tolerated(parsed)
	out.src = src
	for _, statement := range parsed.Statements {
		if err := a.answerTimed(ctx, session, statement, out); err != nil {
			printError(a.err, inSource(err, src, ""))
			return
		}
	}
	if parseErr != nil {
		printError(a.err, inSource(parseErr, src, ""))
	}
}

// answerTimed is answer without a line between results: the footer divides them.
func (a *app) answerTimed(ctx context.Context, session *sql.Session, statement syntax.Statement, out *output) error {
	rows := 0
	return a.answer(ctx, session, statement, out.counting(&rows))
}
