package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"logsql/cmd/logsql/internal/render"
	"logsql/convert/schema"
	"logsql/ingest/mirror"
	"logsql/sql/history"
)

func (a *app) historyCommand() *cobra.Command {
	var asJSON bool
	limit := 20
	cmd := &cobra.Command{
		Use:   "history",
		Short: "List the statements that were run, and what they read",
		Long: fmt.Sprintf(`Lists the last statements that logsql sql ran on this mirror: when, how they
ended, rows, seconds, the bytes that were read, and what Athena would have
scanned for them on the raw objects and on Parquet (logsql help sql says how that
is counted).

The mirror keeps the last %s statements as they were typed, with every text in
them: what should not be kept is run with --no-history. Values of --param are not
kept, requests of --batch neither, and a mirror that cannot be written keeps none.`, grouped(history.Kept)),
		Example: `  logsql history
  logsql history --limit 100 --json
  logsql history show 12                 one statement, whole`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 0 {
				return usagef("0 is all of them", "--limit cannot be %d", limit)
			}
			return a.runHistory(cmd.Context(), limit, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object: {\"history\":[…]}")
	cmd.Flags().IntVar(&limit, "limit", limit, "at most so `many`, the newest; 0 is all")
	cmd.AddCommand(a.historyShowCommand())
	return cmd
}

func (a *app) runHistory(ctx context.Context, limit int, asJSON bool) error {
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil {
		return err
	}
	defer m.Close()
	entries, err := history.List(ctx, m, limit)
	if err != nil {
		return err
	}
	if asJSON {
		if entries == nil {
			entries = []history.Entry{}
		}
		return writeJSON(a.out, struct {
			History []history.Entry `json:"history"`
		}{entries})
	}
	if len(entries) == 0 {
		fmt.Fprintln(a.err, "note: no statements are kept of "+a.mirror+" yet")
		return nil
	}
	return a.withOutput(sqlOptions{}, func(out *output) error {
		short := map[bool]int{true: 60, false: 0}[out.color || isTerminal(a.out)]
		r := render.Result{Columns: historyColumns, Rows: historyRows(entries, short)}
		return out.format.Write(out.w, r, render.Options{Color: out.color})
	})
}

var historyColumns = []schema.Column{
	{Name: "id", Type: schema.Of(schema.BigInt)},
	{Name: "began", Type: schema.Text},
	{Name: "state", Type: schema.Text},
	{Name: "rows", Type: schema.Of(schema.BigInt)},
	{Name: "seconds", Type: schema.Of(schema.Double)},
	{Name: "read_bytes", Type: schema.Of(schema.BigInt)},
	{Name: "athena_raw_bytes", Type: schema.Of(schema.BigInt)},
	{Name: "athena_parquet_bytes", Type: schema.Of(schema.BigInt)},
	{Name: "statement", Type: schema.Text},
}

// historyRows are entries as rows, their statements on one line and cut to short
// characters, 0 for not at all.
func historyRows(entries []history.Entry, short int) func(func([]any, error) bool) {
	return func(yield func([]any, error) bool) {
		for _, e := range entries {
			text := e.Statement
			if short > 0 {
				text = strings.Join(strings.Fields(text), " ")
				if r := []rune(text); len(r) > short {
					text = string(r[:short-1]) + "…"
				}
			}
			seconds, _ := strconv.ParseFloat(strconv.FormatFloat(e.Seconds, 'f', 3, 64), 64)
			row := []any{e.ID, e.Began.Format(time.DateTime), e.State, e.Rows, seconds, known(e.Read), known(e.Raw), known(e.Parquet), text}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func known(n *int64) any {
	if n == nil {
		return nil
	}
	return *n
}

func (a *app) historyShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show NUMBER",
		Short:   "Print one statement of the history, whole",
		Long:    "Prints a statement as it was run, which logsql sql -f - runs again, and to standard\nerror what became of it.",
		Example: "  logsql history show 12\n  logsql history show 12 | logsql sql",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(example(cmd), "logsql history show takes the number of a statement, as logsql history lists them")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usagef(example(cmd), "%q is no number of a statement", args[0])
			}
			return a.showHistory(cmd.Context(), id)
		},
	}
}

func (a *app) showHistory(ctx context.Context, id int64) error {
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil {
		return err
	}
	defer m.Close()
	e, found, err := history.Get(ctx, m, id)
	if err != nil {
		return err
	}
	if !found {
		return &hintError{fmt.Errorf("the history of %s has no statement %d", a.mirror, id), "logsql history --limit 0 lists all there are"}
	}
	fmt.Fprintln(a.out, strings.TrimRight(e.Statement, "; \n")+";")
	fmt.Fprintf(a.err, "%s at %s in database %s: %s, %s\n", e.State, e.Began.Format(time.DateTime), e.Database,
		count(e.Rows, "row"), rounded(time.Duration(e.Seconds*float64(time.Second))))
	if e.Error != "" {
		fmt.Fprintln(a.err, e.Error)
	}
	return nil
}
