package cli

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"logsql/convert/lake"
	"logsql/ingest/mirror"
)

// pruneOptions are the flags of logsql prune.
type pruneOptions struct {
	before  day
	rawOnly bool
	yes     bool
	json    bool
}

func (a *app) pruneCommand() *cobra.Command {
	var o pruneOptions
	cmd := &cobra.Command{
		Use:   "prune --before DAY",
		Short: "Remove old days from the mirror",
		Long: `Removes the logs of the days before DAY from the mirror: the raw files and the
Parquet that was made of them. It is the only command that deletes. It says first
how much goes, and asks; where nobody can be asked it wants --yes.

--raw-only removes raw files only, of objects whose every record is in the lake:
those that are not converted, have bad lines, or are no logs stay. The built-in
tables go on as before; external tables over such objects say that the file is
missing where the lake cannot stand in for it.

logsql sync does not bring back what was pruned, unless --since asks for it.
Nothing in S3 is touched, nor what statements wrote (tables/).`,
		Example: `  logsql prune --before 2021-12-04
  logsql prune --before 2021-12-04 --raw-only --yes`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.before.IsZero() {
				return usagef(example(cmd), "prune needs --before DAY")
			}
			return a.runPrune(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.Var(&o.before, "before", "remove what is older than this `day` (UTC, 2021-12-04); the day itself stays")
	f.BoolVar(&o.rawOnly, "raw-only", false, "remove only raw files whose records are all in the lake")
	f.BoolVar(&o.yes, "yes", false, "do not ask")
	f.BoolVar(&o.json, "json", false, "print what was removed as one JSON object")
	return cmd
}

func (a *app) runPrune(ctx context.Context, o pruneOptions) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil {
		return err
	}
	defer m.Close()
	if m.Empty() {
		a.noteEmpty(m)
		return nil
	}
	release, err := m.Lock("logsql prune")
	if err != nil {
		return err
	}
	defer release()
	l, err := lake.Open(ctx, m)
	if err != nil {
		return err
	}
	p, err := l.Prune(ctx, o.before.Time, o.rawOnly, func(p lake.Pruning) (bool, error) { return a.confirmPrune(p, o) })
	switch {
	case err != nil && p.Done:
		return resume(err, "what was to be removed is forgotten; the next sync, convert-parquet or prune removes the rest of the files")
	case err != nil:
		return err
	case o.json:
		return writeJSON(a.out, p)
	case p.Done:
		fmt.Fprintln(a.out, "removed")
	case p.Objects == 0:
		fmt.Fprintf(a.out, "nothing to remove before %s%s\n", p.Before, kept(p))
	default:
		fmt.Fprintln(a.out, "nothing was removed")
	}
	return nil
}

// confirmPrune says what goes and asks, if that is wanted and possible.
func (a *app) confirmPrune(p lake.Pruning, o pruneOptions) (bool, error) {
	w := a.out
	if o.json {
		w = a.err
	}
	fmt.Fprintf(w, "before %s:\n", p.Before)
	for _, b := range p.Buckets {
		fmt.Fprintf(w, "  s3://%s: %s, %s\n", b.Bucket, count(b.Objects, "object"), size(b.Bytes))
	}
	if p.Others > 0 {
		fmt.Fprintf(w, "  %s of them that were kept beside\n", count(p.Others, "other version"))
	}
	if !p.RawOnly {
		fmt.Fprintf(w, "  lake: %s with %s, %s\n", count(p.Parts, "part"), count(p.Records, "record"), size(p.Lake))
	}
	if p.Kept > 0 {
		fmt.Fprintf(w, "  %s\n", strings.TrimPrefix(kept(p), "; "))
	}
	switch {
	case o.yes:
		return true, nil
	case !isTerminal(a.in) || !isTerminal(a.err):
		return false, usagef("add --yes to remove it", "nobody can be asked whether to remove this")
	}
	fmt.Fprint(a.err, "Remove it from the mirror? Type yes: ")
	line, err := bufio.NewReader(a.in).ReadString('\n')
	return err == nil && strings.EqualFold(strings.TrimSpace(line), "yes"), nil
}

func kept(p lake.Pruning) string {
	switch {
	case p.Kept == 0:
		return ""
	case p.RawOnly:
		return fmt.Sprintf("; %s of those days kept: not converted, with bad lines, or no logs", count(p.Kept, "object"))
	}
	return fmt.Sprintf("; %s of those days kept: converted together with later ones", count(p.Kept, "object"))
}
