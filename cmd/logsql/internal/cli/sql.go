package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"logsql/cmd/logsql/internal/render"
	"logsql/ingest/mirror"
	"logsql/sql"
	"logsql/sql/syntax"
)

// sqlOptions are the flags of logsql sql.
type sqlOptions struct {
	command    string
	file       string
	database   string
	output     string
	outputFile string
	batch      bool
	chart      bool
	raw        bool
	threads    int
	stats      bool
	noHistory  bool
	scanLimit  string
	params     []string
	keepGoing  bool
	price      string
	progress   bool // a shell tells how far a statement is
}

func (a *app) sqlCommand() *cobra.Command {
	var o sqlOptions
	cmd := &cobra.Command{
		Use:   "sql [-c SQL | -f FILE] [flags]",
		Short: "Run Athena SQL on the mirror",
		Long: `Runs Athena SQL on what is mirrored and converted, and prints what Athena would
answer. The statements come from -c, from a file, or from standard input; on a
terminal there is a shell, where a statement ends at its semicolon, Tab completes
and .help lists the commands; ~/.logsqlrc has those to begin with. Several
statements stop at the first that fails, unless --keep-going is given.

--param name=value gives a value to :name in the statements, or to their ? in the
order of the flags, as EXECUTE … USING does. It is bound as a value of the type its
place asks for and never becomes part of the text, whatever is in it.

The tables vpc_flow_logs, s3_access_logs, cloudtrail_logs and those of a trail's
other events (logsql tables lists them) are there without any DDL, with the
columns of AWS's documentation and the partition columns year, month and day
(CloudTrail: account and region too). A filter on these reads only the days it
names.

A table over raw logs, made by CREATE EXTERNAL TABLE, is read from the Parquet
where that was seen to have the same rows as the objects; EXPLAIN tells, --raw
reads the objects.

Below a result on a terminal, or with --stats, stand its rows and time, the files
and bytes read, and what Athena would have scanned and charged: on the raw objects
(all of them as stored, of the partitions that WHERE leaves) and on Parquet (the
columns that are named). Access logs whose keys have no folders by day cannot be
partitioned on Athena: there it would scan all days of them, not the ones counted. Athena bills whole MB, 10 at least; the price is that of
the region the mirror was synced from. None is published for China: there only
bytes are shown, unless --price says what a TB costs.

--scan-limit 10GB ends a statement with exit status 3, as a limit of an Athena
workgroup does, before anything is read. It counts what Athena would scan of the
tables as they are here: of the built-in ones the columns of the Parquet, of
tables over objects the objects whole, also where logsql reads less.

Formats for --output:
` + formatHelp() + `
With --batch, standard input has one JSON request a line,
{"id":1,"database":"default","sql":"SELECT 1"}, and each is answered by one line,
in order: {"id":1,"columns":[{"name","type"}],"rows":[["1"]]} with every value as
text and NULL as null, with "notes" where it may lack something, or
{"id":1,"error":{"code","message"}}. A request that fails does not change the
exit status.`,
		Example: `  logsql sql -c "SELECT count(*) FROM vpc_flow_logs WHERE year='2021'"
  logsql sql -f report.sql --output csv --output-file report.csv
  logsql sql < report.sql
  logsql sql                                  a shell; Ctrl-D leaves`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef(`for example: logsql sql -c "SELECT 1", or logsql sql -f query.sql`, "logsql sql takes its statements from -c, -f or standard input, not as an argument: %q", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(cmd); err != nil {
				return err
			}
			return a.runSQL(cmd.Context(), o, cmd.Flags().Changed("command"))
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.command, "command", "c", "", "run these `statements`")
	f.StringVarP(&o.file, "file", "f", "", "run the statements of this `file` (- is standard input)")
	f.BoolVar(&o.raw, "raw", false, "read the objects of tables over raw logs, also where the Parquet has the same rows")
	f.IntVar(&o.threads, "threads", 0, "how many cores a statement may `use` (all)")
	f.StringArrayVar(&o.params, "param", nil, "a value for the parameter :name, or the next ?, as `name=value`; may be repeated")
	f.BoolVar(&o.keepGoing, "keep-going", false, "run the statements after one that fails; then the exit status is 1")
	f.BoolVar(&o.batch, "batch", false, "answer JSON requests, one a line")
	o.resultFlags(cmd)
	return cmd
}

// resultFlags are those of every command that runs statements: how results look
// and what they may cost.
func (o *sqlOptions) resultFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.database, "database", "default", "the `database` of unqualified names")
	f.StringVar(&o.output, "output", "", "`format`: "+strings.Join(formatNames(), ", ")+" (box on a terminal, else csv)")
	f.StringVar(&o.outputFile, "output-file", "", "write the result to this `file`, whole or not at all (- is standard output)")
	f.BoolVar(&o.chart, "chart", false, "draw the result: bars, and sparks where it is a series in time")
	f.BoolVar(&o.stats, "stats", false, "say below each result what it read and would have cost (on a terminal: always)")
	f.BoolVar(&o.stats, "timer", false, "the same as --stats")
	f.StringVar(&o.scanLimit, "scan-limit", os.Getenv("LOGSQL_SCAN_LIMIT"), "refuse statements that scan more `bytes`, such as 10GB; also $LOGSQL_SCAN_LIMIT")
	f.StringVar(&o.price, "price", os.Getenv("LOGSQL_PRICE"), "what Athena takes for a `TB`, such as 5 or ¥34 (by region); also $LOGSQL_PRICE")
	f.BoolVar(&o.noHistory, "no-history", false, "do not keep the statements for logsql history")
}

func formatNames() []string {
	var names []string
	for _, f := range render.Formats {
		names = append(names, f.Name)
	}
	return append(names, parquet)
}

func formatHelp() string {
	var b strings.Builder
	for _, f := range render.Formats {
		fmt.Fprintf(&b, "  %-11s %s\n", f.Name, f.About)
	}
	fmt.Fprintf(&b, "  %-11s %s\n", parquet, "one snappy Parquet file of a query's rows, with their types")
	return b.String()
}

func (o *sqlOptions) check(cmd *cobra.Command) error {
	if cmd.Flags().Changed("command") && o.file != "" {
		return usagef("leave one of them away", "-c and -f were both given")
	}
	if o.batch && (cmd.Flags().Changed("command") || o.file != "" || o.output != "" || o.outputFile != "") {
		return usagef(`for example: echo '{"id":1,"sql":"SELECT 1"}' | logsql sql --batch`, "--batch reads requests from standard input and answers in JSON; it goes with no other source or format")
	}
	if _, err := parseParams(o.params); err != nil {
		return err
	}
	if o.price != "" {
		if _, err := parsePrice(o.price); err != nil {
			return err
		}
	}
	if _, err := parseSize(o.scanLimit); err != nil {
		return err
	}
	if _, ok := render.ByName(o.output); !ok && o.output != "" && o.output != parquet {
		return usagef("it is one of "+strings.Join(formatNames(), ", "), "--output: there is no format %q", o.output)
	}
	return checkChart(o.chart, o.output != "" || o.batch)
}

func (a *app) runSQL(ctx context.Context, o sqlOptions, command bool) error {
	prompt := !command && o.file == "" && !o.batch && isTerminal(a.in)
	o.progress = prompt
	if !prompt {
		var stop context.CancelFunc
		ctx, stop = interruptible(ctx)
		defer stop()
	}
	params, err := parseParams(o.params)
	if err != nil {
		return err
	}
	return a.inSession(ctx, o, func(m *mirror.Mirror, session *sql.Session) error {
		if o.batch {
			return a.batch(ctx, session)
		}
		return a.withOutput(o, func(out *output) error {
			out.account = a.accountOf(ctx, m, o, prompt)
			out.params, out.keepGoing = params, o.keepGoing
			if prompt {
				return a.prompt(ctx, session, o, out)
			}
			src, name, err := a.statements(o, command)
			if err != nil {
				return err
			}
			return a.script(ctx, session, src, name, out)
		})
	})
}

// inSession opens mirror and session for what use runs.
func (a *app) inSession(ctx context.Context, o sqlOptions, use func(*mirror.Mirror, *sql.Session) error) error {
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil {
		return err
	}
	defer m.Close()
	limit, err := parseSize(o.scanLimit)
	if err != nil {
		return err
	}
	session, err := sql.Open(ctx, m, sql.Options{Database: o.database, Raw: o.raw, Threads: o.threads, ScanLimit: limit, Progress: o.progress})
	if err != nil {
		return err
	}
	defer session.Close()
	err = use(m, session)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // however the database words it
	}
	return err
}

// statements is the text to run and the name of the file it is from.
func (a *app) statements(o sqlOptions, command bool) (src, name string, err error) {
	if command {
		return o.command, "", nil
	}
	if o.file == "" || o.file == "-" {
		text, err := io.ReadAll(a.in)
		return string(text), "", err
	}
	text, err := os.ReadFile(o.file)
	return string(text), o.file, err
}

// output is where results go and in which format.
type output struct {
	w       io.Writer
	format  render.Format
	color   bool
	parquet bool
	plain   bool // no format was asked for: lines of text are lines
	chart   bool // draw instead
	count   int  // of results so far
	rows    *int // counts rows where somebody asks

	src     string // the text that statements stand in
	account *account
	options render.Options                  // what the shell asks for besides
	paint   func(title, text string) string // colours lines; nil for none

	params    []sql.Param
	keepGoing bool // after a statement that fails
}

func (out *output) write(r *sql.Rows) error {
	all := r.All
	if out.rows != nil {
		all = counted(all, out.rows)
	}
	if r.Plain && out.plain && out.paint != nil {
		return writePainted(out.w, r.Columns[0].Name, all, out.paint)
	}
	if r.Plain && out.plain {
		return writeLines(out.w, all)
	}
	if out.chart {
		return draw(out.w, r.Columns, all)
	}
	options := out.options
	options.Color = out.color
	return out.format.Write(out.w, render.Result{Columns: r.Columns, Rows: all}, options)
}

func writeLines(w io.Writer, rows iter.Seq2[[]any, error]) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		fields := make([]string, len(row))
		for i, v := range row {
			fields[i] = fmt.Sprint(v)
		}
		if _, err := fmt.Fprintln(w, strings.Join(fields, "\t")); err != nil {
			return err
		}
	}
	return nil
}

func writePainted(w io.Writer, title string, rows iter.Seq2[[]any, error], paint func(title, text string) string) error {
	var b strings.Builder
	if err := writeLines(&b, rows); err != nil {
		return err
	}
	_, err := io.WriteString(w, paint(title, b.String()))
	return err
}

func counted(rows iter.Seq2[[]any, error], n *int) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for row, err := range rows {
			if err == nil {
				*n++
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

func (a *app) withOutput(o sqlOptions, use func(*output) error) error {
	out := &output{w: a.out, plain: o.output == "", chart: o.chart}
	terminal := isTerminal(a.out) && o.outputFile == ""
	name := o.output
	switch {
	case name == "" && terminal:
		name = "box"
	case name == "":
		name = "csv"
	}
	if name == parquet && terminal {
		return usagef("for example --output-file result.parquet", "--output parquet is nothing to be read on a terminal")
	}
	out.parquet = name == parquet
	out.format, _ = render.ByName(name)
	out.color = terminal && os.Getenv("NO_COLOR") == ""
	if o.outputFile == "" || o.outputFile == "-" || o.outputFile == "/dev/stdout" {
		return use(out)
	}
	if info, err := os.Stat(o.outputFile); err == nil && info.IsDir() {
		return usagef("name a file in it", "--output-file %s is a folder", o.outputFile)
	}
	if isDevice(o.outputFile) {
		return a.intoDevice(o.outputFile, out, use)
	}
	path := o.outputFile
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // the link stays
	}
	return wholeFile(path, func(w io.Writer) error {
		out.w = w
		return use(out)
	})
}

// isDevice reports whether path is one that cannot be replaced by a file:
// /dev/stderr is none, also where it leads to a file.
func isDevice(path string) bool {
	info, err := os.Stat(path)
	abs, _ := filepath.Abs(path)
	return err == nil && !info.IsDir() && (!info.Mode().IsRegular() || strings.HasPrefix(abs, "/dev/") || strings.HasPrefix(abs, "/proc/"))
}

// intoDevice writes to what is no file, such as a pipe or /dev/stderr: it cannot
// be replaced.
func (a *app) intoDevice(path string, out *output, use func(*output) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	out.w = f
	return errors.Join(use(out), f.Close())
}

// wholeFile makes the file at path out of what write writes; when write fails,
// what was at path stays.
func wholeFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// inSource ties an error in a statement to the text it stands in.
func inSource(err error, src, name string) error {
	var e *syntax.Error
	if errors.As(err, &e) {
		return &sqlError{err: e, src: src, file: name}
	}
	return err
}

// answer runs one statement and writes its result, its notes to standard error,
// and accounts for it.
func (a *app) answer(ctx context.Context, session *sql.Session, statement syntax.Statement, out *output) error {
	r := run{began: time.Now()}
	outer := out.rows
	out.rows = &r.rows
	err := a.result(ctx, session, statement, out, &r)
	out.rows = outer
	if outer != nil {
		*outer += r.rows
	}
	r.took = time.Since(r.began)
	a.settle(ctx, session, &r, textOf(statement, out.src), out, err)
	return err
}

// textOf is a statement as it stands in src.
func textOf(statement syntax.Statement, src string) string {
	from, to := statement.Pos(), statement.End()
	if !from.IsValid() || from.Offset > to.Offset || to.Offset > len(src) {
		return syntax.Print(statement)
	}
	return src[from.Offset:to.Offset]
}

func (a *app) result(ctx context.Context, session *sql.Session, statement syntax.Statement, out *output, r *run) error {
	if q, ok := statement.(*syntax.Query); ok && out.parquet {
		return a.parquet(ctx, session, q, out, r)
	}
	rows, err := session.Query(ctx, statement, out.params...)
	if err != nil {
		return err
	}
	defer rows.Close()
	r.scanned = rows.Scanned
	for _, note := range rows.Notes {
		fmt.Fprintf(a.err, "note: %s\n", note)
	}
	if len(rows.Columns) == 0 {
		return drain(rows.All)
	}
	if out.parquet {
		return syntax.ErrorAt(statement, "NOT_SUPPORTED", "--output parquet takes the rows of a query, not of this statement")
	}
	if out.count > 0 && out.format.Name != "jsonl" {
		fmt.Fprintln(out.w)
	}
	out.count++
	return out.write(rows)
}

// parquet is the format that DuckDB writes, not package render.
const parquet = "parquet"

func (a *app) parquet(ctx context.Context, session *sql.Session, q *syntax.Query, out *output, r *run) error {
	if out.count > 0 {
		return syntax.ErrorAt(q, "NOT_SUPPORTED", "--output parquet takes one query: a file has the rows of one")
	}
	out.count++
	rows, n, err := session.Parquet(ctx, q, out.w, out.params...)
	if err != nil {
		return err
	}
	r.scanned, r.rows = rows.Scanned, int(n)
	for _, note := range rows.Notes {
		fmt.Fprintf(a.err, "note: %s\n", note)
	}
	return nil
}

func drain(rows iter.Seq2[[]any, error]) error {
	for _, err := range rows {
		if err != nil {
			return err
		}
	}
	return nil
}
