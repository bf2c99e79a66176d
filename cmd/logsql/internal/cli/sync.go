package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"logsql/convert/logtype"
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
	owner    string
	payer    bool
	noSign   bool
	accounts []string
	regions  []string
	audit    bool
	workers  int
	accept   bool
	rate     rate
	every    time.Duration
	convert  bool
	dedupe   bool
	link     bool
	dryRun   bool
	prices   string
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
not followed. --link shares their bytes instead of copying them; after a hard
link, who writes into the folder's file writes into the mirror's, which logsql
verify tells. Without SOURCE, the sources that the mirror knows are synced again.

What is there is not fetched again, and an interrupted sync goes on where it
stopped. Nothing is deleted or overwritten in the mirror: an object that changed
in S3 is reported each time and kept beside the first, which the tables go on
with until --accept takes the new one.

A day that was had completely, a day after its end (access logs filed by event
time: a week), is sealed: it costs no request any more. What comes for the other
days is always found, however late; --audit looks at sealed days again and tells
what is new or has changed there.

--type cloudtrail_logs brings the trail's digests along, by which logsql verify
proves its logs.

Credentials, region and endpoint are found as the AWS command line finds them:
profiles, SSO, roles (an MFA code is asked for), web identity, the environment,
instance roles. China regions and gateways work the same way, and a bucket is
never asked for in another partition. $AWS_USE_DUALSTACK_ENDPOINT=true uses IPv6.

--dry-run tells how many objects and bytes would be fetched, with how many
requests, and what AWS asks for those in the bucket's region. What it costs in
China, only you know: --prices 0.0045,0.004,0.93,CNY (of 1,000 LISTs, of 1,000
GETs, of a GB that leaves AWS).

--every stays current: a round that fails (no network, credentials that expired)
is told, and the next one tries again. --convert runs convert-parquet after each
sync, then loads what is new into your tables and says what: MSCK REPAIR TABLE for
those whose partitions it once found, and the days after the last for those whose
partitions were added by hand, where all of them lie in folders that tell the date
(dt='2021-12-04' at …/2021/12/04/).`,
		Example: `  logsql sync s3://my-logs/AWSLogs/
  logsql sync s3://my-logs --since 2021-12-04 --until 2021-12-06
  logsql sync ./export --as s3://my-logs       a folder instead of S3
  logsql sync s3://logs --profile cn --region cn-north-1
  logsql sync s3://org-logs --account 123456789012 --log-region cn-north-1
  logsql sync                                  the same sources again`,
		RunE: func(cmd *cobra.Command, args []string) error {
			targets, err := o.targets(args)
			if o.link && len(args) > 0 && !slices.ContainsFunc(targets, func(t ingest.Target) bool { return t.Folder != "" }) {
				err = cmp.Or(err, usagef(syncExample+" --link", "--link is about folders of this machine, and none was given"))
			}
			prices, perr := o.parsePrices()
			if err := errors.Join(err, o.check(), checkTypes(o.types), checkWorkers(o.workers), perr, o.checkEvery(cmd.Flags().Changed("every"))); err != nil {
				return err
			}
			return a.runSync(cmd.Context(), o, prices, targets)
		},
	}
	f := cmd.Flags()
	o.as.placed = f.NArg
	f.Var(&o.as, "as", "the `s3://bucket/prefix` that the folder before it stands for")
	typeFlag(cmd, &o.types)
	o.flags(cmd)
	f.StringSliceVar(&o.accounts, "account", nil, "only logs of this `account`, by their keys; may be repeated")
	f.StringSliceVar(&o.regions, "log-region", nil, "only logs of this `region`, by their keys; may be repeated")
	f.BoolVar(&o.audit, "audit", false, "list sealed days, too: what is new or has changed there?")
	f.StringVar(&o.endpoint, "endpoint-url", "", "`URL` of an S3 gateway; also $AWS_ENDPOINT_URL_S3")
	f.StringVar(&o.profile, "profile", "", "`name` of the AWS profile")
	f.StringVar(&o.region, "region", "", "the buckets' `region`, such as cn-north-1")
	f.BoolVar(&o.payer, "request-payer", false, "pay for requests to a bucket whose owner asks it")
	f.StringVar(&o.owner, "expected-bucket-owner", "", "`account` that must own the buckets")
	f.BoolVar(&o.noSign, "no-sign-request", false, "ask without credentials, for public buckets")
	f.IntVar(&o.workers, "workers", 0, "`number` of objects fetched at once, at most (0: as many as the store bears)")
	f.Var(&o.rate, "bandwidth", "`bytes` a second at most, such as 20M (default no limit)")
	f.BoolVar(&o.link, "link", false, "share the bytes of a folder's files with the mirror where the file system can, instead of copying them")
	f.BoolVar(&o.accept, "accept", false, "take objects that changed in S3 in place of the mirror's, which are kept beside")
	f.DurationVar(&o.every, "every", 0, "again and again, one sync each `time` (15m, 1h), until a signal ends it")
	f.BoolVar(&o.convert, "convert", false, "then convert-parquet, and load the new partitions of your tables")
	f.BoolVar(&o.dedupe, "dedupe", false, "with --convert: leave out records that were delivered twice")
	f.BoolVar(&o.dryRun, "dry-run", false, "list what would be fetched; fetch and write nothing")
	f.StringVar(&o.prices, "prices", "", "what requests cost: `LIST,GET,GB,CURRENCY` (default what AWS publishes)")
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
			t.NoSign, t.Owner = o.noSign, o.owner
		}
	}
	return targets, nil
}

func (o *syncOptions) parsePrices() (*ingest.Prices, error) {
	if o.prices == "" {
		return nil, nil
	}
	return ingest.ParsePrices(o.prices)
}

func (o *syncOptions) checkEvery(given bool) error {
	switch {
	case given && o.every < time.Second:
		return usagef("for example: logsql sync --every 15m --convert", "--every %s: it is a time of a second or more", o.every)
	case given && o.dryRun:
		return usagef("", "--every with --dry-run: nothing would come of it")
	case o.dedupe && !o.convert:
		return usagef("for example: logsql sync --convert --dedupe", "--dedupe is about --convert, which was not given")
	}
	return nil
}

func (a *app) runSync(ctx context.Context, o syncOptions, prices *ingest.Prices, targets []ingest.Target) error {
	round := func(ctx context.Context) error { return a.syncAndConvert(ctx, o, prices, targets) }
	if o.every > 0 {
		return a.rounds(ctx, o.every, round)
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	return round(ctx)
}

// keyTypes are the types that keys tell: what only content tells from another
// comes with that.
func keyTypes(names []string) (types []string) {
	for _, name := range names {
		types = append(types, cmp.Or(logtype.ByName(name).Keys, name))
	}
	return types
}

func (a *app) syncOnce(ctx context.Context, o syncOptions, prices *ingest.Prices, targets []ingest.Target) error {
	bar, err := a.progress(o.progress)
	if err != nil {
		return err
	}
	m, targets, err := a.mirrorToSync(ctx, targets, o.dryRun)
	if err != nil {
		return err
	}
	defer m.Close()
	report, err := ingest.Sync(ctx, m, targets, ingest.Options{
		Types: keyTypes(o.types), Since: o.since.Time, Until: o.until.Time, Workers: o.workers, DryRun: o.dryRun,
		Accounts: o.accounts, Regions: o.regions, Audit: o.audit, Accept: o.accept, Link: o.link,
		Bandwidth: int64(o.rate), Prices: prices, MFACode: a.mfaCode,
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
	if r.Linked > 0 {
		parts = append(parts, grouped(r.Linked)+" of them linked")
	}
	if r.NotLinked != "" {
		parts = append(parts, "others copied, as they cannot be linked ("+r.NotLinked+")")
	}
	parts = append(parts, grouped(r.Present)+" in the mirror already")
	for _, c := range []struct {
		n    int64
		what string
	}{
		{r.Adopted, "found whole in the mirror's folder"},
		{r.OtherDay, "of other days"},
		{r.OtherType, "of other types"},
		{r.OtherPlace, "of other accounts or regions"},
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
	if r.Spared {
		fmt.Fprintln(a.out, "  sealed days are complete and were not listed; --audit looks at them, too")
	}
	if r.Late > 0 {
		fmt.Fprintf(a.out, "  %s new in days that were sealed\n", count(r.Late, "object"))
	}
	if r.DryRun && r.Lists > 0 {
		a.writeCosts(r)
	}
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

// writeCosts prints what a dry run has cost and the sync would, by source: two
// regions have two prices.
func (a *app) writeCosts(r ingest.Report) {
	fmt.Fprintf(a.out, "  requests: %s LIST for this look, as many again and %s GET to fetch\n", grouped(r.Lists), grouped(r.Gets))
	for _, c := range r.Costs {
		whose := "at the prices given"
		if c.Region != "" {
			whose = "at the prices AWS publishes for " + c.Region
		}
		fmt.Fprintf(a.out, "  cost: about %.4f %s for requests, and %.2f %s where the bytes leave AWS (%s)\n",
			c.Requests, c.Currency, c.Transfer, c.Currency, whose)
	}
	if len(r.Costs) == 0 {
		fmt.Fprintln(a.out, "  cost: no prices are known for this place; --prices LIST,GET,GB,CURRENCY gives them")
	}
}

// mfaCode asks for the code that a role wants, where somebody is there to type
// it.
func (a *app) mfaCode() (string, error) {
	if !isTerminal(a.in) {
		return "", errors.New("the role wants an MFA code, and nobody can type one: run it on a terminal, or with credentials of a session (aws sts assume-role, AWS_SESSION_TOKEN)")
	}
	fmt.Fprint(a.err, "MFA code: ")
	var code string
	if _, err := fmt.Fscanln(a.in, &code); err != nil {
		return "", fmt.Errorf("read the MFA code: %w", err)
	}
	return code, nil
}

// rate is the value of --bandwidth: bytes a second.
type rate int64

func (r *rate) Set(s string) error {
	units := map[byte]int64{'K': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}
	number, unit := strings.ToUpper(strings.TrimSpace(s)), int64(1)
	if n := len(number); n > 0 && units[number[n-1]] > 0 {
		number, unit = number[:n-1], units[number[n-1]]
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || !(v*float64(unit) >= 1 && v*float64(unit) < 1<<50) {
		return fmt.Errorf("%q is no number of bytes a second: write it as 500K, 20M or 1G", s)
	}
	*r = rate(v * float64(unit))
	return nil
}

func (r *rate) String() string {
	if *r == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*r), 10)
}

func (r *rate) Type() string { return "rate" }

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
