package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"logsql/convert/lake"
	"logsql/ingest/mirror"
	"logsql/ingest/s3"
)

// finding is what a check of the doctor's found.
type finding struct {
	Check string `json:"check"`
	State string `json:"state"` // ok, note, broken
	Text  string `json:"text"`
	Next  string `json:"next,omitempty"` // what to do about it
}

const (
	fine   = "ok"
	note   = "note"
	broken = "broken"
)

// patient is what the checks look at.
type patient struct {
	dir     string
	mirror  *mirror.Mirror // nil where it cannot be opened
	openErr error
	profile string
	now     time.Time
}

// checks are all that the doctor does; none of them changes anything.
var checks = []struct {
	name string
	run  func(context.Context, *patient) finding
}{
	{"program", checkProgram},
	{"mirror", checkMirror},
	{"state.db", checkState},
	{"files", checkFiles},
	{"records", checkRecords},
	{"disk", checkDisk},
	{"scratch", checkScratch},
	{"clock", checkClock},
	{"credentials", checkCredentials},
}

func (a *app) doctorCommand() *cobra.Command {
	var asJSON bool
	p := &patient{}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look for what is broken, and say what to do next",
		Long: `Looks at the program, the mirror and its state.db, the files of the lake, the
disk, the clock and the AWS credentials, and says what to do next. It changes
nothing, asks no bucket, and works offline. Ends with 1 when something is broken.

It looks whether the files are there; logsql verify reads every one of them.`,
		Example: "  logsql doctor\n  logsql doctor --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runDoctor(cmd.Context(), p, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object: {\"checks\":[{\"check\",\"state\",\"text\",\"next\"}]}")
	cmd.Flags().StringVar(&p.profile, "profile", "", "`name` of the AWS profile to look for credentials in")
	return cmd
}

func (a *app) runDoctor(ctx context.Context, p *patient, asJSON bool) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	p.dir, p.now = a.mirror, time.Now()
	p.mirror, p.openErr = mirror.Open(ctx, a.mirror)
	if p.mirror != nil {
		defer p.mirror.Close()
	}
	var found []finding
	for _, c := range checks {
		f := c.run(ctx, p)
		f.Check = c.name
		found = append(found, f)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if asJSON {
		if err := writeJSON(a.out, map[string]any{"checks": found}); err != nil {
			return err
		}
	} else {
		a.writeFindings(found)
	}
	return judged(found)
}

func (a *app) writeFindings(found []finding) {
	for _, f := range found {
		fmt.Fprintf(a.out, "%-7s %-12s %s\n", f.State, f.Check, printable(f.Text))
		if f.Next != "" {
			fmt.Fprintf(a.out, "%-7s %-12s → %s\n", "", "", f.Next)
		}
	}
}

func judged(found []finding) error {
	var names []string
	for _, f := range found {
		if f.State == broken {
			names = append(names, f.Check)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return &hintError{errors.New("broken: " + strings.Join(names, ", ")), "do what stands behind → above, then logsql doctor again"}
}

func checkProgram(context.Context, *patient) finding {
	return finding{State: fine, Text: versionLine()}
}

func checkMirror(_ context.Context, p *patient) finding {
	switch {
	case p.openErr != nil:
		return finding{State: broken, Text: p.openErr.Error(), Next: hint(p.openErr)}
	case p.mirror.Empty():
		return finding{State: note, Text: "there is none at " + p.dir + " yet", Next: "logsql sync s3://BUCKET/PREFIX, then logsql convert-parquet; or name another with --mirror or $LOGSQL_MIRROR"}
	case p.mirror.ReadOnly():
		return finding{State: fine, Text: p.dir + ", which can be read and not written"}
	}
	return finding{State: fine, Text: p.dir}
}

// missing is the finding where there is no mirror to look at.
func (p *patient) missing() (finding, bool) {
	if p.mirror == nil {
		return finding{State: note, Text: "not looked at, as the mirror cannot be opened"}, true
	}
	return finding{State: fine, Text: "nothing to look at yet"}, p.mirror.Empty()
}

func checkState(ctx context.Context, p *patient) finding {
	if f, none := p.missing(); none {
		return f
	}
	if err := p.mirror.Check(ctx); err != nil {
		return finding{State: broken, Text: err.Error(), Next: "move state.db away with its -wal and -shm, then sync and convert-parquet again; your own tables and views are to be created again"}
	}
	return finding{State: fine, Text: "whole, as SQLite sees it"}
}

// checkFiles looks for parts of the lake that are recorded and not there.
func checkFiles(ctx context.Context, p *patient) finding {
	if f, none := p.missing(); none {
		return f
	}
	l, err := lake.Open(ctx, p.mirror)
	if err != nil {
		return failed(err)
	}
	var n, lost int64
	first := ""
	for part, err := range l.PartFiles(ctx) {
		if err != nil {
			return failed(err)
		}
		n++
		whole, err := intact(ctx, p, l, part)
		if err != nil {
			return failed(err)
		}
		if !whole {
			lost++
			first = cmp.Or(first, part.Path)
		}
	}
	if lost > 0 {
		return finding{State: broken, Text: fmt.Sprintf("%s of the lake missing or of another size, such as %s", count(lost, "file"), first), Next: "logsql convert-parquet makes them again from s3/"}
	}
	return finding{State: fine, Text: count(n, "file") + " of the lake, all there"}
}

// intact tells whether a part's file is there in its length, or the part is none
// any more: a writer may be at work.
func intact(ctx context.Context, p *patient, l *lake.Lake, part lake.PartFile) (bool, error) {
	if info, err := os.Stat(p.mirror.Path(part.Path)); err == nil && info.Size() == part.Bytes {
		return true, nil
	}
	has, err := l.HasPart(ctx, part.ID)
	return !has, err
}

func failed(err error) finding {
	return finding{State: broken, Text: err.Error(), Next: hint(err)}
}

func checkRecords(ctx context.Context, p *patient) finding {
	if f, none := p.missing(); none {
		return f
	}
	status, err := mirrorStatus(ctx, p.mirror)
	if err != nil {
		return failed(err)
	}
	var stored, bad, unread int64
	for _, t := range status.Tables {
		stored, bad, unread = stored+t.Stored, bad+t.Bad, unread+t.Broken
	}
	f := finding{State: fine, Text: fmt.Sprintf("%s in tables, %s, %s, %s not converted yet", count(stored, "record"), count(bad, "bad line"), count(unread, "broken object"), count(status.Unconverted, "object"))}
	switch {
	case status.Unconverted > 0:
		f.State, f.Next = note, "logsql convert-parquet"
	case bad+unread > 0:
		f.State, f.Next = note, "logsql bad lists them; logsql convert-parquet --retry-bad reads them once more"
	case stored > 0:
		f.Next = "logsql sql, or logsql report -o report.html"
	}
	return f
}

const (
	littleSpace = 1 << 30
	noSpace     = 64 << 20
)

func checkDisk(_ context.Context, p *patient) finding {
	dir := existing(p.dir)
	free, total, err := mirror.Space(dir)
	if err != nil {
		return failed(err)
	}
	f := finding{State: fine, Text: fmt.Sprintf("%s of %s free where the mirror is", size(free), size(total))}
	switch {
	case free < noSpace:
		f.State = broken
	case free < littleSpace:
		f.State = note
	default:
		return f
	}
	f.Next = "make room, or take away old days: logsql prune --help"
	return f
}

// existing is the nearest folder at or above dir that is there.
func existing(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "."
	}
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// checkScratch looks whether sorting more than fits into memory has a place.
func checkScratch(_ context.Context, _ *patient) finding {
	dir := os.TempDir()
	f, err := os.CreateTemp(dir, "logsql-doctor-")
	if err != nil {
		return finding{State: broken, Text: err.Error(), Next: "large statements need a folder for temporary files: set TMPDIR to one that can be written"}
	}
	f.Close()
	os.Remove(f.Name())
	free, _, err := mirror.Space(dir)
	if err != nil {
		return failed(err)
	}
	return finding{State: fine, Text: fmt.Sprintf("%s can be written, %s free", dir, size(free))}
}

// skew is what S3 allows a signature's clock to be wrong.
const skew = 15 * time.Minute

func checkClock(ctx context.Context, p *patient) finding {
	f := finding{State: fine, Text: p.now.UTC().Format("2006-01-02 15:04:05 UTC")}
	if p.mirror == nil {
		return f
	}
	last, err := p.mirror.LatestSync(ctx)
	if err == nil && last.After(p.now.Add(skew)) {
		return finding{State: broken, Text: f.Text + ", yet objects came at " + last.UTC().Format("2006-01-02 15:04:05 UTC"), Next: "set the clock: S3 refuses signatures that are 15 minutes off"}
	}
	return f
}

func checkCredentials(ctx context.Context, p *patient) finding {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	id, err := s3.WhoAmI(ctx, p.profile)
	if err != nil {
		line, _, _ := strings.Cut(err.Error(), "\n")
		return finding{State: note, Text: line, Next: "only a sync from S3 needs them: aws configure, --profile, or the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"}
	}
	f := finding{State: fine, Text: "from " + id.Source}
	if id.KeyID != "" {
		f.Text += ", key …" + id.KeyID
	}
	if !id.Expires.IsZero() {
		f.Text += ", until " + id.Expires.UTC().Format("2006-01-02 15:04 UTC")
	}
	switch {
	case id.Endpoint != "":
		f.Text += ", endpoint " + id.Endpoint
	case id.Region == "":
		f.State, f.Next = note, "no region is configured: give --region (in China cn-north-1 or cn-northwest-1), AWS_REGION, or a profile that has one"
	}
	if id.Region != "" {
		f.Text += fmt.Sprintf(", region %s in partition %s", id.Region, id.Partition)
	}
	return f
}
