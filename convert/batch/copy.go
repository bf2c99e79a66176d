package batch

import (
	"io"

	"github.com/parquet-go/parquet-go/format"
)

// Copy copies a row group of r, of the same columns, as it is encoded. It
// reports false, and writes nothing, where the row group lacks something that
// the writer gives its own.
func (w *Writer) Copy(r *Reader, group int) (done bool, err error) {
	g := r.meta.RowGroups[group]
	if !w.complete(&g) {
		return false, nil
	}
	if err := w.start(); err != nil {
		return true, err
	}
	g.Ordinal, g.FileOffset = int16(len(w.meta.RowGroups)), w.offset
	g.Columns = append([]format.ColumnChunk(nil), g.Columns...)
	for i := range g.Columns {
		if err := w.copyChunk(r, &g.Columns[i]); err != nil {
			return true, err
		}
	}
	for i := range g.Columns {
		m := &g.Columns[i].MetaData
		if m.BloomFilterOffset == 0 {
			continue
		}
		from := m.BloomFilterOffset
		m.BloomFilterOffset = w.offset
		if err := w.copyBytes(r, from, int64(m.BloomFilterLength)); err != nil {
			return true, err
		}
	}
	w.meta.RowGroups = append(w.meta.RowGroups, g)
	w.meta.NumRows += g.NumRows
	return true, nil
}

// complete tells whether every column that should have a bloom filter has one.
func (w *Writer) complete(g *format.RowGroup) bool {
	for i, c := range g.Columns {
		m := &c.MetaData
		if w.find[i] && m.BloomFilterOffset == 0 && m.NumValues > m.Statistics.NullCount {
			return false
		}
	}
	return true
}

func (w *Writer) copyChunk(r *Reader, c *format.ColumnChunk) error {
	m := &c.MetaData
	from := chunkStart(m)
	moved := w.offset - from
	m.DataPageOffset += moved
	if m.DictionaryPageOffset > 0 {
		m.DictionaryPageOffset += moved
	}
	c.OffsetIndexOffset, c.OffsetIndexLength, c.ColumnIndexOffset, c.ColumnIndexLength = 0, 0, 0, 0
	return w.copyBytes(r, from, m.TotalCompressedSize)
}

func (w *Writer) copyBytes(r *Reader, from, size int64) error {
	n, err := io.Copy(w.out, io.NewSectionReader(r.in, from, size))
	w.offset += n
	if err == nil && n < size {
		err = io.ErrUnexpectedEOF
	}
	return err
}
