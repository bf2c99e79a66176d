package cli

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"logsql/convert/lake"
	"logsql/ingest"
	"logsql/ingest/digest"
	"logsql/ingest/mirror"
	"logsql/ingest/s3"
	"logsql/ingest/verify"
)

// verifyOptions are the flags of logsql verify.
type verifyOptions struct {
	keyFiles []string
	fetch    bool
	profile  string
	json     bool
	verbose  bool
	outFile  string
	progress string
}

func (a *app) verifyCommand() *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Prove that the logs are what was delivered",
		Long: `Compares every file of the mirror and of the lake with the size and SHA-256 that
state.db keeps of it. Then verifies CloudTrail's logs by its digests, as aws
cloudtrail validate-logs does, but from the mirror alone: that each digest is
signed by CloudTrail and lies where it was delivered, that it follows the one
before it, and that every log it names is here with the content it had.

The public keys are kept in the mirror once they are known: by --fetch-keys,
which asks CloudTrail in the region of the digests (cloudtrail:ListPublicKeys),
or from a file by --public-keys, that
  aws cloudtrail list-public-keys --start-time … --end-time … --region … > keys.json
wrote on a machine that may ask. All else works offline.

altered, missing and moved are evidence of a change: exit status 1. What can only
not be proven (no key, no signature, a gap between digests, a log that no digest
names) ends with 4. Nothing is repaired: logsql sync fetches what is missing.`,
		Example: `  logsql verify
  logsql verify --fetch-keys                         ask CloudTrail for its public keys, once
  logsql verify --public-keys keys.json
  logsql verify --verbose --output-file report.txt   a report to keep`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runVerify(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.keyFiles, "public-keys", nil, "`file` with what aws cloudtrail list-public-keys printed; may be repeated")
	f.BoolVar(&o.fetch, "fetch-keys", false, "ask CloudTrail for public keys that the mirror has not")
	f.StringVar(&o.profile, "profile", "", "`name` of the AWS profile, for --fetch-keys (default that of the sync)")
	f.BoolVar(&o.verbose, "verbose", false, "list what is valid too")
	f.BoolVar(&o.json, "json", false, "one JSON object: findings, then the report")
	f.StringVar(&o.outFile, "output-file", "", "write the report to `file`")
	progressFlag(cmd, &o.progress)
	return cmd
}

// errTampered ends a verification that found evidence of a change.
var errTampered = errors.New("the mirror is not what was recorded or signed")

func (a *app) runVerify(ctx context.Context, o verifyOptions) (err error) {
	keys, err := readKeys(o.keyFiles)
	if err != nil {
		return err
	}
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
	a.noteEmpty(m)
	if err := verify.KeepKeys(ctx, m, keys); err != nil {
		return err
	}
	l, err := lake.Open(ctx, m)
	if err != nil {
		return err
	}
	out, err := newReportFile(a.out, o.outFile)
	if err != nil {
		return err
	}
	defer out.abort()
	w := newVerifyWriter(out, o.json, m.Dir())
	report, err := verify.Run(ctx, m, verify.Options{
		Parts: partFiles(ctx, l), Keys: keys, Fetch: fetchKeys(m, o), Valid: o.verbose,
		Progress: func(r verify.Report) { bar.show(func() string { return verifyProgress(r) }) },
	}, w.finding)
	bar.done()
	if err != nil {
		return err
	}
	if err := errors.Join(w.report(report), out.commit()); err != nil {
		return err
	}
	if o.outFile != "" {
		writeVerdict(a.out, report)
	}
	switch {
	case report.Wrong > 0:
		return errTampered
	case report.Findings > 0:
		return errIncomplete
	}
	return nil
}

func readKeys(files []string) ([]digest.Key, error) {
	var keys []digest.Key
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, usagef("", "--public-keys: %v", err)
		}
		list, err := digest.ReadKeys(f)
		f.Close()
		if err != nil {
			return nil, &hintError{fmt.Errorf("--public-keys %s: %w", name, err), "aws cloudtrail list-public-keys --start-time … --end-time … --region … > " + name}
		}
		keys = append(keys, list...)
	}
	return keys, nil
}

// fetchKeys asks with --profile, else with the profile that the digests' bucket
// was synced with: a mirror may have trails of several partitions.
func fetchKeys(m *mirror.Mirror, o verifyOptions) verify.Fetch {
	if !o.fetch {
		return nil
	}
	return func(ctx context.Context, bucket, region string, from, to time.Time) ([]digest.Key, error) {
		profile := o.profile
		if profile == "" {
			targets, err := ingest.Targets(ctx, m)
			if err != nil {
				return nil, err
			}
			for _, t := range targets {
				if t.Bucket == bucket {
					profile = cmp.Or(profile, t.Profile)
				}
			}
		}
		pages, err := s3.PublicKeys(ctx, profile, region, from, to)
		if err != nil {
			return nil, err
		}
		var keys []digest.Key
		for _, page := range pages {
			list, err := digest.ReadKeys(page)
			if err != nil {
				return nil, err
			}
			keys = append(keys, list...)
		}
		return keys, nil
	}
}

func partFiles(ctx context.Context, l *lake.Lake) iter.Seq2[verify.File, error] {
	return func(yield func(verify.File, error) bool) {
		for p, err := range l.PartFiles(ctx) {
			f := verify.File{Area: "lake", Name: p.Path, Path: p.Path, Size: p.Bytes, Sum: p.Sum}
			f.Still = func(ctx context.Context) (bool, error) { return l.HasPart(ctx, p.ID) }
			if !yield(f, err) {
				return
			}
		}
	}
}

func verifyProgress(r verify.Report) string {
	return fmt.Sprintf("verified %s, %s, %s of CloudTrail, %s; %s", count(r.Objects.All, "object"), count(r.Parts.All, "part"),
		count(r.Digests.All, "digest"), size(r.Objects.Bytes+r.Parts.Bytes), count(r.Findings, "finding"))
}

// reportFile is where a report goes: standard output, or a file that is whole or
// absent.
type reportFile struct {
	*bufio.Writer
	f    *os.File
	name string
}

func newReportFile(stdout io.Writer, name string) (*reportFile, error) {
	if name == "" {
		return &reportFile{Writer: bufio.NewWriter(stdout)}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".logsql-report-*")
	if err != nil {
		return nil, usagef("", "--output-file: %v", err)
	}
	return &reportFile{bufio.NewWriter(f), f, name}, nil
}

func (r *reportFile) commit() error {
	err := r.Flush()
	if r.f == nil || err != nil {
		return err
	}
	if err := errors.Join(r.f.Chmod(0o644), r.f.Sync(), r.f.Close(), os.Rename(r.f.Name(), r.name)); err != nil {
		return err
	}
	r.f = nil
	return nil
}

func (r *reportFile) abort() {
	if r.f != nil {
		r.f.Close()
		os.Remove(r.f.Name())
	}
}

// verifyWriter writes findings as they come, then the report.
type verifyWriter struct {
	w      *reportFile
	json   bool
	mirror string
	n      int
}

func newVerifyWriter(w *reportFile, asJSON bool, dir string) *verifyWriter {
	v := &verifyWriter{w: w, json: asJSON, mirror: dir}
	if asJSON {
		io.WriteString(w, `{"findings": [`)
	}
	return v
}

func (v *verifyWriter) finding(f verify.Finding) error {
	v.n++
	if !v.json {
		if f.Reason != "" {
			f.Reason = ": " + f.Reason
		}
		_, err := fmt.Fprintf(v.w, "%s %s%s\n", f.Kind, printable(f.Object), printable(f.Reason))
		return err
	}
	line, err := json.Marshal(f)
	if v.n > 1 {
		v.w.WriteByte(',')
	}
	_, werr := fmt.Fprintf(v.w, "\n%s", line)
	return errors.Join(err, werr)
}

func (v *verifyWriter) report(r verify.Report) error {
	if v.json {
		text, err := json.MarshalIndent(struct {
			Version string `json:"version"`
			Mirror  string `json:"mirror"`
			verify.Report
		}{version, v.mirror, r}, "", "  ")
		_, werr := fmt.Fprintf(v.w, "\n], \"report\": %s}\n", text)
		return errors.Join(err, werr)
	}
	if v.n > 0 {
		fmt.Fprintln(v.w)
	}
	fmt.Fprintf(v.w, "mirror %s, verified by logsql %s from %s to %s\n", v.mirror, version, r.Begun.Format(time.RFC3339), r.Finished.Format(time.RFC3339))
	for _, line := range []struct {
		what string
		c    verify.Counts
	}{
		{"object", r.Objects},
		{"part of the lake", r.Parts},
	} {
		fmt.Fprintf(v.w, "%s: %s\n", countOf(line.c.All, line.what), counts(line.c))
	}
	for _, c := range r.Chains {
		fmt.Fprintf(v.w, "CloudTrail %s\n", printable(c.Name))
		if !c.From.IsZero() {
			fmt.Fprintf(v.w, "  %s to %s, begins with %s\n", c.From.Format(time.RFC3339), c.To.Format(time.RFC3339), cmp.Or(c.Begins, "a digest that cannot be read"))
		}
		fmt.Fprintf(v.w, "  %s: %s\n  %s: %s\n", count(c.Digests.All, "digest"), counts(c.Digests), count(c.Logs.All, "log"), counts(c.Logs))
		if c.Gaps > 0 {
			fmt.Fprintf(v.w, "  %s\n", count(c.Gaps, "gap"))
		}
	}
	if r.Added > 0 {
		fmt.Fprintf(v.w, "%s that no digest names, of a time that digests cover\n", count(r.Added, "log"))
	}
	if r.Uncovered > 0 {
		fmt.Fprintf(v.w, "%s of CloudTrail of a time that no digest in the mirror covers: nothing vouches for %s yet\n",
			count(r.Uncovered, "log"), them(r.Uncovered))
	}
	writeVerdict(v.w, r)
	return nil
}

func them(n int64) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// countOf is count of a noun with something behind it.
func countOf(n int64, what string) string {
	noun, rest, _ := strings.Cut(what, " ")
	return strings.TrimSpace(count(n, noun) + " " + rest)
}

// counts is "3 valid, 1 altered".
func counts(c verify.Counts) string {
	parts := []string{grouped(c.Valid) + " valid"}
	for _, n := range []struct {
		n    int64
		what string
	}{
		{c.Altered, verify.Altered},
		{c.Missing, verify.Missing},
		{c.Moved, verify.Moved},
		{c.Unproven, verify.Unproven},
		{c.Pruned, "pruned"},
	} {
		if n.n > 0 {
			parts = append(parts, grouped(n.n)+" "+n.what)
		}
	}
	return strings.Join(parts, ", ")
}

func writeVerdict(w io.Writer, r verify.Report) {
	switch {
	case r.Wrong > 0:
		fmt.Fprintf(w, "NOT VALID: %s, %d of them evidence of a change\n", count(r.Findings, "finding"), r.Wrong)
	case r.Findings > 0:
		fmt.Fprintf(w, "no evidence of a change, but not everything could be proven: %s\n", count(r.Findings, "finding"))
	default:
		fmt.Fprintln(w, "valid")
	}
}
