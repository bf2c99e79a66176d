package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"logsql/convert"
)

// compactOptions are the flags of logsql compact.
type compactOptions struct {
	days
	tables   []string
	sort     string
	json     bool
	progress string
}

func (a *app) compactCommand() *cobra.Command {
	var o compactOptions
	cmd := &cobra.Command{
		Use:   "compact",
		Short: "Merge the Parquet files of each day",
		Long: `Merges the Parquet files that many runs of convert-parquet have left of a day.
convert-parquet does so by itself once a day is over; compact does it now, and
can sort: queries that look for one value of the column then read a fraction of
the files, while those for a few minutes of a day read more.

Statements that run meanwhile keep the files they read; those files are removed
by the next run of compact or convert-parquet. What is merged already is left as
it is, and the days are those of convert-parquet's --since and --until.`,
		Example: `  logsql compact
  logsql compact --table vpc_flow_logs --until 2021-12-04
  logsql compact --table vpc_flow_logs --sort srcaddr`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := errors.Join(o.check(), checkTables(o.tables)); err != nil {
				return err
			}
			return a.runCompact(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.tables, "table", nil, "only this `table`: "+strings.Join(typeNames(), ", ")+"; may be repeated")
	o.flags(cmd)
	f.StringVar(&o.sort, "sort", "", "sort the records of a day by this `column`")
	f.BoolVar(&o.json, "json", false, "print the report as one JSON object")
	progressFlag(cmd, &o.progress)
	return cmd
}

func checkTables(tables []string) error {
	for _, name := range tables {
		if !slices.Contains(typeNames(), name) {
			return usagef("it is one of "+strings.Join(typeNames(), ", "), "--table: %q is not a table of the lake", name)
		}
	}
	return nil
}

func (a *app) runCompact(ctx context.Context, o compactOptions) error {
	bar, err := a.progress(o.progress)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	m, err := a.mirrorToConvert(ctx)
	if err != nil {
		return err
	}
	defer m.Close()
	report, err := convert.Compact(ctx, m, convert.CompactOptions{
		Tables: o.tables, Since: o.since.Time, Until: o.until.Time, Sort: o.sort,
		Progress: func(p convert.CompactProgress) {
			bar.show(func() string { return fmt.Sprintf("compacted %d of %s", p.Done, count(int64(p.All), "day")) })
		},
	})
	bar.done()
	if err != nil {
		return resume(err, "what is merged stays; the same command goes on from there")
	}
	if o.json {
		return writeJSON(a.out, report)
	}
	return a.writeCompact(report)
}

func (a *app) writeCompact(r convert.CompactReport) error {
	out := bufio.NewWriter(a.out)
	for _, name := range typeNames() {
		if t := r.Tables[name]; t != nil {
			fmt.Fprintf(out, "%s: %s of %s became %s of %s\n", name, count(int64(t.PartsBefore), "file"), size(t.BytesBefore),
				grouped(int64(t.PartsAfter)), size(t.BytesAfter))
		}
	}
	if len(r.Tables) == 0 {
		fmt.Fprintln(out, "nothing to merge")
	}
	return out.Flush()
}
