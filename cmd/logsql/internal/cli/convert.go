package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"logsql/convert"
	"logsql/convert/logtype"
	"logsql/ingest/mirror"
	"logsql/sql"
)

// convertOptions are the flags of logsql convert-parquet.
type convertOptions struct {
	days
	types    []string
	workers  int
	strict   bool
	retryBad bool
	again    bool
	dedupe   bool
	json     bool
	progress string
}

func (a *app) convertCommand() *cobra.Command {
	var o convertOptions
	cmd := &cobra.Command{
		Use:   "convert-parquet",
		Short: "Turn what is mirrored and new into Parquet",
		Long: `Turns mirrored objects that are not converted yet into snappy Parquet below
lake/ in the mirror: vpc_flow_logs, transit_gateway_flow_logs and s3_access_logs
by year, month and day, cloudtrail_logs and the tables of a trail's network
activity, insight and aggregated events by account and region too. Run it after
every sync; it does what is new and nothing twice.

A line that cannot be read does not stop it: the line is kept with its object,
number and reason (logsql bad), everything else goes on, and the exit status is 4.
It ends by saying for each type how many records were received, and that is how
many are stored plus how many are bad. Of tables made with CREATE EXTERNAL TABLE
over these objects it compares the rows with the lake's, so that queries on them
read Parquet where those are the same (EXPLAIN tells).

--retry-bad reads objects with bad lines once more, and those that were skipped:
after an update of logsql, what can be read now moves into the lake. --reconvert
does that for all objects. What was converted together is done again together
and takes the old one's place at once, so that each record is there once at any
moment; what cannot be read again, as its file is gone, stays as it is.

AWS delivers at least once: records that came twice are counted, and kept as
Athena has them. --dedupe leaves out those that are in the lake already or came
before in this run, by eventID (CloudTrail) or by requestID, operation, key and
version (access logs), within a table and one day.`,
		Example: `  logsql convert-parquet
  logsql convert-parquet --type vpc_flow_logs --since 2021-12-04
  logsql convert-parquet --retry-bad           after an update: what was bad, once more
  logsql convert-parquet --json                one JSON object for scripts`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := errors.Join(o.check(), checkTypes(o.types), checkWorkers(o.workers), o.checkAgain()); err != nil {
				return err
			}
			err := a.runConvert(cmd.Context(), o)
			if err == nil || errors.Is(err, errIncomplete) {
				err = errors.Join(err, a.compareTables(cmd.Context(), o))
			}
			return err
		},
	}
	f := cmd.Flags()
	typeFlag(cmd, &o.types)
	o.flags(cmd)
	f.IntVar(&o.workers, "workers", 0, "`number` of objects read at once (0: one for each processor)")
	f.BoolVar(&o.strict, "strict", false, "stop at the first bad line or broken object")
	f.BoolVar(&o.retryBad, "retry-bad", false, "once more what had bad lines, was broken or skipped")
	f.BoolVar(&o.again, "reconvert", false, "once more all that is converted")
	f.BoolVar(&o.dedupe, "dedupe", false, "leave out records that were delivered twice; works on one object at a time")
	f.BoolVar(&o.json, "json", false, "print the report as one JSON object")
	progressFlag(cmd, &o.progress)
	return cmd
}

func typeFlag(cmd *cobra.Command, types *[]string) {
	cmd.Flags().StringSliceVar(types, "type", nil, "only logs of this `type`: "+strings.Join(typeNames(), ", ")+"; may be repeated")
}

func typeNames() []string {
	var names []string
	for _, t := range logtype.Types {
		names = append(names, t.Name)
	}
	return names
}

func checkTypes(types []string) error {
	for _, name := range types {
		if !slices.Contains(typeNames(), name) {
			return usagef("it is one of "+strings.Join(typeNames(), ", "), "--type: there is no log type %q", name)
		}
	}
	return nil
}

func checkWorkers(n int) error {
	if n < 0 {
		return usagef("", "--workers %d: it is a number of workers, or 0 to let logsql choose", n)
	}
	return nil
}

func (o convertOptions) checkAgain() error {
	if o.retryBad && o.again {
		return usagef("--reconvert does what --retry-bad does, and more", "--retry-bad and --reconvert were both given")
	}
	return nil
}

func (o convertOptions) convert() convert.Options {
	c := convert.Options{Types: o.types, Since: o.since.Time, Until: o.until.Time, Workers: o.workers, Strict: o.strict, Dedupe: o.dedupe}
	switch {
	case o.again:
		c.Again = convert.Everything
	case o.retryBad:
		c.Again = convert.WhatWasBad
	}
	return c
}

func (a *app) runConvert(ctx context.Context, o convertOptions) error {
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
	a.noteEmpty(m)
	options, started := o.convert(), time.Now()
	options.Progress = func(p convert.Progress) {
		bar.show(func() string { return convertProgress(p, time.Since(started)) })
	}
	report, err := convert.Run(ctx, m, options)
	bar.end(func() string { return convertSummary(report) })
	if err != nil {
		return convertError(err, report)
	}
	if o.json {
		err = writeJSON(a.out, report)
	} else {
		err = a.writeConvert(report)
	}
	if err == nil && report.Flawed() {
		return errIncomplete
	}
	return err
}

// compareTables has the tables that users made over raw objects answered from
// the lake, where it has the same rows. It needs no lock, and what it does not
// come to, queries do.
func (a *app) compareTables(ctx context.Context, o convertOptions) error {
	bar, err := a.progress(o.progress)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil {
		return err
	}
	defer m.Close()
	session, err := sql.Open(ctx, m, sql.Options{Threads: o.workers})
	if err != nil {
		return err
	}
	defer session.Close()
	err = session.Compare(ctx, func(objects int) {
		bar.show(func() string { return "compared with the tables over them: " + count(int64(objects), "object") })
	})
	bar.done()
	if err != nil && ctx.Err() == nil {
		fmt.Fprintf(a.err, "note: everything is converted, but not all of it compared with the tables over it (%s): queries do that\n", err)
		return nil
	}
	return resume(err, "everything is converted; queries compare what is left")
}

// mirrorToConvert opens the mirror for writing, but does not make one: without
// objects there is nothing to convert.
func (a *app) mirrorToConvert(ctx context.Context) (*mirror.Mirror, error) {
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil || m.Empty() {
		return m, err
	}
	if err := m.Close(); err != nil {
		return nil, err
	}
	return mirror.Create(ctx, a.mirror)
}

// resume adds to an interruption how to go on.
func resume(err error, how string) error {
	if errors.Is(err, context.Canceled) {
		return &hintError{err, how}
	}
	return err
}

// convertError adds to an error that stopped the run what is safe and how to go
// on.
func convertError(err error, r convert.Report) error {
	var bad *convert.BadLineError
	var missing *convert.MissingError
	if errors.As(err, &bad) || errors.As(err, &missing) {
		return &hintError{err, "without --strict it is noted and everything else goes on; nothing of this object's unit was taken in"}
	}
	t := total(r)
	if t.Objects == 0 {
		return resume(err, "nothing of this run is in the lake; the same command begins again")
	}
	return resume(err, fmt.Sprintf("%s of this run are in the lake (%s) and stay; the same command goes on from there",
		count(t.Objects, "object"), count(t.Stored, "record")))
}

// total sums the tables of a report up.
func total(r convert.Report) convert.Table {
	var sum convert.Table
	for _, t := range r.Tables {
		sum.Objects += t.Objects
		sum.Records += t.Records
		sum.Stored += t.Stored
		sum.Bad += t.Bad
		sum.Parts += t.Parts
		sum.Read += t.Read
		sum.Written += t.Written
	}
	return sum
}

// convertProgress is how far the run is after a time: by bytes, as objects
// differ in size a thousand times. What people look for comes first, as a narrow
// terminal cuts the line.
func convertProgress(p convert.Progress, after time.Duration) string {
	switch {
	case p.AllMerged > 0:
		return fmt.Sprintf("merging parts: %s of %s", grouped(int64(p.Merged)), count(int64(p.AllMerged), "day"))
	case p.Bytes == 0:
		return fmt.Sprintf("%s to convert found, %s", count(p.AllObjects, "object"), size(p.AllBytes))
	}
	records := p.Stored + p.Bad
	line := fmt.Sprintf("%d %%", percent(p.Bytes, p.AllBytes))
	if after >= 2*time.Second {
		left := time.Duration(float64(after) * float64(p.AllBytes-p.Bytes) / float64(p.Bytes))
		line += ", " + roughly(left) + " left"
	}
	if p.Bad > 0 {
		line += ", " + count(p.Bad, "bad line")
	}
	line += fmt.Sprintf(", %s of %s", size(p.Bytes), size(p.AllBytes))
	if after >= time.Second {
		line += fmt.Sprintf(", %s records/s", grouped(int64(float64(records)/after.Seconds())))
	}
	return line + fmt.Sprintf(", %s, %s of %s", count(records, "record"), grouped(p.Objects), count(p.AllObjects, "object"))
}

func percent(part, all int64) int64 {
	if all == 0 {
		return 100
	}
	return min(100, int64(100*float64(part)/float64(all)))
}

// convertSummary is the last line of the progress.
func convertSummary(r convert.Report) string {
	t := total(r)
	if t.Objects == 0 {
		return ""
	}
	return fmt.Sprintf("%s from %s in %.1f s: %s of logs became %s of Parquet, %s", count(t.Records, "record"),
		count(t.Objects, "object"), r.Seconds, size(t.Read), size(t.Written), count(t.Parts, "part"))
}

func leftOut(t *convert.Table) string {
	if t.Left == 0 {
		return ""
	}
	return " + " + count(t.Left, "duplicate") + " left out"
}

// skippedShown is how many skipped objects are listed; --json has all.
const skippedShown = 20

// writeConvert prints what became of the records, and which objects are no logs.
func (a *app) writeConvert(r convert.Report) error {
	out := bufio.NewWriter(a.out)
	for _, name := range typeNames() {
		if t := r.Tables[name]; t != nil {
			fmt.Fprintf(out, "%s: %s received = %s stored + %s bad%s, from %s\n", name, count(t.Records, "record"),
				grouped(t.Stored), grouped(t.Bad), leftOut(t), count(t.Objects, "object"))
			if kept := t.Duplicates - t.Left; kept > 0 {
				fmt.Fprintf(out, "  %s among the stored: --dedupe leaves such out\n", count(kept, "duplicate"))
			}
		}
	}
	if len(r.Tables) == 0 && r.Missing == 0 {
		fmt.Fprintln(out, "nothing new to convert")
	}
	if n := r.Skips + r.Missing; n > 0 {
		fmt.Fprintf(out, "skipped %s:\n", count(n, "object"))
		for _, s := range r.Skipped[:min(n, skippedShown)] {
			fmt.Fprintf(out, "  %s: %s\n", printable(s.Object), s.Reason)
		}
		if n > skippedShown {
			fmt.Fprintf(out, "  … and %s more; logsql status sums them up\n", grouped(n-skippedShown))
		}
	}
	if r.Missing > 0 {
		fmt.Fprintf(out, "%s could not be read; logsql sync fetches lost ones anew, the next convert-parquet tries again\n", count(r.Missing, "file"))
	}
	if t := total(r); t.Bad > 0 {
		fmt.Fprintln(out, "some lines could not be read; logsql bad lists them with object, line and reason")
	}
	return out.Flush()
}
