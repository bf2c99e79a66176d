package lake

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"logsql/ingest"
	"logsql/ingest/mirror"
)

// Pruning is what a prune takes out of the mirror.
type Pruning struct {
	Before  string              `json:"before"`
	RawOnly bool                `json:"raw_only"`
	Buckets []mirror.BucketSums `json:"buckets"` // of the objects that go
	Objects int64               `json:"objects"`
	Bytes   int64               `json:"bytes"`   // of their files
	Others  int64               `json:"others"`  // other versions of them, kept beside
	Parts   int64               `json:"parts"`   // of the lake
	Lake    int64               `json:"lake"`    // bytes of them
	Records int64               `json:"records"` // in them
	Kept    int64               `json:"kept"`    // objects of those days that stay
	Done    bool                `json:"done"`
}

// Prune takes the objects out of the mirror all of whose days come before day,
// with what was made of them; rawOnly takes only the raw files of those whose
// every record is in the lake. It asks confirm first. The caller holds the
// writer's lock.
func (l *Lake) Prune(ctx context.Context, day time.Time, rawOnly bool, confirm func(Pruning) (bool, error)) (Pruning, error) {
	p := Pruning{Before: day.Format(time.DateOnly), RawOnly: rawOnly, Buckets: []mirror.BucketSums{}}
	if l.absent != nil {
		return p, l.absent
	}
	// What has been replaced is to be converted again before anything is said of
	// units.
	if err := l.Sweep(ctx); err != nil {
		return p, err
	}
	conn, err := l.m.DB().Conn(ctx) // temporary tables belong to a connection
	if err != nil {
		return p, err
	}
	defer conn.Close()
	defer conn.ExecContext(context.Background(), "DROP TABLE IF EXISTS temp.prune")
	q := pruner{conn, rawOnly}
	if err := q.choose(ctx, l.m, day, &p); err != nil {
		return p, fmt.Errorf("choose what to prune: %w", err)
	}
	if p.Objects == 0 {
		return p, nil
	}
	if ok, err := confirm(p); err != nil || !ok {
		return p, err
	}
	mirror.Step(mirror.PruneSteps[0])
	if err := q.commit(ctx, day); err != nil {
		return p, err
	}
	p.Done = true
	mirror.Step(mirror.PruneSteps[1])
	return p, l.m.RemoveDoomed()
}

type pruner struct {
	conn    *sql.Conn
	rawOnly bool
}

const (
	generation  = "(SELECT max(id) FROM compactions)"
	chosen      = "(SELECT id FROM temp.prune)"
	chosenUnits = "(SELECT c.unit FROM temp.prune p JOIN conversions c ON c.object = p.id WHERE c.unit IS NOT NULL)"
)

// choose fills the table prune with the objects that go.
func (q pruner) choose(ctx context.Context, m *mirror.Mirror, day time.Time, p *Pruning) error {
	const create = "DROP TABLE IF EXISTS temp.prune; CREATE TEMP TABLE prune (id INTEGER PRIMARY KEY)"
	if _, err := q.conn.ExecContext(ctx, create); err != nil {
		return err
	}
	if err := q.days(ctx, m, day); err != nil {
		return err
	}
	// A unit goes as a whole or stays, or the rest of it would have to be made
	// again, perhaps from raw files that are gone.
	strip := "DELETE FROM temp.prune WHERE id IN (SELECT object FROM conversions WHERE unit IN" +
		" (SELECT unit FROM conversions WHERE unit IN " + chosenUnits + " AND object NOT IN " + chosen + "))"
	if q.rawOnly {
		strip = "DELETE FROM temp.prune WHERE NOT EXISTS (SELECT 1 FROM conversions c WHERE c.object = prune.id" +
			" AND c.outcome = 'converted' AND c.bad = 0)"
	}
	res, err := q.conn.ExecContext(ctx, strip)
	if err != nil {
		return err
	}
	if p.Kept, err = res.RowsAffected(); err != nil {
		return err
	}
	return q.count(ctx, p)
}

// days chooses by day, a page at a time; files that are gone already stay gone.
func (q pruner) days(ctx context.Context, m *mirror.Mirror, day time.Time) error {
	where := ""
	if q.rawOnly {
		where = " AND NOT o.pruned"
	}
	query := "SELECT " + mirror.ObjectColumns + " FROM objects o WHERE o.id > ?" + where + " ORDER BY o.id LIMIT 1000"
	for last := int64(0); ; {
		var page []mirror.Object
		err := each(ctx, m.DB(), query, func(rows *sql.Rows) (bool, error) {
			o, err := mirror.ScanObject(rows)
			page = append(page, o)
			return true, err
		}, last)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, o := range page {
			last = o.ID
			if !ingest.Before(o, day) {
				continue
			}
			if _, err := q.conn.ExecContext(ctx, "INSERT INTO temp.prune VALUES (?)", o.ID); err != nil {
				return err
			}
		}
	}
}

// count says what goes.
func (q pruner) count(ctx context.Context, p *Pruning) error {
	const objects = "SELECT bucket, count(*), sum(iif(pruned, 0, size)) FROM objects WHERE id IN " + chosen + " GROUP BY bucket ORDER BY bucket"
	rows, err := q.conn.QueryContext(ctx, objects)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var b mirror.BucketSums
		if err := rows.Scan(&b.Bucket, &b.Objects, &b.Bytes); err != nil {
			return err
		}
		p.Buckets = append(p.Buckets, b)
		p.Objects += b.Objects
		p.Bytes += b.Bytes
	}
	if err := rows.Err(); err != nil || q.rawOnly {
		return err
	}
	const parts = "SELECT count(*), coalesce(sum(bytes), 0), coalesce(sum(rows), 0) FROM parts WHERE unit IN " + chosenUnits
	if err := q.conn.QueryRowContext(ctx, parts).Scan(&p.Parts, &p.Lake, &p.Records); err != nil {
		return err
	}
	const others = "SELECT count(*), coalesce(sum(v.size), 0) FROM versions v JOIN objects o ON o.bucket = v.bucket AND o.key = v.key WHERE o.id IN " + chosen
	bytes := int64(0)
	err = q.conn.QueryRowContext(ctx, others).Scan(&p.Others, &bytes)
	p.Bytes += bytes
	return err
}

// commit forgets what was chosen, in one transaction; the files are doomed by
// it.
func (q pruner) commit(ctx context.Context, day time.Time) (err error) {
	if _, err := q.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			q.conn.ExecContext(context.Background(), "ROLLBACK")
		}
	}()
	if _, err := q.conn.ExecContext(ctx, newGeneration); err != nil {
		return err
	}
	if !q.rawOnly {
		for _, stmt := range []string{
			"INSERT OR REPLACE INTO doomed SELECT path, " + generation + " FROM parts WHERE unit IN " + chosenUnits,
			"DELETE FROM units WHERE id IN " + chosenUnits,
			"DELETE FROM conversions WHERE object IN " + chosen,
		} {
			if _, err := q.conn.ExecContext(ctx, stmt); err != nil {
				return err
			}
		}
	}
	if err := mirror.Forget(ctx, q.conn, chosen, generation, day, q.rawOnly); err != nil {
		return err
	}
	_, err = q.conn.ExecContext(ctx, "COMMIT")
	return err
}
