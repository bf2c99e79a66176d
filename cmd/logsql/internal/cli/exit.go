package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"logsql/ingest"
	"logsql/ingest/mirror"
	"logsql/sql"
	"logsql/sql/syntax"
)

// The exit statuses; every command's help shows them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitScanLimit   = 3
	exitIncomplete  = 4
	exitNotEmpty    = 5
	exitInterrupted = 130
)

const statusHelp = `Exit status:
  0  done
  1  failed
  2  wrong usage
  3  logsql sql --scan-limit was reached
  4  done, but in this run there were bad lines, or broken, denied or archived objects
  5  queries run --expect-empty: there are rows
  130  interrupted`

// errIncomplete ends a command that did its work and met bad lines or objects it
// could not read. They have been reported by then.
var errIncomplete = errors.New("done, but not everything could be read")

// errNotEmpty ends a query that was to have no rows.
var errNotEmpty = errors.New("expected no rows")

// usageError is a command line that cannot be right.
type usageError struct{ msg, hint string }

func (e *usageError) Error() string { return e.msg }

func usagef(hint, format string, args ...any) error {
	return &usageError{msg: fmt.Sprintf(format, args...), hint: hint}
}

// hintError adds what to do next to an error.
type hintError struct {
	error
	hint string
}

func (e *hintError) Unwrap() error { return e.error }

// sqlError is an error in a statement together with the text it stands in.
type sqlError struct {
	err  *syntax.Error
	file string // where the text is from; empty for -c and standard input
	src  string
}

func (e *sqlError) Error() string { return e.err.Error() }
func (e *sqlError) Unwrap() error { return e.err }

// finish prints err and returns the exit status that it means.
func (a *app) finish(err error) int {
	status := exitStatus(err)
	if status != exitDone && status != exitIncomplete && !errors.Is(err, errStatements) {
		printError(a.err, err)
	}
	return status
}

func exitStatus(err error) int {
	var usage *usageError
	var stmt *syntax.Error
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errStatements) && !errors.Is(err, context.Canceled):
		return exitFailed
	case errors.Is(err, errIncomplete):
		return exitIncomplete
	case errors.Is(err, errNotEmpty):
		return exitNotEmpty
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &usage), errors.Is(err, ingest.ErrUsage):
		return exitUsage
	case errors.As(err, &stmt) && stmt.Code == sql.ScanLimitCode:
		return exitScanLimit
	}
	return exitFailed
}

// printError writes "logsql: message", for SQL the line with the span
// underlined, and a hint where there is one.
func printError(w io.Writer, err error) { printErrorIn(w, err, colored(w)) }

// colored reports whether what is written to w may have colours.
func colored(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// printErrorIn is printError with the message and the mark below the span in red
// where color is.
func printErrorIn(w io.Writer, err error, color bool) {
	red := func(s string) string { return s }
	if color {
		red = func(s string) string { return "\x1b[31m" + s + "\x1b[0m" }
	}
	var stmt *sqlError
	if errors.As(err, &stmt) {
		where := ""
		if stmt.file != "" {
			where = stmt.file + ": "
		}
		line, mark := underline(stmt.src, stmt.err.From, stmt.err.To)
		fmt.Fprintf(w, "logsql: %s%s\n", where, red(stmt.err.Error()))
		if mark != "" {
			fmt.Fprintf(w, "%s\n%s\n", line, red(mark))
		}
	} else {
		fmt.Fprintf(w, "logsql: %s\n", red(message(err)))
	}
	if h := hint(err); h != "" {
		fmt.Fprintf(w, "hint: %s\n", h)
	}
}

func message(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	return err.Error()
}

// hint is what an error's reader can do about it.
func hint(err error) string {
	var hinted *hintError
	var usage *usageError
	var stmt *syntax.Error
	var object *ingest.Error
	var full *mirror.FullError
	switch {
	case errors.As(err, &hinted):
		return hinted.hint
	case errors.As(err, &usage):
		return usage.hint
	case errors.As(err, &stmt):
		return stmt.Hint
	case errors.As(err, &full):
		return "make room on that disk, then run the same command again: it goes on from there, nothing is lost"
	case mirror.TooLarge(err):
		return "the file system, or ulimit -f, allows no larger files there; then run the same command again: it goes on from there"
	case mirror.Damaged(err):
		return "state.db in the mirror is damaged: move it away with its -wal and -shm, then sync and convert-parquet again"
	case errors.As(err, &object):
		return object.Hint
	case errors.Is(err, mirror.ErrLocked):
		return "let it finish, or stop it; reading (sql, tables, status) goes on meanwhile"
	}
	return ""
}

// underline is the source line of from with the span up to to marked by ~; a
// span over several lines is marked to the end of its first.
func underline(src string, from, to syntax.Pos) (line, mark string) {
	if !from.IsValid() || from.Offset > len(src) {
		return "", ""
	}
	if strings.TrimSpace(src[from.Offset:]) == "" { // the end is marked behind the last that stands there
		from.Offset = len(strings.TrimRight(src[:from.Offset], " \t\r\n"))
	}
	start := strings.LastIndexByte(src[:from.Offset], '\n') + 1
	line, _, _ = strings.Cut(src[start:], "\n")
	line = strings.TrimRight(line, "\r")
	before := line[:min(from.Offset-start, len(line))]
	span := line[len(before):]
	if to.IsValid() && to.Offset >= from.Offset && to.Offset-start < len(line) {
		span = line[len(before) : to.Offset-start]
	}
	width := max(1, text.StringWidthWithoutEscSequences(span))
	return line, blank(before) + strings.Repeat("~", width)
}

// blank is white space as wide as s; tabs stay tabs, whatever their width is.
func blank(s string) string {
	var b strings.Builder
	for part := range strings.SplitAfterSeq(s, "\t") {
		rest, tab := strings.CutSuffix(part, "\t")
		b.WriteString(strings.Repeat(" ", text.StringWidthWithoutEscSequences(rest)))
		if tab {
			b.WriteByte('\t')
		}
	}
	return b.String()
}

// flagError puts pflag's words into ours and says what a right flag looks like.
func flagError(cmd *cobra.Command, err error) error {
	return usagef("see logsql help "+strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), "logsql"), " "), "%s", err)
}

func unknownCommand(cmd *cobra.Command, name string) error {
	h := "logsql help lists the commands"
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		h = "did you mean logsql " + near[0] + "?"
	}
	return usagef(h, "unknown command %q", name)
}
