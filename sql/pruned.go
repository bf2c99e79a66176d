package sql

import (
	"context"
	"fmt"
	"time"

	"logsql/ingest"
	"logsql/ingest/layout"
	"logsql/ingest/mirror"
	"logsql/sql/catalog"
)

// prunedDays are partitions of days that prune took from the mirror.
type prunedDays struct {
	partitions   []catalog.Partition
	bucket       string
	first, until time.Time // the first of them; the day that prune left
}

func (s *Session) prunedDays(ctx context.Context, partitions []catalog.Partition) (d prunedDays, err error) {
	before := map[string]time.Time{} // by bucket
	for _, p := range partitions {
		bucket, key, _ := mirror.SplitURI(p.Location)
		until, known := before[bucket]
		if !known {
			if until, err = ingest.PrunedBefore(ctx, s.mirror, bucket); err != nil {
				return d, internal(err)
			}
			before[bucket] = until
		}
		if until.IsZero() {
			continue
		}
		first, last, dated := layout.Span(key + "/")
		if !dated || !last.Before(until) {
			continue
		}
		d.partitions, d.bucket, d.until = append(d.partitions, p), bucket, until
		if d.first.IsZero() || first.Before(d.first) {
			d.first = first
		}
	}
	return d, nil
}

// note tells of those that have no files: an answer lacks them. It is "" where
// all of them have.
func (d prunedDays) note(t *catalog.Table, files []catalog.File) string {
	has := map[string]bool{}
	for _, f := range files {
		has[f.Location] = true
	}
	empty := 0
	for _, p := range d.partitions {
		if !has[p.Location] {
			empty++
		}
	}
	if empty == 0 {
		return ""
	}
	return fmt.Sprintf("days before %s were pruned from s3://%s: %d of the partitions of %s.%s lie there and are empty; logsql sync --since %s brings them back",
		d.until.Format(time.DateOnly), d.bucket, empty, t.Database, t.Name, d.first.Format(time.DateOnly))
}

// prunedPartitions is the note about all partitions of a table.
func (s *Session) prunedPartitions(ctx context.Context, t *catalog.Table) (string, error) {
	d, err := s.prunedDays(ctx, t.External.Partitions)
	if err != nil || len(d.partitions) == 0 {
		return "", err
	}
	store, err := catalog.OpenStore(ctx, s.mirror)
	if err != nil {
		return "", internal(err)
	}
	files, err := store.Locate(ctx, d.partitions)
	if err != nil {
		return "", internal(err)
	}
	return d.note(t, files), nil
}

// prunedParts is the note about a built-in table that has nothing of the days
// that a statement asks for; "" where nothing was ever pruned.
func (s *Session) prunedParts(ctx context.Context, t *catalog.Table) (string, error) {
	buckets, err := s.mirror.Buckets(ctx)
	for _, b := range buckets {
		until, perr := ingest.PrunedBefore(ctx, s.mirror, b.Bucket)
		if perr != nil {
			return "", perr
		}
		if !until.IsZero() {
			return fmt.Sprintf("no part of %s is of these days; those before %s were pruned from s3://%s: logsql sync --since DAY, then convert-parquet, brings them back",
				t.Name, until.Format(time.DateOnly), b.Bucket), nil
		}
	}
	return "", err
}
