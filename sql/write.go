package sql

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"logsql/convert/schema"
	"logsql/ingest/mirror"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/cost"
	"logsql/sql/duck"
	"logsql/sql/lower"
	"logsql/sql/syntax"
)

// WriteSteps are the steps of a statement that writes files, in order, as
// mirror.Step calls them.
var WriteSteps = []string{"write.written", "write.placed", "write.recorded", "write.committed"}

// writer runs CREATE TABLE AS, INSERT INTO and UNLOAD: DuckDB writes the rows
// into a folder of tmp/, the files are made durable, get their names below
// tables/, and are recorded with the table in one transaction. Before it nothing
// is to be seen of them.
type writer struct {
	s        *Session
	q        *syntax.Query
	info     *bind.Info
	location string // where files go, with / at the end
	taken    error  // where files must not be there yet: what to say if they are
	names    []string
	lower.Writing

	rows  int64
	notes []string
	read  func(context.Context) (cost.Scanned, error)
	files []catalog.File
	parts []catalog.Partition // those that files were written to
}

// run writes the files and calls record in the transaction that records them.
func (w *writer) run(ctx context.Context, record func(*catalog.Tx) error) (*Rows, error) {
	store, err := w.s.store(ctx)
	if err != nil {
		return nil, err
	}
	if err := store.SweepWritten(ctx); err != nil {
		return nil, internal(err)
	}
	folder, err := w.s.mirror.NewFolder()
	if err != nil {
		return nil, internal(err)
	}
	defer folder.Close()
	if err := w.copy(ctx, folder); err != nil {
		return nil, err
	}
	if err := w.place(folder); err != nil {
		return nil, internal(fmt.Errorf("write to %s: %w", w.location, err))
	}
	mirror.Step(WriteSteps[1])
	err = store.Update(ctx, func(tx *catalog.Tx) error { return w.record(tx, record) })
	if err != nil {
		return nil, asError(err)
	}
	mirror.Step(WriteSteps[3])
	rows := noRows()
	rows.Scanned = w.read
	rows.Notes = append(w.notes, fmt.Sprintf("rows written to %s: %d, in %d files of the mirror; nothing is uploaded", w.location, w.rows, len(w.files)))
	return rows, nil
}

// record records the files, unless another statement wrote to the same place
// meanwhile, and then the table.
func (w *writer) record(tx *catalog.Tx, table func(*catalog.Tx) error) error {
	if w.taken != nil {
		if full, err := tx.HasFiles(w.location); err != nil {
			return err
		} else if full {
			return w.taken
		}
	}
	for _, f := range w.files {
		if err := tx.PutWritten(f); err != nil {
			return err
		}
	}
	err := table(tx)
	mirror.Step(WriteSteps[2])
	return err
}

// copy has DuckDB write the rows into the folder.
func (w *writer) copy(ctx context.Context, folder *mirror.Folder) error {
	return w.copyTo(ctx, func(db *duck.DB) (string, error) {
		to := db.Path(folder.Rel())
		if w.Partition == 0 {
			to += "/data"
		}
		return to, nil
	})
}

// copyTo has DuckDB write the rows to a file or folder.
func (w *writer) copyTo(ctx context.Context, to func(*duck.DB) (string, error)) error {
	located, err := w.s.locate(ctx, w.info, true)
	if err != nil {
		return err
	}
	if err := w.s.withinLimit(ctx, w.q, w.info); err != nil {
		return err
	}
	w.read = w.s.scanned(w.info)
	tree, err := lower.Write(w.q, w.info, w.Writing)
	if err != nil {
		return err
	}
	db, err := w.s.duck(ctx, tree.HoldsTry())
	if err != nil {
		return internal(err)
	}
	if tree.Copy.To, err = to(db); err != nil {
		return internal(err)
	}
	if w.notes, err = w.s.notes(ctx, w.info); err != nil {
		return internal(err)
	}
	w.notes = append(w.notes, located...)
	rows, err := db.Query(ctx, tree.Text(db.Path))
	if err != nil {
		return err
	}
	defer rows.Close()
	if row, ok := rows.Next(); ok && len(row) == 1 {
		w.rows, _ = row[0].(int64)
	}
	return rows.Err()
}

// place gives the files their names; no rows make no files.
func (w *writer) place(folder *mirror.Folder) error {
	names, sizes, err := folder.Files()
	if err != nil || w.rows == 0 {
		return err
	}
	if err := folder.Sync(names); err != nil {
		return err
	}
	mirror.Step(WriteSteps[0])
	stamp := time.Now().UTC()
	id := stamp.Format("20060102_150405_") + randomText()
	bucket, prefix, _ := mirror.SplitURI(w.location)
	to := make([]string, len(names))
	for i, name := range names {
		key := prefix + w.partition(path.Dir(name)) + id + "_" + strconv.Itoa(i) + w.extension()
		if to[i], err = mirror.TablePath(bucket, key); err != nil {
			return err
		}
		w.files = append(w.files, catalog.File{URI: mirror.URI(bucket, key), Path: to[i], Size: sizes[i], Modified: stamp})
	}
	return folder.Place(names, to)
}

func randomText() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func (w *writer) extension() string {
	switch {
	case w.Format == "PARQUET":
		return ".parquet"
	case w.Codec == "gzip":
		return ".gz"
	case w.Codec == "zstd":
		return ".zst"
	}
	return ""
}

// partition is the partition that a folder of DuckDB's is, as Hive writes it,
// with / at the end; "" where there are none.
func (w *writer) partition(folder string) string {
	if w.Partition == 0 {
		return ""
	}
	var values []string
	for part := range strings.SplitSeq(folder, "/") {
		_, value, _ := strings.Cut(part, "=")
		if text, err := url.PathUnescape(value); err == nil {
			value = text
		}
		values = append(values, value)
	}
	name := catalog.PartitionName(w.names, values) + "/"
	if n := len(w.parts); n == 0 || w.parts[n-1].Location != w.location+name {
		w.parts = append(w.parts, catalog.Partition{Values: values, Location: w.location + name})
	}
	return name
}

// setColumns says what is written: the query's columns as these, in their
// order, the last of them partition columns.
func (w *writer) setColumns(n syntax.Node, columns []schema.Column, partition []string) error {
	for i, c := range columns {
		if c.Type.Kind == schema.Timestamp && c.Type.Precision < 3 {
			columns[i].Type.Precision = 3 // what Hive's tables have
			c = columns[i]
		}
		if err := writable(n, c.Type, c.Name); err != nil {
			return err
		}
	}
	if err := w.csvColumns(n, columns[:len(columns)-len(partition)]); err != nil {
		return err
	}
	w.Columns, w.names, w.Partition = columns, partition, len(partition)
	for i := range columns {
		w.Places = append(w.Places, i)
	}
	return nil
}

// csvColumns holds the columns of CSV to texts: its SerDe knows no other type.
func (w *writer) csvColumns(n syntax.Node, columns []schema.Column) error {
	var others []string
	for _, c := range columns {
		if _, bounded := c.Type.Length(); c.Type.Kind != schema.Varchar || bounded {
			others = append(others, c.Name+" "+c.Type.String())
		}
	}
	if w.Format != "CSV" || others == nil {
		return nil
	}
	err := syntax.ErrorAt(n, "NOT_SUPPORTED", "Hive CSV storage format only supports VARCHAR (unbounded). Unsupported columns: %s", strings.Join(others, ", "))
	err.Hint = "CAST(… AS varchar)"
	return err
}

// writable refuses types that Hive's tables do not have.
func writable(n syntax.Node, t schema.Type, name string) error {
	switch t.Kind {
	case schema.Timestamp:
		if t.Precision != 3 {
			err := syntax.ErrorAt(n, "NOT_SUPPORTED", "Incorrect timestamp precision for %s; the configured precision is MILLISECONDS; column name: %s", t, name)
			err.Hint = "CAST(… AS timestamp(3))"
			return err
		}
	case schema.Row:
		for _, e := range t.Elems {
			if e.Name == "" {
				return syntax.ErrorAt(n, "NOT_SUPPORTED", "Anonymous row type is not supported in Hive. Please give each field a name: %s", t)
			}
		}
	}
	for _, e := range t.Elems {
		if err := writable(n, e.Type, name); err != nil {
			return err
		}
	}
	if len(t.Elems) == 0 && !hiveType(t) {
		return syntax.ErrorAt(n, "NOT_SUPPORTED", "Unsupported Hive type: %s", t)
	}
	return nil
}
