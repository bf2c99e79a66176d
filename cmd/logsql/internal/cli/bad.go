package cli

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"logsql/cmd/logsql/internal/render"
	"logsql/convert"
	"logsql/convert/lake"
	"logsql/convert/schema"
	"logsql/ingest/mirror"
)

// badOptions are the flags of logsql bad.
type badOptions struct {
	days
	tables     []string
	object     string
	reason     string
	limit      int
	summary    bool
	text       bool
	output     string
	outputFile string
}

func (a *app) badCommand() *cobra.Command {
	var o badOptions
	cmd := &cobra.Command{
		Use:   "bad",
		Short: "List or export the lines that could not be read",
		Long: `Lists the lines that convert-parquet could not read: table, object, line (in JSON
the record's place), reason and text. What breaks off in the middle, a gzip file
for example, has a line for the place where it does, with what was there of it.

A text is kept up to its first 4,096 bytes; text_base64 has it where it is not
UTF-8. Of one object the first 1,000 bad lines are kept, and all are counted.

After an update of logsql, or when a broken object was replaced, read them again:
logsql convert-parquet --retry-bad`,
		Example: `  logsql bad --summary                         how many for which reason
  logsql bad --table vpc_flow_logs --limit 20
  logsql bad --object s3://my-logs/AWSLogs/123456789012/ --since 2021-12-04
  logsql bad --output jsonl --output-file bad.jsonl
  logsql bad --text > lines.log                the lines alone, byte for byte`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.checkBad(); err != nil {
				return err
			}
			return a.runBad(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.tables, "table", nil, "only lines of this `table`: "+strings.Join(typeNames(), ", ")+"; may be repeated")
	f.StringVar(&o.object, "object", "", "only lines of the objects whose `address` begins so (s3://…)")
	f.StringVar(&o.reason, "reason", "", "only lines whose reason has this `text` in it")
	o.flags(cmd)
	f.IntVar(&o.limit, "limit", 0, "at most this `number` of lines (0: all)")
	f.BoolVar(&o.summary, "summary", false, "count lines and objects by reason")
	f.BoolVar(&o.text, "text", false, "print the texts alone, byte for byte, a newline after each")
	f.StringVar(&o.output, "output", "", "`format`: "+strings.Join(formatNames(), ", ")+" (box on a terminal, else csv)")
	f.StringVar(&o.outputFile, "output-file", "", "write to this `file`, whole or not at all")
	return cmd
}

func (o *badOptions) checkBad() error {
	for _, name := range o.tables {
		if !slices.Contains(typeNames(), name) {
			return usagef("it is one of "+strings.Join(typeNames(), ", "), "--table: there is no table %q", name)
		}
	}
	_, known := render.ByName(o.output)
	switch {
	case o.object != "" && !strings.HasPrefix(o.object, "s3://"):
		return usagef("for example: --object s3://my-logs/AWSLogs/", "--object: %q is no address of an object", o.object)
	case o.limit < 0:
		return usagef("", "--limit %d: it is a number of lines, or 0 for all", o.limit)
	case o.summary && o.text:
		return usagef("leave one of them away", "--summary and --text were both given")
	case o.text && o.output != "":
		return usagef("leave one of them away", "--text and --output were both given")
	case o.output != "" && !known:
		return usagef("it is one of "+strings.Join(formatNames(), ", "), "--output: there is no format %q", o.output)
	}
	return o.check()
}

func (a *app) runBad(ctx context.Context, o badOptions) error {
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil {
		return err
	}
	defer m.Close()
	a.noteEmpty(m)
	l, err := lake.Open(ctx, m)
	if err != nil {
		return err
	}
	lines := o.lines(l.BadLines(ctx, ""))
	err = a.withOutput(sqlOptions{output: o.output, outputFile: o.outputFile}, func(out *output) error {
		if o.text {
			return writeTexts(out, lines)
		}
		r := render.Result{Columns: badColumns, Rows: badRows(lines, drawn[out.format.Name])}
		if o.summary {
			r = render.Result{Columns: badSummaryColumns, Rows: badSummary(lines)}
		}
		return out.format.Write(out.w, r, render.Options{Color: out.color})
	})
	if err != nil {
		return err
	}
	return a.noteUncounted(ctx, l)
}

// lines are those of all that the flags let through.
func (o badOptions) lines(all iter.Seq2[lake.BadLine, error]) iter.Seq2[lake.BadLine, error] {
	return func(yield func(lake.BadLine, error) bool) {
		n := 0
		for b, err := range all {
			if err == nil && !o.wants(b) {
				continue
			}
			if !yield(b, err) || err != nil {
				return
			}
			if n++; n == o.limit {
				return
			}
		}
	}
}

func (o badOptions) wants(b lake.BadLine) bool {
	day := convert.Day(b.Key, b.Modified)
	return (len(o.tables) == 0 || slices.Contains(o.tables, b.Table)) && strings.HasPrefix(b.Object, o.object) &&
		strings.Contains(b.Reason, o.reason) &&
		(o.since.IsZero() || !day.Before(o.since.Time)) && (o.until.IsZero() || !day.After(o.until.Time))
}

// writeTexts ends every text with a newline, as it ended in its object.
func writeTexts(out *output, lines iter.Seq2[lake.BadLine, error]) error {
	for b, err := range lines {
		if err != nil {
			return err
		}
		if _, err := out.w.Write(append(b.Text, '\n')); err != nil {
			return err
		}
	}
	return nil
}

var badColumns = []schema.Column{
	{Name: "table", Type: schema.Text},
	{Name: "object", Type: schema.Text},
	{Name: "line", Type: schema.Of(schema.BigInt)},
	{Name: "reason", Type: schema.Text},
	{Name: "text", Type: schema.Text},
	{Name: "text_base64", Type: schema.Text},
}

// drawn are the formats for eyes: texts are cut there and control characters
// are shown as escapes.
var drawn = map[string]bool{"box": true, "table": true, "markdown": true, "line": true}

const badTextShown = 60

func badRows(lines iter.Seq2[lake.BadLine, error], drawn bool) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for b, err := range lines {
			row := []any{b.Table, b.Object, b.Line, b.Reason, strings.ToValidUTF8(string(b.Text), "\ufffd"), nil}
			if !utf8.Valid(b.Text) {
				row[5] = base64.StdEncoding.EncodeToString(b.Text)
			}
			if drawn {
				row = []any{b.Table, printable(b.Object), b.Line, printable(b.Reason), cut(printable(row[4].(string)), badTextShown), cutAny(row[5])}
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func cutAny(v any) any {
	if s, ok := v.(string); ok {
		return cut(s, badTextShown)
	}
	return v
}

// cut is the first n characters of s.
func cut(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}

var badSummaryColumns = []schema.Column{
	{Name: "table", Type: schema.Text},
	{Name: "reason", Type: schema.Text},
	{Name: "lines", Type: schema.Of(schema.BigInt)},
	{Name: "objects", Type: schema.Of(schema.BigInt)},
	{Name: "first object", Type: schema.Text},
	{Name: "line", Type: schema.Of(schema.BigInt)},
}

// badKind is what bad lines are summed up by.
type badKind struct{ table, reason string }

type badSum struct {
	badKind
	first          lake.BadLine
	last           int64 // the object counted last
	lines, objects int64
}

// badSummary counts lines and objects by kind of reason, most lines first.
func badSummary(lines iter.Seq2[lake.BadLine, error]) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		sums := map[badKind]*badSum{}
		for b, err := range lines {
			if err != nil {
				yield(nil, err)
				return
			}
			k := badKind{b.Table, reasonKind(b.Reason)}
			s := sums[k]
			if s == nil {
				s = &badSum{badKind: k, first: b}
				sums[k] = s
			}
			s.lines++
			if s.last != b.ObjectID { // they come object by object
				s.last = b.ObjectID
				s.objects++
			}
		}
		for _, s := range sortedSums(sums) {
			if !yield([]any{s.table, printable(s.reason), s.lines, s.objects, printable(s.first.Object), s.first.Line}, nil) {
				return
			}
		}
	}
}

func sortedSums(sums map[badKind]*badSum) []*badSum {
	var list []*badSum
	for _, s := range sums {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *badSum) int {
		return cmp.Or(cmp.Compare(b.lines, a.lines), cmp.Compare(a.table, b.table), cmp.Compare(a.reason, b.reason))
	})
	return list
}

var (
	quotedPart = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)'`)
	number     = regexp.MustCompile(`(^|[ (])[0-9]+`)
)

// reasonKind is a reason without what differs from line to line.
func reasonKind(reason string) string {
	return number.ReplaceAllString(quotedPart.ReplaceAllString(reason, "…"), "${1}N")
}

// noteUncounted tells of bad lines that are counted and not kept.
func (a *app) noteUncounted(ctx context.Context, l *lake.Lake) error {
	n, err := l.BadNotKept(ctx)
	if err == nil && n > 0 {
		fmt.Fprintf(a.err, "note: %s more are counted but not kept: of one object the first 1,000 are\n", count(n, "bad line"))
	}
	return err
}
