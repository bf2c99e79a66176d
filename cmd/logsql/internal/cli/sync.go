package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"logsql/ingest"
	"logsql/ingest/mirror"
)

// syncOptions are the flags of logsql sync.
type syncOptions struct {
	days
	as       asFlag
	types    []string
	endpoint string
	profile  string
	region   string
	payer    bool
	workers  int
	accept   bool
	dryRun   bool
	json     bool
	progress string
}

const syncExample = "for example: logsql sync ./export --as s3://my-logs"

func (a *app) syncCommand() *cobra.Command {
	var o syncOptions
	cmd := &cobra.Command{
		Use:   "sync [SOURCE [--as s3://…]]…",
		Short: "Copy logs from S3 or a folder into the mirror",
		Long: `Copies every object below each SOURCE into the mirror, log or not. A SOURCE is
s3://bucket or s3://bucket/prefix, or a folder of this machine, for logs that
were carried in on a disk: --as behind a folder says where in S3 its files are
from, and the file a/b in it becomes the key prefix/a/b. Links in a folder are
not followed. Without SOURCE, the sources that the mirror knows are synced again.

What is there is not fetched again, and an interrupted sync goes on where it
stopped. Nothing is deleted or overwritten in the mirror: an object that changed
in S3 is reported each time and kept beside the first, which the tables go on
with until --accept takes the new one. Credentials, region and endpoint are found as the AWS command
line finds them; China regions and gateways work the same way.`,
		Example: `  logsql sync s3://my-logs/AWSLogs/
  logsql sync s3://my-logs --since 2021-12-04 --until 2021-12-06
  logsql sync ./export --as s3://my-logs       a folder instead of S3
  logsql sync s3://logs --profile cn --region cn-north-1
  logsql sync                                  the same sources again`,
		RunE: func(cmd *cobra.Command, args []string) error {
			targets, err := o.targets(args)
			if err := errors.Join(err, o.check(), checkTypes(o.types), checkWorkers(o.workers)); err != nil {
				return err
			}
			return a.runSync(cmd.Context(), o, targets)
		},
	}
	f := cmd.Flags()
	o.as.placed = f.NArg
	f.Var(&o.as, "as", "the `s3://bucket/prefix` that the folder before it stands for")
	typeFlag(cmd, &o.types)
	o.flags(cmd)
	f.StringVar(&o.endpoint, "endpoint-url", "", "`URL` of an S3 gateway; also $AWS_ENDPOINT_URL_S3")
	f.StringVar(&o.profile, "profile", "", "`name` of the AWS profile")
	f.StringVar(&o.region, "region", "", "the buckets' `region`, such as cn-north-1")
	f.BoolVar(&o.payer, "request-payer", false, "pay for requests to a bucket whose owner asks it")
	f.IntVar(&o.workers, "workers", 0, "`number` of objects fetched at once (0: let logsql choose)")
	f.BoolVar(&o.accept, "accept", false, "take objects that changed in S3 in place of the mirror's, which are kept beside")
	f.BoolVar(&o.dryRun, "dry-run", false, "list what would be fetched; fetch and write nothing")
	f.BoolVar(&o.json, "json", false, "print the report as one JSON object")
	progressFlag(cmd, &o.progress)
	return cmd
}

// asFlag gathers --as with its place among the sources, since it belongs to the
// folder before it.
type asFlag struct {
	placed func() int // how many sources have been read so far
	given  []placedAs
}

type placedAs struct {
	source int // its index, -1 before any
	uri    string
}

func (f *asFlag) Set(uri string) error {
	f.given = append(f.given, placedAs{f.placed() - 1, uri})
	return nil
}

func (f *asFlag) String() string { return "" }
func (f *asFlag) Type() string   { return "uri" }

// targets pairs every source with the --as behind it.
func (o *syncOptions) targets(sources []string) ([]ingest.Target, error) {
	as := make([][]string, len(sources))
	for _, given := range o.as.given {
		if given.source < 0 {
			return nil, usagef(syncExample, "--as %s stands before any folder; it belongs to the folder in front of it", given.uri)
		}
		as[given.source] = append(as[given.source], given.uri)
	}
	var targets []ingest.Target
	for i, source := range sources {
		if len(as[i]) > 0 && strings.HasPrefix(source, "s3://") {
			return nil, usagef(syncExample, "--as %s belongs to a folder, and %s is none", as[i][0], source)
		}
		if len(as[i]) > 1 {
			return nil, usagef(syncExample, "the folder %s has %d --as; it stands for one place", source, len(as[i]))
		}
		parsed, err := ingest.ParseTargets([]string{source}, as[i])
		if err != nil {
			return nil, err
		}
		targets = append(targets, parsed...)
	}
	for i := range targets {
		if t := &targets[i]; t.Folder == "" {
			t.Endpoint, t.Region, t.Profile, t.RequestPayer = o.endpoint, o.region, o.profile, o.payer
		}
	}
	return targets, nil
}

func (a *app) runSync(ctx context.Context, o syncOptions, targets []ingest.Target) error {
	bar, err := a.progress(o.progress)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	m, targets, err := a.mirrorToSync(ctx, targets, o.dryRun)
	if err != nil {
		return err
	}
	defer m.Close()
	report, err := ingest.Sync(ctx, m, targets, ingest.Options{
		Types: o.types, Since: o.since.Time, Until: o.until.Time, Workers: o.workers, DryRun: o.dryRun,
		Accept:   o.accept,
		Progress: func(r ingest.Report) { bar.show(func() string { return syncProgress(r) }) },
	})
	bar.done()
	if o.json {
		err = errors.Join(err, writeJSON(a.out, report))
	} else if report.Listed > 0 || err == nil {
		a.writeSync(report)
	}
	if err != nil {
		return resume(err, "what was fetched stays; the same command goes on from there")
	}
	if report.Trouble() {
		return errIncomplete
	}
	return nil
}

func syncProgress(r ingest.Report) string {
	return fmt.Sprintf("listed %s, fetched %s of %s, %s of %s", count(r.Listed, "object"),
		grouped(r.Fetched), grouped(r.Planned), size(r.Bytes), size(r.PlannedBytes))
}

// failuresShown is how many failures are listed; --json has more.
const failuresShown = 20

// writeSync prints what became of the objects that were listed.
func (a *app) writeSync(r ingest.Report) {
	parts := []string{fmt.Sprintf("%s fetched (%s)", grouped(r.Fetched), size(r.Bytes))}
	if r.DryRun {
		parts = []string{fmt.Sprintf("%s would be fetched (%s)", grouped(r.Planned), size(r.PlannedBytes))}
	}
	parts = append(parts, grouped(r.Present)+" in the mirror already")
	for _, c := range []struct {
		n    int64
		what string
	}{
		{r.Adopted, "found whole in the mirror's folder"},
		{r.OtherDay, "of other days"},
		{r.OtherType, "of other types"},
		{r.NoObject, "no files (links and the like)"},
		{r.Gone, "gone since they were listed"},
		{r.Accepted, "changed and accepted (logsql convert-parquet converts them again)"},
		{r.Mutated, "changed, the mirror's copies kept"},
		{r.Pruned, "of pruned days (--since brings them back)"},
		{r.Denied, "denied"},
		{r.Archived, "archived"},
		{r.Failed, "failed"},
	} {
		if c.n > 0 {
			parts = append(parts, grouped(c.n)+" "+c.what)
		}
	}
	fmt.Fprintf(a.out, "%s: %s listed: %s\n", strings.Join(r.Sources, ", "), count(r.Listed, "object"), strings.Join(parts, ", "))
	for _, f := range r.Failures[:min(len(r.Failures), failuresShown)] {
		fmt.Fprintf(a.out, "  %s %s: %s\n", f.What, printable(f.URI), printable(f.Reason))
		if f.Hint != "" {
			fmt.Fprintf(a.out, "    hint: %s\n", f.Hint)
		}
	}
	if more := len(r.Failures) - failuresShown; more > 0 {
		fmt.Fprintf(a.out, "  … and %s more; --json lists them\n", grouped(int64(more)))
	}
}

// mirrorToSync opens the mirror and finds the sources to sync: those given, else
// those it knows. A dry run and a run without any source make no mirror.
func (a *app) mirrorToSync(ctx context.Context, targets []ingest.Target, dryRun bool) (*mirror.Mirror, []ingest.Target, error) {
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil {
		return nil, nil, err
	}
	if len(targets) == 0 {
		if targets, err = ingest.Targets(ctx, m); err == nil && len(targets) == 0 {
			err = usagef("for example: logsql sync s3://my-logs/AWSLogs/, or a folder: logsql sync ./export --as s3://my-logs",
				"no SOURCE was given, and the mirror at %s knows none yet", a.mirror)
		}
	}
	if err != nil || dryRun {
		if err != nil {
			m.Close()
		}
		return m, targets, err
	}
	if err := m.Close(); err != nil {
		return nil, nil, err
	}
	m, err = mirror.Create(ctx, a.mirror)
	return m, targets, err
}
