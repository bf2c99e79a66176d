package duck

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/serde"
	"logsql/sql/syntax"
)

// scans are those of one query: DuckDB does not tell when it is done with one,
// so that the query's end closes what they left open.
type scans struct {
	mu   sync.Mutex
	list []*serde.Scan
}

type scansKey struct{}

func withScans(ctx context.Context) (context.Context, *scans) {
	s := &scans{}
	return context.WithValue(ctx, scansKey{}, s), s
}

func (s *scans) add(scan *serde.Scan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, scan)
}

func (s *scans) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, scan := range s.list {
		scan.Close()
	}
	s.list = nil
}

// registerScan makes the table function over raw files known.
func registerScan(conn *sql.Conn, root *os.Root) error {
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return err
	}
	return duckdb.RegisterTableUDF(conn, serde.Function, duckdb.ParallelChunkTableFunction{
		Config: duckdb.TableFunctionConfig{Arguments: []duckdb.TypeInfo{text}},
		BindArgumentsContext: func(ctx context.Context, _ map[string]any, args ...any) (duckdb.ParallelChunkTableSource, error) {
			f, err := bindFiles(ctx, root, args[0].(string))
			return f, marked(err)
		},
	})
}

// marked keeps the code of an error on its way through DuckDB's text; see
// trinoError.
func marked(err error) error {
	var known *syntax.Error
	if errors.As(err, &known) {
		return errors.New(mark + known.Code + mark + known.Msg + mark)
	}
	return err
}

// files is the source of one call of the table function.
type files struct {
	ctx     context.Context
	root    *os.Root
	spec    *serde.Spec
	columns []duckdb.ColumnInfo
	scan    *serde.Scan // of the execution that Init began last
}

func bindFiles(ctx context.Context, root *os.Root, text string) (*files, error) {
	f := &files{ctx: ctx, root: root, spec: new(serde.Spec)}
	if err := json.Unmarshal([]byte(text), f.spec); err != nil {
		return nil, fmt.Errorf("%s: %w", serde.Function, err)
	}
	if root == nil && len(f.spec.Files) > 0 {
		return nil, fmt.Errorf("%s: no folder may be read", serde.Function)
	}
	if err := serde.Check(f.spec); err != nil {
		return nil, err
	}
	for _, c := range f.spec.All() {
		info, err := columnInfo(c.Type)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		f.columns = append(f.columns, duckdb.ColumnInfo{Name: c.Name, T: info})
	}
	return f, nil
}

func (f *files) ColumnInfos() []duckdb.ColumnInfo { return f.columns }

func (f *files) Cardinality() *duckdb.CardinalityInfo { return nil }

// Init begins an execution. That one which cannot begin says so when it is
// first read.
func (f *files) Init() duckdb.ParallelTableSourceInfo {
	f.scan, _ = serde.NewScan(f.ctx, f.root, f.spec)
	if s, ok := f.ctx.Value(scansKey{}).(*scans); ok {
		s.add(f.scan)
	}
	return duckdb.ParallelTableSourceInfo{MaxThreads: max(1, len(f.spec.Files))}
}

// reading is what one thread holds.
type reading struct {
	scan    *serde.Scan
	reader  *serde.Reader // nil before the first chunk
	columns []int         // of the chunk's columns, the place in the batch, -1 for a row number
}

func (f *files) NewLocalState() any { return &reading{scan: f.scan} }

func (f *files) FillChunk(local any, chunk duckdb.DataChunk) error {
	r := local.(*reading)
	if r.reader == nil {
		if err := r.begin(f, &chunk); err != nil {
			return marked(err)
		}
	}
	batch, err := r.reader.Next()
	if err != nil {
		return marked(err)
	}
	raw := rawChunk(&chunk)
	for i, c := range r.columns {
		if c >= 0 {
			copyVector(mapping.DataChunkGetVector(raw, mapping.IdxT(i)), batch.Columns[c])
		}
	}
	mapping.DataChunkSetSize(raw, mapping.IdxT(batch.Rows))
	return nil
}

// begin finds out which columns DuckDB asks for.
func (r *reading) begin(f *files, chunk *duckdb.DataChunk) error {
	wanted := make([]bool, len(f.columns))
	r.columns = make([]int, chunk.ColumnCount())
	for i := range r.columns {
		r.columns[i] = -1
	}
	for c, at := range projection(chunk) {
		if at >= 0 && at < len(r.columns) {
			wanted[c], r.columns[at] = true, c
		}
	}
	var err error
	r.reader, err = r.scan.Reader(wanted)
	return err
}

// rawChunk is DuckDB's chunk behind duckdb-go's, which sets one boxed cell at a
// time through cgo.
func rawChunk(chunk *duckdb.DataChunk) mapping.DataChunk {
	return *(*mapping.DataChunk)(field(chunk, "chunk"))
}

// projection is, for each of the function's columns, its place in the chunk or
// a negative number.
func projection(chunk *duckdb.DataChunk) []int {
	return *(*[]int)(field(chunk, "projection"))
}

// columnInfo is the type in which a column comes: funcs.DuckType's.
func columnInfo(t schema.Type) (duckdb.TypeInfo, error) {
	switch t.Kind {
	case schema.Decimal:
		return duckdb.NewDecimalInfo(uint8(t.Precision), uint8(t.Scale))
	case schema.Array:
		elem, err := columnInfo(t.Elem())
		if err != nil {
			return nil, err
		}
		return duckdb.NewListInfo(elem)
	case schema.Map:
		key, err := columnInfo(t.Key())
		if err != nil {
			return nil, err
		}
		value, err := columnInfo(t.Value())
		if err != nil {
			return nil, err
		}
		return duckdb.NewMapInfo(key, value)
	case schema.Row:
		return rowInfo(t)
	}
	plain, ok := scalarTypes[t.Kind]
	if !ok {
		return nil, &syntax.Error{Code: "NOT_SUPPORTED", Msg: "Files of this kind cannot hold type " + t.String()}
	}
	return duckdb.NewTypeInfo(plain)
}

var scalarTypes = map[schema.Kind]duckdb.Type{
	schema.Boolean: duckdb.TYPE_BOOLEAN, schema.TinyInt: duckdb.TYPE_TINYINT, schema.SmallInt: duckdb.TYPE_SMALLINT,
	schema.Integer: duckdb.TYPE_INTEGER, schema.BigInt: duckdb.TYPE_BIGINT, schema.Real: duckdb.TYPE_FLOAT,
	schema.Double: duckdb.TYPE_DOUBLE, schema.Varchar: duckdb.TYPE_VARCHAR, schema.Char: duckdb.TYPE_VARCHAR,
	schema.Varbinary: duckdb.TYPE_BLOB, schema.Date: duckdb.TYPE_DATE, schema.Timestamp: duckdb.TYPE_TIMESTAMP,
}

func rowInfo(t schema.Type) (duckdb.TypeInfo, error) {
	var entries []duckdb.StructEntry
	for i, e := range t.Elems {
		info, err := columnInfo(e.Type)
		if err != nil {
			return nil, err
		}
		entry, err := duckdb.NewStructEntry(info, funcs.FieldName(t, i))
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return duckdb.NewStructInfo(entries[0], entries[1:]...)
}
