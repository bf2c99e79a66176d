package batch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"logsql/convert/schema"

	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// A Reader reads the row groups of a file that a Writer wrote; files of other
// writers it refuses. It is used by one goroutine.
type Reader struct {
	in      io.ReaderAt
	size    int64
	meta    *format.FileMetaData
	columns []schema.Column

	// scratch
	chunk, page, levels []byte
	ids                 []int32
	ints32              []int32
	ints64              []int64
	values              []byte
	offsets             []uint32
}

// NewReader reads the footer of a file of size bytes, which has these columns.
func NewReader(in io.ReaderAt, size int64, columns []schema.Column) (*Reader, error) {
	meta, err := readFooter(in, size)
	if err != nil {
		return nil, err
	}
	want := NewWriter(io.Discard, columns).meta.Schema
	if len(want) != len(meta.Schema) {
		return nil, errors.New("the file has other columns than it should")
	}
	for i, e := range meta.Schema[1:] {
		if w := want[i+1]; e.Name != w.Name || e.Type != w.Type || e.RepetitionType != w.RepetitionType || e.NumChildren != w.NumChildren {
			return nil, fmt.Errorf("the file's column %s is not as it should be", e.Name)
		}
	}
	return &Reader{in: in, size: size, meta: meta, columns: columns}, nil
}

// Groups is the number of row groups.
func (r *Reader) Groups() int { return len(r.meta.RowGroups) }

// Rows is the number of records of a row group.
func (r *Reader) Rows(group int) int64 { return r.meta.RowGroups[group].NumRows }

// Size is the bytes of a row group in the file.
func (r *Reader) Size(group int) int64 { return r.meta.RowGroups[group].TotalCompressedSize }

// Append appends the records of a row group to b, which has the file's columns.
// After an error b is worthless.
func (r *Reader) Append(b *Batch, group int) error {
	g := r.meta.RowGroups[group]
	if len(g.Columns) != len(b.leaves) {
		return fmt.Errorf("a row group of %d leaves for a batch of %d", len(g.Columns), len(b.leaves))
	}
	b.Drop()
	for i, l := range b.leaves {
		l.pad()
		if err := r.appendChunk(l, &g.Columns[i].MetaData, g.NumRows); err != nil {
			return fmt.Errorf("column %s: %w", l.name(), err)
		}
	}
	b.records += int(g.NumRows)
	return nil
}

// chunkBytes are a column chunk's pages, valid until the next call.
func (r *Reader) chunkBytes(m *format.ColumnMetaData) ([]byte, error) {
	start, size := chunkStart(m), m.TotalCompressedSize
	if start < 0 || size < 0 || size > r.size-start {
		return nil, errors.New("its pages lie outside the file")
	}
	if int64(cap(r.chunk)) < size {
		r.chunk = make([]byte, size)
	}
	r.chunk = r.chunk[:size]
	_, err := r.in.ReadAt(r.chunk, start)
	return r.chunk, err
}

func chunkStart(m *format.ColumnMetaData) int64 {
	if m.DictionaryPageOffset > 0 {
		return m.DictionaryPageOffset
	}
	return m.DataPageOffset
}

func (r *Reader) appendChunk(l *Leaf, m *format.ColumnMetaData, records int64) (err error) {
	defer func() {
		if p := recover(); p != nil { // parquet-go's decoders trust what they read
			err = fmt.Errorf("its pages are damaged: %v", p)
		}
	}()
	rest, err := r.chunkBytes(m)
	if err != nil {
		return err
	}
	var dict dictionary
	levels, values := l.levels, l.values
	for len(rest) > 0 {
		var h format.PageHeader
		if rest, err = r.nextPage(rest, &h); err != nil {
			return err
		}
		if h.Type == format.DictionaryPage {
			err = dict.read(r.page, l, int(h.DictionaryPageHeader.V.NumValues))
		} else {
			err = r.dataPage(l, &dict, h.DataPageHeader.V)
		}
		if err != nil {
			return err
		}
	}
	begun := int64(l.levels - levels)
	if l.MaxRep > 0 {
		begun = int64(count(l.reps[levels:], 0))
	}
	if int64(l.levels-levels) != m.NumValues || int64(l.levels-l.values-levels+values) != m.Statistics.NullCount || begun != records {
		return errors.New("its pages have not as many values as its footer says")
	}
	l.records += int(records)
	return nil
}

// nextPage inflates a page into r.page.
func (r *Reader) nextPage(rest []byte, h *format.PageHeader) ([]byte, error) {
	in := new(thrift.CompactProtocol).NewReaderFromBytes(rest)
	if err := thrift.NewDecoder(in).Decode(h); err != nil {
		return nil, fmt.Errorf("page header: %w", err)
	}
	rest = rest[in.BytesRead():]
	size, full := int(h.CompressedPageSize), int(h.UncompressedPageSize)
	if size < 0 || size > len(rest) || full < 0 || h.Type != format.DictionaryPage && h.Type != format.DataPage {
		return nil, errors.New("a page is cut off or not of logsql's kind")
	}
	if cap(r.page) < full {
		r.page = make([]byte, full+full/4)
	}
	page, err := s2.Decode(r.page[:cap(r.page)], rest[:size])
	if err == nil && len(page) != full {
		err = errors.New("a page has another size than its header says")
	}
	r.page = page
	return rest[size:], err
}

func (r *Reader) dataPage(l *Leaf, dict *dictionary, h format.DataPageHeader) error {
	page, n := r.page, int(h.NumValues)
	if n < 0 {
		return errCut
	}
	if l.MaxRep > 0 {
		reps, rest, err := r.readLevels(page, l.MaxRep, n)
		if err != nil {
			return err
		}
		l.reps, page = append(l.reps, reps...), rest
		l.batch.size += n
	}
	values := n
	if l.MaxDef > 0 {
		defs, rest, err := r.readLevels(page, l.MaxDef, n)
		if err != nil {
			return err
		}
		page, values = rest, count(defs, byte(l.MaxDef))
		l.appendDefs(defs, values)
	}
	l.levels += n
	l.values += values
	switch {
	case values == 0:
		return nil
	case h.Encoding == format.RLEDictionary:
		return r.dictionaryValues(l, dict, page, values)
	case h.Encoding == format.DeltaLengthByteArray && l.kind.isText():
		return r.deltaLengthTexts(l, page, values)
	case l.kind.isText():
		return plainTexts(l, page, values)
	}
	return r.numbers(l, h.Encoding, page, values)
}

func count(levels []byte, level byte) (n int) {
	for _, d := range levels {
		if d == level {
			n++
		}
	}
	return n
}

// appendDefs takes definition levels before l.levels tells of them.
func (l *Leaf) appendDefs(defs []byte, values int) {
	if values < len(defs) {
		l.needDefs()
	}
	if l.hasDefs {
		l.defs = append(l.defs, defs...)
		l.batch.size += len(defs)
	}
}

var errCut = errors.New("a page is cut off")

func (r *Reader) readLevels(page []byte, highest, n int) (levels, rest []byte, err error) {
	if len(page) < 4 {
		return nil, nil, errCut
	}
	size := int(binary.LittleEndian.Uint32(page))
	if page = page[4:]; size > len(page) {
		return nil, nil, errCut
	}
	encoding := rle.Encoding{BitWidth: bits.Len(uint(highest))}
	if r.levels, err = encoding.DecodeLevels(r.levels, page[:size]); err != nil {
		return nil, nil, err
	}
	if len(r.levels) < n {
		return nil, nil, errCut
	}
	return r.levels[:n], page[size:], nil
}

func (r *Reader) dictionaryValues(l *Leaf, dict *dictionary, page []byte, values int) error {
	if len(page) == 0 {
		return errCut
	}
	ids, err := r.readIDs(page[1:], int(page[0]), values)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if uint(id) >= uint(dict.len()) {
			return errors.New("a value is not in the dictionary")
		}
	}
	if l.kind.isText() {
		l.batch.size += l.texts.addAll(dict, ids)
		return nil
	}
	for _, id := range ids {
		l.ints = append(l.ints, dict.ints[id])
	}
	l.batch.size += 8 * values
	return nil
}

func (r *Reader) readIDs(page []byte, width, values int) ([]int32, error) {
	if width == 0 {
		if cap(r.ids) < values {
			r.ids = make([]int32, values)
		}
		clear(r.ids[:values])
		return r.ids[:values], nil
	}
	var err error
	encoding := rle.Encoding{BitWidth: width}
	if r.ids, err = encoding.DecodeInt32(r.ids, page); err == nil && len(r.ids) < values {
		err = errCut
	}
	if err != nil {
		return nil, err
	}
	return r.ids[:values], nil
}

func (r *Reader) numbers(l *Leaf, encoding format.Encoding, page []byte, values int) error {
	l.batch.size += 8 * values
	if encoding == format.DeltaBinaryPacked {
		return r.deltas(l, page, values)
	}
	if l.kind == physBool {
		if len(page) < (values+7)/8 {
			return errCut
		}
		for i := range values {
			l.ints = append(l.ints, int64(page[i/8]>>(i%8)&1))
		}
		return nil
	}
	ints, err := plainNumbers(l.ints, page, l.kind.width(), values)
	l.ints = ints
	return err
}

func (r *Reader) deltas(l *Leaf, page []byte, values int) (err error) {
	var e delta.BinaryPackedEncoding
	if l.kind.width() == 8 {
		if r.ints64, err = e.DecodeInt64(r.ints64, page); err != nil || len(r.ints64) != values {
			return errors.Join(err, checkCount(len(r.ints64), values))
		}
		l.ints = append(l.ints, r.ints64...)
		return nil
	}
	if r.ints32, err = e.DecodeInt32(r.ints32, page); err != nil || len(r.ints32) != values {
		return errors.Join(err, checkCount(len(r.ints32), values))
	}
	for _, v := range r.ints32 {
		l.ints = append(l.ints, int64(v))
	}
	return nil
}

func checkCount(have, want int) error {
	if have != want {
		return fmt.Errorf("a page of %d values has %d", want, have)
	}
	return nil
}

func plainNumbers(dst []int64, page []byte, width, values int) ([]int64, error) {
	if len(page) < values*width {
		return dst, errCut
	}
	for i := range values {
		if width == 4 {
			dst = append(dst, int64(int32(binary.LittleEndian.Uint32(page[4*i:]))))
		} else {
			dst = append(dst, int64(binary.LittleEndian.Uint64(page[8*i:])))
		}
	}
	return dst, nil
}

func (r *Reader) deltaLengthTexts(l *Leaf, page []byte, values int) (err error) {
	var e delta.LengthByteArrayEncoding
	r.values, r.offsets, err = e.DecodeByteArray(r.values, page, r.offsets)
	if err != nil || len(r.offsets) != values+1 {
		return errors.Join(err, checkCount(len(r.offsets)-1, values))
	}
	for i := range values {
		l.batch.size += l.texts.add(r.values[r.offsets[i]:r.offsets[i+1]])
	}
	return nil
}

func plainTexts(l *Leaf, page []byte, values int) error {
	for range values {
		v, rest, ok := plainText(page)
		if !ok {
			return errCut
		}
		l.batch.size += l.texts.add(v)
		page = rest
	}
	return nil
}

func plainText(page []byte) (v, rest []byte, ok bool) {
	if len(page) < 4 {
		return nil, nil, false
	}
	n := binary.LittleEndian.Uint32(page)
	if page = page[4:]; uint64(n) > uint64(len(page)) {
		return nil, nil, false
	}
	return page[:n], page[n:], true
}

// dictionary is a dictionary page's values.
type dictionary struct {
	ints  []int64
	texts [][]byte
	moved []int32 // the entry of a batch's leaf that a text has become, from 1
}

func (d *dictionary) len() int { return max(len(d.ints), len(d.texts)) }

func (d *dictionary) read(page []byte, l *Leaf, values int) (err error) {
	if !l.kind.isText() {
		d.ints, err = plainNumbers(nil, page, l.kind.width(), values)
		return err
	}
	page = append([]byte(nil), page...) // the next page takes its place
	for range values {
		v, rest, ok := plainText(page)
		if !ok {
			return errCut
		}
		d.texts = append(d.texts, v)
		page = rest
	}
	d.moved = make([]int32, len(d.texts))
	return nil
}

// addAll appends values by their place in a dictionary and returns about how
// many bytes they took: a text is looked up once.
func (t *texts) addAll(d *dictionary, ids []int32) (size int) {
	for _, id := range ids {
		if at := d.moved[id]; at > 0 && !t.plain {
			t.last = at - 1
			t.ids = append(t.ids, t.last)
			t.total += len(d.texts[id])
			size += 4
			continue
		}
		size += t.add(d.texts[id])
		d.moved[id] = t.last + 1
	}
	return size
}
