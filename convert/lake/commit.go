package lake

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"logsql/convert/batch"
	"logsql/convert/schema"
	"logsql/ingest/mirror"
)

// Steps are the steps of a commit, in order, as mirror.Step calls them.
var Steps = []string{"convert.written", "convert.renaming", "convert.renamed", "convert.committed"}

// maxPartitionValue bounds a partition value, which becomes the name of a
// folder. Records can carry any text where the key says nothing.
const maxPartitionValue = 80

// PartWriter is a part being written. It ends with Commit or with Abort.
type PartWriter struct {
	part Part
	file *mirror.File
	out  *batch.Writer // nil once the part is finished: what it knows of the file's columns is large

	placed bool // the file has its name
}

// NewPart starts a part of the table, whose partition columns are keys.
// columns are the file's, source_object the last of them. name is the file's
// name without its ending; the same name in the same partition must only be
// used for the same content.
func (l *Lake) NewPart(table string, keys, partition []string, bucket string, columns []schema.Column, name string) (*PartWriter, error) {
	values := make([]string, len(partition))
	for i, v := range partition {
		if len(v) <= maxPartitionValue {
			values[i] = v
		}
	}
	path := partitionPath(table, keys, values) + "/" + name + ".parquet"
	return l.writePart(Part{Table: table, Path: path, Bucket: bucket, Partition: values, Columns: columns[:len(columns)-1]}, columns)
}

// lookedUp are the columns in which people look for single values.
var lookedUp = []string{
	"srcaddr", "dstaddr", "pkt_srcaddr", "pkt_dstaddr", "interface_id", "instance_id",
	"remoteip", "requestid", "requester", "key",
	"eventid", "sourceipaddress", "useridentity.accesskeyid", "useridentity.arn",
}

func (l *Lake) writePart(p Part, columns []schema.Column) (*PartWriter, error) {
	file, err := l.m.NewFile(p.Path)
	if err != nil {
		return nil, err
	}
	w := &PartWriter{part: p, file: file, out: batch.NewWriter(file, columns)}
	w.out.Find(lookedUp)
	if p.Sorted != "" {
		w.out.Sorted(p.Sorted)
	}
	return w, nil
}

// Write appends a row group; see batch.Writer.WriteRowGroup.
func (w *PartWriter) Write(b *batch.Batch) error {
	if err := w.out.WriteRowGroup(b); err != nil {
		return fmt.Errorf("write %s: %w", w.part.Path, err)
	}
	return nil
}

// Finish writes the footer. The part has no name yet.
func (w *PartWriter) Finish() error {
	if err := w.out.Close(); err != nil {
		return fmt.Errorf("write %s: %w", w.part.Path, err)
	}
	w.part.Rows, w.part.Bytes = w.out.Rows(), w.out.Bytes()
	w.out = nil
	return w.file.Finish() // a unit can have more parts than a process has descriptors
}

// Rows is the number of records of the finished part.
func (w *PartWriter) Rows() int64 { return w.part.Rows }

// Bytes is the size of the finished part.
func (w *PartWriter) Bytes() int64 { return w.part.Bytes }

// Abort drops the part. After a commit it does nothing.
func (w *PartWriter) Abort() { w.file.Abort() }

// How an object's conversion ended.
const (
	Converted = "converted"
	Broken    = "broken"  // what came before the break is stored
	Skipped   = "skipped" // no log
)

// Conversion is what became of an object: Stored + Bad records were in it.
type Conversion struct {
	Object  int64 // its ID
	Outcome string
	Reason  string // why it is broken or skipped
	Version int    // of the decoder
	Stored  int64
	Bad     int64
}

// Unit is what is converted together: Parts hold the stored records of Objects,
// all of them and no others.
type Unit struct {
	Table    string
	Parts    []*PartWriter // finished
	Objects  []Conversion
	Bad      []BadLine
	Replaces int64 // the id of a unit of the same objects that goes with this commit, or 0
}

// Commit makes the unit's parts durable, gives them their names and records
// them with what they were made of in one transaction. After an error nothing
// is recorded; files that got their names already are removed by the next
// Sweep.
func (l *Lake) Commit(ctx context.Context, u Unit) error {
	mirror.Step(Steps[0])
	if len(u.Parts) > 1 { // one first, so that a crash with some in place can be tried
		if err := place(u.Parts[:1]); err != nil {
			return err
		}
		mirror.Step(Steps[1])
	}
	if err := place(u.Parts); err != nil {
		return err
	}
	mirror.Step(Steps[2])
	if err := l.record(ctx, u); err != nil {
		return fmt.Errorf("record conversion: %w", err)
	}
	mirror.Step(Steps[3])
	return nil
}

// place gives the parts their names, many at once: each waits for the disk, and
// the file system syncs those together that wait at the same time.
func place(parts []*PartWriter) error {
	const atOnce = 16
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	errs := make([]error, len(parts))
	for i, w := range parts {
		if w.placed {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if errs[i] = w.file.Commit(); errs[i] != nil {
				errs[i] = fmt.Errorf("commit %s: %w", w.part.Path, errs[i])
				return
			}
			w.placed = true
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (l *Lake) record(ctx context.Context, u Unit) error {
	return l.transact(ctx, func(tx *sql.Tx) error {
		if u.Replaces != 0 {
			if err := deleteUnit(ctx, tx, u.Replaces); err != nil {
				return err
			}
		}
		unit, err := insertUnit(ctx, tx, u)
		if err != nil {
			return err
		}
		for _, w := range u.Parts {
			if err := insertPart(ctx, tx, unit, w.part, w.file.Sum()); err != nil {
				return err
			}
		}
		if err := insertConversions(ctx, tx, sql.NullInt64{Int64: unit, Valid: true}, u.Table, u.Objects); err != nil {
			return err
		}
		return insertBad(ctx, tx, u.Bad)
	})
}

// insertUnit records the unit with the sums that Stats tells; skipped objects
// are not in them.
func insertUnit(ctx context.Context, tx *sql.Tx, u Unit) (id int64, err error) {
	var objects, broken, stored, bad int64
	for _, o := range u.Objects {
		if o.Outcome == Skipped {
			continue
		}
		objects, stored, bad = objects+1, stored+o.Stored, bad+o.Bad
		if o.Outcome == Broken {
			broken++
		}
	}
	const insert = "INSERT INTO units (tbl, converted, objects, broken, stored, bad) VALUES (?, ?, ?, ?, ?, ?)"
	res, err := tx.ExecContext(ctx, insert, u.Table, time.Now().UnixMilli(), objects, broken, stored, bad)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// Skip records objects that are no logs, in one transaction.
func (l *Lake) Skip(ctx context.Context, objects []Conversion) error {
	return l.transact(ctx, func(tx *sql.Tx) error {
		return insertConversions(ctx, tx, sql.NullInt64{}, "", objects)
	})
}

func (l *Lake) transact(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := l.m.DB().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func insertPart(ctx context.Context, tx *sql.Tx, unit int64, p Part, sum [sha256.Size]byte) error {
	text := schema.ColumnsText(p.Columns)
	if _, err := tx.ExecContext(ctx, "INSERT INTO column_lists (columns) VALUES (?) ON CONFLICT DO NOTHING", text); err != nil {
		return err
	}
	partition, err := json.Marshal(p.Partition)
	if err != nil {
		return err
	}
	const insert = `INSERT INTO parts (unit, tbl, path, bucket, partition, day, columns, rows, bytes, sorted, sha256)
		VALUES (?, ?, ?, ?, ?, ?, (SELECT id FROM column_lists WHERE columns = ?), ?, ?, ?, ?)`
	_, err = tx.ExecContext(ctx, insert, unit, p.Table, p.Path, p.Bucket, string(partition), p.day(), text, p.Rows, p.Bytes, p.Sorted, sum[:])
	return err
}

// day is year-month-day, the last three partition columns of every log type.
func (p Part) day() string { return strings.Join(p.Partition[max(0, len(p.Partition)-3):], "-") }

// insertConversions gives all objects to SQLite as one JSON text: a statement for
// each costs several times as much as reading a tiny object.
func insertConversions(ctx context.Context, tx *sql.Tx, unit sql.NullInt64, table string, objects []Conversion) error {
	rows := make([][6]any, len(objects))
	for i, o := range objects {
		rows[i] = [6]any{o.Object, o.Outcome, strings.ToValidUTF8(o.Reason, "\ufffd"), o.Version, o.Stored, o.Bad}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO conversions (object, unit, tbl, outcome, reason, version, stored, bad)
		SELECT value->>0, ?, ?, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?)`, unit, table, string(text))
	return err
}

func insertBad(ctx context.Context, tx *sql.Tx, lines []BadLine) error {
	if len(lines) == 0 {
		return nil
	}
	st, err := tx.PrepareContext(ctx, "INSERT INTO bad_lines (object, line, reason, text) VALUES (?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer st.Close()
	for _, b := range lines {
		text := b.Text
		if text == nil {
			text = []byte{} // a nil slice would be NULL
		}
		if _, err := st.ExecContext(ctx, b.ObjectID, b.Line, b.Reason, text); err != nil {
			return err
		}
	}
	return nil
}
