package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"logsql/convert/lake"
	"logsql/ingest"
	"logsql/ingest/mirror"
)

// statusReport is what logsql status --json prints.
type statusReport struct {
	Mirror      string            `json:"mirror"`
	Exists      bool              `json:"exists"`
	Buckets     []bucketStatus    `json:"buckets"`
	Unconverted int64             `json:"unconverted"` // objects that convert-parquet has not dealt with yet
	Tables      []lake.TableStats `json:"tables"`
	Skipped     []lake.SkipStats  `json:"skipped"`
}

// bucketStatus is a bucket and the first day that prune left of it.
type bucketStatus struct {
	mirror.BucketSums
	PrunedBefore string `json:"pruned_before,omitempty"`
}

func (a *app) statusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Tell what is mirrored, converted, bad and skipped",
		Long: `Tells what the mirror holds: objects by bucket, what of them is converted, what
waits for convert-parquet, which lines were bad and which objects are no logs.

Every record that was received is in a table or in the list of bad lines, which
logsql bad prints in full: object, line, reason and text.`,
		Example: "  logsql status\n  logsql status --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runStatus(cmd.Context(), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return cmd
}

func (a *app) runStatus(ctx context.Context, asJSON bool) error {
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil {
		return err
	}
	defer m.Close()
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
	buckets, err := bucketStatuses(ctx, m)
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

func bucketStatuses(ctx context.Context, m *mirror.Mirror) ([]bucketStatus, error) {
	list := []bucketStatus{}
	sums, err := m.Buckets(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range sums {
		day, err := ingest.PrunedBefore(ctx, m, b.Bucket)
		if err != nil {
			return nil, err
		}
		s := bucketStatus{BucketSums: b}
		if !day.IsZero() {
			s.PrunedBefore = day.Format(time.DateOnly)
		}
		list = append(list, s)
	}
	return list, nil
}

// badShown is how many bad lines status shows unasked.
const badShown = 10

func (a *app) writeStatus(ctx context.Context, m *mirror.Mirror, r statusReport) error {
	fmt.Fprintf(a.out, "mirror %s\n\n", r.Mirror)
	for _, b := range r.Buckets {
		fmt.Fprintf(a.out, "s3://%s: %s, %s", b.Bucket, count(b.Objects, "object"), size(b.Bytes))
		if b.PrunedBefore != "" {
			fmt.Fprintf(a.out, "; days before %s were pruned and are not synced (--since brings them back)", b.PrunedBefore)
		}
		fmt.Fprintln(a.out)
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
		fmt.Fprintf(a.out, "%s in all; logsql bad lists them\n", count(bad, "bad line"))
	}
	return nil
}

// writeBad prints at most limit bad lines.
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
		fmt.Fprintf(a.out, "%s line %d: %s\n", printable(line.Object), line.Line, printable(line.Reason))
	}
	return nil
}
