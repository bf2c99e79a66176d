package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"logsql/cmd/logsql/internal/report"
	"logsql/ingest/mirror"
	"logsql/sql"
)

func (a *app) reportCommand() *cobra.Command {
	var d days
	var file string
	cmd := &cobra.Command{
		Use:   "report [--since DAY] [--until DAY] [-o FILE]",
		Short: "Write a page with the main questions answered",
		Long: `Writes one HTML page with tables and charts of the main questions for a period:
bytes over time, top talkers, internet traffic, rejects, security group or
network ACL; S3 requests, errors, anonymous access, deletions; sign-ins without
MFA, use of root, access denied, changes, regions. It says what it rests on:
days without records, bad lines, what is not converted.

The page needs no network and no other file, and prints well. Both days are
included; without them it is about all there is. -o - writes to standard output.`,
		Example: "  logsql report -o report.html\n  logsql report --since 2021-12-04 --until 2021-12-10 -o week.html",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := d.check(); err != nil {
				return err
			}
			return a.runReport(cmd.Context(), d, file)
		},
	}
	d.flags(cmd)
	cmd.Flags().StringVarP(&file, "output-file", "o", "report.html", "the `file` to write, whole or not at all")
	return cmd
}

func (a *app) runReport(ctx context.Context, d days, file string) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil {
		return err
	}
	defer m.Close()
	about, err := reportMirror(ctx, m)
	if err != nil {
		return err
	}
	a.noteEmpty(m)
	session, err := sql.Open(ctx, m, sql.Options{})
	if err != nil {
		return err
	}
	defer session.Close()
	write := func(w io.Writer) error {
		return report.Write(ctx, w, session, about, report.Options{Since: d.since.Time, Until: d.until.Time, Now: time.Now()})
	}
	if file == "-" {
		return cancelled(ctx, write(a.out))
	}
	if err := cancelled(ctx, wholeFile(file, write)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.err, "report written: %s\n", file)
	return err
}

// cancelled is err, or that the user ended it, however the database words that.
func cancelled(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// reportMirror is what the page says about the mirror.
func reportMirror(ctx context.Context, m *mirror.Mirror) (report.Mirror, error) {
	status, err := mirrorStatus(ctx, m)
	if err != nil {
		return report.Mirror{}, err
	}
	about := report.Mirror{Dir: status.Mirror, Program: "logsql " + version}
	for _, t := range status.Tables {
		about.Tables = append(about.Tables, report.Table{
			Name: t.Table, Records: t.Stored, Bad: t.Bad, Broken: t.Broken, FirstDay: t.FirstDay, LastDay: t.LastDay,
		})
	}
	for _, s := range status.Skipped {
		about.Skipped = append(about.Skipped, report.Skipped{Reason: s.Reason, Objects: s.Objects})
	}
	return about, nil
}
