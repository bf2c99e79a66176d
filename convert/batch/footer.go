package batch

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"logsql/convert/schema"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// ReadColumns reads the columns of a Parquet file out of its footer, in the
// file's order and case. A timestamp's precision is its unit's; an unsigned
// integer has the next wider type.
func ReadColumns(path string) ([]schema.Column, error) {
	meta, err := footerOf(path)
	if err != nil {
		return nil, err
	}
	r := schemaReader{elements: meta.Schema}
	root := r.next()
	var columns []schema.Column
	for range root.NumChildren.V {
		columns = append(columns, r.column())
	}
	return columns, r.err
}

// OpenFile opens a file whose end is read first.
func OpenFile(path string) (f *os.File, size int64, err error) {
	if f, err = os.Open(path); err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

func footerOf(path string) (*format.FileMetaData, error) {
	f, size, err := OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readFooter(f, size)
}

func readFooter(r io.ReaderAt, size int64) (*format.FileMetaData, error) {
	footer, err := footerBytes(r, size)
	if err != nil {
		return nil, err
	}
	meta := new(format.FileMetaData)
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), footer, meta); err != nil {
		return nil, fmt.Errorf("footer: %w", err)
	}
	return meta, nil
}

func footerBytes(r io.ReaderAt, size int64) ([]byte, error) {
	tail := make([]byte, 8)
	if size < int64(len(tail)+len(magic)) {
		return nil, fmt.Errorf("no Parquet file: it has %d bytes", size)
	}
	if _, err := r.ReadAt(tail, size-8); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(tail))
	if string(tail[4:]) != magic || length > size-8 {
		return nil, fmt.Errorf("no Parquet file: its end is not that of one")
	}
	footer := make([]byte, length)
	if _, err := r.ReadAt(footer, size-8-length); err != nil {
		return nil, err
	}
	return footer, nil
}

// schemaReader walks the elements of a schema, depth first as they stand.
type schemaReader struct {
	elements []format.SchemaElement
	err      error
}

func (r *schemaReader) next() format.SchemaElement {
	if len(r.elements) == 0 {
		if r.err == nil {
			r.err = fmt.Errorf("footer: the schema is cut off")
		}
		return format.SchemaElement{}
	}
	e := r.elements[0]
	r.elements = r.elements[1:]
	return e
}

func (r *schemaReader) column() schema.Column {
	e := r.next()
	t := r.typ(e)
	if e.RepetitionType.V == format.Repeated && e.RepetitionType.Valid {
		t = schema.ArrayOf(t)
	}
	return schema.Column{Name: e.Name, Type: t}
}

func (r *schemaReader) typ(e format.SchemaElement) schema.Type {
	if r.err != nil {
		return schema.Type{}
	}
	if !e.NumChildren.Valid || e.NumChildren.V == 0 {
		return leafType(e)
	}
	fields := make([]schema.Field, 0, e.NumChildren.V)
	names := r.elements
	for range e.NumChildren.V {
		c := r.column()
		fields = append(fields, schema.Field(c))
	}
	switch {
	case r.err != nil:
	case isKind[*format.ListType](e, deprecated.List):
		return listType(e, names[0], fields)
	case isKind[*format.MapType](e, deprecated.Map) || e.ConvertedType.Valid && e.ConvertedType.V == deprecated.MapKeyValue:
		if entries := fields[0].Type; entries.Kind == schema.Array && len(entries.Elem().Elems) == 2 {
			return schema.MapOf(entries.Elem().Elems[0].Type, entries.Elem().Elems[1].Type)
		}
	}
	return schema.RowOf(fields...)
}

// listType is a list by the format's rules for what writers made of it: the
// repeated field is the element itself where it has not just one field, or is
// called array or <list>_tuple.
func listType(list, repeated format.SchemaElement, fields []schema.Field) schema.Type {
	t := fields[0].Type
	if t.Kind != schema.Array {
		return schema.RowOf(fields...)
	}
	elem := t.Elem()
	if repeated.NumChildren.V == 1 && elem.Kind == schema.Row && repeated.Name != "array" && repeated.Name != list.Name+"_tuple" {
		return schema.ArrayOf(elem.Elems[0].Type)
	}
	return t
}

func isKind[T any](e format.SchemaElement, converted deprecated.ConvertedType) bool {
	if _, ok := e.LogicalType.Value.(T); ok {
		return true
	}
	return e.ConvertedType.Valid && e.ConvertedType.V == converted
}

func leafType(e format.SchemaElement) schema.Type {
	if t, ok := logicalLeaf(e); ok {
		return t
	}
	if t, ok := convertedLeaf(e); ok {
		return t
	}
	switch e.Type.V {
	case format.Boolean:
		return schema.Of(schema.Boolean)
	case format.Int32:
		return schema.Of(schema.Integer)
	case format.Int64:
		return schema.Of(schema.BigInt)
	case format.Int96:
		return schema.Type{Kind: schema.Timestamp, Precision: 9}
	case format.Float:
		return schema.Of(schema.Real)
	case format.Double:
		return schema.Of(schema.Double)
	}
	return schema.Of(schema.Varbinary)
}

func logicalLeaf(e format.SchemaElement) (schema.Type, bool) {
	switch l := e.LogicalType.Value.(type) {
	case *format.StringType, *format.EnumType, *format.JsonType:
		return schema.Text, true
	case *format.DecimalType:
		return schema.DecimalOf(int(l.Precision), int(l.Scale)), true
	case *format.DateType:
		return schema.Of(schema.Date), true
	case *format.TimeType:
		return schema.Of(schema.Time), true
	case *format.TimestampType:
		return schema.Type{Kind: schema.Timestamp, Precision: unitDigits(l.Unit)}, true
	case *format.IntType:
		return integerType(int(l.BitWidth), l.IsSigned), true
	case *format.UUIDType:
		return schema.Of(schema.UUID), true
	case *format.Float16Type:
		return schema.Of(schema.Real), true
	}
	return schema.Type{}, false
}

func unitDigits(u format.TimeUnit) int {
	switch u.Value.(type) {
	case *format.MilliSeconds:
		return 3
	case *format.MicroSeconds:
		return 6
	}
	return 9
}

func integerType(bits int, signed bool) schema.Type {
	kinds := map[int]schema.Kind{8: schema.TinyInt, 16: schema.SmallInt, 32: schema.Integer, 64: schema.BigInt}
	if signed {
		return schema.Of(kinds[bits])
	}
	if bits == 64 {
		return schema.DecimalOf(20, 0)
	}
	return schema.Of(kinds[2*bits])
}

func convertedLeaf(e format.SchemaElement) (schema.Type, bool) {
	if !e.ConvertedType.Valid {
		return schema.Type{}, false
	}
	switch c := e.ConvertedType.V; c {
	case deprecated.UTF8, deprecated.Enum, deprecated.Json:
		return schema.Text, true
	case deprecated.Decimal:
		return schema.DecimalOf(int(e.Precision.V), int(e.Scale.V)), true
	case deprecated.Date:
		return schema.Of(schema.Date), true
	case deprecated.TimeMillis, deprecated.TimeMicros:
		return schema.Of(schema.Time), true
	case deprecated.TimestampMillis:
		return schema.Of(schema.Timestamp), true
	case deprecated.TimestampMicros:
		return schema.Type{Kind: schema.Timestamp, Precision: 6}, true
	case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
		return integerType(8<<(c-deprecated.Uint8), false), true
	case deprecated.Int8, deprecated.Int16, deprecated.Int32, deprecated.Int64:
		return integerType(8<<(c-deprecated.Int8), true), true
	}
	return schema.Type{}, false
}

// ColumnBytes reads out of a Parquet file's footer how many bytes each of its
// columns takes as stored, in the order of ReadColumns.
func ColumnBytes(path string) ([]int64, error) {
	meta, err := footerOf(path)
	if err != nil {
		return nil, err
	}
	r := schemaReader{elements: meta.Schema}
	root := r.next()
	sizes := make([]int64, root.NumChildren.V)
	place := make(map[string]int, len(sizes))
	for i := range sizes {
		if len(r.elements) > 0 {
			place[r.elements[0].Name] = i
		}
		r.column()
	}
	for _, group := range meta.RowGroups {
		for _, c := range group.Columns {
			if names := c.MetaData.PathInSchema; len(names) > 0 {
				sizes[place[names[0]]] += c.MetaData.TotalCompressedSize
			}
		}
	}
	return sizes, r.err
}
