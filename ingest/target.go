package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"logsql/ingest/mirror"
	"logsql/ingest/s3"
)

// ErrUsage is what errors about SOURCE and --as are.
var ErrUsage = errors.New("wrong usage")

// usageError is an ErrUsage whose text is only its own.
type usageError string

func (e usageError) Error() string   { return string(e) }
func (e usageError) Is(t error) bool { return t == ErrUsage }

// Target is a source as the user names it.
type Target struct {
	Bucket, Prefix string
	Folder         string // of the local file system; "" for S3

	// How to reach S3; what is empty comes from the environment.
	Endpoint, Region, Profile string
	RequestPayer, NoSign      bool
	Owner                     string // the account that must own the bucket
}

// URI is the address the target stands for.
func (t Target) URI() string { return mirror.URI(t.Bucket, t.Prefix) }

// ParseTargets reads what is given to sync as SOURCE: s3://bucket[/prefix], or
// a local folder with the s3:// address that stands in as at its place among
// the folders. Errors are ErrUsage.
func ParseTargets(sources, as []string) ([]Target, error) {
	var targets []Target
	for _, source := range sources {
		if strings.HasPrefix(source, "s3://") {
			t, err := parseURI(source)
			if err != nil {
				return nil, err
			}
			targets = append(targets, t)
			continue
		}
		if len(as) == 0 {
			return nil, usageError(fmt.Sprintf("the folder %s needs the address its logs have in S3, for example: logsql sync %s --as s3://bucket/prefix", source, source))
		}
		t, err := parseURI(as[0])
		if err != nil {
			return nil, err
		}
		as = as[1:]
		if t.Folder, err = folderPath(source); err != nil {
			return nil, err
		}
		if t.Prefix != "" && !strings.HasSuffix(t.Prefix, "/") {
			t.Prefix += "/" // with and without it is the same place
		}
		targets = append(targets, t)
	}
	if len(as) > 0 {
		return nil, usageError(fmt.Sprintf("--as %s has no folder, for example: logsql sync ./export --as %s", as[0], as[0]))
	}
	return targets, nil
}

func parseURI(uri string) (Target, error) {
	bucket, prefix, ok := mirror.SplitURI(uri)
	if !ok {
		return Target{}, usageError(fmt.Sprintf("%s is no address of S3, such as s3://bucket/prefix", uri))
	}
	if !bucketName(bucket) {
		return Target{}, usageError(fmt.Sprintf("%s: %q is no bucket name", uri, bucket))
	}
	return Target{Bucket: bucket, Prefix: prefix}, nil
}

// bucketName goes by what stores accept, which is more than S3 does.
func bucketName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte("-._", c) < 0 {
			return false
		}
	}
	return len(s) <= 255 && strings.Trim(s, ".") != "" && !strings.HasPrefix(s, ".")
}

func folderPath(folder string) (string, error) {
	st, err := os.Stat(folder)
	if err != nil {
		return "", usageError(fmt.Sprintf("%s is neither an address such as s3://bucket/prefix nor a folder that can be read: %v", folder, errors.Unwrap(err)))
	}
	if !st.IsDir() {
		return "", usageError(fmt.Sprintf("%s is a file; give the folder it lies in, for example: logsql sync %s --as s3://bucket/prefix", folder, filepath.Dir(folder)))
	}
	return filepath.Abs(folder)
}

// open makes the Source of a target.
func (t Target) open(ctx context.Context, m *mirror.Mirror, o Options) (Source, error) {
	if t.Folder != "" {
		return newFolder(t, m.Dir())
	}
	return s3.Open(ctx, s3.Config{
		Bucket: t.Bucket, Prefix: t.Prefix, Endpoint: t.Endpoint, Region: t.Region, Profile: t.Profile,
		RequestPayer: t.RequestPayer, NoSign: t.NoSign, Owner: t.Owner, Connections: o.Workers, MFACode: o.MFACode,
	})
}

// migrations are this package's tables. sources has what sync was told to
// bring in; folder is relative to the mirror, with slashes.
var migrations = []string{
	`CREATE TABLE sources (
		bucket TEXT NOT NULL,
		prefix TEXT NOT NULL,
		folder TEXT NOT NULL,
		endpoint TEXT NOT NULL,
		region TEXT NOT NULL,
		profile TEXT NOT NULL,
		request_payer INTEGER NOT NULL,
		PRIMARY KEY (bucket, prefix, folder)
	);`,
	`ALTER TABLE sources ADD COLUMN no_sign INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE sources ADD COLUMN owner TEXT NOT NULL DEFAULT '';`,
	// sealed has the days below a prefix that need not be listed again: by number
	// since 1970, the last included; grace are hours. See seal.go.
	`CREATE TABLE sealed (
		bucket TEXT NOT NULL,
		prefix TEXT NOT NULL,
		first INTEGER NOT NULL,
		last INTEGER NOT NULL,
		grace INTEGER NOT NULL,
		PRIMARY KEY (bucket, prefix, first)
	) WITHOUT ROWID;`,
}

// Targets are the sources that m was synced from: what sync repeats.
func Targets(ctx context.Context, m *mirror.Mirror) ([]Target, error) {
	if err := m.Migrate(ctx, "ingest", migrations...); err != nil {
		return nil, err
	}
	rows, err := m.DB().QueryContext(ctx, `SELECT bucket, prefix, folder, endpoint, region, profile, request_payer, no_sign, owner
		FROM sources ORDER BY bucket, prefix, folder`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var targets []Target
	for rows.Next() {
		var t Target
		if err := rows.Scan(&t.Bucket, &t.Prefix, &t.Folder, &t.Endpoint, &t.Region, &t.Profile, &t.RequestPayer, &t.NoSign, &t.Owner); err != nil {
			return nil, err
		}
		if t.Folder != "" {
			if t.Folder, err = filepath.Abs(filepath.Join(m.Dir(), filepath.FromSlash(t.Folder))); err != nil {
				return nil, err
			}
		}
		targets = append(targets, t)
	}
	return targets, rows.Err()
}

// remember keeps a target for the next sync. A folder is kept relative to the
// mirror: both may travel on one disk, and no absolute path is in a mirror.
func remember(ctx context.Context, m *mirror.Mirror, t Target) error {
	if t.Folder != "" {
		dir, err := filepath.Abs(m.Dir())
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, t.Folder)
		if err != nil {
			return err
		}
		t.Folder = filepath.ToSlash(rel)
	}
	_, err := m.DB().ExecContext(ctx, `INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET endpoint = excluded.endpoint, region = excluded.region,
		profile = excluded.profile, request_payer = excluded.request_payer,
		no_sign = excluded.no_sign, owner = excluded.owner`,
		t.Bucket, t.Prefix, t.Folder, t.Endpoint, t.Region, t.Profile, t.RequestPayer, t.NoSign, t.Owner)
	return err
}
