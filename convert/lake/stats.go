package lake

import (
	"context"
	"database/sql"
	"iter"
	"regexp"
	"strings"
	"time"

	"logsql/ingest/mirror"
)

// Stats is what the lake holds and what became of the mirror's objects.
type Stats struct {
	Tables      []TableStats `json:"tables"`      // by name; those with an object or a part
	Skipped     []SkipStats  `json:"skipped"`     // by number, largest first
	Unconverted int64        `json:"unconverted"` // objects not dealt with yet
}

// TableStats counts one table. Records is Stored + Bad.
type TableStats struct {
	Table      string `json:"table"`
	Objects    int64  `json:"objects"`
	Broken     int64  `json:"broken"` // of Objects
	Records    int64  `json:"records"`
	Stored     int64  `json:"stored"`
	Bad        int64  `json:"bad"`
	Partitions int64  `json:"partitions"`
	Parts      int64  `json:"parts"`
	Bytes      int64  `json:"bytes"`
	FirstDay   string `json:"first_day"` // 2026-01-31; "" where there is no part
	LastDay    string `json:"last_day"`
}

// SkipStats counts the objects skipped for one reason.
type SkipStats struct {
	Reason  string `json:"reason"`
	Objects int64  `json:"objects"`
}

// Stats counts everything.
func (l *Lake) Stats(ctx context.Context) (Stats, error) {
	s := Stats{Tables: []TableStats{}, Skipped: []SkipStats{}}
	var err error
	if s.Unconverted, err = l.Unconverted(ctx); err != nil || l.absent != nil {
		return s, err
	}
	const tables = `SELECT c.tbl, c.objects, c.broken, c.stored, c.bad,
			coalesce(p.partitions, 0), coalesce(p.parts, 0), coalesce(p.bytes, 0), coalesce(p.first, ''), coalesce(p.last, '')
		FROM (SELECT tbl, sum(objects) objects, sum(broken) broken, sum(stored) stored, sum(bad) bad
			FROM units GROUP BY tbl HAVING sum(objects) > 0) c
		LEFT JOIN (SELECT tbl, count(DISTINCT partition) partitions, count(*) parts, sum(bytes) bytes, min(day) first, max(day) last
			FROM parts GROUP BY tbl) p ON p.tbl = c.tbl
		ORDER BY c.tbl`
	err = each(ctx, l.m.DB(), tables, func(rows *sql.Rows) (bool, error) {
		var t TableStats
		err := rows.Scan(&t.Table, &t.Objects, &t.Broken, &t.Stored, &t.Bad, &t.Partitions, &t.Parts, &t.Bytes, &t.FirstDay, &t.LastDay)
		t.Records = t.Stored + t.Bad
		s.Tables = append(s.Tables, t)
		return true, err
	})
	if err != nil {
		return s, err
	}
	const skipped = "SELECT reason, count(*) FROM conversions WHERE outcome = 'skipped' GROUP BY reason ORDER BY 2 DESC, 1"
	err = each(ctx, l.m.DB(), skipped, func(rows *sql.Rows) (bool, error) {
		var k SkipStats
		err := rows.Scan(&k.Reason, &k.Objects)
		s.Skipped = append(s.Skipped, k)
		return true, err
	})
	return s, err
}

// Unconverted counts the objects that were not dealt with yet. It is cheap,
// however many objects there are.
func (l *Lake) Unconverted(ctx context.Context) (int64, error) {
	buckets, err := l.m.Buckets(ctx)
	if err != nil {
		return 0, err
	}
	var n, done int64
	for _, b := range buckets {
		n += b.Objects
	}
	if l.absent == nil {
		err = l.m.DB().QueryRowContext(ctx, "SELECT count(*) FROM conversions WHERE object NOT IN (SELECT object FROM gone)").Scan(&done)
	}
	// A convert-parquet may have gone on between the questions.
	return max(n-done, 0), err
}

// Sources are the folders, one a bucket, below which the objects lie that a table
// was made from, without those of a day.
func (l *Lake) Sources(ctx context.Context, table string) (folders []string, err error) {
	if l.absent != nil {
		return nil, nil
	}
	const sources = `SELECT o.bucket, min(o.key), max(o.key) FROM conversions c JOIN objects o ON o.id = c.object
		WHERE c.tbl = ? AND c.outcome = 'converted' GROUP BY o.bucket ORDER BY o.bucket`
	rows, err := l.m.DB().QueryContext(ctx, sources, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var bucket, first, last string
		if err := rows.Scan(&bucket, &first, &last); err != nil {
			return nil, err
		}
		folders = append(folders, mirror.URI(bucket, ofDay.ReplaceAllString(folderOf(first, last), "$1")))
	}
	return folders, rows.Err()
}

var ofDay = regexp.MustCompile(`(^|/)\d{4}/(\d{2}/){0,3}$`)

// folderOf is the folder that two keys, and all that sort between them, lie in.
func folderOf(first, last string) string {
	n := 0
	for n < min(len(first), len(last)) && first[n] == last[n] {
		n++
	}
	return first[:strings.LastIndexByte(first[:n], '/')+1]
}

// BadLine is a line that could not be decoded. Of an object with very many only
// the first are kept; Conversion.Bad counts them all.
type BadLine struct {
	ObjectID int64
	Object   string // its s3:// URI
	Key      string
	Modified time.Time // of the object
	Table    string
	Line     int64 // from 1; in JSON the record's place
	Reason   string
	Text     []byte // its beginning
}

// BadLines yields the bad lines of a table, or of all where table is "", by
// object and line.
func (l *Lake) BadLines(ctx context.Context, table string) iter.Seq2[BadLine, error] {
	const query = `SELECT o.id, o.bucket, o.key, o.modified, c.tbl, b.line, b.reason, b.text
		FROM bad_lines b JOIN conversions c ON c.object = b.object JOIN objects o ON o.id = b.object
		WHERE ? IN ('', c.tbl) ORDER BY o.bucket, o.key, b.line, b.id`
	return func(yield func(BadLine, error) bool) {
		if l.absent != nil {
			return
		}
		if err := each(ctx, l.m.DB(), query, func(rows *sql.Rows) (bool, error) {
			var b BadLine
			var bucket string
			var modified int64
			err := rows.Scan(&b.ObjectID, &bucket, &b.Key, &modified, &b.Table, &b.Line, &b.Reason, &b.Text)
			b.Object, b.Modified = mirror.URI(bucket, b.Key), time.UnixMilli(modified).UTC()
			return err == nil && yield(b, nil), err
		}, table); err != nil {
			yield(BadLine{}, err)
		}
	}
}

// BadNotKept is how many bad lines are counted only.
func (l *Lake) BadNotKept(ctx context.Context) (n int64, err error) {
	if l.absent != nil {
		return 0, nil
	}
	const query = "SELECT coalesce((SELECT sum(bad) FROM units), 0) - (SELECT count(*) FROM bad_lines)"
	err = l.m.DB().QueryRowContext(ctx, query).Scan(&n)
	return n, err
}
