// Package cli is logsql's command line: one file a command; app.go has what
// they share, exit.go decides what an error says and which status it ends with.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// app is one run of the program: its streams and the flags all commands have.
type app struct {
	in     io.Reader
	out    io.Writer
	err    io.Writer
	mirror string // the folder
}

// Main runs the command line args (without the program's name) and returns the
// exit status. It is the only place that prints an error.
func Main(args []string, in io.Reader, out, err io.Writer) int {
	signal.Ignore(syscall.SIGXFSZ)              // a file that may not grow is an error like a full disk, no crash
	text.OverrideRuneWidthEastAsianWidth(false) // terminals show é and → narrow, in a Chinese locale too
	a := &app{in: in, out: out, err: err}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(err)
	return a.finish(root.ExecuteContext(context.Background()))
}

func (a *app) root() *cobra.Command {
	cobra.EnableCommandSorting = false // help lists them in the order of the work
	root := &cobra.Command{
		Use:   "logsql",
		Short: "Athena SQL on AWS logs, on your own machine",
		Long: `logsql keeps a local mirror of AWS logs that sit in S3 (VPC flow logs, S3 server
access logs, CloudTrail), turns them into Parquet by day, and answers the SQL
you run on Athena, unchanged and offline.`,
		Example: `  logsql sync s3://my-logs/AWSLogs/          copy the logs to this machine
  logsql sync ./export --as s3://my-logs     … or take in a folder of them
  logsql convert-parquet                     turn what is new into Parquet
  logsql sql -c "SELECT srcaddr, sum(bytes) FROM vpc_flow_logs GROUP BY 1"`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SuggestionsMinimumDistance = 2
	root.CompletionOptions.DisableDefaultCmd = true // completionCommand is ours
	root.PersistentFlags().StringVar(&a.mirror, "mirror", defaultMirror(), "the mirror's `folder`; also $LOGSQL_MIRROR")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpTemplate(helpTemplate)
	root.AddCommand(
		a.syncCommand(),
		a.convertCommand(),
		a.compactCommand(),
		a.sqlCommand(),
		a.queriesCommand(),
		a.reportCommand(),
		a.historyCommand(),
		a.tablesCommand(),
		a.statusCommand(),
		a.badCommand(),
		a.verifyCommand(),
		a.pruneCommand(),
		a.doctorCommand(),
		completionCommand(),
		manCommand(),
		a.versionCommand(),
	)
	root.SetHelpCommand(helpCommand())
	byTask(root)
	a.completeFlags(root)
	return root
}

func defaultMirror() string {
	if dir := os.Getenv("LOGSQL_MIRROR"); dir != "" {
		return dir
	}
	return "./logsql-mirror"
}

// noArgs refuses arguments in the user's words rather than cobra's.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usagef(example(cmd), "%s takes no argument, %q was given", cmd.CommandPath(), args[0])
}

// example is the first line of a command's examples, for a hint.
func example(cmd *cobra.Command) string {
	line, _, _ := strings.Cut(strings.TrimSpace(cmd.Example), "\n")
	line, _, _ = strings.Cut(line, "   ")
	return "for example: " + strings.TrimSpace(line)
}

// interruptible returns a context that ends with Ctrl-C or SIGTERM; a second
// one kills the process as usual.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// day is the value of --since and --until: a day, UTC.
type day struct{ time.Time }

func (d *day) Set(s string) error {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return fmt.Errorf("%q is no day: write it as 2021-12-04 (UTC)", s)
	}
	d.Time = t
	return nil
}

func (d *day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

func (d *day) Type() string { return "day" }

// days are the flags --since and --until.
type days struct{ since, until day }

func (d *days) flags(cmd *cobra.Command) {
	cmd.Flags().Var(&d.since, "since", "only this `day` (UTC, 2021-12-04) and later")
	cmd.Flags().Var(&d.until, "until", "only this `day` (UTC) and earlier, the day included")
}

func (d *days) check() error {
	if !d.since.IsZero() && !d.until.IsZero() && d.until.Before(d.since.Time) {
		return usagef("", "--until %s is before --since %s", &d.until, &d.since)
	}
	return nil
}
