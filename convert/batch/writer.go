package batch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"logsql/convert/schema"

	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const magic = "PAR1"

// A Writer writes a Parquet file, row group by row group. It is used by one
// goroutine.
type Writer struct {
	out    io.Writer
	offset int64
	meta   format.FileMetaData
	leaves int
	closed bool

	columns []schema.Column
	find    []bool // by leaf: it gets a bloom filter
	sorted  int    // the leaf that row groups are sorted by, or -1
}

// NewWriter returns a writer of a file with these columns. Nothing is written
// before the first row group.
func NewWriter(out io.Writer, columns []schema.Column) *Writer {
	w := &Writer{out: out, columns: columns, sorted: -1}
	w.meta = format.FileMetaData{Version: 2, CreatedBy: "logsql"}
	root := format.SchemaElement{Name: "schema"}
	root.NumChildren.Set(int32(len(columns)))
	w.meta.Schema = append(w.meta.Schema, root)
	for _, c := range columns {
		w.element(c.Name, c.Type, format.Optional)
	}
	w.meta.ColumnOrders = make([]format.ColumnOrder, w.leaves)
	for i := range w.meta.ColumnOrders {
		w.meta.ColumnOrders[i].Value = new(format.TypeDefinedOrder)
	}
	w.find = make([]bool, w.leaves)
	return w
}

// Sorted says in the file that the records come in the order of a column.
func (w *Writer) Sorted(column string) {
	for i, l := range New(w.columns).leaves {
		if l.name() == column {
			w.sorted = i
		}
	}
}

// Rows is the number of records written.
func (w *Writer) Rows() int64 { return w.meta.NumRows }

// Bytes is the size of the file as far as it is written.
func (w *Writer) Bytes() int64 { return w.offset }

// chunks begin with room for a page: memory that is not touched costs nothing,
// growing does.
var chunks = sync.Pool{New: func() any {
	const room = pageBytes + pageBytes/8
	return &chunk{page: make([]byte, 0, room), packed: make([]byte, 0, s2.MaxEncodedLen(room))}
}}

// WriteRowGroup writes the batch, which must have the writer's columns, as one
// row group; an empty batch writes nothing. It may rearrange the batch: Reset
// or Release it before the next record. After an error the file is worthless.
func (w *Writer) WriteRowGroup(b *Batch) error {
	if len(b.leaves) != w.leaves {
		return fmt.Errorf("a batch of %d leaves for a file of %d", len(b.leaves), w.leaves)
	}
	if b.records == 0 {
		return nil
	}
	b.Drop()
	b.settle()
	if err := w.start(); err != nil {
		return err
	}
	c := chunks.Get().(*chunk)
	c.to, c.out, c.err, c.packed, c.squeezed = w, c.out[:0], nil, c.packed[:0], 0
	defer func() {
		c.to = nil
		chunks.Put(c)
	}()
	group := format.RowGroup{NumRows: int64(b.records), FileOffset: w.offset, Ordinal: int16(len(w.meta.RowGroups))}
	for _, l := range b.leaves {
		l.pad()
		if err := c.write(l); err != nil {
			return err
		}
		group.Columns = append(group.Columns, format.ColumnChunk{MetaData: c.meta})
		group.TotalByteSize += c.meta.TotalUncompressedSize
		group.TotalCompressedSize += c.meta.TotalCompressedSize
	}
	if err := c.flush(); err != nil {
		return err
	}
	if w.sorted >= 0 {
		group.SortingColumns = []format.SortingColumn{{ColumnIdx: int32(w.sorted)}}
	}
	if err := w.writeBlooms(b, &group); err != nil {
		return err
	}
	w.meta.RowGroups = append(w.meta.RowGroups, group)
	w.meta.NumRows += group.NumRows
	return nil
}

// Close writes the footer. It does not close what is written to.
func (w *Writer) Close() error {
	if w.closed {
		return errors.New("the Parquet file is closed already")
	}
	w.closed = true
	if err := w.start(); err != nil {
		return err
	}
	footer := marshal(&w.meta)
	footer = binary.LittleEndian.AppendUint32(footer, uint32(len(footer)))
	return w.write(append(footer, magic...))
}

func (w *Writer) start() error {
	if w.offset > 0 {
		return nil
	}
	return w.write([]byte(magic))
}

func (w *Writer) write(p []byte) error {
	n, err := w.out.Write(p)
	w.offset += int64(n)
	return err
}

// marshal panics on an error: the structs are parquet-go's own and are written
// to memory.
func marshal(v any) []byte {
	p, err := thrift.Marshal(new(thrift.CompactProtocol), v)
	if err != nil {
		panic(err)
	}
	return p
}

// element appends the schema elements of a type, depth first.
func (w *Writer) element(name string, t schema.Type, repetition format.FieldRepetitionType) {
	e := format.SchemaElement{Name: name}
	e.RepetitionType.Set(repetition)
	switch t.Kind {
	case schema.Row:
		w.group(e, len(t.Elems))
		for _, f := range t.Elems {
			w.element(f.Name, f.Type, format.Optional)
		}
	case schema.Array:
		e.ConvertedType.Set(deprecated.List)
		e.LogicalType.Value = new(format.ListType)
		w.group(e, 1)
		w.group(repeatedGroup("list"), 1)
		w.element("element", t.Elem(), format.Optional)
	case schema.Map:
		e.ConvertedType.Set(deprecated.Map)
		e.LogicalType.Value = new(format.MapType)
		w.group(e, 1)
		w.group(repeatedGroup("key_value"), 2)
		w.element("key", t.Key(), format.Required)
		w.element("value", t.Value(), format.Optional)
	default:
		e.Type.Set(physicalOf(t).parquet())
		annotate(&e, t)
		w.meta.Schema = append(w.meta.Schema, e)
		w.leaves++
	}
}

func repeatedGroup(name string) format.SchemaElement {
	e := format.SchemaElement{Name: name}
	e.RepetitionType.Set(format.Repeated)
	return e
}

func (w *Writer) group(e format.SchemaElement, children int) {
	e.NumChildren.Set(int32(children))
	w.meta.Schema = append(w.meta.Schema, e)
}

// annotate says what a leaf's bytes mean. ConvertedType is for readers older
// than LogicalType.
func annotate(e *format.SchemaElement, t schema.Type) {
	switch t.Kind {
	case schema.Varchar, schema.Char, schema.JSON:
		e.ConvertedType.Set(deprecated.UTF8)
		e.LogicalType.Value = new(format.StringType)
	case schema.TinyInt:
		e.ConvertedType.Set(deprecated.Int8)
		e.LogicalType.Value = &format.IntType{BitWidth: 8, IsSigned: true}
	case schema.SmallInt:
		e.ConvertedType.Set(deprecated.Int16)
		e.LogicalType.Value = &format.IntType{BitWidth: 16, IsSigned: true}
	case schema.Date:
		e.ConvertedType.Set(deprecated.Date)
		e.LogicalType.Value = new(format.DateType)
	case schema.Timestamp:
		e.LogicalType.Value = &format.TimestampType{Unit: format.TimeUnit{Value: new(format.MicroSeconds)}}
	}
}
