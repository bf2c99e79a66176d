package cli

import (
	"cmp"
	"errors"
	"io"
	"iter"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"logsql/cmd/logsql/internal/chart"
	"logsql/convert/schema"
)

// checkChart refuses --chart beside another way to write the result.
func checkChart(asked, format bool) error {
	if asked && format {
		return usagef("leave one of them away", "--chart draws the result; it goes with no --output and no --batch")
	}
	return nil
}

// draw draws rows on w.
func draw(w io.Writer, columns []schema.Column, rows iter.Seq2[[]any, error]) error {
	err := chart.Write(w, columns, rows, chart.Options{Width: terminalWidth(w), ASCII: !hasBlocks()})
	if errors.Is(err, chart.ErrNoNumbers) {
		return &hintError{err, "for example: SELECT dstport, sum(bytes) AS bytes FROM vpc_flow_logs GROUP BY 1 ORDER BY 2 DESC LIMIT 20"}
	}
	return err
}

// terminalWidth is how many columns w has, 0 where it is no terminal.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0
	}
	return int(size.Col)
}

// hasBlocks tells whether the terminal shows block characters: its locale is
// UTF-8, as nearly all are, and it is not dumb.
func hasBlocks() bool {
	locale := strings.ToUpper(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG")))
	utf8 := strings.Contains(locale, "UTF-8") || strings.Contains(locale, "UTF8")
	return utf8 && os.Getenv("TERM") != "dumb"
}
