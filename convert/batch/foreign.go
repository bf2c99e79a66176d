package batch

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// readAhead is how many values of a column are decoded at once.
const readAhead = 256

// A Foreign reads a Parquet file of flat columns that somebody else wrote, record
// by record. It is used by one goroutine.
type Foreign struct {
	Names []string // of the columns

	groups  []parquet.RowGroup
	columns []columnReader
	record  []Value
	left    int64 // records of the row group
}

// Value is one value of a record. Text is what it reads like; of a number that
// is made only when asked for.
type Value struct{ v parquet.Value }

// OpenForeign reads the footer. One that says nothing at all is of a file without
// columns and records.
func OpenForeign(r io.ReaderAt, size int64) (reader *Foreign, err error) {
	defer caught(&err)
	footer, err := footerBytes(r, size)
	if err != nil {
		return nil, parquetError(err)
	}
	if len(footer) > 0 && footer[0] == 0 {
		return new(Foreign), nil
	}
	f, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, parquetError(err)
	}
	if err := checkChunks(f.Metadata(), size); err != nil {
		return nil, parquetError(err)
	}
	d := &Foreign{groups: f.RowGroups()}
	for _, c := range f.Root().Columns() {
		if !c.Leaf() || c.Repeated() {
			return nil, parquetError(fmt.Errorf("column %s is not one of plain values", c.Name()))
		}
		d.Names = append(d.Names, c.Name())
	}
	d.columns = make([]columnReader, len(d.Names))
	d.record = make([]Value, len(d.Names))
	return d, nil
}

// checkChunks refuses what parquet-go would take all memory for: compressions
// that do not tell how much they hold (AWS uses gzip), and chunks longer than
// their file.
func checkChunks(meta *format.FileMetaData, size int64) error {
	for _, g := range meta.RowGroups {
		for _, c := range g.Columns {
			switch m := c.MetaData; {
			case m.Codec != format.Uncompressed && m.Codec != format.Snappy && m.Codec != format.Gzip:
				return fmt.Errorf("the compression %s is not read, only gzip and snappy", m.Codec)
			case m.TotalCompressedSize < 0 || m.TotalCompressedSize > size || m.DataPageOffset < 0 || m.DataPageOffset > size:
				return errors.New("a column chunk goes beyond the file")
			}
		}
	}
	return nil
}

// parquetError says which of an object's layers is broken.
func parquetError(err error) error { return fmt.Errorf("in Parquet: %w", err) }

// caught makes an error of a panic: parquet-go has them for some files that are
// not what they say.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = parquetError(fmt.Errorf("%v", p))
	}
}

// Next returns the next record, valid until the call after, or io.EOF.
func (d *Foreign) Next() (record []Value, err error) {
	defer caught(&err)
	for d.left == 0 {
		if len(d.groups) == 0 {
			return nil, io.EOF
		}
		if err := d.open(d.groups[0]); err != nil {
			return nil, err
		}
		d.groups = d.groups[1:]
	}
	d.left--
	for i := range d.columns {
		if d.record[i].v, err = d.columns[i].next(); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, parquetError(fmt.Errorf("column %s: %w", d.Names[i], err))
		}
	}
	return d.record, nil
}

func (d *Foreign) open(g parquet.RowGroup) error {
	d.left = g.NumRows()
	chunks := g.ColumnChunks()
	if len(chunks) != len(d.columns) {
		return parquetError(fmt.Errorf("a row group of %d columns in a file of %d", len(chunks), len(d.columns)))
	}
	err := d.Close()
	for i, c := range chunks {
		d.columns[i].pages = c.Pages()
	}
	return err
}

// Close gives back what the row group took.
func (d *Foreign) Close() error {
	var errs []error
	for i := range d.columns {
		errs = append(errs, d.columns[i].close())
	}
	return errors.Join(errs...)
}

// columnReader gives a column's values one by one.
type columnReader struct {
	pages  parquet.Pages
	page   parquet.Page
	values parquet.ValueReader
	buffer [readAhead]parquet.Value
	ahead  []parquet.Value // of buffer, not yet given
}

func (c *columnReader) next() (parquet.Value, error) {
	for len(c.ahead) == 0 {
		if err := c.fill(); err != nil {
			return parquet.Value{}, err
		}
	}
	v := c.ahead[0]
	c.ahead = c.ahead[1:]
	return v, nil
}

func (c *columnReader) fill() error {
	if c.values == nil {
		page, err := c.pages.ReadPage()
		if err != nil {
			return err
		}
		c.page, c.values = page, page.Values()
	}
	n, err := c.values.ReadValues(c.buffer[:])
	c.ahead = c.buffer[:n]
	if err == nil {
		return nil
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	c.values = nil
	if n == 0 {
		c.release()
	}
	return nil
}

func (c *columnReader) release() {
	if c.page != nil {
		parquet.Release(c.page)
		c.page = nil
	}
}

func (c *columnReader) close() error {
	c.release()
	pages := c.pages
	c.pages, c.values, c.ahead = nil, nil, nil
	if pages == nil {
		return nil
	}
	return pages.Close()
}

// IsNull tells whether there is no value.
func (v Value) IsNull() bool { return v.v.IsNull() }

// Int is the value of a column of integers; ok is false for others.
func (v Value) Int() (n int64, ok bool) {
	switch v.v.Kind() {
	case parquet.Int32:
		return int64(v.v.Int32()), true
	case parquet.Int64:
		return v.v.Int64(), true
	}
	return 0, false
}

// AppendText appends what the value reads like; nothing where it is null.
func (v Value) AppendText(dst []byte) []byte {
	if v.IsNull() {
		return dst
	}
	switch v.v.Kind() {
	case parquet.Boolean:
		return strconv.AppendBool(dst, v.v.Boolean())
	case parquet.Int32, parquet.Int64:
		n, _ := v.Int()
		return strconv.AppendInt(dst, n, 10)
	case parquet.Float:
		return strconv.AppendFloat(dst, float64(v.v.Float()), 'f', -1, 32)
	case parquet.Double:
		return strconv.AppendFloat(dst, v.v.Double(), 'f', -1, 64)
	}
	return append(dst, v.v.ByteArray()...)
}
