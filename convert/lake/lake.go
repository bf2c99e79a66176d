// Package lake keeps the Parquet side of a mirror: which parts there are, what
// they were made of, and which lines could not be decoded. state.db has the
// truth; a file below lake/ that it does not name is no part.
package lake

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"logsql/convert/schema"
	"logsql/ingest/mirror"
)

// ObjectColumn is the last column of every part: the s3:// URI of the object a
// record came from.
const ObjectColumn = "source_object"

// migrations are this package's tables.
//
// A unit is what was converted and committed together: its objects are in its
// parts and in no others. conversions has a row for each object that was dealt
// with; outcome is converted, broken (records before the break are stored) or
// skipped (then unit is NULL and tbl empty). bad counts all bad lines of an
// object, bad_lines keeps the first of them.
var migrations = []string{
	`CREATE TABLE units (
		id INTEGER PRIMARY KEY,
		tbl TEXT NOT NULL,
		converted INTEGER NOT NULL
	);
	CREATE TABLE column_lists (
		id INTEGER PRIMARY KEY,
		columns TEXT NOT NULL UNIQUE
	);
	CREATE TABLE parts (
		id INTEGER PRIMARY KEY,
		unit INTEGER NOT NULL REFERENCES units ON DELETE CASCADE,
		tbl TEXT NOT NULL,
		path TEXT NOT NULL UNIQUE,
		bucket TEXT NOT NULL,
		partition TEXT NOT NULL,
		day TEXT NOT NULL,
		columns INTEGER NOT NULL REFERENCES column_lists,
		rows INTEGER NOT NULL,
		bytes INTEGER NOT NULL
	);
	CREATE INDEX parts_by_table ON parts (tbl, partition);
	CREATE INDEX parts_by_unit ON parts (unit);
	CREATE TABLE conversions (
		object INTEGER PRIMARY KEY,
		unit INTEGER REFERENCES units ON DELETE CASCADE,
		tbl TEXT NOT NULL,
		outcome TEXT NOT NULL CHECK (outcome IN ('converted', 'broken', 'skipped')),
		reason TEXT NOT NULL,
		version INTEGER NOT NULL,
		stored INTEGER NOT NULL,
		bad INTEGER NOT NULL
	);
	CREATE INDEX conversions_by_unit ON conversions (unit);
	CREATE TABLE bad_lines (
		id INTEGER PRIMARY KEY,
		object INTEGER NOT NULL REFERENCES conversions ON DELETE CASCADE,
		line INTEGER NOT NULL,
		reason TEXT NOT NULL,
		text BLOB NOT NULL
	);
	CREATE INDEX bad_lines_by_object ON bad_lines (object, line);`,
	// What Stats needs, so that it does not go through every object: sums of
	// the unit's conversions, and the skipped ones apart.
	`ALTER TABLE units ADD COLUMN objects INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE units ADD COLUMN broken INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE units ADD COLUMN stored INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE units ADD COLUMN bad INTEGER NOT NULL DEFAULT 0;
	UPDATE units SET (objects, broken, stored, bad) =
		(SELECT count(*), coalesce(sum(outcome = 'broken'), 0), coalesce(sum(stored), 0), coalesce(sum(bad), 0)
		FROM conversions WHERE unit = units.id AND outcome <> 'skipped');
	CREATE INDEX conversions_skipped ON conversions (reason) WHERE outcome = 'skipped';`,
	// The SHA-256 of a part's file; NULL where it came before this column.
	"ALTER TABLE parts ADD COLUMN sha256 BLOB;",
	// What compaction needs; see Compact. A compaction's id is the generation of
	// the lake that it made. superseded are files that are no parts any more and
	// that readers of an older generation may still read. merged tells which
	// unit one that is no more has become.
	`ALTER TABLE parts ADD COLUMN sorted TEXT NOT NULL DEFAULT '';
	CREATE TABLE compactions (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		compacted INTEGER NOT NULL
	);
	CREATE TABLE superseded (
		path TEXT PRIMARY KEY,
		generation INTEGER NOT NULL
	) WITHOUT ROWID;
	CREATE TABLE merged (
		unit INTEGER NOT NULL,
		converted INTEGER NOT NULL,
		became INTEGER NOT NULL REFERENCES units ON DELETE CASCADE,
		PRIMARY KEY (unit, converted)
	) WITHOUT ROWID;
	CREATE INDEX merged_became ON merged (became);`,
	// Flow logs that AWS delivers as Parquet were skipped once.
	`DELETE FROM conversions WHERE outcome = 'skipped' AND reason IN ('flow log that AWS delivered as Parquet', 'a Parquet file, not text')`,
	// A part that comes again before the pruned one of its name was removed.
	`CREATE TRIGGER parts_spared AFTER INSERT ON parts BEGIN DELETE FROM doomed WHERE path = new.path; END;`,
}

// Lake is the lake of a mirror. It may be used from many goroutines.
type Lake struct {
	m *mirror.Mirror
	// absent: the mirror cannot be written and was never converted, so that
	// the tables are not there; the lake is empty. It says why they could not
	// be made.
	absent error
}

// Open opens the lake of m, whatever m is: missing, read-only, never
// converted.
func Open(ctx context.Context, m *mirror.Mirror) (*Lake, error) {
	err := m.Migrate(ctx, "lake", migrations...)
	if err == nil {
		return &Lake{m: m}, nil
	}
	n := 0
	const have = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'parts'"
	if m.DB().QueryRowContext(ctx, have).Scan(&n) == nil && n == 0 && ctx.Err() == nil {
		return &Lake{m: m, absent: err}, nil
	}
	return nil, err
}

// Part is one Parquet file of the lake. It never mixes buckets.
type Part struct {
	ID        int64
	Table     string
	Path      string // relative to the mirror, with slashes
	Bucket    string
	Partition []string        // values, in the order of the log type's partition columns; "" where there is none
	Columns   []schema.Column // in the file, without the partition columns and without source_object
	Rows      int64
	Bytes     int64
	Sorted    string // the column by which its records are sorted, or ""
}

// Parts returns the parts of a table, by partition. Parts with the same columns
// share the slice.
func (l *Lake) Parts(ctx context.Context, table string) ([]Part, error) {
	if l.absent != nil {
		return nil, nil
	}
	lists, err := l.columnLists(ctx)
	if err != nil {
		return nil, err
	}
	const query = "SELECT " + partColumns + " FROM parts WHERE tbl = ? ORDER BY partition, path"
	rows, err := l.m.DB().QueryContext(ctx, query, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var parts []Part
	for rows.Next() {
		p, err := l.scanPart(ctx, rows, lists)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, rows.Err()
}

const partColumns = "id, tbl, path, bucket, partition, columns, rows, bytes, sorted"

func (l *Lake) scanPart(ctx context.Context, rows *sql.Rows, lists columnLists) (p Part, err error) {
	var partition string
	var list int64
	if err := rows.Scan(&p.ID, &p.Table, &p.Path, &p.Bucket, &partition, &list, &p.Rows, &p.Bytes, &p.Sorted); err != nil {
		return p, err
	}
	if p.Partition, err = parsePartition(partition); err != nil {
		return p, fmt.Errorf("partition of %s: %w", p.Path, err)
	}
	if p.Columns, err = lists.get(ctx, l, list); err != nil {
		return p, fmt.Errorf("columns of %s: %w", p.Path, err)
	}
	return p, nil
}

// parsePartition reads partition values, a JSON list. There may be a hundred
// thousand of them, nearly all without anything that is escaped.
func parsePartition(text string) (values []string, err error) {
	if plain, ok := strings.CutPrefix(text, `["`); ok && !strings.Contains(text, `\`) {
		if plain, ok = strings.CutSuffix(plain, `"]`); ok {
			return strings.Split(plain, `","`), nil
		}
	}
	err = json.Unmarshal([]byte(text), &values)
	return values, err
}

// columnLists are the column lists there are, by id.
type columnLists map[int64][]schema.Column

func (l *Lake) columnLists(ctx context.Context) (columnLists, error) {
	rows, err := l.m.DB().QueryContext(ctx, "SELECT id, columns FROM column_lists")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	lists := columnLists{}
	for rows.Next() {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return nil, err
		}
		if lists[id], err = schema.ParseColumns(text); err != nil {
			return nil, err
		}
	}
	return lists, rows.Err()
}

// get reads a list that a writer added after the others were read.
func (c columnLists) get(ctx context.Context, l *Lake, id int64) ([]schema.Column, error) {
	if columns, ok := c[id]; ok {
		return columns, nil
	}
	again, err := l.columnLists(ctx)
	if err != nil {
		return nil, err
	}
	c[id] = again[id]
	return c[id], nil
}

// noPartition is what Hive, Athena and DuckDB call a partition value that is
// not there.
const noPartition = "__HIVE_DEFAULT_PARTITION__"

// partitionPath is lake/<table>/<key=value>/…, the values escaped as Hive does.
func partitionPath(table string, keys, values []string) string {
	var s strings.Builder
	s.WriteString(mirror.LakeDir + "/" + table)
	for i, k := range keys {
		s.WriteString("/" + k + "=" + escape(values[i]))
	}
	return s.String()
}

func escape(value string) string {
	if value == "" {
		return noPartition
	}
	var s strings.Builder
	for i := range len(value) {
		if c := value[i]; plainByte(c) {
			s.WriteByte(c)
		} else {
			fmt.Fprintf(&s, "%%%02X", c)
		}
	}
	return s.String()
}

func plainByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
}
