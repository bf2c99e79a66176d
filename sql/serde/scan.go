package serde

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"sync"
	"sync/atomic"

	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

const (
	// BatchRows is how many rows a batch holds at most: those of DuckDB's vectors.
	BatchRows  = 2048
	batchBytes = 8 << 20
	cancelRows = 64 // lines between looks at the context
)

// hidden are the columns behind those of the table.
var hidden = []schema.Column{
	{Name: "$path", Type: schema.Text},
	{Name: "$file_size", Type: schema.Of(schema.BigInt)},
	{Name: "$file_modified_time", Type: schema.Type{Kind: schema.Timestamp, Precision: 3}},
	{Name: "$partition", Type: schema.Text},
}

// All are the columns of the table function's rows.
func (s *Spec) All() []schema.Column {
	all := append([]schema.Column{}, s.Columns...)
	for _, p := range s.Partition {
		all = append(all, schema.Column{Name: p, Type: schema.Text})
	}
	return append(all, hidden...)
}

// Scan reads the files of a Spec. Readers share it: each file is read by one.
type Scan struct {
	ctx    context.Context
	root   *os.Root
	spec   *Spec
	cursor atomic.Int64

	mu      sync.Mutex
	readers []*Reader
}

// NewScan begins a scan of files below root. Close ends it.
func NewScan(ctx context.Context, root *os.Root, spec *Spec) (*Scan, error) {
	if err := Check(spec); err != nil {
		return nil, err
	}
	return &Scan{ctx: ctx, root: root, spec: spec}, nil
}

// Close closes the readers of s. A reader at work is waited for.
func (s *Scan) Close() {
	s.mu.Lock()
	readers := s.readers
	s.readers = nil
	s.mu.Unlock()
	for _, r := range readers {
		r.close()
	}
}

// Reader reads files of a Scan, one at a time. It is one goroutine's.
type Reader struct {
	scan *Scan

	mu      sync.Mutex // held while reading, so that Close can wait
	closed  bool
	decoder decoder
	batch   Batch
	buf     []byte
	file    *File
	content *content
	records records
}

// Reader makes a reader of the columns that wanted names by their place.
func (s *Scan) Reader(wanted []bool) (*Reader, error) {
	d, err := newDecoder(s.spec)
	if err != nil {
		return nil, err
	}
	r := &Reader{scan: s, decoder: d}
	for i, c := range s.spec.All() {
		var v *Vector
		if wanted[i] {
			v = newVector(c.Type)
		}
		r.batch.Columns = append(r.batch.Columns, v)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readers = append(s.readers, r)
	return r, nil
}

// Next reads the next rows: none at the end. The batch is valid until the next
// call.
func (r *Reader) Next() (*Batch, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := &r.batch
	b.reset()
	for b.Rows < BatchRows && !r.closed {
		if r.records == nil {
			if more, err := r.open(); err != nil || !more {
				return b, err
			}
		}
		if err := r.fill(); err != nil {
			return b, err
		}
		if b.size() > batchBytes {
			break
		}
	}
	return b, nil
}

// open goes to the next file.
func (r *Reader) open() (bool, error) {
	at := int(r.scan.cursor.Add(1)) - 1
	if at >= len(r.scan.spec.Files) {
		return false, nil
	}
	r.file = &r.scan.spec.Files[at]
	c, err := open(r.scan.root, r.file.Path)
	if err != nil {
		return false, r.failed(err)
	}
	if r.buf == nil {
		r.buf = make([]byte, readSize)
	}
	r.content = c
	r.records, err = r.scan.spec.records(c, r.buf)
	if err != nil {
		err = r.failed(err)
		r.closeFile()
	}
	return err == nil, err
}

// fill takes records until the batch is full or the file ends.
func (r *Reader) fill() error {
	b, from := &r.batch, r.batch.Rows
	var err error
	for b.Rows < BatchRows && err == nil {
		if b.Rows%cancelRows == 0 {
			if err = r.scan.ctx.Err(); err != nil {
				break
			}
			if b.size() > batchBytes {
				break
			}
		}
		err = r.record()
	}
	r.constants(b.Rows - from)
	if errors.Is(err, io.EOF) {
		r.closeFile()
		return nil
	}
	if err != nil {
		err = r.failed(err)
		r.closeFile()
	}
	return err
}

func (r *Reader) record() error {
	record, err := r.records.next()
	if err != nil {
		return err
	}
	if err := r.decoder.decode(record, &r.batch); err != nil {
		r.batch.nullRow(len(r.scan.spec.Columns))
		r.batch.Rows++
		return err
	}
	r.batch.Rows++
	return nil
}

// constants fills the columns that are the same for all rows of a file.
func (r *Reader) constants(rows int) {
	columns, spec := r.batch.Columns[len(r.scan.spec.Columns):], r.scan.spec
	for range rows {
		for i := range spec.Partition {
			if v := columns[i]; v != nil {
				v.text([]byte(r.file.Partition[i]))
			}
		}
		for i, v := range columns[len(spec.Partition):] {
			if v != nil {
				r.hidden(i, v)
			}
		}
	}
}

func (r *Reader) hidden(i int, v *Vector) {
	switch hidden[i].Name {
	case "$path":
		v.text([]byte(r.file.URI))
	case "$file_size":
		v.int(r.file.Size)
	case "$file_modified_time":
		v.timestamp(r.file.Modified)
	case "$partition":
		v.text([]byte(catalog.PartitionName(r.scan.spec.Partition, r.file.Partition)))
	}
}

// failed says which object an error is about and where. What a decoder says
// without a code is Trino's HIVE_CURSOR_ERROR.
func (r *Reader) failed(err error) error {
	if r.scan.ctx.Err() != nil {
		return r.scan.ctx.Err()
	}
	place := r.file.URI
	if r.records != nil && r.records.place() > 0 {
		place += " line " + strconv.FormatInt(r.records.place(), 10)
	}
	known := &syntax.Error{Code: "HIVE_CURSOR_ERROR", Msg: "Failed to read file at " + place + ": " + err.Error(), Err: err}
	var coded *syntax.Error
	var missing *os.PathError
	switch {
	case errors.As(err, &coded):
		known.Code, known.Msg = coded.Code, place+": "+coded.Msg
	case errors.As(err, &missing) && r.records == nil:
		known.Code, known.Msg = "HIVE_CANNOT_OPEN_SPLIT", place+": "+missing.Err.Error()
		if r.file.Pruned {
			known.Msg = place + ": " + catalog.Pruned
		}
	}
	return known
}

func (r *Reader) closeFile() {
	if r.content != nil {
		r.content.close()
	}
	r.content, r.records = nil, nil
}

func (r *Reader) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.closeFile()
}
