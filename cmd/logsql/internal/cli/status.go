package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"logsql/convert/lake"
	"logsql/ingest/mirror"
)

// statusReport is what logsql status --json prints.
type statusReport struct {
	Mirror      string              `json:"mirror"`
	Exists      bool                `json:"exists"`
	Buckets     []mirror.BucketSums `json:"buckets"`
	Unconverted int64               `json:"unconverted"` // objects that convert-parquet has not dealt with yet
	Tables      []lake.TableStats   `json:"tables"`
	Skipped     []lake.SkipStats    `json:"skipped"`
}

func (a *app) statusCommand() *cobra.Command {
	var asJSON, bad bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Tell what is mirrored, converted, bad and skipped",
		Long: `Tells what the mirror holds: objects by bucket, what of them is converted, what
waits for convert-parquet, which lines were bad and which objects are no logs.

Every record that was received is in a table or in the list of bad lines, which
--bad prints in full: object, line and reason.`,
		Example: "  logsql status\n  logsql status --bad        every bad line with its object and reason\n  logsql status --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if bad && asJSON {
				return usagef("leave one of them away", "--bad and --json were both given")
			}
			return a.runStatus(cmd.Context(), asJSON, bad)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	cmd.Flags().BoolVar(&bad, "bad", false, "list every bad line")
	return cmd
}

func (a *app) runStatus(ctx context.Context, asJSON, bad bool) error {
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil {
		return err
	}
	defer m.Close()
	if bad {
		return a.writeBad(ctx, m, -1)
	}
	report, err := mirrorStatus(ctx, m)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(a.out, report)
	}
	a.noteEmpty(m)
	return a.writeStatus(ctx, m, report)
}

func mirrorStatus(ctx context.Context, m *mirror.Mirror) (statusReport, error) {
	tables, stats, err := tableStats(ctx, m)
	if err != nil {
		return statusReport{}, err
	}
	buckets, err := m.Buckets(ctx)
	if err != nil {
		return statusReport{}, err
	}
	skipped := stats.Skipped
	if skipped == nil {
		skipped = []lake.SkipStats{}
	}
	return statusReport{
		Mirror: m.Dir(), Exists: !m.Empty(), Buckets: buckets,
		Unconverted: stats.Unconverted, Tables: tables, Skipped: skipped,
	}, nil
}

// badShown is how many bad lines status shows unasked.
const badShown = 10

func (a *app) writeStatus(ctx context.Context, m *mirror.Mirror, r statusReport) error {
	fmt.Fprintf(a.out, "mirror %s\n\n", r.Mirror)
	for _, b := range r.Buckets {
		fmt.Fprintf(a.out, "s3://%s: %s, %s\n", b.Bucket, count(b.Objects, "object"), size(b.Bytes))
	}
	if len(r.Buckets) > 0 {
		fmt.Fprintln(a.out)
	}
	if err := a.writeStats(r.Tables); err != nil {
		return err
	}
	if r.Unconverted > 0 {
		fmt.Fprintf(a.out, "\n%s not converted yet: logsql convert-parquet\n", count(r.Unconverted, "object"))
	}
	if len(r.Skipped) > 0 {
		fmt.Fprintf(a.out, "\nno logs of these tables:\n")
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(a.out, "  %s: %s\n", count(s.Objects, "object"), s.Reason)
	}
	var bad int64
	for _, t := range r.Tables {
		bad += t.Bad
	}
	if bad == 0 {
		return nil
	}
	fmt.Fprintf(a.out, "\nbad lines:\n")
	if err := a.writeBad(ctx, m, badShown); err != nil {
		return err
	}
	if bad > badShown {
		fmt.Fprintf(a.out, "%s in all; logsql status --bad lists them\n", count(bad, "bad line"))
	}
	return nil
}

// writeBad prints bad lines, at most limit of them unless it is negative.
func (a *app) writeBad(ctx context.Context, m *mirror.Mirror, limit int) error {
	l, err := lake.Open(ctx, m)
	if err != nil {
		return err
	}
	for line, err := range l.BadLines(ctx, "") {
		if err != nil {
			return err
		}
		if limit == 0 {
			return nil
		}
		limit--
		fmt.Fprintf(a.out, "%s line %d: %s\n", printable(line.Object), line.Line, line.Reason)
	}
	return nil
}
