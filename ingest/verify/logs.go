package verify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"logsql/ingest"
	"logsql/ingest/digest"
	"logsql/ingest/layout"
	"logsql/ingest/mirror"
)

// logs verifies the logs that a digest names, several at a time. What a digest
// says that is not proven itself is no proof, but may be evidence of a change.
func (t *trails) logs(ctx context.Context, c *chain, l *link) error {
	tasks := make(chan digest.Log)
	errs := make([]error, t.workers)
	var workers sync.WaitGroup
	for i := range errs {
		workers.Go(func() {
			for log := range tasks {
				if errs[i] == nil {
					errs[i] = t.log(ctx, c, l, log)
				}
			}
		})
	}
	for _, log := range l.Logs {
		tasks <- log
	}
	close(tasks)
	workers.Wait()
	return errors.Join(append(errs, t.rep.failed())...)
}

func (t *trails) log(ctx context.Context, c *chain, l *link, log digest.Log) error {
	o, kind, err := t.object(ctx, log.Bucket, log.Key)
	if err != nil {
		return err
	}
	reason := ""
	switch {
	case kind == Missing:
		reason = "the digest " + l.at + " names it"
	case kind == "":
		if err := t.named.add(ctx, o.ID); err != nil {
			return err
		}
		kind, reason = t.compareLog(o, l, log)
	}
	if reason != "" {
		t.rep.find("cloudtrail", kind, log.URI(), reason)
	} else if kind == "" {
		t.valid("cloudtrail", log.URI())
	}
	t.rep.add(func(*Report) { c.report.Logs.count(kind, o.Size) })
	return ctx.Err()
}

// compareLog gives no reason for what was told of the digest already.
func (t *trails) compareLog(o mirror.Object, l *link, log digest.Log) (kind, reason string) {
	if log.Algorithm != "SHA-256" {
		return Unproven, fmt.Sprintf("the digest %s gives its hash by %q, which is not known", l.at, log.Algorithm)
	}
	f, err := t.m.OpenFile(o.Path)
	if err != nil {
		return Missing, fmt.Sprintf("its file cannot be read: %v", withoutPath(err))
	}
	defer f.Close()
	sum, err := digest.HashLog(f)
	switch {
	case err != nil:
		return Altered, err.Error()
	case !strings.EqualFold(sum, log.Hash):
		return Altered, fmt.Sprintf("its SHA-256, unpacked, is %s; the digest %s names %s", sum, l.at, log.Hash)
	case !l.proven:
		return Unproven, ""
	}
	return "", ""
}

// object looks up an object; state is "" where its file should be there.
func (v *verifier) object(ctx context.Context, bucket, key string) (o mirror.Object, state string, err error) {
	const query = "SELECT " + mirror.ObjectColumns + ", o.pruned <> 0 FROM objects o WHERE o.bucket = ? AND o.key = ?"
	found, gone := false, false
	err = v.each(ctx, query, func(rows *sql.Rows) (err error) {
		found = true
		o, err = mirror.ScanObject(rows, &gone)
		return err
	}, bucket, key)
	switch {
	case err != nil:
		return o, "", err
	case gone:
		return o, pruned, nil
	case found:
		return o, "", nil
	}
	o = mirror.Object{Bucket: bucket, Key: key}
	before, err := ingest.PrunedBefore(ctx, v.m, bucket)
	if err == nil && !before.IsZero() && ingest.Before(o, before) {
		return o, pruned, nil
	}
	return o, Missing, err
}

// named is the set of logs that digests name: a temporary table, so that memory
// does not grow with it.
type named struct {
	mu   sync.Mutex
	conn *sql.Conn
	st   *sql.Stmt
}

func (v *verifier) newNamed(ctx context.Context) (*named, error) {
	conn, err := v.m.DB().Conn(ctx)
	if err != nil {
		return nil, err
	}
	n := &named{conn: conn}
	const create = "DROP TABLE IF EXISTS temp.named; CREATE TEMP TABLE named (object INTEGER PRIMARY KEY)"
	if _, err := conn.ExecContext(ctx, create); err != nil {
		n.close()
		return nil, err
	}
	if n.st, err = conn.PrepareContext(ctx, "INSERT OR IGNORE INTO temp.named VALUES (?)"); err != nil {
		n.close()
		return nil, err
	}
	return n, nil
}

func (n *named) add(ctx context.Context, object int64) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, err := n.st.ExecContext(ctx, object)
	return err
}

func (n *named) close() {
	if n.st != nil {
		n.st.Close()
	}
	n.conn.ExecContext(context.Background(), "DROP TABLE IF EXISTS temp.named")
	n.conn.Close()
}

// span is a time that digests cover.
type span struct{ from, to time.Time }

// placeOf is where logs and digests of one account and region lie: bucket, the
// folders above the service, region.
func placeOf(o mirror.Object) string {
	for _, service := range []string{marker, "/CloudTrail/"} {
		if above, rest, ok := strings.Cut(o.Key, service); ok {
			region, _, _ := strings.Cut(rest, "/")
			return mirror.URI(o.Bucket, above) + " " + region
		}
	}
	return ""
}

// cover notes what time a digest covers; those of a trail follow each other.
func (t *trails) cover(place string, from, to time.Time) {
	spans := t.covered[place]
	for i := range spans {
		if s := &spans[i]; !from.After(s.to) && !to.Before(s.from) {
			if from.Before(s.from) {
				s.from = from
			}
			if to.After(s.to) {
				s.to = to
			}
			return
		}
	}
	t.covered[place] = append(spans, span{from, to})
}

// A log has the time of its delivery in its name, to some minutes; it is in the
// digest of the hour in which it really came.
const (
	marginBefore = 15 * time.Minute
	marginAfter  = time.Hour
)

// strangers finds the logs that no digest names.
func (t *trails) strangers(ctx context.Context) error {
	const query = "SELECT " + mirror.ObjectColumns + ` FROM objects o
		WHERE (o.bucket, o.key) > (?, ?) AND instr(o.key, '/CloudTrail/') > 0 AND NOT o.pruned
		AND NOT EXISTS (SELECT 1 FROM temp.named n WHERE n.object = o.id) ORDER BY o.bucket, o.key LIMIT 500`
	for last := (mirror.Object{}); ; {
		var page []mirror.Object
		rows, err := t.named.conn.QueryContext(ctx, query, last.Bucket, last.Key)
		if err != nil {
			return err
		}
		for rows.Next() {
			o, err := mirror.ScanObject(rows)
			if err != nil {
				rows.Close()
				return err
			}
			page, last = append(page, o), o
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for _, o := range page {
			t.stranger(o)
		}
		if len(page) == 0 {
			return t.rep.failed()
		}
	}
}

func (t *trails) stranger(o mirror.Object) {
	m := layout.Parse(o.Key)
	if m.Type != layout.CloudTrail || m.FileTime.IsZero() {
		return
	}
	for _, s := range t.covered[placeOf(o)] {
		if m.FileTime.After(s.from.Add(marginBefore)) && m.FileTime.Before(s.to.Add(-marginAfter)) {
			t.rep.add(func(r *Report) { r.Added++ })
			t.rep.find("cloudtrail", Added, o.URI(), "no digest names it, though digests cover its time: it was added or renamed, or is from a trail without digests")
			return
		}
	}
	t.rep.add(func(r *Report) { r.Uncovered++ })
}

func sortedNames(m map[string]*chain) []string { return slices.Sorted(maps.Keys(m)) }

// sum adds other's counts.
func (c *Counts) sum(other Counts) {
	c.All += other.All
	c.Valid += other.Valid
	c.Altered += other.Altered
	c.Missing += other.Missing
	c.Moved += other.Moved
	c.Unproven += other.Unproven
	c.Pruned += other.Pruned
	c.Bytes += other.Bytes
}
